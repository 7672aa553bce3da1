#!/usr/bin/env bash
# Reads a demo of its own with other people's clients (GDAL, OWSLib), asks it for every kind of nonsense that its own description
# allows and forbids (Schemathesis), and always stops that demo.
#
#   scripts/client-tests.sh [PYTEST_ARGUMENT …]     default: all of tests/clients/
#
# The tests get MELONMAP_URL and MELONMAP_TOKEN_<ROLE> for every role that the demo has, MELONMAP_STORE, its store, and MELONMAP_BIN,
# the program.
set -euo pipefail
cd "$(dirname "$0")/.."

REQUIREMENTS=tests/clients/requirements.txt
VENV="${XDG_CACHE_HOME:-$HOME/.cache}/melonmap/python"
STAMP="$VENV/requirements.txt" # what is installed there; written last, so that a half-made folder is made again

for tool in ogrinfo ogr2ogr python3; do
  command -v "$tool" >/dev/null || { echo "client-tests: no $tool; run scripts/prerequisites.sh test" >&2; exit 1; }
done

if ! cmp -s "$REQUIREMENTS" "$STAMP" || ! "$VENV/bin/python" -c '' 2>/dev/null; then
  echo "client-tests: putting what $REQUIREMENTS names into $VENV"
  python3 -m venv --clear "$VENV"
  "$VENV/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --requirement "$REQUIREMENTS"
  "$VENV/bin/python" -m pip check --disable-pip-version-check # the file names all that they need, or this says what is missing
  cp "$REQUIREMENTS" "$STAMP"
fi

# shellcheck source=scripts/demo-server.sh
source scripts/demo-server.sh
start_demo
echo "client-tests: demo at $MELONMAP_URL, $(ogrinfo --version)"

# shellcheck disable=SC2154 # set by start_demo
export MELONMAP_BIN="$CARGO_TARGET_DIR/debug/melonmap" MELONMAP_STORE="$scratch/demo/demo.db"
export PYTHONDONTWRITEBYTECODE=1
if ! (cd tests/clients && "$VENV/bin/python" -m pytest -p no:cacheprovider --durations=5 "$@"); then
  show_log
  exit 1
fi
