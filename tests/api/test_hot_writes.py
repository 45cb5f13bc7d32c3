"""New objects are made alike by the short way and by the view sets (architecture.md)."""

import json
from collections.abc import Callable
from io import BytesIO
from typing import Any
from uuid import uuid4

import pytest
from django.db import OperationalError, connection, transaction
from django.db.models import Model
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext
from django_q.models import OrmQ
from django_q.signing import SignedPackage
from rest_framework.exceptions import ValidationError

import gatekeeper_site.urls  # noqa: F401 - it says what can be made
from gatekeeper_site.access import throttling
from gatekeeper_site.access.models import Token
from gatekeeper_site.api import hot_writes
from gatekeeper_site.api.conditional import etag_of_text
from gatekeeper_site.api.hot_reads.resources import LeftToTheView, resources
from gatekeeper_site.api.serializers import StrictSerializer, fields_checked
from gatekeeper_site.api.views import FAULT
from gatekeeper_site.audit.models import AuditEntry
from gatekeeper_site.core import clock
from gatekeeper_site.core.lookups import NoAnswer, look_up
from gatekeeper_site.core.rates import Rate
from gatekeeper_site.work import queue
from gatekeeper_site.work.models import OutboxEntry
from ha_app.api.serializers import NewGatewaySerializer
from ha_app.models import Gateway, GatewayEvent, HaInterface, HaRouter, VlanAllocation
from records_app.models import ServiceDescriptor
from requests_app.api.serializers import NewRequestSerializer
from requests_app.models import Request, RequestEvent
from tests.fixtures import OTHER_TENANT, TENANT, Api, new_api
from tests.ha_app.objects import new_interface, new_router

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite has one way alone"),
]
WRITTEN: tuple[type[Model], ...] = (
    Request,
    RequestEvent,
    OrmQ,
    HaRouter,
    HaInterface,
    Gateway,
    GatewayEvent,
    VlanAllocation,
    OutboxEntry,
    AuditEntry,
)
# With these, both ways are told the same of a call.
IDS = {
    "x-request-id": "some-call",
    "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    "x-forwarded-for": "192.0.2.1, 192.0.2.9",
}
SERVICE = "9df6a98f-9e11-4cb7-b3c0-b1375e7ca1a1"
GATEWAY = {"service_type": "internet", "tenant_id": TENANT}


@pytest.fixture
def downlink(demo: ServiceDescriptor, settings: Any) -> HaInterface:
    """A downlink, mirrored in etcd; the demo's service is there, too."""
    settings.ETCD_ENDPOINTS = ["http://etcd.example:2379"]
    settings.TRUSTED_PROXIES = 1
    interface = new_interface(new_router(), name="é %s")
    OutboxEntry.objects.all().delete()
    return interface


@pytest.fixture
def same_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    """All that happens does so at once, and each task of it wakes its cluster."""
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now)
    # A column's default is asked for by itself.
    monkeypatch.setattr(Gateway._meta.get_field("created_at"), "_get_default", lambda: now)
    monkeypatch.setattr(queue, "WAKE_SECONDS", 0)


def on(downlink: HaInterface, **members: Any) -> dict[str, Any]:
    return GATEWAY | {"downlink_interface_id": str(downlink.pk)} | members


def environ_of(api: Api, path: str, body: Any, **headers: str) -> dict[str, Any]:
    """Return a call as WSGI has it."""
    text = body if isinstance(body, bytes) else json.dumps(body).encode()
    sent = {"authorization": f"Bearer {api.token}"} | IDS | headers
    environ = RequestFactory(headers=sent).generic("POST", path, text).environ
    return environ | {"wsgi.input": BytesIO(text)}


def hot(api: Api, path: str, body: Any, **headers: str) -> Any:
    """Return what the short way answers; None if it leaves the call."""
    environ = environ_of(api, path, body, **headers)
    try:
        return hot_writes.answer_to(environ)
    except LeftToTheView:
        return None


def stored() -> list[dict[str, Any]]:
    """Return all that a call may write; a task is shown as what it says."""
    found = []
    for model in WRITTEN:
        for row in model._default_manager.order_by("pk").values():
            if model is OrmQ:
                task = SignedPackage.loads(row.pop("payload"))
                row["task"] = {name: task[name] for name in task if name not in ("id", "started")}
            found.append({"model": model.__name__} | row)
    return found


