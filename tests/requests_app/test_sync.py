"""Whether what is recorded is what runs (contract: mano-osm.md, the section of that name)."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F

from gatekeeper_site.audit.models import AuditEntry
from records_app.models import FunctionRecord, ServiceRecord, SyncVerdict
from records_app.services import onboard_function, onboard_service
from requests_app.mano.simulator import DRIFTED_ADDRESS
from requests_app.models import CallbackDelivery, InstanceCheck, Request
from requests_app.services import order_check, sweep_checks, sweep_new_instances
from requests_app.services.sync import check_instances
from tests.fixtures import (
    OTHER_TENANT,
    TENANT,
    Api,
    assert_faults,
    assert_problem,
    instantiated,
    nsd,
    run_to_end,
    sol006_nsd,
    sol006_service,
    sol006_vnfd,
    submitted,
    vnfd,
)
from tests.osm_peer import Osm
from tests.requests_app.orders import onboarded, ordered, work
from tests.requests_app.osm.rounds import run_on

pytestmark = pytest.mark.django_db

NOT_KNOWN = {"in_sync": None, "checked_at": None, "differences": [], "error": None}


def instance_of(image: str = "ubuntu", age_seconds: float = 11) -> ServiceRecord:
    """Return an instance of the simulator's that is as old as that."""
    record = instantiated(onboarded(image))
    ServiceRecord.objects.update(created_at=F("created_at") - timedelta(seconds=age_seconds))
    record.refresh_from_db()
    return record


def checked(record: ServiceRecord, api: Api) -> dict[str, Any]:
    """Have the MANO asked; return what is then known of an instance."""
    assert api.post(f"/records/services/{record.pk}/sync").status_code == 202
    work()
    known: dict[str, Any] = api.get(f"/records/services/{record.pk}/sync").json()
    return known


def address_path(record: ServiceRecord) -> str:
    function = record.functions.get()
    unit = "virtual_deployment_units[0].vnfc_instance[0]"
    return f"functions.{function.pk}.{unit}.connection_points[0].interface.address"


def state(record: ServiceRecord) -> tuple[str, int]:
    record.refresh_from_db()
    return record.status, record.version


def test_an_instance_that_was_never_asked_for_is_not_known(viewer: Api) -> None:
    record = instance_of()

    path = f"/records/services/{record.pk}/sync"
    assert viewer.get(path).json() == NOT_KNOWN
    assert viewer.get(f"{path}?fields=in_sync,error").json() == {"in_sync": None, "error": None}


def test_an_instance_that_runs_as_recorded_is_in_sync(operator: Api) -> None:
    record = instance_of()

    known = checked(record, operator)

    assert known["checked_at"] is not None
    assert known | {"checked_at": None} == NOT_KNOWN | {"in_sync": True}
    assert state(record) == ("normal operation", 1)


def test_an_address_that_has_changed_is_a_difference_and_is_adopted(operator: Api) -> None:
    record = instance_of("simulator:drift")
    function = record.functions.get()
    recorded = function.body["virtual_deployment_units"][0]["vnfc_instance"][0]
    address = recorded["connection_points"][0]["interface"]["address"]

    known = checked(record, operator)

    assert (known["in_sync"], known["error"]) == (False, None)
    assert known["differences"] == [
        {"path": address_path(record), "recorded": address, "running": DRIFTED_ADDRESS}
    ]
    assert state(record) == ("normal operation", 1)

    # When an operator says so
    response = operator.post(f"/records/services/{record.pk}/sync/adopt")

    assert (response.status_code, response.json()["version"]) == (200, "2")
    assert response.json()["uuid"] == str(record.pk)
    function.refresh_from_db()
    adopted = function.body["virtual_deployment_units"][0]["vnfc_instance"][0]
    assert adopted["connection_points"][0]["interface"]["address"] == DRIFTED_ADDRESS
    assert (function.version, function.status) == (3, "normal operation")
    assert operator.get(f"/records/services/{record.pk}/sync").json()["in_sync"] is True
    assert checked(record, operator)["in_sync"] is True
    again = operator.post(f"/records/services/{record.pk}/sync/adopt")
    assert_problem(again, 409, "nothing_to_adopt")


def test_an_address_comes_where_a_function_has_none(operator: Api) -> None:
    document = sol006_vnfd("bare", "simulator:drift")
    for unit in document["vnfd"]["vdu"]:
        unit.pop("int-cpd", None)
    onboard_function(document=document, tenant_id=TENANT)
    service = onboard_service(document=sol006_nsd("of bare", "bare"), tenant_id=TENANT)
    record = instantiated(service)
    ServiceRecord.objects.update(created_at=F("created_at") - timedelta(seconds=11))

    (difference,) = checked(record, operator)["differences"]

    path = f"functions.{record.functions.get().pk}.virtual_deployment_units[0].vnfc_instance[0]"
    expected = {"path": f"{path}.address", "recorded": None, "running": DRIFTED_ADDRESS}
    assert difference == expected


