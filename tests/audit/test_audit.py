"""The audit: every change leaves one entry with who, when, by which way, what, before and after."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.module_loading import import_string
from django_q.models import OrmQ

from gatekeeper_site.access.models import Role, Token, UserAccess
from gatekeeper_site.access.services import create_token, digest_of, revoke_token
from gatekeeper_site.audit.models import AuditEntry
from gatekeeper_site.audit.services import snapshot, write_audit_entry
from gatekeeper_site.core.origin import new_origin, originating
from ha_app import services as ha
from ha_app.models import HaInterface
from records_app import services as records
from records_app.models import ServiceRecord
from requests_app import services as requests
from requests_app.models import Request
from requests_app.services.handover import attend_request
from tests.fixtures import (
    TENANT,
    Api,
    caller,
    new_user,
    nsd,
    onboarded_function,
    onboarded_service,
    submitted,
    vnfd,
)
from tests.ha_app.objects import (
    interface_body,
    new_gateway,
    new_interface,
    new_router,
    path_of,
    router_body,
)
from tests.requests_app.orders import (
    created_records,
    let_pass,
    made_ready,
    ordered,
    says,
    vnfr,
)

pytestmark = pytest.mark.django_db

TRACEPARENT = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


@pytest.fixture(autouse=True)
def few_steps(settings: Any) -> None:
    """Have the simulator take its time, so that tests are the MANO themselves."""
    settings.SIMULATOR_STEP_SECONDS = 1000


def forget() -> None:
    """Forget what a test's beginning has left."""
    AuditEntry.objects.all().delete()


def told() -> list[tuple[str, str, str, str]]:
    """Return what all entries tell, oldest first, as (via, actor, action, object type)."""
    rows = AuditEntry.objects.order_by("id")
    return list(rows.values_list("via", "actor", "action", "object_type"))


def changes_of(instance: Any, *names: str) -> list[dict[str, Any]]:
    """Return what happened to some members of an object, oldest first."""
    found = AuditEntry.objects.filter(object_id=str(instance.pk)).order_by("id")
    return [
        {name: values for name, values in each.changes.items() if name in names} for each in found
    ]


def user_of(api: Api) -> User:
    return Token.objects.get(digest=digest_of(str(api.token))).user


# Requests and records


def test_an_order_is_audited_with_who_where_from_and_what(operator: Api) -> None:
    service = onboarded_service()
    forget()

    response = operator.send(
        "POST",
        "/requests",
        {"service_uuid": str(service.pk)},
        **{"X-Request-ID": "order-1", "traceparent": TRACEPARENT},
    )

    assert response.status_code == 201
    entry = AuditEntry.objects.get()
    stored = Request.objects.get()
    token = Token.objects.get(digest=digest_of(str(operator.token)))
    assert (entry.actor, entry.user_id, entry.token_id) == ("operator", token.user_id, token.pk)
    assert (entry.via, entry.address) == ("api", "127.0.0.1")
    assert (entry.request_id, entry.traceparent) == ("order-1", TRACEPARENT)
    assert (entry.action, entry.object_type, entry.tenant_id) == ("create", "request", TENANT)
    assert entry.object_id == str(stored.pk)
    assert entry.changes["status"] == [None, "NEW"]
    assert entry.changes["service_uuid"] == [None, str(service.pk)]
    # What was nothing and still is, has not changed.
    assert "error" not in entry.changes


def test_what_an_order_causes_is_told_with_its_request_id(operator: Api) -> None:
    service = onboarded_service()
    forget()
    operator.send("POST", "/requests", {"service_uuid": str(service.pk)}, **{"X-Request-ID": "o"})
    queued = OrmQ.objects.get().task
    requests_before = Request.objects.get()

    import_string(queued["func"])(*queued["args"], **queued["kwargs"])
    assert len(told()) == 1, "a handover changes no status"
    let_pass(100)
    import_string(queued["func"])(*queued["args"], **queued["kwargs"])

    entry = AuditEntry.objects.latest("id")
    assert (entry.via, entry.actor, entry.action) == ("task", "gatekeeper", "change_status")
    assert (entry.request_id, entry.user_id) == ("o", user_of(operator).pk)
    assert entry.changes["status"] == ["NEW", "ERROR"]
    assert "did not accept" in entry.changes["error"][1]
    assert entry.object_id == str(requests_before.pk)


