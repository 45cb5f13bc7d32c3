"""Many clients at once, on a real PostgreSQL: nothing is handed out twice, and nothing is lost."""

import random
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, TypeVar
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction

from gatekeeper_site.access.models import Role
from ha_app import services
from ha_app.models import (
    EdgeRouterClaim,
    Gateway,
    GatewayEvent,
    HaInterface,
    HaRouter,
    PhysicalInterfaceClaim,
    VlanAllocation,
)
from tests.fixtures import TENANT, Api, new_api
from tests.ha_app.objects import (
    assert_all_agree,
    interface_body,
    made_active,
    new_interface,
    new_router,
    path_of,
    router_body,
    stored,
)
from tests.processes import WAIT_SECONDS, wait_until

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer at a time"),
]

# Far more than there are processors, so that most of them wait for locks at any moment.
CLIENTS = 12
GATEWAYS = "/v2.0/gateways"
EXHAUSTED = {"vlan_pool_exhausted", "gateways_exhausted", "bandwidth_exhausted", "vlan_taken"}

T = TypeVar("T")


def at_once(work: Callable[[Api, int], T]) -> list[T]:
    """Have clients, each with a connection of its own, do their work; return what each gives."""
    token = new_api(Role.OPERATOR, TENANT).token
    start = threading.Barrier(CLIENTS)

    def client(number: int) -> T:
        try:
            connection.ensure_connection()
            start.wait(WAIT_SECONDS)
            return work(Api(token), number)
        finally:
            connection.close()

    with ThreadPoolExecutor(CLIENTS) as pool:
        return list(pool.map(client, range(CLIENTS)))


@contextmanager
def swept() -> Iterator[None]:
    """Confirm what is pending meanwhile, as a worker does."""
    is_done = threading.Event()

    def sweep() -> None:
        try:
            while not is_done.wait(0.05):
                services.sweep_pending()
        finally:
            connection.close()

    thread = threading.Thread(target=sweep)
    thread.start()
    try:
        yield
    finally:
        is_done.set()
        thread.join()


def outcome(answer: Any) -> str:
    """Return an answer's status, with its code where it is an error."""
    code = answer.json()["code"] if answer.status_code >= 400 else ""
    return f"{answer.status_code} {code}".strip()


def internet(interface: HaInterface, **fields: Any) -> dict[str, Any]:
    body = {"service_type": "internet", "downlink_interface_id": str(interface.pk)}
    return {"gateway": body | fields}


def vpn(downlink: HaInterface, uplink: HaInterface, vlan: int, **fields: Any) -> dict[str, Any]:
    more = {"uplink_interface_id": str(uplink.pk), "uplink_vlan_id": vlan}
    return internet(downlink, service_type="vpn", **more, **fields)


def test_an_interface_is_filled_to_the_last_vlan_and_emptied() -> None:
    # Given an interface with 120 free VLANs
    interface = new_interface(new_router(maximum_gateways=1000), restricted_vlans="1-3974")
    assert interface.vlan_ids_available == 120

    # When clients create gateways on it until each is told that there are no more
    def fill(api: Api, number: int) -> list[Any]:
        answers = []
        while not answers or answers[-1].status_code == 201:
            answers.append(api.post(GATEWAYS, internet(interface)))
        return answers

    with swept():
        answers = [answer for of_client in at_once(fill) for answer in of_client]

    # Then each VLAN was handed out once
    assert Counter(map(outcome, answers)) == {"201": 120, "409 vlan_pool_exhausted": CLIENTS}
    gateways = [each.json()["gateway"] for each in answers if each.status_code == 201]
    assert sorted(gateway["vlan_id"] for gateway in gateways) == list(range(3975, 4095))
    full = stored(interface)
    assert (full.vlan_ids_available, full.gateway_instances_count) == (0, 120)
    assert full.vlan_pool_state == "/" * 682 + "8="
    assert_all_agree()

    # And when they delete them all, and each one twice, everything is as it was
    def empty(api: Api, number: int) -> Counter[str]:
        own = gateways[number::CLIENTS] + gateways[(number + 1) % CLIENTS :: CLIENTS]
        random.Random(number).shuffle(own)
        return Counter(outcome(api.delete(f"{GATEWAYS}/{gateway['id']}")) for gateway in own)

    with swept():
        outcomes = sum(at_once(empty), Counter[str]())
    assert outcomes == {"204": 120, "404 not_found": 120}
    assert stored(interface).vlan_pool_state == interface.vlan_pool_state
    assert stored(interface).vlan_ids_available == 120
    assert stored(interface.ha_router).available_gateways == 1000
    assert not VlanAllocation.objects.exists()
    assert_all_agree()


