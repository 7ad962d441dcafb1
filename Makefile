# lead-sync: `make` alone lists what there is.
SHELL := /bin/sh
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

# Triggers are left out: the loader pins the search_path under which their conditions are read.
# pgspot passes over what says why its search_path is not the usual one; PS002, "create or
# replace", is how re-run files work.
SAYS_WHY := -e 'No pinned search_path' -e 'search_path = pg_catalog, public, pg_temp'

.DEFAULT_GOAL := help
.PHONY: help setup convergence convergence-mutants demo test test-sql test-python mutants lint lint-types lint-functions format \
  clean release-migrations bench bench-publish bench-migrate-locks bench-peers test-all smoke dist-check deploy-check \
  check-plpgsql schema coverage

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-20s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: $(STAMP) ## make $(VENV) with everything the tests and linters need
	@.ci/packages $(BIN)/python test

$(STAMP): pyproject.toml .ci/packages
	@.ci/packages "$(PYTHON)" venv
	@test -x $(BIN)/python || "$(PYTHON)" -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e '.[dev]'
	@touch $@

demo: $(STAMP) ## DomIQ, ResMan and lead-sync between them, on this machine, in a minute
	@.ci/packages $(BIN)/python demo
	@$(BIN)/leadsync demo $(ARGS)

test: test-sql test-python ## all tests, everything they need included

test-sql: setup ## the tests in the database: pgTAP
	@$(BIN)/python db/tests/run.py $(ARGS)

test-python: setup ## the tests with the real runner: pytest
	@$(BIN)/python -m pytest -n 3 $(ARGS)

convergence: setup ## both sides edited at random, with faults; SEED=1 EXAMPLES=1000 SHRINK=1
	@LEADSYNC_CONVERGENCE_SEED=$(or $(SEED),1) LEADSYNC_CONVERGENCE_EXAMPLES=$(or $(EXAMPLES),250) \
	  LEADSYNC_CONVERGENCE_SHRINK=$(SHRINK) $(BIN)/python -m pytest -n 2 runner/tests/convergence

convergence-mutants: setup ## the laws of convergence, against code broken on purpose; EXAMPLES=300
	@$(BIN)/python -m tools.convergence_mutants $(EXAMPLES)

mutants: setup ## the tests of ARGS, one file or folder below db, against broken code
	@$(BIN)/python db/tests/mutate.py $(ARGS)

test-all: setup ## all tests on PostgreSQL 14 to 18, or on VERSIONS="14 18"
	@$(BIN)/python db/tests/versions.py $(VERSIONS)

smoke: setup ## the oldest version and the server from PyPI, in a minute
	@$(BIN)/python db/tests/versions.py --smoke 14 pypi

lint: $(STAMP) lint-types lint-functions check-plpgsql ## all linters: Python, migrations, functions
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/python -m runner.migrate_released
	$(BIN)/squawk --config .squawk.toml --reporter gcc db/migrations/*.sql

lint-types: $(STAMP)
	$(BIN)/mypy runner tools bench db/tests/*.py

lint-functions: $(STAMP)
	@said=$$(find db/functions -name '*.sql' | sort | xargs grep -L $(SAYS_WHY) \
	  | xargs $(BIN)/pgspot --ignore PS002 --no-plpgsql) || { echo "$$said"; exit 1; }

release-migrations: $(STAMP) ## freeze the migrations that are about to be released
	@$(BIN)/python -m runner.migrate_released --add

bench: setup ## measure; ARGS="P1 P4 --scale 0.01" chooses rows and size, ARGS=--help says more
	@$(BIN)/python -m bench $(ARGS)

bench-publish: setup ## take what `make bench` measured last over into docs/; ARGS=FILE for another
	@$(BIN)/python -m bench.publish $(ARGS)

bench-peers: setup ## other queues beside ours; ARGS="claim --scale 0.1"; needs npm, and the network
	@$(BIN)/python -m bench.peers $(ARGS)

bench-migrate-locks: setup ## how long migrating holds up DomIQ, with a million rows a table
	@$(BIN)/python bench/migrate_locks.py $(ARGS)

dist-check: $(STAMP) ## build wheel and sdist, install the wheel afresh, bring a lead across with it
	@$(BIN)/python .ci/check_dist.py

deploy-check: $(STAMP) ## check docker-compose.yml and the systemd unit
	@.ci/check_deploy $(BIN)

check-plpgsql: $(STAMP) ## plpgsql_check on every PL/pgSQL function, warnings as errors
	@.ci/packages $(BIN)/python check
	@$(BIN)/python -m tools.check_plpgsql

schema: $(STAMP) ## write db/schema.sql and db/REFERENCE.md anew
	@$(BIN)/python -m tools.schema

coverage: setup ## all tests once more, and how much of SQL and Python they run: 90 % at least
	@.ci/packages $(BIN)/python check
	@$(BIN)/python -m tools.coverage $(ARGS)

format: $(STAMP) ## put the Python files into shape
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

clean: ## remove what make made here
	rm -rf $(VENV) build dist bench/results .mypy_cache .pytest_cache .ruff_cache .hypothesis