def test_an_address_comes_where_a_function_is_of_containers_alone(operator: Api) -> None:
    unit = {"id": "broker", "image": "simulator:drift"}
    document = {**vnfd(name="cloud"), "cloudnative_deployment_units": [unit]}
    del document["virtual_deployment_units"]
    onboard_function(document=document, tenant_id=TENANT)
    function = {
        "vnf_id": "cloud",
        "vnf_vendor": document["vendor"],
        "vnf_name": "cloud",
        "vnf_version": document["version"],
    }
    service = onboard_service(
        document=nsd(name="of containers", network_functions=[function]), tenant_id=TENANT
    )
    record = instantiated(service)
    ServiceRecord.objects.update(created_at=F("created_at") - timedelta(seconds=11))

    (difference,) = checked(record, operator)["differences"]

    path = f"functions.{record.functions.get().pk}.cloudnative_deployment_units[0].address"
    assert difference == {"path": path, "recorded": None, "running": DRIFTED_ADDRESS}


def test_what_ran_before_an_update_is_not_adopted_after_it(operator: Api) -> None:
    record = instance_of("simulator:drift")
    assert checked(record, operator)["in_sync"] is False
    newer = onboarded("simulator:drift", version="2.0")
    update = run_to_end(ordered("UPDATE", record, latest_nsd_id=str(newer.pk)))
    assert update.status == "INSTANTIATED"
    before = state(record)

    assert operator.get(f"/records/services/{record.pk}/sync").json() == NOT_KNOWN
    again = operator.post(f"/records/services/{record.pk}/sync/adopt")

    assert_problem(again, 409, "nothing_to_adopt")
    assert state(record) == before


def test_an_instance_that_is_gone_is_offline_and_its_records_end_by_an_operators_word(
    operator: Api,
) -> None:
    record = instance_of("simulator:vanish")

    known = checked(record, operator)

    assert known["in_sync"] is False
    assert known["differences"] == [{"path": "", "recorded": str(record.pk), "running": None}]
    assert state(record) == ("offline", 2)
    # Another check says the same, though the status is another by now.
    assert checked(record, operator)["differences"] == known["differences"]
    changes = AuditEntry.objects.filter(object_id=str(record.pk), action="update")
    assert changes.get().changes["status"] == ["normal operation", "offline"]

    response = operator.post(f"/records/services/{record.pk}/sync/adopt")

    assert (response.status_code, response.json()["status"]) == (200, "terminated")
    assert state(record) == ("terminated", 3)
    assert FunctionRecord.objects.get().status == "terminated"
    assert operator.get(f"/records/services/{record.pk}/sync").json() == NOT_KNOWN
    path = f"/records/services/{record.pk}/sync"
    assert_problem(operator.post(path), 409, "instance_terminated")
    assert_problem(operator.post(f"{path}/adopt"), 409, "instance_terminated")


@pytest.mark.parametrize(("is_told", "number"), [(True, 1), (False, 0)])
def test_the_customer_is_told_of_a_difference_once_if_the_setting_says_so(
    operator: Api, settings: Any, is_told: bool, number: int
) -> None:
    settings.CALLBACK_INSTANCE_DRIFTED = is_told
    record = instance_of("simulator:drift")
    Request.objects.update(callback="http://127.0.0.1:9/changes")

    for _ in range(2):
        known = checked(record, operator)

    assert CallbackDelivery.objects.count() == number
    if is_told:
        delivery = CallbackDelivery.objects.get()
        assert json.loads(delivery.body) == {
            "event": "instance.drifted",
            "service_instance_uuid": str(record.pk),
            "checked_at": json.loads(delivery.body)["checked_at"],
            "differences": known["differences"],
        }
        assert (delivery.request_status, delivery.url) == (
            "READY",
            "http://127.0.0.1:9/changes",
        )


@pytest.mark.parametrize("image", ["simulator:drift", "simulator:vanish"])
def test_faults_show_10_seconds_after_ready(operator: Api, image: str) -> None:
    assert checked(instance_of(image, age_seconds=5), operator)["in_sync"] is True


def test_there_is_no_verdict_while_an_operation_is_under_way(operator: Api) -> None:
    record = instance_of("simulator:vanish")
    order_check(record=record)
    ordered("TERMINATE", record)

    known = checked(record, operator)

    assert known == NOT_KNOWN
    response = operator.post(f"/records/services/{record.pk}/sync/adopt")
    assert response.status_code == 409


