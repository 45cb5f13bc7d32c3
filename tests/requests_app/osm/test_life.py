"""An order's whole life at OSM (contract: mano-osm.md)."""

import json
from typing import Any

import pytest

from records_app.models import ServiceDescriptor, ServiceRecord
from requests_app.models import OsmOrder, Request
from tests.fixtures import Api, sol006_service, submitted
from tests.osm_peer import INSTANCES, NSDS, VNFDS, Osm
from tests.requests_app.orders import ordered, state, steps, work
from tests.requests_app.osm.rounds import paths, round_of_work, run_on

pytestmark = pytest.mark.django_db

CREATED = [
    ("", "NEW", "customer"),
    ("NEW", "INSTANTIATING", "mano"),
    ("INSTANTIATING", "READY", "mano"),
]


def test_a_create_ends_ready_with_records_made_of_the_answers(
    osm: Osm, service: ServiceDescriptor
) -> None:
    request = run_on(submitted(service))

    assert (request.status, request.error) == ("READY", None)
    assert [step for step in steps(request) if step[0] != step[1]] == CREATED
    (instance,) = osm.instances.values()
    assert instance["name"] == str(request.pk)
    record = ServiceRecord.objects.get()
    assert str(record.pk) == instance["id"] == str(request.service_instance_uuid)
    assert state(record) == ("normal operation", 1, service.pk)
    function = record.functions.get()
    assert record.body["network_functions"] == [{"vnfr_id": str(function.pk)}]
    assert record.body["virtual_links"] == [
        {"id": "mgmtnet", "connection_points_reference": ["1:eth0", "1:eth0"]}
    ]
    assert function.descriptor_reference == service.functions.get().pk
    front, back = function.body["virtual_deployment_units"]
    assert (front["id"], front["vdu_reference"]) == ("front", "firewall of ubuntu:front")
    (component,) = front["vnfc_instance"]
    assert component["connection_points"] == [
        {
            "id": "eth0",
            "interface": {"address": "10.0.1.1", "hardware_address": "fa:16:3e:00:01:01"},
        }
    ]
    assert (component["id"], component["vim_id"]) == ("0", osm.vim_id)
    assert back["number_of_instances"] == 1
    assert osm.deployed == {instance["id"]: 1}
    assert not OsmOrder.objects.exists()


def test_what_osm_said_is_kept_whole(osm: Osm, service: ServiceDescriptor) -> None:
    request = run_on(submitted(service))

    accepted, ended = (json.loads(answer.body) for answer in request.answers.all())
    (operation,) = osm.operations.values()
    assert accepted["accepted"] == operation["id"]
    assert ended["operation"] == operation
    assert ended["ns_instance"] == osm.instances[str(request.service_instance_uuid)]
    assert ended["vnf_instances"] == osm.functions[str(request.service_instance_uuid)]


def test_an_order_takes_these_calls_and_no_others(osm: Osm, service: ServiceDescriptor) -> None:
    run_on(submitted(service))

    assert paths(osm) == [
        "GET /vnfpkgm/v1/vnf_packages",
        "POST /vnfpkgm/v1/vnf_packages",
        "PUT /vnfpkgm/v1/vnf_packages/…/package_content",
        "GET /nsd/v1/ns_descriptors",
        "POST /nsd/v1/ns_descriptors",
        "PUT /nsd/v1/ns_descriptors/…/nsd_content",
        "GET /admin/v1/vim_accounts",
        "POST /nslcm/v1/ns_instances",
        "POST /nslcm/v1/ns_instances/…/instantiate",
        "GET /nslcm/v1/ns_lcm_op_occs",
        "GET /nslcm/v1/ns_instances/…",
        "GET /nslcm/v1/vnf_instances",
    ]
    assert [call.path for call in osm.calls].count("admin/v1/tokens") == 1


