# machtin: `make` or `make help` lists what can be done here.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
DATA ?= $(or $(MACHTIN_SHARED_DATA),../shared/data)
OPENSEARCH := $(PYTHON) scripts/opensearch.py
OPENSEARCH_TEST_DATA := build/opensearch/test
OPENSEARCH_NODES ?= 1
ARCH ?= arm64
UV := $(BIN)/uv pip compile --universal --python-version 3.11 --generate-hashes --no-header -q

.DEFAULT_GOAL := help
.PHONY: help install install-dev install-models run test opensearch opensearch-start opensearch-stop test-opensearch build-here test-built e2e test-browser test-models floors lint lint-template format train evaluate bench bench-related bench-opensearch bench-models bench-summaries bench-cold bench-page build openapi screenshots golden lock clean

help: ## list the targets
	@echo "make run   installs what is needed, loads the sample articles and serves http://127.0.0.1:8080"
	@echo "make test  installs what is needed and runs the tests"
	@echo
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# A stamp per set of requirements: nothing is installed twice, and a change of the lock installs again.
$(VENV)/.python:
	@$(PYTHON) scripts/require_python.py
	@echo "Making an environment in $(VENV) ..."
	@$(PYTHON) -m venv $(VENV)
	@touch $@

$(VENV)/.runtime: $(VENV)/.python requirements/runtime.txt pyproject.toml
	@echo "Installing the pinned packages (about 20 s) ..."
	@$(BIN)/pip install -qq --disable-pip-version-check --require-hashes -r requirements/runtime.txt
	@$(BIN)/pip install -qq --disable-pip-version-check --no-deps --no-build-isolation --no-index -e .
	@touch $@

$(VENV)/.dev: $(VENV)/.runtime requirements/dev.txt
	@echo "Installing the pinned packages for development (about 30 s) ..."
	@$(BIN)/pip install -qq --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@

install: $(VENV)/.runtime ## make .venv with what machtin needs (about 30 s)

install-dev: $(VENV)/.dev ## the same with test tools, linter and type checker (about 1 min)

run: install ## load the sample articles (once) and serve page and API; MACHTIN_PORT, MACHTIN_DATA
	@echo "Starting machtin; the first start loads the sample articles, which takes a few seconds."
	@$(BIN)/machtin serve --samples

test: install-dev ## lint, types and every test that needs no browser and no model training (about 15 min)
	@echo "Linting, checking types, then testing (about 15 min); nothing is skipped silently."
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/pytest -m "not browser and not models and not floors and not opensearch and not built and not aws"
	@echo "Not run here: 'make test-opensearch' and 'make e2e' (need Java), 'make test-browser' (needs Chromium and Java), 'make test-models' (needs torch and Java), 'make floors' (needs the research data)."

opensearch opensearch-start: OPENSEARCH_PORT ?= 9200
test-opensearch bench-related bench-opensearch bench-cold: OPENSEARCH_PORT ?= 9250

opensearch: ## a real OpenSearch with k-NN until Ctrl-C, no Docker (up in 10 to 30 s, first time 1 min; needs Java, Maven)
	@$(PYTHON) scripts/require_python.py
	@$(OPENSEARCH) run --port $(OPENSEARCH_PORT) --nodes $(OPENSEARCH_NODES)

opensearch-start: ## the same in the background (10 to 30 s, first time 1 min); OPENSEARCH_PORT (9200), OPENSEARCH_NODES (1)
	@$(PYTHON) scripts/require_python.py
	@$(OPENSEARCH) start --port $(OPENSEARCH_PORT) --nodes $(OPENSEARCH_NODES)

opensearch-stop: ## stop it, wherever it was started (1 s)
	@$(OPENSEARCH) stop

# A fresh OpenSearch of its own for what follows in the recipe; stopped whatever comes of it.
WITH_OPENSEARCH = $(OPENSEARCH) start --fresh --port $(OPENSEARCH_PORT) --data $(OPENSEARCH_TEST_DATA) && \
	trap '$(OPENSEARCH) stop --data $(OPENSEARCH_TEST_DATA)' EXIT && trap 'exit 130' INT TERM HUP && \
	MACHTIN_OPENSEARCH_URL=http://127.0.0.1:$(OPENSEARCH_PORT)
