# `make help` lists what there is. Each step says what it does; the first failure stops everything.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DELETE_ON_ERROR:
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

# What is built stays outside the work tree, so that several copies of it share their dependencies.
CACHE_DIR := $(or $(XDG_CACHE_HOME),$(HOME)/.cache)/melonmap
export CARGO_TARGET_DIR ?= $(CACHE_DIR)/target
# The prerequisites put a newer Node.js there where the system's is too old.
OWN_NODE := $(wildcard $(CACHE_DIR)/node/node_modules/node/bin)
export PATH := $(if $(OWN_NODE),$(OWN_NODE):)$(PATH):$(or $(CARGO_HOME),$(HOME)/.cargo)/bin
export CARGO_TERM_COLOR ?= auto

DEMO_ARGS ?=
BENCH_ARGS ?=
CARGO := cargo
LOCKED := --locked

# `cargo nextest` runs each test in a process of its own, and faster; it knows no doctests.
HAS_NEXTEST := $(shell command -v cargo-nextest 2>/dev/null)

.PHONY: help
help: ## what there is to make
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-14s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
	@echo
	@echo "  make demo DEMO_ARGS=\"--listen 127.0.0.1:8080\"   passes flags on"

.PHONY: demo
demo: ## build, load the sample data, serve it, print one sign-in link per role
	@scripts/prerequisites.sh
	$(CARGO) build $(LOCKED) --release
	@"$$CARGO_TARGET_DIR/release/melonmap" demo $(DEMO_ARGS)

.PHONY: build
build: ## the binary for use
	@scripts/prerequisites.sh
	$(CARGO) build $(LOCKED) --release
	@echo "built: $$CARGO_TARGET_DIR/release/melonmap"

# ---- tests, the cheapest first ----------------------------------------------------------------------------------------------------

.PHONY: test
test: ## everything that must hold: format, lints, documents, tests, the page in a browser, other people's clients
	@scripts/prerequisites.sh test
	@$(MAKE) check
	@$(MAKE) test-rust
	@$(MAKE) test-web
	@$(MAKE) test-page
	@$(MAKE) test-clients

.PHONY: check
check: ## format, lints and documents, no tests
	@scripts/prerequisites.sh
	$(CARGO) fmt --check
	$(CARGO) fmt --check --manifest-path fuzz/Cargo.toml
	$(CARGO) clippy $(LOCKED) --all-targets -- -D warnings
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc $(LOCKED) --no-deps

.PHONY: test-rust
test-rust: ## unit, integration and document tests
ifneq ($(HAS_NEXTEST),)
	$(CARGO) nextest run $(LOCKED)
	$(CARGO) test $(LOCKED) --doc
else
	$(CARGO) test $(LOCKED)
endif

.PHONY: test-web
test-web: web/node_modules/.installed ## types of the page's modules
	npm --prefix web run --silent check

.PHONY: test-page
test-page: web/node_modules/.installed ## the page in a browser, against the demo
	scripts/page-tests.sh

.PHONY: test-clients
test-clients: ## GDAL, OWSLib and Schemathesis against the demo
	@scripts/prerequisites.sh test
	scripts/client-tests.sh

# The stamp lies inside what it vouches for: who removes node_modules removes it too.
web/node_modules/.installed: web/package.json web/package-lock.json
	cd web && PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm ci --no-audit --no-fund
	@touch $@

.PHONY: test-one-file
test-one-file: build ## the release binary alone in an empty folder, as another machine would get it
	MELONMAP_BIN="$$CARGO_TARGET_DIR/release/melonmap" $(CARGO) test $(LOCKED) --test main one_file

# ---- the rest ---------------------------------------------------------------------------------------------------------------------

.PHONY: fmt
fmt: ## put the source in its form
	$(CARGO) fmt
	$(CARGO) fmt --manifest-path fuzz/Cargo.toml

.PHONY: bench
bench: ## measure every promise that the README makes; BENCH_ARGS="import visits" only some
	@scripts/prerequisites.sh bench
	@# Ten thousand live streams are as many open files.
	ulimit -n "$$(ulimit -Hn)"; $(CARGO) bench $(LOCKED) --bench promises -- $(BENCH_ARGS)

FUZZ_SECONDS ?= 60
.PHONY: fuzz
fuzz: ## nonsense for everything that reads what strangers write; FUZZ_SECONDS=60 each
	@scripts/prerequisites.sh
	scripts/fuzz.sh $(FUZZ_SECONDS)

.PHONY: compare
compare: ## the same tiles from Martin and PostGIS beside ours, in turns; installs and builds both
	@scripts/prerequisites.sh bench
	benches/compare-martin.sh $(BENCH_ARGS)

.PHONY: compare-legal
compare-legal: ## legal space beside the same operations by Shapely and GEOS; installs them
	@scripts/prerequisites.sh bench
	benches/compare-legal.sh

# The comparison needs a CSV of points: make bench-postgis CSV=points.csv.gz
.PHONY: bench-postgis
bench-postgis: ## the same import beside PostGIS; needs CSV=FILE.csv.gz
	@if [[ -z "$(CSV)" ]]; then echo "bench-postgis: say which points: make bench-postgis CSV=FILE.csv.gz" >&2; exit 2; fi
	@scripts/prerequisites.sh
	$(CARGO) build $(LOCKED) --release
	benches/compare-postgis.sh --binary "$$CARGO_TARGET_DIR/release/melonmap" $(BENCH_ARGS) "$(CSV)"

.PHONY: clean
clean: ## forget what was built
	$(CARGO) clean
	rm -rf web/node_modules
