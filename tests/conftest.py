"""Where every run of the tests begins: its directory, its database, its settings.

The tests run on a PostgreSQL that lasts as long as they do, on the one that DATABASE_URL names,
or on SQLite with GATEKEEPER_TEST_DATABASE=sqlite.
"""

import os
import secrets
import shutil
import signal
import tempfile
from pathlib import Path

import django
import pytest
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test.client import ClientHandler
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from gatekeeper_site.core.postgresql import base as postgresql
from tests.described import checked
from tests.postgres_server import PostgresServer, databases_in_memory, remove_what_killed_runs_left

# pytest reads this file before any other test module, and in each of xdist's processes; those
# find in their environment what the first process has put there. Settings are read at the end
# of this block, hence DJANGO_SETTINGS_MODULE is set here and not in pyproject.toml.
IS_FIRST_PROCESS = "PYTEST_XDIST_WORKER" not in os.environ
PREFIX = "gatekeeper-tests-"
RUN_DIRECTORY = Path(tempfile.gettempdir()) / f"{PREFIX}{secrets.token_hex(6)}"
SERVER = PostgresServer(RUN_DIRECTORY / "postgresql", databases_in_memory(RUN_DIRECTORY.name))
# Migrated once in a run of ours; each process's database is a copy of it.
TEMPLATE = "gatekeeper_migrated"
if IS_FIRST_PROCESS:
    os.environ["GATEKEEPER_DATA_DIR"] = str(RUN_DIRECTORY / "data")
    os.environ["SECRET_KEY"] = secrets.token_hex(25)
    # Whether or not `make docs` has been run, there is none until a test builds it.
    os.environ["GUIDE_ROOT"] = str(RUN_DIRECTORY / "data" / "guide")
    if os.environ.get("GATEKEEPER_TEST_DATABASE") == "sqlite":
        os.environ["DATABASE_URL"] = f"sqlite:///{RUN_DIRECTORY / 'tests.sqlite3'}"
    elif not os.environ.get("DATABASE_URL"):
        os.environ["DATABASE_URL"] = SERVER.url("gatekeeper")
        os.environ["GATEKEEPER_TEST_TEMPLATE"] = TEMPLATE
os.environ["DJANGO_SETTINGS_MODULE"] = "gatekeeper_site.settings"
# Servers are started by processes that have called etcd: what gRPC does in the child of a fork, to
# go on there, may abort it.
os.environ["GRPC_ENABLE_FORK_SUPPORT"] = "0"
django.setup()
if template := os.environ.get("GATEKEEPER_TEST_TEMPLATE"):
    connection.settings_dict["TEST"] |= {"TEMPLATE": template, "MIGRATE": False}

# How long an example takes says how busy the machine is, and not that it is wrong.
hypothesis_settings.register_profile(
    "gatekeeper", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
hypothesis_settings.load_profile("gatekeeper")

# A shell has what it runs in the background ignore Ctrl-C, and nohup a closed terminal, and so
# whatever that starts in turn: but what the tests start is to end by them.
if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
if signal.getsignal(signal.SIGHUP) == signal.SIG_IGN:
    signal.signal(signal.SIGHUP, signal.SIG_DFL)

# For a server that a busy machine keeps from answering; what is started has the product's own.
PATIENCE_SECONDS = 60
postgresql.ANSWER_SECONDS = PATIENCE_SECONDS
if connection.vendor == "postgresql":
    connection.settings_dict["OPTIONS"]["connect_timeout"] = PATIENCE_SECONDS
    # A test may think amid its transaction, and hold locks, for as long as it takes.
    connection.settings_dict["OPTIONS"]["options"] += (
        f" -c idle_in_transaction_session_timeout=0 -c lock_timeout={PATIENCE_SECONDS}s"
    )

# Every answer that a test gets is one that the schema describes.
ClientHandler.__call__ = checked(ClientHandler.__call__)  # type: ignore[method-assign]

pytest_plugins = [
    "tests.speedups",
    "tests.ordering",
    "tests.fixtures",
    "tests.row_counts",
    "tests.rabbitmq_of_the_run",
    "tests.osm_fixtures",
]


def pytest_configure(config: pytest.Config) -> None:
    if not IS_FIRST_PROCESS or config.option.help or config.option.collectonly:
        return
    # Others than the owner may pass through, as PostgreSQL must when root runs the tests.
    RUN_DIRECTORY.mkdir(mode=0o711)
    (RUN_DIRECTORY / "data").mkdir()
    # It stays empty: fixtures.py. A server looks into it as soon as it is loaded.
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)
    if os.environ["DATABASE_URL"] == SERVER.url("gatekeeper"):
        remove_what_killed_runs_left(PREFIX)
        SERVER.start(database="gatekeeper")
        call_command("migrate", verbosity=0)
        connection.close()
        SERVER.create_database(TEMPLATE, template="gatekeeper")


@pytest.hookimpl(trylast=True)
def pytest_sessionstart() -> None:
    if IS_FIRST_PROCESS:
        # Hypothesis looks at every character there is, and keeps what it finds: each of xdist's
        # processes, which begin after this, would look as well.
        st.characters(codec="utf-8").validate()


def pytest_unconfigure() -> None:
    if IS_FIRST_PROCESS and RUN_DIRECTORY.exists():
        SERVER.stop()
        shutil.rmtree(RUN_DIRECTORY)
        # A run that begins now may take it for a killed one's, and remove it as well.
        shutil.rmtree(SERVER.data, ignore_errors=True)
