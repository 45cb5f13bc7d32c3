"""What a failed CREATE has left goes by an operator's word (contract: mano-osm.md, Hazards)."""

import pytest

from gatekeeper_site.audit.models import AuditEntry
from records_app.models import ServiceDescriptor, ServiceRecord
from requests_app.models import OsmOrder, Request
from tests.fixtures import Api, assert_problem, submitted
from tests.osm_peer import Osm
from tests.requests_app.orders import work
from tests.requests_app.osm.rounds import paths, round_of_work, run_on

pytestmark = pytest.mark.django_db


@pytest.fixture
def failed(osm: Osm, service: ServiceDescriptor) -> Request:
    """A CREATE that has failed, and left something that may run."""
    osm.end_state, osm.end_error = "FAILED", "no valid host was found"
    request = run_on(submitted(service))
    assert request.status == "ERROR"
    osm.end_state, osm.end_error = "COMPLETED", None
    return request


def messages(request: Request) -> list[str]:
    """Return what the events say that change no status."""
    events = request.events.order_by("id")
    return [each.message for each in events if each.from_status == each.to_status]


def test_it_is_terminated_and_deleted(osm: Osm, failed: Request, operator: Api) -> None:
    (instance_id,) = osm.instances
    osm.calls.clear()

    response = operator.post(f"/requests/{failed.pk}/clean-up")

    assert (response.status_code, response.json()["status"]) == (202, "ERROR")
    run_on(failed)
    assert (osm.instances, osm.forgotten, osm.running[instance_id]) == ({}, [], 0)
    assert [path for path in paths(osm) if not path.startswith("GET")] == [
        "POST /nslcm/v1/ns_instances/…/terminate",
        "DELETE /nslcm/v1/ns_instances/…",
    ]
    assert messages(failed) == [
        f"To be cleaned up: OSM's instance {instance_id}.",
        f"Cleaned up: OSM's instance {instance_id} is gone.",
    ]
    assert (failed.status, failed.error) == ("ERROR", "no valid host was found")
    assert not OsmOrder.objects.exists() and not ServiceRecord.objects.exists()
    assert AuditEntry.objects.filter(action="clean_up", object_id=str(failed.pk)).count() == 1
    again = operator.post(f"/requests/{failed.pk}/clean-up")
    assert_problem(again, 409, "nothing_to_clean_up")


def test_a_mere_record_is_deleted(osm: Osm, service: ServiceDescriptor, operator: Api) -> None:
    # Given an order that OSM refused to instantiate
    osm.fault = lambda call: "500 before" if call.path.endswith("instantiate") else None
    request = run_on(submitted(service))
    assert (request.status, len(osm.instances)) == ("ERROR", 1)

    operator.post(f"/requests/{request.pk}/clean-up")
    run_on(request)

    assert (osm.instances, osm.deployed, osm.forgotten) == ({}, {}, [])


def test_a_clean_up_that_fails_says_so_and_can_be_ordered_again(
    osm: Osm, failed: Request, operator: Api
) -> None:
    osm.end_state, osm.end_error = "FAILED", "the VIM is away"
    operator.post(f"/requests/{failed.pk}/clean-up")
    run_on(failed)
    assert messages(failed)[-1] == "The clean-up has failed: the VIM is away"
    assert len(osm.instances) == 1

    osm.end_state, osm.end_error = "COMPLETED", None
    response = operator.post(f"/requests/{failed.pk}/clean-up")

    assert response.status_code == 202
    run_on(failed)
    assert (osm.instances, osm.forgotten) == ({}, [])


def test_what_osm_works_on_is_not_cleaned_up(
    osm: Osm, service: ServiceDescriptor, operator: Api
) -> None:
    osm.ends_after = None
    request = submitted(service)
    work()
    path = f"/requests/{request.pk}/clean-up"
    assert_problem(operator.post(path), 409, "nothing_to_clean_up")
    # Given one that its deadline has ended
    round_of_work(1000)
    request.refresh_from_db()
    assert request.status == "ERROR"

    assert_problem(operator.post(path), 409, "operation_under_way")

    osm.ends_after = 0.0
    run_on(request)
    assert request.has_late_success
    assert_problem(operator.post(path), 409, "instance_exists")
    assert osm.forgotten == []


def test_a_request_that_left_nothing_has_nothing_to_clean_up(
    osm: Osm, service: ServiceDescriptor, operator: Api
) -> None:
    request = run_on(submitted(service))

    response = operator.post(f"/requests/{request.pk}/clean-up")

    assert_problem(response, 409, "nothing_to_clean_up")
    assert len(osm.instances) == 1
