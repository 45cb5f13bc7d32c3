"""Reads are answered alike by the short way and by the view sets (architecture.md)."""

from typing import Any
from urllib.parse import quote
from uuid import uuid4

import pytest
from django.db import connection
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

import gatekeeper_site.urls  # noqa: F401 - it says which reads there are
from gatekeeper_site.access.models import Token
from gatekeeper_site.api.hot_reads.answering import answer_at_once, answer_to
from gatekeeper_site.api.hot_reads.resources import LeftToTheView, Question
from gatekeeper_site.api.hot_reads.resources import resources as hot_resources
from gatekeeper_site.api.hot_reads.sql import list_sql
from gatekeeper_site.api.sonata_paths import SONATA_PREFIX
from gatekeeper_site.core.lookups import first_row, look_up
from ha_app.api.views import HaObjectViewSet
from ha_app.models import Gateway, HaInterface, HaRouter, LinkType
from records_app.models import ServiceDescriptor, ServiceRecord
from requests_app.models import Request
from tests.fixtures import (
    OTHER_TENANT,
    TENANT,
    Api,
    instantiated,
    links_of,
    many_requests,
    new_api,
)

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one way alone"),
    pytest.mark.usefixtures("unthrottled"),
]
IDS = ("X-Request-ID", "traceparent")
# What callers send, of which much is a fault.
VALUES = ("", "x", "0", "true", "1,2", "2026-01-01T00:00:00.000Z", str(uuid4()), "%00", "é%ff&&;=")


@pytest.fixture
def everything(demo: ServiceDescriptor) -> None:
    """Some of all that there is, of two tenants and of none."""
    record = instantiated(demo)
    instantiated(demo, OTHER_TENANT)
    record.body |= {
        "huge": 2**70,
        "text": "\u00e9\U0001f600\u2028<",
        "status": "sent",
        "float": 1.50,
    }
    record.save()
    ServiceRecord.objects.filter(tenant_id=OTHER_TENANT).update(descriptor_reference=None)
    many_requests(7)
    many_requests(3, status="ERROR", error='no "room"\n', tenant_id=OTHER_TENANT)
    first = Request.objects.order_by("pk")[0]
    Request.objects.filter(pk=first.pk).update(
        ingresses=[{"location": "Ulm", "nap": "10.0.0.1"}], callback="https://x.example/?a=%20&b"
    )
    for tenant_id in (TENANT, OTHER_TENANT):
        router = HaRouter.objects.create(
            tenant_id=tenant_id,
            name="",
            description="é",
            primary_router_id=uuid4(),
            secondary_router_id=uuid4(),
        )
        interface = HaInterface.objects.create(
            tenant_id=tenant_id,
            ha_router=router,
            primary_interface_id=uuid4(),
            secondary_interface_id=uuid4(),
            link_type=LinkType.DOWNLINK,
            vlan_ids_available=4093,
            vlan_pool_state="gA==",
            admin_state_up=False,
        )
        Gateway.objects.create(
            tenant_id=tenant_id,
            service_type="internet",
            ha_router=router,
            downlink_interface=interface,
            vlan_id=1,
            vrf_name="vrf_gw__1",
        )


def both(api: Api, address: str, **headers: str) -> tuple[Any, Any]:
    """Return what the view set answers, and what the short way does; None if it leaves it."""
    path, _, query = address.partition("?")
    ordinary = api.get(address, headers=headers)
    sent = {"authorization": f"Bearer {api.token}", **headers}
    environ = RequestFactory(headers=sent).get(path).environ | {"QUERY_STRING": query}
    at_once = answered_at_once(environ)
    if at_once is not None:
        assert_alike(ordinary, at_once)
    try:
        return ordinary, answer_to(environ)
    except LeftToTheView:
        assert at_once is None
        return ordinary, None


def answered_at_once(environ: dict[str, Any]) -> Any:
    """Return what the event loop answers by a few statements; None if it leaves the call."""

    async def row(asked: Question) -> Any:
        ask = look_up if asked.is_planned else first_row
        return ask(asked.sql, asked.parameters)

    with CaptureQueriesContext(connection) as queries, pytest.raises(StopIteration) as ended:
        # It waits for nothing but the row, which is there.
        answer_at_once(environ, row).send(None)
    assert len(queries) <= 3
    return ended.value.value


