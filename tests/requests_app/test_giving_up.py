"""What ends a request that the MANO has, or may have: an operator gives it up."""

from typing import Any

import pytest

from gatekeeper_site.audit.models import AuditEntry
from records_app.models import ServiceDescriptor, ServiceRecord
from requests_app.models import Request
from requests_app.services.handover import begin_handover, give_back, note_handover
from tests.fixtures import Api, assert_faults, assert_problem
from tests.requests_app.orders import created_records, expire, let_pass, says, state, steps, work


def give_up(api: Api, request: Request, reason: Any = "the MANO hangs") -> Any:
    return api.post(f"/requests/{request.pk}/give-up", {"reason": reason})


def test_a_request_in_progress_is_given_up(new_request: Request, operator: Api) -> None:
    says(new_request, "INSTANTIATING")

    response = give_up(operator, new_request)

    assert response.status_code == 200
    printed = response.json()
    assert (printed["status"], printed["state"]) == ("ERROR", "ERROR")
    assert printed["error"] == "given up by operator: the MANO hangs"
    assert printed["error_class"] == "given_up"
    assert response["ETag"] == operator.get(f"/requests/{new_request.pk}")["ETag"]
    assert steps(new_request)[-1] == ("INSTANTIATING", "ERROR", "operator")
    entry = AuditEntry.objects.latest("id")
    assert (entry.action, entry.actor, entry.object_id) == (
        "change_status",
        "operator",
        str(new_request.pk),
    )
    new_request.refresh_from_db()
    assert (new_request.deadline_at, new_request.service_descriptor) == (None, None)


@pytest.mark.parametrize("is_noted", [False, True])
def test_one_that_the_mano_may_have_is_given_up(
    is_noted: bool, new_request: Request, operator: Api
) -> None:
    begin_handover(new_request.pk)
    if is_noted:
        note_handover(new_request.pk)

    assert give_up(operator, new_request).json()["error_class"] == "given_up"


def test_what_the_mano_says_later_is_kept(new_request: Request, operator: Api) -> None:
    says(new_request, "INSTANTIATING")
    give_up(operator, new_request)

    says(new_request, "READY", **created_records(new_request))

    assert (new_request.status, new_request.has_late_success) == ("ERROR", True)
    assert new_request.error_class == "given_up"
    record = ServiceRecord.objects.get(pk=new_request.service_instance_uuid)
    assert record.status == "normal operation"


def test_an_update_that_is_given_up_is_abandoned(
    update: Request, instance: ServiceRecord, operator: Api
) -> None:
    says(update, "UPDATING")
    assert state(instance)[:2] == ("updating", 2)

    assert give_up(operator, update).status_code == 200

    assert state(instance) == ("normal operation", 3, instance.descriptor_reference)


def test_one_that_nobody_waits_for_is_not_given_up(
    service: ServiceDescriptor, new_request: Request, operator: Api
) -> None:
    before_handover = give_up(operator, new_request)
    begin_handover(new_request.pk)
    give_back(new_request.pk)
    given_back = give_up(operator, new_request)
    expire(new_request)
    after_end = give_up(operator, new_request)

    for response in (before_handover, given_back, after_end):
        assert_problem(response, 409, "not_in_progress")
    assert "cancel the request instead" in before_handover.json()["detail"]
    new_request.refresh_from_db()
    assert new_request.error_class == "unreachable"


@pytest.mark.parametrize("body", [{}, {"reason": ""}, {"reason": "  "}, {"reason": None}])
def test_a_reason_is_required(body: Any, new_request: Request, operator: Api) -> None:
    says(new_request, "INSTANTIATING")

    response = operator.post(f"/requests/{new_request.pk}/give-up", body)

    assert_faults(response, "reason")
    new_request.refresh_from_db()
    assert new_request.status == "INSTANTIATING"


# The class of each way to fail


def test_each_way_to_fail_has_its_class(service: ServiceDescriptor, operator: Api) -> None:
    def ordered() -> Request:
        response = operator.post("/requests", {"service_uuid": str(service.pk)})
        return Request.objects.get(pk=response.json()["id"])

    refused = says(ordered(), "ERROR", error="no room")
    unusable = ordered()
    says(unusable, "READY", nsr={}, vnfrs=[])
    cancelled = ordered()
    operator.post(f"/requests/{cancelled.pk}/cancel")
    unbegun = ordered()
    let_pass(10_000)
    work()
    silent = ordered()
    begin_handover(silent.pk)
    note_handover(silent.pk)
    expire(silent)
    slow = says(ordered(), "INSTANTIATING")
    expire(slow)
    going = says(ordered(), "INSTANTIATING")

    by_class = {
        "refused": [refused],
        "unusable": [unusable],
        "cancelled": [cancelled],
        "internal": [unbegun],
        "silent": [slow, silent],
    }
    for name, requests in by_class.items():
        rows = operator.get(f"/requests?error_class={name}").json()
        assert [row["id"] for row in rows] == [str(request.pk) for request in requests], name
        assert {row["error_class"] for row in rows} == {name}
    assert operator.get(f"/requests/{going.pk}").json()["error_class"] is None
    assert_faults(operator.get("/requests?error_class=broken"), "error_class")
