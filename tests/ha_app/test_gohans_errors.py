"""Errors in gohan's form, to who accepts JSON and nothing else (contract: ha.md, REST)."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import OperationalError, connection

from gatekeeper_site.core.rates import Rate
from ha_app.models import HaRouter
from tests.fixtures import Api, assert_problem, new_api
from tests.ha_app.objects import UNKNOWN, new_router, path_of, router_body

pytestmark = pytest.mark.django_db

PATH = "/v2.0/ha_routers"
GOHANS = {"accept": "application/json"}
EVERYBODY_ELSE = [None, "", "*/*", "application/*", "application/json;q=1", "application/json, */*"]
EVERYBODY_ELSE += ["application/problem+json", "text/html", "application/json, text/plain, */*"]
# What differs from call to call.
OWN = ("Content-Type", "Content-Length", "X-Request-ID", "traceparent")
Call = Callable[..., Any]


def both(call: Call) -> tuple[dict[str, Any], Any]:
    """Return an error as everybody gets it, and as gohan's clients do; check that they agree."""
    problem, gohans = call(), call(**GOHANS)
    assert gohans.status_code == problem.status_code
    headers = [
        {name: text for name, text in answer.items() if name not in OWN}
        for answer in (problem, gohans)
    ]
    assert headers[0] == headers[1]
    assert "Accept" in gohans["Vary"]
    assert gohans["Content-Type"] == "application/json"
    assert int(gohans["Content-Length"]) == len(gohans.content)
    told = assert_problem(problem, problem.status_code, problem.json()["code"])
    expected = {"error": told["detail"], "errors": told.get("errors", [])}
    assert list(gohans.json()) == ["error", "errors"]
    assert gohans.json() == expected
    return told, gohans


def call_of(api: Api, method: str, path: str, body: Any = b"", **headers: str) -> Call:
    def call(**more: str) -> Any:
        return api.send(method, path, body, **headers, **more)

    return call


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/v2.0/nothing", 404),
        ("GET", "/v2.0/nothing/", 404),
        ("GET", "/gohan", 404),
        ("GET", "/gohan/v0.1/nothing/", 404),
        ("GET", f"{PATH}/{UNKNOWN}", 404),
        ("GET", f"{PATH}/edge", 404),
        ("GET", f"{PATH}/{UNKNOWN}/events", 404),
        ("GET", "/gohan/v0.1/schemas/edge", 404),
        ("DELETE", PATH, 405),
        ("POST", f"{PATH}/{UNKNOWN}", 405),
        ("POST", "/gohan/v0.1/schemas", 405),
        ("GET", f"{PATH}?colour=red&limit=0", 400),
        ("POST", PATH, 400),
    ],
)
def test_an_error_is_told_in_either_form(
    operator: Api, method: str, path: str, status: int
) -> None:
    told, _ = both(call_of(operator, method, path))

    assert told["status"] == status
    assert len(told.get("errors", [])) == {404: 0, 405: 0}.get(status, 1 + ("limit" in path))


def test_every_fault_of_a_body_is_told(operator: Api) -> None:
    body = {"primary_router_id": "edge", "maximum_gateways": -1, "colour": "red"}

    _, gohans = both(call_of(operator, "POST", PATH, {"ha_router": body}))

    faults = {fault["field"] for fault in gohans.json()["errors"]}
    assert faults == {"primary_router_id", "secondary_router_id", "maximum_gateways", "colour"}
    assert HaRouter.objects.count() == 0


def test_what_is_refused_before_a_view_sees_it(operator: Api, anonymous: Api) -> None:
    gzip = call_of(operator, "POST", PATH, b"{}", **{"Content-Encoding": "gzip"})
    elsewhere = call_of(operator, "GET", PATH, host="not a host")

    assert both(call_of(operator, "POST", PATH, b" " * (2**20 + 1)))[0]["status"] == 413
    assert both(gzip)[0]["status"] == 415
    assert both(elsewhere)[0]["status"] == 400
    told, gohans = both(call_of(anonymous, "GET", PATH))
    assert (told["status"], gohans["WWW-Authenticate"]) == (401, "Bearer")


