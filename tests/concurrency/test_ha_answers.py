"""Agents' answers while clients work, on a real PostgreSQL: each counts once, nothing is lost."""

import random
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, TypeVar
from uuid import uuid4

import pytest
from django.db import connection

from gatekeeper_site.access.models import Role
from gatekeeper_site.audit.models import AuditEntry
from gatekeeper_site.work.models import OutboxEntry
from ha_app.models import Gateway, HaInterface, HaRouter, Status, VlanAllocation
from ha_app.verdicts import MonitoringAnswer, StateAnswer, Verdict
from tests.fixtures import TENANT, Api, new_api
from tests.ha_app.objects import (
    apply_answer,
    assert_all_agree,
    made_active,
    new_gateway,
    new_interface,
    new_router,
    statuses,
    stored,
)
from tests.processes import WAIT_SECONDS

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer at a time"),
]

THREADS = 8
GATEWAYS = "/v2.0/gateways"

T = TypeVar("T")


@pytest.fixture(autouse=True)
def mirrored(settings: Any) -> None:
    settings.ETCD_ENDPOINTS = ["http://127.0.0.1:1"]


def at_once(work: Callable[[int], T], threads: int = THREADS) -> list[T]:
    """Have threads, each with a connection of its own, do work; return what each gives."""
    start = threading.Barrier(threads)

    def one(number: int) -> T:
        try:
            connection.ensure_connection()
            start.wait(WAIT_SECONDS)
            return work(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(one, range(threads)))


def test_the_same_answer_at_once_makes_one_event() -> None:
    router = new_router()
    HaRouter.objects.update(status=Status.PENDING_CREATE)
    told = statuses(router)
    OutboxEntry.objects.all().delete()

    for answer, event in (
        (StateAnswer(1, "", "CREATE_COMPLETED"), ("PENDING_CREATE", "ACTIVE")),
        (StateAnswer(1, "the device is away", ""), ("ACTIVE", "ERROR")),
        (StateAnswer(1, "", "READ_COMPLETE"), ("ERROR", "ACTIVE")),
    ):
        at_once(lambda _, answer=answer: apply_answer("ha_routers", router.pk, answer))

        told.append(event)
        assert statuses(router) == told
    down = MonitoringAnswer(1, (("primary", "DOWN"),))
    at_once(lambda _: apply_answer("ha_routers", router.pk, down))

    assert statuses(router) == [*told, ("ACTIVE", "DOWN")]
    assert OutboxEntry.objects.count() == 4
    assert AuditEntry.objects.filter(actor="etcd").count() == 4


def test_the_same_deletion_at_once_gives_back_once() -> None:
    router = new_router()
    interface = new_interface(router, maximum_ga_bandwidth=50)
    keeper = new_gateway(router)
    gateway = new_gateway(router, qos_type="guarantee", bandwidth=20)
    client = new_api(Role.OPERATOR, TENANT)
    assert client.delete(f"{GATEWAYS}/{gateway.pk}").status_code == 204
    OutboxEntry.objects.all().delete()

    answer = StateAnswer(2, "", "DELETE_COMPLETED")
    verdicts = at_once(lambda _: apply_answer("gateways", gateway.pk, answer))

    assert Counter((each.is_gone, each.ignored) for each in verdicts) == {
        (True, ""): 1,
        (False, "unknown"): THREADS - 1,
    }
    assert stored(router).available_gateways == 499
    assert stored(interface).available_ga_bandwidth == 50
    assert list(VlanAllocation.objects.values_list("gateway_id", flat=True)) == [keeper.pk]
    assert OutboxEntry.objects.count() == 3
    assert_all_agree()


def test_gateways_come_and_go_while_agents_answer() -> None:
    # Given two routers, each with two downlinks and an uplink, all of them scarce
    routers = [new_router(maximum_gateways=40) for _ in range(2)]
    scarce = {"restricted_vlans": "31-4094", "maximum_ga_bandwidth": 200}
    for router in routers:
        for link_type in ("downlink", "downlink", "uplink"):
            new_interface(router, link_type, **scarce)
    fresh = list(HaInterface.objects.order_by("pk").values())
    uplinks = list(HaInterface.objects.filter(link_type="uplink"))
    api = new_api(Role.OPERATOR, TENANT)

    # When clients create, change and delete while agents answer all that is pending
    def client(number: int) -> Counter[str]:
        chance, outcomes = random.Random(number), Counter[str]()
        own: list[str] = []
        for _ in range(25):
            outcomes[random_call(Api(api.token), chance, own, uplinks)] += 1
        return outcomes

    with agents(4) as verdicts:
        outcomes = sum(at_once(client), Counter[str]())

    # Then nobody was told of anything but what there is no more of, and all agrees
    conflicts = {"vlan_pool_exhausted", "gateways_exhausted", "bandwidth_exhausted", "vlan_taken"}
    assert set(outcomes) <= {"201", "200", "204", *(f"409 {code}" for code in conflicts)}, outcomes
    assert outcomes.total() == 25 * THREADS
    ignored = {each.ignored for each in verdicts}
    assert {""} <= ignored <= {"", "unknown", "older_state"}
    gone = sum(each.is_gone for each in verdicts)
    assert outcomes["204"] >= gone > 0
    assert Gateway.objects.count() == outcomes["201"] - gone
    pending = Gateway.objects.filter(status=Status.PENDING_DELETE)
    assert pending.count() == outcomes["204"] - gone
    assert_all_agree()

    # And when the rest has gone, everything is as it was
    for gateway in Gateway.objects.exclude(status=Status.PENDING_DELETE):
        assert api.delete(f"{GATEWAYS}/{gateway.pk}").status_code == 204
    answer_pending(random.Random(0))
    assert not Gateway.objects.exists()
    assert list(HaInterface.objects.order_by("pk").values()) == fresh
    assert [stored(each).available_gateways for each in routers] == [40, 40]


