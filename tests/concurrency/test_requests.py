"""Many at once, each on a connection of its own, on a real PostgreSQL."""

import random
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar
from uuid import UUID

import pytest
from django.db import connection
from django_q.models import OrmQ

from gatekeeper_site.core import clock, rows
from gatekeeper_site.core.refusals import Conflict, Invalid
from records_app.models import FunctionRecord, ServiceDescriptor, ServiceRecord
from records_app.services import delete_descriptor
from requests_app import mano, states
from requests_app.models import Request, SimulatedOrder
from requests_app.services import (
    apply_answer,
    attend_request,
    cancel_request,
    retry_request,
    set_status,
    sweep_requests,
)
from tests.fixtures import TENANT, caller, new_api, onboarded_service, submitted
from tests.processes import WAIT_SECONDS
from tests.requests_app import unreachable_mano
from tests.requests_app.orders import (
    created_records,
    functions_of,
    let_pass,
    made_ready,
    nsr,
    ordered,
    says,
    steps,
    work,
)

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one writer at a time"),
]

CALLERS = 12
ROUNDS = 8
Result = TypeVar("Result")


def at_once(functions: Iterable[Callable[[], Result]]) -> list[Result | Conflict | Invalid]:
    """Call all functions at the same moment; return what each returned, or its refusal."""
    functions = list(functions)
    barrier = threading.Barrier(len(functions))

    def call(function: Callable[[], Result]) -> Result | Conflict | Invalid:
        try:
            barrier.wait(WAIT_SECONDS)
            return function()
        except (Conflict, Invalid) as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(functions)) as threads:
        return list(threads.map(call, functions))


@pytest.fixture(autouse=True)
def few_steps(settings: Any) -> None:
    settings.SIMULATOR_STEP_SECONDS = 1000


@pytest.fixture
def service(transactional_db: None) -> ServiceDescriptor:
    return onboarded_service()


@pytest.fixture
def instance(service: ServiceDescriptor) -> ServiceRecord:
    return made_ready(submitted(service))


@pytest.mark.parametrize("kinds", [["TERMINATE"], ["TERMINATE", "UPDATE"]])
def test_of_many_orders_for_an_instance_exactly_one_is_taken(
    instance: ServiceRecord, kinds: list[str]
) -> None:
    # Given as many callers as there are orders
    api = new_api("operator", TENANT)
    token = api.token
    bodies = []
    for index in range(CALLERS):
        body = {
            "request_type": kinds[index % len(kinds)],
            "service_instance_uuid": str(instance.pk),
        }
        if body["request_type"] == "UPDATE":
            body |= {"nsd_id": str(instance.descriptor_reference), "latest_nsd_id": "1.0"}
        bodies.append(body)

    # When all order at the same moment
    answers = at_once(lambda body=body: type(api)(token).post("/requests", body) for body in bodies)

    # Then one is taken and every other is told which
    taken = [answer for answer in answers if answer.status_code == 201]
    assert len(taken) == 1
    refused = [answer.json() for answer in answers if answer.status_code == 409]
    assert len(refused) == CALLERS - 1
    for problem in refused:
        assert problem["code"] == "request_conflict"
        assert taken[0].json()["id"] in problem["detail"]
    assert Request.objects.filter(service_instance_uuid=instance.pk).count() == 2


@pytest.mark.parametrize("request_type", ["CREATE", "TERMINATE"])
def test_of_many_retries_exactly_one_is_taken(
    instance: ServiceRecord, service: ServiceDescriptor, request_type: str
) -> None:
    is_create = request_type == "CREATE"
    failed = says(submitted(service) if is_create else ordered(request_type, instance), "ERROR")

    results = at_once(
        lambda: retry_request(request=failed, caller=caller(), began_at=clock.now())
        for _ in range(CALLERS)
    )

    assert sorted(type(result).__name__ for result in results) == sorted(
        ["Request", *["Conflict"] * (CALLERS - 1)]
    )
    assert {each.code for each in results if isinstance(each, Conflict)} == {"already_retried"}
    retry = Request.objects.get(retry_of=failed.pk)
    assert Request.objects.get(pk=failed.pk).retried_by == retry.pk
    assert all(str(retry.pk) in each.detail for each in results if isinstance(each, Conflict))


def test_a_cancel_and_a_handover_exclude_each_other(service: ServiceDescriptor) -> None:
    for _ in range(ROUNDS):
        request = submitted(service)

        cancelled, _ = at_once(
            [
                lambda: cancel_request(request=request, caller=caller()),  # noqa: B023
                lambda: attend_request(request_id=request.pk),  # noqa: B023
            ]
        )

        request.refresh_from_db()
        is_sent = SimulatedOrder.objects.filter(pk=request.pk).exists()
        if isinstance(cancelled, Conflict):
            assert (request.status, request.handover, is_sent) == ("NEW", "SENT", True)
            assert cancelled.code == "not_cancellable"
        else:
            assert (request.status, request.handover, is_sent) == ("ERROR", "PENDING", False)
            assert request.error == "cancelled by customer"


