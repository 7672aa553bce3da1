#!/usr/bin/env bash
# Tries nonsense on everything that reads what strangers write: each target of fuzz/ for a while, from the seeds in fuzz/seeds/.
#
#   scripts/fuzz.sh [SECONDS [TARGET…]]
#
# What was learnt in earlier runs and what broke lies beside what was built; a find ends the script with its path. To see one again:
# run the target's binary with that path as its only argument. Sanitizers need a nightly Rust and find what unsafe code does; there is
# none here, so that stable Rust is enough.
set -euo pipefail

seconds=${1:-60}
shift || true
if [[ ! $seconds =~ ^[1-9][0-9]*$ ]]; then
  echo "fuzz: '$seconds' is not a number of seconds from 1" >&2
  exit 2
fi

cd "$(dirname "$0")/.."
if (($# == 0)); then set -- cql2 bbox datetime tile_path readers ledger rules; fi

if ! command -v cargo-fuzz >/dev/null; then
  echo "fuzz: cargo-fuzz is missing; installing it"
  cargo install cargo-fuzz --version '^0.13' --locked
fi

export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$PWD/target}"
cp Cargo.lock fuzz/Cargo.lock
# The first build takes minutes: PROJ is built once more.
cargo fuzz build --sanitizer none

host=$(rustc -vV | awk '/^host:/ { print $2 }')
kept="$CARGO_TARGET_DIR/fuzz"
# The stack of a thread that serves requests: what fits here fits there.
ulimit -s 2048

for target; do
  corpus="$kept/corpus/$target"
  mkdir -p "$corpus" "$kept/artifacts"
  flags=(-max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -max_len=9000 -print_final_stats=1 -verbosity=0)
  if [[ -e fuzz/seeds/$target.dict ]]; then flags+=(-dict="fuzz/seeds/$target.dict"); fi
  echo "fuzz: $target, $seconds s"
  "$CARGO_TARGET_DIR/$host/release/$target" "$corpus" "fuzz/seeds/$target" \
    -artifact_prefix="$kept/artifacts/$target-" "${flags[@]}" 2>&1 |
    grep -vE '^(stat::(peak|slowest|new)|INFO:|Done )' || [[ ${PIPESTATUS[0]} == 0 ]]
done
echo "fuzz: nothing was found"
