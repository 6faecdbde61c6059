# Two commands for everyone: `make demo` and `make test`. Everything else is a part of `make test`.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin

.PHONY: demo test services test-unit test-integration test-pythons lint docs oracle clean

demo: $(VENV)/.demo
	$(BIN)/pytest-readiness demo

test: $(VENV)/.dev services oracle lint
	$(BIN)/python -m pytest
	$(MAKE) test-pythons

# No server, no port but loopback's: unit and plugin tests alone.
test-unit: $(VENV)/.dev
	$(BIN)/python -m pytest tests/unit tests/plugin

test-integration: $(VENV)/.dev services oracle
	$(BIN)/python -m pytest tests/integration

# The same unit and plugin tests on every other Python that is here.
test-pythons: $(VENV)/.dev
	$(BIN)/python tests/other_pythons.py

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports
	$(BIN)/mypy
	$(BIN)/pyright

# The reference pages that are made from the code.
docs: $(VENV)/.dev
	$(BIN)/python docs/generate.py

services:
	@sh tests/integration/install-services.sh

oracle: .venv-sslyze/.done

.venv-sslyze/.done:
	$(PYTHON) -m venv .venv-sslyze
	.venv-sslyze/bin/pip install --quiet --disable-pip-version-check "sslyze>=6.3,<7"
	touch $@

$(VENV)/.made:
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "pytest-readiness needs Python 3.11 or newer")'
	$(PYTHON) -m venv $(VENV)
	touch $@

$(VENV)/.demo: $(VENV)/.made pyproject.toml
	$(BIN)/pip install --quiet --disable-pip-version-check --editable .
	touch $@

$(VENV)/.dev: $(VENV)/.made pyproject.toml
	$(BIN)/pip install --quiet --disable-pip-version-check --upgrade "pip>=25.1"
	$(BIN)/pip install --quiet --disable-pip-version-check --editable . --group dev
	touch $@

clean:
	rm -rf $(VENV) .venv-* .mypy_cache .ruff_cache .pytest_cache .import_linter_cache dist
