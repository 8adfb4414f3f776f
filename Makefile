# Two commands do all the set-up: `make demo` and `make test`.
PYTHON ?= python3
BIN := .venv/bin

.PHONY: demo up stop test lint bench pictures clean
.DEFAULT_GOAL := demo

demo: .venv/embedded.stamp  ## the whole platform on simulated data, offline
	$(BIN)/belib-weather demo

up: .venv/embedded.stamp  ## the same on the live public APIs
	$(BIN)/belib-weather up

stop: .venv/embedded.stamp  ## stop what demo and up left running
	$(BIN)/belib-weather stop

test: .venv/dev.stamp lint  ## everything that CI checks
	$(BIN)/pytest -n 2

lint: .venv/dev.stamp
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: .venv/dev.stamp  ## a table of speeds, each beside its limit
	$(BIN)/python -m belib_weather_tests.benchmark

pictures: .venv/dev.stamp  ## take the pictures in docs/ anew, in headless Chromium
	$(BIN)/python -m belib_weather_tests.pictures

clean: stop  ## remove the environment and all local data
	rm -rf .venv .belib

.venv/uv.stamp:
	$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Python 3.11 or newer is needed: make PYTHON=python3.11")'
	$(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet uv==0.13.9
	touch $@

.venv/embedded.stamp: .venv/uv.stamp pyproject.toml constraints.txt
	$(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python -c constraints.txt -e '.[embedded]'
	touch $@

.venv/dev.stamp: .venv/uv.stamp pyproject.toml constraints.txt
	$(BIN)/uv pip install --quiet --compile-bytecode --python $(BIN)/python -c constraints.txt -e '.[embedded,dev,s3]'
	touch $@ .venv/embedded.stamp
