"""Agents' answers, applied to what is stored: each counts once, and none before its time."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from gatekeeper_site.audit.models import AuditEntry
from gatekeeper_site.core import clock
from gatekeeper_site.work.models import OutboxEntry
from ha_app.models import (
    EdgeRouterClaim,
    Gateway,
    HaInterface,
    HaObject,
    HaRouter,
    PhysicalInterfaceClaim,
    Status,
    VlanAllocation,
)
from ha_app.services import sweep_pending
from ha_app.verdicts import MonitoringAnswer, StateAnswer
from tests.fixtures import Api, assert_problem
from tests.ha_app.objects import (
    PLURALS,
    UNKNOWN,
    apply_answer,
    assert_all_agree,
    capacity,
    interface_body,
    new_gateway,
    new_interface,
    new_router,
    path_of,
    router_body,
    statuses,
    stored,
    vpn_body,
)

pytestmark = pytest.mark.usefixtures("mirrored")

PATH = "/v2.0/gateways"


def answer_state(ha_object: HaObject, version: int, worker_state: str, error: str = "") -> Any:
    """Apply an agent's state to an object, which may be gone; return the verdict."""
    answer = StateAnswer(version, error, worker_state)
    return apply_answer(PLURALS[type(ha_object)], ha_object.pk, answer)


def answer_monitoring(ha_object: HaObject, version: int, **parts: str) -> Any:
    answer = MonitoringAnswer(version, tuple(parts.items()))
    return apply_answer(PLURALS[type(ha_object)], ha_object.pk, answer)


def monitoring_gone(ha_object: HaObject) -> Any:
    return apply_answer(PLURALS[type(ha_object)], ha_object.pk, None)


def last_event(ha_object: HaObject) -> tuple[str, str, str, str]:
    event = ha_object.events.last()
    return (event.from_status, event.to_status, event.actor, event.message)


def is_there(ha_object: HaObject) -> bool:
    return type(ha_object)._default_manager.filter(pk=ha_object.pk).exists()


@pytest.fixture
def posted(operator: Api) -> HaRouter:
    """An HA router that agents have yet to confirm."""
    operator.post("/v2.0/ha_routers", router_body())
    OutboxEntry.objects.all().delete()
    return HaRouter.objects.get()


# --- /state -----------------------------------------------------------------------------------


def test_a_creation_that_is_confirmed_is_active_and_told(posted: HaRouter, operator: Api) -> None:
    verdict = answer_state(posted, 1, "CREATE_COMPLETED")

    assert verdict.status == "ACTIVE"
    router = stored(posted)
    assert (router.status, router.version, router.confirm_by) == ("ACTIVE", 1, None)
    message = "confirmed: CREATE_COMPLETED"
    assert last_event(router) == ("PENDING_CREATE", "ACTIVE", "etcd", message)
    audited = AuditEntry.objects.order_by("id").last()
    assert audited is not None
    assert (audited.actor, audited.action, audited.object_id) == (
        "etcd",
        "change_status",
        str(router.pk),
    )
    assert audited.changes == {"status": ["PENDING_CREATE", "ACTIVE"]}
    assert operator.get(path_of(router)).json()["ha_router"]["status"] == "ACTIVE"


@pytest.mark.parametrize("status", [Status.PENDING_CREATE, Status.PENDING_UPDATE, Status.ERROR])
def test_the_same_answer_again_changes_nothing(
    posted: HaRouter, status: str, django_assert_num_queries: Any
) -> None:
    HaRouter.objects.update(status=status)
    answer_state(posted, 1, "MODIFY_COMPLETED")
    told = statuses(posted)

    # A plain read is all that it costs.
    with django_assert_num_queries(1):
        verdict = answer_state(posted, 1, "MODIFY_COMPLETED")

    assert (verdict.status, verdict.ignored) == (None, "")
    assert (stored(posted).status, stored(posted).version) == ("ACTIVE", 1)
    assert statuses(posted) == told
    assert OutboxEntry.objects.count() == 1


