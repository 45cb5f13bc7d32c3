"""Answers that cannot be stored or understood, and records with odd members."""

import json
from typing import Any
from uuid import UUID, uuid4

import pytest

from records_app.models import FunctionRecord, ServiceDescriptor, ServiceRecord
from requests_app.mano.messages import read_body
from requests_app.models import Request
from requests_app.services import apply_answer
from tests.described import unlike_its_schema
from tests.fixtures import Api, submitted
from tests.requests_app.orders import (
    created_records,
    functions_of,
    made_ready,
    nsr,
    says,
    state,
    steps,
    vnfr,
)


@pytest.mark.parametrize(
    ("members", "reason"),
    [
        ({}, "there is no nsr"),
        ({"nsr": None, "vnfrs": []}, "there is no nsr"),
        ({"nsr": "running"}, "nsr is not an object"),
        ({"nsr": {}}, "nsr has no id"),
        ({"nsr": {"uuid": str(uuid4())}}, "nsr has no id"),
        ({"nsr": {"id": "17"}}, 'nsr has the id "17", no UUID'),
        ({"nsr": {"id": {"a": None}}}, 'nsr has the id {"a": null}, no UUID'),
        ({"nsr": nsr(), "vnfrs": "none"}, "vnfrs is not a list"),
        ({"nsr": nsr(), "vnfrs": [vnfr(), 7]}, "vnfrs[1] is not an object"),
        ({"nsr": nsr(), "vnfrs": [vnfr(), {"ID": "x"}]}, "vnfrs[1] has no id"),
        ({"nsr": nsr(), "vnfrs": [vnfr(UUID(int=7)), vnfr(UUID(int=7))]}, "stands twice"),
    ],
)
def test_records_that_cannot_be_stored_end_a_create_with_the_reason(
    new_request: Request, members: dict[str, Any], reason: str
) -> None:
    says(new_request, "INSTANTIATING")

    says(new_request, "READY", **members)

    assert new_request.status == "ERROR"
    assert reason in (new_request.error or "")
    assert (new_request.service_instance_uuid, new_request.deadline_at) == (None, None)
    assert not ServiceRecord.objects.exists()
    assert not FunctionRecord.objects.exists()
    assert new_request.answers.count() == 2


ODD = """
weight: .NaN
limits: [.inf, {low: -.inf}]
key: !!binary AP8=
since: 2017-09-15
mac: 52:54:00:12:34:56
note: "a\\0b"
serial: 123456789012345678901234567890
3: three
"""
KEPT = {
    "weight": ".NaN",
    "limits": [".inf", {"low": "-.inf"}],
    "key": "AP8=",
    "since": "2017-09-15",
    "mac": "52:54:00:12:34:56",
    "note": "a\N{REPLACEMENT CHARACTER}b",
    "serial": "123456789012345678901234567890",
    "3": "three",
}


def odd() -> Any:
    """Return what the listener hands on of such members."""
    return read_body(ODD.encode())


def test_what_json_lacks_is_kept_as_text_in_the_records_of_a_create(new_request: Request) -> None:
    sent = created_records(new_request)

    says(new_request, "READY", nsr=sent["nsr"] | odd(), vnfrs=[sent["vnfrs"][0] | odd()])

    assert (new_request.status, new_request.error) == ("READY", None)
    instance = ServiceRecord.objects.get()
    assert {name: instance.body[name] for name in KEPT} == KEPT
    assert instance.functions.get().body == KEPT
    assert json.loads(new_request.answers.get().body)["nsr"] == sent["nsr"] | KEPT


def test_what_json_lacks_is_kept_as_text_in_the_records_of_an_update(
    update: Request, instance: ServiceRecord
) -> None:
    says(update, "READY", nsr=nsr(instance.pk) | odd(), vnfrs=[vnfr() | odd()])

    assert (update.status, update.error) == ("INSTANTIATED", None)
    instance.refresh_from_db()
    assert instance.body == KEPT
    assert [each.body for each in instance.functions.all()].count(KEPT) == 1


@pytest.mark.parametrize("taken", ["nsr", "vnfr"])
def test_an_id_that_exists_ends_a_create_with_the_reason(
    instance: ServiceRecord, service: ServiceDescriptor, taken: str
) -> None:
    before = (state(instance), functions_of(instance))
    request = submitted(service)
    sent: dict[str, Any] = {"nsr": nsr(), "vnfrs": [vnfr()]}
    if taken == "nsr":
        sent["nsr"]["id"] = str(instance.pk)
    else:
        sent["vnfrs"][0]["id"] = str(functions_of(instance)[0][0])

    says(request, "READY", **sent)

    assert request.status == "ERROR"
    assert str(sent["nsr"]["id"]) in (request.error or "")
    assert request.service_instance_uuid is None
    assert (state(instance), functions_of(instance)) == before
    assert ServiceRecord.objects.count() == 1


