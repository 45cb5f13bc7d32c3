"""Descriptors in SOL006 (contract: mano-osm.md, Descriptors in SOL006)."""

from datetime import timedelta
from typing import Any

import pytest
import yaml

from records_app.models import FunctionDescriptor, NetworkFunction, ServiceDescriptor, ServiceRecord
from records_app.services import onboard_function
from tests.fixtures import (
    OTHER_TENANT,
    TENANT,
    Api,
    assert_faults,
    assert_problem,
    run_to_end,
    sol006_nsd,
    sol006_service,
    sol006_vnfd,
    submitted,
    vnfd,
)

pytestmark = pytest.mark.django_db


def names_of(descriptor: FunctionDescriptor | ServiceDescriptor) -> tuple[str, str, str, str]:
    return descriptor.format, descriptor.vendor, descriptor.name, descriptor.version


@pytest.mark.parametrize("is_yaml", [False, True], ids=["JSON", "YAML"])
def test_a_function_is_onboarded_and_shown_as_it_was_sent(operator: Api, is_yaml: bool) -> None:
    document = sol006_vnfd(**{"product-name": "Firewall", "ext-cpd": [{"id": "mgmt"}]})
    body: Any = yaml.safe_dump(document).encode() if is_yaml else document

    response = operator.post("/functions", body)

    assert response.status_code == 201, response.content
    printed = response.json()
    assert (printed["format"], printed["vnfd"]) == ("sol006", document)
    stored = FunctionDescriptor.objects.get()
    assert names_of(stored) == ("sol006", "example", "firewall", "1.0")
    assert operator.get(response["Location"]).json() == printed
    assert operator.get("/functions?name=firewall&vendor=example").json() == [printed]


def test_a_service_is_onboarded_with_its_functions(operator: Api) -> None:
    for name in ("firewall", "router"):
        operator.post("/functions", sol006_vnfd(name))
    document = sol006_nsd("chain", "router", "firewall", "router")

    response = operator.post("/services", document)

    assert response.status_code == 201, response.content
    assert (response.json()["format"], response.json()["nsd"]) == ("sol006", document)
    stored = ServiceDescriptor.objects.get()
    assert names_of(stored) == ("sol006", "example", "chain", "1.0")
    functions = NetworkFunction.objects.order_by("position")
    assert [(each.vnf_id, each.function.name) for each in functions] == [
        ("router", "router"),
        ("firewall", "firewall"),
    ]


@pytest.mark.parametrize(
    ("written", "text"), [(b"1.0", "1.0"), (b"2", "2"), (b'"1.10"', "1.10"), (b'"r2"', "r2")]
)
def test_a_version_may_be_a_number_and_is_known_by_its_text(
    operator: Api, written: bytes, text: str
) -> None:
    body = b'{"vnfd": {"id": "a", "version": ' + written + b', "df": [{}]}}'

    response = operator.post("/functions", body)

    assert response.status_code == 201, response.content
    assert names_of(FunctionDescriptor.objects.get()) == ("sol006", "", "a", text)
    assert response.json()["vnfd"]["vnfd"]["version"] == yaml.safe_load(written)
    assert len(operator.get(f"/functions?version={text}&vendor=").json()) == 1


def test_every_fault_of_a_function_is_named(operator: Api) -> None:
    body = {"vnfd": {"provider": 5, "version": True, "df": []}}

    faults = assert_faults(
        operator.post("/functions", body), "vnfd.id", "vnfd.provider", "vnfd.version", "vnfd.df"
    )

    assert faults["vnfd.id"] == "is required"
    assert faults["vnfd.df"] == "must be a list of at least one deployment flavour"
    assert faults["vnfd.version"] == "must be a string of 1 to 255 characters, or a number"
    assert_faults(operator.post("/functions", {"vnfd": []}), "vnfd")
    assert not FunctionDescriptor.objects.exists()