def test_an_error_is_told_once_for_each_reason(posted: HaRouter) -> None:
    for reason in ("no port", "no port", "the device is away", "no port"):
        answer_state(posted, 1, "", reason)

    router = stored(posted)
    assert (router.status, router.version, router.confirm_by) == ("ERROR", 1, None)
    told = list(router.events.values_list("from_status", "to_status", "message"))
    assert told[1:] == [
        ("PENDING_CREATE", "ERROR", "no port"),
        ("ERROR", "ERROR", "the device is away"),
        ("ERROR", "ERROR", "no port"),
    ]


def test_an_answer_to_an_older_version_changes_nothing(posted: HaRouter, operator: Api) -> None:
    answer_state(posted, 1, "CREATE_COMPLETED")
    operator.put(path_of(posted), {"description": "new"})

    for error in ("", "too late"):
        assert answer_state(posted, 1, "CREATE_COMPLETED", error).ignored == "older_state"

    assert stored(posted).status == "PENDING_UPDATE"
    assert answer_state(posted, 2, "MODIFY_COMPLETED").status == "ACTIVE"


def test_an_answer_to_a_version_that_is_not_there_yet_changes_nothing(posted: HaRouter) -> None:
    verdict = answer_state(posted, 2, "CREATE_COMPLETED")

    assert verdict.ignored == "newer_state"
    assert verdict.message == "it is of version 2, the object of version 1"
    assert stored(posted).status == "PENDING_CREATE"
    assert not OutboxEntry.objects.exists()


@pytest.mark.parametrize("plural", ["ha_routers", "ha_interfaces", "gateways"])
def test_an_answer_to_an_unknown_object_is_ignored(db: None, plural: str) -> None:
    state = apply_answer(plural, UUID(UNKNOWN), StateAnswer(1, "", "CREATE_COMPLETED"))
    monitoring = apply_answer(plural, UUID(UNKNOWN), None)

    assert (state.ignored, monitoring.ignored) == ("unknown", "unknown")
    assert not AuditEntry.objects.exists()


def test_a_deletion_that_nobody_asked_for_removes_nothing(posted: HaRouter) -> None:
    assert answer_state(posted, 1, "DELETE_COMPLETED").ignored == "out_of_place"

    assert stored(posted).status == "PENDING_CREATE"


def test_an_answer_that_comes_after_the_time_still_counts(posted: HaRouter, settings: Any) -> None:
    HaRouter.objects.update(confirm_by=clock.now() - timedelta(seconds=1))
    assert sweep_pending() == 1
    assert stored(posted).status == "ERROR"

    answer_state(posted, 1, "CREATE_COMPLETED")

    assert stored(posted).status == "ACTIVE"
    assert statuses(posted)[1:] == [("PENDING_CREATE", "ERROR"), ("ERROR", "ACTIVE")]


# --- Deletions --------------------------------------------------------------------------------


def test_a_gateway_gives_back_its_capacity_when_it_goes_and_not_before(
    operator: Api, router: HaRouter, downlink: HaInterface, uplink: HaInterface
) -> None:
    # Given the only gateway of a downlink that has VLAN 1025 first
    fresh = capacity(operator, router, downlink, uplink)
    body = vpn_body(downlink, uplink, qos_type="guarantee", bandwidth=10)
    gateway = Gateway.objects.get(pk=operator.post(PATH, body).json()["gateway"]["id"])
    answer_state(gateway, 1, "CREATE_COMPLETED")
    in_use = capacity(operator, router, downlink, uplink)

    # When it is deleted, it is still there with all that it took
    assert operator.delete(path_of(gateway)).status_code == 204
    gateway = stored(gateway)
    assert (gateway.status, gateway.version, gateway.marked_for_deletion) == (
        "PENDING_DELETE",
        2,
        True,
    )
    assert capacity(operator, router, downlink, uplink) == in_use
    wanted = {"service_type": "internet", "downlink_interface_id": str(downlink.pk)}
    taken = operator.post(PATH, wanted | {"vlan_id": gateway.vlan_id})
    assert_problem(taken, 409, "vlan_taken")
    other = operator.post(PATH, wanted).json()["gateway"]
    assert (gateway.vlan_id, other["vlan_id"]) == (1025, 1026)

    # And not before the answer to this very version
    assert answer_state(gateway, 1, "DELETE_COMPLETED").ignored == "older_state"
    assert answer_state(gateway, 2, "MODIFY_COMPLETED").ignored == "out_of_place"
    assert is_there(gateway)

    # Then all of it is free again, and handed out
    assert answer_state(gateway, 2, "DELETE_COMPLETED").is_gone
    assert not is_there(gateway)
    assert not VlanAllocation.objects.filter(gateway_id=gateway.pk).exists()
    assert_all_agree()
    assert operator.post(PATH, wanted | {"vlan_id": 1025}).status_code == 201
    for each in Gateway.objects.all():
        operator.delete(path_of(each))
        answer_state(each, 2, "DELETE_COMPLETED")
    assert capacity(operator, router, downlink, uplink) == fresh
    # And a second time there is nothing that could be given back.
    assert answer_state(gateway, 2, "DELETE_COMPLETED").ignored == "unknown"
    assert capacity(operator, router, downlink, uplink) == fresh