def test_records_of_an_update_that_cannot_be_stored_change_nothing(
    update: Request, instance: ServiceRecord, service: ServiceDescriptor
) -> None:
    foreign = functions_of(made_ready(submitted(service)))[0][0]
    own = functions_of(instance)[0][0]
    says(update, "UPDATING")
    before = functions_of(instance)

    says(update, "READY", vnfrs=[vnfr(own, version="9"), vnfr(foreign)])

    assert update.status == "ERROR"
    assert f"function record {foreign} is another service's" in (update.error or "")
    assert functions_of(instance) == before
    assert state(instance) == ("normal operation", 3, instance.descriptor_reference)


def test_a_corrected_success_is_stored_late(new_request: Request) -> None:
    says(new_request, "READY", nsr={"note": "no id"})
    assert new_request.status == "ERROR"

    says(new_request, "READY", **created_records(new_request))

    assert new_request.status == "ERROR"
    assert ServiceRecord.objects.get().pk == new_request.service_instance_uuid


def test_misspelt_and_unknown_members_are_kept_as_given(
    operator: Api, new_request: Request
) -> None:
    odd = {
        "descriptor_refernce": "kept",
        "forwarding_graph": [{"x": None}],
        "größe": 2**70,
        "nested": {"deep": [[[]]]},
        "tenant_id": "theirs",
        "virtual_links": "not a list",
    }
    sent = created_records(new_request)
    sent["nsr"] |= odd
    sent["vnfrs"][0] |= odd | {"descriptor_reference": "vfoo:0.1"}

    says(new_request, "READY", **sent)

    shown = []
    for path, record in (("services", sent["nsr"]), ("functions", sent["vnfrs"][0])):
        with unlike_its_schema(f"/records/{path}/{record['id']}"):
            shown.append(operator.get(f"/records/{path}/{record['id']}").json())
    service, function = shown
    assert {name: service[name] for name in odd} == odd
    assert {name: function[name] for name in odd} == odd
    assert function["descriptor_reference"] == "vfoo:0.1"
    assert service["network_functions"] == sent["nsr"]["network_functions"]
    assert "id" not in service


def test_what_the_mano_says_of_our_own_members_is_not_believed(
    operator: Api, new_request: Request
) -> None:
    sent = created_records(new_request)
    sent["nsr"] |= {"uuid": "theirs", "created_at": 0, "version": "77", "status": "offline"}

    says(new_request, "READY", **sent)

    shown = operator.get(f"/records/services/{sent['nsr']['id']}").json()
    assert shown["uuid"] == sent["nsr"]["id"]
    assert shown["version"] == "1"
    assert shown["status"] == "normal operation"
    assert shown["created_at"].endswith("+00:00")


@pytest.mark.parametrize(
    "message",
    [
        None,
        "READY",
        [],
        {},
        {"status": None},
        {"status": "DONE"},
        {"status": ["READY"]},
        {"status": {"status": "READY"}},
        {"status": "ready"},
        {"status": "UPDATE_COMPLETED"},
        {"error": "no status"},
    ],
)
def test_a_message_that_says_nothing_is_kept_and_changes_nothing(
    new_request: Request, message: Any
) -> None:
    before = Request.objects.values().get()

    assert apply_answer(request_id=new_request.pk, message=message)

    assert Request.objects.values().get() == before
    answer = new_request.answers.get()
    assert json.loads(answer.body) == message
    assert answer.outcome.startswith("unusable: ")
    assert len(steps(new_request)) == 1


def test_a_message_for_no_request_is_told_apart(db: None) -> None:
    assert not apply_answer(request_id=uuid4(), message={"status": "READY"})


@pytest.mark.parametrize("status", ["ERROR", "Failed"])
def test_what_the_mano_says_went_wrong_is_the_requests_error(
    operator: Api, new_request: Request, status: str
) -> None:
    error = {"http_code": 502, "message": {"error": {"code": 500, "message": "Mongo is away"}}}

    says(new_request, status, error=error)

    shown = operator.get(f"/requests/{new_request.pk}").json()
    assert (shown["status"], shown["error"]) == ("ERROR", "Mongo is away (500)")
    assert new_request.events.last().message == "Mongo is away (500)"


def test_a_terminate_succeeds_with_or_without_records_of_any_kind(
    terminate: Request, instance: ServiceRecord
) -> None:
    says(terminate, "READY", nsr="gone", vnfrs=7)

    assert terminate.status == "READY"
    assert state(instance)[:2] == ("terminated", 2)


def test_every_answer_is_kept_with_what_it_led_to(new_request: Request) -> None:
    sent = created_records(new_request)
    says(new_request, "INSTANTIATING", timestamp=1505482564.8)
    says(new_request, "READY", **sent)
    says(new_request, "READY", **sent)

    kept = [(json.loads(answer.body), answer.outcome) for answer in new_request.answers.all()]
    assert kept == [
        ({"status": "INSTANTIATING", "error": None, "timestamp": 1505482564.8}, "accepted"),
        ({"status": "READY", "error": None} | sent, "succeeded"),
        ({"status": "READY", "error": None} | sent, "nothing: the request was READY"),
    ]
