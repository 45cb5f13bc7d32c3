"""What the tests of etcd's faults share: processes, changes that go on, and how all ends."""

import json
import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

import psutil

from ha_app.etcd.client import EtcdClient, EtcdUnavailable, Event
from ha_app.etcd.keys import CONFIG, LEADER, config_key, parse
from tests.fixtures import TENANT
from tests.processes import (
    Gatekeeper,
    administer,
    gatekeeper_processes,
    manage,
    new_postgres_database,
    running,
    wait_until,
)
from tests.requests_app.remote import call, sql

TABLES = {
    "ha_routers": "ha_app_harouter",
    "ha_interfaces": "ha_app_hainterface",
    "gateways": "ha_app_gateway",
}
SETTLE_SECONDS = 120


@contextmanager
def mirrored_processes(directory: Path, urls: list[str]) -> Iterator[Gatekeeper]:
    """Run a web on a PostgreSQL database of its own, beside an etcd; no worker is needed."""
    directory.mkdir(exist_ok=True)
    with (
        new_postgres_database() as database_url,
        gatekeeper_processes(
            directory,
            database_url,
            has_worker=False,
            ETCD_ENDPOINTS=",".join(urls),
            THROTTLE_PER_TOKEN="0",
        ) as gatekeeper,
    ):
        yield gatekeeper


def changed(gatekeeper: Gatekeeper, method: str, path: str, **fields: Any) -> Any:
    """Make a change that is not to fail; return the object in the answer, if there is one."""
    body = fields if fields else None
    status, answer = call(gatekeeper, method, f"/v2.0/{path}", body)
    assert status < 300, (method, path, answer)
    return answer and next(iter(answer.values()))


def new_router(gatekeeper: Gatekeeper, **fields: Any) -> str:
    """Return the id of a new HA router."""
    devices = {"primary_router_id": str(uuid4()), "secondary_router_id": str(uuid4())}
    made = changed(gatekeeper, "POST", "ha_routers", tenant_id=TENANT, **devices, **fields)
    return str(made["id"])


def new_downlink(gatekeeper: Gatekeeper, router_id: str) -> str:
    """Return the id of a new HA interface that is to take gateways."""
    made = changed(
        gatekeeper,
        "POST",
        "ha_interfaces",
        tenant_id=TENANT,
        ha_router_id=router_id,
        primary_interface_id=str(uuid4()),
        secondary_interface_id=str(uuid4()),
        link_type="downlink",
        maximum_ga_bandwidth=1000,
    )
    return str(made["id"])


def new_gateway(gatekeeper: Gatekeeper, downlink_id: str) -> str:
    """Return the id of a new gateway, which takes a VLAN and bandwidth of the downlink."""
    made = changed(
        gatekeeper,
        "POST",
        "gateways",
        tenant_id=TENANT,
        service_type="internet",
        downlink_interface_id=downlink_id,
        qos_type="guarantee",
        bandwidth=1,
    )
    return str(made["id"])


def statuses(gatekeeper: Gatekeeper) -> dict[str, str]:
    """Return the status of every HA object by `plural/id`."""
    found = {}
    for plural, table in TABLES.items():
        for object_id, status in sql(gatekeeper, f"SELECT id, status FROM {table}"):
            found[f"{plural}/{object_id}"] = status
    return found


def has_status(gatekeeper: Gatekeeper, name: str, status: str) -> Callable[[], bool]:
    """Return what tells whether an object (`plural/id`) has a status."""
    plural, object_id = name.split("/")
    statement = f"SELECT status FROM {TABLES[plural]} WHERE id = '{object_id}'"
    return lambda: sql(gatekeeper, statement) == [(status,)]


