# Kilowatt's tasks. Each sets up what it needs; `make help` lists them.

VENV := .venv
BIN := $(VENV)/bin/python
PIP := $(BIN) -m pip --disable-pip-version-check --no-input --quiet
JAVASCRIPT := tests/clients/javascript
# Packages of tests that are not to be mixed with the development environment's: a virtual environment each.
APART := async-clients kinesis-server patroni
TYPED = $(sort $(dir $(wildcard src/kilowatt/*.py tests/*.py tools/*.py benchmarks/*.py examples/*.py)))

# The server's port and data directory: make run PORT=9000 DATA=/tmp/data
PORT ?= 8000
DATA ?= kilowatt-data
# Further arguments of the task: make test ARGS="tests/domain -x"
ARGS ?=

UV := uv==0.13.9
COMPILE := build/lock/bin/python -m uv pip compile --quiet --universal --generate-hashes --python-version 3.11 \
    --no-annotate --no-emit-index-url --no-emit-find-links $(if $(UPGRADE),--upgrade)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help run setup test contract conformance lint format bench lock clean

help: ## list the tasks
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/make \1|\2/p' $(MAKEFILE_LIST) | awk -F'|' '{ printf "%-18s%s\n", $$1, $$2 }'

run: $(VENV)/.runtime ## serve on http://127.0.0.1:8000 with the data in ./kilowatt-data
	$(BIN) -m kilowatt serve --port $(PORT) --data-dir $(DATA) $(ARGS)

setup: $(VENV)/.development ## set up the development environment in .venv

test: $(VENV)/.development $(APART:%=build/%/.done) build/etcd/.done $(JAVASCRIPT)/node_modules/.package-lock.json ## run the tests
	$(BIN) -m pytest $(ARGS)

contract: $(VENV)/.development ## run the engine's tests on any server of PostgreSQL's protocol: make contract DSN=...
	KILOWATT_POSTGRES_DSN=$(DSN) $(BIN) -m pytest tests/engine -k postgres $(ARGS)

conformance: $(VENV)/.development ## compare answers with those recorded on AWS, by operation
	$(BIN) -m tools.conformance replay $(ARGS)

lint: $(VENV)/.development ## check style, types, import rules and generated files
	$(BIN) -m ruff check
	$(BIN) -m ruff format --check
	$(BIN) -m mypy $(TYPED)
	$(BIN) -c 'from importlinter.cli import lint_imports_command; lint_imports_command()' --no-logo
	$(if $(wildcard tools/generate_shapes.py),$(BIN) tools/generate_shapes.py --check)

format: $(VENV)/.development ## format the code and sort its imports
	$(BIN) -m ruff check --fix-only
	$(BIN) -m ruff format

bench: $(VENV)/.development ## run the benchmarks
	$(BIN) -m benchmarks $(ARGS)

lock: build/lock/.done ## write requirements/*.txt from pyproject.toml; UPGRADE=1 takes newer versions
	UV_CUSTOM_COMPILE_COMMAND="make lock" $(COMPILE) pyproject.toml --group build -o requirements/runtime.txt
	UV_CUSTOM_COMPILE_COMMAND="make lock" $(COMPILE) pyproject.toml --group build --group dev -c requirements/runtime.txt \
	    -o requirements/dev.txt
	$(foreach group,$(APART),UV_CUSTOM_COMPILE_COMMAND="make lock" $(COMPILE) --group $(group) -o requirements/$(group).txt &&) true

clean: ## remove what the other tasks made; the data directory stays
	rm -rf $(VENV) build dist $(JAVASCRIPT)/node_modules
	rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find src tests tools examples -name __pycache__ -prune -exec rm -rf {} +

$(VENV)/bin/python:
	tools/bootstrap python $(VENV)

# What runs the server: the locked packages, and this project installed in place.
$(VENV)/.runtime: requirements/runtime.txt pyproject.toml | $(VENV)/bin/python
	$(PIP) install --require-hashes -r requirements/runtime.txt
	$(PIP) install --no-deps --no-build-isolation --editable .
# As an installation does: without this, a server whose environment forbids Python to write bytecode compiles
# all of it at each start.
	$(BIN) -m compileall -q src
	@touch $@

$(VENV)/.development: requirements/dev.txt $(VENV)/.runtime
	$(PIP) install --require-hashes -r requirements/dev.txt
	@touch $@

$(APART:%=build/%/.done): build/%/.done: requirements/%.txt | $(VENV)/bin/python
	$(BIN) -m venv build/$*
	build/$*/bin/python -m pip --disable-pip-version-check --no-input --quiet install --require-hashes \
	    -r requirements/$*.txt
	@touch $@

build/etcd/.done:
	tools/bootstrap etcd build/etcd
	@touch $@

$(JAVASCRIPT)/node_modules/.package-lock.json: $(JAVASCRIPT)/package-lock.json
	tools/bootstrap node $(JAVASCRIPT)

build/lock/.done: Makefile | $(VENV)/bin/python
	$(BIN) -m venv build/lock
	build/lock/bin/python -m pip --disable-pip-version-check --quiet install $(UV)
	@touch $@
