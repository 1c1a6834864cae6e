.PHONY: demo test check bench soak browser cards format
PYTHON ?= python3
BIN := .venv/bin

demo: .venv
	@$(BIN)/readiness demo

test: .venv browser cards
	@$(BIN)/pytest

check: .venv
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/hadolint Dockerfile
	@$(BIN)/python .ci/audit.py

bench: .venv bench/node/node_modules
	@$(BIN)/pip install --quiet --constraint constraints.txt --editable '.[bench]'
	@$(BIN)/python -m bench.teams
	@$(BIN)/python -m bench.slack
	@$(BIN)/python -m bench.card
	@$(BIN)/python -m bench.due
	@$(BIN)/python -m bench.portfolio
	@$(BIN)/python -m bench.growth
	@$(BIN)/python -m bench.picture

# How long the rounds of random trouble go on, and what repeats them: make soak SEED=…
MINUTES ?= 20
SEED ?= $(shell date +%s)

soak: .venv
	@echo "seed $(SEED)"
	@SOAK_MINUTES=$(MINUTES) SOAK_SEED=$(SEED) FUZZ_BODIES=100000 FAULT_REVIEWS=300 \
	  $(BIN)/pytest -n 0 -o timeout=0 --hypothesis-seed=$(SEED) tests/faults

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

cards: tests/node/node_modules

bench/node/node_modules: bench/node/package.json bench/node/package-lock.json
	@command -v npm >/dev/null || { echo "Bolt for JavaScript, which is measured too, needs Node.js 20 or newer with npm" >&2; exit 1; }
	@cd bench/node && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@

tests/node/node_modules: tests/node/package.json tests/node/package-lock.json
	@command -v npm >/dev/null || { echo "The tests of Teams' cards need Node.js 18 or newer with npm: install it from your system's packages, for example: sudo apt-get install nodejs npm" >&2; exit 1; }
	@cd tests/node && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
	@touch $@