def test_a_router_and_an_interface_go_with_their_claims(
    operator: Api, router: HaRouter, downlink: HaInterface
) -> None:
    for each in (downlink, router):
        assert operator.delete(path_of(each)).status_code == 204
        assert stored(each).status == "PENDING_DELETE"
        assert answer_state(each, 2, "DELETE_COMPLETED").is_gone
        assert not is_there(each)

    assert not EdgeRouterClaim.objects.exists()
    assert not PhysicalInterfaceClaim.objects.exists()
    audited = AuditEntry.objects.filter(action="delete", actor="etcd")
    assert {each.object_id for each in audited} == {str(downlink.pk), str(router.pk)}


def fail(ha_object: HaObject) -> None:
    answer_state(ha_object, 2, "", "the device is away")


def expire(ha_object: HaObject) -> None:
    type(ha_object)._default_manager.update(confirm_by=clock.now())
    sweep_pending()


@pytest.fixture(params=[fail, expire])
def not_deleted(request: pytest.FixtureRequest, operator: Api, router: HaRouter) -> HaRouter:
    """An HA router whose deletion has failed, or was not confirmed in time."""
    operator.delete(path_of(router))
    spoil: Callable[[HaObject], None] = request.param
    spoil(router)
    router = stored(router)
    assert (router.status, router.version, router.marked_for_deletion) == ("ERROR", 2, True)
    return router


def test_a_deletion_that_failed_is_completed_later(not_deleted: HaRouter) -> None:
    assert answer_state(not_deleted, 2, "DELETE_COMPLETED").is_gone
    assert not is_there(not_deleted)


def test_a_deletion_that_failed_can_be_asked_for_again(
    not_deleted: HaRouter, operator: Api
) -> None:
    assert operator.delete(path_of(not_deleted)).status_code == 204

    router = stored(not_deleted)
    assert (router.status, router.version, router.marked_for_deletion) == (
        "PENDING_DELETE",
        3,
        True,
    )
    assert answer_state(router, 2, "DELETE_COMPLETED").ignored == "older_state"
    assert answer_state(router, 3, "DELETE_COMPLETED").is_gone


def test_an_update_takes_a_deletion_that_failed_back(not_deleted: HaRouter, operator: Api) -> None:
    assert operator.put(path_of(not_deleted), {"description": "stays"}).status_code == 200

    router = stored(not_deleted)
    assert (router.status, router.version, router.marked_for_deletion) == (
        "PENDING_UPDATE",
        3,
        False,
    )
    assert answer_state(router, 2, "DELETE_COMPLETED").ignored == "older_state"
    assert answer_state(router, 3, "MODIFY_COMPLETED").status == "ACTIVE"
    assert operator.post("/v2.0/ha_interfaces", interface_body(router)).status_code == 201


def test_what_is_marked_takes_no_new_users(not_deleted: HaRouter, operator: Api) -> None:
    refused = operator.post("/v2.0/ha_interfaces", interface_body(not_deleted))

    assert_problem(refused, 409, "pending_delete")
    assert not HaInterface.objects.exists()