@pytest.mark.parametrize(
    ("document", "field"),
    [
        ({"nsd": []}, "nsd"),
        ({"nsd": {}}, "nsd.nsd"),
        ({"nsd": {"nsd": []}}, "nsd.nsd"),
        ({"nsd": {"nsd": sol006_nsd()["nsd"]["nsd"] * 2}}, "nsd.nsd"),
        (sol006_nsd(**{"vnfd-id": []}), "nsd.nsd[0].vnfd-id"),
        (sol006_nsd(**{"vnfd-id": [5]}), "nsd.nsd[0].vnfd-id[0]"),
        (sol006_nsd("chain", "firewall", "nobody"), "nsd.nsd[0].vnfd-id[1]"),
        (sol006_nsd(df=[]), "nsd.nsd[0].df"),
        (sol006_nsd(id=""), "nsd.nsd[0].id"),
    ],
    ids=str,
)
def test_a_service_that_is_none_is_refused(
    operator: Api, document: dict[str, Any], field: str
) -> None:
    operator.post("/functions", sol006_vnfd())

    assert_faults(operator.post("/services", document), field)

    assert not ServiceDescriptor.objects.exists()


def test_a_service_means_the_newest_function_of_its_tenant_or_of_everybody(operator: Api) -> None:
    # Given two versions, one of them everybody's, and a newer one of another tenant
    onboard_function(document=sol006_vnfd(version="1.0"), tenant_id=TENANT)
    newest = onboard_function(document=sol006_vnfd(version="1.1"), tenant_id="")
    onboard_function(document=sol006_vnfd(version="1.2"), tenant_id=OTHER_TENANT)
    # Beyond what passes between two calls
    later = newest.created_at + timedelta(seconds=1)
    FunctionDescriptor.objects.filter(pk=newest.pk).update(created_at=later)

    service = operator.post("/services", sol006_nsd()).json()["uuid"]
    onboard_function(document=sol006_vnfd(version="1.3"), tenant_id=TENANT)

    # Then it was fixed when the service was onboarded
    assert NetworkFunction.objects.get(service=service).function == newest


def test_a_service_in_sonatas_form_means_no_function_in_sol006(operator: Api) -> None:
    onboard_function(document=sol006_vnfd(), tenant_id=TENANT)
    function = {"vnf_vendor": "example", "vnf_name": "firewall", "vnf_version": "1.0"}
    body = {
        "descriptor_version": "nsd-schema-01",
        "vendor": "example",
        "name": "protected",
        "version": "1.0",
        "network_functions": [function | {"vnf_id": "one"}],
    }

    assert_faults(operator.post("/services", body), "network_functions[0]")


def test_the_name_is_unique_whatever_the_form(operator: Api) -> None:
    operator.post("/functions", vnfd())

    assert_problem(operator.post("/functions", sol006_vnfd()), 409, "descriptor_exists")


def test_descriptors_are_filtered_by_format(operator: Api, admin: Api) -> None:
    operator.post("/functions", vnfd("plain"))
    operator.post("/functions", sol006_vnfd("standard"))
    containers = vnfd("containers", descriptor_schema="https://example/vnfd")
    del containers["descriptor_version"]
    operator.post("/functions", containers)

    def found(query: str) -> list[tuple[str, str]]:
        response = operator.get(f"/functions?ordering=created_at&{query}")
        assert response.status_code == 200, response.content
        rows = response.json()
        return [(row["vnfd"].get("name", "standard"), row["format"]) for row in rows]

    everything = [("plain", "sonata"), ("standard", "sol006"), ("containers", "5gtango")]
    assert found("") == everything
    assert found("format=sol006") == [("standard", "sol006")]
    assert found("format=sonata&format=5gtango") == [everything[0], everything[2]]
    # `format` also says how the answer is written
    assert found("format=json") == everything
    assert found("format=json&format=sol006") == [("standard", "sol006")]
    page = operator.get("/functions?format=api&format=sol006&fields=format")
    assert page["Content-Type"].startswith("text/html")
    shown = page.content.decode()
    assert "sol006&quot;" in shown and "sonata&quot;" not in shown
    assert "&format=sol006" in operator.get("/functions?format=sol006&limit=1")["Link"].replace(
        "?", "&"
    )
    faults = assert_faults(operator.get("/functions?format=xml"), "format")
    assert faults["format"] == "'xml' is not one of: sonata, 5gtango, sol006."
    row = FunctionDescriptor.objects.first()
    assert row is not None
    assert_faults(operator.get(f"/functions/{row.pk}?format=sol006"), "format")