def test_creates_and_deletes_over_several_interfaces_in_random_order() -> None:
    # Given two routers, each with three downlinks and two uplinks, all of them scarce
    routers = [new_router(maximum_gateways=20) for _ in range(2)]
    scarce = {"restricted_vlans": "16-4094", "maximum_ga_bandwidth": 100}
    downlinks = {each: [new_interface(each, **scarce) for _ in range(3)] for each in routers}
    uplinks = {
        each: [new_interface(each, "uplink", restricted_vlans="16-4094") for _ in range(2)]
        for each in routers
    }
    fresh = list(HaInterface.objects.order_by("pk").values())

    def orders(chance: random.Random) -> dict[str, Any]:
        router = chance.choice(routers)
        downlink = chance.choice(downlinks[router])
        kind = chance.randrange(4)
        if kind == 0:
            return {"service_type": "internet", "ha_router_id": str(router.pk)}
        if kind == 1:
            return internet(downlink, qos_type="guarantee", bandwidth=chance.randrange(40))
        uplink = chance.choice(uplinks[router])
        if kind == 2:
            return vpn(downlink, uplink, chance.randrange(1, 16))
        body = vpn(downlink, uplink, chance.randrange(1, 16))["gateway"]
        del body["downlink_interface_id"]
        return dict(body)

    # When clients create and delete on all of them, in an order of their own
    def mix(api: Api, number: int) -> tuple[Counter[str], list[str]]:
        chance = random.Random(number)
        outcomes: Counter[str] = Counter()
        own: list[str] = []
        for _ in range(30):
            if own and chance.random() < 0.4:
                gateway_id = own.pop(chance.randrange(len(own)))
                outcomes[outcome(api.delete(f"{GATEWAYS}/{gateway_id}"))] += 1
                continue
            answer = api.post(GATEWAYS, orders(chance))
            outcomes[outcome(answer)] += 1
            if answer.status_code == 201:
                own.append(answer.json()["gateway"]["id"])
        return outcomes, own

    with swept():
        results = at_once(mix)

    # Then only what may be was answered, and nobody lost or shares anything
    outcomes = sum((of_client for of_client, _ in results), Counter[str]())
    assert set(outcomes) <= {"201", "204", *(f"409 {code}" for code in EXHAUSTED)}, outcomes
    assert {"409 gateways_exhausted", "409 vlan_taken"} <= set(outcomes), outcomes
    assert outcomes.total() == 30 * CLIENTS
    assert outcomes["201"] > 80
    assert outcomes["204"] > 50
    left = [UUID(gateway_id) for _, own in results for gateway_id in own]
    assert set(Gateway.objects.values_list("pk", flat=True)) == set(left)
    assert len(left) == outcomes["201"] - outcomes["204"]
    assert_all_agree()
    allocations = list(VlanAllocation.objects.values_list("ha_interface_id", "vlan_id"))
    assert len(set(allocations)) == len(allocations)
    assert GatewayEvent.objects.filter(message="created").count() == len(left)

    # And when the rest goes, everything is as it was
    with swept():
        at_once(
            lambda api, number: [api.delete(f"{GATEWAYS}/{each}") for each in left[number::CLIENTS]]
        )
    services.sweep_pending()
    assert list(HaInterface.objects.order_by("pk").values()) == fresh
    assert [stored(each).available_gateways for each in routers] == [20, 20]


