# The two commands of the README are `make run` and `make test`; the rest is for people who change Quartier.
PYTHON ?= python3
VENV = .venv
BIN = $(VENV)/bin
PORT = 8000
OURS = ./shared ./services/accounts ./services/notify ./services/portal ./services/publications ./services/requests

run: $(VENV)/ready            ## the living city, embedded, with demo data, at http://localhost:8000 (another port: make run PORT=8001)
	$(BIN)/quartier up --demo --port $(PORT)

test: $(VENV)/ready           ## every test of every tier that this machine can offer
	PYTHON=$(BIN)/python tests/run

kafka:                        ## the jars of the broker that the tests start where no container engine runs (needs Maven)
	infra/kafka/ci/fetch

bench: $(VENV)/ready          ## the measured figures, one JSON object a line
	$(BIN)/python -m tests.bench

COMPILE = uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links \
  --no-annotate --no-header --no-emit-package quartier --all-extras
lock:                         ## resolve the dependencies again (needs uv): all of them, and what the image needs of them
	$(COMPILE) shared/pyproject.toml services/*/pyproject.toml --group dev -o requirements.lock
	$(COMPILE) shared/pyproject.toml services/*/pyproject.toml infra/requirements.in -c requirements.lock -o infra/requirements.lock

documents: $(VENV)/ready      ## OpenAPI, AsyncAPI, schemas, settings and the state machine, regenerated into docs/reference
	$(BIN)/python -m tests.documents

# --require-hashes refuses local projects: the lock first, then ours without dependencies (the build back end is in the lock).
$(VENV)/ready: requirements.lock shared/pyproject.toml $(wildcard services/*/pyproject.toml)
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation $(addprefix -e ,$(OURS))
	touch $@

.PHONY: run test kafka bench lock documents
