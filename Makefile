# 说事台. `make help` lists what can be done.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
CODE := main.py settings.py bot commands console deliberation demo dialogue handlers hotspots \
        intents jobs knowledge services storage
DEMO := SHUOSHI_DEMO=true SHUOSHI_DATABASE__URL=sqlite:///var/demo.db \
        SHUOSHI_PATHS__MEDIA=var/demo-media

.PHONY: help run test lint format bench clean browser migration

help: ## this list
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

run: $(VENV)/run ## start the demo on http://127.0.0.1:8080
	@$(DEMO) $(BIN)/python main.py serve

test: $(VENV)/test browser lint ## everything the tests need, then all tests
	$(BIN)/python -m pytest -n 2 --dist worksteal $(PYTEST_ARGS)

lint: $(VENV)/test ## style, types and import rules
	$(BIN)/ruff check $(CODE) tests bench
	$(BIN)/ruff format --check $(CODE) tests bench
	$(BIN)/mypy $(CODE) tests
	$(BIN)/lint-imports

format: $(VENV)/test ## bring the code into the one form
	$(BIN)/ruff check --fix $(CODE) tests bench
	$(BIN)/ruff format $(CODE) tests bench

bench: $(VENV)/test ## the figures of docs/figures.md
	-$(BIN)/python bench/messages.py
	$(BIN)/python -m bench.intents --speed --ablation
	$(BIN)/python -m bench.knowledge
	$(BIN)/python -m bench.deliberation
	$(BIN)/python -m bench.hotspots
	$(BIN)/python -m bench.desk

browser: ## Chromium and a Chinese font for the browser tests
	@command -v chromium >/dev/null && fc-list :lang=zh 2>/dev/null | grep -q . \
	  || (sh tests/install_browser.sh)

migration: $(VENV)/test ## write a migration from the models: make migration NAME="what it does"
	$(BIN)/python -m storage.make_migration "$(NAME)"

clean: ## remove what was made here; the database in var/ stays
	rm -rf $(VENV) .mypy_cache .ruff_cache .hypothesis .import_linter_cache build *.egg-info

$(VENV)/run: pyproject.toml constraints.txt
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt .
	@touch $@

$(VENV)/test: pyproject.toml constraints.txt
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt '.[test,oracle]'
	@touch $@ $(VENV)/run