def test_gateways_whose_interfaces_cross_never_wait_for_each_other_in_a_ring() -> None:
    # Given two routers, each with two downlinks and two uplinks, so that in some pairs the
    # downlink's id is the lower one, in others the uplink's
    routers = [new_router() for _ in range(2)]
    pairs = []
    for router in routers:
        downlinks = [new_interface(router, maximum_ga_bandwidth=10_000) for _ in range(2)]
        uplinks = [new_interface(router, "uplink") for _ in range(2)]
        pairs += [(downlink, uplink) for downlink in downlinks for uplink in uplinks]

    # When clients create, change and delete gateways on all pairs, and change their interfaces
    def cross(api: Api, number: int) -> Counter[str]:
        outcomes: Counter[str] = Counter()
        for turn in range(6):
            downlink, uplink = pairs[(number + turn) % len(pairs)]
            vlan = 1 + number * 100 + turn
            body = vpn(downlink, uplink, vlan, qos_type="guarantee", bandwidth=number)
            created = api.post(GATEWAYS, body)
            outcomes[outcome(created)] += 1
            path = f"{GATEWAYS}/{created.json()['gateway']['id']}"
            outcomes[outcome(api.put(path, {"bandwidth": turn}))] += 1
            for interface in (uplink, downlink):
                answer = api.put(path_of(interface), {"description": str(turn)})
                outcomes[outcome(answer)] += 1
            if turn % 2:
                outcomes[outcome(api.delete(path))] += 1
        return outcomes

    with swept():
        outcomes = sum(at_once(cross), Counter[str]())

    assert outcomes == {"201": 6 * CLIENTS, "200": 18 * CLIENTS, "204": 3 * CLIENTS}
    assert [stored(each).available_gateways for each in routers] == [
        500 - Gateway.objects.filter(ha_router=each).count() for each in routers
    ]
    assert Gateway.objects.count() == 3 * CLIENTS
    assert VlanAllocation.objects.count() == 6 * CLIENTS
    # Every change was counted once.
    changes = sum(interface.version - 1 for interface in HaInterface.objects.all())
    assert changes == 12 * CLIENTS
    assert_all_agree()


def test_lists_at_once_share_out_interfaces_that_cross() -> None:
    # Given two routers, each with two downlinks and two uplinks of 100 VLANs
    routers = [new_router(maximum_gateways=150) for _ in range(2)]
    scarce = {"restricted_vlans": "101-4094"}
    downlinks = {each: [new_interface(each, **scarce) for _ in range(2)] for each in routers}
    uplinks = {
        each: [new_interface(each, "uplink", **scarce) for _ in range(2)] for each in routers
    }

    # When 32 clients send lists over all of them, each in an order of its own, and some delete
    def order(chance: random.Random) -> dict[str, Any]:
        router = chance.choice(routers)
        kind = chance.randrange(3)
        if kind == 0:
            return {"service_type": "internet", "ha_router_id": str(router.pk)}
        downlink = chance.choice(downlinks[router])
        if kind == 1:
            return dict(internet(downlink)["gateway"])
        return dict(
            vpn(downlink, chance.choice(uplinks[router]), chance.randrange(1, 101))["gateway"]
        )

    def send(api: Api, number: int) -> tuple[Counter[str], list[str]]:
        chance = random.Random(number)
        outcomes: Counter[str] = Counter()
        own: list[str] = []
        for _ in range(6):
            orders = [order(chance) for _ in range(chance.randrange(1, 9))]
            answer = api.post(GATEWAYS, {"gateways": orders})
            outcomes[outcome(answer)] += 1
            if answer.status_code == 201:
                stored_now = answer.json()["gateways"]
                assert len(stored_now) == len(orders)
                own += [each["id"] for each in stored_now]
            else:
                assert answer.json()["detail"].startswith("gateways[")
            if own and chance.random() < 0.5:
                gateway_id = own.pop(chance.randrange(len(own)))
                outcomes[outcome(api.delete(f"{GATEWAYS}/{gateway_id}"))] += 1
        return outcomes, own

    with swept():
        results = at_once(send)

    # Then each list was stored whole or not at all, and no VLAN twice
    outcomes = sum((of_client for of_client, _ in results), Counter[str]())
    assert set(outcomes) <= {"201", "204", *(f"409 {code}" for code in EXHAUSTED)}, outcomes
    assert outcomes.total() == 6 * CLIENTS + outcomes["204"]
    assert outcomes["201"] > 20
    assert outcomes["204"] > 0
    assert outcomes["409 vlan_taken"] > 0
    left = {UUID(gateway_id) for _, own in results for gateway_id in own}
    assert set(Gateway.objects.values_list("pk", flat=True)) == left
    allocations = list(VlanAllocation.objects.values_list("ha_interface_id", "vlan_id"))
    assert len(set(allocations)) == len(allocations)
    assert GatewayEvent.objects.filter(message="created").count() == len(left)
    assert_all_agree()