def test_a_verdict_goes_when_an_operation_is_ordered(operator: Api) -> None:
    record = instance_of("simulator:drift")
    assert checked(record, operator)["in_sync"] is False

    ordered("TERMINATE", record)

    assert operator.get(f"/records/services/{record.pk}/sync").json() == NOT_KNOWN
    assert operator.get("/records/services?in_sync=false").json() == []


def test_what_was_terminated_is_not_known_any_more(operator: Api) -> None:
    record = instance_of("simulator:drift")
    assert checked(record, operator)["in_sync"] is False

    run_to_end(ordered("TERMINATE", record))

    assert state(record)[0] == "terminated"
    assert operator.get(f"/records/services/{record.pk}/sync").json() == NOT_KNOWN
    assert operator.get("/records/services?in_sync=false").json() == []


def test_a_mano_that_cannot_be_asked_says_so(operator: Api, settings: Any) -> None:
    record = instance_of()
    settings.MANO_DRIVER = "sonata"
    path = f"/records/services/{record.pk}/sync"

    error = "The MANO (sonata) can't be asked what runs of an instance."
    assert operator.get(path).json() == NOT_KNOWN | {"error": error}
    assert assert_problem(operator.post(path), 409, "unsupported_by_mano")["detail"] == error
    assert_problem(operator.post(f"{path}/adopt"), 409, "nothing_to_adopt")


def test_records_are_filtered_by_verdict(operator: Api) -> None:
    records = {
        "true": instance_of(),
        "false": instance_of("simulator:drift"),
        "null": instance_of("simulator:vanish"),
    }
    for name in ("true", "false"):
        checked(records[name], operator)

    def found(query: str) -> set[str]:
        response = operator.get(f"/records/services?{query}")
        assert response.status_code == 200, response.content
        return {row["uuid"] for row in response.json()}

    for name, record in records.items():
        assert found(f"in_sync={name}") == {str(record.pk)}
        assert found(f"in_sync={name}&status=terminated") == set()
    assert found("in_sync=true&in_sync=null") == {
        str(records[name].pk) for name in ("true", "null")
    }
    assert_faults(operator.get("/records/services?in_sync=maybe"), "in_sync")
    metrics = operator.get("/metrics")
    assert metrics.status_code == 403


def test_another_tenants_instance_is_none(other_operator: Api) -> None:
    record = instance_of()

    for method, path in (("GET", "sync"), ("POST", "sync"), ("POST", "sync/adopt")):
        response = other_operator.send(method, f"/records/services/{record.pk}/{path}")
        assert_problem(response, 404, "not_found")
        if method == "POST":
            # Not even a body with a fault tells that it is there.
            response = other_operator.post(f"/records/services/{record.pk}/{path}", {"a": 1})
            assert_problem(response, 404, "not_found")
    assert record.tenant_id != OTHER_TENANT


# The sweep


def let_pass(seconds: float) -> None:
    InstanceCheck.objects.update(due_at=F("due_at") - timedelta(seconds=seconds))


def test_each_instance_is_asked_for_once_in_the_time_given(settings: Any) -> None:
    settings.MANO_SYNC_SECONDS = 100
    service = instance_of().descriptor
    assert service is not None
    for _ in range(4):
        instantiated(service)

    # Given one that an operator has asked for before its turn
    newest = ServiceRecord.objects.order_by("created_at").last()
    assert newest is not None
    check_instances([newest.pk])

    assert sweep_new_instances() == 5
    assert sweep_new_instances() == 0
    spread = InstanceCheck.objects.values_list("due_at", flat=True)
    assert len(set(spread)) == 5

    let_pass(100)
    assert sweep_checks() == 5
    assert sweep_checks() == 0
    work()
    assert ServiceRecord.objects.filter(sync_verdict=SyncVerdict.IN_SYNC).count() == 5
    let_pass(101)
    assert sweep_checks() == 5


@pytest.mark.parametrize(
    "change", [{"MANO_SYNC_SECONDS": 0}, {"MANO_DRIVER": "sonata"}], ids=["never", "sonata"]
)
def test_nobody_is_asked_who_is_not_to_be(settings: Any, change: dict[str, Any]) -> None:
    instance_of()
    for name, value in change.items():
        setattr(settings, name, value)

    assert (sweep_new_instances(), sweep_checks()) == (0, 0)


def test_what_has_ended_is_asked_for_no_more(settings: Any, operator: Api) -> None:
    record = instance_of("simulator:vanish")
    checked(record, operator)
    operator.post(f"/records/services/{record.pk}/sync/adopt")

    assert sweep_new_instances() == 0
    assert not InstanceCheck.objects.exists()


# OSM


@pytest.fixture
def at_osm(osm: Osm) -> ServiceRecord:
    """An instance at OSM."""
    request = run_on(submitted(sol006_service()))
    return ServiceRecord.objects.get(pk=request.service_instance_uuid)


def degraded(osm: Osm, record: ServiceRecord) -> None:
    osm.instances[str(record.pk)]["nsState"] = "DEGRADED"


