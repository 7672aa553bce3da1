# shellcheck shell=bash
# A PostgreSQL with PostGIS of its own, for the comparisons that read this file.
#
#   PORT, SETTINGS   set beforehand: its port on 127.0.0.1, and its settings as NAME=VALUE
#   start_postgis    installs what is missing (Debian, as root), founds a cluster with the database bench in a temporary folder
#                    and starts it; sets $dir (the folder) and $bin (the programs)
#   sql …            psql in that database
#   at_end           what cleanup calls first; a script may define it anew
#
# When the script ends the cluster is stopped and the folder removed.

bin_dir() {
  local dir
  dir=$(printf '%s\n' /usr/lib/postgresql/*/bin | sort -V | tail -n 1)
  if [[ -x $dir/initdb ]]; then echo "$dir"; return; fi
  if command -v initdb >/dev/null 2>&1; then dirname "$(command -v initdb)"; fi
}
has_postgis() { [[ -n $(bin_dir) ]] && [[ -f $("$(bin_dir)/pg_config" --sharedir 2>/dev/null || pg_config --sharedir)/extension/postgis.control ]]; }

install_postgis() {
  has_postgis && return
  if [[ $(id -u) == 0 ]] && command -v apt-get >/dev/null 2>&1; then
    echo "installing PostgreSQL and PostGIS"
    apt-get update -q >/dev/null
    # The package would start a cluster of its own; it is not needed here.
    [[ -d /etc/postgresql-common ]] || { mkdir -p /etc/postgresql-common && echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.conf; }
    DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends postgresql postgresql-postgis >/dev/null
  fi
  has_postgis || { echo "$(basename "$0"): no PostGIS here. Please install PostgreSQL with PostGIS 3 (Debian: postgresql postgresql-postgis)." >&2; exit 1; }
}

# PostgreSQL refuses to run as root.
as_owner() {
  if [[ $(id -u) == 0 ]]; then (cd "$dir/pg" && runuser -u postgres -- "$@"); else "$@"; fi
}

at_end() { :; }
cleanup() {
  local status=$?
  trap - EXIT INT TERM
  at_end
  as_owner "$bin/pg_ctl" -D "$dir/pg/data" -m immediate stop >/dev/null 2>&1 || true
  rm -rf "$dir"
  exit "$status"
}

sql() { "$bin/psql" -X -q -A -t -v ON_ERROR_STOP=1 -h "$dir/pg" -p "$PORT" -U bench -d "${DB:-bench}" "$@"; }

start_postgis() {
  install_postgis
  bin=$(bin_dir)
  dir=$(mktemp -d "${TMPDIR:-/var/tmp}/melonmap-compare.XXXXXX")
  chmod 755 "$dir"
  mkdir "$dir/pg"
  trap cleanup EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
  if [[ $(id -u) == 0 ]]; then chown postgres: "$dir/pg"; fi
  as_owner "$bin/initdb" -D "$dir/pg/data" -U bench --auth=trust --encoding=UTF8 --locale=C >"$dir/initdb.log" || { cat "$dir/initdb.log" >&2; exit 1; }
  local options="-p $PORT -k $dir/pg -c listen_addresses=127.0.0.1" setting
  for setting in "${SETTINGS[@]}"; do options+=" -c $setting"; done
  as_owner "$bin/pg_ctl" -D "$dir/pg/data" -l "$dir/pg/log" -w -o "$options" start >/dev/null || { cat "$dir/pg/log" >&2; exit 1; }
  DB=postgres sql -c 'CREATE DATABASE bench'
  sql -c 'CREATE EXTENSION postgis'
}
