# make app    create the environment and open the dashboard
# make test   create the environment and run every check and test, browser tests included
PYTHON ?= python3
VENV   := .venv
BIN    := $(VENV)/bin
PORT   ?= 8501

.PHONY: help app test check bench screenshots samples lock clean

help:
	@sed -n 's/^# make /make /p' Makefile

app: $(VENV)/app.stamp
	$(BIN)/streamlit run app.py --server.port $(PORT)

# Pages in a browser by themselves: their browser's event loop lasts until the end and suffers no other beside it.
test: check browser hosting
	$(BIN)/python -m pytest --ignore=tests/browser -n 2 --dist loadfile
	$(BIN)/python -m pytest tests/browser

check: $(VENV)/dev.stamp
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache

bench: $(VENV)/dev.stamp
	$(BIN)/python -m bench

screenshots: $(VENV)/dev.stamp browser
	$(BIN)/python -m docs.screenshots

samples: $(VENV)/app.stamp
	$(BIN)/python -m sample_data.generate

# A Chromium for the browser tests: one that is there, or Debian's.
.PHONY: browser
browser:
	@command -v chromium >/dev/null 2>&1 || command -v chromium-browser >/dev/null 2>&1 || command -v google-chrome >/dev/null 2>&1 || { \
	  echo "Installing Chromium for the browser tests"; \
	  SUDO=$$( [ "$$(id -u)" = 0 ] || echo sudo ); \
	  $$SUDO apt-get update -qq && $$SUDO apt-get install -y -qq chromium fonts-liberation; } || \
	{ echo "The browser tests need Chromium: install it with your system's package manager."; exit 1; }

# nginx and PostgreSQL for the tests of a whole host: those that are there, or Debian's.
.PHONY: hosting
hosting:
	@{ command -v nginx || test -x /usr/sbin/nginx; } >/dev/null 2>&1 && { command -v initdb || ls /usr/lib/postgresql/*/bin/initdb; } >/dev/null 2>&1 && command -v openssl >/dev/null 2>&1 || { \
	  echo "Installing nginx and PostgreSQL for the tests of a whole host"; \
	  SUDO=$$( [ "$$(id -u)" = 0 ] || echo sudo ); \
	  $$SUDO apt-get update -qq && $$SUDO apt-get install -y -qq nginx-light postgresql openssl; } || \
	{ echo "The tests of a whole host need nginx, PostgreSQL and openssl: install them with your system's package manager."; exit 1; }

# Known faults of the packages, which only the advisory service of the package registry knows, and of the code.
.PHONY: audit
audit: $(VENV)/dev.stamp
	$(BIN)/python -m pytest -q tests/security/test_code_and_packages.py
	$(BIN)/python -m tests.security.dependency_audit

$(VENV)/app.stamp: requirements.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Cohortscope needs Python 3.11 or newer: make PYTHON=python3.11 app")'
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	$(BIN)/python -m compileall -q app.py dashboard.py core ui pages team  # as pip does: the first start is as fast as any
	@touch $@

$(VENV)/dev.stamp: $(VENV)/app.stamp requirements-dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt -r requirements-dev.txt
	@touch $@

# Pins every package, for every platform; run after editing a .in file.
lock:
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --no-annotate --no-header --no-emit-index-url requirements.in -o requirements.txt
	$(BIN)/uv pip compile -q --universal --python-version 3.11 --no-annotate --no-header --no-emit-index-url requirements-dev.in -o requirements-dev.txt

clean:
	rm -rf $(VENV) .pytest_cache .mypy_cache .ruff_cache .hypothesis build
