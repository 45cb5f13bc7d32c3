"""What tests of the mirror do in etcd and find there."""

import json
from typing import Any

from gatekeeper_site.work.models import OutboxEntry
from ha_app.etcd.client import EtcdClient, Put
from ha_app.etcd.keys import config_key, monitoring_key, state_key
from ha_app.etcd.leader import Term, campaign
from ha_app.etcd.mirror import mirror_batch
from ha_app.models import HaObject
from tests.ha_app.objects import PLURALS


def term_of(client: EtcdClient, name: str = "tests") -> Term:
    term = campaign(client, name)
    assert term is not None
    return term


def mirror_all(client: EtcdClient, term: Term) -> int:
    """Mirror until nothing waits; return how many outbox rows that took."""
    done = 0
    while moved := mirror_batch(client, term):
        done += moved
    assert not OutboxEntry.objects.exists()
    return done


def config(client: EtcdClient, ha_object: HaObject) -> dict[str, Any] | None:
    """Return what etcd has of an object, its body unpacked."""
    found = client.get(config_key(PLURALS[type(ha_object)], ha_object.pk))
    if found is None:
        return None
    value: dict[str, Any] = json.loads(found.value)
    return value | {"body": json.loads(value["body"])}


def put(client: EtcdClient, key: str, value: Any) -> None:
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    client.commit([Put(key, data)])


def answer(
    client: EtcdClient, ha_object: HaObject, worker_state: str, *, version: int = 1, error: str = ""
) -> None:
    """Say what an agent has done."""
    value = {"version": version, "error": error, "state": {"worker_state": worker_state}}
    put(client, state_key(PLURALS[type(ha_object)], ha_object.pk), value)


def monitor(client: EtcdClient, ha_object: HaObject, *, version: int = 1, **parts: str) -> None:
    """Say how an object's parts are."""
    put(
        client, monitoring_key(PLURALS[type(ha_object)], ha_object.pk), {"version": version} | parts
    )