def random_call(api: Api, chance: random.Random, own: list[str], uplinks: list[HaInterface]) -> str:
    """Create, change or delete a gateway; return the outcome.

    `own` are the paths of a client's gateways.
    """
    kind = chance.random() if own else 0.0
    if kind > 0.6:
        return outcome(api.delete(own.pop(chance.randrange(len(own)))))
    if kind > 0.5:
        changes = {"qos_type": "guarantee", "bandwidth": chance.randrange(30)}
        return outcome(api.put(chance.choice(own), changes))
    uplink = chance.choice(uplinks)
    body = {"service_type": "internet", "ha_router_id": str(uplink.ha_router_id)}
    if kind > 0.25:
        vlan = {"uplink_interface_id": str(uplink.pk), "uplink_vlan_id": chance.randrange(1, 31)}
        body |= {"service_type": "vpn"} | vlan
    answer = api.post(GATEWAYS, {"gateway": body})
    if answer.status_code == 201:
        own.append(f"{GATEWAYS}/{answer.json()['gateway']['id']}")
    return outcome(answer)


@contextmanager
def agents(count: int) -> Iterator[list[Verdict]]:
    """Have agents answer what is pending meanwhile, several the same; give their verdicts."""
    verdicts: list[Verdict] = []
    are_done = threading.Event()

    def work(number: int) -> None:
        chance = random.Random(number)
        try:
            while not are_done.is_set():
                verdicts.extend(answer_pending(chance))
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        futures = [pool.submit(work, number) for number in range(count)]
        try:
            yield verdicts
        finally:
            are_done.set()
        for future in futures:
            future.result()


def answer_pending(chance: random.Random) -> list[Verdict]:
    """Have an agent answer what is pending, in an order of its own; return the verdicts."""
    pending = Gateway.objects.filter(status__startswith="PENDING")
    rows = list(pending.values_list("pk", "version", "marked_for_deletion"))
    chance.shuffle(rows)
    verdicts = []
    for pk, version, is_marked in rows:
        worker_state = "DELETE_COMPLETED" if is_marked else "MODIFY_COMPLETED"
        answer = StateAnswer(version, "", worker_state)
        verdicts.append(apply_answer("gateways", pk, answer))
    return verdicts


def outcome(answer: Any) -> str:
    """Return an answer's status, with its code where it is an error."""
    code = answer.json()["code"] if answer.status_code >= 400 else ""
    return f"{answer.status_code} {code}".strip()


def test_what_agents_let_go_of_and_what_comes_to_use_it_exclude_each_other() -> None:
    # Given routers that some delete, agents let go of, and others come to use
    routers = [new_router() for _ in range(10)]
    token = new_api(Role.OPERATOR, TENANT).token

    def race(number: int) -> Counter[str]:
        api, outcomes = Api(token), Counter[str]()
        for router in routers:
            path = f"/v2.0/ha_routers/{router.pk}"
            if number % 3 == 0:
                outcomes[f"delete {outcome(api.delete(path))}"] += 1
            elif number % 3 == 1:
                answer = StateAnswer(2, "", "DELETE_COMPLETED")
                verdict = apply_answer("ha_routers", router.pk, answer)
                outcomes["gone" if verdict.is_gone else f"ignored {verdict.ignored}"] += 1
            else:
                body = {
                    "ha_router_id": str(router.pk),
                    "primary_interface_id": str(uuid4()),
                    "secondary_interface_id": str(uuid4()),
                    "link_type": "uplink",
                }
                outcomes[f"post {outcome(api.post('/v2.0/ha_interfaces', body))}"] += 1
        return outcomes

    outcomes = sum(at_once(race, 9), Counter[str]())

    # Then whatever went was not used, and whoever came too late was told
    assert set(outcomes) <= {
        "delete 204",
        "delete 404 not_found",
        "delete 409 in_use",
        "delete 409 pending_delete",
        "gone",
        "ignored newer_state",
        "ignored unknown",
        "post 201",
        "post 400 validation_error",
        "post 409 pending_delete",
    }, outcomes
    assert HaRouter.objects.count() == len(routers) - outcomes["gone"]
    assert HaInterface.objects.count() == outcomes["post 201"]
    # Each was deleted or came to use, and everybody was answered.
    used = HaInterface.objects.values("ha_router").distinct().count()
    assert outcomes["delete 204"] + used == len(routers)
    kinds = Counter(name.split()[0] for name in outcomes.elements())
    assert kinds["delete"] == kinds["post"] == kinds["gone"] + kinds["ignored"] == 3 * len(routers)
    assert not HaInterface.objects.filter(ha_router__marked_for_deletion=True).exists()
    made_active(new_interface(new_router()))
    assert_all_agree()