def test_an_order_of_a_form_that_the_mano_does_not_take_is_a_conflict(
    operator: Api, settings: Any
) -> None:
    service = sol006_service()
    settings.MANO_DRIVER = "sonata"

    problem = assert_problem(
        operator.post("/requests", {"service_uuid": str(service.pk)}), 409, "unsupported_format"
    )

    assert problem["detail"] == (
        f"The service {service.pk} is written in sol006; the MANO (sonata) takes 5gtango and "
        "sonata."
    )
    assert operator.get("/requests").json() == []


def test_a_retry_and_an_update_are_refused_alike(
    operator: Api, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a request that failed, and an instance, both of before the driver was another
    failed = run_to_end(submitted(sol006_service("simulator:fail")))
    instance = run_to_end(submitted(sol006_service()))
    newer = sol006_service(version="2.0")
    settings.MANO_DRIVER = "sonata"

    assert_problem(operator.post(f"/requests/{failed.pk}/retry"), 409, "unsupported_format")
    update = {"latest_nsd_id": str(newer.pk), "nsd_id": str(instance.service_uuid)}
    path = f"/records/services/{instance.service_instance_uuid}"
    assert_problem(operator.put(path, update), 409, "unsupported_format")

    settings.MANO_DRIVER = "simulator"
    monkeypatch.setattr("requests_app.mano.simulator.CAN_UPDATE", False)
    assert_problem(operator.put(path, update), 409, "unsupported_by_mano")


@pytest.fixture(autouse=True)
def at_once(settings: Any) -> None:
    settings.SIMULATOR_STEP_SECONDS = 0


def test_the_simulator_makes_records_of_it(operator: Api) -> None:
    service = sol006_service()
    (function,) = service.functions.all()

    request = run_to_end(submitted(service))

    assert (request.status, request.error) == ("READY", None)
    record = ServiceRecord.objects.get()
    assert record.descriptor_reference == service.pk
    stored = record.functions.get()
    assert record.body["network_functions"] == [{"vnfr_id": str(stored.pk)}]
    assert stored.descriptor_reference == function.pk
    front, back = stored.body["virtual_deployment_units"]
    assert front["vdu_reference"] == "firewall of ubuntu:front"
    (point,) = front["vnfc_instance"][0]["connection_points"]
    assert point["id"] == "front-eth0"
    assert point["interface"]["address"].startswith("172.")
    assert (back["id"], back["vnfc_instance"][0]["connection_points"]) == ("back", [])


def test_a_fault_is_asked_for_by_the_image_of_a_vdu(operator: Api) -> None:
    request = run_to_end(submitted(sol006_service("simulator:fail")))

    assert (request.status, request.error) == (
        "ERROR",
        "The simulator was asked to fail (vm_image simulator:fail).",
    )


@pytest.mark.parametrize(
    "units", [None, 5, {}, [5, None, {}, {"id": 3, "sw-image-desc": ["x"], "int-cpd": 7}]], ids=str
)
def test_the_simulator_takes_vdus_of_any_shape(operator: Api, units: Any) -> None:
    operator.post("/functions", sol006_vnfd(vdu=units))
    response = operator.post("/services", sol006_nsd())
    service = ServiceDescriptor.objects.get(pk=response.json()["uuid"])

    request = run_to_end(submitted(service))

    assert request.status == "READY"