def masked(value: Any, own_id: str) -> str:
    """Return a text without an object's own id, and without the keys that the database makes."""
    if isinstance(value, list):
        tasks = [row["id"] for row in value if row["model"] == "OrmQ"]
        for row in value:
            if isinstance(row["id"], int):
                del row["id"]
            if "task_key" in row:
                assert [row.pop("task_key")] == tasks
    return str(value).replace(own_id, "its own id")


BODIES: dict[str, tuple[str, Callable[[HaInterface], Any]]] = {
    "an order": ("/requests", lambda _: {"service_uuid": SERVICE}),
    "SONATA's path": ("/api/v2/requests", lambda _: {"service_uuid": SERVICE}),
    "all members": (
        "/requests",
        lambda _: {
            "request_type": "CREATE",
            "service_uuid": SERVICE,
            "service_instance_uuid": None,
            "ingresses": [{"location": "Ulm \u2028<é", "nap": "10.0.0.0/8"}],
            "egresses": [],
            "callback": "https://shop.example/done?a=%20&b=%s",
        },
    ),
    "as text": ("/requests", lambda _: f' {{"service_uuid": "{SERVICE}"}}'.encode("utf-8-sig")),
    "a gateway": ("/v2.0/gateways", lambda downlink: {"gateway": on(downlink)}),
    "bare": ("/v2.0/gateways", lambda downlink: on(downlink, name="a 'name' %", bandwidth=0)),
    "with its router": (
        "/v2.0/gateways",
        lambda downlink: {
            "gateway": on(downlink, ha_router_id=str(downlink.ha_router_id), qos_type=None)
        },
    ),
}


@pytest.mark.usefixtures("same_moment")
@pytest.mark.parametrize("role", ["admin", "operator"])
@pytest.mark.parametrize("name", BODIES)
def test_answer_and_rows_are_the_same(name: str, role: str, downlink: HaInterface) -> None:
    # Given a caller who makes an object the ordinary way, which is then taken back
    path, body_for = BODIES[name]
    api = new_api(role, TENANT if role == "operator" else "")
    body = body_for(downlink)
    point = transaction.savepoint()
    ordinary = api.post(path, body, **IDS)
    rows = stored()
    transaction.savepoint_rollback(point)
    queue.woken_at.clear()

    # When he makes it the short way
    with CaptureQueriesContext(connection) as queries:
        answer = hot(api, path, body)
    hot_rows = stored()

    # Then he is answered alike, but for its id
    assert (ordinary.status_code, answer.status) == (201, "201 Created")
    printed, hot_printed = ordinary.json(), json.loads(answer.body)
    own_id, hot_id = ((each.get("gateway", each))["id"] for each in (printed, hot_printed))
    assert masked(answer.body.decode(), hot_id) == masked(ordinary.content.decode(), own_id)
    headers = dict(answer.headers)
    one = hot_printed.get("gateway", hot_printed)
    assert headers.pop("ETag") == etag_of_text(hot_writes.to_json(one))
    expected = {name: value for name, value in ordinary.headers.items() if name != "ETag"}
    assert masked(headers, hot_id) == masked(expected, own_id)
    # and as much is written, by one statement beside the one that tells who calls
    assert masked(hot_rows, hot_id) == masked(rows, own_id)
    assert len([each for each in queries if "SAVEPOINT" not in each["sql"]]) == 2
    assert "192.0.2.9" in str(hot_rows)