@contextmanager
def database_gone(gatekeeper: Gatekeeper) -> Iterator[None]:
    """End every connection to the processes' database, and let no new one be made."""
    name = urlsplit(gatekeeper.environment["DATABASE_URL"]).path.removeprefix("/")
    own_url = os.environ["DATABASE_URL"]
    administer(own_url, f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
    administer(
        own_url, f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
    )
    try:
        yield
    finally:
        administer(own_url, f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')


@dataclass
class Changes:
    """Changes of all kinds through HTTP, and what there is to be at the end.

    Attributes:
        downlink_id: an ACTIVE interface for gateways.
        alive: the description of each object by `plural/id`.
        gone: what was deleted.
        number: how many changes were made.
    """

    gatekeeper: Gatekeeper
    downlink_id: str
    alive: dict[str, str] = field(default_factory=dict)
    gone: list[str] = field(default_factory=list)
    number: int = 0

    def make(self) -> None:
        """Make the next change: of every eight, five are to gateways and two are deletions."""
        step = self.number % 8
        self.number += 1
        if step in {0, 2, 5}:
            self.note(f"gateways/{new_gateway(self.gatekeeper, self.downlink_id)}", "")
        elif step == 1:
            self.note(f"ha_routers/{new_router(self.gatekeeper)}", "")
        elif step in {3, 7}:
            name = self.first("gateways") if step == 3 else self.first("ha_routers")
            changed(self.gatekeeper, "DELETE", name)
            del self.alive[name]
            self.gone.append(name)
        else:
            name = self.first("gateways")
            if step == 6:
                name = f"ha_interfaces/{self.downlink_id}"
            text = f"change {self.number}"
            changed(self.gatekeeper, "PATCH", name, description=text)
            self.note(name, text)

    def note(self, name: str, description: str) -> None:
        self.alive[name] = description

    def first(self, plural: str) -> str:
        """Return the one of a kind that has been there longest."""
        return next(name for name in self.alive if name.startswith(plural))

    @contextmanager
    def going_on(self, pause: float = 0.05) -> Iterator[None]:
        """Make changes, with a pause after each, in a thread; a failure comes at the end."""
        is_over = threading.Event()

        def make_all() -> None:
            while not is_over.is_set():
                self.make()
                is_over.wait(pause)

        with ThreadPoolExecutor(1) as pool:
            making = pool.submit(make_all)
            try:
                yield
            finally:
                is_over.set()
            making.result()

    def await_more(self, number: int) -> None:
        """Wait until so many more changes were made, by the thread."""
        goal = self.number + number
        wait_until(lambda: self.number >= goal, what=f"{number} more changes")


def begin_changes(gatekeeper: Gatekeeper) -> Changes:
    """Make an HA router and an interface, and wait until agents have confirmed them."""
    router_id = new_router(gatekeeper)
    downlink_id = new_downlink(gatekeeper, router_id)
    name = f"ha_interfaces/{downlink_id}"
    # Of an ACTIVE router, which is never deleted, as it has an interface.
    wait_until(has_status(gatekeeper, name, "ACTIVE"), what="an ACTIVE interface")
    return Changes(gatekeeper, downlink_id)


def leader_pid(client: EtcdClient) -> int:
    """Return the process id of the sync_etcd that leads; 0 if none does."""
    found = client.get(LEADER)
    return 0 if found is None else int(found.value.split(b":")[1])


def await_leader(client: EtcdClient, *processes: psutil.Process) -> int:
    """Wait until one of these leads; return its id.

    etcd itself may have no leader meanwhile, and so no answer.
    """
    pids = [process.pid for process in processes]

    def pid_of_leader() -> int:
        with suppress(EtcdUnavailable):
            pid = leader_pid(client)
            return pid if pid in pids else 0
        return 0

    return wait_until(pid_of_leader, what=f"one of {pids} to lead")


@contextmanager
def agents(gatekeeper: Gatekeeper) -> Iterator[None]:
    """Have agents answer every change soon."""
    with running(gatekeeper.environment, "manage.py", "simulate_agent", "--delay", "0.02"):
        yield


@contextmanager
def sync_process(gatekeeper: Gatekeeper) -> Iterator[psutil.Process]:
    """Run a sync_etcd; it may be killed."""
    with running(gatekeeper.environment, "manage.py", "sync_etcd") as process:
        yield process


def await_confirmed(changes: Changes) -> None:
    """Wait until agents have confirmed all changes, and the mirror has nothing left to do."""

    def is_confirmed() -> bool:
        found = statuses(changes.gatekeeper)
        return set(found.values()) == {"ACTIVE"} and not found.keys() & set(changes.gone)

    wait_until(is_confirmed, seconds=SETTLE_SECONDS, what="all objects ACTIVE or gone")
    left = statuses(changes.gatekeeper)
    assert changes.alive.keys() <= left.keys()
    await_mirrored(changes.gatekeeper)


def await_giving_up(gatekeeper: Gatekeeper) -> None:
    """Wait until the sync_etcd that led has written down that there is no mirror."""
    wait_until(
        lambda: sql(gatekeeper, "SELECT 1 FROM ha_app_etcdmirror WHERE error <> ''"),
        what="an error of the mirror",
    )


def await_mirrored(gatekeeper: Gatekeeper) -> None:
    """Wait until the outbox is empty."""
    wait_until(
        lambda: sql(gatekeeper, "SELECT count(*) FROM core_outboxentry") == [(0,)],
        seconds=SETTLE_SECONDS,
        what="an empty outbox",
    )


def assert_agreement(gatekeeper: Gatekeeper) -> None:
    """Check that etcd is as the database says, and the database in itself."""
    assert manage(gatekeeper.environment, "reconcile_etcd", "--dry-run") == (
        "etcd and the database agree.\n"
    )
    assert manage(gatekeeper.environment, "check_vlan_pools") == ""
    assert sql(gatekeeper, "SELECT count(*) FROM core_outboxentry") == [(0,)]
    assert sql(gatekeeper, "SELECT count(*) FROM core_eventcount WHERE label = 'failed'") == [(0,)]


def assert_mirrored(changes: Changes, client: EtcdClient) -> None:
    """Check what is in etcd after changes: what was written last, and nothing of what is gone."""
    assert_agreement(changes.gatekeeper)
    assert_etcd_never_went_back(client)
    reading = client.read_prefixes("/config/", "/state/", "/monitoring/")
    values = {item.key: item.value for item in reading.items}
    for name, description in changes.alive.items():
        body = json.loads(json.loads(values[config_key(*name.split("/"))])["body"])
        assert (body["description"], body["status"]) == (description, "ACTIVE")
    left = [(key, values[key]) for key in values if key.endswith(tuple(changes.gone))]
    assert left == [], left


def assert_etcd_never_went_back(client: EtcdClient) -> None:
    """Check, in all that etcd remembers, that no object got an older version, or came back."""
    versions: dict[str, float] = {}
    for event in history(client):
        if parse(event.key) is None:
            continue
        # After a removal there is nothing: ids are not used again.
        is_there = event.value is not None
        version = json.loads(event.value)["version"] if is_there else float("inf")
        assert version >= versions.get(event.key, 0), event
        versions[event.key] = version
    assert versions


def history(client: EtcdClient) -> Iterator[Event]:
    """Return every change below /config that etcd has seen, up to the newest key's."""
    last = max(item.mod_revision for item in client.read_prefixes(CONFIG).items)
    is_over = threading.Event()
    for _, events in client.watch({CONFIG: 1}, is_over):
        yield from events
        if events[-1].mod_revision >= last:
            is_over.set()