# Where the research data lie, the two engines are compared on them as well.
OPENSEARCH_TESTS := opensearch and not models and not browser$(if $(wildcard $(DATA)),, and not floors)

test-opensearch: install-dev ## contract and integration tests on a real OpenSearch, started fresh and stopped (about 9 min)
	@$(WITH_OPENSEARCH) MACHTIN_SHARED_DATA=$(DATA) $(BIN)/pytest -m "$(OPENSEARCH_TESTS)"

build-here: install-dev
	@$(BIN)/python scripts/build_layers.py --here

test-built: build-here ## what make build makes, in Lambda's own runtime on this machine (about 2 min)
	@$(BIN)/pytest -m built

e2e: OPENSEARCH_PORT ?= 9270
e2e: OPENSEARCH_TEST_DATA := build/opensearch/e2e

e2e: build-here ## what template.yaml deploys, on this machine: built functions, OpenSearch, moto; with faults (about 5 min)
	@$(WITH_OPENSEARCH) $(BIN)/pytest -m aws

test-browser: OPENSEARCH_PORT ?= 9290
test-browser: OPENSEARCH_TEST_DATA := build/opensearch/browser

test-browser: install-dev ## the pages in headless Chromium on both engines; pictures in build/screens (needs the chromium package, Java)
	@$(WITH_OPENSEARCH) $(BIN)/pytest -m browser

test-models: OPENSEARCH_PORT ?= 9280
test-models: OPENSEARCH_TEST_DATA := build/opensearch/models

test-models: $(VENV)/.models ## models on torch and exported, all-MiniLM-L6-v2 end to end on both engines (torch is 6 GB; needs Java; 6 min)
	@$(WITH_OPENSEARCH) $(BIN)/pytest -m models

$(VENV)/.models: $(VENV)/.dev requirements/training.txt
	@$(BIN)/pip install -qq --disable-pip-version-check --require-hashes -r requirements/training.txt
	@touch $@

install-models: $(VENV)/.models ## torch and sentence-transformers, for training and make test-models

train: install-models ## train the embedding model, the sentence scorer, the digest and the event model again from DATA=../shared/data (about 60 min on 2 idle cores)
	@$(BIN)/python training/train.py --data $(DATA) --out layers/machtin/machtin/model --threads 2
	@$(BIN)/python training/train_summary.py --data $(DATA)
	@$(BIN)/python training/train_digest.py --data $(DATA)
	@$(BIN)/python training/train_events.py --data $(DATA)

evaluate: install ## quality of search beside its baselines, as a table and a plot (1 min; with the research data 8)
	@MACHTIN_SHARED_DATA=$(DATA) $(BIN)/python bench/quality.py --plot build/quality.svg

bench: install ## speed and scale, up to 100,000 articles (about 15 min; QUICK=1 for a look)
	@$(BIN)/python bench/run.py $(if $(QUICK),--quick) --json bench/results.json

bench-related: install ## related news beside OpenSearch's more_like_this and the newest articles (about 10 min; needs Java)
	@$(WITH_OPENSEARCH) MACHTIN_SHARED_DATA=$(DATA) $(BIN)/python bench/related_quality.py --opensearch http://127.0.0.1:$(OPENSEARCH_PORT)

bench-opensearch: install ## search and ingest on OpenSearch beside its own plain BM25 and raw _bulk (about 10 min)
	@$(WITH_OPENSEARCH) MACHTIN_SHARED_DATA=$(DATA) $(BIN)/python bench/opensearch_speed.py

bench-models: $(VENV)/.models ## queries embedded per second: the bundled model beside all-MiniLM-L6-v2, torch and ONNX (2 min)
	@$(BIN)/python bench/model_speed.py

$(VENV)/.bench: $(VENV)/.dev requirements/bench.txt
	@$(BIN)/pip install -qq --disable-pip-version-check --no-deps --require-hashes -r requirements/bench.txt
	@touch $@