def test_the_answers_of_the_mano_are_its_own() -> None:
    request = submitted(onboarded_service())
    forget()

    instance = made_ready(request)

    assert told() == [
        ("mano", "mano", "change_status", "request"),
        ("mano", "mano", "create", "service_record"),
        ("mano", "mano", "create", "function_record"),
        ("mano", "mano", "create", "function_record"),
        ("mano", "mano", "change_status", "request"),
    ]
    accepted, finished = changes_of(request, "status", "handover", "service_instance_uuid")
    assert accepted == {"status": ["NEW", "INSTANTIATING"], "handover": ["PENDING", "SENT"]}
    assert finished["status"] == ["INSTANTIATING", "READY"]
    assert finished["service_instance_uuid"] == [None, str(instance.pk)]
    assert changes_of(instance, "status", "version") == [
        {"status": [None, "normal operation"], "version": [None, 1]}
    ]
    assert set(AuditEntry.objects.values_list("tenant_id", flat=True)) == {TENANT}


def test_an_update_and_a_termination_tell_of_each_record() -> None:
    instance = made_ready(submitted(onboarded_service()))
    newer = onboarded_service(version="2.0")
    known = instance.functions.order_by("pk").first()
    assert known is not None
    update = ordered("UPDATE", instance, latest_nsd_id=str(newer.pk))
    says(update, "UPDATING")
    forget()

    says(update, "READY", vnfrs=[vnfr(known.pk, status="offline"), vnfr()])

    assert told() == [
        ("mano", "mano", "update", "function_record"),
        ("mano", "mano", "create", "function_record"),
        ("mano", "mano", "update", "service_record"),
        ("mano", "mano", "change_status", "request"),
    ]
    assert changes_of(known, "status") == [{"status": ["normal operation", "offline"]}]
    reference = [str(instance.descriptor_reference), str(newer.pk)]
    assert changes_of(instance, "status", "descriptor_reference") == [
        {"status": ["updating", "normal operation"], "descriptor_reference": reference}
    ]

    instance.refresh_from_db()
    termination = ordered("TERMINATE", instance)
    says(termination, "TERMINATING")
    forget()
    says(termination, "READY")

    ended = ("mano", "mano", "terminate", "function_record")
    assert told()[:1] == [("mano", "mano", "terminate", "service_record")]
    assert told()[1:4] == [ended] * 3
    assert changes_of(known, "status", "version") == [
        {"status": ["offline", "terminated"], "version": [2, 3]}
    ]


def test_an_update_that_expires_is_the_gatekeepers() -> None:
    instance = made_ready(submitted(onboarded_service()))
    newer = onboarded_service(version="2.0")
    update = ordered("UPDATE", instance, latest_nsd_id=str(newer.pk))
    says(update, "UPDATING")
    let_pass(10_000)
    forget()

    with originating(new_origin(via="task")):
        attend_request(request_id=update.pk)

    assert told() == [
        ("task", "gatekeeper", "change_status", "request"),
        ("task", "gatekeeper", "update", "service_record"),
    ]


def test_a_late_success_is_told_and_repeated_answers_are_not() -> None:
    request = submitted(onboarded_service())
    says(request, "INSTANTIATING")
    let_pass(10_000)
    attend_request(request_id=request.pk)
    forget()

    for _ in range(2):
        says(request, "READY", **created_records(request))

    assert told()[-1] == ("mano", "mano", "late_success", "request")
    assert [row[2] for row in told()] == ["create", "create", "create", "late_success"]
    assert changes_of(request, "has_late_success", "status") == [
        {"has_late_success": [False, True]}
    ]


def test_a_cancellation_is_its_callers(operator: Api) -> None:
    request = submitted(onboarded_service())
    forget()

    assert operator.post(f"/requests/{request.pk}/cancel").status_code == 200

    assert told() == [("api", "operator", "change_status", "request")]
    assert changes_of(request, "error") == [{"error": [None, "cancelled by operator"]}]


# Descriptors


def test_descriptors_are_audited_without_their_long_documents(operator: Api) -> None:
    forget()

    stored = [
        operator.post("/functions", vnfd(description="x" * 500)).json(),
        operator.post("/services", nsd()).json(),
    ]
    assert operator.delete(f"/functions/{stored[0]['uuid']}").status_code == 409
    assert operator.delete(f"/services/{stored[1]['uuid']}").status_code == 204

    assert told() == [
        ("api", "operator", "create", "function_descriptor"),
        ("api", "operator", "create", "service_descriptor"),
        ("api", "operator", "delete", "service_descriptor"),
    ]
    made = AuditEntry.objects.filter(object_id=stored[0]["uuid"]).get()
    assert made.changes["name"] == [None, "firewall"]
    assert made.changes["document"][1].startswith("sha256:")
    gone = AuditEntry.objects.latest("id")
    assert (gone.object_id, gone.changes["name"]) == (stored[1]["uuid"], ["protected", None])


def test_the_demo_is_loaded_by_a_command() -> None:
    call_command("load_demo")

    assert {row[:3] for row in told()} == {("command", "gatekeeper", "create")}


# Tokens and users


