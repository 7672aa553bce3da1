#!/usr/bin/env bash
# The same import beside PostGIS: a gzipped CSV of points in EPSG:27700, from the command to durable and indexed in EPSG:4326.
#
#   benches/compare-postgis.sh [options] FILE.csv.gz
#     --binary PATH     the melonmap to compare with; without it only PostGIS is measured
#     --rounds N        rounds, odd (default 3); with --binary the two take turns, so that both meet the same machine
#     --polygons N      also: divide the extent into N Voronoi polygons and find the polygon of every point
#     --plain           PostgreSQL's own default settings, without the ones below
#     --keep FILE       write the table of all rounds to FILE as well
#
# Ends with a status other than 0 where Melonmap needs longer than PostGIS.
#
# FILE has the columns postcode, pq, easting, northing, district, ward (Code-Point Open, 2014-08: 1,684,769 rows).
# Runs a PostgreSQL of its own in a temporary folder, on 127.0.0.1:54329 and a socket in that folder, and removes both at the end.
# fsync and synchronous_commit stay on: a step is over when its rows would survive a power cut. On Debian it installs what is missing.
set -euo pipefail

PORT=54329
# What anyone would set first on a machine with a few GiB to spare. Durability is left alone.
SETTINGS=(shared_buffers=1GB work_mem=64MB maintenance_work_mem=512MB max_wal_size=4GB)

binary='' rounds=3 polygons=0 file='' keep=''
while (($#)); do
  case $1 in
    --binary) binary=$2; shift ;;
    --rounds) rounds=$2; shift ;;
    --polygons) polygons=$2; shift ;;
    --plain) SETTINGS=() ;;
    --keep) keep=$2; shift ;;
    -h | --help) sed -n '2,/^set/{/^set/d;s/^# \{0,1\}//;p}' "$0"; exit 0 ;;
    -*) echo "compare-postgis: unknown option $1" >&2; exit 2 ;;
    *) file=$1 ;;
  esac
  shift
done
[[ -r $file ]] || { echo "compare-postgis: say which FILE.csv.gz (see --help)" >&2; exit 2; }
[[ -z $binary || -x $binary ]] || { echo "compare-postgis: $binary is no program" >&2; exit 2; }
[[ $rounds =~ ^[0-9]*[13579]$ ]] || { echo "compare-postgis: --rounds wants an odd number, not $rounds" >&2; exit 2; }
[[ $polygons =~ ^[0-9]+$ ]] || { echo "compare-postgis: --polygons wants a number, not $polygons" >&2; exit 2; }

# shellcheck source=benches/postgis.sh
source "$(dirname "$0")/postgis.sh"
start_postgis

# ---- the clock --------------------------------------------------------------------------------------------------------------------

now() { date +%s%N; }
# step NAME COMMAND…: runs it, prints its seconds, leaves them in $took.
step() {
  local name=$1 from
  shift
  from=$(now)
  "$@"
  took=$(awk -v from="$from" -v to="$(now)" 'BEGIN { printf "%.2f", (to - from) / 1e9 }')
  printf '  %-44s %8.2f s\n' "$name" "$took"
}
add() { awk -v a="$1" -v b="$2" 'BEGIN { printf "%.2f", a + b }'; }
median() { printf '%s\n' "$@" | sort -n | awk '{ v[NR] = $1 } END { printf "%.2f", v[(NR + 1) / 2] }'; }

# ---- what is measured -------------------------------------------------------------------------------------------------------------

pg_copy() { zcat "$file" | sql -c 'COPY staging FROM STDIN (FORMAT csv, HEADER true)'; }
pg_transform() {
  sql -c "CREATE TABLE place AS SELECT postcode AS code, ST_Transform(ST_SetSRID(ST_MakePoint(easting, northing), 27700), 4326) AS position FROM staging"
}
pg_index() { sql -c 'CREATE INDEX ON place USING gist (position)'; }

postgis_round() {
  local total=0
  # Tables of the last round go, and what is still to be written is written, outside the clock.
  sql -c 'SET client_min_messages = warning' -c 'DROP TABLE IF EXISTS place, staging' -c 'CHECKPOINT'
  sync
  sql -c 'CREATE TABLE staging (postcode text, pq int, easting int, northing int, district text, ward text)'
  step 'PostGIS: COPY from the gzipped CSV' pg_copy; total=$(add "$total" "$took")
  step 'PostGIS: transform EPSG:27700 to 4326' pg_transform; total=$(add "$total" "$took")
  step 'PostGIS: GiST index' pg_index; total=$(add "$total" "$took")
  printf '  %-44s %8.2f s   %s rows\n' 'PostGIS: total' "$total" "$(sql -c 'SELECT count(*) FROM place')"
  postgis+=("$total")
}

