"""What stands above every list: saved filters, and the list as a file."""

import csv
import io
import json
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from gatekeeper_site.access.models import Role
from gatekeeper_site.adminsite import export
from gatekeeper_site.adminsite.models import SavedFilter
from tests.adminsite.conftest import staff
from tests.adminsite.pages import MODELS, list_of, store_many, text_of
from tests.fixtures import OTHER_TENANT, many_requests, onboarded_service, submitted

pytestmark = pytest.mark.django_db
REQUESTS = "/admin/requests_app/request/"


def exported(browser: Client, models: str, kind: str, **query: str) -> bytes:
    """Return a list as a file."""
    response = browser.get(f"{list_of(models)}export/{kind}/", query)
    assert response.status_code == 200
    assert response["Content-Disposition"].startswith("attachment; filename=")
    content: bytes = b"".join(response.streaming_content)  # type: ignore[attr-defined]
    return content


def saved(browser: Client, name: str, query: str, **fields: str) -> Any:
    """Save a filter of the list of requests."""
    form = {"name": name, "query": query, **fields}
    return browser.post(f"{REQUESTS}saved-filters/", form, follow=True)


def test_a_list_is_exported_as_it_is_filtered(superuser: Client) -> None:
    service = onboarded_service(name="=1+1")
    failed, other = submitted(service), submitted(service)
    type(failed).objects.filter(pk=failed.pk).update(status="ERROR", error="@SUM(A1)")

    rows = list(
        csv.DictReader(
            io.StringIO(exported(superuser, "requests", "csv", status__exact="ERROR").decode())
        )
    )
    objects = json.loads(exported(superuser, "requests", "json", status__exact="ERROR"))

    assert [row["id"] for row in rows] == [str(failed.pk)]
    assert rows[0]["error"] == "'@SUM(A1)"
    assert rows[0]["service_name"] == "'=1+1 1.0"
    assert rows[0]["created_at"].endswith("Z")
    assert [each["id"] for each in objects] == [str(failed.pk)]
    assert objects[0]["error"] == "@SUM(A1)"
    assert objects[0]["service_name"] == "=1+1 1.0"
    assert {"ingresses", "callback"}.isdisjoint(objects[0])
    assert str(other.pk) not in str(objects)


@pytest.mark.parametrize("models", MODELS)
def test_every_list_is_exported_whole_and_without_secrets(models: str, superuser: Client) -> None:
    store_many(models, 60)

    objects = json.loads(exported(superuser, models, "json"))
    rows = list(csv.DictReader(io.StringIO(exported(superuser, models, "csv").decode())))

    assert len(objects) == len(rows) >= 60
    assert list(objects[0]) == list(rows[0])
    assert {"password", "digest", "body", "document"}.isdisjoint(objects[0])


def test_an_export_costs_as_many_statements_whatever_its_length(
    superuser: Client, django_assert_max_num_queries: Any
) -> None:
    many_requests(150)

    with django_assert_max_num_queries(12):
        assert len(json.loads(exported(superuser, "requests", "json"))) == 150


def test_an_export_of_nothing_is_an_empty_list(superuser: Client) -> None:
    assert json.loads(exported(superuser, "requests", "json")) == []
    assert exported(superuser, "requests", "csv").startswith(b"id,")


def test_only_what_one_may_see_is_exported(viewing_staff: Client) -> None:
    mine = submitted(onboarded_service())
    submitted(onboarded_service(tenant_id=OTHER_TENANT), tenant_id=OTHER_TENANT)

    assert [each["id"] for each in json.loads(exported(viewing_staff, "requests", "json"))] == [
        str(mine.pk)
    ]
    assert viewing_staff.get(f"{list_of('users')}export/csv/").status_code == 403
    assert viewing_staff.get(f"{REQUESTS}export/xlsx/").status_code == 404


def test_of_two_exports_in_a_process_the_second_is_asked_to_wait(superuser: Client) -> None:
    many_requests(3)
    first = superuser.get(f"{REQUESTS}export/json/")

    second = superuser.get(f"{REQUESTS}export/json/?status__exact=READY", follow=True)

    assert "Another list is being exported; try again in a moment." in text_of(second)
    assert second.redirect_chain[0][0] == f"{REQUESTS}?status__exact=READY"
    assert len(json.loads(b"".join(first.streaming_content))) == 3  # type: ignore[attr-defined]
    assert len(json.loads(exported(superuser, "requests", "json"))) == 3


