#!/usr/bin/env bash
# Runs the page's tests in a browser against a demo of its own, and always stops that demo.
#
#   scripts/page-tests.sh [TEST_FILE …]     default: every *.test.js below web/tests/
#
# The tests get MELONMAP_URL, MELONMAP_TOKEN_<ROLE> for every role that the demo has, and CHROMIUM.
set -euo pipefail
cd "$(dirname "$0")/.."

START_SECONDS=120 # a cold machine loads the sample data in far less; beyond this the demo hangs

export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/melonmap/target}"

if [[ -z ${CHROMIUM-} ]]; then
  for name in chromium chromium-browser google-chrome-stable google-chrome \
    "/Applications/Chromium.app/Contents/MacOS/Chromium" "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"; do
    if CHROMIUM=$(command -v "$name"); then break; fi
  done
fi
[[ -n ${CHROMIUM-} ]] || { echo "page-tests: no Chromium; run scripts/prerequisites.sh test" >&2; exit 1; }
export CHROMIUM

tests=("$@")
if ((${#tests[@]} == 0)); then
  while IFS= read -r file; do tests+=("$file"); done < <(find web/tests -name '*.test.js' -o -name '*.test.mjs' | LC_ALL=C sort)
fi
((${#tests[@]})) || { echo "page-tests: no *.test.js below web/tests/" >&2; exit 1; }

# With the tests' own set of features: cargo would build everything a second time without them.
cargo build --locked --bin melonmap --test main

dir=$(mktemp -d "${TMPDIR:-/tmp}/melonmap-page-tests.XXXXXX")
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
  rm -rf "$dir"
  exit "$status"
}
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

show_log() { echo "---- the demo said:"; tail -n 40 "$dir/log"; } >&2

"$CARGO_TARGET_DIR/debug/melonmap" demo --listen 127.0.0.1:0 --dir "$dir/demo" >"$dir/log" 2>&1 </dev/null &
server=$!

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
  ' "$dir/demo/demo.json"
}

deadline=$((SECONDS + START_SECONDS))
settings=
until [[ -s $dir/demo/demo.json ]] && settings=$(read_settings 2>"$dir/unreadable"); do
  reason=
  if ! kill -0 "$server" 2>/dev/null; then
    reason="the demo stopped before it was ready"
  elif ((SECONDS >= deadline)); then
    reason="the demo was not ready within $START_SECONDS s"
  fi
  if [[ -n $reason ]]; then
    echo "page-tests: $reason" >&2
    if [[ -s $dir/unreadable ]]; then cat "$dir/unreadable" >&2; fi
    show_log
    exit 1
  fi
  sleep 0.1
done
eval "$settings"
echo "page-tests: demo at $MELONMAP_URL, ${#tests[@]} test files, $("$CHROMIUM" --version 2>/dev/null || echo "$CHROMIUM")"

# One file at a time: they share one demo, and a visit entered by one would change what another counts.
if ! node --test --test-concurrency=1 --test-reporter=spec "${tests[@]}"; then
  show_log
  exit 1
fi
