#!/usr/bin/env bash
# Finds what this machine lacks for Melonmap, installs it if it can, and else says exactly what to do.
#
#   scripts/prerequisites.sh         to build and run
#   scripts/prerequisites.sh test    also for `make test`
#   scripts/prerequisites.sh bench   also for `make bench` and `make compare`
#
# Costs a few lookups when everything is there. Never asks a question.
set -euo pipefail

NEEDS_RUST=1.95.0 # as rust-version in Cargo.toml
NEEDS_NODE=20.10.0
NEEDS_PYTHON=3.10.0 # of what tests/clients/requirements.txt names

# A newer Node.js for the tests alone, where the system's is too old; the Makefile looks there too.
OWN_NODE="${XDG_CACHE_HOME:-$HOME/.cache}/melonmap/node"
PATH="$OWN_NODE/node_modules/node/bin:$PATH"

for_tests=false for_benches=false
case "${1-}" in
  '') ;;
  test) for_tests=true ;;
  bench) for_benches=true ;;
  *) echo "usage: $0 [test|bench]" >&2; exit 2 ;;
esac

has() { command -v "$1" >/dev/null 2>&1; }

# at_least VERSION WANTED: whether a dotted version is WANTED or newer.
at_least() {
  local -a have want
  local i
  IFS=. read -ra have <<<"${1%%[-+ ]*}"
  IFS=. read -ra want <<<"$2"
  for i in 0 1 2; do
    if ((10#${have[i]:-0} != 10#${want[i]:-0})); then
      ((10#${have[i]:-0} > 10#${want[i]:-0}))
      return
    fi
  done
}

# ---- what is asked for ----------------------------------------------------------------------------------------------------------

chromium_path() {
  local name
  if [[ -n ${CHROMIUM-} && -x $CHROMIUM ]]; then echo "$CHROMIUM"; return; fi
  for name in chromium chromium-browser google-chrome-stable google-chrome; do
    if has "$name"; then command -v "$name"; return; fi
  done
  for name in "/Applications/Chromium.app/Contents/MacOS/Chromium" "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"; do
    if [[ -x $name ]]; then echo "$name"; return; fi
  done
  return 1
}

# The page draws Han characters with a font of the machine; without one the page tests see empty boxes.
has_cjk_font() {
  [[ $(uname -s) == Darwin ]] && return 0
  has fc-list && [[ -n $(fc-list ':lang=zh-cn' family 2>/dev/null) ]]
}

node_version() { has node && node --version 2>/dev/null | sed 's/^v//'; }

# Prints the name of each thing that is missing, one a line.
missing() {
  local tool
  has cc || has gcc || has clang || echo cc
  has c++ || has g++ || has clang++ || echo c++
  # sqlite3 builds PROJ's own database; cmake builds PROJ.
  for tool in cmake make sqlite3; do has "$tool" || echo "$tool"; done
  if $for_tests || $for_benches; then has curl || echo curl; fi
  if $for_benches; then has wrk || echo wrk; fi
  $for_tests || return 0
  # Some builds of Node.js bring npm and refuse another one beside it, so npm is asked for only once node is there.
  if has node; then has npm || echo npm; else echo node; fi
  if ! has ogrinfo || ! has ogr2ogr; then echo gdal; fi
  # Debian brings what makes a virtual environment in a package of its own.
  if ! has python3; then echo python3; elif ! python3 -c 'import ensurepip, venv' 2>/dev/null; then echo venv; fi
  chromium_path >/dev/null || echo chromium
  has_cjk_font || echo cjk-font
}

# ---- how it is called elsewhere -------------------------------------------------------------------------------------------------

# package MANAGER THING: the packages that bring THING, or nothing where the machine's maker brings it.
package() {
  case "$1:$2" in
    apt:cc | apt:c++ | apt:make) echo build-essential ;;
    apt:node) echo nodejs ;;
    apt:gdal) echo gdal-bin ;;
    apt:python3 | apt:venv) echo python3 python3-venv ;;
    apt:cjk-font) echo fontconfig fonts-noto-cjk ;;
    dnf:cc) echo gcc ;;
    dnf:c++) echo gcc-c++ ;;
    dnf:sqlite3) echo sqlite ;;
    dnf:node) echo nodejs ;;
    dnf:npm) echo nodejs-npm ;;
    dnf:venv) echo python3 ;;
    dnf:cjk-font) echo fontconfig google-noto-sans-cjk-fonts ;;
    brew:cc | brew:c++ | brew:make) ;;
    brew:sqlite3) echo sqlite ;;
    brew:npm) echo node ;;
    brew:python3 | brew:venv) echo python ;;
    brew:chromium) echo --cask chromium ;;
    brew:cjk-font) ;;
    *) echo "$2" ;;
  esac
}

as_root() {
  if [[ $(id -u) == 0 ]]; then "$@"; else sudo -n "$@"; fi
}
can_be_root() { [[ $(id -u) == 0 ]] || { has sudo && sudo -n true 2>/dev/null; }; }