def test_tokens_are_audited_without_themselves_or_their_digest(admin: Api) -> None:
    new_user("shop")
    forget()

    made = admin.post("/tokens", {"user": "shop", "role": "viewer", "tenant": TENANT}).json()
    for _ in range(2):
        assert admin.delete(f"/tokens/{made['id']}").status_code == 204

    assert told() == [("api", "admin", "create", "token"), ("api", "admin", "revoke", "token")]
    create, revoke = AuditEntry.objects.order_by("id")
    assert (create.object_id, create.tenant_id) == (str(made["id"]), TENANT)
    assert create.changes["role"] == [None, "viewer"]
    assert list(revoke.changes) == ["revoked_at"]
    token = Token.objects.get(pk=made["id"])
    kept = str(list(AuditEntry.objects.values()))
    assert token.digest not in kept
    assert made["token"]["access_token"] not in kept


def test_a_login_is_the_users_own(anonymous: Api) -> None:
    user = User.objects.create_user("someone", password="a long password")
    UserAccess.objects.create(user=user, role=Role.VIEWER, tenant_id=TENANT)

    anonymous.post("/sessions", {"username": "someone", "password": "a long password"})

    assert told() == [("api", "someone", "create", "token")]
    assert AuditEntry.objects.get().user_id == user.pk


def test_a_users_role_tenant_and_password_are_audited_in_the_admin() -> None:
    root = User.objects.create(username="root", is_staff=True, is_superuser=True)
    user = new_user("shop")
    browser = Client()
    browser.force_login(root)
    page = f"/admin/auth/user/{user.pk}/"
    form = {
        "username": "shop",
        "is_active": "on",
        "access-TOTAL_FORMS": "1",
        "access-INITIAL_FORMS": "0",
        "access-0-user": str(user.pk),
        "access-0-role": "operator",
        "access-0-tenant_id": TENANT,
    }

    browser.post(f"{page}change/", form)
    browser.post(
        f"/admin/auth/user/{user.pk}/password/",
        {"password1": "quite long enough", "password2": "quite long enough"},
    )

    user.refresh_from_db()
    assert user.check_password("quite long enough")
    assert told() == [
        ("admin", "root", "update", "user"),
        ("admin", "root", "set_password", "user"),
    ]
    update, password = AuditEntry.objects.order_by("id")
    assert update.changes == {"role": [None, "operator"], "tenant_id": [None, TENANT]}
    assert (password.changes, password.object_id) == ({}, str(user.pk))
    assert update.user_id == root.pk


def test_commands_that_make_users_and_tokens_are_audited() -> None:
    call_command("create_token", "--user", "shop", "--role", "viewer")

    assert told() == [
        ("command", "gatekeeper", "create", "user"),
        ("command", "gatekeeper", "create", "token"),
    ]


# HA objects


def test_ha_objects_leave_an_entry_for_each_change_of_a_caller(operator: Api) -> None:
    user_of(operator)
    forget()
    made = operator.post("/v2.0/ha_routers", router_body(maximum_gateways=7)).json()["ha_router"]
    path = f"/v2.0/ha_routers/{made['id']}"

    operator.put(path, {"maximum_gateways": 9})
    operator.delete(path)

    assert [row[:3] for row in told()] == [
        ("api", "operator", action) for action in ("create", "update", "delete")
    ]
    create, update, delete = (
        row.changes for row in AuditEntry.objects.filter(object_id=made["id"]).order_by("id")
    )
    assert create["maximum_gateways"] == [None, 7]
    assert update["maximum_gateways"] == [7, 9]
    assert update["available_gateways"] == [7, 9]
    assert "name" not in update
    assert delete["maximum_gateways"] == [9, None]


def test_a_gateways_entry_tells_its_vlan_and_its_counters_have_none(operator: Api) -> None:
    router = new_router()
    downlink = new_interface(router, maximum_ga_bandwidth=100)
    forget()
    body = {
        "service_type": "internet",
        "downlink_interface_id": str(downlink.pk),
        "vlan_id": 77,
        "qos_type": "guarantee",
        "bandwidth": 10,
    }

    made = operator.post("/v2.0/gateways", body).json()["gateway"]
    operator.put(f"/v2.0/gateways/{made['id']}", {"bandwidth": 30})
    operator.delete(f"/v2.0/gateways/{made['id']}")

    assert told() == [
        ("api", "operator", action, "gateway") for action in ("create", "update", "delete")
    ]
    create, update, delete = (row.changes for row in AuditEntry.objects.order_by("id"))
    assert create["vlan_id"] == [None, 77]
    assert create["downlink_interface_id"] == [None, str(downlink.pk)]
    assert update["bandwidth"] == [10, 30]
    assert (delete["vlan_id"], delete["bandwidth"]) == ([77, None], [30, None])


