# make demo   set up, build the fictitious sample index, serve it on PORT (8000)
# make demo-real   the same on real suppliers, contracts and notices under open licences (samples/real), as of their day
# make check  the loop of a minute: lint, types of what changed, and beside them the tests without node, browser or patience
# make test   set up, start a real OpenSearch node, run every test that is not long on JOBS processes (3: on two cores one waits, for a browser or a killed verb)
# make long   the long tests: processes killed at any moment, updates of a whole world, thousands of cases
# make judge  what the service answers, on real lists and the demonstration, each figure held to its limit (benchmarks/judged.csv)
# make bench  figures of docs/performance.md     make lint   ruff and mypy
# make opensearch   the same OpenSearch node, kept in the foreground on port 9200
# make wheel  the wheel and its sum in dist/, the same bytes for the same commit    make image  the image, by docker or podman (DOCKER)
# make sbom   what the service is made of, as CycloneDX    make audit  secrets in the repository, advisories on dependencies
PORT ?= 8000
VENV ?= .venv
# the system's own Python where it serves: Debian compiles it with profiles, and tests take a sixth less processor
PYTHON ?= $(shell /usr/bin/python3 -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo /usr/bin/)python3
JOBS ?= 3
BIN := $(VENV)/bin
DOCKER ?= docker
# tests stay with their file, whose fixtures they share; tests/conftest.py puts the longest files first
PYTEST := $(BIN)/python -m pytest -n $(JOBS) --dist loadfile --no-loadscope-reorder
# kept bytecode halves the import of the tests, and that of every process they start
export PYTHONDONTWRITEBYTECODE :=

.PHONY: demo demo-real check test long judge quick quick-1 quick-2 bench lint opensearch lock sbom audit wheel image
.DEFAULT_GOAL := demo

demo: $(VENV)/runtime
	$(BIN)/vivier demo --port $(PORT)

demo-real: $(VENV)/runtime
	$(BIN)/vivier demo --real --port $(PORT)

test: $(VENV)/dev
	$(scratch) $(PYTEST) -m "not long"

long: $(VENV)/dev
	$(scratch) $(PYTEST) -m long

check: $(VENV)/dev
	$(halves) quick-1 quick-2 lint

# these tests wait for nothing: half of their files on each core, without the workers of one run, whose messages are a third of the work
quick: $(VENV)/dev
	$(halves) quick-1 quick-2

# temporary files in memory where 4 GB of it are free: a disk that writes for good is a third of what the tests wait for
MEMORY := $(shell df -Pm /dev/shm 2>/dev/null | awk '$$4 > 4000 && $$6 == "/dev/shm" {print $$6}')
scratch = folder=$$(mktemp -d $(MEMORY:%=-p %)) && trap 'rm -rf "$$folder"' EXIT && chmod 755 "$$folder" && TMPDIR="$$folder"

# what is dear to build is built once for both
halves = $(scratch) $(MAKE) -j3 --output-sync=target BUILT="$$folder/built"
quick-1 quick-2: quick-%: $(VENV)/dev
	$(BIN)/python -m pytest -q -m "not node and not browser and not slow and not long" --half $* $(BUILT:%=--built=%)

judge: $(VENV)/dev
	$(BIN)/python -m benchmarks.judge

bench: $(VENV)/dev
	$(BIN)/python -m benchmarks

lint: $(VENV)/dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

opensearch: $(VENV)/dev
	$(BIN)/python -m tests.opensearch_node.node --port 9200

wheel: export SOURCE_DATE_EPOCH = $(shell git log -1 --format=%ct)
wheel: $(VENV)/dev
	rm -rf dist build
	$(BIN)/python -m pip wheel --quiet --disable-pip-version-check --no-deps --no-build-isolation -w dist .
	rm -rf build
	cd dist && sha256sum *.whl > SHA256SUMS && cat SHA256SUMS

image:
	$(DOCKER) build --pull -t vivier:$$(sed -n 's/^version = "\(.*\)"/\1/p' pyproject.toml) .

sbom: $(VENV)-audit/done
	$(VENV)-audit/bin/cyclonedx-py requirements requirements/runtime.txt --pyproject pyproject.toml --mc-type application --output-reproducible -o sbom.json

audit: $(VENV)-audit/done
	$(PYTHON) scripts/audit.py $(VENV)-audit/bin

$(VENV)-audit/done: requirements/audit.txt
	$(PYTHON) -m venv $(VENV)-audit
	$(VENV)-audit/bin/pip install --quiet --no-compile --disable-pip-version-check --no-deps --require-hashes --only-binary :all: -r requirements/audit.txt
	touch $@

lock:
	uv pip compile pyproject.toml requirements/build.in --extra crawl --universal --python-version 3.11 --generate-hashes --no-header --no-annotate -o requirements/runtime.txt
	uv pip compile requirements/audit.in --universal --python-version 3.11 --generate-hashes --no-header --no-annotate -o requirements/audit.txt
	uv pip compile pyproject.toml requirements/build.in --extra dev --universal --python-version 3.11 --generate-hashes --no-header --no-annotate -o requirements/dev.txt
	uv pip compile pyproject.toml requirements/build.in --extra crawl --extra mcp --extra postgresql --extra redis -c requirements/dev.txt --universal --python-version 3.11 --generate-hashes --no-header --no-annotate -o requirements/image.txt

$(VENV)/runtime: requirements/runtime.txt pyproject.toml scripts/setup.sh
	sh scripts/setup.sh $(PYTHON) $(VENV) runtime
	touch $@

$(VENV)/dev: requirements/dev.txt pyproject.toml scripts/setup.sh
	sh scripts/setup.sh $(PYTHON) $(VENV) dev
	touch $@ $(VENV)/runtime
