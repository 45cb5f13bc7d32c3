"""POST /requests and PUT /records/services/<uuid>: what is taken, and what is refused."""

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django_q.models import OrmQ

from gatekeeper_site.core import clock
from gatekeeper_site.core.clock import iso_z
from gatekeeper_site.core.refusals import Conflict
from records_app.models import ServiceDescriptor, ServiceRecord
from records_app.services import delete_descriptor
from requests_app.models import Request
from requests_app.services.submit import NewRequest, store_request
from tests.fixtures import (
    OTHER_TENANT,
    TENANT,
    Api,
    assert_faults,
    assert_problem,
    caller,
    instantiated,
    onboarded_service,
    submitted,
)
from tests.requests_app.orders import made_ready, ordered, says, steps

SEEDS = json.loads((Path(__file__).parents[1] / "seeds" / "requests.json").read_text())
ENDPOINTS = [{"location": "Lisbon", "nap": "10.0.0.0/24"}]
CALLBACK = "http://sp.int3.sonata-nfv.eu:5400/service-instantiation-time"
UNKNOWN = "11111111-1111-4111-8111-111111111111"


def test_create_is_answered_as_in_the_seed(operator: Api, service: ServiceDescriptor) -> None:
    answer = operator.post(
        "/requests",
        {"service_uuid": str(service.pk), "ingresses": [], "egresses": [], "callback": CALLBACK},
        content_type="application/x-www-form-urlencoded",
    )

    assert answer.status_code == 201
    stored = Request.objects.get()
    assert answer.json() == {
        "id": str(stored.pk),
        "request_type": "CREATE",
        "status": "NEW",
        "state": "NEW",
        "service_uuid": str(service.pk),
        "service_instance_uuid": None,
        "ingresses": [],
        "egresses": [],
        "callback": CALLBACK,
        "error": None,
        "error_class": None,
        "retry_of": None,
        "retried_by": None,
        "began_at": iso_z(stored.began_at),
        "created_at": iso_z(stored.created_at),
        "updated_at": iso_z(stored.created_at),
    }
    assert set(SEEDS["created"]) <= set(answer.json())
    assert answer["Location"] == f"http://testserver/requests/{stored.pk}"
    assert stored.began_at <= stored.created_at
    assert stored.tenant_id == TENANT
    assert steps(stored) == [("", "NEW", "operator")]
    assert [(task.kwargs()["function"], task.args()) for task in OrmQ.objects.all()] == [
        ("requests_app.services.handover.attend_request", (stored.pk,))
    ]


def test_terminate_is_answered_as_in_the_seed(operator: Api, instance: ServiceRecord) -> None:
    answer = operator.post(
        "/requests", {"service_instance_uuid": str(instance.pk), "request_type": "TERMINATE"}
    )

    assert answer.status_code == 201
    body = answer.json()
    assert {name: body[name] for name in SEEDS["terminate"]} == {
        "began_at": body["began_at"],
        "callback": None,
        "created_at": body["created_at"],
        "id": str(Request.objects.get(request_type="TERMINATE").pk),
        "request_type": "TERMINATE",
        "service_instance_uuid": str(instance.pk),
        "service_uuid": None,
        "status": "NEW",
        "updated_at": body["created_at"],
    }


def test_endpoints_are_kept_as_given(operator: Api, service: ServiceDescriptor) -> None:
    order = {"service_uuid": str(service.pk), "ingresses": ENDPOINTS, "egresses": ENDPOINTS * 2}

    body = operator.post("/requests", order).json()

    assert (body["ingresses"], body["egresses"]) == (ENDPOINTS, ENDPOINTS * 2)
    assert operator.get(f"/requests/{body['id']}").json() == body


