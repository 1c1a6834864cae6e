.PHONY: demo test check browser format
PYTHON ?= python3
BIN := .venv/bin

demo: .venv
	@$(BIN)/readiness demo

test: .venv browser
	@$(BIN)/pytest

check: .venv
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports

format: .venv
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

.venv: pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' || \
	  { echo "readiness-bot needs Python 3.11 to 3.13: make PYTHON=python3.12 …" >&2; exit 1; }
	@$(PYTHON) -m venv .venv
	@$(BIN)/pip install --quiet --constraint constraints.txt --editable '.[dev]'
	@touch .venv

browser:
	@command -v chromium >/dev/null || command -v google-chrome >/dev/null || .ci/install-chromium
