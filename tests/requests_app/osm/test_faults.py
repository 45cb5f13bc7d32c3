"""Whatever breaks, and when: nothing is deployed twice, nothing forgotten, and each request ends.

Contract: mano-osm.md, Calls and Hazards; issue "A living MANO", point 2.
"""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from records_app.models import ServiceDescriptor, ServiceRecord
from records_app.services import onboard_function, onboard_service
from requests_app.mano.osm import following, nbi, orders
from requests_app.models import OsmOrder, Request
from tests.fixtures import TENANT, sol006_nsd, sol006_service, sol006_vnfd, submitted
from tests.osm_peer import (
    FAULTS,
    INSTANCES,
    MORE_FAULTS,
    NSDS,
    VNFDS,
    Call,
    Osm,
    OsmPeer,
    Problem,
)
from tests.requests_app.orders import ordered, state, work
from tests.requests_app.osm.rounds import paths, round_of_work, run_on

pytestmark = pytest.mark.django_db

CALLS_OF_A_LIFE = 17


class Killed(BaseException):
    """What a process does not catch that is killed."""


def kind_of(method: str, path: str) -> str:
    """Return a call without its ids."""
    return f"{method} {re.sub(r'[0-9a-f-]{36}', '…', path)}"


def each_at_first(fault: str | None) -> Callable[[Call], str | None]:
    """Return what has each kind of call go wrong when it is made for the first time."""
    seen: set[str] = set()

    def befalls(call: Call) -> str | None:
        kind = kind_of(call.method, call.path)
        if kind in seen:
            return None
        seen.add(kind)
        return fault

    return befalls


@pytest.fixture
def patient(settings: Any) -> None:
    """Give orders the time for all that goes wrong here."""
    settings.MANO_ACCEPT_SECONDS = settings.MANO_FINISH_SECONDS = 10_000


def assert_lived_once(osm: Osm, create: Request, terminate: Request | None = None) -> None:
    """Check that what was ordered was done, once, and that nothing was forgotten."""
    assert (create.status, create.error) == ("READY", None)
    assert list(osm.deployed.values()) == [1]
    assert osm.forgotten == []
    assert ServiceRecord.objects.count() == 1
    if terminate is not None:
        assert (terminate.status, terminate.error) == ("READY", None)
        assert not any(osm.running.values())
        assert osm.instances == {}
        assert ServiceRecord.objects.get().status == "terminated"
    assert not OsmOrder.objects.filter(due_at__isnull=False).exists()


def life(service: ServiceDescriptor) -> tuple[Request, Request]:
    """Order an instance, and then its end; return both requests."""
    create = run_on(submitted(service), rounds=100)
    assert create.status == "READY", create.error
    record = ServiceRecord.objects.get(pk=create.service_instance_uuid)
    return create, run_on(ordered("TERMINATE", record), rounds=100)


@pytest.mark.usefixtures("patient")
@pytest.mark.parametrize("fault", [*FAULTS, *MORE_FAULTS[:-1]])
def test_each_call_goes_wrong_once(osm: Osm, service: ServiceDescriptor, fault: str) -> None:
    osm.fault = each_at_first(fault)

    create, terminate = life(service)

    assert_lived_once(osm, create, terminate)
    assert (len(osm.packages[VNFDS]), len(osm.packages[NSDS])) == (1, 1)
    # Bounded: of each call that went wrong, there are those by which it is made again.
    assert len(osm.calls) <= 6 * CALLS_OF_A_LIFE


