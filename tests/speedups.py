"""What makes Django's and pytest's part of a test quicker, and changes nothing that a test sees.

Loaded by conftest.py.
"""

import gc
import logging
import threading
from functools import cache
from typing import Any

import pytest
from django.conf import settings
from django.core.signals import request_finished, request_started, setting_changed
from django.db import close_old_connections, connection, transaction
from django.dispatch import Signal
from django.test import TransactionTestCase, client
from django.test.client import ClientHandler

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
MADE_BY_LOADING = (
    "_view_middleware",
    "_template_response_middleware",
    "_exception_middleware",
    "_middleware_chain",
)
flush = TransactionTestCase._fixture_teardown
load_middleware = ClientHandler.load_middleware


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


@cache
def made_middleware() -> dict[str, Any]:
    """Return the middleware, which takes longer to make than most calls; for all handlers."""
    handler = ClientHandler()
    load_middleware(handler)
    return {name: getattr(handler, name) for name in MADE_BY_LOADING}


def load_middleware_once(handler: ClientHandler) -> None:
    """Have all clients pass through the same middleware, as the calls of a server do."""
    vars(handler).update(made_middleware())


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


# What is loaded until the tests begin is there to stay: it is not looked through for garbage.
gc.disable()
# What tests keep of passwords need not be hard to guess.
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
TransactionTestCase._fixture_teardown = delete_all_rows
ClientHandler.load_middleware = load_middleware_once  # type: ignore[method-assign,assignment]
setting_changed.connect(lambda **_: made_middleware.cache_clear(), weak=False)
for each in (request_started, request_finished):
    each.disconnect(close_old_connections)
    each.connect(close_connections_of_others)
client.request_started = Lasting(request_started)  # type: ignore[attr-defined]
client.request_finished = Lasting(request_finished)  # type: ignore[attr-defined]


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave out what would be set up for each test and is idle."""
    for item in items:
        names: list[str] = getattr(item, "fixturenames", [])
        if "live_server" not in names:
            names[:] = [name for name in names if name not in IDLE]


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> None:
    """Format no log line twice, and look for garbage seldom."""
    # What is logged is shown once, as the server's console has it ("Captured stderr").
    logging_plugin = session.config.pluginmanager.get_plugin("logging-plugin")
    logging_plugin.report_handler.setLevel(logging.CRITICAL + 1)
    gc.freeze()
    # Nearly all that a test makes goes without being looked for; by default a tenth of the time of
    # the tests goes into looking.
    gc.set_threshold(50_000, 20, 20)
    gc.enable()
