"""The admin's lists: few queries, each bounded; searched by index; each tenant its own."""

import re
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from gatekeeper_site.adminsite.columns import column
from records_app.models import FunctionDescriptor, ServiceDescriptor
from requests_app.models import Request
from tests.adminsite.pages import (
    MODELS,
    list_of,
    listed,
    many_descriptors,
    many_records,
    page_of,
    store_many,
    text_of,
)
from tests.fixtures import OTHER_TENANT, many_requests, onboarded_service, submitted

FOR_ADMINS = ["tokens", "users", "workers", "audit entries"]
FOR_TENANTS = [name for name in MODELS if name not in FOR_ADMINS]
# Session, user, count, the page's keys, the page, saved filters, whether the MANO is paused.
MAX_QUERIES = 7
# The hosts of the filter, and those that get no callbacks.
MORE_QUERIES = {"callbacks": 2}
# What no list reads of its rows: what is large, or secret.
UNREAD = {
    "requests": '"ingresses"',
    "callbacks": '"body"',
    "service records": '"body"',
    "function records": '"body"',
    "service descriptors": '"document"',
    "function descriptors": '"document"',
    "tokens": '"digest"',
    "audit entries": '"traceparent"',
}


def queries_of(browser: Client, path: str) -> list[str]:
    """Return the SQL of a page."""
    with CaptureQueriesContext(connection) as queries:
        response = browser.get(path)
    assert response.status_code == 200
    return [query["sql"] for query in queries]


@pytest.mark.parametrize("models", MODELS)
def test_a_list_takes_few_queries_which_do_not_grow_with_the_table(
    models: str, superuser: Client
) -> None:
    store_many(models, 120)

    first, second = (queries_of(superuser, f"{list_of(models)}?p={page}") for page in (1, 2))

    # However many rows it has
    most = MAX_QUERIES + MORE_QUERIES.get(models, 0)
    assert len(first) == len(second) == most, first
    # And each of them reads a page
    who = ("django_session", 'WHERE "auth_user"."id" = ')
    of_rows = [sql for sql in first if not any(part in sql for part in who)]
    assert len(of_rows) == 5 + MORE_QUERIES.get(models, 0)
    for sql in of_rows:
        keys = re.search(r" IN \((.*?)\)", sql)
        assert "LIMIT" in sql or (keys and keys[1].count(",") == 49), sql
    # Without any column that is large or secret
    if models in UNREAD:
        assert not [sql for sql in (*first, *second) if UNREAD[models] in sql]


def test_a_list_shows_the_newest_first_and_its_last_page(superuser: Client) -> None:
    stored = [row.pk for row in many_requests(120)]

    first = superuser.get(list_of("requests"))
    last = superuser.get(list_of("requests"), {"p": 3})

    assert listed(first) == stored[:69:-1]
    assert listed(last) == stored[19::-1]
    assert "120 requests" in text_of(first)