@contextmanager
def killed_at_each_call(monkeypatch: pytest.MonkeyPatch, *, is_before: bool) -> Iterator[None]:
    """Kill the process at each kind of call, when it makes it for the first time."""
    exchange, release, attended = nbi.Session.exchange, orders.release, work
    seen: set[str] = set()
    dead = [False]

    def dying(session: nbi.Session, method: str, path: tuple[str, ...], *rest: Any) -> Any:
        kind = kind_of(method, "/".join(path))
        is_first = kind not in seen
        seen.add(kind)
        if is_first and is_before:
            dead[0] = True
            raise Killed
        answer = exchange(session, method, path, *rest)
        if is_first:
            dead[0] = True
            raise Killed
        return answer

    def released(row: OsmOrder) -> None:
        # One who is dead gives nothing back.
        if not dead[0]:
            release(row)

    def living() -> int:
        dead[0] = False
        try:
            return attended()
        except Killed:
            return 0

    monkeypatch.setattr(nbi.Session, "exchange", dying)
    monkeypatch.setattr(orders, "release", released)
    for module in ("tests.requests_app.orders", "tests.requests_app.osm.rounds"):
        monkeypatch.setattr(f"{module}.work", living)
    yield
    monkeypatch.undo()


@pytest.mark.usefixtures("patient")
@pytest.mark.parametrize("is_before", [True, False], ids=["before it", "before its note"])
def test_a_worker_is_killed_at_each_call(
    osm: Osm, service: ServiceDescriptor, monkeypatch: pytest.MonkeyPatch, is_before: bool
) -> None:
    with killed_at_each_call(monkeypatch, is_before=is_before):
        create, terminate = life(service)

    assert_lived_once(osm, create, terminate)
    assert (len(osm.packages[VNFDS]), len(osm.packages[NSDS])) == (1, 1)
    assert len(osm.calls) <= 6 * CALLS_OF_A_LIFE


@pytest.mark.parametrize("fault", ["cut before", "cut after", "500 before", "502"])
@pytest.mark.parametrize("begins_after", [None, 0.0], ids=["not begun", "begun"])
def test_an_instantiate_without_an_answer_is_looked_up_within_its_deadline(
    osm: Osm, service: ServiceDescriptor, fault: str, begins_after: float | None
) -> None:
    # Given a lifecycle manager that would deploy twice what comes twice
    osm.begins_after = begins_after
    faults = each_at_first(fault)
    osm.fault = lambda call: faults(call) if call.path.endswith("/instantiate") else None
    request = submitted(service)
    work()
    request.refresh_from_db()
    assert (request.status, request.handover) == ("NEW", "BEGUN")

    round_of_work(16)
    osm.begins_after = 0.0
    run_on(request)

    assert_lived_once(osm, request)
    instantiated = [path for path in paths(osm, "POST") if path.endswith("/instantiate")]
    assert len(instantiated) == (2 if fault.endswith("before") else 1)


def test_an_instantiate_that_is_carried_out_late_is_not_sent_again(
    osm: Osm, service: ServiceDescriptor, settings: Any
) -> None:
    # Given one whose connection breaks, and that is carried out after the first look
    settings.OSM_POLL_SECONDS = 10
    osm.begins_after = None
    faults = each_at_first("cut before")
    osm.fault = lambda call: faults(call) if call.path.endswith("/instantiate") else None
    request = submitted(service)
    work()
    round_of_work(16)
    (instance,) = osm.instances.values()
    assert osm.deployed == {}
    osm.instantiate(instance, body_of(osm))
    osm.begins_after = 0.0

    run_on(request)

    assert_lived_once(osm, request)


def body_of(osm: Osm) -> dict[str, Any]:
    """Return what the last instantiate had."""
    calls = [call for call in osm.calls if call.path.endswith("/instantiate")]
    body: dict[str, Any] = calls[-1].body
    return body


def test_what_runs_though_the_request_has_ended_is_a_late_success(
    osm: Osm, osm_peer: OsmPeer, service: ServiceDescriptor
) -> None:
    # Given an instantiate whose answer is lost, and an NBI that is away beyond the deadline
    osm.fault = lambda call: "cut after" if call.path.endswith("/instantiate") else None
    request = submitted(service)
    work()
    osm_peer.stop()
    for _ in range(6):
        round_of_work(11)
    request.refresh_from_db()
    assert request.status == "ERROR"
    assert (request.error or "").endswith("It may have reached the MANO.")

    # When it is back
    osm_peer.start()
    osm.fault = lambda call: None
    run_on(request)

    # Then what runs is found, and can be terminated
    record = ServiceRecord.objects.get()
    assert (request.status, request.has_late_success) == ("ERROR", True)
    assert request.service_instance_uuid == record.pk
    assert list(osm.deployed.values()) == [1]
    assert run_on(ordered("TERMINATE", record)).status == "READY"
    assert (osm.instances, osm.forgotten) == ({}, [])