def assert_alike(ordinary: Any, hot: Any) -> None:
    """Compare status, body and headers, but for the ids of the call."""
    assert int(hot.status[:3]) == ordinary.status_code
    assert hot.body == ordinary.content
    expected = [item for item in ordinary.headers.items() if item[0] not in IDS]
    assert [item for item in hot.headers if item[0] not in IDS] == expected
    assert {name for name, _ in hot.headers} >= set(IDS)


def resources() -> list[str]:
    return sorted(hot_resources)


@pytest.mark.usefixtures("everything")
@pytest.mark.parametrize("path", resources())
def test_every_caller_gets_the_same_list_and_objects(path: str) -> None:
    view = hot_resources[path].view
    callers = [new_api("admin"), new_api("viewer", TENANT), new_api("operator", OTHER_TENANT)]
    callers.append(new_api("viewer", user="without"))
    left = []

    for api in callers:
        ordinary, hot = both(api, f"{path}?limit=1000")
        assert_alike(ordinary, hot)
        for row in view.model._default_manager.all():
            ordinary, hot = both(api, f"{path}/{row.pk}")
            if hot is None:
                left.append(ordinary.status_code)
                continue
            assert_alike(ordinary, hot)
            for tag in (ordinary["ETag"], "*", 'W/"x", ' + ordinary["ETag"], '"other"'):
                alike = both(api, f"{path}/{row.pk}", **{"if-none-match": tag})
                assert_alike(*alike)
    # What is not there, or another's, is the view set's to say.
    assert set(left) <= {404}
    assert view.model._default_manager.count() >= 1


@pytest.mark.usefixtures("everything")
@pytest.mark.parametrize("path", resources())
def test_every_parameter_selects_the_same(path: str) -> None:
    view = hot_resources[path].view
    api = new_api("admin")
    # SONATA's paths lead to the same: of each filter, what is there is enough to look at.
    is_sonatas = path.startswith(SONATA_PREFIX)
    assert not is_sonatas or hot_resources[path.removeprefix(SONATA_PREFIX)].view is view
    shown = api.get(f"{path}").json()
    rows = shown if isinstance(shown, list) else next(iter(shown.values()))
    answered = set()
    addresses = []
    for name in view.filterset_class.base_filters:
        member = name.partition("__")[0]
        own = [str(row[member]) for row in rows if row.get(member) is not None]
        own = [value.lower() if value in ("True", "False") else value for value in own]
        found = [quote(value) for value in dict.fromkeys(own)][:2]
        choices = [f"{name}={value}" for value in (*found, *(() if is_sonatas else VALUES))]
        choices += [f"{name}={value}&{name}={value}&limit=2" for value in found]
        choices += [f"{name}={'&'.join([found[0], f'{name}={found[-1]}'])}"] if found else []
        addresses += choices
    orders = [f"ordering={sign}{name}" for name in view.ordering_fields for sign in ("", "-")]
    pages = ["limit=1", "limit=2&offset=1", "offset=999", "limit=0", "cursor=", "count=exact"]
    some = [f"fields={','.join(view.fields[:2])}", "fields=nothing", "fields=", "sort_key=id"]
    addresses += [
        *orders,
        *pages,
        *some,
        "format=json",
        "unknown=1",
        "limit=1&limit=2",
        "&",
        "a=b;c",
    ]

    for query in addresses:
        ordinary, hot = both(api, f"{path}?{query}")
        if hot is None:
            continue
        answered.add(query.partition("=")[0].partition("__")[0])
        assert_alike(ordinary, hot)

    whole = {"limit", "offset", "count", "fields", "ordering"}
    assert answered >= whole


@pytest.mark.usefixtures("everything")
@pytest.mark.parametrize("path", resources())
def test_some_fields_are_shown_alike(path: str) -> None:
    view = hot_resources[path].view
    api = new_api("admin")
    row = view.model._default_manager.all()[0]
    first, last = view.fields[0], view.fields[-1]
    prefixed = [f"{view.singular}.{last}"] if issubclass(view, HaObjectViewSet) else []
    some = [f"fields={first},{last}", "fields=", "fields=nothing", f"fields={first}&fields={last}"]
    gohans = [f"_fields={name}&_fields={first}" for name in (first, last, *prefixed)]
    gohans += ["_fields=", "_fields=nothing", f"_fields=edge.{first}", f"_fields={first},{last}"]
    gohans += [f"_fields={first}&fields={first}"]

    answered = []
    for query in (*some, *gohans):
        for address in (f"{path}?{query}", f"{path}/{row.pk}?{query}"):
            ordinary, hot = both(api, address)
            if hot is None:
                assert ordinary.status_code == 400, address
            else:
                assert_alike(ordinary, hot)
                answered.append(query)

    # gohan's are taken below /v2.0 alone
    taken = [some[0], *(gohans[:3] if prefixed else [])]
    assert answered == [query for query in taken for _ in ("list", "one")]


