"""The embedded MANO: takes an order, answers as its descriptors ask, survives restarts."""

import json
from typing import Any

import pytest
from django_q.models import OrmQ

from records_app.models import FunctionRecord, ServiceDescriptor, ServiceRecord
from requests_app.mano import simulator
from requests_app.models import Request, SimulatedOrder
from requests_app.services import attend_request
from tests.fixtures import instantiated, submitted
from tests.requests_app.orders import (
    functions_of,
    let_pass,
    onboarded,
    ordered,
    says,
    steps,
    sweep_and_work,
    work,
)

IN_ORDER = ["INSTANTIATING", "READY"]


@pytest.fixture
def at_once(settings: Any) -> None:
    """A simulator that takes no time."""
    settings.SIMULATOR_STEP_SECONDS = 0


def taken_by_slow_simulator(request: Request, settings: Any) -> None:
    """Hand a request over; its first step is due a second later, and those after it with it."""
    settings.SIMULATOR_STEP_SECONDS = 1
    attend_request(request_id=request.pk)
    settings.SIMULATOR_STEP_SECONDS = 0
    OrmQ.objects.all().delete()


def said(request: Request) -> list[str]:
    """Return the statuses of the MANO's answers to a request."""
    return [json.loads(answer.body)["status"] for answer in request.answers.order_by("id")]


def finished(request: Request) -> Request:
    """Return a request after the worker has nothing more to do at once."""
    work()
    request.refresh_from_db()
    return request


@pytest.mark.parametrize(
    ("image", "status", "answers"),
    [
        ("http://download.cirros-cloud.net/cirros.img", "READY", IN_ORDER),
        ("simulator:fail", "ERROR", ["INSTANTIATING", "ERROR"]),
        ("simulator:silent", "INSTANTIATING", ["INSTANTIATING"]),
        ("simulator:deaf", "NEW", []),
        ("simulator:duplicate", "READY", ["INSTANTIATING"] * 2 + ["READY"] * 2),
        ("simulator:reorder", "READY", ["READY", "INSTANTIATING"]),
        ("simulator:slow/0", "READY", IN_ORDER),
    ],
)
def test_each_image_asks_for_its_fault(
    at_once: None, db: None, image: str, status: str, answers: list[str]
) -> None:
    request = finished(submitted(onboarded(image)))

    assert (request.status, said(request)) == (status, answers)
    assert not SimulatedOrder.objects.exists()
    made = 1 if status == "READY" else 0
    assert (ServiceRecord.objects.count(), FunctionRecord.objects.count()) == (made, made)
    if status == "READY":
        assert [step[:2] for step in steps(request)] == [
            ("", "NEW"),
            ("NEW", "INSTANTIATING"),
            ("INSTANTIATING", "READY"),
        ]


@pytest.mark.parametrize(("image", "word"), [("silent", "finish"), ("deaf", "accept")])
def test_what_never_finishes_ends_at_its_deadline(
    at_once: None, db: None, image: str, word: str
) -> None:
    request = finished(submitted(onboarded(f"simulator:{image}")))

    let_pass(1000)
    sweep_and_work()

    request.refresh_from_db()
    assert request.status == "ERROR"
    assert f"did not {word}" in (request.error or "")


def test_what_fails_says_why(at_once: None, db: None) -> None:
    request = finished(submitted(onboarded("simulator:fail")))

    assert request.error == "The simulator was asked to fail (vm_image simulator:fail)."


def test_slow_takes_its_seconds(db: None, settings: Any) -> None:
    settings.SIMULATOR_STEP_SECONDS = 1
    request = finished(submitted(onboarded("simulator:slow/30")))
    assert request.status == "NEW"

    for passed, status in ((1.1, "INSTANTIATING"), (28.5, "INSTANTIATING"), (1, "READY")):
        let_pass(passed)
        sweep_and_work()
        request.refresh_from_db()
        assert request.status == status


def test_the_steps_take_their_seconds(db: None, settings: Any) -> None:
    settings.SIMULATOR_STEP_SECONDS = 5
    request = finished(submitted(onboarded("plain")))

    for passed, status in ((4.5, "NEW"), (1, "INSTANTIATING"), (4, "INSTANTIATING"), (2, "READY")):
        let_pass(passed)
        sweep_and_work()
        request.refresh_from_db()
        assert request.status == status


def test_a_slow_success_after_the_deadline_is_late(db: None, settings: Any) -> None:
    settings.SIMULATOR_STEP_SECONDS = 1
    settings.MANO_FINISH_SECONDS = 10
    request = finished(submitted(onboarded("simulator:slow/30")))

    for passed in (1.1, 11, 20):
        let_pass(passed)
        sweep_and_work()

    request.refresh_from_db()
    assert request.status == "ERROR"
    assert ServiceRecord.objects.get().pk == request.service_instance_uuid
    assert not SimulatedOrder.objects.exists()


