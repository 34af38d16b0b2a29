PYTHON ?= python3
VENV = .venv
BIN = $(VENV)/bin

.PHONY: run clients test check parity bench bench-safety screenshots soak-webhooks clean

# Everything below needs the environment; it is made anew when the dependencies change.
$(VENV)/ready: setup.cfg pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	touch $@

run: $(VENV)/ready
	@$(BIN)/shim demo

# Old clients, for a demo that runs in another terminal; URL and HOOKS say where if not at the usual ports.
clients: $(VENV)/ready
	@$(BIN)/shim clients $(if $(URL),--url $(URL)) $(if $(HOOKS),--hooks $(HOOKS))

# On all cores; the tests of a file, or of a class, share what they set up and stay together.
test: $(VENV)/ready
	$(BIN)/python -m pytest --numprocesses auto --dist loadscope --no-loadscope-reorder

check: $(VENV)/ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/python -m pytest tests/test_imports.py

# What is compared with all recordings, in every way: fixtures/results.json and the README's table; takes five minutes.
parity: $(VENV)/ready
	$(BIN)/python -m tests.parity.results

# What a request costs, as ratios to the thinnest way there is; takes about a minute.
bench: $(VENV)/ready
	@$(BIN)/python -m bench.cost

# Whether what clients do can kill the servers behind; takes about a minute and fails if one died.
bench-safety: $(VENV)/ready
	$(BIN)/python -m bench.safety

# The pictures in docs/, of a demo that is started for them; needs Chromium and its driver.
screenshots: $(VENV)/ready
	$(BIN)/python -m tests.pages.screenshots

# Whether a webhook is ever lost while the shim is killed again and again; takes about five minutes, and fails if one was.
soak-webhooks: $(VENV)/ready
	@$(BIN)/python -m bench.soak

clean:
	rm -rf $(VENV) build dist *.egg-info .mypy_cache .pytest_cache .ruff_cache