@pytest.mark.parametrize(("path", "limit"), [("/v2.0/ha_routers", 1000), ("/requests", 50)])
def test_a_list_without_a_limit_is_as_long(admin: Api, path: str, limit: int) -> None:
    many_requests(51)
    HaRouter.objects.bulk_create(
        HaRouter(tenant_id=TENANT, primary_router_id=uuid4(), secondary_router_id=uuid4())
        for _ in range(1001)
    )
    view = hot_resources[path].view

    ordinary, hot = both(admin, f"{path}?ordering=id")

    assert_alike(ordinary, hot)
    rows = ordinary.json() if limit == 50 else ordinary.json()["ha_routers"]
    ids = view.model._default_manager.order_by("id").values_list("id", flat=True)
    assert [row["id"] for row in rows] == [str(each) for each in ids[:limit]]
    following = links_of(ordinary)["next"].removeprefix("http://testserver")
    ordinary, hot = both(admin, following)
    assert_alike(ordinary, hot)
    rest = ordinary.json() if limit == 50 else ordinary.json()["ha_routers"]
    assert [row["id"] for row in rest] == [str(ids[limit])]


@pytest.mark.parametrize(
    ("path", "headers"),
    [
        ("/requests", {"authorization": "Basic eA=="}),
        ("/requests", {"authorization": "Bearer unknown"}),
        ("/requests/", {}),
        ("/requests/1", {}),
        ("/requests/95e9b668-5726-4998-8ed4-d8d7e7fd2225", {}),
        ("/tokens", {}),
        ("/", {}),
    ],
)
def test_what_is_unusual_is_left(admin: Api, path: str, headers: dict[str, str]) -> None:
    _, hot = both(admin, path, **headers)

    assert hot is None


def test_a_name_that_the_server_does_not_have_is_left(admin: Api, settings: Any) -> None:
    settings.ALLOWED_HOSTS = ["testserver"]

    ordinary, hot = both(admin, "/requests", host="elsewhere.example")

    assert (ordinary.status_code, hot) == (400, None)


def test_healthz_is_answered_alike(anonymous: Api) -> None:
    environ = RequestFactory().get("/healthz").environ

    with CaptureQueriesContext(connection) as queries:
        hot = answer_to(environ)

    assert_alike(anonymous.get("/healthz"), hot)
    assert len(queries) == 0


@pytest.mark.parametrize("column", ["revoked_at", "expires_at"])
def test_a_token_that_has_ended_is_left(admin: Api, column: str) -> None:
    Token.objects.update(**{column: "2026-01-01T00:00:00Z"})

    ordinary, hot = both(admin, "/requests")

    assert (ordinary.status_code, hot) == (401, None)


def test_the_tokens_calls_are_counted(admin: Api, settings: Any) -> None:
    from gatekeeper_site.core.rates import Rate

    settings.THROTTLE_PER_TOKEN = Rate(3, 3600)

    answers = [both(admin, "/requests")[1] for _ in range(2)]
    ordinary, hot = both(admin, "/requests")

    assert answers[0] is not None
    assert (ordinary.status_code, hot) == (429, None)


def test_a_value_that_was_never_asked_for_needs_no_new_sql(admin: Api) -> None:
    both(admin, f"/requests?service_uuid={uuid4()}")
    made = list_sql.cache_info().misses

    both(admin, f"/requests?service_uuid={uuid4()}")

    assert list_sql.cache_info().misses == made


def test_an_object_costs_one_statement_and_a_list_three(admin: Api) -> None:
    [request] = many_requests(1)
    counted = []
    for path in (f"/requests/{request.pk}", "/requests"):
        environ = (
            RequestFactory(headers={"authorization": f"Bearer {admin.token}"}).get(path).environ
        )
        with CaptureQueriesContext(connection) as queries:
            answer_to(environ)
        counted.append(len(queries))

    # Who calls, which rows are of the page and how many there are, and what is in them.
    assert counted == [1, 3]
