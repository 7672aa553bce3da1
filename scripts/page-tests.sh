#!/usr/bin/env bash
# Runs the page's tests in a browser against a demo of its own, and always stops that demo.
#
#   scripts/page-tests.sh [TEST_FILE …]     default: every *.test.js below web/tests/
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

tests=("$@")
if ((${#tests[@]} == 0)); then
  while IFS= read -r file; do tests+=("$file"); done < <(find web/tests -name '*.test.js' -o -name '*.test.mjs' | LC_ALL=C sort)
fi
((${#tests[@]})) || { echo "page-tests: no *.test.js below web/tests/" >&2; exit 1; }

# shellcheck source=scripts/demo-server.sh
source scripts/demo-server.sh
start_demo
echo "page-tests: demo at $MELONMAP_URL, ${#tests[@]} test files, $("$CHROMIUM" --version 2>/dev/null || echo "$CHROMIUM")"

# One file at a time: they share one demo, and a visit entered by one would change what another counts.
if ! node --test --test-concurrency=1 --test-reporter=spec "${tests[@]}"; then
  show_log
  exit 1
fi
