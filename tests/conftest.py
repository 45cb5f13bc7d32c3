"""Where every run of the tests begins: its directory, its database, its settings.

The tests run on a PostgreSQL that lasts as long as they do, on the one that DATABASE_URL names,
or on SQLite with GATEKEEPER_TEST_DATABASE=sqlite.
"""

import gc
import logging
import os
import secrets
import shutil
import signal
import tempfile
import threading
from collections import defaultdict
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any

import django
import pytest
from django.conf import settings
from django.core.management import call_command
from django.core.signals import request_finished, request_started, setting_changed
from django.db import close_old_connections, connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.dispatch import Signal, receiver
from django.test import TransactionTestCase, client
from django.test.client import ClientHandler
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from gatekeeper_site.core.postgresql import base as postgresql
from tests.described import checked
from tests.postgres_server import PostgresServer

# pytest reads this file before any other test module, and in each of xdist's processes; those
# find in their environment what the first process has put there. Settings are read at the end
# of this block, hence DJANGO_SETTINGS_MODULE is set here and not in pyproject.toml.
IS_FIRST_PROCESS = "PYTEST_XDIST_WORKER" not in os.environ
RUN_DIRECTORY = Path(tempfile.gettempdir()) / f"gatekeeper-tests-{secrets.token_hex(6)}"
MEMORY = Path("/dev/shm")
BYTES_OF_DATABASES = 3 << 30


def databases_in_memory() -> Path | None:
    """Return where, if there is room: a busy disk may stand still for half a minute."""
    if os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > BYTES_OF_DATABASES:
        return MEMORY / RUN_DIRECTORY.name
    return None


def remove_what_killed_runs_left() -> None:
    """Remove databases in memory whose server has ended, but not begun only now."""
    for directory in MEMORY.glob("gatekeeper-tests-*"):
        has_begun = (directory / "postmaster.opts").exists()
        if has_begun and not (directory / "postmaster.pid").exists():
            shutil.rmtree(directory, ignore_errors=True)


SERVER = PostgresServer(RUN_DIRECTORY / "postgresql", databases_in_memory())
# Migrated once in a run of ours; each process's database is a copy of it.
TEMPLATE = "gatekeeper_migrated"
TESTS = Path(__file__).parent
# Files and directories whose tests mostly wait, for processes that they start or for one that is
# silent; those that wait longest first.
WAITING = (
    "faults/test_database_stopped.py",
    "faults/",
    "ha_app/etcd/",
    "core/test_silent_database.py",
    "cli/",
    "deploy/test_start.py",
    "web/",
    "requests_app/mano/",
    "webhooks/",
)
# Others that take long.
BUSY = (
    "docs/test_examples.py",
    "browser/",
    "contract/test_malformed.py",
    "ha_app/test_capacity_machine.py",
    "requests_app/test_life.py",
    "contract/",
    "concurrency/",
    "clients/",
    "operations/",
)
# What pytest-django sets up for each test, for marks and a mailbox that none of ours has.
IDLE = {
    "_dj_autoclear_mailbox",
    "_django_clear_site_cache",
    "_django_isolate_apps",
    "_django_set_urlconf",
    "_django_setup_unittest",
    "_fail_for_invalid_template_variable",
    "_live_server_helper",
    "_template_string_if_invalid_marker",
}
# Directories whose tests share what takes long to start: one process begins with all of them.
TOGETHER = ("browser", "cli", "clients")
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
# What is loaded until the tests begin is there to stay: it is not looked through for garbage.
gc.disable()
# What tests keep of passwords need not be hard to guess.
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

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


@receiver(connection_created)
def have_patience_with_tests(connection: BaseDatabaseWrapper, **_: object) -> None:
    """Let a test think for as long as it takes, amid its transaction: the machine may be busy."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET idle_in_transaction_session_timeout = 0")


def delete_all_rows(case: TransactionTestCase) -> None:
    """Remove what a test has committed: Django's own way, on PostgreSQL, makes all tables anew.

    Content types and permissions, which are made with the tables, stay.
    """
    if connection.vendor != "postgresql":
        flush(case)
        return
    kept = {"auth_permission", "django_content_type"}
    tables = sorted(set(connection.introspection.django_table_names()) - kept)
    with transaction.atomic(), connection.cursor() as cursor:
        # The foreign keys are looked at when all is gone.
        cursor.execute("; ".join(f'DELETE FROM "{table}"' for table in tables))


def load_middleware_once(handler: ClientHandler, is_async: bool = False) -> None:
    """Have all clients pass through the same middleware, as the calls of a server do.

    To make it takes longer than most calls. It is made anew when a setting has changed.
    """
    made = middleware.get("made")
    if made is None:
        load_middleware(handler, is_async)
        made = {name: getattr(handler, name) for name in MADE_BY_LOADING}
        middleware["made"] = made
    vars(handler).update(made)


def close_connections_of_others(**_: object) -> None:
    """Close those that are old or broken, as a server does; but none of the test's own thread."""
    if threading.current_thread() is not threading.main_thread():
        close_old_connections()


class Lasting:
    """A signal to which all listen on while Django's test client calls, as a server's do.

    The client has what closes connections leave, and come back, for each call, after which Django
    looks anew for who listens.
    """

    def __init__(self, signal: Signal) -> None:
        self.send = signal.send

    def connect(self, _: object) -> None:
        """Leave it connected."""

    disconnect = connect