def badly_configured(osm: Osm, record: ServiceRecord) -> None:
    osm.instances[str(record.pk)]["config-status"] = "degraded"


def broken(osm: Osm, record: ServiceRecord) -> None:
    osm.instances[str(record.pk)]["nsState"] = "BROKEN"


def failed(osm: Osm, record: ServiceRecord) -> None:
    osm.instances[str(record.pk)]["operational-status"] = "failed"


def gone(osm: Osm, record: ServiceRecord) -> None:
    osm.instances.pop(str(record.pk))


@pytest.mark.parametrize(
    ("happens", "status", "in_sync"),
    [
        (degraded, "degraded operation", True),
        (badly_configured, "degraded operation", True),
        (broken, "failed", True),
        (failed, "failed", True),
        (gone, "offline", False),
    ],
)
def test_how_an_instance_is_at_osm_becomes_its_status(
    osm: Osm,
    at_osm: ServiceRecord,
    operator: Api,
    happens: Callable[[Osm, ServiceRecord], None],
    status: str,
    in_sync: bool,
) -> None:
    before = dict(osm.instances[str(at_osm.pk)])
    assert checked(at_osm, operator)["in_sync"] is True
    assert state(at_osm) == ("normal operation", 1)

    happens(osm, at_osm)

    assert checked(at_osm, operator)["in_sync"] is in_sync
    assert state(at_osm) == (status, 2)
    checked(at_osm, operator)
    assert state(at_osm) == (status, 2)

    # When it is well again
    osm.instances[str(at_osm.pk)] = before
    assert checked(at_osm, operator)["in_sync"] is True
    assert state(at_osm) == ("normal operation", 3)


def test_an_osm_that_is_away_makes_the_last_verdict_go(
    osm: Osm, at_osm: ServiceRecord, operator: Api
) -> None:
    gone(osm, at_osm)
    checked(at_osm, operator)
    osm.fault = lambda call: "502"

    known = checked(at_osm, operator)

    assert (known["in_sync"], known["differences"]) == (None, [])
    assert known["error"].startswith("OSM does not say: ")
    assert state(at_osm) == ("offline", 2)


def test_a_machine_that_has_moved_is_adopted(
    osm: Osm, at_osm: ServiceRecord, operator: Api
) -> None:
    (function,) = osm.functions[str(at_osm.pk)]
    function["vdur"][1]["vim-id"] = "another machine"
    known = checked(at_osm, operator)
    (difference,) = known["differences"]
    path = f"functions.{function['_id']}.virtual_deployment_units[1].vnfc_instance[0].vc_id"
    assert (difference["path"], difference["running"]) == (path, "another machine")

    operator.post(f"/records/services/{at_osm.pk}/sync/adopt")

    assert checked(at_osm, operator)["in_sync"] is True
    assert state(at_osm) == ("normal operation", 2)


def test_another_order_of_osms_answer_is_no_difference(
    osm: Osm, at_osm: ServiceRecord, operator: Api
) -> None:
    (function,) = osm.functions[str(at_osm.pk)]
    assert len(function["vdur"]) == 2

    function["vdur"].reverse()

    assert checked(at_osm, operator)["differences"] == []
    # But one unit in place of another is
    function["vdur"].pop()
    assert checked(at_osm, operator)["in_sync"] is False


def test_osm_that_works_on_an_instance_gives_no_verdict(
    osm: Osm, at_osm: ServiceRecord, operator: Api
) -> None:
    gone(osm, at_osm)
    assert checked(at_osm, operator)["in_sync"] is False
    osm.instances[str(at_osm.pk)] = {"id": str(at_osm.pk), "nsState": "BUILDING"}

    known = checked(at_osm, operator)

    error = "OSM works on it: BUILDING."
    assert known | {"checked_at": None} == NOT_KNOWN | {"error": error}
    assert state(at_osm) == ("offline", 2)


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ({}, "it has no nsState"),
        ({"nsState": 5}, "it has no nsState"),
        ({"nsState": "WELL", "operational-status": "running"}, "its nsState is WELL"),
        ({"nsState": None, "config-status": ["failed"]}, "it has no nsState"),
    ],
)
def test_an_answer_that_does_not_say_how_it_is_is_no_verdict(
    osm: Osm, at_osm: ServiceRecord, operator: Api, answer: dict[str, Any], told: str
) -> None:
    degraded(osm, at_osm)
    assert checked(at_osm, operator)["in_sync"] is True
    osm.instances[str(at_osm.pk)] = answer

    known = checked(at_osm, operator)

    error = f"OSM's answer does not say how the instance is: {told}."
    assert known | {"checked_at": None} == NOT_KNOWN | {"error": error}
    assert state(at_osm) == ("degraded operation", 2)
