"""No address of the admin's pages, however strange, is a fault of ours."""

from typing import Any

import pytest
from django.contrib import admin
from django.contrib.admin.exceptions import DisallowedModelAdminLookup
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.auth.models import User
from django.contrib.messages.storage.cookie import CookieStorage
from django.core.exceptions import SuspiciousOperation
from django.test import Client, RequestFactory
from django.urls import reverse

import gatekeeper_site.urls  # noqa: F401 - it looks for the admin's pages
from tests.adminsite.pages import MODELS, list_of, listed, page_of, store_many, text_of
from tests.fixtures import many_requests

pytestmark = pytest.mark.django_db

ADMINS: dict[str, Any] = {
    f"{model._meta.app_label}_{model._meta.model_name}": model_admin
    for model, model_admin in admin.site._registry.items()
}
NUMBERS = ["0", "-1", "10000", str(2**31), str(2**63), str(10**20), "9" * 5000, "1e400", "nan"]
TIMES = ["yesterday", "0000-00-00", "0001-01-01", "9999-12-31T23:59:59.999999-14:00", "2026-02-30"]
TEXTS = ["\0", "x\0y", "", "x" * 5000, "%s %(a)s {0} '\"\\", "\U0001f600\ufeff\u202e", "<script>"]
VALUES = [*NUMBERS, *TIMES, *TEXTS]
LOOKUPS = [
    "__year",
    "__year__gt",
    "__iso_year__lte",
    "__month",
    "__week_day",
    "__hour",
    "__date",
    "__time",
    "__in",
    "__range",
    "__gt",
    "__lte",
    "__regex",
    "__iregex",
    "__icontains",
    "__isnull",
    "__nothing",
]
# What the list's own filters make of their columns.
FILTER_LOOKUPS = ["", "__exact", "__gte", "__lt", "__isnull"]
# What a list's address has beside filters.
PARAMETERS = ["p", "o", "q", "e", "all", "_popup", "_facets", "\0"]


@pytest.fixture
def somebody(db: None) -> User:
    return User.objects.create(username="olivia", is_staff=True, is_superuser=True)


def shown(name: str, user: User, query: dict[str, str]) -> list[Any] | None:
    """Return the rows that a list shows, or None where its address is refused."""
    request: Any = RequestFactory().get("/admin/", query)
    request.user = user
    request._messages = CookieStorage(request)
    try:
        changes = ADMINS[name].get_changelist_instance(request)
    except (IncorrectLookupParameters, DisallowedModelAdminLookup):
        return None
    return list(changes.result_list)