def test_a_terminate_ends_the_instance_and_its_records(
    osm: Osm, service: ServiceDescriptor
) -> None:
    record = ServiceRecord.objects.get(pk=run_on(submitted(service)).service_instance_uuid)
    osm.calls.clear()

    request = run_on(ordered("TERMINATE", record))

    assert (request.status, request.error) == ("READY", None)
    assert state(record) == ("terminated", 2, service.pk)
    assert (osm.instances, osm.forgotten) == ({}, [])
    assert osm.running[str(record.pk)] == 0
    assert paths(osm) == [
        "GET /nslcm/v1/ns_lcm_op_occs",
        "POST /nslcm/v1/ns_instances/…/terminate",
        "GET /nslcm/v1/ns_lcm_op_occs",
        "DELETE /nslcm/v1/ns_instances/…",
    ]
    assert not OsmOrder.objects.exists()


def test_packages_that_are_there_are_used(osm: Osm, service: ServiceDescriptor) -> None:
    run_on(submitted(service))
    (package,) = osm.packages[VNFDS].values()
    # Somebody else has uploaded the same
    package["_admin"] = {"userDefinedData": {}}
    package["onboardingState"] = "ONBOARDED"
    osm.calls.clear()

    request = run_on(submitted(service))

    assert request.status == "READY"
    assert not [path for path in paths(osm) if path.startswith("PUT")]
    assert (len(osm.packages[VNFDS]), len(osm.packages[NSDS])) == (1, 1)
    assert sorted(osm.deployed.values()) == [1, 1]


def test_a_package_of_the_same_id_and_another_content_is_an_error_that_names_it(
    osm: Osm, service: ServiceDescriptor
) -> None:
    run_on(submitted(service))
    newer = sol006_service(version="2.0")

    request = run_on(submitted(newer))

    (package_id,) = osm.packages[VNFDS]
    assert request.status == "ERROR"
    assert request.error == (
        "OSM refuses: the VNF package firewall of ubuntu 2.0: OSM has another package of this id, "
        f"{package_id} (version 1.0)"
    )
    assert len(osm.instances) == 1


def test_a_descriptor_that_osm_refuses_leaves_no_package(osm: Osm) -> None:
    service = sol006_service()
    function = service.functions.get()
    function.document["vnfd"]["refused"] = "df: unknown member"
    function.save()

    request = run_on(submitted(service))

    assert request.error == (
        "OSM refuses: the VNF package firewall of ubuntu 1.0: df: unknown member "
        "(422 UNPROCESSABLE_ENTITY)"
    )
    assert (osm.packages[VNFDS], osm.instances) == ({}, {})


def test_stages_and_the_place_in_the_queue_are_events(osm: Osm, service: ServiceDescriptor) -> None:
    osm.begins_after = osm.ends_after = None
    request = submitted(service)
    work()
    (operation,) = osm.operations.values()
    for stage, place in [(None, 2), (None, 1), ("Stage 1/5: preparation.", 0), ("3/5: VMs", None)]:
        operation |= {"stage": stage, "queuePosition": place}
        round_of_work()
        round_of_work()
    osm.begin(operation)
    osm.end(operation)

    run_on(request)

    said = [
        (event.from_status, event.message)
        for event in request.events.order_by("id")
        if event.from_status == event.to_status
    ]
    assert said == [
        ("INSTANTIATING", "place 2 in OSM's queue"),
        ("INSTANTIATING", "place 1 in OSM's queue"),
        ("INSTANTIATING", "stage 1/5: preparation."),
        ("INSTANTIATING", "stage 3/5: VMs"),
    ]
    request.refresh_from_db()
    assert request.status == "READY"


@pytest.mark.parametrize("end_state", ["FAILED", "FAILED_TEMP", "ROLLED_BACK"])
def test_an_operation_that_fails_is_an_error_with_osms_reason(
    osm: Osm, service: ServiceDescriptor, end_state: str
) -> None:
    osm.end_state, osm.end_error = end_state, "no valid host was found"

    request = run_on(submitted(service))

    assert (request.status, request.error) == ("ERROR", "no valid host was found")
    assert not ServiceRecord.objects.exists()
    # It may run: an operator says what becomes of it
    assert len(osm.instances) == 1
    assert "DELETE" not in str(paths(osm))


def test_what_came_in_part_is_stored_as_degraded(osm: Osm, service: ServiceDescriptor) -> None:
    osm.end_state = "PARTIALLY_COMPLETED"

    request = run_on(submitted(service))

    assert request.status == "READY"
    assert ServiceRecord.objects.get().status == "degraded operation"