bench-summaries: $(VENV)/.bench ## summaries beside sumy's TextRank, LexRank and LSA: ROUGE on DATA, and speed (about 5 min)
	@MACHTIN_SHARED_DATA=$(DATA) $(BIN)/python bench/summary_quality.py
	@MACHTIN_SHARED_DATA=$(DATA) $(BIN)/python bench/summary_speed.py

bench-page: install-dev ## first load of the pages: bytes, requests, time until one can read and act (needs Chromium; 1 min)
	@$(BIN)/python bench/page_budget.py

bench-cold: build-here ## cold starts of the built functions on one processor, beside their floors (about 5 min)
	@$(WITH_OPENSEARCH) MACHTIN_SHARED_DATA=$(DATA) $(BIN)/python bench/cold_start.py

floors: install-dev ## quality on the research data in DATA=../shared/data, figures printed beside baselines (about 5 min)
	@MACHTIN_SHARED_DATA=$(DATA) $(BIN)/pytest -m "floors and not opensearch" -rP

lint: install-dev ## linter, formatter and strict types
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy

# In environments of their own, since they pin what machtin pins otherwise; the locks are whole, so nothing is resolved.
.venv-%/.done: requirements/%.txt
	@$(PYTHON) scripts/require_python.py
	@echo "Installing the tools of requirements/$*.txt (1 min) ..."
	@$(PYTHON) -m venv .venv-$*
	@.venv-$*/bin/pip install -qq --disable-pip-version-check --no-deps --require-hashes -r $<
	@touch $@

lint-template: .venv-sam/.done .venv-checkov/.done ## template.yaml: cfn-lint, sam validate, checkov; no account is asked (1 min, first time 4 min)
	@.venv-sam/bin/cfn-lint template.yaml
	@AWS_DEFAULT_REGION=ap-southeast-1 SAM_CLI_TELEMETRY=0 .venv-sam/bin/sam validate --lint --template template.yaml
	@.venv-checkov/bin/checkov --file template.yaml --framework cloudformation --compact --quiet --skip-download

format: install-dev ## format and sort imports
	@$(BIN)/ruff check --fix-only -q .
	@$(BIN)/ruff format .

build: ## what runs on Lambda, with its sizes checked; ARCH (arm64) or x86_64, MODEL=FOLDER, no SAM needed (1 min)
	@$(PYTHON) scripts/require_python.py
	@$(PYTHON) scripts/build_layers.py --arch $(ARCH) $(if $(RUNTIME),--python $(RUNTIME))

screenshots: install-dev ## the pictures of README and docs whose pages have changed, from the running program (needs chromium; 1 min)
	@$(BIN)/python scripts/take_screenshots.py

openapi: install-dev ## write the interface's description again
	@$(BIN)/python scripts/write_openapi.py

golden: install-dev ## write the golden corpus again after sample articles have changed
	@$(BIN)/python scripts/write_golden_corpus.py

lock: install-dev ## compile the hash-checked requirements again
	@$(BIN)/pip install --quiet uv
	$(UV) pyproject.toml --group build -o requirements/runtime.txt
	$(UV) pyproject.toml --group build --group dev -c requirements/runtime.txt -o requirements/dev.txt
	$(UV) --no-deps requirements/emulator.in -o requirements/emulator.txt
	$(BIN)/python scripts/export_layers.py
	$(UV) requirements/training.in -c requirements/dev.txt -o requirements/training.txt
	$(UV) --no-deps requirements/onnx.in -c requirements/training.txt -o requirements/onnx.txt
	$(UV) --no-deps requirements/bench.in -o requirements/bench.txt
	$(UV) requirements/sam.in -o requirements/sam.txt
	$(UV) requirements/checkov.in -o requirements/checkov.txt

clean: ## remove the environment and caches; articles in .machtin stay
	@rm -rf $(VENV) .venv-sam .venv-checkov .mypy_cache .ruff_cache .pytest_cache .hypothesis
