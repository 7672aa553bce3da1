#!/usr/bin/env bash
# The same tiles from Martin and PostGIS beside ours: same points, same list of tiles, same load tool, in turns on one machine.
#
#   benches/compare-martin.sh [--keep FILE]
#     --keep FILE   write the table to FILE as well
#
# Prints one table of ratios with what was asked, and ends with a status other than 0 where a number is missed.
#
# Theirs is a table in EPSG:3857 with a GiST index, in the order of that index, vacuumed and analysed, served whole: every point
# of a tile with the attributes code and status. Two Martins serve it, one without a cache and one with it. Runs a PostgreSQL of
# its own in a temporary folder, on 127.0.0.1:54328, and removes it at the end. On Debian it installs what is missing; Martin is
# built from its source once, and kept in CACHE_DIR. The points are those of the other benches: MELONMAP_BENCH_DATA, or
# ../shared/data/gb, or as many made from a fixed seed.
set -euo pipefail

MARTIN_VERSION=1.14.0
MARTIN_FEATURES=postgres,mbtiles,pmtiles
PORT=54328 MARTIN_PORT=54326 MARTIN_CACHED_PORT=54327
MARTIN_CACHE_MB=1024
# For a machine with a few GiB to spare and a disk without heads. All of the table fits the buffers. JIT costs more than it gives
# in queries of milliseconds, and two processes a query are as many as there are cores here.
SETTINGS=(shared_buffers=2GB effective_cache_size=6GB work_mem=64MB maintenance_work_mem=512MB max_wal_size=4GB random_page_cost=1.1
  max_parallel_workers=4 max_parallel_workers_per_gather=2 jit=off)
CACHE_DIR=${CACHE_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/melonmap}

keep=/dev/null
while (($#)); do
  case $1 in
    --keep) keep=$2; shift ;;
    -h | --help) sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//;p}' "$0"; exit 0 ;;
    *) echo "compare-martin: unknown argument $1" >&2; exit 2 ;;
  esac
  shift
done
cd "$(dirname "$0")/.."
bench() { cargo bench --locked --quiet --bench promises -- "$@"; }

# ---- what is compared -------------------------------------------------------------------------------------------------------------

martin=$CACHE_DIR/martin/bin/martin
if [[ $("$martin" --version 2>/dev/null) != *" $MARTIN_VERSION" ]]; then
  echo "building Martin $MARTIN_VERSION, once" >&2
  # It has dependencies of its own: apart from ours.
  CARGO_TARGET_DIR=$CACHE_DIR/martin/target cargo install martin --version "$MARTIN_VERSION" --locked --no-default-features \
    --features "$MARTIN_FEATURES" --root "$CACHE_DIR/martin" --quiet
fi
# Builds what measures, before anything is measured.
points=$(bench points)

# shellcheck source=benches/postgis.sh
source benches/postgis.sh
start_postgis >&2
martins=()
at_end() { ((${#martins[@]} == 0)) || kill "${martins[@]}" 2>/dev/null || true; }

echo "points into PostGIS: $points" >&2
sql -c 'CREATE TABLE staging (postcode text, pq int, easting int, northing int, district text, ward text)'
zcat "$points" | sql -c 'COPY staging FROM STDIN (FORMAT csv, HEADER true)'
# A row at 0, 0 has no place.
sql -c "CREATE TABLE place AS
          SELECT postcode AS code, 'occupied'::text AS status,
                 ST_Transform(ST_SetSRID(ST_MakePoint(easting, northing), 27700), 3857)::geometry(Point, 3857) AS geom
          FROM staging WHERE (easting, northing) <> (0, 0)" \
  -c 'DROP TABLE staging' -c 'CREATE INDEX place_geom ON place USING gist (geom)' -c 'CLUSTER place USING place_geom'
sql -c 'VACUUM ANALYZE place' -c 'CHECKPOINT'

# serve PORT CACHE_MB: one more Martin, ready.
serve() {
  # As many connections as there are askers.
  "$martin" --listen-addresses "127.0.0.1:$1" --cache-size "$2" --pool-size 8 "postgres://bench@127.0.0.1:$PORT/bench" >"$dir/martin-$1.log" 2>&1 &
  martins+=($!)
  local try
  for ((try = 0; try < 300; try++)); do
    if curl -fs -o /dev/null "http://127.0.0.1:$1/place"; then return; fi
    kill -0 "${martins[-1]}" 2>/dev/null || break
    sleep 0.1
  done
  cat "$dir/martin-$1.log" >&2
  echo "compare-martin: Martin does not serve the table" >&2
  exit 1
}
serve "$MARTIN_PORT" 0
serve "$MARTIN_CACHED_PORT" "$MARTIN_CACHE_MB"

# ---- in turns ---------------------------------------------------------------------------------------------------------------------

export MELONMAP_BENCH_MARTIN=127.0.0.1:$MARTIN_PORT MELONMAP_BENCH_MARTIN_CACHED=127.0.0.1:$MARTIN_CACHED_PORT
MELONMAP_BENCH_MARTIN_VERSIONS="Martin $MARTIN_VERSION, PostgreSQL $(sql -c 'SHOW server_version'), PostGIS $(sql -c 'SELECT postgis_lib_version()')"
MELONMAP_BENCH_MARTIN_VERSIONS+=", $(sql -c 'SELECT count(*) FROM place') rows; ${SETTINGS[*]}"
export MELONMAP_BENCH_MARTIN_VERSIONS
bench martin | tee "$keep"