@pytest.mark.parametrize("as_put", [True, False])
@pytest.mark.parametrize("by_version", [True, False])
def test_update_is_a_request_for_the_new_service(
    operator: Api,
    instance: ServiceRecord,
    newer_service: ServiceDescriptor,
    by_version: bool,
    as_put: bool,
) -> None:
    order = {
        "nsd_id": str(instance.descriptor_reference),
        "latest_nsd_id": "2.0" if by_version else str(newer_service.pk),
    }

    if as_put:
        answer = operator.put(f"/records/services/{instance.pk}", order)
    else:
        subject = {"request_type": "UPDATE", "service_instance_uuid": str(instance.pk)}
        answer = operator.post("/requests", order | subject)

    assert answer.status_code == 201
    body = answer.json()
    assert set(SEEDS["update"]) <= set(body)
    assert body["request_type"] == "UPDATE"
    assert body["status"] == "NEW"
    assert body["service_uuid"] == str(newer_service.pk)
    assert body["service_instance_uuid"] == str(instance.pk)
    assert answer["Location"] == f"http://testserver/requests/{body['id']}"
    instance.refresh_from_db()
    assert (instance.status, instance.version) == ("normal operation", 1)


def test_the_version_of_an_update_is_of_the_same_vendor_and_name(
    operator: Api, instance: ServiceRecord
) -> None:
    onboarded_service(name="another", version="7.0")

    answer = operator.put(
        f"/records/services/{instance.pk}",
        {"nsd_id": str(instance.descriptor_reference), "latest_nsd_id": "7.0"},
    )

    assert_faults(answer, "latest_nsd_id")
    assert not Request.objects.filter(request_type="UPDATE").exists()


@pytest.mark.parametrize(
    ("order", "fields"),
    [
        ({}, ["service_uuid"]),
        ({"request_type": "CREATE", "service_uuid": None}, ["service_uuid"]),
        ({"service_uuid": "not-a-uuid"}, ["service_uuid"]),
        ({"service_uuid": 7}, ["service_uuid"]),
        ({"service_uuid": UNKNOWN}, ["service_uuid"]),
        ({"request_type": "DELETE"}, ["request_type"]),
        ({"request_type": "create", "service_uuid": UNKNOWN}, ["request_type"]),
        ({"request_type": None}, ["request_type"]),
        ({"request_type": ["CREATE"]}, ["request_type"]),
        ({"request_type": "TERMINATE"}, ["service_instance_uuid"]),
        (
            {"request_type": "TERMINATE", "service_instance_uuid": UNKNOWN},
            ["service_instance_uuid"],
        ),
        (
            {"request_type": "UPDATE"},
            ["service_instance_uuid", "nsd_id", "latest_nsd_id"],
        ),
        (
            {
                "request_type": "UPDATE",
                "service_instance_uuid": UNKNOWN,
                "nsd_id": UNKNOWN,
                "latest_nsd_id": UNKNOWN,
            },
            ["service_instance_uuid", "latest_nsd_id"],
        ),
        (
            {"service_uuid": UNKNOWN, "callback": "ftp://host/", "status": "READY"},
            ["service_uuid", "callback", "status"],
        ),
        (
            {
                "request_type": "TERMINATE",
                "service_instance_uuid": "x",
                "callback": "/relative",
                "ingresses": [{"location": 1}, 2],
                "egresses": {},
                "status": "READY",
                "id": UNKNOWN,
                "tenant_id": TENANT,
                "colour": "red",
            },
            [
                "service_instance_uuid",
                "callback",
                "ingresses[0].location",
                "ingresses[0].nap",
                "ingresses[1]",
                "egresses",
                "status",
                "id",
                "tenant_id",
                "colour",
            ],
        ),
        ({"callback": "http://127.0.0.1/"}, ["service_uuid", "callback"]),
        ({"callback": "http://[::1]:8000/"}, ["service_uuid", "callback"]),
        ({"callback": "http://169.254.169.254/latest"}, ["service_uuid", "callback"]),
        ({"callback": "http://2130706433/"}, ["service_uuid", "callback"]),
        ({"callback": "http://10.0.0.7/"}, ["service_uuid", "callback"]),
        ({"callback": "https://"}, ["service_uuid", "callback"]),
        ({"callback": "http://host:99999/"}, ["service_uuid", "callback"]),
        ({"callback": 3}, ["service_uuid", "callback"]),
    ],
)
def test_every_fault_of_an_order_is_told_at_once(
    operator: Api,
    row_counts: Callable[[], dict[str, int]],
    order: dict[str, Any],
    fields: list[str],
) -> None:
    operator.get("/requests")
    before = row_counts()

    answer = operator.post("/requests", order)

    assert_faults(answer, *fields)
    assert row_counts() == before