def test_an_order_that_osm_never_got_ends_at_its_deadline_and_is_asked_for_no_more(
    osm: Osm, osm_peer: OsmPeer, service: ServiceDescriptor
) -> None:
    osm.fault = lambda call: "cut before" if call.path.endswith("/instantiate") else None
    request = submitted(service)
    work()

    run_on(request)

    assert request.status == "ERROR"
    assert (osm.deployed, osm.running) == ({}, {})
    asked = len(osm.calls)
    for _ in range(3):
        round_of_work(100)
    assert len(osm.calls) == asked


def test_an_nbi_that_is_away_costs_no_order(
    osm: Osm, osm_peer: OsmPeer, service: ServiceDescriptor
) -> None:
    osm_peer.stop()
    requests = [submitted(service) for _ in range(3)]
    work()
    round_of_work(5.5)
    for request in requests:
        request.refresh_from_db()
        assert (request.status, request.handover) == ("NEW", "PENDING")

    osm_peer.start()
    for request in requests:
        run_on(request)

    assert [request.status for request in requests] == ["READY"] * 3
    assert sorted(osm.deployed.values()) == [1, 1, 1]


def test_an_nbi_that_is_away_while_it_works_costs_nothing(
    osm: Osm, osm_peer: OsmPeer, service: ServiceDescriptor
) -> None:
    osm.begins_after = None
    request = submitted(service)
    work()
    osm_peer.stop()
    for _ in range(3):
        round_of_work(31)

    osm_peer.start()
    osm.begins_after = 0.0
    run_on(request)

    assert_lived_once(osm, request)


def test_orders_that_come_together_share_packages_and_rounds(
    osm: Osm, service: ServiceDescriptor
) -> None:
    requests = [submitted(service) for _ in range(10)]
    work()

    # All are due by now, however long that took
    round_of_work(31)

    for request in requests:
        request.refresh_from_db()
        assert (request.status, request.error) == ("READY", None)
    assert list(osm.deployed.values()) == [1] * 10
    assert (len(osm.packages[VNFDS]), len(osm.packages[NSDS])) == (1, 1)
    # They are followed by one list call
    lists = [call for call in osm.calls if call.path == "nslcm/v1/ns_lcm_op_occs"]
    assert len(lists) == 1


def test_a_package_that_another_order_has_just_uploaded_is_used(
    osm: Osm, service: ServiceDescriptor
) -> None:
    function = service.functions.get()

    def upload_first(call: Call) -> None:
        if call.method == "PUT" and call.path.startswith(VNFDS) and len(osm.packages[VNFDS]) == 1:
            data = {"gatekeeper": str(function.pk)}
            osm.packages[VNFDS]["theirs"] = {"_id": "theirs", "_admin": {"userDefinedData": data}}
            osm.packages[VNFDS]["theirs"] |= function.document["vnfd"]

    osm.fault = upload_first

    request = run_on(submitted(service))

    assert request.status == "READY"
    assert list(osm.packages[VNFDS]) == ["theirs"]


def first_upload_is_lost(osm: Osm, service: ServiceDescriptor) -> Request:
    """Order an instance, and lose the answer to the upload of its first function."""
    faults = each_at_first("cut after")
    osm.fault = lambda call: faults(call) if call.method == "PUT" else None
    request = submitted(service)
    work()
    return request


