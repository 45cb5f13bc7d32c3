# make run    starts the server: http://localhost:8000 (PORT=… for another); Ctrl-C stops it
# make test   linters, then every test, against a real PostgreSQL of its own
# make lint   the linters alone
# make bench  the benchmarks (see benchmarks/)
# make clean  removes the virtual environment and caches, never data (./var)

.POSIX:
SHELL = /bin/sh

PORT ?= 8000
PYTEST_ARGUMENTS ?= -n 2
VENV = .venv
PYTHON = $(VENV)/bin/python
# A copy of the requirements that are installed.
INSTALLED = $(VENV)/requirements.txt

.PHONY: run test lint bench clean install browser

run: install
	@$(PYTHON) manage.py prepare
	@PYTHONUNBUFFERED=1 exec $(VENV)/bin/honcho start --port "$(PORT)"

test: lint browser
	@$(PYTHON) -m pytest $(PYTEST_ARGUMENTS)

lint: install
	@$(PYTHON) -m ruff check
	@$(PYTHON) -m ruff format --check
	@$(PYTHON) -m mypy
	@$(VENV)/bin/lint-imports --no-logo
	@SECRET_KEY=lint DATABASE_URL=sqlite://:memory: \
		$(PYTHON) manage.py makemigrations --check --dry-run
	@$(PYTHON) deploy/audit.py

bench: install
	@$(PYTHON) -m benchmarks

clean:
	rm -rf $(VENV) .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

install: $(INSTALLED)

$(INSTALLED): requirements.txt
	@$(PYTHON) -m pip --version >/dev/null 2>&1 || sh deploy/make-venv $(VENV)
	@echo "Installing requirements.txt into $(VENV) ..."
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@cp requirements.txt $(INSTALLED)

# The browser tests fail with a sentence of their own where there is no Chromium.
browser:
	@[ -x /usr/bin/chromium ] || [ "$$GATEKEEPER_TEST_SKIP_BROWSER" = 1 ] \
		|| sh deploy/apt-install chromium || true