def test_another_types_members_are_not_taken(operator: Api, service: ServiceDescriptor) -> None:
    answer = operator.post(
        "/requests",
        {
            "service_uuid": str(service.pk),
            "service_instance_uuid": UNKNOWN,
            "nsd_id": UNKNOWN,
            "latest_nsd_id": "2.0",
        },
    )

    assert_faults(answer, "service_instance_uuid", "nsd_id", "latest_nsd_id")


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, ["nsd_id", "latest_nsd_id"]),
        ({"nsd_id": None, "latest_nsd_id": ""}, ["nsd_id", "latest_nsd_id"]),
        ({"nsd_id": "x", "latest_nsd_id": 2.0}, ["nsd_id", "latest_nsd_id"]),
        ({"nsd_id": UNKNOWN, "latest_nsd_id": "1.0", "status": "failed"}, ["status"]),
        ({"nsd_id": UNKNOWN, "latest_nsd_id": UNKNOWN}, ["latest_nsd_id"]),
        ({"nsd_id": UNKNOWN, "latest_nsd_id": "9.9"}, ["latest_nsd_id"]),
        ({"nsd_id": "x", "latest_nsd_id": "9.9"}, ["nsd_id", "latest_nsd_id"]),
        (
            {"nsd_id": UNKNOWN, "latest_nsd_id": UNKNOWN, "status": "failed"},
            ["latest_nsd_id", "status"],
        ),
    ],
)
def test_every_fault_of_a_put_is_told_at_once(
    operator: Api, instance: ServiceRecord, body: dict[str, Any], fields: list[str]
) -> None:
    answer = operator.put(f"/records/services/{instance.pk}", body)

    assert_faults(answer, *fields)
    assert Request.objects.count() == 1


def test_a_nul_in_a_forms_version_is_a_fault_of_it(person: Client, instance: ServiceRecord) -> None:
    person.get("/requests", headers={"accept": "text/html"})
    form = {
        "request_type": "UPDATE",
        "service_instance_uuid": str(instance.pk),
        "nsd_id": str(instance.descriptor_reference),
        "latest_nsd_id": "2.0\0",
        "ingresses": "[]",
        "egresses": "[]",
        "csrfmiddlewaretoken": person.cookies["csrftoken"].value,
    }

    assert_faults(person.post("/requests", form), "latest_nsd_id")
    assert Request.objects.count() == 1


def test_put_of_another_nsd_than_the_records_is_a_conflict(
    operator: Api, instance: ServiceRecord, newer_service: ServiceDescriptor
) -> None:
    answer = operator.put(
        f"/records/services/{instance.pk}",
        {"nsd_id": str(newer_service.pk), "latest_nsd_id": "2.0"},
    )

    problem = assert_problem(answer, 409, "descriptor_mismatch")
    assert str(instance.descriptor_reference) in problem["detail"]
    assert Request.objects.count() == 1


def test_put_of_an_unknown_record_is_not_found(operator: Api, db: None) -> None:
    body = {"nsd_id": UNKNOWN, "latest_nsd_id": UNKNOWN}

    assert_problem(operator.put(f"/records/services/{UNKNOWN}", body), 404, "not_found")
    assert_problem(operator.put("/records/services/nonsense", body), 404, "not_found")