def test_update_and_terminate_of_an_instance(at_once: None, demo: ServiceDescriptor) -> None:
    instance = instantiated(demo)
    before = functions_of(instance)
    assert len(before) == 2
    newer = onboarded("plain", tenant_id="")

    update = finished(ordered("UPDATE", instance, latest_nsd_id=str(newer.pk)))
    assert (update.status, said(update)) == ("INSTANTIATED", ["UPDATING", "UPDATE_COMPLETED"])
    instance.refresh_from_db()
    assert (instance.status, instance.version) == ("normal operation", 3)
    assert instance.descriptor_reference == newer.pk
    [member] = instance.body["network_functions"]
    assert member["vnfr_id"] in [str(each[0]) for each in functions_of(instance)]

    terminate = finished(ordered("TERMINATE", instance))
    assert (terminate.status, said(terminate)) == ("READY", ["TERMINATING", "READY"])
    instance.refresh_from_db()
    assert instance.status == "terminated"
    assert {each[1] for each in functions_of(instance)} == {"terminated"}


def test_an_update_to_a_service_that_fails_leaves_the_instance(
    at_once: None, demo: ServiceDescriptor
) -> None:
    instance = instantiated(demo)
    failing = onboarded("simulator:fail")

    update = finished(ordered("UPDATE", instance, latest_nsd_id=str(failing.pk)))

    instance.refresh_from_db()
    assert update.status == "ERROR"
    assert (instance.status, instance.version) == ("normal operation", 3)
    assert instance.descriptor_reference == demo.pk
    assert finished(ordered("TERMINATE", instance)).status == "READY"


def test_a_step_that_is_taken_twice_is_taken_once(db: None) -> None:
    request = submitted(onboarded("plain"))
    attend_request(request_id=request.pk)

    for step in (0, 0, 5, 1, 0, 1):
        simulator.take_step(request.pk, step)

    request.refresh_from_db()
    assert (request.status, said(request)) == ("READY", IN_ORDER)


def test_a_step_whose_task_was_lost_is_taken_later(db: None, settings: Any) -> None:
    request = submitted(onboarded("plain"))
    taken_by_slow_simulator(request, settings)
    let_pass(2)
    assert simulator.sweep() == 1
    OrmQ.objects.all().delete()
    assert simulator.sweep() == 0

    let_pass(11)

    assert simulator.sweep() == 1
    assert simulator.sweep() == 0
    assert finished(request).status == "READY"


def test_a_step_whose_task_waits_is_not_enqueued_again(db: None) -> None:
    request = submitted(onboarded("plain"))
    attend_request(request_id=request.pk)
    OrmQ.objects.all().delete()
    let_pass(1000)
    assert simulator.sweep() == 1

    for _ in range(3):
        let_pass(11)
        assert simulator.sweep() == 1

    assert OrmQ.objects.get().args() == (request.pk, 0)


def test_an_order_survives_that_nothing_runs(db: None, settings: Any) -> None:
    settings.SIMULATOR_STEP_SECONDS = 5
    request = finished(submitted(onboarded("plain")))

    let_pass(59)
    sweep_and_work()
    let_pass(890)
    sweep_and_work()

    request.refresh_from_db()
    assert request.status == "READY"


def test_steps_that_are_interrupted_are_taken_later(
    at_once: None, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a process that ended after the first of two answers, in their transaction
    request = submitted(onboarded("plain"))
    messages: list[Any] = [{"status": "INSTANTIATING"}, KeyboardInterrupt]

    def interrupted(*_: Any) -> Any:
        if messages[0] is KeyboardInterrupt:
            raise KeyboardInterrupt
        return messages.pop(0)

    with monkeypatch.context() as patches:
        patches.setattr(simulator, "message", interrupted)
        with pytest.raises(KeyboardInterrupt):
            attend_request(request_id=request.pk)
    request.refresh_from_db()
    assert (request.status, said(request)) == ("NEW", [])

    # When time has passed
    let_pass(11)
    sweep_and_work()

    # Then each answer is given once
    request.refresh_from_db()
    assert (request.status, said(request)) == ("READY", IN_ORDER)
    assert not SimulatedOrder.objects.exists()


def test_answers_to_a_request_that_is_gone_end_quietly(db: None, settings: Any) -> None:
    request = submitted(onboarded("plain"))
    taken_by_slow_simulator(request, settings)
    request.delete()

    let_pass(2)
    sweep_and_work()

    assert not SimulatedOrder.objects.exists()
    assert not ServiceRecord.objects.exists()


def test_each_request_gets_an_instance_of_its_own(at_once: None, demo: ServiceDescriptor) -> None:
    requests = [submitted(demo) for _ in range(5)]
    work()

    assert Request.objects.filter(status="READY").count() == len(requests)
    assert ServiceRecord.objects.count() == 5
    assert FunctionRecord.objects.count() == 10


def test_a_success_that_the_simulator_goes_on_to_is_late(
    demo: ServiceDescriptor, settings: Any
) -> None:
    request = submitted(demo)
    taken_by_slow_simulator(request, settings)
    says(request, "ERROR", error="no")

    let_pass(2)
    assert simulator.sweep() == 1
    assert finished(request).status == "ERROR"
    assert ServiceRecord.objects.get().pk == request.service_instance_uuid
