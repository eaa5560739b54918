# Needs Python 3.11 or 3.12, make, and a way to PyPI and npm. Everything else is installed here.

VENV := .venv
BIN := $(VENV)/bin
PYTHON ?= $(shell for p in python3.12 python3.11 python3 python; do \
	$$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info < (3, 13))' 2>/dev/null \
	&& echo $$p && break; done)
NPM := node_modules/.bin
RESULTS := .floodline/results
UNIT_FLAGS := -p no:ape_test -q -n 2 --junitxml
NODE_FLAGS := -p no:ape_test -q -n 2 --junitxml
# In a fixed order: ape remembers a contract's type by address, and a test's snapshot frees addresses.
APE_FLAGS := -p no:randomly

export PATH := $(CURDIR)/$(BIN):$(PATH)
unexport PYTHONDONTWRITEBYTECODE
unexport PYTHONPATH

.PHONY: help demo test lint check slither format install toolchain protocols bench lock clean
.DEFAULT_GOAL := help

help: ## Say what can be made.
	@awk 'BEGIN {FS = ":.*## "} /^[a-z]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(BIN)/.installed: pyproject.toml requirements.lock
	@test -n "$(PYTHON)" || { echo "Floodline needs Python 3.11 or 3.12 on PATH (make PYTHON=...)"; exit 3; }
	@echo "installing Floodline into $(VENV) with $(PYTHON)"
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/python -m pip install --quiet --upgrade 'pip>=25.1,<27'
	@$(BIN)/python -m pip install --quiet --constraint requirements.lock --editable '.[ape]' --group dev
	@$(BIN)/python -m compileall -q $(VENV)/lib || true
	@touch $@

install: $(BIN)/.installed ## Make .venv with the package and its tools.

toolchain: install ## Find or install Anvil, solc and the contract libraries; compile.
	@$(BIN)/floodline toolchain

demo: toolchain ## Run the flash crash calm and flooded, and put both side by side.
	@echo; echo "== calm: the crash without the flood"
	@$(BIN)/floodline run data/campaigns/flash-crash.yaml --set actors.flood.enabled=false \
		--out data/runs/calm --allow-missed-objective >/dev/null
	@echo; echo "== flooded: the same crash, the same seed, with the flood"
	@$(BIN)/floodline run data/campaigns/flash-crash.yaml \
		--out data/runs/flooded --allow-missed-objective >/dev/null
	@echo
	@$(BIN)/floodline runs show data/runs/calm data/runs/flooded
	@echo
	@$(BIN)/floodline report data/runs/calm data/runs/flooded --out data/runs/calm-and-flooded.html

lint: toolchain ## Style of Python and Solidity.
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(NPM)/solhint --quiet --max-warnings 0 'contracts/**/*.sol'
	@$(NPM)/prettier --log-level warn --check 'contracts/**/*.sol'

check: lint ## Style, types and import contracts.
	@$(BIN)/mypy src
	@$(BIN)/lint-imports --no-cache

slither: toolchain ## Slither over all contracts; what is not answered in its place is an error.
	@$(BIN)/pytest -p no:ape_test -q tests/integration/contracts/test_slither.py

format: toolchain ## Put Python and Solidity into the house format.
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .
	@$(NPM)/prettier --log-level warn --write 'contracts/**/*.sol'

protocols: install ## Install the third-party protocols that adapters come for, at pinned versions.
	@$(BIN)/floodline toolchain --with protocols

test: check protocols ## Everything that CI runs.
	@rm -rf $(RESULTS) && mkdir -p $(RESULTS)
	@failed=0; \
	echo "== unit"; $(BIN)/pytest $(UNIT_FLAGS) $(RESULTS)/unit.xml tests/unit || failed=1; \
	echo "== contracts"; $(BIN)/ape test tests/contracts -q $(APE_FLAGS) --junitxml $(RESULTS)/contracts.xml || failed=1; \
	echo "== stateful"; $(BIN)/pytest $(NODE_FLAGS) $(RESULTS)/stateful.xml tests/stateful || failed=1; \
	echo "== integration"; $(BIN)/pytest $(NODE_FLAGS) $(RESULTS)/integration.xml tests/integration || failed=1; \
	echo "== validation"; $(BIN)/pytest $(NODE_FLAGS) $(RESULTS)/validation.xml tests/validation || failed=1; \
	$(BIN)/python tests/closing_line.py $(RESULTS) unit contracts stateful integration validation || failed=1; \
	exit $$failed

bench: toolchain ## Measure Floodline's own speed as ratios.
	@$(BIN)/floodline bench

docs: toolchain ## Build the documentation into .floodline/site; what is wrong in it is an error.
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet
	@echo "open .floodline/site/index.html"

picture: toolchain ## Draw the README's picture anew, from what make demo left.
	@$(BIN)/floodline report data/runs/calm data/runs/flooded --out .floodline/picture.html \
		--figures .floodline/figures >/dev/null
	@mkdir -p docs/pictures && cp .floodline/figures/price.png docs/pictures/calm-and-flooded.png

notebook: toolchain ## Execute the notebook in docs/tutorial anew.
	@$(BIN)/jupyter execute --inplace docs/tutorial/first-flood.ipynb

lock: install ## Write requirements.lock from what is installed.
	@{ echo "# Versions that are known to work together; made by 'make lock', used as constraints."; \
	$(BIN)/python -m pip freeze --exclude-editable | grep -v '^-e '; } > requirements.lock.new
	@mv requirements.lock.new requirements.lock

clean: ## Remove what is made here, runs excepted.
	@rm -rf $(VENV) node_modules .build .floodline .pytest_cache .mypy_cache .ruff_cache .hypothesis