@pytest.mark.parametrize("request_type", ["TERMINATE", "UPDATE"])
def test_an_order_for_a_terminated_instance_is_a_conflict(
    operator: Api, instance: ServiceRecord, newer_service: ServiceDescriptor, request_type: str
) -> None:
    # Given an instance that was terminated
    says(ordered("TERMINATE", instance), "READY")

    # When it is to be terminated or updated
    order = {"request_type": request_type, "service_instance_uuid": str(instance.pk)}
    update = {"nsd_id": str(instance.descriptor_reference), "latest_nsd_id": "2.0"}
    answer = operator.post("/requests", order | (update if request_type == "UPDATE" else {}))

    # Then that is refused
    assert_problem(answer, 409, "instance_terminated")
    assert Request.objects.count() == 2
    if request_type == "UPDATE":
        answer = operator.put(f"/records/services/{instance.pk}", update)
        assert_problem(answer, 409, "instance_terminated")


@pytest.mark.parametrize("status", ["NEW", "in progress"])
@pytest.mark.parametrize("first", ["TERMINATE", "UPDATE"])
@pytest.mark.parametrize("second", ["TERMINATE", "UPDATE"])
def test_a_second_order_for_an_instance_is_a_conflict_naming_the_first(
    operator: Api,
    instance: ServiceRecord,
    newer_service: ServiceDescriptor,
    first: str,
    second: str,
    status: str,
) -> None:
    update = {"latest_nsd_id": str(newer_service.pk)}
    under_way = ordered(first, instance, **(update if first == "UPDATE" else {}))
    if status != "NEW":
        says(under_way, {"TERMINATE": "TERMINATING", "UPDATE": "UPDATING"}[first])

    order = {"request_type": second, "service_instance_uuid": str(instance.pk)}
    if second == "UPDATE":
        order |= update | {"nsd_id": str(instance.descriptor_reference)}
    answer = operator.post("/requests", order)

    problem = assert_problem(answer, 409, "request_conflict")
    assert str(under_way.pk) in problem["detail"]
    assert Request.objects.count() == 2


def test_an_ended_order_leaves_room_for_the_next(
    operator: Api, instance: ServiceRecord, newer_service: ServiceDescriptor
) -> None:
    order = {"request_type": "TERMINATE", "service_instance_uuid": str(instance.pk)}
    for _ in range(2):
        answer = operator.post("/requests", order)
        assert answer.status_code == 201
        says(Request.objects.get(pk=answer.json()["id"]), "ERROR", error="no")


def test_another_tenants_objects_are_as_unknown_ones(
    other_operator: Api, instance: ServiceRecord
) -> None:
    create = {"service_uuid": str(instance.descriptor_reference)}
    terminate = {"request_type": "TERMINATE", "service_instance_uuid": str(instance.pk)}
    update = {"nsd_id": str(instance.descriptor_reference), "latest_nsd_id": "1.0"}

    foreign = [
        other_operator.post("/requests", create),
        other_operator.post("/requests", terminate),
        other_operator.put(f"/records/services/{instance.pk}", update),
        other_operator.get(f"/requests/{Request.objects.get().pk}"),
    ]
    unknown = [
        other_operator.post("/requests", create | {"service_uuid": UNKNOWN}),
        other_operator.post("/requests", terminate | {"service_instance_uuid": UNKNOWN}),
        other_operator.put(f"/records/services/{UNKNOWN}", update),
        other_operator.get(f"/requests/{UNKNOWN}"),
    ]

    assert [answer.status_code for answer in foreign] == [400, 400, 404, 404]
    ids = (str(instance.pk), str(instance.descriptor_reference), str(Request.objects.get().pk))
    for one, other in zip(foreign, unknown, strict=True):
        text = one.content.decode()
        for known in ids:
            text = text.replace(known, UNKNOWN)
        assert text == other.content.decode()
    assert Request.objects.count() == 1