apt_install() {
  export DEBIAN_FRONTEND=noninteractive
  # A fresh image has no package lists; an old one has lists that name versions which are gone.
  if ! compgen -G '/var/lib/apt/lists/*Packages*' >/dev/null; then as_root apt-get update -q; fi
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@" ||
    { as_root apt-get update -q && as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends "$@"; }
}

install_missing() {
  local manager things=("$@") packages=() thing
  if has apt-get; then manager=apt; elif has dnf; then manager=dnf; elif has brew; then manager=brew; else manager=none; fi

  if [[ $manager == none ]]; then
    echo "prerequisites: missing: ${things[*]}. Please install them with this system's package manager, then run this again." >&2
    return 1
  fi
  for thing in "${things[@]}"; do
    # shellcheck disable=SC2207 # package names hold no spaces
    packages+=($(package "$manager" "$thing"))
    if [[ $manager == brew && $thing =~ ^(cc|c\+\+|make)$ ]]; then
      echo "prerequisites: no C compiler. Please run: xcode-select --install" >&2
      return 1
    fi
  done
  # shellcheck disable=SC2207
  packages=($(printf '%s\n' "${packages[@]}" | awk '!seen[$0]++'))

  local by_hand
  case $manager in
    apt) by_hand="sudo apt-get update && sudo apt-get install --no-install-recommends ${packages[*]}" ;;
    dnf) by_hand="sudo dnf install ${packages[*]}" ;;
    brew) by_hand="brew install ${packages[*]}" ;;
  esac
  if [[ $manager != brew ]] && ! can_be_root; then
    printf 'prerequisites: missing: %s. Not root here; please run:\n    %s\n' "${things[*]}" "$by_hand" >&2
    return 1
  fi
  echo "prerequisites: missing: ${things[*]}; installing ${packages[*]}"
  case $manager in
    apt) apt_install "${packages[@]}" ;;
    dnf) as_root dnf install -y -q --setopt=install_weak_deps=False "${packages[@]}" ;;
    brew) NONINTERACTIVE=1 HOMEBREW_NO_AUTO_UPDATE=1 brew install -q "${packages[@]}" ;;
  esac || { printf 'prerequisites: that failed. Please run by hand:\n    %s\n' "$by_hand" >&2; return 1; }
}

# ---- do it ----------------------------------------------------------------------------------------------------------------------

# shellcheck disable=SC2207 # their names hold no spaces, and macOS has bash 3 without mapfile
read_missing() { wanted=($(missing)); }

read_missing
for _ in first second; do
  ((${#wanted[@]})) || break
  install_missing "${wanted[@]}"
  hash -r
  read_missing
done
if ((${#wanted[@]})); then
  echo "prerequisites: still missing after the installation: ${wanted[*]}" >&2
  exit 1
fi

failed=false
# Rust comes from its maker; whoever owns this machine decides how.
rust=$(cargo --version 2>/dev/null | awk '{print $2}') || true
if [[ -z $rust && -x ${CARGO_HOME:-$HOME/.cargo}/bin/cargo ]]; then
  echo "prerequisites: cargo is in ${CARGO_HOME:-$HOME/.cargo}/bin, which is not in PATH. Please run: . \"${CARGO_HOME:-$HOME/.cargo}/env\"" >&2
  failed=true
elif [[ -z $rust ]]; then
  echo "prerequisites: no Rust. Please install Rust $NEEDS_RUST or newer: https://rustup.rs" >&2
  failed=true
elif ! at_least "$rust" "$NEEDS_RUST"; then
  echo "prerequisites: Rust $rust is here, $NEEDS_RUST or newer is needed. Please run: rustup update stable" >&2
  failed=true
fi
if $for_tests; then
  node=$(node_version) || true
  if ! at_least "${node:-0}" "$NEEDS_NODE"; then
    echo "prerequisites: Node.js ${node:-?} is here, $NEEDS_NODE or newer is needed; putting one into $OWN_NODE for the tests"
    npm install --prefix "$OWN_NODE" --no-audit --no-fund --loglevel=error node@22 || true
    hash -r
    node=$(node_version) || true
  fi
  python=$(python3 -c 'import platform; print(platform.python_version())' 2>/dev/null) || true
  if ! at_least "${python:-0}" "$NEEDS_PYTHON"; then
    echo "prerequisites: Python ${python:-?} is here, $NEEDS_PYTHON or newer is needed as python3. Please install one, then run this again." >&2
    failed=true
  fi
  if ! at_least "${node:-0}" "$NEEDS_NODE"; then
    cat >&2 <<MESSAGE
prerequisites: Node.js ${node:-?} is here, $NEEDS_NODE or newer is needed. Please do one of these, then run this again:
    Debian 12, Ubuntu 22.04 or 24.04: follow https://github.com/nodesource/distributions for Node.js 22, then apt-get install nodejs
    any system:                       unpack a release from https://nodejs.org/en/download and put its bin folder first in PATH
MESSAGE
    failed=true
  fi
fi
! $failed
