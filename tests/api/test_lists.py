"""Lists: pages, order, fields, filters, counts, links (contract: http.md, Lists)."""

from datetime import timedelta
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit
from uuid import uuid4

import pytest

from gatekeeper_site.core import clock, counting
from records_app.models import ServiceDescriptor
from tests.fixtures import (
    Api,
    assert_faults,
    ids_of,
    links_of,
    many_requests,
    run_to_end,
    submitted,
)

pytestmark = pytest.mark.django_db

LISTS = ["/requests", "/services", "/functions", "/records/services", "/records/functions"]


# Pages by offset


@pytest.mark.parametrize("path", LISTS)
def test_an_empty_list_is_an_empty_array(operator: Api, path: str) -> None:
    response = operator.get(path)

    assert (response.status_code, response.json()) == (200, [])
    assert response["Record-Count"] == response["X-Total-Count"] == "0"
    assert "Record-Count-Exact" not in response
    url = f"http://testserver{path}?offset=0"
    assert links_of(response) == {"first": url, "last": url}


def test_a_page_has_50_rows_unless_told_and_newest_first(operator: Api) -> None:
    rows = many_requests(60)

    response = operator.get("/requests")

    newest_first = [str(row.pk) for row in reversed(rows)]
    assert ids_of(response) == newest_first[:50]
    assert ids_of(operator.get("/requests?limit=1000")) == newest_first
    assert ids_of(operator.get("/requests?offset=50")) == newest_first[50:]
    assert response["Record-Count"] == response["X-Total-Count"] == "60"


def test_links_lead_to_the_neighbouring_pages(operator: Api) -> None:
    many_requests(25)

    def offsets(query: str) -> dict[str, str]:
        links = links_of(operator.get(f"/requests?{query}"))
        return {name: parse_qs(urlsplit(url).query)["offset"][0] for name, url in links.items()}

    assert offsets("limit=10") == {"first": "0", "next": "10", "last": "20"}
    assert offsets("limit=10&offset=10") == {
        "first": "0",
        "prev": "0",
        "next": "20",
        "last": "20",
    }
    assert offsets("limit=10&offset=20") == {"first": "0", "prev": "10", "last": "20"}
    assert offsets("limit=10&offset=5") == {"first": "0", "prev": "0", "next": "15", "last": "20"}
    assert offsets("limit=25") == {"first": "0", "last": "0"}
    assert offsets("limit=5") == {"first": "0", "next": "5", "last": "20"}
    assert offsets("limit=10&offset=1000") == {"first": "0", "prev": "990", "last": "20"}


def test_links_are_absolute_and_keep_every_other_parameter(operator: Api) -> None:
    many_requests(5)
    given = [
        ("status", "READY"),
        ("status", "NEW"),
        ("created_at__gte", "2017-09-15T13:36:04.805+01:00"),
        ("ordering", "-updated_at"),
        ("fields", "id,status"),
        ("count", "exact"),
        ("format", "json"),
        ("limit", "2"),
    ]

    response = operator.get("/requests?" + urlencode([*given, ("offset", "2")]))

    links = links_of(response)
    assert set(links) == {"first", "prev", "next", "last"}
    for url in links.values():
        assert url.startswith("http://testserver/requests?")
        parameters = parse_qsl(urlsplit(url).query)
        assert sorted(p for p in parameters if p[0] != "offset") == sorted(given)


