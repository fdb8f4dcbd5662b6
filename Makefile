# Hallway. `make` alone lists what there is.
.DEFAULT_GOAL := help
.PHONY: help setup demo test check docs lock clean
PORT ?= 8000
PY := .venv/bin/python

help: ## this list
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

setup: ## .venv with everything the product needs, from the lock
	@tools/setup.sh

demo: setup ## database, demo network and web server on 127.0.0.1:$(PORT)
	@exec $(PY) -m hallway.app.cli demo --port $(PORT)

test: ## set-up, test tools (browser, PostgreSQL 15) and every test
	@tools/setup.sh test
	@tools/test_tools.sh
	@$(PY) -m pytest -n 2 --dist loadfile --no-loadscope-reorder

check: ## format, lint, types, import contracts, size budget and house rules
	@tools/setup.sh test
	@tools/check.sh

docs: ## the documentation, built into ./site
	@tools/setup.sh test
	@NO_MKDOCS_2_WARNING=1 $(PY) -m mkdocs build --quiet --site-dir site

lock: ## pin every dependency anew, with hashes
	@tools/lock.sh

clean: ## take away what set-up and tests made here (never a data folder)
	@rm -rf .venv .ruff_cache .pytest_cache .import_linter_cache .hypothesis site
