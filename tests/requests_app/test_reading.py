"""GET of requests and their events, cancel and retry by the API."""

from collections.abc import Callable
from typing import Any

import pytest

from gatekeeper_site.core.clock import iso_z
from records_app.models import ServiceDescriptor, ServiceRecord
from records_app.services import delete_descriptor
from requests_app.models import Request
from tests.fixtures import Api, assert_faults, assert_problem, onboarded_service, submitted
from tests.requests_app.orders import created_records, made_ready, ordered, says, work

UNKNOWN = "11111111-1111-4111-8111-111111111111"
CALLBACK = "http://sp.int3.sonata-nfv.eu:5400/service-instantiation-time"


@pytest.fixture
def requests(service: ServiceDescriptor, newer_service: ServiceDescriptor) -> dict[str, Request]:
    """One request in each state, and others."""
    running = made_ready(submitted(service))
    failed = says(submitted(service), "ERROR")
    in_progress = says(submitted(newer_service), "INSTANTIATING")
    new = submitted(newer_service)
    update = says(ordered("UPDATE", running, latest_nsd_id="2.0"), "READY")
    terminate = says(ordered("TERMINATE", running), "TERMINATING")
    create = Request.objects.get(service_instance_uuid=running.pk, request_type="CREATE")
    return {
        "ready": create,
        "failed": failed,
        "in progress": in_progress,
        "new": new,
        "updated": update,
        "terminating": terminate,
    }


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("", "ready failed in_progress new updated terminating"),
        ("status=NEW", "new"),
        ("status=NEW&status=ERROR", "new failed"),
        ("status=INSTANTIATED", "updated"),
        ("state=NEW", "new"),
        ("state=IN_PROGRESS", "in_progress terminating"),
        ("state=SUCCEEDED", "ready updated"),
        ("state=SUCCEEDED&state=ERROR", "ready updated failed"),
        ("state=SUCCEEDED&request_type=CREATE", "ready"),
        ("state=SUCCEEDED&status=ERROR", ""),
        ("request_type=TERMINATE", "terminating"),
        ("service_uuid={newer}", "in_progress new updated"),
        ("service_uuid={newer}&status=NEW", "new"),
        ("service_instance_uuid={instance}", "ready updated terminating"),
        ("service_instance_uuid={instance}&state=IN_PROGRESS", "terminating"),
        ("created_at={created}", "failed"),
        ("created_at__gt={created}", "in_progress new updated terminating"),
        ("created_at__gte={created}", "failed in_progress new updated terminating"),
        ("created_at__lt={created}", "ready"),
        ("created_at__lte={created}", "ready failed"),
        ("updated_at={created}", ""),
        ("service_uuid=" + UNKNOWN, ""),
    ],
)
def test_requests_are_filtered(
    operator: Api,
    requests: dict[str, Request],
    newer_service: ServiceDescriptor,
    query: str,
    names: str,
) -> None:
    for second, request in enumerate(requests.values()):
        moment = f"2026-11-21T02:00:{second:02}Z"
        Request.objects.filter(pk=request.pk).update(created_at=moment)
    query = query.format(
        newer=newer_service.pk,
        instance=requests["ready"].service_instance_uuid,
        created="2026-11-21T02:00:01.000Z",
    )

    answer = operator.get(f"/requests?{query}")

    ids = {str(request.pk): name for name, request in requests.items()}
    assert answer.status_code == 200
    assert [ids[each["id"]] for each in answer.json()] == [
        name for name in reversed(requests) if name.replace(" ", "_") in names.split()
    ]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("status=DONE", "status"),
        ("status=NEW&status=new", "status"),
        ("state=READY", "state"),
        ("request_type=DELETE", "request_type"),
        ("service_uuid=7", "service_uuid"),
        ("service_instance_uuid=", "service_instance_uuid"),
        ("created_at=yesterday", "created_at"),
        ("colour=red", "colour"),
        ("error=x", "error"),
    ],
)
def test_a_filter_without_sense_is_told(operator: Api, query: str, field: str) -> None:
    answer = operator.get(f"/requests?{query}")

    assert_faults(answer, field)


@pytest.mark.parametrize(
    ("name", "status", "state"),
    [
        ("ready", "READY", "SUCCEEDED"),
        ("failed", "ERROR", "ERROR"),
        ("in progress", "INSTANTIATING", "IN_PROGRESS"),
        ("new", "NEW", "NEW"),
        ("updated", "INSTANTIATED", "SUCCEEDED"),
        ("terminating", "TERMINATING", "IN_PROGRESS"),
    ],
)
def test_the_state_is_derived_from_the_status(
    operator: Api, requests: dict[str, Request], name: str, status: str, state: str
) -> None:
    request = requests[name]
    answer = operator.get(f"/requests/{request.pk}")

    assert answer.status_code == 200
    assert (answer.json()["status"], answer.json()["state"]) == (status, state)
    request.refresh_from_db()
    assert answer.json()["updated_at"] == iso_z(request.updated_at)


