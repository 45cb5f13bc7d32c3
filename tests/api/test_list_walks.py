"""Whoever walks a list's pages gets each row once, whatever the pages and their order."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from requests_app.models import Request
from tests.fixtures import (
    TENANT,
    Api,
    assert_problem,
    ids_of,
    instantiated,
    links_of,
    onboarded_service,
    rolled_back,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("unthrottled")]

ORDERINGS = [
    f"{sign}{field}"
    for field in ("created_at", "updated_at", "id", "status", "request_type")
    for sign in ("", "-")
]
START = datetime(2017, 9, 15, 13, 36, 4, tzinfo=UTC)

# Few values, so that many rows are equal in what they are ordered by.
moments = st.integers(0, 3).map(lambda milliseconds: START + timedelta(milliseconds=milliseconds))
rows = st.builds(
    dict,
    id=st.uuids(),
    status=st.sampled_from(["NEW", "READY", "ERROR"]),
    request_type=st.sampled_from(["CREATE", "TERMINATE"]),
    created_at=moments,
    updated_at=moments,
)
lists_of_rows = st.lists(rows, max_size=20, unique_by=lambda row: row["id"])
walks = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def store(given_rows: list[dict[str, Any]]) -> None:
    Request.objects.bulk_create(
        Request(tenant_id=TENANT, began_at=START, **row) for row in given_rows
    )


def pages(api: Api, path: str) -> list[list[str]]:
    """Follow `next` from a page to the last; return the ids on each page."""
    walked = []
    url: str | None = path
    while url is not None:
        response = api.get(url)
        assert response.status_code == 200, response.content
        walked.append(ids_of(response))
        url = links_of(response).get("next")
    return walked


@walks
@given(stored=lists_of_rows, limit=st.integers(1, 25), ordering=st.sampled_from(ORDERINGS))
def test_pages_by_offset_and_by_cursor_are_the_same_and_have_each_row_once(
    operator: Api, stored: list[dict[str, Any]], limit: int, ordering: str
) -> None:
    with rolled_back():
        store(stored)

        by_offset = pages(operator, f"/requests?limit={limit}&ordering={ordering}")
        by_cursor = pages(operator, f"/requests?limit={limit}&ordering={ordering}&cursor=")

    walked = [row for page in by_offset for row in page]
    assert sorted(walked) == sorted(str(row["id"]) for row in stored)
    assert by_cursor == by_offset
    assert all(len(page) == limit for page in by_offset[:-1])
    keys = {str(row["id"]): row for row in stored}
    field = ordering.removeprefix("-")
    expected = sorted(keys, key=lambda row_id: (str(keys[row_id][field]), row_id))
    assert walked == (expected[::-1] if ordering.startswith("-") else expected)


@walks
@given(
    stored=lists_of_rows,
    added=lists_of_rows,
    limit=st.integers(1, 6),
    ordering=st.sampled_from(ORDERINGS),
)
def test_a_walk_by_cursor_has_each_row_once_while_others_are_inserted(
    operator: Api,
    stored: list[dict[str, Any]],
    added: list[dict[str, Any]],
    limit: int,
    ordering: str,
) -> None:
    known = {row["id"] for row in stored}
    waiting = [row for row in added if row["id"] not in known]
    walked: list[str] = []
    with rolled_back():
        store(stored)
        url: str | None = f"/requests?limit={limit}&ordering={ordering}&cursor="
        while url is not None:
            response = operator.get(url)
            walked += ids_of(response)
            url = links_of(response).get("next")
            # Rows come before, after and at the place where the page ended.
            if waiting:
                store([waiting.pop()])

    assert len(set(walked)) == len(walked)
    assert set(walked) >= {str(row_id) for row_id in known}


@walks
@given(stored=lists_of_rows, removed=st.data(), limit=st.integers(1, 6))
def test_a_walk_by_cursor_has_each_row_that_stays_once_while_others_go(
    operator: Api, stored: list[dict[str, Any]], removed: st.DataObject, limit: int
) -> None:
    walked: list[str] = []
    gone: set[UUID] = set()
    with rolled_back():
        store(stored)
        url: str | None = f"/requests?limit={limit}&cursor="
        while url is not None:
            response = operator.get(url)
            walked += ids_of(response)
            url = links_of(response).get("next")
            # Also the row after which the next page begins.
            victims = set(
                removed.draw(st.lists(st.sampled_from([row["id"] for row in stored]), max_size=2))
                if stored
                else []
            )
            Request.objects.filter(pk__in=victims).delete()
            gone |= victims

    assert len(set(walked)) == len(walked)
    assert set(walked) >= {str(row["id"]) for row in stored if row["id"] not in gone}


@settings(
    max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(cursor=st.text(st.characters(codec="utf-8"), min_size=1, max_size=60))
def test_no_text_is_taken_for_a_cursor(operator: Api, cursor: str) -> None:
    assert_problem(operator.get("/requests", {"cursor": cursor}), 400, "validation_error")


@pytest.mark.parametrize(
    "path", ["/services", "/functions", "/records/services", "/records/functions"]
)
def test_the_other_lists_are_walked_by_cursor_in_every_order_too(admin: Api, path: str) -> None:
    for number in range(3):
        instantiated(onboarded_service(name=f"service-{number}"))
        onboarded_service(name="service", version=f"1.{number}")
    total = int(admin.get(path)["Record-Count"])
    parameters = admin.get("/schema").json()["paths"][path]["get"]["parameters"]
    (orderings,) = [
        parameter["schema"]["enum"] for parameter in parameters if parameter["name"] == "ordering"
    ]
    assert len(orderings) >= 8

    for ordering in orderings:
        expected = [row["uuid"] for row in admin.get(f"{path}?ordering={ordering}").json()]
        walked = []
        url: str | None = f"{path}?limit=2&cursor=&ordering={ordering}"
        while url is not None:
            response = admin.get(url)
            walked += [row["uuid"] for row in response.json()]
            url = links_of(response).get("next")
        assert walked == expected, ordering
        assert len(set(walked)) == total
