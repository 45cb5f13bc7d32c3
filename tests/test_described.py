"""What holds every answer to the schema notices what the schema does not say."""

import json
from typing import Any

import pytest

from tests.described import NotDescribed, check_answer, resolved, schema
from tests.fixtures import Api

HEADERS = {
    "Content-Type": "application/json",
    "ETag": '"1"',
    "X-Request-ID": "1",
    "traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
}
ID = "de0d4c7e-9450-4c3f-8add-5f9531303c65"


def shown_request() -> dict[str, Any]:
    answer = schema()["paths"]["/requests/{id}"]["get"]["responses"]["200"]
    return dict(resolved(answer)["content"]["application/json"]["example"])


def check(target: str = f"/requests/{ID}", body: Any = None, **changed: Any) -> None:
    answer: dict[str, Any] = {"status": 200, "headers": HEADERS, "method": "GET"} | changed
    document = shown_request() if body is None else body
    check_answer(target=target, body=json.dumps(document).encode(), **answer)


@pytest.mark.parametrize(
    "target",
    [f"/requests/{ID}", f"/requests/{ID}/", f"/api/v2/requests/{ID}", "/admin/", "/static/a.css"],
)
def test_what_is_described_or_none_of_the_schemas_matter_passes(target: str) -> None:
    check(target)


def test_of_an_object_some_fields_may_be_asked_for() -> None:
    some = {"id": ID, "status": "READY"}

    check(f"/requests/{ID}?fields=id,status", some)

    with pytest.raises(NotDescribed, match='"began_at" is a required property'):
        check(body=some)
    with pytest.raises(NotDescribed, match="status"):
        check(f"/requests/{ID}?fields=status", {"status": "AWAY"})


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"target": "/orders"}, "the schema has no such operation"),
        ({"method": "DELETE"}, "the schema has no such operation"),
        ({"status": 202}, "which is none of: 200, 304, 400"),
        ({"headers": HEADERS | {"Content-Type": "text/plain"}}, "none of: application/json"),
        ({"headers": {"Content-Type": "application/json"}}, "without the header X-Request-ID"),
    ],
    ids=["path", "method", "status", "media type", "header"],
)
def test_another_answer_is_noticed(changed: dict[str, Any], message: str) -> None:
    with pytest.raises(NotDescribed, match=message):
        check(**changed)


@pytest.mark.parametrize(
    ("member", "value", "message"),
    [
        ("status", "AWAY", "status: "),
        ("id", "1", "id: "),
        ("error", 5, "error: "),
        ("colour", "red", "colour"),
    ],
)
def test_a_member_that_does_not_fit_is_named(member: str, value: Any, message: str) -> None:
    with pytest.raises(NotDescribed, match=message):
        check(body=shown_request() | {member: value})


def test_every_call_of_the_test_client_is_looked_at(
    anonymous: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert anonymous.get("/healthz").status_code == 200
    monkeypatch.setattr("tests.described.operations_at", lambda path: None)

    with pytest.raises(NotDescribed, match="GET /healthz was answered 200 application/json"):
        anonymous.get("/healthz")
