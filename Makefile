# `make help` prints the targets. Nothing here needs more than make, bash and (as root) apt-get.
SHELL := /bin/bash
.DEFAULT_GOAL := help
PY := .venv/bin/python
# the whole suite runs in two processes; one folder or file alone runs in one
T ?=
# how many requests the planner's benchmarks plan; empty: all but the million
SIZES ?=
TEST_PROCESSES ?= 2
PYTEST := $(PY) -m pytest $(if $(T),$(T),-n $(TEST_PROCESSES) --dist loadfile --no-loadscope-reorder)

.PHONY: help setup setup-dev run demo seed migrate messages test check format bench lock vendor pictures clean

help: ## print this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## make .venv with the pinned packages (quick when nothing changed)
	@.ci/make-venv requirements.txt
	@$(PY) -m web.catalogues
	@$(PY) -m solver warm

setup-dev:
	@.ci/make-venv requirements-dev.txt
	@$(PY) -m web.catalogues
	@$(PY) -m solver warm

run: setup ## a planned region on this machine, then the web server: PORT=8000
	@$(PY) -m web.embedded run

demo: setup ## the same, but stops once the confirmations are printed
	@$(PY) -m web.embedded demo

migrate: setup ## bring the embedded database to the newest schema
	@$(PY) -m web.embedded migrate

seed: setup ## fill the embedded database with an invented region, once
	@$(PY) -m web.embedded seed

clean: ## forget the embedded region: var/ is removed (not while it runs)
	@if [ -x $(PY) ]; then $(PY) -m web.embedded forget; else rm -rf var; fi

test: setup-dev ## every test with its own servers; T=path for a part
	@.ci/test-packages
	@$(PYTEST)

check: setup-dev ## ruff, format, mypy --strict, import rules and other guards
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@$(PY) -m mypy
	@$(PY) -m pytest -q -p no:randomly tests/architecture

format: setup-dev ## let ruff mend order and layout
	@$(PY) -m ruff check --fix -q . ; $(PY) -m ruff format .

bench: setup-dev ## plan, scan, book, call: docs/benchmarks.md, 15 min; SIZES="1000000" alone: 15 min
	@.ci/test-packages
	@$(PY) -m tests.bench.planner $(SIZES)
	@$(PY) -m tests.bench
	@$(PY) -m tests.bench.citizen
	@$(PY) -m tests.bench.calls

lock: setup-dev ## resolve pyproject.toml into requirements*.txt
	@$(PY) -m uv pip compile pyproject.toml -q --universal --generate-hashes --python-version 3.11 --no-annotate --custom-compile-command "make lock" -o requirements.txt
	@$(PY) -m uv pip compile pyproject.toml -q --group dev -c requirements.txt --universal --generate-hashes --python-version 3.11 --no-annotate --custom-compile-command "make lock" -o requirements-dev.txt

vendor: setup-dev ## fetch the vendored browser files again (needs npm; maintainers only)
	@$(PY) -m tests.vendoring update

pictures: setup-dev ## make the README's screenshots
	@.ci/test-packages
	@$(PY) -m pytest -q -p no:randomly tests/journeys/pictures.py
