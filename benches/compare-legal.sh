#!/usr/bin/env bash
# Legal space beside GEOS: the same strips, buffers, unions and differences by vectorised Shapely in the same run, area and time.
#
#   benches/compare-legal.sh
#
# Measures the part `legal` of `cargo bench --bench promises`, and has benches/legal.py do the same operations on the same lines and
# shapes. Puts what benches/legal-requirements.txt names into a folder of its own under CACHE_DIR, once. Packs are those of
# MELONMAP_BENCH_PACKS (a folder with liechtenstein/ and firenze/) or ../shared/data; of Liechtenstein else the project's own.
set -euo pipefail
case ${1:-} in
  -h | --help) sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//;p}' "$0"; exit 0 ;;
  ?*) echo "compare-legal: unknown argument $1" >&2; exit 2 ;;
esac
cd "$(dirname "$0")/.."

REQUIREMENTS=benches/legal-requirements.txt
VENV="${CACHE_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/melonmap}/legal-python"
STAMP="$VENV/requirements.txt" # written last, so that a half-made folder is made again

if ! cmp -s "$REQUIREMENTS" "$STAMP" || ! "$VENV/bin/python" -c 'import shapely' 2>/dev/null; then
  echo "compare-legal: putting what $REQUIREMENTS names into $VENV" >&2
  python3 -m venv --clear "$VENV"
  "$VENV/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --requirement "$REQUIREMENTS"
  cp "$REQUIREMENTS" "$STAMP"
fi
MELONMAP_BENCH_SHAPELY="$VENV/bin/python" PYTHONDONTWRITEBYTECODE=1 cargo bench --locked --bench promises -- legal