flush = TransactionTestCase._fixture_teardown
TransactionTestCase._fixture_teardown = delete_all_rows
MADE_BY_LOADING = (
    "_view_middleware",
    "_template_response_middleware",
    "_exception_middleware",
    "_middleware_chain",
)
middleware: dict[str, dict[str, Any]] = {}
setting_changed.connect(lambda **_: middleware.clear(), weak=False)
load_middleware = ClientHandler.load_middleware
ClientHandler.load_middleware = load_middleware_once  # type: ignore[method-assign]
for each in (request_started, request_finished):
    each.disconnect(close_old_connections)
    each.connect(close_connections_of_others)
client.request_started = Lasting(request_started)  # type: ignore[attr-defined]
client.request_finished = Lasting(request_finished)  # type: ignore[attr-defined]
# Every answer that a test gets is one that the schema describes.
ClientHandler.__call__ = checked(ClientHandler.__call__)  # type: ignore[method-assign]

pytest_plugins = ["tests.fixtures", "tests.rabbitmq_of_the_run", "tests.osm_fixtures"]


def pytest_configure(config: pytest.Config) -> None:
    if not IS_FIRST_PROCESS or config.option.help or config.option.collectonly:
        return
    # Others than the owner may pass through, as PostgreSQL must when root runs the tests.
    RUN_DIRECTORY.mkdir(mode=0o711)
    (RUN_DIRECTORY / "data").mkdir()
    if os.environ["DATABASE_URL"] == SERVER.url("gatekeeper"):
        remove_what_killed_runs_left()
        SERVER.start(database="gatekeeper")
        call_command("migrate", verbosity=0)
        connection.close()
        SERVER.create_database(TEMPLATE, template="gatekeeper")


def pytest_collection(session: pytest.Session) -> None:
    """Have each process load all tests, and begin with other files than the others do.

    What one has compiled by then, the others need not: else each would do all of that.
    """
    processes = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    if processes == 1 or session.config.args != session.config.getini("testpaths"):
        return
    # What registers itself as it is loaded does so in the same order in all of them.
    import_module("gatekeeper_site.urls")
    own = int(os.environ["PYTEST_XDIST_WORKER"].removeprefix("gw"))
    files = sorted(TESTS.rglob("test_*.py"))
    for number in range(own, own + processes):
        for file in files[number % processes :: processes]:
            # What is wrong with a file is told when its tests are collected.
            with suppress(Exception):
                import_module(".".join(file.relative_to(TESTS.parent).with_suffix("").parts))


@pytest.hookimpl(trylast=True)
def pytest_sessionstart() -> None:
    if IS_FIRST_PROCESS:
        # Hypothesis looks at every character there is, and keeps what it finds: each of xdist's
        # processes, which begin after this, would look as well.
        st.characters(codec="utf-8").validate()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Have most of the processes begin with what waits, and the others with what takes long.

    So none of that comes last, and the processors always have something to do. Each process gets an
    equal part of this list, and what is at the end of another's when it has no more.
    """
    for item in items:
        names: list[str] = getattr(item, "fixturenames", [])
        if "live_server" not in names:
            names[:] = [name for name in names if name not in IDLE]
    by_file: dict[Path, list[pytest.Item]] = defaultdict(list)
    for item in items:
        by_file[item.path.parent if item.path.parent.name in TOGETHER else item.path].append(item)
    processes = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    if processes == 1:
        return
    files = {tests[0].path.relative_to(TESTS).as_posix(): tests for tests in by_file.values()}
    busy = max(1, processes * 2 // 5)
    shares = [*dealt(files, WAITING, processes - busy), *dealt(files, BUSY, busy)]
    rest = [test for tests in files.values() for test in tests]
    parts: list[pytest.Item] = []
    for number, share in enumerate(shares, 1):
        room = max(0, number * len(items) // processes - len(parts) - len(share))
        parts += share + rest[:room]
        del rest[:room]
    items[:] = parts + rest


def dealt(
    files: dict[str, list[pytest.Item]], names: tuple[str, ...], hands: int
) -> list[list[pytest.Item]]:
    """Take from files those whose paths begin with a name; deal them out in the names' order."""
    taken = [
        files.pop(path)
        for name in names
        for path in [path for path in files if path.startswith(name)]
    ]
    return [[test for tests in taken[hand::hands] for test in tests] for hand in range(hands)]


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> None:
    # What is logged is shown once, as the server's console has it ("Captured stderr").
    logging_plugin = session.config.pluginmanager.get_plugin("logging-plugin")
    logging_plugin.report_handler.setLevel(logging.CRITICAL + 1)
    gc.freeze()
    # Nearly all that a test makes goes without being looked for; by default a tenth of the time of
    # the tests goes into looking.
    gc.set_threshold(50_000, 20, 20)
    gc.enable()


def pytest_unconfigure() -> None:
    if IS_FIRST_PROCESS and RUN_DIRECTORY.exists():
        SERVER.stop()
        shutil.rmtree(RUN_DIRECTORY)
        if SERVER.data.exists():
            shutil.rmtree(SERVER.data)