def test_a_package_whose_upload_has_no_answer_is_not_filled_with_the_next_ones_content(
    osm: Osm,
) -> None:
    names = ("firewall", "router")
    for name in names:
        onboard_function(document=sol006_vnfd(name), tenant_id=TENANT)
    service = onboard_service(document=sol006_nsd("protected", *names), tenant_id=TENANT)

    request = run_on(first_upload_is_lost(osm, service))

    assert (request.status, request.error) == ("READY", None)
    assert sorted(each["id"] for each in osm.packages[VNFDS].values()) == ["firewall", "router"]


def test_what_an_earlier_try_has_seen_is_not_looked_up_again(
    osm: Osm, service: ServiceDescriptor
) -> None:
    faults = each_at_first("cut before")
    osm.fault = lambda call: faults(call) if call.path.endswith("vim_accounts") else None
    request = submitted(service)
    work()
    osm.calls.clear()

    run_on(request)

    assert_lived_once(osm, request)
    assert not [path for path in paths(osm) if "packages" in path or "descriptors" in path]


def test_a_package_that_is_gone_after_it_was_seen_is_uploaded_again(
    osm: Osm, service: ServiceDescriptor
) -> None:
    faults = each_at_first("cut before")
    osm.fault = lambda call: faults(call) if call.path.endswith("vim_accounts") else None
    request = submitted(service)
    work()
    for packages in osm.packages.values():
        packages.clear()

    run_on(request)

    assert_lived_once(osm, request)
    assert (len(osm.packages[VNFDS]), len(osm.packages[NSDS])) == (1, 1)


def test_an_empty_package_goes_where_somebody_else_was_quicker(
    osm: Osm, service: ServiceDescriptor
) -> None:
    osm.fault = lambda call: "cut before" if call.method == "PUT" else None
    request = submitted(service)
    work()
    ((empty, package),) = osm.packages[VNFDS].items()
    document = service.functions.get().document["vnfd"]
    osm.packages[VNFDS]["theirs"] = {**package, "_id": "theirs", **document}
    osm.fault = lambda call: None

    run_on(request)

    assert (request.status, list(osm.packages[VNFDS])) == ("READY", ["theirs"])
    assert f"DELETE /{VNFDS}/{empty}" in map(str, osm.calls)