def test_a_request_belongs_to_the_tenant_of_what_it_acts_on(
    admin: Api, instance: ServiceRecord, demo: ServiceDescriptor, operator: Api
) -> None:
    terminate = {"request_type": "TERMINATE", "service_instance_uuid": str(instance.pk)}

    of_admin = admin.post("/requests", terminate)
    of_operator = operator.post("/requests", {"service_uuid": str(demo.pk)})

    tenants = {str(pk): tenant for pk, tenant in Request.objects.values_list("pk", "tenant_id")}
    assert tenants[of_admin.json()["id"]] == TENANT
    assert tenants[of_operator.json()["id"]] == TENANT
    assert made_ready(Request.objects.get(pk=of_operator.json()["id"])).tenant_id == TENANT


def test_a_viewer_orders_nothing(viewer: Api, service: ServiceDescriptor) -> None:
    answer = viewer.post("/requests", {"service_uuid": str(service.pk)})

    assert_problem(answer, 403, "permission_denied")
    assert not Request.objects.exists()


def test_a_request_may_wait_for_its_handover_as_long_as_for_its_end(
    new_request: Request, settings: Any
) -> None:
    deadline = new_request.created_at + timedelta(seconds=settings.MANO_FINISH_SECONDS)

    assert new_request.deadline_at == deadline
    assert new_request.due_at == new_request.created_at + timedelta(seconds=120)


def test_a_service_deleted_in_between_is_unknown(operator: Api, service: ServiceDescriptor) -> None:
    delete_descriptor(descriptor=service)

    answer = operator.post("/requests", {"service_uuid": str(service.pk)})

    assert_faults(answer, "service_uuid")


def test_ids_are_not_told_apart_by_case(operator: Api, service: ServiceDescriptor) -> None:
    answer = operator.post("/requests", {"service_uuid": str(service.pk).upper()})

    assert answer.json()["service_uuid"] == str(service.pk)


def test_an_admins_request_for_another_tenants_service_is_that_tenants(
    admin: Api, db: None
) -> None:
    foreign = onboarded_service(OTHER_TENANT)

    answer = admin.post("/requests", {"service_uuid": str(foreign.pk)})

    assert Request.objects.get(pk=answer.json()["id"]).tenant_id == OTHER_TENANT


def test_two_creates_of_a_service_do_not_stand_in_each_others_way(
    service: ServiceDescriptor,
) -> None:
    first, second = submitted(service), submitted(service)

    assert made_ready(first).pk != made_ready(second).pk


def test_an_admin_cannot_update_an_instance_to_another_tenants_service(
    admin: Api, demo: ServiceDescriptor
) -> None:
    # Given an instance of one tenant, and a service of another
    instance = instantiated(demo, TENANT)
    foreign = onboarded_service(OTHER_TENANT)
    order = {"nsd_id": str(demo.pk), "latest_nsd_id": str(foreign.pk)}

    # When an admin, who sees both, orders the update
    answer = admin.put(f"/records/services/{instance.pk}", order)

    # Then the service is unknown
    assert_faults(answer, "latest_nsd_id")
    assert not Request.objects.filter(request_type="UPDATE").exists()


def test_an_order_with_if_match_for_a_record_that_was_forgotten_is_a_conflict(
    instance: ServiceRecord,
) -> None:
    # Given a record that is purged after it was looked up
    def precondition(locked: ServiceRecord) -> None:
        assert locked.pk

    record = ServiceRecord.objects.get(pk=instance.pk)
    Request.objects.all().delete()
    instance.delete()

    with pytest.raises(Conflict) as conflict:
        store_request(
            NewRequest(request_type="TERMINATE"),
            None,
            record,
            caller(TENANT),
            clock.now(),
            precondition=precondition,
        )

    assert conflict.value.code == "instance_terminated"
    assert not Request.objects.exists()