@pytest.fixture
def two_pages(models: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A list of more than a page, of which each look shows few rows: it takes many of them."""
    monkeypatch.setattr(ADMINS[MODELS[models]], "list_per_page", 2)
    store_many(models, 3)


def filters_of(name: str) -> list[str]:
    """Return what the filters of a list are called."""
    return [
        each if isinstance(each, str) else getattr(each, "parameter_name", None) or each[0]
        for each in ADMINS[name].list_filter
    ]


def test_the_lists_of_the_admin_are_known() -> None:
    assert set(MODELS.values()) <= set(ADMINS)


@pytest.mark.parametrize("name", ADMINS)
def test_no_column_is_looked_up_but_by_the_lists_own_filters(name: str, somebody: User) -> None:
    columns = [field.name for field in ADMINS[name].model._meta.concrete_fields]
    for column in columns:
        for index, lookup in enumerate(LOOKUPS):
            if column in filters_of(name) and lookup == "__isnull":
                continue
            value = VALUES[(index + len(column)) % len(VALUES)]
            assert shown(name, somebody, {column + lookup: value}) is None, (column, lookup)
    for value in ("0", "-1", "10000", str(10**20)):
        assert shown(name, somebody, {"created_at__year": value, "at__year": value}) is None


@pytest.mark.parametrize("models", MODELS)
@pytest.mark.usefixtures("two_pages")
def test_a_filter_takes_no_value_that_breaks_it(models: str, somebody: User) -> None:
    name = MODELS[models]
    for column in filters_of(name):
        for lookup in FILTER_LOOKUPS:
            for value in VALUES:
                shown(name, somebody, {column + lookup: value})


@pytest.mark.parametrize("models", MODELS)
@pytest.mark.usefixtures("two_pages")
def test_a_list_takes_whatever_page_order_and_search(models: str, somebody: User) -> None:
    name = MODELS[models]
    assert len(shown(name, somebody, {}) or []) == 2
    assert shown(name, somebody, {"p": "2"})
    for parameter in PARAMETERS:
        for value in VALUES:
            shown(name, somebody, {parameter: value})
    with pytest.raises(SuspiciousOperation):
        shown(name, somebody, {"_to_field": "digest"})


@pytest.mark.parametrize("models", MODELS)
def test_what_is_no_filter_leads_to_the_whole_list_and_says_so(
    models: str, superuser: Client
) -> None:
    store_many(models, 2)
    whole = listed(superuser.get(list_of(models)))
    for query in ({"created_at__year": "0"}, {"p": str(10**20), "q": "\0", "x": "\0"}):
        response = superuser.get(list_of(models), query, follow=True)

        assert response.status_code == 200
        assert listed(response) == whole
        assert "The address asked for what this list is not filtered by" in text_of(response)


def test_what_is_a_filter_says_nothing(superuser: Client) -> None:
    many_requests(2, status=lambda index: ["NEW", "ERROR"][index])

    response = superuser.get(f"{list_of('requests')}?status__exact=NEW&created_at__gte=2017-09-15")

    assert len(listed(response)) == 1
    assert "The address asked" not in text_of(response)


@pytest.mark.parametrize("models", MODELS)
def test_the_page_of_what_is_not_there_leads_back(models: str, superuser: Client) -> None:
    for value in ["0", "-1", str(10**20), "9" * 5000, "\0", "x", "%"]:
        for view in ("change", "history", "delete"):
            response = superuser.get(reverse(f"admin:{MODELS[models]}_{view}", args=[value]))
            assert response.status_code in (302, 403, 404), (view, value)


@pytest.mark.parametrize("models", ["requests", "callbacks", "HA routers", "gateways"])
def test_the_page_of_an_object_takes_whatever_page_of_its_parts(
    models: str, superuser: Client
) -> None:
    store_many(models, 1)
    (row,) = listed(superuser.get(list_of(models)))
    page = superuser.get(page_of(models, row))
    keys = [f"{part.formset.prefix}-page" for part in page.context["inline_admin_formsets"]]
    if models == "requests":
        keys = [f"{name}-page" for name in ("events", "notes", "answers", "deliveries")]
    assert keys
    for value in ["0", "-1", str(10**20), "9" * 5000, "x", "\0", "1.5", "\u00b2"]:
        response = superuser.get(page_of(models, row), dict.fromkeys(keys, value))
        assert response.status_code == 200, value


@pytest.mark.parametrize("value", ["0", "-1", str(10**20), "9" * 5000, "\0", "x\0y", "%", "<b>"])
def test_the_search_and_the_other_pages_take_any_text(superuser: Client, value: str) -> None:
    superuser.raise_request_exception = False
    for name in ("s", "page", "extended"):
        response = superuser.get("/admin/search/", {"s": "edge", name: value})
        assert response.status_code in (200, 400, 404), name
    for name in ("term", "app_label", "model_name", "field_name", "page"):
        query = {
            "term": "x",
            "app_label": "core",
            "model_name": "token",
            "field_name": "user",
            name: value,
        }
        response = superuser.get("/admin/autocomplete/", query)
        assert response.status_code in (200, 400, 403, 404), name
    assert superuser.get("/admin/", {"x": value}).status_code == 200
    assert superuser.get("/admin/login/", {"next": value}).status_code in (200, 302)