def test_a_sweep_tells_of_all_that_it_confirms_in_one_insert(operator: Api) -> None:
    routers = [operator.post("/v2.0/ha_routers", router_body()).json() for _ in range(3)]
    forget()

    with (
        originating(new_origin(via="task")),
        CaptureQueriesContext(connection) as queries,
    ):
        ha.sweep_pending()

    inserts = [each["sql"] for each in queries if "INSERT INTO" in each["sql"]]
    assert len([sql for sql in inserts if "core_auditentry" in sql]) == 1
    assert told() == [("task", "gatekeeper", "confirm", "ha_router")] * 3
    entries = list(AuditEntry.objects.all())
    assert {each.object_id for each in entries} == {row["ha_router"]["id"] for row in routers}
    assert entries[0].changes == {"status": ["PENDING_CREATE", "ACTIVE"]}
    assert entries[0].tenant_id == TENANT


def test_what_nobody_confirms_is_told(operator: Api, settings: Any) -> None:
    settings.HA_CONFIRM_SECONDS = 0
    settings.ETCD_ENDPOINTS = ["http://127.0.0.1:1"]
    operator.post("/v2.0/ha_routers", router_body())
    forget()

    with originating(new_origin(via="task")):
        ha.sweep_pending()

    assert told() == [("task", "gatekeeper", "expire", "ha_router")]
    assert AuditEntry.objects.get().changes == {"status": ["PENDING_CREATE", "ERROR"]}


def test_a_repair_is_told() -> None:
    router = new_router(maximum_gateways=5)
    type(router).objects.filter(pk=router.pk).update(available_gateways=3)
    forget()

    call_command("check_vlan_pools", "--repair")

    assert told() == [("command", "gatekeeper", "repair", "ha_router")]
    assert AuditEntry.objects.get().changes == {"available_gateways": ["3", "5"]}


# What leaves no entry


def test_a_change_that_is_refused_leaves_none(operator: Api, viewer: Api) -> None:
    router = new_router()
    interface = new_interface(router)
    new_gateway(router)
    body = router_body(primary_router_id=str(router.primary_router_id))
    onboarded_function()
    forget()

    assert operator.post("/v2.0/ha_routers", body).status_code == 409
    assert operator.delete(path_of(router)).status_code == 409
    assert operator.post("/v2.0/ha_interfaces", {}).status_code == 400
    assert viewer.post("/v2.0/ha_interfaces", interface_body(router)).status_code == 403
    assert operator.post("/functions", vnfd()).status_code == 409
    assert operator.post("/requests", {"service_uuid": str(interface.pk)}).status_code == 400

    assert told() == []


def test_a_change_that_is_rolled_back_leaves_none() -> None:
    user = new_user("shop")
    service = onboarded_service(name="unused")
    forget()

    with transaction.atomic():
        submitted(service)
        new_router()
        create_token(user=user, role=Role.VIEWER)
        records.delete_descriptor(descriptor=onboarded_service(name="another"))
        assert len(told()) > 4
        transaction.set_rollback(True)

    assert told() == []


@pytest.mark.django_db(transaction=True)
def test_an_entry_is_not_written_outside_of_its_changes_transaction() -> None:
    user = new_user("shop")

    with pytest.raises(transaction.TransactionManagementError):
        write_audit_entry(action="create", instance=user)

    assert told() == []


@pytest.mark.django_db(transaction=True)
def test_services_open_the_transaction_themselves(settings: Any) -> None:
    settings.HA_CONFIRM_SECONDS = 600
    token = create_token(user=new_user("shop"), role=Role.VIEWER)
    revoke_token(token=Token.objects.get(digest=digest_of(token)))
    service = onboarded_service()
    request = submitted(service)
    requests.cancel_request(request=request, caller=caller())
    instance = made_ready(submitted(service))
    made_records = ServiceRecord.objects.filter(pk=instance.pk).exists()
    router = new_router()
    new_interface(router)
    gateway = new_gateway(router)
    ha.update_gateway(ha_object=gateway, caller=caller(), name="new")
    ha.delete_ha_object(ha_object=gateway, caller=caller())
    ha.delete_ha_object(ha_object=HaInterface.objects.get(), caller=caller())
    ha.delete_ha_object(ha_object=router, caller=caller())

    assert made_records
    assert AuditEntry.objects.filter(action="delete").count() == 3


def test_a_long_value_is_kept_as_its_digest() -> None:
    function = onboarded_function(description="x" * 600)
    router = new_router(description="y" * 500)

    assert snapshot(function)["document"].startswith("sha256:")
    assert snapshot(router)["description"] == "y" * 500
    # The order of members is nothing that a database keeps.
    before = snapshot(function)["document"]
    function.document = dict(reversed(function.document.items()))
    assert snapshot(function)["document"] == before