def test_refusals_conflicts_and_stale_copies(operator: Api, viewer: Api) -> None:
    router = new_router()
    in_use = router_body(primary_router_id=str(router.primary_router_id))
    stale = call_of(operator, "PUT", path_of(router), {"description": "x"}, **{"If-Match": '"x"'})

    assert both(call_of(viewer, "POST", PATH, router_body()))[0]["status"] == 403
    assert both(call_of(operator, "POST", PATH, in_use))[0]["status"] == 409
    assert both(stale)[0]["status"] == 412
    assert HaRouter.objects.count() == 1


def test_who_calls_too_often(settings: Any) -> None:
    api = new_api()
    settings.THROTTLE_PER_TOKEN = Rate(1, 3600)
    api.get(PATH)

    problem, gohans = (api.get(PATH, headers=each) for each in ({}, GOHANS))

    assert problem.status_code == gohans.status_code == 429
    assert int(gohans["Retry-After"]) > 0
    assert gohans.json() == {"error": problem.json()["detail"], "errors": []}


def test_an_error_of_ours(operator: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(row: dict[str, Any]) -> dict[str, Any]:
        raise ZeroDivisionError("a secret of ours")

    new_router()
    monkeypatch.setattr("ha_app.api.views.HaRouterViewSet.represent", staticmethod(fail))

    told, gohans = both(call_of(operator, "GET", PATH, **{"X-Request-ID": "quoted"}))

    assert told["status"] == 500
    assert "secret" not in gohans.content.decode()
    assert "Quote quoted when" in gohans.json()["error"]


def test_a_database_that_is_away(operator: Api) -> None:
    def away(*args: Any) -> None:
        raise OperationalError("could not connect to server")

    with connection.execute_wrapper(away):
        told, gohans = both(call_of(operator, "GET", PATH))

    assert told["status"] == 503
    assert int(gohans["Retry-After"]) > 0


@pytest.mark.parametrize("accept", EVERYBODY_ELSE)
def test_everybody_else_gets_problem_details(operator: Api, accept: str | None) -> None:
    headers = {} if accept is None else {"accept": accept}

    for path in ("/v2.0/nothing", f"{PATH}/{UNKNOWN}"):
        assert_problem(operator.get(path, headers=headers), 404, "not_found")


@pytest.mark.parametrize(
    "path", ["/requests/1", "/v2.0x", "/v2", "/v2.1/ha_routers", "/gohans", "/x/v2.0/", "/nothing"]
)
def test_elsewhere_everybody_does(operator: Api, path: str) -> None:
    assert_problem(operator.get(path, headers=GOHANS), 404, "not_found")


def test_a_kept_answer_is_told_as_who_sends_the_order_again_wants_it(operator: Api) -> None:
    # Given orders that were refused under a key, to one caller in gohan's form
    asked = {"Idempotency-Key": "one", "accept": "*/*"}
    gohans = {"Idempotency-Key": "two", **GOHANS}
    first = [operator.post(PATH, {}, **headers) for headers in (asked, gohans)]

    # When each is sent again, accepting something else, and then as before
    again = [
        operator.post(PATH, {}, **(asked | GOHANS)),
        operator.post(PATH, {}, **(gohans | {"accept": "*/*"})),
        operator.post(PATH, {}, **asked),
        operator.post(PATH, {}, **gohans),
    ]

    # Then the fault is the kept one, in the form that is accepted now
    assert [answer["Idempotent-Replayed"] for answer in again] == ["true"] * 4
    assert {answer.status_code for answer in again} == {400}
    problem, shown = first[0].content, first[1].content
    assert [answer.content for answer in again] == [shown, problem, problem, shown]
    kinds = [answer["Content-Type"].removeprefix("application/") for answer in again]
    assert kinds == ["json", "problem+json", "problem+json", "json"]


def test_what_is_no_error_is_as_it_was(operator: Api) -> None:
    created = operator.post(PATH, router_body(), **GOHANS)

    assert (created.status_code, created["Content-Type"]) == (201, "application/json")
    assert list(created.json()) == ["ha_router"]
    assert operator.get(PATH, headers=GOHANS).json() == {
        "ha_routers": [created.json()["ha_router"]]
    }