def test_an_operation_that_is_gone_is_an_error(osm: Osm, service: ServiceDescriptor) -> None:
    osm.begins_after = None
    request = submitted(service)
    work()
    (operation_id,) = osm.operations
    osm.operations.clear()

    run_on(request)

    assert request.status == "ERROR"
    assert request.error == f"OSM's operation {operation_id} is gone."


@pytest.mark.parametrize("left", ["nothing", "a mere record"])
def test_a_terminate_of_what_does_not_run_is_ready(
    osm: Osm, service: ServiceDescriptor, left: str
) -> None:
    record = ServiceRecord.objects.get(pk=run_on(submitted(service)).service_instance_uuid)
    if left == "nothing":
        osm.instances.clear()
    else:
        osm.instances[str(record.pk)]["nsState"] = "NOT_INSTANTIATED"
        osm.running.clear()

    request = run_on(ordered("TERMINATE", record))

    assert (request.status, request.error) == ("READY", None)
    assert state(record)[0] == "terminated"
    assert (osm.instances, osm.forgotten) == ({}, [])


def test_a_terminate_forgets_nothing_that_is_about_to_run(
    osm: Osm, service: ServiceDescriptor
) -> None:
    # Given an instance that somebody else instantiates anew at this moment
    record = ServiceRecord.objects.get(pk=run_on(submitted(service)).service_instance_uuid)
    instance = osm.instances[str(record.pk)]
    instance["nsState"] = "NOT_INSTANTIATED"
    osm.begins_after = None
    osm.begun(instance["id"], "instantiate")

    request = run_on(ordered("TERMINATE", record))

    assert request.status == "ERROR"
    assert osm.forgotten == [] and instance["id"] in osm.instances
    assert state(record)[0] == "normal operation"


def test_an_update_is_a_conflict(osm: Osm, operator: Api, service: ServiceDescriptor) -> None:
    record = run_on(submitted(service)).service_instance_uuid
    newer = sol006_service(version="2.0")

    response = operator.put(
        f"/records/services/{record}",
        {"nsd_id": str(service.pk), "latest_nsd_id": str(newer.pk)},
    )

    assert (response.status_code, response.json()["code"]) == (409, "unsupported_by_mano")
    assert Request.objects.count() == 1


@pytest.mark.parametrize("token", ["expired", "revoked"])
def test_a_token_that_works_no_more_is_made_anew_once(
    osm: Osm, service: ServiceDescriptor, token: str
) -> None:
    run_on(submitted(service))
    osm.tokens.clear()
    osm.calls.clear()

    request = run_on(submitted(service))

    assert request.status == "READY"
    assert [call.path for call in osm.calls].count("admin/v1/tokens") == 1


@pytest.mark.parametrize("member", ["password", "project"])
def test_a_login_that_is_refused_is_as_if_osm_were_away(
    osm: Osm, service: ServiceDescriptor, member: str
) -> None:
    setattr(osm, member, "another")
    request = submitted(service)
    work()
    round_of_work()
    request.refresh_from_db()
    assert (request.status, request.handover) == ("NEW", "PENDING")

    setattr(osm, member, {"password": "a password", "project": "admin"}[member])
    run_on(request)

    assert request.status == "READY"


def test_an_unknown_vim_account_is_an_error_that_names_it(
    osm: Osm, service: ServiceDescriptor, settings: Any
) -> None:
    settings.OSM_VIM_ACCOUNT = "nowhere"

    request = run_on(submitted(service))

    assert (request.status, request.error) == (
        "ERROR",
        "OSM refuses: OSM has no VIM account nowhere (OSM_VIM_ACCOUNT)",
    )
    assert not [call for call in osm.calls if call.path == INSTANCES]


def test_clocks_that_are_apart_change_nothing(osm: Osm, service: ServiceDescriptor) -> None:
    for offset in (-86_400.0, 86_400.0):
        osm.clock_offset = offset
        osm.tokens.clear()
        record = ServiceRecord.objects.get(pk=run_on(submitted(service)).service_instance_uuid)
        assert run_on(ordered("TERMINATE", record)).status == "READY"

    assert set(osm.deployed.values()) == {1}
    assert osm.forgotten == []
