#!/usr/bin/env bash
# Runs the page's tests in a browser against a demo of its own, and always stops that demo.
#
#   scripts/page-tests.sh [TEST_FILE …]     default: every *.test.mjs below web/tests/, in three lanes at a time, each with a demo of its own
#
# The tests get MELONMAP_URL, MELONMAP_TOKEN_<ROLE> for every role that the demo has, and CHROMIUM.
set -euo pipefail
cd "$(dirname "$0")/.."

if [[ -z ${CHROMIUM-} ]]; then
  for name in chromium chromium-browser google-chrome-stable google-chrome \
    "/Applications/Chromium.app/Contents/MacOS/Chromium" "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"; do
    if CHROMIUM=$(command -v "$name"); then break; fi
  done
fi
[[ -n ${CHROMIUM-} ]] || { echo "page-tests: no Chromium; run scripts/prerequisites.sh test" >&2; exit 1; }
export CHROMIUM

# Three lanes: much of a test is waiting, and those without network wait most.
if (($# == 0)); then
  mapfile -t all < <(find web/tests -name '*.test.mjs' | LC_ALL=C sort)
  shown=() beside=() without_network=()
  for file in "${all[@]}"; do
    if [[ $file == */offline* ]]; then
      without_network+=("$file")
    elif ((${#shown[@]} <= ${#beside[@]})); then
      shown+=("$file")
    else
      beside+=("$file")
    fi
  done
  said=$(mktemp -d)
  lanes=()
  set -m # a process group for each, so that it is stopped whole
  scripts/page-tests.sh "${beside[@]}" >"$said/1" 2>&1 </dev/null &
  lanes+=("$!")
  scripts/page-tests.sh "${without_network[@]}" >"$said/2" 2>&1 </dev/null &
  lanes+=("$!")
  set +m
  trap 'for lane in "${lanes[@]}"; do kill -- -"$lane" 2>/dev/null || true; done; rm -rf "$said"' EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
  status=0
  scripts/page-tests.sh "${shown[@]}" || status=$?
  for lane in "${lanes[@]}"; do wait "$lane" || status=$?; done
  cat "$said"/*
  exit "$status"
fi
tests=("$@")

# shellcheck source=scripts/demo-server.sh
source scripts/demo-server.sh
start_demo
echo "page-tests: demo at $MELONMAP_URL, ${#tests[@]} test files, $("$CHROMIUM" --version 2>/dev/null || echo "$CHROMIUM")"

# One file at a time: they share one demo, and a visit entered by one would change what another counts.
if ! node --test --test-concurrency=1 --test-reporter=spec "${tests[@]}"; then
  show_log
  exit 1
fi
