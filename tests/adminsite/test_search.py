"""The search of every page: what it finds, what it says of it, and who finds what."""

import re
from typing import Any

import pytest
from django.test import Client

from ha_app.models import Gateway
from records_app.models import FunctionRecord
from requests_app.models import Request
from tests.adminsite.pages import list_of, many_requests, page_of, text_of
from tests.fixtures import OTHER_TENANT, TENANT, instantiated, onboarded_service, submitted
from tests.ha_app.objects import new_gateway, new_interface, new_router

pytestmark = pytest.mark.django_db


def found(browser: Client, term: str) -> list[tuple[str, str, str]]:
    """Return title, "where" and address of each thing that the dialog shows."""
    response = browser.get("/admin/search/", {"s": term, "part": "1"})
    assert response.status_code == 200
    options = re.findall(r'<a href="([^"]*)" role="option".*?</a>', response.content.decode(), re.S)
    texts = re.findall(r"<a .*?</a>", response.content.decode(), re.S)
    rows = []
    for url, text in zip(options, texts, strict=True):
        title = re.search(r"<span>(.*?)</span>", text)
        where = re.search(r"<small>(.*?)</small>", text)
        rows.append((title[1] if title else "", where[1] if where else "", url))
    return rows


def test_a_uuid_finds_whatever_it_stands_in(superuser: Client) -> None:
    record = instantiated(onboarded_service())
    other = submitted(onboarded_service(name="other"))

    rows = found(superuser, str(record.pk))

    request = Request.objects.get(service_instance_uuid=record.pk)
    [function] = FunctionRecord.objects.filter(service=record)
    assert rows[:3] == [
        (
            f"CREATE protected 1.0, READY ({request.pk})",
            "service instance UUID",
            page_of("requests", request.pk),
        ),
        (
            f"protected 1.0, normal operation ({record.pk})",
            "UUID",
            page_of("service records", record.pk),
        ),
        (str(function.pk), "service", page_of("function records", function.pk)),
    ]
    assert str(other.pk) not in str(rows)


def test_the_beginning_of_a_uuid_is_enough(superuser: Client) -> None:
    request, other = submitted(onboarded_service()), submitted(onboarded_service(name="other"))

    rows = found(superuser, str(request.pk)[:8])

    assert rows == [
        (f"CREATE protected 1.0, NEW ({request.pk})", "id", page_of("requests", request.pk))
    ]
    assert str(other.pk) not in str(rows)


def test_names_vlans_and_addresses_are_found(superuser: Client) -> None:
    service = onboarded_service(name="branch-office")
    record = instantiated(service)
    function = FunctionRecord.objects.filter(service=record).first()
    assert function is not None
    function.body = {
        "units": [{"interface": {"address": "10.9.8.7", "hardware_address": "fa:16:3e:00:0a:0b"}}]
    }
    function.save()
    router = new_router(name="edge-7")
    new_interface(router)
    gateway, other = new_gateway(router), new_gateway(router)
    assert gateway.vlan_id != other.vlan_id
    assert (str(service), "name", page_of("service descriptors", service.pk)) in found(
        superuser, "branch-off"
    )
    assert [
        url for _, where, url in found(superuser, f"vlan {gateway.vlan_id}") if where == "VLAN"
    ] == [page_of("gateways", gateway.pk)]
    for address in ("10.9.8.7", "FA:16:3E:00:0A:0B", "fa:16:3e:00:0a:0b"):
        assert found(superuser, address) == [
            (str(function.pk), "address", page_of("function records", function.pk))
        ], address
    assert found(superuser, "10.9.8.70") == []
    assert (str(router), "name", page_of("HA routers", router.pk)) in found(superuser, "edge-7")


def test_what_is_found_is_under_the_name_of_its_list(superuser: Client) -> None:
    new_router(name="edge-7")

    page = superuser.get("/admin/search/", {"s": "edge-7", "part": "1"}).content.decode()

    assert re.findall(r"<h2[^>]*>(.*?)</h2>", page) == ["HA routers"]


def test_pages_are_found_by_their_names(superuser: Client, viewing_staff: Client) -> None:
    assert ("Dead letters", "Platform", "/admin/requests_app/request/dead-letters/") in found(
        superuser, "dead let"
    )
    assert found(viewing_staff, "dead let") == []


def test_nobody_finds_what_is_anothers(viewing_staff: Client, superuser: Client) -> None:
    theirs = submitted(onboarded_service(tenant_id=OTHER_TENANT), tenant_id=OTHER_TENANT)
    router = new_router(tenant_id=OTHER_TENANT, name="their-edge")

    assert found(viewing_staff, str(theirs.pk)) == []
    assert found(viewing_staff, "their-edge") == []
    assert found(viewing_staff, OTHER_TENANT) == []
    assert page_of("HA routers", router.pk) in [url for _, _, url in found(superuser, "their-edge")]


def test_of_many_the_newest_five_are_shown_and_where_all_are(superuser: Client) -> None:
    many_requests(7)

    rows = found(superuser, TENANT)

    urls = [url for _, _, url in rows if "/request/" in url]
    assert len(urls) == 6
    assert urls[-1] == f"{list_of('requests')}?q={TENANT}"


@pytest.mark.parametrize("term", ["", " ", "\0", "%", "<b>x</b>", "x" * 5000, "0", "9" * 40, "::"])
def test_any_text_is_a_term(superuser: Client, term: str) -> None:
    for query in ({"s": term}, {"s": term, "part": "1"}):
        assert superuser.get("/admin/search/", query).status_code == 200
    assert "<b>x</b>" not in superuser.get("/admin/search/", {"s": term}).content.decode()


def test_the_page_of_a_search_says_what_is_searched_where_nothing_is_found(
    superuser: Client,
) -> None:
    text = text_of(superuser.get("/admin/search/", {"s": "no such thing"}))

    assert "Nothing is called “no such thing”." in text
    assert "request ids in full" in text


def test_a_search_costs_few_statements(
    superuser: Client, django_assert_max_num_queries: Any
) -> None:
    record = instantiated(onboarded_service())
    assert not Gateway.objects.exists()
    superuser.get("/admin/search/", {"s": "warm"})

    with django_assert_max_num_queries(40):
        superuser.get("/admin/search/", {"s": str(record.pk), "part": "1"})