@given(st.text() | st.integers() | st.floats(allow_nan=False) | st.booleans() | st.none())
def test_no_text_is_a_formula(value: Any) -> None:
    written = export.cell(value)

    assert not (isinstance(written, str) and written.startswith(export.FORMULA_SIGNS))


def test_a_filter_is_saved_found_again_and_deleted(superuser: Client) -> None:
    many_requests(2)
    response = saved(superuser, "Failed today", "status__exact=ERROR&p=3")

    assert "The filter “Failed today” is saved." in text_of(response)
    [row] = SavedFilter.objects.all()
    assert (row.query, row.is_shared, row.model) == (
        "status__exact=ERROR",
        False,
        "requests_app.request",
    )
    page = superuser.get(REQUESTS).content.decode()
    assert '<a class="text-link" href="?status__exact=ERROR">Failed today</a>' in page
    assert "Failed today" not in superuser.get(list_of("gateways")).content.decode()

    # The same name again replaces it.
    saved(superuser, "Failed today", "status__exact=NEW")
    assert [each.query for each in SavedFilter.objects.all()] == ["status__exact=NEW"]

    superuser.post(f"{REQUESTS}saved-filters/{row.pk}/delete/")
    assert not SavedFilter.objects.exists()


def test_a_shared_filter_is_for_the_tenant_and_its_owners_to_delete(
    operating_staff: Client, viewing_staff: Client, superuser: Client
) -> None:
    others = staff("otto", Role.OPERATOR, tenant_id=OTHER_TENANT)
    saved(operating_staff, "Shared one", "status__exact=ERROR", is_shared="on")
    saved(operating_staff, "My own", "status__exact=NEW")
    shared = SavedFilter.objects.get(name="Shared one")

    saved(viewing_staff, "Of a viewer", "q=1", is_shared="on")
    assert "Of a viewer" not in text_of(superuser.get(REQUESTS))
    assert 'name="is_shared"' not in viewing_staff.get(f"{REQUESTS}?q=1").content.decode()
    SavedFilter.objects.get(name="Of a viewer").delete()

    assert "Shared one oscar’s" in text_of(viewing_staff.get(REQUESTS))
    assert "My own" not in text_of(viewing_staff.get(REQUESTS))
    assert "Shared one" not in text_of(others.get(REQUESTS))
    response = viewing_staff.post(f"{REQUESTS}saved-filters/{shared.pk}/delete/", follow=True)
    assert "It is not there any more, or another's." in text_of(response)
    assert SavedFilter.objects.count() == 2
    superuser.post(f"{REQUESTS}saved-filters/{shared.pk}/delete/")
    assert [each.name for each in SavedFilter.objects.all()] == ["My own"]


@pytest.mark.parametrize(
    ("name", "query", "fault"),
    [
        ("", "status__exact=NEW", "name: This field is required."),
        ("x" * 65, "status__exact=NEW", "name: Ensure this value has at most 64 characters"),
        ("x", "p=2", "Nothing is filtered for."),
        ("x", "q=" + "y" * 2000, "query: Ensure this value has at most 2000 characters"),
        ("x\0", "q=1", "name: Null characters are not allowed."),
    ],
)
def test_what_cannot_be_saved_is_said(superuser: Client, name: str, query: str, fault: str) -> None:
    response = saved(superuser, name, query)

    assert f"Not saved. {fault}" in text_of(response)
    assert not SavedFilter.objects.exists()


def test_nobody_has_filters_without_number(superuser: Client) -> None:
    owner = User.objects.get(username="olivia")
    SavedFilter.objects.bulk_create(
        SavedFilter(owner=owner, model="requests_app.request", name=str(index), query="q=1")
        for index in range(50)
    )

    assert "you have 50 for this list" in text_of(saved(superuser, "one more", "q=1"))
    assert "is saved" in text_of(saved(superuser, "7", "q=2"))
    assert SavedFilter.objects.count() == 50