def test_maxima_that_rise_and_fall_under_load_are_exact() -> None:
    router = new_router(maximum_gateways=20)
    interface = new_interface(router, maximum_ga_bandwidth=200, maximum_be_bandwidth=200)

    # When some clients raise and lower the maxima while the others take and give back
    def change_maxima(api: Api, chance: random.Random) -> str:
        if chance.random() < 0.3:
            maximum = {"maximum_gateways": chance.randrange(30)}
            return outcome(api.put(path_of(router), maximum))
        name = chance.choice(["maximum_ga_bandwidth", "maximum_be_bandwidth"])
        return outcome(api.put(path_of(interface), {name: chance.randrange(300)}))

    def load(api: Api, number: int) -> Counter[str]:
        chance = random.Random(number)
        outcomes: Counter[str] = Counter()
        own: list[str] = []
        for _ in range(20):
            qos = {
                "qos_type": chance.choice(["guarantee", "besteffort"]),
                "bandwidth": chance.randrange(40),
            }
            if number % 4 == 0:
                outcomes[change_maxima(api, chance)] += 1
            elif own and chance.random() < 0.5:
                outcomes[outcome(api.put(own[0], qos))] += 1
                outcomes[outcome(api.delete(own.pop(0)))] += 1
            else:
                answer = api.post(GATEWAYS, internet(interface, **qos))
                outcomes[outcome(answer)] += 1
                if answer.status_code == 201:
                    own.append(f"{GATEWAYS}/{answer.json()['gateway']['id']}")
        return outcomes

    with swept():
        outcomes = sum(at_once(load), Counter[str]())

    refusals = {"409 below_use", "409 gateways_exhausted", "409 bandwidth_exhausted"}
    assert set(outcomes) <= {"200", "201", "204"} | refusals, outcomes
    assert outcomes.total() == 20 * CLIENTS + outcomes["204"]
    assert outcomes["200"] > 20
    assert outcomes["409 below_use"] > 0
    assert Gateway.objects.count() == outcomes["201"] - outcomes["204"]
    assert_all_agree()