def test_a_page_beyond_the_end_is_empty(operator: Api) -> None:
    many_requests(3)

    for offset in (3, 1000, 2**62):
        response = operator.get(f"/requests?offset={offset}")
        assert (response.status_code, response.json()) == (200, [])
        assert response["Record-Count"] == "3"


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("limit=0", "limit"),
        ("limit=1001", "limit"),
        ("limit=-1", "limit"),
        ("limit=", "limit"),
        ("limit=ten", "limit"),
        ("limit=1.0", "limit"),
        ("limit=%2B1", "limit"),
        ("limit=1_0", "limit"),
        ("limit=%D9%A1", "limit"),
        ("limit=1&limit=2", "limit"),
        (f"limit={'9' * 5000}", "limit"),
        ("offset=-1", "offset"),
        ("offset=x", "offset"),
        ("offset=9223372036854775808", "offset"),
        (f"offset={'9' * 5000}", "offset"),
        ("cursor=x", "cursor"),
        ("cursor=%00", "cursor"),
        ("cursor=W10:1tabcd:signature", "cursor"),
        ("cursor=&offset=0", "cursor"),
        ("ordering=", "ordering"),
        ("ordering=colour", "ordering"),
        ("ordering=--created_at", "ordering"),
        ("ordering=-", "ordering"),
        ("ordering=created_at,status", "ordering"),
        ("ordering=tenant_id", "ordering"),
        ("fields=colour", "fields"),
        ("fields=,", "fields"),
        ("fields=tenant_id", "fields"),
        ("fields=", "fields"),
        ("offset=", "offset"),
        ("format=", "format"),
        ("count=estimate", "count"),
        ("count=", "count"),
        ("sort_key=id", "sort_key"),
    ],
)
def test_a_value_out_of_range_is_a_400_that_names_it(
    operator: Api, path: str, query: str, field: str
) -> None:
    assert_faults(operator.get(f"{path}?{query}"), field)


def test_the_ends_of_the_ranges_are_taken(operator: Api) -> None:
    many_requests(2)

    for query in ("limit=1", "limit=1000", "offset=0", "limit=00001", "offset=9223372036854770000"):
        assert operator.get(f"/requests?{query}").status_code == 200, query


# Pages by cursor


def test_a_cursor_continues_where_the_page_ended(operator: Api) -> None:
    rows = many_requests(5)
    newest_first = [str(row.pk) for row in reversed(rows)]

    first = operator.get("/requests?cursor=&limit=2&status=READY")
    links = links_of(first)
    second = operator.get(links["next"])
    third = operator.get(links_of(second)["next"])

    assert [ids_of(page) for page in (first, second, third)] == [
        newest_first[:2],
        newest_first[2:4],
        newest_first[4:],
    ]
    assert set(links) == {"first", "next"}
    assert set(links_of(third)) == {"first"}
    assert {page["Record-Count"] for page in (first, second, third)} == {"5"}
    for page in (first, second):
        parameters = parse_qs(urlsplit(links_of(page)["next"]).query)
        assert (parameters["limit"], parameters["status"]) == (["2"], ["READY"])
    assert ids_of(operator.get(links_of(third)["first"])) == newest_first[:2]


def test_a_cursor_of_another_ordering_or_list_or_hand_is_a_400(
    operator: Api, demo: ServiceDescriptor
) -> None:
    many_requests(3)
    link = links_of(operator.get("/requests?cursor=&limit=1"))["next"]
    cursor = parse_qs(urlsplit(link).query)["cursor"][0]

    for path in (
        f"/requests?ordering=created_at&cursor={cursor}",
        f"/requests?ordering=-updated_at&cursor={cursor}",
        f"/services?cursor={cursor}",
        f"/requests?cursor={cursor}x",
        f"/requests?cursor={cursor[:-1]}",
        f"/requests?cursor=x{cursor}",
    ):
        assert_faults(operator.get(path), "cursor")


def test_a_cursor_does_not_open_another_tenants_rows(operator: Api, other_operator: Api) -> None:
    many_requests(3)
    # The cursor stands before all of these: both calls may fall into one millisecond.
    later = clock.now() + timedelta(minutes=1)
    foreign = many_requests(
        3, tenant_id="f" * 32, created_at=lambda index: later + timedelta(milliseconds=index)
    )
    link = links_of(operator.get("/requests?cursor=&limit=1&ordering=created_at"))["next"]

    rows = ids_of(other_operator.get(link))

    assert rows == [str(foreign[0].pk)]


# Order


