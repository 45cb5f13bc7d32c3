"""PgBouncer, which pools transactions, with TLS: as docs/production.md says (and without it)."""

import json
import os
import secrets
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import dj_database_url
import psycopg2.extensions
import pytest
from django.db import OperationalError, connection

from gatekeeper_site.core.postgresql import bound_waits, is_direct
from tests.certificates import new_authority
from tests.fixtures import DEMO_SERVICE, TENANT
from tests.ha_app.objects import router_body
from tests.pgbouncer_server import PgBouncer, pgbouncer
from tests.processes import (
    ADMIN_TOKEN,
    Gatekeeper,
    administer,
    environment_for,
    gatekeeper_processes,
    manage,
    prepare_database,
    wait_until,
)

pytestmark = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="it is a pooler of PostgreSQL"
)


def new_directory() -> Path:
    # Beside PostgreSQL's: whose it is, if root runs the tests, may pass through there alone.
    return Path(os.environ["GATEKEEPER_DATA_DIR"]).parent / f"pgbouncer-{secrets.token_hex(4)}"


@pytest.fixture(scope="module")
def pooler() -> Iterator[PgBouncer]:
    with pgbouncer(new_directory()) as running:
        yield running


@pytest.fixture
def patient_for_a_while() -> Iterator[None]:
    """Wait for PostgreSQL as the product's processes do."""
    bound_waits()
    yield
    psycopg2.extensions.set_wait_callback(None)


def asked(url: str, sql: str) -> Any:
    """Return the answer to a query by a connection of its own, made as the settings make it."""
    wrapper = connection.copy()
    wrapper.settings_dict |= dj_database_url.parse(url)
    wrapper.settings_dict["OPTIONS"] = (
        connection.settings_dict["OPTIONS"] | wrapper.settings_dict["OPTIONS"]
    )
    try:
        with wrapper.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchone()[0]
    finally:
        wrapper.close()


def call(server: Gatekeeper, method: str, path: str, body: Any = None) -> Any:
    request = urllib.request.Request(
        f"{server.url}{path}",
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Authorization": f"Bearer {ADMIN_TOKEN}"},
    )
    with urllib.request.urlopen(request, timeout=30) as response:
        return json.load(response)


@pytest.mark.django_db
@pytest.mark.usefixtures("patient_for_a_while")
def test_tls_is_spoken_with_who_has_a_certificate_of_the_authority(pooler: PgBouncer) -> None:
    text = "SELECT repeat('x', 1000000)"

    assert asked(pooler.url("postgres"), text) == "x" * 1_000_000


@pytest.mark.django_db
def test_who_is_connected_through_a_pooler_is_not_connected_to_postgresql(
    pooler: PgBouncer,
) -> None:
    pooled = connection.copy()
    pooled.settings_dict |= dj_database_url.parse(pooler.url("postgres"))
    try:
        pooled.ensure_connection()

        assert (is_direct(pooled), is_direct(connection)) == (False, True)
    finally:
        pooled.close()


@pytest.mark.django_db
@pytest.mark.usefixtures("patient_for_a_while")
@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"sslrootcert": "/etc/hostname"}, "could not read root certificate file"),
        ({"sslrootcert": "other"}, "certificate verify failed"),
        ({"sslmode": "disable"}, "SSL required"),
    ],
)
def test_nobody_else_is_spoken_with(
    pooler: PgBouncer, tmp_path: Path, options: dict[str, str], reason: str
) -> None:
    if options.get("sslrootcert") == "other":
        new_authority(tmp_path)
        options = {"sslrootcert": str(tmp_path / "ca.pem")}

    with pytest.raises(OperationalError) as raised:
        asked(pooler.url("postgres", **options), "SELECT 1")

    assert reason in str(raised.value)


@pytest.mark.django_db
def test_a_pooler_that_does_not_ignore_options_says_so() -> None:
    with (
        pgbouncer(new_directory(), ignore_startup_parameters="") as strict,
        pytest.raises(OperationalError) as raised,
    ):
        asked(strict.url("postgres"), "SELECT 1")

    # From version 1.20 on it says which of them it does not take.
    text = str(raised.value)
    assert (
        "unsupported startup parameter: options" in text
        or "unsupported startup parameter in options: idle_in_transaction_session_timeout" in text
    )


@pytest.mark.processes
def test_everything_works_on_pooled_transactions(pooler: PgBouncer, tmp_path: Path) -> None:
    # Given a database that was made by way of the pooler
    name = f"pooled_{secrets.token_hex(6)}"
    administer(os.environ["DATABASE_URL"], f'CREATE DATABASE "{name}"')
    url = pooler.url(name)
    try:
        environment = environment_for(tmp_path / "data", url)
        prepare_database(environment)
        with gatekeeper_processes(tmp_path / "run", url) as server:
            # When services are ordered, some at once
            orders = [
                call(server, "POST", "/requests", {"service_uuid": str(DEMO_SERVICE)})["id"]
                for _ in range(5)
            ]

            # Then all come about
            for order in orders:
                wait_until(
                    lambda o=order: call(server, "GET", f"/requests/{o}")["status"] == "READY",
                    what="a service",
                )
            body = {"ha_router": router_body(tenant_id=TENANT)}
            router = call(server, "POST", "/v2.0/ha_routers", body)["ha_router"]
            wait_until(
                lambda: (
                    call(server, "GET", f"/v2.0/ha_routers/{router['id']}")["ha_router"]["status"]
                    == "ACTIVE"
                ),
                what="a router",
            )
            assert len(call(server, "GET", "/records/services?limit=10")) == 5
            # and so do commands that read all there is
            assert manage(environment, "check_vlan_pools") == ""
            manage(environment, "purge", "--older-than", "90", "--dry-run")
    finally:
        administer(os.environ["DATABASE_URL"], f'DROP DATABASE "{name}" WITH (FORCE)')