def test_of_many_that_want_the_same_devices_one_has_them() -> None:
    # Given edge routers and physical interfaces that everybody wants, in either role
    router = new_router()
    devices = [str(uuid4()) for _ in range(4)]

    def want(api: Api, number: int) -> list[tuple[str, str]]:
        chance = random.Random(number)
        answers = []
        for _ in range(4):
            first, second = chance.sample(devices, 2)
            body = router_body(primary_router_id=first, secondary_router_id=second)
            answers.append(("router", outcome(api.post("/v2.0/ha_routers", body))))
            body = interface_body(router, primary_interface_id=first, secondary_interface_id=second)
            answers.append(("interface", outcome(api.post("/v2.0/ha_interfaces", body))))
        return answers

    outcomes = Counter(answer for of_client in at_once(want) for answer in of_client)

    # Then no device is in two places, and nobody was told anything else
    assert set(outcomes) <= {
        ("router", "201"),
        ("router", "409 edge_router_taken"),
        ("interface", "201"),
        ("interface", "409 physical_interface_taken"),
    }
    assert Counter(kind for kind, _ in outcomes.elements()) == {
        "router": 4 * CLIENTS,
        "interface": 4 * CLIENTS,
    }
    assert 1 <= outcomes["router", "201"] <= 2
    assert 1 <= outcomes["interface", "201"] <= 2
    for claims, count in (
        (EdgeRouterClaim, HaRouter.objects.count()),
        (PhysicalInterfaceClaim, HaInterface.objects.count()),
    ):
        assert claims._default_manager.count() == 2 * count


def test_of_two_that_want_the_same_pair_the_other_way_round_the_second_waits() -> None:
    # Given a transaction that has the lower one of two edge routers
    low, high = sorted((uuid4(), uuid4()))
    router = new_router()
    answers: list[str] = []

    def want() -> None:
        try:
            body = router_body(primary_router_id=str(high), secondary_router_id=str(low))
            answers.append(outcome(new_api(Role.OPERATOR, TENANT).post("/v2.0/ha_routers", body)))
        finally:
            connection.close()

    with transaction.atomic():
        EdgeRouterClaim.objects.create(device_id=low, ha_object=router)
        # When a client wants both, named the other way round, it waits without having the higher
        thread = threading.Thread(target=want)
        thread.start()
        wait_until(is_somebody_waiting, what="a client that waits for a lock")
        EdgeRouterClaim.objects.create(device_id=high, ha_object=router)
    thread.join(WAIT_SECONDS)

    # Then nobody waited in a ring, and the client is told
    assert answers == ["409 edge_router_taken"]
    assert HaRouter.objects.get() == router


def is_somebody_waiting() -> bool:
    with connection.cursor() as cursor:
        # A transaction would otherwise see what it saw the first time.
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity "
            "WHERE wait_event_type = 'Lock' AND datname = current_database()"
        )
        return bool(cursor.fetchone()[0])


def test_what_goes_and_what_comes_to_use_it_exclude_each_other() -> None:
    # Given routers and interfaces that some delete while others come to use them
    routers = [new_router() for _ in range(12)]
    interfaces = [new_interface(new_router()) for _ in range(12)]

    def race(api: Api, number: int) -> Counter[str]:
        outcomes: Counter[str] = Counter()
        for router, interface in zip(routers, interfaces, strict=True):
            if number % 2:
                outcomes[f"delete {outcome(api.delete(path_of(router)))}"] += 1
                outcomes[f"delete {outcome(api.delete(path_of(interface)))}"] += 1
            else:
                answer = api.post("/v2.0/ha_interfaces", interface_body(router))
                outcomes[f"post {outcome(answer)}"] += 1
                outcomes[f"post {outcome(api.post(GATEWAYS, internet(interface)))}"] += 1
        return outcomes

    outcomes = sum(at_once(race), Counter[str]())

    # Then whatever was refused was refused for a reason, and whatever is used is still there
    assert set(outcomes) <= {
        "delete 204",
        "delete 404 not_found",
        "delete 409 in_use",
        "post 201",
        "post 400 validation_error",
    }, outcomes
    gone = 24 - HaRouter.objects.filter(pk__in=[each.pk for each in routers]).count()
    gone -= HaInterface.objects.filter(pk__in=[each.pk for each in interfaces]).count()
    assert outcomes["delete 204"] == gone
    used = HaInterface.objects.filter(ha_router__in=routers).values("ha_router").distinct().count()
    used += Gateway.objects.values("downlink_interface").distinct().count()
    assert gone + used == 24
    assert outcomes.total() == 24 * CLIENTS
    made_active(new_interface(new_router()))
    assert_all_agree()