def test_a_long_list_says_about_how_many_rows_it_has(
    superuser: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    many_requests(60)
    monkeypatch.setattr("gatekeeper_site.core.counting.EXACT_UP_TO", 55)

    assert re.search(r"about \d+ requests", text_of(superuser.get(list_of("requests"))))


def test_a_list_is_ordered_by_indexed_columns_only(superuser: Client) -> None:
    stored = [row.pk for row in many_requests(3, error=lambda index: str(9 - index))]
    headers = superuser.get(list_of("requests")).context["cl"].list_display
    by_error = headers.index("short_error")
    by_creation = headers.index(column(Request, "created_at"))

    assert listed(superuser.get(list_of("requests"), {"o": by_error})) == stored[::-1]
    assert listed(superuser.get(list_of("requests"), {"o": by_creation})) == stored


@pytest.mark.parametrize("column", ["id", "service_uuid", "service_instance_uuid"])
def test_requests_are_found_by_each_of_their_uuids(column: str, superuser: Client) -> None:
    wanted = uuid4()
    many_requests(2)
    found = many_requests(1, **{column: wanted})[0]

    assert listed(superuser.get(list_of("requests"), {"q": f" {wanted} "})) == [found.pk]


def test_requests_are_found_by_their_tenant(superuser: Client) -> None:
    many_requests(2)
    found = many_requests(1, tenant_id=OTHER_TENANT)[0]

    assert listed(superuser.get(list_of("requests"), {"q": OTHER_TENANT})) == [found.pk]


def test_another_text_is_not_searched_in_requests_and_the_page_says_so(superuser: Client) -> None:
    many_requests(2, error="timeout")

    response = superuser.get(list_of("requests"), {"q": "timeout"})

    assert listed(response) == []
    assert "“timeout” is not searched for, but only this: UUID of a request" in text_of(response)


def test_a_uuid_that_is_nothing_finds_nothing(superuser: Client) -> None:
    many_requests(2)

    assert listed(superuser.get(list_of("requests"), {"q": str(uuid4())})) == []


def test_records_are_found_by_what_they_were_made_of(superuser: Client) -> None:
    many_records(2)
    reference = uuid4()
    found = many_records(1, descriptor_reference=reference)[0]

    assert listed(superuser.get(list_of("service records"), {"q": str(reference)})) == [found.pk]


@pytest.mark.parametrize("words", ["firewall", "EXAMPLE wall 1.0", "wall"])
def test_descriptors_are_found_by_words_of_their_names(words: str, superuser: Client) -> None:
    many_descriptors(FunctionDescriptor, 2)
    found = many_descriptors(FunctionDescriptor, 1, name="firewall")[0]

    response = superuser.get(list_of("function descriptors"), {"q": words})

    assert listed(response) == [found.pk]


def test_tokens_are_found_by_their_user(superuser: Client) -> None:
    store_many("tokens", 2)

    assert len(listed(superuser.get(list_of("tokens"), {"q": "customer"}))) == 2
    assert listed(superuser.get(list_of("tokens"), {"q": "custom"})) == []


def test_requests_are_filtered_by_state(superuser: Client) -> None:
    many_requests(1, status="READY")
    updating = many_requests(1, status="UPDATING", request_type="UPDATE")[0]
    creating = many_requests(1, status="INSTANTIATING")[0]

    response = superuser.get(list_of("requests"), {"state": "IN_PROGRESS"})

    assert set(listed(response)) == {updating.pk, creating.pk}


@pytest.mark.parametrize("models", FOR_TENANTS)
def test_staff_see_their_tenants_rows_only(models: str, viewing_staff: Client) -> None:
    store_many(models, 2)
    before = viewing_staff.get(list_of(models))
    own = listed(before)
    assert len(own) == 2
    model = type(before.context["cl"].result_list[0])
    model.objects.filter(pk=own[0]).update(tenant_id=OTHER_TENANT)

    assert listed(viewing_staff.get(list_of(models))) == [own[1]]
    assert viewing_staff.get(page_of(models, own[1])).status_code == 200
    # Django's admin leads from what is not there to its first page.
    assert viewing_staff.get(page_of(models, own[0])).status_code == 302
    assert listed(viewing_staff.get(list_of(models), {"q": str(own[0])})) == []


def test_staff_see_descriptors_of_no_tenant_too(viewing_staff: Client) -> None:
    shared = many_descriptors(ServiceDescriptor, 1, tenant_id="")[0]

    assert listed(viewing_staff.get(list_of("service descriptors"))) == [shared.pk]


@pytest.mark.parametrize("models", FOR_TENANTS)
def test_admins_see_every_tenant(models: str, admin_of_all: Client) -> None:
    store_many(models, 2)

    assert len(listed(admin_of_all.get(list_of(models)))) == 2


@pytest.mark.parametrize("models", FOR_ADMINS)
def test_access_and_workers_are_for_admins(
    models: str, admin_of_all: Client, operating_staff: Client
) -> None:
    assert admin_of_all.get(list_of(models)).status_code == 200
    assert operating_staff.get(list_of(models)).status_code == 403


@pytest.mark.parametrize("models", MODELS)
def test_staff_without_a_role_see_nothing(models: str, staff_without_role: Client) -> None:
    many_requests(1, tenant_id="")

    assert staff_without_role.get(list_of(models)).status_code == 403


@pytest.mark.parametrize(
    "models", ["requests", "callbacks", "service records", "function records", "workers"]
)
def test_what_happened_is_neither_added_nor_deleted_by_hand(models: str, superuser: Client) -> None:
    store_many(models, 1)
    pk = listed(superuser.get(list_of(models)))[0]
    path = page_of(models, pk)

    # A request is ordered by its own form (test_new_order.py).
    if models != "requests":
        assert superuser.get(path.replace(f"{pk}/change/", "add/")).status_code == 403
    assert superuser.post(path.replace("change/", "delete/"), {"post": "yes"}).status_code == 403
    assert superuser.post(path, {"status": "ERROR", "tenant_id": "x"}).status_code == 403
    assert superuser.get(path).status_code == 200


def test_a_visitor_is_asked_to_log_in(client: Client, db: Any) -> None:
    response = client.get(list_of("requests"))

    assert (response.status_code, response["Location"]) == (
        302,
        "/admin/login/?next=/admin/requests_app/request/",
    )


def test_a_form_of_an_ended_session_leads_to_the_login_and_changes_nothing(db: Any) -> None:
    service = onboarded_service()
    visitor = Client(enforce_csrf_checks=True)

    answer = visitor.post("/admin/requests_app/request/add/", {"service": str(service.pk)})

    assert answer.status_code == 403
    assert "Nothing has changed." in text_of(answer)
    assert 'href="/admin/login/?next=/admin/requests_app/request/add/"' in answer.content.decode()
    assert not Request.objects.exists()


def test_requests_are_found_by_the_beginning_of_their_uuid(superuser: Client) -> None:
    wanted = many_requests(1, id="ab12cd34-0000-4000-8000-00000000ffff")[0]
    many_requests(3)

    for term in ("ab12cd34", "AB12CD34-0000", "ab12cd34-0000-4000-8000-00000000fff"):
        assert listed(superuser.get(list_of("requests"), {"q": term})) == [UUID(str(wanted.pk))]
    for term in ("ab12cd35", "ab12cd34-0001"):
        assert listed(superuser.get(list_of("requests"), {"q": term})) == []


def test_requests_are_found_by_their_services_name(superuser: Client) -> None:
    request = submitted(onboarded_service(name="way-to-the-office"))
    many_requests(2)

    found = superuser.get(list_of("requests"), {"q": "Office"})

    assert listed(found) == [request.pk]
    assert "CREATE way-to-the-office 1.0" in text_of(found)


def test_an_empty_list_says_whether_something_was_searched_for(
    operating_staff: Client, viewing_staff: Client
) -> None:
    empty = text_of(operating_staff.get(list_of("HA routers")))
    searched = text_of(operating_staff.get(f"{list_of('HA routers')}?q=nowhere"))
    filtered = text_of(operating_staff.get(f"{list_of('HA routers')}?status__exact=ERROR"))
    viewed = text_of(viewing_staff.get(list_of("HA routers")))

    assert "There are no HA routers yet. Add HA router" in empty
    assert "There are no HA routers yet." in viewed
    assert "Add HA router" not in viewed
    for text in (searched, filtered):
        assert "No HA routers match this search or filter. Show all" in text
    for text in (empty, viewed):
        assert "Show all" not in text