def test_a_service_is_deleted_or_ordered_but_never_both(transactional_db: None) -> None:
    api = new_api("operator", TENANT)
    token = api.token
    for number in range(ROUNDS):
        service = onboarded_service(version=f"1.{number}")
        path, body = f"/services/{service.pk}", {"service_uuid": str(service.pk)}

        answers = at_once(
            [
                lambda: type(api)(token).delete(path),  # noqa: B023
                *[lambda: type(api)(token).post("/requests", body)] * 3,  # noqa: B023
            ]
        )

        deleted, *taken = [answer.status_code for answer in answers]
        held = Request.objects.filter(service_uuid=service.pk).count()
        is_there = ServiceDescriptor.objects.filter(pk=service.pk).exists()
        if deleted == 204:
            assert (taken, held, is_there) == ([400] * 3, 0, False)
            assert {each.json()["code"] for each in answers[1:]} == {"validation_error"}
        else:
            assert (deleted, answers[0].json()["code"]) == (409, "in_use")
            assert (taken.count(201), is_there) == (held, True)
            assert held > 0


def test_many_workers_attending_a_request_send_one_order(
    service: ServiceDescriptor, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    monkeypatch.setitem(mano.DRIVERS, "counting", unreachable_mano.__name__)
    monkeypatch.setattr(unreachable_mano, "reason", None)
    monkeypatch.setattr(unreachable_mano, "sent", [])
    settings.MANO_DRIVER = "counting"
    request = submitted(service)

    at_once(lambda: attend_request(request_id=request.pk) for _ in range(8))

    request.refresh_from_db()
    assert [order.request_id for order in unreachable_mano.sent] == [request.pk]
    assert (request.status, request.handover) == ("NEW", "SENT")


def test_many_sweeps_enqueue_each_due_request_once(service: ServiceDescriptor) -> None:
    requests = [submitted(service) for _ in range(20)]
    OrmQ.objects.all().delete()
    let_pass(121)

    counts = at_once(sweep_requests for _ in range(8))

    assert sum(count for count in counts if isinstance(count, int)) == len(requests)
    assert sorted(task.task["args"][0] for task in OrmQ.objects.all()) == sorted(
        request.pk for request in requests
    )


@pytest.mark.parametrize("request_type", states.REQUEST_TYPES)
def test_answers_that_come_at_once_are_applied_once(
    instance: ServiceRecord, service: ServiceDescriptor, request_type: str
) -> None:
    # Given a request of each type, and what the MANO says of it
    sent = {}
    if request_type == "CREATE":
        request = submitted(service)
        sent = created_records(request)
    else:
        options = {"latest_nsd_id": str(service.pk)} if request_type == "UPDATE" else {}
        request = ordered(request_type, instance, **options)
    middle, end = states.IN_PROGRESS_STATUS[request_type], states.SUCCESS_STATUS[request_type]
    functions = functions_of(instance)

    # When eight listeners get it at the same moment, in either order
    def listen(messages: list[dict[str, Any]]) -> None:
        for message in messages:
            assert apply_answer(request_id=request.pk, message=message)

    messages: list[dict[str, Any]] = [{"status": middle}, {"status": "READY"} | sent]
    at_once(
        lambda order=order: listen(messages[::order])  # type: ignore[misc]
        for order in [1, -1] * 4
    )

    # Then it was applied once
    request.refresh_from_db()
    assert request.status == end
    assert [step[:2] for step in steps(request)] == [("", "NEW"), ("NEW", middle), (middle, end)]
    assert request.answers.count() == 16
    instance.refresh_from_db()
    created = 1 if request_type == "CREATE" else 0
    assert ServiceRecord.objects.count() == 1 + created
    assert FunctionRecord.objects.count() == 2 + 2 * created
    version = {"CREATE": 1, "UPDATE": 3, "TERMINATE": 2}[request_type]
    assert instance.version == version
    if request_type != "TERMINATE":
        assert functions_of(instance) == functions


def test_late_answers_that_come_at_once_are_applied_once(service: ServiceDescriptor) -> None:
    request = submitted(service)
    message = {"status": "READY"} | created_records(request)
    let_pass(1000)

    at_once(lambda: apply_answer(request_id=request.pk, message=message) for _ in range(8))

    request.refresh_from_db()
    assert request.status == "ERROR"
    assert ServiceRecord.objects.get().pk == request.service_instance_uuid
    assert [step[1:] for step in steps(request)] == [
        ("NEW", "customer"),
        ("ERROR", "gatekeeper"),
        ("ERROR", "mano"),
    ]


def test_an_answer_survives_its_descriptors_deletion(
    service: ServiceDescriptor, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given an order whose request has ended, so that nothing holds its descriptor
    request = submitted(service)
    cancel_request(request=request, caller=caller())
    message = {"status": "READY"} | created_records(request)

    # When the descriptor is deleted after the answer's records have found it there
    write = rows.write

    def write_late(*args: Any) -> None:
        monkeypatch.setattr(rows, "write", write)
        at_once([lambda: delete_if_there(service.pk)])
        write(*args)

    monkeypatch.setattr(rows, "write", write_late)
    outcome = apply_answer(request_id=request.pk, message=message)

    # Then its records are stored, once and without the descriptor
    assert not ServiceDescriptor.objects.filter(pk=service.pk).exists()
    record = ServiceRecord.objects.get()
    assert (record.descriptor_id, record.descriptor_reference) == (None, service.pk)
    request.refresh_from_db()
    assert request.service_instance_uuid == record.pk
    assert [answer.outcome for answer in request.answers.all()] == [outcome]


def test_a_random_mix_neither_deadlocks_nor_breaks_what_must_hold(
    service: ServiceDescriptor,
) -> None:
    # Given three instances, and descriptors that come and go
    newer = onboarded_service(version="2.0")
    for _ in range(3):
        made_ready(submitted(service))
    work()

    # When customers, the MANO, workers and operators do what they like with them
    at_once(lambda seed=seed: do_anything(random.Random(seed), service, newer) for seed in range(6))

    # Then what must hold still does
    for request in Request.objects.all():
        chain = steps(request)
        froms = [step[0] for step in chain]
        assert froms == ["", *[step[1] for step in chain[:-1]]]
        assert chain[-1][1] == request.status
        is_open = states.is_open(request.status)
        assert (request.deadline_at is not None) == is_open
        holds = is_open and request.service_uuid is not None
        assert request.service_descriptor_id == (request.service_uuid if holds else None)
    creates = Request.objects.filter(request_type="CREATE").exclude(service_instance_uuid=None)
    assert creates.count() == ServiceRecord.objects.count()
    ended = FunctionRecord.objects.filter(service__status="terminated")
    assert not ended.exclude(status="terminated").exists()


def do_anything(
    dice: random.Random, service: ServiceDescriptor, newer: ServiceDescriptor, times: int = 40
) -> None:
    """Do things of all kinds with any of the requests and instances."""
    for _ in range(times):
        try:
            do_one_thing(dice, service, newer)
        except (Conflict, Invalid, ValueError, ServiceDescriptor.DoesNotExist):
            continue


def delete_if_there(descriptor_id: UUID) -> None:
    for descriptor in ServiceDescriptor.objects.filter(pk=descriptor_id):
        delete_descriptor(descriptor=descriptor)


def do_one_thing(dice: random.Random, service: ServiceDescriptor, newer: ServiceDescriptor) -> None:
    request: Request = dice.choice(list(Request.objects.order_by("-created_at")[:8]))
    instance: ServiceRecord = dice.choice(list(ServiceRecord.objects.all()))
    end = "READY"
    sent = created_records(request)
    if request.request_type != "CREATE" and request.service_instance_uuid is not None:
        known = FunctionRecord.objects.filter(service_id=request.service_instance_uuid)
        ids: list[UUID] = list(known.values_list("pk", flat=True))
        dice.shuffle(ids)
        vnfrs = [{"id": str(each)} for each in ids]
        sent = {"nsr": nsr(request.service_instance_uuid), "vnfrs": vnfrs}
    things: list[Callable[[], Any]] = [
        lambda: submitted(service),
        lambda: ordered("TERMINATE", instance),
        lambda: ordered("UPDATE", instance, latest_nsd_id=str(newer.pk)),
        lambda: ordered("UPDATE", instance, latest_nsd_id=str(service.pk)),
        lambda: apply_answer(request_id=request.pk, message={"status": "INSTANTIATING"}),
        lambda: apply_answer(request_id=request.pk, message={"status": end} | sent),
        lambda: apply_answer(request_id=request.pk, message={"status": end} | sent),
        lambda: apply_answer(request_id=request.pk, message={"status": "ERROR"}),
        lambda: attend_request(request_id=request.pk),
        lambda: cancel_request(request=request, caller=caller()),
        lambda: retry_request(request=request, caller=caller(), began_at=clock.now()),
        sweep_requests,
        lambda: delete_if_there(newer.pk),
        lambda: set_status(
            request_id=request.pk,
            status=dice.choice(states.statuses_of_type(request.request_type)),
            actor="olivia",
            reason="seen in the MANO's log",
            force=True,
        ),
    ]
    dice.choice(things)()