@pytest.mark.parametrize("field", ["created_at", "updated_at", "id", "status", "request_type"])
def test_requests_are_ordered_by_a_documented_field(operator: Api, field: str) -> None:
    statuses = ["READY", "ERROR", "NEW", "READY", "UPDATING"]
    many_requests(
        5,
        status=lambda index: statuses[index],
        request_type=lambda index: ["CREATE", "UPDATE"][index % 2],
        updated_at=lambda index: clock.now() - timedelta(minutes=7 * index % 5),
    )

    ascending = operator.get(f"/requests?ordering={field}").json()
    descending = operator.get(f"/requests?ordering=-{field}").json()

    assert ascending == sorted(ascending, key=lambda row: (row[field], row["id"]))
    assert descending == list(reversed(ascending))


def test_ties_are_broken_by_id(operator: Api) -> None:
    moment = clock.now()
    rows = many_requests(20, created_at=moment)

    by_id = sorted(str(row.pk) for row in rows)
    assert ids_of(operator.get("/requests?ordering=created_at")) == by_id
    assert ids_of(operator.get("/requests")) == by_id[::-1]


# Fields


def test_only_the_fields_asked_for_are_returned(operator: Api) -> None:
    many_requests(2)

    rows = operator.get("/requests?fields=status,id").json()

    assert [list(row) for row in rows] == [["status", "id"], ["status", "id"]]


# Counts


def test_a_count_above_the_bound_is_an_estimate_without_a_last_link(
    operator: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    many_requests(30)
    monkeypatch.setattr(counting, "EXACT_UP_TO", 20)

    # Given more rows than are counted
    response = operator.get("/requests?limit=5")
    assert response["Record-Count-Exact"] == "false"
    assert int(response["Record-Count"]) == int(response["X-Total-Count"]) > 20
    assert set(links_of(response)) == {"first", "next"}

    # Then the pages go on beyond what was counted
    last = operator.get("/requests?limit=5&offset=25")
    assert len(last.json()) == 5
    assert set(links_of(last)) == {"first", "prev"}
    assert operator.get("/requests?limit=5&offset=30").json() == []

    # And an exact count is had by asking
    exact = operator.get("/requests?limit=5&count=exact")
    assert exact["Record-Count"] == "30"
    assert "Record-Count-Exact" not in exact
    assert "last" in links_of(exact)

    # And a filter that leaves few rows is counted exactly
    few = operator.get(f"/requests?service_uuid={uuid4()}")
    assert (few["Record-Count"], "Record-Count-Exact" in few) == ("0", False)


def test_a_count_of_exactly_the_bound_is_exact(
    operator: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    many_requests(20)
    monkeypatch.setattr(counting, "EXACT_UP_TO", 20)

    response = operator.get("/requests?limit=5")

    assert (response["Record-Count"], "Record-Count-Exact" in response) == ("20", False)


def test_the_bound_is_100000() -> None:
    assert counting.EXACT_UP_TO == 100_000


# The events of a request are a list too


def test_events_are_a_list_oldest_first(operator: Api, demo: ServiceDescriptor) -> None:
    request = run_to_end(submitted(demo))
    path = f"/requests/{request.pk}/events"

    response = operator.get(path)

    events = response.json()
    assert [(event["from_status"], event["to_status"]) for event in events] == [
        (None, "NEW"),
        ("NEW", "INSTANTIATING"),
        ("INSTANTIATING", "READY"),
    ]
    assert [event["at"] for event in events] == sorted(event["at"] for event in events)
    assert list(events[0]) == ["at", "from_status", "to_status", "actor", "message"]
    assert response["Record-Count"] == "3"
    assert operator.get(f"{path}?limit=1&offset=2").json() == events[2:]
    page = operator.get(f"{path}?cursor=&limit=2&fields=to_status")
    rest = operator.get(links_of(page)["next"])
    assert page.json() + rest.json() == [{"to_status": event["to_status"]} for event in events]
    assert operator.get(f"{path}?ordering=-at").json() == events[::-1]
    assert_faults(operator.get(f"{path}?limit=0&status=NEW"), "limit", "status")
