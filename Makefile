# Two commands on a fresh machine: `make brief` and `make test`.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet

.PHONY: brief test test-slow lint docs clean

$(VENV)/base.stamp: pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(PIP) install -c constraints.txt -e .
	touch $@

$(VENV)/dev.stamp: $(VENV)/base.stamp
	$(PIP) install -c constraints.txt -e ".[dev]"
	touch $@

brief: $(VENV)/base.stamp
	$(BIN)/thads-nlp brief data/samples/y_te_tiem_chung.txt

lint: $(VENV)/dev.stamp
	$(BIN)/ruff check .
	$(BIN)/mypy

docs: $(VENV)/dev.stamp
	$(BIN)/mkdocs build --quiet --strict

test: lint docs
	$(BIN)/python -m pytest -m "not slow"

test-slow: $(VENV)/dev.stamp
	$(BIN)/python -m pytest

clean:
	rm -rf $(VENV) dist build
