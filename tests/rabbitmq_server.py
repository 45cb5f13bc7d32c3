"""Servers of RabbitMQ for tests, from the distribution's package, on ports of the loopback."""

import json
import os
import re
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pika
import pika.exceptions
import pytest

from gatekeeper_site.work.parent_death import die_with_parent
from tests.certificates import new_authority, new_certificate
from tests.processes import free_port

EXCHANGE = "son-kernel"
QUEUES = ("gatekeeper.mano", "gatekeeper.mano.dead", "slm")
OWN_EXCHANGES = ("gatekeeper.mano.incoming", "gatekeeper.mano.orders", "gatekeeper.mano.answers")
TOPIC = "service.instances.create"
START_SECONDS = 120
STOP_SECONDS = 20
# Schedulers that sleep when there is nothing to do, so that other tests get on, and tables of a
# small server's size.
ERLANG_OPTIONS = "+sbwt none +sbwtdcpu none +sbwtdio none +P 65536 +t 1048576"
SKIP = os.environ.get("GATEKEEPER_TEST_SKIP_RABBITMQ") == "1"
MISSING = (
    "these tests need RabbitMQ: install the distribution's package rabbitmq-server "
    "(`make test` does where it may), or leave them out with GATEKEEPER_TEST_SKIP_RABBITMQ=1"
)
# The program inside the package: what is on the PATH insists on a user of its own.
PROGRAMS = sorted(Path("/usr/lib/rabbitmq/lib").glob("rabbitmq_server-*/sbin/rabbitmq-server"))
# What the server is made of. Its own description of each names those that it needs.
PARTS = ("rabbit", "rabbitmq_prelaunch")
NEEDS = re.compile(r"{applications,\s*\[([^]]*)")
IS_THERE = bool(PROGRAMS) and not SKIP


def server_script() -> Path:
    """Return the program; skip or fail the test where there is none."""
    if SKIP:
        pytest.skip("left out by GATEKEEPER_TEST_SKIP_RABBITMQ=1")
    if not PROGRAMS:
        pytest.fail(MISSING)
    return PROGRAMS[-1]


def needed_parts(plugins: Path) -> set[Path]:
    """Return those of the package's directories that a server without plugins loads."""
    by_name = {path.name.rpartition("-")[0]: path for path in plugins.iterdir() if path.is_dir()}
    needed: set[Path] = set()
    names = list(PARTS)
    while names:
        name = names.pop()
        if name in by_name and by_name[name] not in needed:
            needed.add(by_name[name])
            description = (by_name[name] / "ebin" / f"{name}.app").read_text()
            for others in NEEDS.findall(description):
                names += re.findall(r"\w+", others)
    return needed


