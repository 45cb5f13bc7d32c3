"""PgBouncer in front of the tests' PostgreSQL, from the distribution's package, with TLS."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest

from gatekeeper_site.work.parent_death import die_with_parent
from tests.certificates import new_authority, new_certificate
from tests.processes import free_port, wait_until

SKIP = os.environ.get("GATEKEEPER_TEST_SKIP_PGBOUNCER") == "1"
PROGRAM = shutil.which("pgbouncer", path="/usr/sbin:/usr/bin")
MISSING = (
    "these tests need PgBouncer: install the distribution's package pgbouncer (`make test` does "
    "where it may), or leave them out with GATEKEEPER_TEST_SKIP_PGBOUNCER=1"
)
START_SECONDS = 60
# Fewer than the processes of a web and a worker, which share them.
SERVER_CONNECTIONS = 3


@dataclass(frozen=True)
class PgBouncer:
    """A running pooler of transactions, for every database of the tests' server.

    Args:
        port: where it listens, for TLS alone.
        authority: the file with the CA that signed its certificate, which is for `localhost`.
    """

    port: int
    authority: Path

    def url(self, database: str, **options: str) -> str:
        """Return a DATABASE_URL by way of it, with these options beside those of TLS."""
        tls = {"sslmode": "verify-full", "sslrootcert": str(self.authority)}
        return f"postgresql://anybody@localhost:{self.port}/{database}?{urlencode(tls | options)}"


@contextmanager
def pgbouncer(directory: Path, **settings: str) -> Iterator[PgBouncer]:
    """Start it, with its files in a directory; skip or fail the test where it is not there.

    Args:
        directory: a new one, that others than its owner may pass through.
        settings: of its own, beside or instead of those that docs/production.md names.
    """
    if SKIP:
        pytest.skip("left out by GATEKEEPER_TEST_SKIP_PGBOUNCER=1")
    if PROGRAM is None:
        pytest.fail(MISSING)
    upstream = urlsplit(os.environ["DATABASE_URL"])
    if "%2F" not in upstream.netloc:
        pytest.skip("the database is not of this run")
    directory.mkdir(mode=0o755)
    authority = new_authority(directory)
    new_certificate(authority, "DNS:localhost")
    port = free_port()
    lines = {
        "listen_addr": "127.0.0.1",
        "listen_port": str(port),
        "unix_socket_dir": "",
        "auth_type": "any",
        "pool_mode": "transaction",
        "ignore_startup_parameters": "options",
        "default_pool_size": str(SERVER_CONNECTIONS),
        "client_tls_sslmode": "require",
        "client_tls_key_file": str(directory / "server.key"),
        "client_tls_cert_file": str(directory / "server.pem"),
    } | settings
    host = upstream.netloc.rpartition("@")[2].replace("%2F", "/")
    file = directory / "pgbouncer.ini"
    file.write_text(
        f"[databases]\n* = host={host} user=postgres\n[pgbouncer]\n"
        + "".join(f"{name} = {value}\n" for name, value in lines.items())
    )
    user: dict[str, object] = {}
    if os.geteuid() == 0:
        # It refuses to run as root.
        nobody = pwd.getpwnam("nobody")
        user = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
        for each in (directory, *directory.iterdir()):
            os.chown(each, nobody.pw_uid, nobody.pw_gid)
    parent = os.getpid()
    with (directory / "log").open("wb") as log:
        process = subprocess.Popen(
            [PROGRAM, file],
            stdout=log,
            stderr=log,
            start_new_session=True,
            preexec_fn=lambda: die_with_parent(parent, signal.SIGKILL),  # noqa: PLW1509
            **user,  # type: ignore[call-overload]
        )

    def listens() -> bool:
        assert process.poll() is None, (directory / "log").read_text()
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
        return False

    try:
        wait_until(listens, seconds=START_SECONDS, what="PgBouncer")
        yield PgBouncer(port, directory / "ca.pem")
    finally:
        process.kill()
        process.wait()
