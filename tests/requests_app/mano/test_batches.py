"""Messages that have come together are applied together; one that fails keeps none waiting."""

import json
from typing import Any
from uuid import uuid4

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from pika import BasicProperties

from gatekeeper_site.core.counters import EventCount
from records_app.models import ServiceDescriptor, ServiceRecord
from requests_app.mano.listener import Fate, dispose_of_all
from requests_app.models import Request
from requests_app.services import answers
from tests.fixtures import submitted
from tests.requests_app.orders import created_records, steps

pytestmark = pytest.mark.django_db

APPLIED = Fate("applied")
ALL_STEPS = [("", "NEW"), ("NEW", "INSTANTIATING"), ("INSTANTIATING", "READY")]


def message(request_id: object, status: str, **members: Any) -> tuple[str, Any, bytes]:
    """Return what the MANO says of a request."""
    body = json.dumps({"status": status, "error": None} | members).encode()
    return "service.instances.create", BasicProperties(correlation_id=str(request_id)), body


def both(request: Request) -> list[tuple[str, Any, bytes]]:
    """Return what the MANO says of a request that it accepts and finishes."""
    records = created_records(request)
    return [message(request.pk, "INSTANTIATING"), message(request.pk, "READY", **records)]


def steps_of(request: Request) -> list[tuple[str, str]]:
    return [(before, after) for before, after, _ in steps(request)]


def test_messages_of_several_requests_keep_their_order(demo: ServiceDescriptor) -> None:
    first, second, late = (submitted(demo) for _ in range(3))
    readies = [both(each)[1] for each in (first, second)]

    fates = dispose_of_all(
        [
            message(second.pk, "INSTANTIATING"),
            message(first.pk, "INSTANTIATING"),
            *readies,
            message(late.pk, "ERROR", error="no room"),
            *readies,
            *both(late),
        ]
    )

    assert fates == [APPLIED] * 9
    assert (steps_of(first), steps_of(second)) == (ALL_STEPS, ALL_STEPS)
    assert steps_of(late)[:2] == [("", "NEW"), ("NEW", "ERROR")]
    assert ServiceRecord.objects.count() == 3
    assert [each.outcome for each in first.answers.order_by("id")] == [
        "accepted",
        "succeeded",
        "nothing: the request was READY",
    ]
    late.refresh_from_db()
    assert (late.status, late.has_late_success) == ("ERROR", True)


def test_what_is_no_answer_is_told_among_others(demo: ServiceDescriptor) -> None:
    request = submitted(demo)
    own = BasicProperties(correlation_id=str(request.pk), app_id="son-gkeeper")
    unreadable = BasicProperties(correlation_id=str(request.pk))

    fates = dispose_of_all(
        [
            *both(request),
            message(uuid4(), "READY"),
            message(request.pk, "SOON"),
            ("topic", own, b"{}"),
            ("topic", unreadable, b"\xff"),
            message("17", "READY"),
        ]
    )

    assert [(fate.label, fate.is_dead) for fate in fates] == [
        ("applied", False),
        ("applied", False),
        ("unknown", False),
        ("unusable", True),
        ("own", False),
        ("unparsable", True),
        ("unknown", False),
    ]
    counts = EventCount.objects.filter(name="mano_messages").values_list("label", "count")
    assert dict(counts) == {"unknown": 2, "unusable": 1, "unparsable": 1}
    assert steps_of(request) == ALL_STEPS


def test_a_message_that_fails_keeps_no_other_waiting(
    demo: ServiceDescriptor, monkeypatch: pytest.MonkeyPatch
) -> None:
    requests = [submitted(demo) for _ in range(3)]
    poisonous = requests[1]
    apply_message = answers.apply_message

    def failing(request: Request, *args: Any) -> str:
        if request.pk == poisonous.pk:
            raise ArithmeticError("a mistake")
        return apply_message(request, *args)

    monkeypatch.setattr(answers, "apply_message", failing)

    fates = dispose_of_all([each for request in requests for each in both(request)])

    dead = Fate("failed", "ArithmeticError: a mistake", is_dead=True)
    assert fates == [APPLIED, APPLIED, dead, dead, APPLIED, APPLIED]
    assert [steps_of(each) for each in requests] == [ALL_STEPS, ALL_STEPS[:1], ALL_STEPS]


def test_messages_whose_process_ends_amid_them_are_applied_when_they_come_again(
    demo: ServiceDescriptor, monkeypatch: pytest.MonkeyPatch
) -> None:
    requests = [submitted(demo) for _ in range(2)]
    messages = [each for request in requests for each in both(request)]
    apply_message = answers.apply_message

    def ending(request: Request, *args: Any) -> str:
        if request.pk == requests[1].pk:
            raise OperationalError("the server closed the connection")
        return apply_message(request, *args)

    with monkeypatch.context() as patch:
        patch.setattr(answers, "apply_message", ending)
        with pytest.raises(OperationalError):
            dispose_of_all(messages)
    assert [steps_of(each) for each in requests] == [ALL_STEPS[:1]] * 2

    assert dispose_of_all(messages) == [APPLIED] * 4

    assert [steps_of(each) for each in requests] == [ALL_STEPS] * 2
    assert ServiceRecord.objects.count() == 2


def test_many_requests_are_locked_by_as_many_statements_as_one(demo: ServiceDescriptor) -> None:
    def locks(number: int) -> int:
        messages = [message(submitted(demo).pk, "SOON") for _ in range(number)]
        with CaptureQueriesContext(connection) as queries:
            dispose_of_all(messages)
        return sum("FOR UPDATE" in query["sql"] for query in queries)

    expected = 1 if connection.vendor == "postgresql" else 0
    assert (locks(2), locks(12)) == (expected, expected)