melonmap_import() {
  "$binary" import households "$file" --store "$dir/round.db" --crs EPSG:27700 --map code=postcode --map x=easting --map y=northing --skip-bad \
    >"$dir/import.log" 2>&1 </dev/null || { cat "$dir/import.log" >&2; return 1; }
}
melonmap_round() {
  rm -f "$dir"/round.db*
  sync
  step 'Melonmap: import households, total' melonmap_import
  melonmap+=("$took")
}

rows=$(($(zcat "$file" | wc -l) - 1)) # also puts the file into the page cache, for both
echo "$(sql -c 'SHOW server_version'), PostGIS $(sql -c 'SELECT postgis_lib_version()'), PROJ $(sql -c "SELECT split_part(postgis_proj_version(), ' ', 1)"), $(nproc 2>/dev/null || echo '?') cores" | sed 's/^/PostgreSQL /'
echo "settings: ${SETTINGS[*]:-defaults}; fsync $(sql -c 'SHOW fsync'), synchronous_commit $(sql -c 'SHOW synchronous_commit'), wal_level $(sql -c 'SHOW wal_level')"
if [[ -n $binary ]]; then "$binary" --version; fi
printf '%s rows\n' "$rows"

postgis=() melonmap=()
for ((round = 1; round <= rounds; round++)); do
  echo "round $round of $rounds"
  postgis_round
  if [[ -n $binary ]]; then melonmap_round; fi
done

{
  echo
  echo "| import of $rows points, command to durable | each round, s | median, s |"
  echo '|---|---|---:|'
  echo "| PostGIS: COPY, transform, GiST index | ${postgis[*]} | $(median "${postgis[@]}") |"
  if [[ -n $binary ]]; then
    echo "| Melonmap: import households | ${melonmap[*]} | $(median "${melonmap[@]}") |"
    awk -v p="$(median "${postgis[@]}")" -v m="$(median "${melonmap[@]}")" 'BEGIN { printf "| PostGIS ÷ Melonmap | asked: ≥ 1, aim: ≥ 2 | %.2f |\n", p / m }'
  fi
} | tee "${keep:-/dev/null}"

# ---- the polygon of every point ---------------------------------------------------------------------------------------------------

if ((polygons)); then
  echo
  echo "the polygon of every point, $polygons Voronoi polygons"
  pg_voronoi() {
    sql -c "SELECT setseed(0.42)" -c "
      CREATE TABLE area AS
      WITH places AS (SELECT DISTINCT position FROM place), -- two seeds on one spot would give one polygon
           seeds AS (SELECT position FROM places ORDER BY random() LIMIT $polygons),
           cells AS (SELECT (ST_Dump(ST_VoronoiPolygons(ST_Collect(position), 0, (SELECT ST_Expand(ST_Extent(position)::geometry, 0.1) FROM place)))).geom FROM seeds)
      SELECT (row_number() OVER ())::int AS id, ST_SetSRID(geom, 4326) AS shape FROM cells" >/dev/null
    sql -c 'CREATE INDEX ON area USING gist (shape)' -c 'ANALYZE area' -c 'ANALYZE place'
  }
  # Written so that each polygon looks for its points. Left to itself the planner lets each point look for its polygon, which
  # takes some thirty times as long here; OFFSET 0 keeps it from turning the two round.
  pg_assign() {
    sql -c 'CREATE TABLE belongs AS SELECT p.code, a.id FROM area a
            CROSS JOIN LATERAL (SELECT code FROM place WHERE ST_Intersects(a.shape, position) OFFSET 0) p'
  }
  step 'PostGIS: Voronoi polygons, their index (not compared)' pg_voronoi
  step 'PostGIS: the polygon of every point, stored' pg_assign
  echo "  $(sql -c 'SELECT count(*) FROM area') polygons, $(sql -c 'SELECT count(*) FROM belongs') pairs"
fi

if [[ -n $binary ]]; then
  awk -v p="$(median "${postgis[@]}")" -v m="$(median "${melonmap[@]}")" 'BEGIN { exit (m > p) }' || { echo "compare-postgis: Melonmap needed longer" >&2; exit 1; }
fi
