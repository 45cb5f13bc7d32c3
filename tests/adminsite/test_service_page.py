"""A service record's page: how it hangs together, what it was, and its requests."""

import json
from typing import Any

import pytest
from django.test import Client

from records_app.models import FunctionRecord, ServiceDescriptor, ServiceRecord
from tests.adminsite.pages import page_of, text_of
from tests.fixtures import instantiated, onboarded_service, submitted
from tests.requests_app.orders import made_ready, nsr, ordered, says

MOST_QUERIES = 28


@pytest.fixture
def instance(demo: ServiceDescriptor) -> ServiceRecord:
    """An instance of the demo's service, as the simulator makes it."""
    return instantiated(demo)


def test_the_page_draws_functions_units_points_links_and_paths(
    instance: ServiceRecord, viewing_staff: Client
) -> None:
    page = viewing_staff.get(page_of("service records", instance.pk))

    html, text = page.content.decode(), text_of(page)
    name = f"sonata-demo 0.1 ({str(instance.pk)[:8]})"
    assert f"{name} | Gatekeeper" in text
    assert f"Service records chevron_right {name}" in text
    drawing = html[html.index("<svg id=") : html.index("</svg>", html.index("<svg id="))]
    for name in (
        "vnf_vbar",
        "vdu02",
        "eth3",
        "vbar-2-vfoo (E-Line)",
        "mgmt (E-LAN)",
        "sonata-demo 0.1",
    ):
        assert f">{name}<" in drawing
    function = instance.functions.first()
    assert function is not None
    assert page_of("function records", function.pk) in drawing
    unit = function.body["virtual_deployment_units"][0]
    address = unit["vnfc_instance"][0]["connection_points"][0]["interface"]["address"]
    assert f">{address}<" in drawing and text.count(address) > 1
    (path,) = page.context["paths"]
    assert path["name"] == "fg01:fp01"
    assert [step["end"] for step in path["steps"]] == [
        "own-1",
        "0-1",
        "0-2",
        "1-1",
        "1-2",
        "own-2",
    ]
    assert path["steps"][5]["said"] == "output, by the link vfoo-2-out"


def test_the_page_has_the_record_as_json_and_its_requests(viewing_staff: Client) -> None:
    creation = submitted(onboarded_service())
    record = made_ready(creation)
    termination = ordered("TERMINATE", record)

    page = viewing_staff.get(page_of("service records", record.pk))

    assert json.loads(page.context["json"])["uuid"] == str(record.pk)
    text = text_of(page)
    assert text.index(f"TERMINATE {termination.pk}") < text.index(f"CREATE {creation.pk}")


def test_the_page_tells_its_versions_by_their_differences(viewing_staff: Client) -> None:
    record = made_ready(submitted(onboarded_service()))
    newer = onboarded_service(version="2.0")
    update = ordered("UPDATE", record, latest_nsd_id="2.0")
    says(update, "UPDATING")
    says(update, "UPDATE_COMPLETED", nsr=nsr(record.pk, made_up="<b>"))

    page = viewing_staff.get(page_of("service records", record.pk))

    text = text_of(page)
    told = text[text.index("Version 3") : text.index("Who did what")]
    latest, before = told.split("Version 2")
    assert "status updating normal operation" in latest
    assert f"{newer.pk}" in latest and "made_up – <b>" in latest
    assert "status normal operation updating" in before and "made_up" not in before
    assert "As it was made." in before
    assert b"<b>" not in page.content.replace(b"<b>status</b>", b"").split(b"Who did what")[0]


CYCLE = {"connection_point_ref": "a:b"}
HOSTILE: list[Any] = [
    {},
    {"virtual_links": "text", "forwarding_graphs": 5, "network_functions": {"a": 1}},
    {"virtual_links": [1, None, [], {"connection_points_reference": [1, None, "", ":", "a:b:c"]}]},
    {"connection_points": [{"id": "<script>alert(1)</script>"}, {"id": ["x"]}, {"id": None}]},
    {"virtual_links": [{"id": "x" * 100_000, "connection_points_reference": ["y" * 100_000]}]},
    {"forwarding_graphs": [{"network_forwarding_paths": [{"connection_points": [CYCLE] * 999}]}]},
    {"virtual_links": [{"connection_points_reference": [f"f{n}:p" for n in range(500)]}] * 300},
    {"filler": "z" * 300_000, "</textarea><script>": "</script>"},
]


@pytest.mark.parametrize("number", range(len(HOSTILE)))
def test_whatever_a_mano_wrote_has_a_page(
    number: int, instance: ServiceRecord, superuser: Client
) -> None:
    unit = {"id": "<b>", "vnfc_instance": 7, "connection_points": [{"interface": "<i>"}]}
    FunctionRecord.objects.update(body={"virtual_deployment_units": [unit, None] * 40})
    ServiceRecord.objects.update(body=HOSTILE[number])

    page = superuser.get(page_of("service records", instance.pk))

    assert page.status_code == 200
    html = page.content.decode()
    assert "<script>alert" not in html and "</textarea><script>" not in html
    assert "<b><" not in html and "<i>" not in html
    assert len(html) < 1_500_000


def test_what_the_page_costs(
    instance: ServiceRecord, operating_staff: Client, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(MOST_QUERIES):
        operating_staff.get(page_of("service records", instance.pk))