def test_an_nbi_that_filters_by_no_mark_gets_another_package(
    osm: Osm, service: ServiceDescriptor, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = Osm.found

    def refusing(self: Osm, rows: Any, call: Call, rest: list[str]) -> Any:
        if any(name.startswith("_admin") for name in call.query):
            raise Problem(400, "no such attribute", "BAD_REQUEST")
        return found(self, rows, call, rest)

    monkeypatch.setattr(Osm, "found", refusing)
    faults = each_at_first("cut after")
    osm.fault = lambda call: faults(call) if call.path == VNFDS else None

    request = run_on(submitted(service))

    assert request.status == "READY"
    assert len(osm.packages[VNFDS]) == 2


def test_operations_that_do_not_say_which_they_are_cost_the_others_nothing(
    osm: Osm, service: ServiceDescriptor
) -> None:
    osm.ends_after = None
    requests = [submitted(service) for _ in range(3)]
    work()
    lost, *others = osm.operations.values()
    for operation in others:
        osm.end(operation)
    del lost["id"], lost["_id"]
    found = [request for request in requests if instance_of(osm, request) != lost["nsInstanceId"]]

    round_of_work(31)

    for request in found:
        request.refresh_from_db()
        assert (request.status, request.error) == ("READY", None)


def instance_of(osm: Osm, request: Request) -> str:
    """Return the id of a request's instance at OSM."""
    named = {each["name"]: instance_id for instance_id, each in osm.instances.items()}
    return named[str(request.pk)]


def test_operations_that_no_list_has_are_asked_for_a_few_in_a_round(
    osm: Osm, service: ServiceDescriptor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(following, "MISSING_PER_ROUND", 2)
    osm.ends_after = None
    requests = [submitted(service) for _ in range(5)]
    work()
    for operation in list(osm.operations.values()):
        osm.end(operation)
    found = Osm.found
    monkeypatch.setattr(
        Osm, "found", lambda self, rows, call, rest: found(self, rows, call, rest) if rest else []
    )
    monkeypatch.setattr(Osm, "functions_of", lambda self, instance: [])
    osm.calls.clear()

    ready = []
    for _ in range(3):
        round_of_work(31)
        ready.append(Request.objects.filter(status="READY").count())

    # Each round asks for the list once, and for two operations
    assert ready == [2, 4, 5]
    assert paths(osm).count("GET /nslcm/v1/ns_lcm_op_occs/…") == len(requests)


def test_bytes_that_come_one_by_one_hold_nobody_for_longer_than_the_time_out(
    osm: Osm, service: ServiceDescriptor, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(orders, "session_seconds", lambda: 1.0)
    osm.fault = lambda call: "slow bytes" if call.path.endswith("vim_accounts") else None
    request = submitted(service)

    work()

    request.refresh_from_db()
    assert (request.status, request.handover) == ("NEW", "PENDING")
    assert not [call for call in osm.calls if call.path == INSTANCES]


HOSTILE: list[Any] = [None, True, -1, 2**40, "x" * 5000, "\0\ud800", [], {}, [[{}]], {"a": None}]


@pytest.mark.parametrize("value", HOSTILE, ids=lambda value: repr(value)[:20])
def test_members_of_any_type_are_no_fault(osm: Osm, service: ServiceDescriptor, value: Any) -> None:
    osm.ends_after = None
    request = submitted(service)
    work()
    (operation,) = osm.operations.values()
    (instance,) = osm.instances.values()
    for name in ("stage", "queuePosition", "detailed-status"):
        operation[name] = value
    round_of_work()
    osm.end(operation)
    operation["errorMessage"] = operation["detailed-status"] = value
    (function,) = osm.functions[instance["id"]]
    for name in ("operational-status", "config-status", "constituent-vnfr-ref"):
        instance[name] = value
    for name in ("member-vnf-index-ref", "vnfd-ref", "connection-point"):
        function[name] = value
    for name in ("vdu-id-ref", "count-index", "vim-id", "status", "ip-address", "interfaces"):
        function["vdur"][0][name] = value

    run_on(request)

    assert (request.status, request.error) == ("READY", None)
    assert state(ServiceRecord.objects.get())[0] == "normal operation"


@pytest.mark.parametrize("instance_id", ["../../admin", "x" * 300, "a b", "é"])
def test_an_instance_whose_id_is_none_is_never_instantiated(
    osm: Osm, service: ServiceDescriptor, instance_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Osm, "new_instance", lambda self, body: (201, {"id": instance_id}))
    request = submitted(service)

    run_on(request, rounds=15)

    assert request.status == "ERROR"
    assert osm.deployed == {}
    assert not [path for path in paths(osm) if "instantiate" in path]


@pytest.mark.parametrize("package_id", [".", ".."])
def test_a_package_whose_id_leads_elsewhere_is_neither_filled_nor_deleted(
    osm: Osm, service: ServiceDescriptor, package_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    list_packages = Osm.package

    def package(self: Osm, call: Call, kind: str, rest: list[str]) -> tuple[int, Any]:
        if call.method == "POST":
            return 201, {"id": package_id}
        return list_packages(self, call, kind, rest)

    monkeypatch.setattr(Osm, "package", package)
    request = submitted(service)

    work()

    request.refresh_from_db()
    assert (request.status, request.handover) == ("NEW", "PENDING")
    assert {call.method for call in osm.calls} == {"GET", "POST"}


def test_a_second_version_of_a_service_waits_for_nobody(osm: Osm) -> None:
    """Two services of one id: the second is an ERROR, and the first goes on."""
    first, second = sol006_service(), sol006_service(version="2.0")
    requests = [submitted(first), submitted(second)]

    for request in requests:
        run_on(request)

    assert [request.status for request in requests] == ["READY", "ERROR"]
