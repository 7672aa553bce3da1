# shellcheck shell=bash
# Sourced, from the project's folder, by the scripts that test against a running demo: it is theirs alone, and always stopped.
#
#   start_demo    builds a demo, starts it, waits until it serves; exports MELONMAP_URL and MELONMAP_TOKEN_<ROLE> for every role it has
#   show_log      what it said last
#
# $scratch is a folder for this run, which is removed at the end.

START_SECONDS=120 # a cold machine loads the sample data in far less; beyond this the demo hangs

export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/melonmap/target}"

script=$(basename "$0" .sh)
scratch=$(mktemp -d "${TMPDIR:-/tmp}/melonmap-$script.XXXXXX")
server=

stop() {
  local status=$?
  trap - EXIT INT TERM
  if [[ -n $server ]] && kill -0 "$server" 2>/dev/null; then
    kill "$server" 2>/dev/null || true
    for _ in {1..50}; do kill -0 "$server" 2>/dev/null || break; sleep 0.1; done
    kill -9 "$server" 2>/dev/null || true
  fi
  [[ -z $server ]] || wait "$server" 2>/dev/null || true
  rm -rf "$scratch"
  exit "$status"
}
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

show_log() { echo "---- the demo said:"; tail -n 40 "$scratch/log"; } >&2

# {"url": "...", "tokens": {"admin": "...", ...}} -> MELONMAP_URL, MELONMAP_TOKEN_ADMIN, ... Fails while the file is not whole.
read_settings() {
  # shellcheck disable=SC2016 # JavaScript, not shell
  node -e '
    const demo = JSON.parse(require("node:fs").readFileSync(process.argv[1], "utf8"));
    const line = (name, value) => {
      if (!/^[A-Z_]+$/.test(name) || !/^[\x21-\x26\x28-\x7e]+$/.test(value)) throw new Error(`demo.json: bad ${name}`);
      console.log(`export ${name}=\x27${value}\x27`);
    };
    line("MELONMAP_URL", demo.url);
    for (const [role, token] of Object.entries(demo.tokens)) line(`MELONMAP_TOKEN_${role.toUpperCase()}`, token);
  ' "$scratch/demo/demo.json"
}

start_demo() {
  local deadline reason settings
  # With the tests' own set of features: cargo would build everything a second time without them.
  cargo build --locked --bin melonmap --test main

  "$CARGO_TARGET_DIR/debug/melonmap" demo --listen 127.0.0.1:0 --dir "$scratch/demo" >"$scratch/log" 2>&1 </dev/null &
  server=$!

  deadline=$((SECONDS + START_SECONDS))
  until [[ -s $scratch/demo/demo.json ]] && settings=$(read_settings 2>"$scratch/unreadable"); do
    reason=
    if ! kill -0 "$server" 2>/dev/null; then
      reason="the demo stopped before it was ready"
    elif ((SECONDS >= deadline)); then
      reason="the demo was not ready within $START_SECONDS s"
    fi
    if [[ -n $reason ]]; then
      echo "$script: $reason" >&2
      if [[ -s $scratch/unreadable ]]; then cat "$scratch/unreadable" >&2; fi
      show_log
      exit 1
    fi
    sleep 0.1
  done
  eval "$settings"
}
