# make demo   set up, build the fictitious sample index, serve it on PORT (8000)
# make check  the loop of a minute: lint, types, the tests that need neither node nor browser nor patience
# make test   set up, start real OpenSearch nodes, run every test on JOBS processes (2)
# make bench  figures of docs/performance.md     make lint   ruff and mypy
# make opensearch   the same OpenSearch node, kept in the foreground on port 9200
PORT ?= 8000
VENV ?= .venv
PYTHON ?= python3
JOBS ?= 2
BIN := $(VENV)/bin

.PHONY: demo check test bench lint opensearch lock
.DEFAULT_GOAL := demo

demo: $(VENV)/runtime
	$(BIN)/vivier demo --port $(PORT)

test: $(VENV)/dev
	$(BIN)/python -m pytest -n $(JOBS) --dist loadfile

check: lint
	$(BIN)/python -m pytest -q -n $(JOBS) --dist loadfile -m "not node and not browser and not slow"

bench: $(VENV)/dev
	$(BIN)/python -m benchmarks

lint: $(VENV)/dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

opensearch: $(VENV)/dev
	$(BIN)/python -m tests.opensearch_node.node --port 9200

lock:
	uv pip compile pyproject.toml requirements/build.in --universal --python-version 3.11 --generate-hashes --no-header --no-annotate -o requirements/runtime.txt
	uv pip compile pyproject.toml requirements/build.in --extra dev --universal --python-version 3.11 --generate-hashes --no-header --no-annotate -o requirements/dev.txt

$(VENV)/runtime: requirements/runtime.txt pyproject.toml scripts/setup.sh
	sh scripts/setup.sh $(PYTHON) $(VENV) runtime
	touch $@

$(VENV)/dev: requirements/dev.txt pyproject.toml scripts/setup.sh
	sh scripts/setup.sh $(PYTHON) $(VENV) dev
	touch $@ $(VENV)/runtime