@pytest.mark.usefixtures("unthrottled")
def test_what_is_refused_or_unusual_is_left_with_nothing_done(downlink: HaInterface) -> None:
    operator = new_api("operator", TENANT)
    foreign = new_interface(new_router(OTHER_TENANT))
    order = {"service_uuid": SERVICE}
    left: list[tuple[Api, str, Any, dict[str, str]]] = [
        (operator, "/requests", body, {})
        for body in (
            b"",
            b"{",
            b"[]",
            b"\xff",
            b'{"service_uuid": "' + SERVICE.encode() + b'", "service_uuid": null}',
            {},
            order | {"unknown": 1},
            order | {"id": str(uuid4())},
            order | {"csrfmiddlewaretoken": "x"},
            order | {"ingresses": [{}]},
            order | {"callback": "ftp://x.example"},
            order | {"request_type": "TERMINATE"},
            order | {"nsd_id": SERVICE},
            {"request_type": "TERMINATE", "service_instance_uuid": str(uuid4())},
            {"service_uuid": str(uuid4())},
            order | {"ingresses": [{"location": "x" * 17_000, "nap": ""}]},
        )
    ]
    left += [
        (operator, "/v2.0/gateways", body, {})
        for body in (
            {"gateways": [on(downlink)]},
            {"gateway": on(downlink), "more": 1},
            {"gateway": []},
            on(foreign),
            on(downlink, tenant_id=OTHER_TENANT),
            on(downlink, service_type="vpn"),
            on(downlink, vlan_id=7),
            on(downlink, qos_type="guarantee", bandwidth=1),
            on(downlink, ha_router_id=str(foreign.ha_router_id)),
            on(downlink, ha_router_id=str(uuid4())),
            GATEWAY | {"ha_router_id": str(downlink.ha_router_id)},
        )
    ]
    without_tenant = {name: each for name, each in on(downlink).items() if name != "tenant_id"}
    left += [
        (new_api("admin"), "/v2.0/gateways", without_tenant, {}),
        (new_api("viewer", TENANT), "/requests", order, {}),
        (new_api("", TENANT), "/requests", order, {}),
        (Api("unknown"), "/requests", order, {}),
        (operator, "/requests?format=json", order, {}),
        (operator, "/requests/", order, {}),
        (operator, "/v2.0/ha_routers", {}, {}),
        (operator, "/requests", order, {"idempotency-key": "x"}),
        (operator, "/requests", order, {"idempotency-key": ""}),
        (operator, "/requests", order, {"content-encoding": "gzip"}),
        (operator, "/requests", order, {"cookie": "sessionid=x"}),
        (operator, "/requests", order, {"authorization": "Basic eA=="}),
    ]
    Request.objects.all().delete()
    before = stored()

    for api, path, body, headers in left:
        assert hot(api, path, body, **headers) is None, (path, body, headers)

    assert stored() == before


@pytest.mark.parametrize(
    "change",
    [
        {"admin_state_up": False},
        {"status": "DOWN"},
        {"vlan_pool_state": "/" * 682 + "8="},
    ],
)
def test_a_gateway_that_cannot_be_is_left_with_nothing_done(
    downlink: HaInterface, change: dict[str, Any]
) -> None:
    HaInterface.objects.filter(pk=downlink.pk).update(**change)
    api = new_api("operator", TENANT)
    before = stored()

    assert hot(api, "/v2.0/gateways", on(downlink)) is None

    assert stored() == before
    assert api.post("/v2.0/gateways", on(downlink)).status_code == 409