def test_events_tell_every_change_oldest_first(operator: Api, requests: dict[str, Request]) -> None:
    answer = operator.get(f"/requests/{requests['failed'].pk}/events")

    created, failed = requests["failed"].events.order_by("id")
    assert answer.json() == [
        {
            "at": iso_z(created.at),
            "from_status": None,
            "to_status": "NEW",
            "actor": "customer",
            "message": "",
        },
        {
            "at": iso_z(failed.at),
            "from_status": "NEW",
            "to_status": "ERROR",
            "actor": "mano",
            "message": "The MANO gave no reason.",
        },
    ]
    assert answer["Record-Count"] == "2"
    assert_problem(operator.get(f"/requests/{UNKNOWN}/events"), 404, "not_found")


def test_events_of_one_millisecond_keep_their_order(
    operator: Api, requests: dict[str, Request]
) -> None:
    request = requests["updated"]
    request.events.update(at="2026-11-21T02:00:00Z")

    answer = operator.get(f"/requests/{request.pk}/events").json()

    words = ["NEW", "UPDATING", "INSTANTIATED"]
    assert [event["to_status"] for event in answer] == words
    assert [event["from_status"] for event in answer] == [None, *words[:2]]


def test_events_of_another_tenant_are_not_found(
    other_operator: Api, requests: dict[str, Request]
) -> None:
    answer = other_operator.get(f"/requests/{requests['ready'].pk}/events")

    assert_problem(answer, 404, "not_found")


# Cancel.


def test_cancel_ends_a_new_request(operator: Api, new_request: Request) -> None:
    answer = operator.post(f"/requests/{new_request.pk}/cancel")

    assert answer.status_code == 200
    assert answer.json() == operator.get(f"/requests/{new_request.pk}").json()
    assert (answer.json()["status"], answer.json()["error"]) == ("ERROR", "cancelled by operator")
    events = operator.get(f"/requests/{new_request.pk}/events").json()
    assert events[-1]["actor"] == "operator"
    again = operator.post(f"/requests/{new_request.pk}/cancel", {})
    assert_problem(again, 409, "not_cancellable")


def test_cancel_of_a_request_that_was_handed_over_is_a_conflict(
    operator: Api, new_request: Request, row_counts: Callable[[], dict[str, int]]
) -> None:
    work()
    before = row_counts()

    assert_problem(operator.post(f"/requests/{new_request.pk}/cancel"), 409, "not_cancellable")

    assert row_counts() == before
    new_request.refresh_from_db()
    assert new_request.status == "NEW"


@pytest.mark.parametrize("name", ["ready", "failed", "in progress", "updated", "terminating"])
def test_cancel_of_a_request_that_is_not_new_is_a_conflict(
    operator: Api, requests: dict[str, Request], name: str
) -> None:
    answer = operator.post(f"/requests/{requests[name].pk}/cancel")

    assert_problem(answer, 409, "not_cancellable")


@pytest.mark.parametrize("verb", ["cancel", "retry"])
def test_who_may_not_act_on_a_request(
    operator: Api,
    viewer: Api,
    other_operator: Api,
    anonymous: Api,
    new_request: Request,
    verb: str,
) -> None:
    path = f"/requests/{new_request.pk}/{verb}"

    assert_problem(viewer.post(path), 403, "permission_denied")
    assert_problem(other_operator.post(path), 404, "not_found")
    assert_problem(anonymous.post(path), 401, "not_authenticated")
    assert_faults(operator.post(path, {"force": True}), "force")
    new_request.refresh_from_db()
    assert new_request.status == "NEW"


# Retry.


def test_retry_orders_the_same_again(operator: Api, service: ServiceDescriptor) -> None:
    # Given a failed order with everything in it
    order = {
        "service_uuid": str(service.pk),
        "ingresses": [{"location": "Lisbon", "nap": "10.0.0.0/24"}],
        "egresses": [{"location": "Porto", "nap": "10.0.1.0/24"}],
        "callback": CALLBACK,
    }
    first = operator.post("/requests", order).json()
    says(Request.objects.get(), "ERROR", error="no")
    failed = operator.get(f"/requests/{first['id']}").json()

    # When it is retried
    answer = operator.post(f"/requests/{first['id']}/retry")

    # Then there is a new request of the same order, and the old one stays
    assert answer.status_code == 201
    again = answer.json()
    assert answer["Location"] == f"http://testserver/requests/{again['id']}"
    assert again["id"] != first["id"]
    same = ("request_type", "service_uuid", "ingresses", "egresses", "callback", "status", "error")
    assert [again[name] for name in same] == [first[name] for name in same]
    assert again["retry_of"] == first["id"]
    assert again["retried_by"] is None
    now = operator.get(f"/requests/{first['id']}").json()
    assert now == failed | {"retried_by": again["id"]}
    made_ready(Request.objects.get(pk=again["id"]))


@pytest.mark.parametrize("request_type", ["UPDATE", "TERMINATE"])
def test_retry_of_an_order_for_an_instance(
    operator: Api, instance: ServiceRecord, newer_service: ServiceDescriptor, request_type: str
) -> None:
    update = {"latest_nsd_id": "2.0"} if request_type == "UPDATE" else {}
    failed = says(ordered(request_type, instance, **update), "ERROR")

    again = operator.post(f"/requests/{failed.pk}/retry").json()

    assert again["request_type"] == request_type
    assert again["service_instance_uuid"] == str(instance.pk)
    is_update = request_type == "UPDATE"
    assert again["service_uuid"] == (str(newer_service.pk) if is_update else None)
    conflict = operator.post(f"/requests/{failed.pk}/retry")
    assert again["id"] in assert_problem(conflict, 409, "already_retried")["detail"]