class RabbitServer:
    """A broker with its data in a directory; it may be killed and started again there.

    Args:
        directory: made if it is not there.
        virtual_host: that the URLs lead to.
        schedulers: how many threads it works with; with two, a start costs a third more.
    """

    def __init__(self, directory: Path, virtual_host: str = "/", *, schedulers: int = 1) -> None:
        self.directory = directory
        self.virtual_host = virtual_host
        self.schedulers = schedulers
        self.port = free_port()
        self.tls_port = free_port()
        self.distribution_port = free_port()
        # Erlang's register of names, which else one for the whole machine would be left behind.
        self.names_port = free_port()
        self.process: subprocess.Popen[bytes] | None = None
        self.names: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """The broker as MANO_AMQP_URL names it."""
        return self.url_at(self.port)

    def url_at(self, port: int) -> str:
        """The same with another port, which leads to the broker too."""
        return f"amqp://guest:guest@127.0.0.1:{port}/{quote(self.virtual_host, safe='')}"

    @property
    def tls_url(self) -> str:
        """The broker with TLS, which wants a certificate of its clients."""
        return self.url_at(self.tls_port).replace("amqp:", "amqps:")

    @property
    def certificates(self) -> Path:
        """Where ca.pem is, and the certificates of the server and a client with their keys."""
        return self.directory / "certificates"

    def configure(self, virtual_hosts: Sequence[str]) -> None:
        """Write what the broker reads when it starts."""
        if not self.certificates.exists():
            authority = new_authority(self.certificates)
            for name in ("server", "client"):
                new_certificate(authority, "IP:127.0.0.1", name=name)
        directory = self.certificates
        (self.directory / "rabbitmq.conf").write_text(
            f"listeners.ssl.default = 127.0.0.1:{self.tls_port}\n"
            f"ssl_options.cacertfile = {directory}/ca.pem\n"
            f"ssl_options.certfile = {directory}/server.pem\n"
            f"ssl_options.keyfile = {directory}/server.key\n"
            "ssl_options.verify = verify_peer\n"
            "ssl_options.fail_if_no_peer_cert = true\n"
            f"load_definitions = {self.directory}/definitions.json\n"
        )
        everything = {"configure": ".*", "write": ".*", "read": ".*"}
        definitions = {
            "users": [{"name": "guest", "password": "guest", "tags": ""}],
            "vhosts": [{"name": name} for name in virtual_hosts],
            "permissions": [
                {"user": "guest", "vhost": name, **everything} for name in virtual_hosts
            ],
        }
        (self.directory / "definitions.json").write_text(json.dumps(definitions))
        (self.directory / "enabled_plugins").write_text("[].\n")

    def program(self) -> Path:
        """Return the server's program, as if the package had no plugins, when it has none.

        Each of its thousand modules is looked for in every directory of the package: of all
        seventy, a start costs double.
        """
        script = server_script()
        home = self.directory / "home"
        if not home.exists():
            (home / "plugins").mkdir(parents=True)
            (home / "sbin").symlink_to(script.parent)
            for part in needed_parts(script.parent.parent / "plugins"):
                (home / "plugins" / part.name).symlink_to(part)
        return home / "sbin" / script.name

    def environment(self) -> dict[str, str]:
        directory = str(self.directory)
        return {
            "PATH": os.environ["PATH"],
            "LANG": "C.UTF-8",
            "HOME": directory,
            "TMPDIR": directory,
            "ERL_EPMD_PORT": str(self.names_port),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "ERL_CRASH_DUMP": "/dev/null",
            # So that the script becomes the server, and no shell stands in between.
            "RUNNING_UNDER_SYSTEMD": "1",
            "RABBITMQ_NODENAME": f"gatekeeper{self.port}@localhost",
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": str(self.port),
            "RABBITMQ_DIST_PORT": str(self.distribution_port),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": (
                f"+S {self.schedulers}:{self.schedulers} {ERLANG_OPTIONS} "
                "-kernel inet_dist_use_interface {127,0,0,1}"
            ),
            "RABBITMQ_MNESIA_BASE": f"{directory}/data",
            "RABBITMQ_LOG_BASE": f"{directory}/log",
            "RABBITMQ_LOGS": "-",
            "RABBITMQ_PID_FILE": f"{directory}/pid",
            "RABBITMQ_CONFIG_FILE": f"{directory}/rabbitmq",
            "RABBITMQ_CONF_ENV_FILE": f"{directory}/no-environment",
            "RABBITMQ_ENABLED_PLUGINS_FILE": f"{directory}/enabled_plugins",
        }

    def launch(self, *arguments: str | Path, log: str) -> subprocess.Popen[bytes]:
        parent = os.getpid()
        with (self.directory / log).open("ab") as output:
            return subprocess.Popen(
                arguments,
                cwd=self.directory,
                env=self.environment(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                preexec_fn=lambda: die_with_parent(parent),  # noqa: PLW1509
            )

    def start(self) -> None:
        """Start, and wait until it lets somebody in."""
        self.begin([self.virtual_host])
        self.await_answer()

    def begin(self, virtual_hosts: Sequence[str]) -> None:
        """Start, with these virtual hosts, without waiting for it."""
        self.directory.mkdir(parents=True, exist_ok=True)
        program = self.program()
        self.configure(virtual_hosts)
        if self.names is None or self.names.poll() is not None:
            self.names = self.launch("epmd", log="names.log")
        self.process = self.launch(program, log="server.log")

    def await_answer(self) -> None:
        """Wait until it lets somebody in, whoever has started it."""
        deadline = time.monotonic() + START_SECONDS
        while not self.answers():
            has_ended = self.process is not None and self.process.poll() is not None
            if has_ended or time.monotonic() > deadline:
                raise RuntimeError((self.directory / "server.log").read_text()[-5000:])
            time.sleep(0.1)

    def answers(self) -> bool:
        try:
            # Of which there are many while it starts; pika would begin a thread for each.
            socket.create_connection(("127.0.0.1", self.port), timeout=5).close()
            pika.BlockingConnection(self.parameters()).close()
        except (pika.exceptions.AMQPError, OSError):
            return False
        return True

    @contextmanager
    def channel(self) -> Iterator[Any]:
        """Open a channel that confirms what is published."""
        connection = pika.BlockingConnection(self.parameters())
        try:
            channel = connection.channel()
            channel.confirm_delivery()
            yield channel
        finally:
            if connection.is_open:
                connection.close()

    def wipe(self) -> None:
        """Remove everything that Gatekeeper and the peer of the tests declare."""
        with self.channel() as channel:
            for queue in QUEUES:
                channel.queue_delete(queue)
            for exchange in (EXCHANGE, *OWN_EXCHANGES):
                channel.exchange_delete(exchange)

    def waiting(self, queue: str) -> int:
        """Return how many messages wait in a queue, those that somebody holds left out."""
        with self.channel() as channel:
            return int(channel.queue_declare(queue, passive=True).method.message_count)

    def publish(self, body: bytes | str, *, topic: str = TOPIC, **properties: Any) -> None:
        """Say something on the MANO's exchange, as anybody may."""
        content = body if isinstance(body, bytes) else body.encode()
        with self.channel() as channel:
            channel.exchange_declare(EXCHANGE, exchange_type="topic")
            channel.basic_publish(EXCHANGE, topic, content, pika.BasicProperties(**properties))

    def parameters(self) -> pika.URLParameters:
        parameters = pika.URLParameters(self.url)
        parameters.socket_timeout = parameters.stack_timeout = 60
        return parameters

    def stop(self) -> None:
        """End the broker in order; its directory is the caller's to remove."""
        self.end(signal.SIGTERM)

    def kill(self) -> None:
        """End the broker at once, as a power failure would."""
        self.end(signal.SIGKILL)

    def end(self, number: signal.Signals) -> None:
        for process in (self.process, self.names):
            if process is None or process.poll() is not None:
                continue
            process.send_signal(signal.SIGCONT)
            process.send_signal(number)
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


@contextmanager
def rabbit_server(directory: Path, *, schedulers: int = 1) -> Iterator[RabbitServer]:
    """Run a broker; at the end, kill it."""
    server = RabbitServer(directory, schedulers=schedulers)
    try:
        server.start()
        yield server
    finally:
        server.kill()
