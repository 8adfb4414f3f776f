# Two commands do all the set-up: `make demo` and `make test`.
PYTHON ?= python3
BIN := .venv/bin
# Settings of pip that people have for themselves would install elsewhere than in .venv.
export PIP_USER := 0
unexport PIP_TARGET PIP_PREFIX PIP_ROOT
# Certificates of a company: uv takes those of the system, or of SSL_CERT_FILE, as pip and curl do.
export UV_SYSTEM_CERTS ?= true
SSL_CERT_FILE ?= $(or $(PIP_CERT),$(REQUESTS_CA_BUNDLE),$(CURL_CA_BUNDLE))
ifneq ($(SSL_CERT_FILE),)
export SSL_CERT_FILE
endif
# Each of the many processes would compile the package anew: the installation does it once.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help demo up stop test unit proofs soak chaos lint format architecture translations package shapes bench coverage coverage-forecasts pictures clean
.DEFAULT_GOAL := demo

help:  ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-18s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: .venv/embedded.stamp  ## the whole platform on simulated data, offline (the default)
	$(BIN)/belib-weather demo

up: .venv/embedded.stamp  ## the same on the live public APIs
	$(BIN)/belib-weather up

stop: .venv/embedded.stamp  ## stop what demo and up left running
	$(BIN)/belib-weather stop

# The linters run beside the tests. What they find is said at once, and again at the end.
test: .venv/dev.stamp  ## everything that CI checks: lint and all tests but the slow proofs
	@($(MAKE) --no-print-directory lint >.venv/lint 2>&1 || { cat .venv/lint; exit 1; }) & lint=$$!; \
	$(BIN)/pytest -n 3 --dist worksteal -m "not slow"; tests=$$?; \
	wait $$lint || { cat .venv/lint; echo "make lint failed: see above"; exit 1; }; \
	echo "make lint passed"; exit $$tests

unit: .venv/dev.stamp  ## the tests of the code that need no server and no network, in a minute
	$(BIN)/pytest -n 3 --dist worksteal --hypothesis-profile=quick -m "not slow and not long" belib_weather_tests/unit

proofs: .venv/dev.stamp  ## the slow proofs: kills and repairs, guides to the letter, thirty simulated days
	$(BIN)/pytest -n 2 --dist worksteal -m slow

soak: .venv/dev.stamp  ## the properties on a hundred times as many examples as in `make test`, drawn again
	$(BIN)/pytest -n 2 --dist worksteal --hypothesis-profile=soak -m hypothesis

chaos: .venv/dev.stamp  ## an hour of faults on a demo of its own, then everything recomputed from raw
	$(BIN)/python -m belib_weather_tests.chaos

# An instance of its own: it asks no server, and sends nobody what was checked.
DG := DAGSTER_HOME=$(CURDIR)/.venv/dagster $(BIN)/dg
SCHEMA := $(BIN)/check-jsonschema --quiet --builtin-schema

# In CI no later run reads the cache of mypy, which takes a sixth of its time.
lint: .venv/dev.stamp .venv/dagster/dagster.yaml  ## format, style, types, import rules, definitions, workflows; changes nothing
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy $(if $(CI),--cache-dir=/dev/null)
	$(BIN)/lint-imports
	$(BIN)/marimo --quiet check $(filter-out examples/reader.py examples/stream.py,$(wildcard examples/*.py))
	$(BIN)/pre-commit validate-config
	$(DG) check defs
	$(DG) list defs --columns key >.venv/defs
	$(BIN)/zizmor --offline --quiet --no-progress .github
	$(SCHEMA) vendor.github-workflows .github/workflows/*.yml
	$(SCHEMA) vendor.dependabot .github/dependabot.yml
	$(SCHEMA) vendor.github-issue-config .github/ISSUE_TEMPLATE/config.yml
	$(SCHEMA) vendor.github-issue-forms .github/ISSUE_TEMPLATE/[!c]*.yml
	$(SCHEMA) vendor.citation-file-format CITATION.cff
	$(SCHEMA) vendor.compose-spec docker-compose.yml

format: .venv/dev.stamp  ## format the code and fix what ruff can fix
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format .

architecture: .venv/dev.stamp  ## draw the diagrams and tables of docs/architecture.md again from the code
	$(BIN)/python -m belib_weather_tests.project.architecture

shapes: .venv/dev.stamp  ## write docs/shapes.md again: fields of belib_current and of every index
	$(BIN)/python -m belib_weather_tests.project.shapes

translations: .venv/dev.stamp  ## bring the catalogues of other languages up to date with the texts of the code
	$(BIN)/python -m belib_weather_tests.project.translations

package: .venv/dev.stamp  ## build wheel and sdist in dist/, install the wheel in a new environment, try it
	$(BIN)/python -m belib_weather_tests.project.package

bench: .venv/bench.stamp  ## speeds, each beside its limit: docs/benchmark.md
	$(BIN)/python -m belib_weather_tests.benchmark

coverage: .venv/dev.stamp  ## how often each printed interval covers the truth of simulated cities: docs/accuracy.md
	$(BIN)/python -m belib_weather_tests.coverage

coverage-forecasts: .venv/dev.stamp  ## how near forecasts come to the best possible ones of a simulated city: docs/accuracy.md
	$(BIN)/python -m belib_weather_tests.coverage.forecasts

pictures: .venv/dev.stamp  ## take the pictures in docs/ again, in headless Chromium
	$(BIN)/python -m belib_weather_tests.pictures $(PARTS)

clean: stop  ## remove the environment and all local data
	rm -rf .venv .belib

.venv/uv.stamp:
	$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Python 3.11 or newer is needed: make PYTHON=python3.11")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet uv==0.13.9
	touch $@

.venv/dagster/dagster.yaml: .venv/uv.stamp
	mkdir -p $(@D)
	echo 'telemetry: {enabled: false}' >$@

.venv/embedded.stamp: .venv/uv.stamp pyproject.toml constraints.txt
	$(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python -c constraints.txt -e '.[embedded,examples,questions]'
	$(BIN)/python -m compileall -q belib_weather
	touch $@

.venv/dev.stamp: .venv/uv.stamp pyproject.toml constraints.txt
	$(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python -c constraints.txt -e '.[embedded,examples,questions,kafka,dev,s3]'
	$(BIN)/python -m compileall -q belib_weather
	touch $@ .venv/embedded.stamp

.venv/bench.stamp: .venv/dev.stamp
	$(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python -c constraints.txt -e '.[bench]'
	touch $@