def test_of_a_request_that_was_retried_the_newest_can_be(
    operator: Api, new_request: Request
) -> None:
    # Given a request, its retry, and the retry of that, all in ERROR
    chain = [says(new_request, "ERROR")]
    for _ in range(2):
        again = operator.post(f"/requests/{chain[-1].pk}/retry").json()
        chain.append(says(Request.objects.get(pk=again["id"]), "ERROR"))

    # When each is retried
    answers = [operator.post(f"/requests/{each.pk}/retry") for each in chain]

    # Then the newest is, and the others name it
    assert answers[2].status_code == 201
    for answer in answers[:2]:
        assert str(chain[2].pk) in assert_problem(answer, 409, "already_retried")["detail"]
    assert Request.objects.count() == 4
    shown = [operator.get(f"/requests/{each.pk}").json() for each in chain]
    assert [row["retry_of"] for row in shown] == [None, str(chain[0].pk), str(chain[1].pk)]
    assert [row["retried_by"] for row in shown] == [
        str(chain[1].pk),
        str(chain[2].pk),
        answers[2].json()["id"],
    ]
    again = operator.post(f"/requests/{chain[0].pk}/retry")
    assert answers[2].json()["id"] in assert_problem(again, 409, "already_retried")["detail"]


def test_a_request_whose_retry_was_forgotten_can_be_retried(
    operator: Api, new_request: Request
) -> None:
    says(new_request, "ERROR")
    again = operator.post(f"/requests/{new_request.pk}/retry").json()
    says(Request.objects.get(pk=again["id"]), "ERROR")
    Request.objects.filter(pk=again["id"]).delete()

    answer = operator.post(f"/requests/{new_request.pk}/retry")

    assert answer.status_code == 201
    assert answer.json()["retry_of"] == str(new_request.pk)


@pytest.mark.parametrize("of_a_retry", [True, False])
def test_retry_of_an_order_whose_instance_came_late_is_a_conflict(
    operator: Api, new_request: Request, of_a_retry: bool
) -> None:
    # Given an order in ERROR, maybe one that was retried in vain, whose instance came all the same
    latest = says(new_request, "ERROR")
    if of_a_retry:
        again = operator.post(f"/requests/{latest.pk}/retry").json()
        latest = says(Request.objects.get(pk=again["id"]), "ERROR")
    says(new_request, "READY", **created_records(new_request))
    instance = ServiceRecord.objects.get()
    number = Request.objects.count()

    # When it is retried
    answer = operator.post(f"/requests/{latest.pk}/retry")

    # Then there is no second instance, as long as the first is not terminated
    assert str(instance.pk) in assert_problem(answer, 409, "instance_exists")["detail"]
    assert Request.objects.count() == number
    says(ordered("TERMINATE", instance), "READY")
    assert operator.post(f"/requests/{latest.pk}/retry").status_code == 201


@pytest.mark.parametrize("name", ["ready", "in progress", "new", "updated", "terminating"])
def test_retry_of_a_request_not_in_error_is_a_conflict(
    operator: Api, requests: dict[str, Request], name: str
) -> None:
    answer = operator.post(f"/requests/{requests[name].pk}/retry")

    assert_problem(answer, 409, "not_retryable")
    assert Request.objects.count() == len(requests)


def test_retry_of_a_deleted_service_is_a_conflict(
    operator: Api, new_request: Request, service: ServiceDescriptor
) -> None:
    says(new_request, "ERROR")
    delete_descriptor(descriptor=service)

    answer = operator.post(f"/requests/{new_request.pk}/retry")

    assert_problem(answer, 409, "not_retryable")


def test_retry_for_a_terminated_instance_is_a_conflict(
    operator: Api, instance: ServiceRecord
) -> None:
    failed = says(ordered("TERMINATE", instance), "ERROR")
    says(ordered("TERMINATE", instance), "READY")

    answer = operator.post(f"/requests/{failed.pk}/retry")

    assert_problem(answer, 409, "instance_terminated")


def test_retry_by_an_admin_stays_the_tenants(
    admin: Api, operator: Api, new_request: Request
) -> None:
    says(new_request, "ERROR")

    again = admin.post(f"/requests/{new_request.pk}/retry").json()

    assert operator.get(f"/requests/{again['id']}").json() == again


def test_retry_of_a_shared_service_is_the_callers_own(
    operator: Api, demo: ServiceDescriptor
) -> None:
    onboarded_service()
    first = operator.post("/requests", {"service_uuid": str(demo.pk)}).json()
    says(Request.objects.get(pk=first["id"]), "ERROR")

    again: dict[str, Any] = operator.post(f"/requests/{first['id']}/retry").json()

    assert operator.get(f"/requests/{again['id']}").status_code == 200