def test_the_tokens_calls_are_counted_once(
    downlink: HaInterface, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a token of three calls an hour, which was never used
    monkeypatch.setattr(throttling, "token_slices", throttling.Slices())
    settings.THROTTLE_PER_TOKEN = Rate(3, 3600)
    api = new_api("operator", TENANT)
    Token.objects.update(last_used_at=None)

    # When it makes two objects, and is refused some that are left, and so not counted
    refused = [{"service_uuid": str(uuid4())}, {}]
    answers = [hot(api, "/requests", body) for body in [*refused, {"service_uuid": SERVICE}]]
    answers.append(hot(api, "/v2.0/gateways", on(downlink)))

    # Then one call is left, and what is too many is the view set's to say
    assert [each is None for each in answers] == [True, True, False, False]
    assert hot(api, "/requests", {"service_uuid": SERVICE}) is not None
    assert hot(api, "/requests", {"service_uuid": SERVICE}) is None
    assert api.post("/requests", {"service_uuid": SERVICE}).status_code == 429
    assert Request.objects.count() == 2
    assert Token.objects.get().last_used_at is not None


def test_a_call_that_goes_several_ways_is_counted_once(
    downlink: HaInterface, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from gatekeeper_site.wsgi import application

    # Given a token of four calls an hour, of which this process may count two without asking, and
    # an interface that is full
    slices = throttling.Slices()
    monkeypatch.setattr(throttling, "token_slices", slices)
    settings.THROTTLE_PER_TOKEN = Rate(4, 3600)
    api = new_api("operator", TENANT)
    key = throttling.slice_key(Token.objects.get().pk, settings.THROTTLE_PER_TOKEN)
    slices.take(key, settings.THROTTLE_PER_TOKEN)
    slices.take(key, settings.THROTTLE_PER_TOKEN)
    Token.objects.update(last_used_at=clock.now())
    HaInterface.objects.filter(pk=downlink.pk).update(vlan_pool_state="/" * 682 + "8=")

    async def row(sql: str, parameters: Any) -> Any:
        return look_up(sql, parameters)

    async def write(_: Any) -> Any:
        raise NoAnswer

    # When gateways are ordered, which the event loop leaves to a thread, and that to the view set
    def status() -> int:
        order = environ_of(api, "/v2.0/gateways", on(downlink))
        with pytest.raises(StopIteration) as left:
            hot_writes.answer_at_once(order, row, write).send(None)
        assert left.value.value is None
        assert FAULT not in order
        started: list[Any] = []
        application(order, lambda *given: started.append(given))
        return int(started[0][0][:3])

    # Then it has its four calls
    assert [status() for _ in range(5)] == [409, 409, 409, 409, 429]


@pytest.mark.usefixtures("unthrottled")
def test_what_the_event_loop_leaves_wakes_no_worker_in_vain(
    downlink: HaInterface, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a token whose use is to be noted, which the event loop cannot
    monkeypatch.setattr(queue, "woken_at", {})
    api = new_api("operator", TENANT)
    Token.objects.update(last_used_at=None)

    async def row(sql: str, parameters: Any) -> Any:
        return look_up(sql, parameters)

    async def write(_: Any) -> Any:
        raise AssertionError

    # When an order comes
    order = environ_of(api, "/requests", {"service_uuid": SERVICE})
    with pytest.raises(StopIteration) as left:
        hot_writes.answer_at_once(order, row, write).send(None)
    with CaptureQueriesContext(connection) as queries:
        answer = hot_writes.answer_to(order)

    # Then a thread takes it, and wakes the worker
    assert (left.value.value, answer.status) == (None, "201 Created")
    assert FAULT not in order
    assert any("pg_notify" in each["sql"] or "gatekeeper_tasks" in each["sql"] for each in queries)


def test_what_may_have_been_done_is_not_done_again(
    downlink: HaInterface, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a connection that breaks when the order was written, and before that is said
    from gatekeeper_site.wsgi import application

    def write_and_break(statement: Any) -> None:
        write(statement)
        raise OperationalError("server closed the connection unexpectedly")

    write = hot_writes.write_at_once
    monkeypatch.setattr(hot_writes, "write_at_once", write_and_break)
    api = new_api("operator", TENANT)
    started: list[Any] = []

    # When it is sent
    environ = environ_of(api, "/requests", {"service_uuid": SERVICE})
    answer = b"".join(application(environ, lambda *given: started.append(given)))

    # Then it is told that the database does not answer, and there is one request
    assert started[0][0] == "503 Service Unavailable"
    assert dict(started[0][1])["Retry-After"] == "5"
    assert json.loads(answer)["code"] == "unavailable"
    assert Request.objects.count() == 1


ODD: tuple[Any, ...] = (None, "", " ", "x", 0, 1, -1, True, 1.5, 2**70, [], [{}], {}, "\0", SERVICE)


@pytest.mark.parametrize("kind", [NewRequestSerializer, NewGatewaySerializer])
def test_members_are_checked_as_the_serializer_does(kind: type[StrictSerializer]) -> None:
    # Given orders of which one member is odd, or missing, or not known
    views = [each.view for each in resources.values() if each.view.creation is not None]
    assert {
        each().new_serializer if hasattr(each, "new_serializer") else NewRequestSerializer
        for each in views
    } == {NewRequestSerializer, NewGatewaySerializer}
    good: dict[str, Any] = {"service_uuid": SERVICE}
    if kind is NewGatewaySerializer:
        good = GATEWAY | {"downlink_interface_id": SERVICE}
    orders = [good | {name: value} for name in [*kind().fields, "unknown"] for value in ODD]
    orders += [{other: good[other] for other in good if other != name} for name in good]
    orders.append(good)
    taken = 0

    class Fields(kind):  # type: ignore[valid-type,misc]
        """Each member by itself."""

        def faults_between(self, *_: Any) -> tuple[Any, ...]:
            return ()

        unknown_references = faults_between

    for order in orders:
        try:
            found = fields_checked(kind, order)
        except ValidationError:
            assert not Fields(data=order).is_valid(), order
        else:
            serializer = Fields(data=order)
            assert serializer.is_valid(), order
            assert found == serializer.validated_data, order
            taken += 1

    assert taken > 10