def test_a_marked_interface_takes_no_gateways(
    operator: Api, router: HaRouter, downlink: HaInterface
) -> None:
    operator.delete(path_of(downlink))
    fail(downlink)

    body = {"service_type": "internet", "downlink_interface_id": str(downlink.pk)}
    assert_problem(operator.post(PATH, body), 409, "interface_not_active")
    body = {"service_type": "internet", "ha_router_id": str(router.pk)}
    assert_problem(operator.post(PATH, body), 409, "no_usable_downlink")


# --- /monitoring ------------------------------------------------------------------------------


def test_monitoring_takes_down_brings_back_and_may_go_away(router: HaRouter) -> None:
    answer_monitoring(router, 1, primary="UP", secondary="UP")
    assert (stored(router).status, stored(router).is_monitored) == ("ACTIVE", True)
    told = statuses(router)

    for _ in range(2):
        answer_monitoring(router, 1, primary="UP", secondary="DOWN")
        assert stored(router).status == "DOWN"
    assert last_event(router) == ("ACTIVE", "DOWN", "etcd", "secondary is DOWN")

    for _ in range(2):
        monitoring_gone(router)
        assert stored(router).status == "MONITORING_UNAVAILABLE"
        assert stored(router).is_monitored is False

    answer_monitoring(router, 1, primary="UP", secondary="UP")
    assert (stored(router).status, stored(router).is_monitored) == ("ACTIVE", True)
    assert statuses(router) == [
        *told,
        ("ACTIVE", "DOWN"),
        ("DOWN", "MONITORING_UNAVAILABLE"),
        ("MONITORING_UNAVAILABLE", "ACTIVE"),
    ]


def test_monitoring_that_goes_again_is_told_once(router: HaRouter) -> None:
    assert monitoring_gone(router).status == "MONITORING_UNAVAILABLE"
    told = statuses(router)

    assert monitoring_gone(router).changes_nothing

    assert stored(router).status == "MONITORING_UNAVAILABLE"
    assert statuses(router) == told


def test_monitoring_waits_for_pending_changes(posted: HaRouter) -> None:
    assert answer_monitoring(posted, 1, primary="DOWN").ignored == "not_monitored_now"
    assert (stored(posted).status, stored(posted).is_monitored) == ("PENDING_CREATE", False)

    answer_state(posted, 1, "CREATE_COMPLETED")
    assert answer_monitoring(posted, 2, primary="DOWN").ignored == "newer_monitoring"
    assert answer_monitoring(posted, 1, primary="DOWN").status == "DOWN"


# --- Without etcd, after it was there ---------------------------------------------------------


def test_what_was_to_be_deleted_goes_when_there_is_no_mirror_any_more(
    operator: Api, settings: Any, router: HaRouter, downlink: HaInterface, uplink: HaInterface
) -> None:
    # Given deletions that agents had yet to confirm, and one that failed
    fresh = capacity(operator, router, downlink)
    gateway = new_gateway(router)
    unused, failed = new_interface(router), new_router()
    for each in (gateway, unused, uplink, failed):
        assert operator.delete(path_of(each)).status_code == 204
    fail(failed)
    assert sweep_pending() == 0
    OutboxEntry.objects.all().delete()

    # When there is no etcd any more
    settings.ETCD_ENDPOINTS = []
    assert sweep_pending() == 3

    # Then what was pending is gone with all that it took, and the failed one is left
    assert [is_there(each) for each in (gateway, unused, uplink)] == [False] * 3
    assert stored(failed).status == "ERROR"
    assert capacity(operator, router, downlink) == fresh
    assert_all_agree()
    assert not OutboxEntry.objects.exists()
    assert sweep_pending() == 0
    audited = AuditEntry.objects.filter(action="delete", actor="gatekeeper")
    assert audited.count() == 3
    # And a new deletion of the failed one is final at once.
    assert operator.delete(path_of(failed)).status_code == 204
    assert not is_there(failed)
