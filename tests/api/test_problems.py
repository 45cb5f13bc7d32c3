"""Errors are problems with every member, all faults at once (contract: http.md, Errors)."""

import logging
import re
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.db import OperationalError, connection

from gatekeeper_site.core.origin import OriginFilter
from records_app.models import ServiceDescriptor
from requests_app.models import Request
from tests.fixtures import (
    Api,
    assert_faults,
    assert_problem,
    every_endpoint,
    instantiated,
    submitted,
)

pytestmark = pytest.mark.django_db


def test_a_problem_has_every_member(operator: Api) -> None:
    response = operator.post("/requests", {"callback": "ftp://x"})

    problem = response.json()
    assert list(problem) == [
        "type",
        "title",
        "status",
        "detail",
        "instance",
        "code",
        "errors",
        "error",
    ]
    assert problem["title"] == "Bad Request"
    assert problem["instance"] == "/requests"
    assert problem["error"] == {"code": 400, "message": problem["detail"]}


# 400: all faults at once


def test_a_body_with_many_faults_has_them_all(
    operator: Api, row_counts: Callable[[], dict[str, int]]
) -> None:
    before = row_counts()

    response = operator.post(
        "/requests",
        {
            "request_type": "DELETE",
            "service_uuid": "x",
            "service_instance_uuid": 7,
            "ingresses": [{"location": "porto", "nap": "a"}, {"location": 1}, "x"],
            "egresses": {},
            "callback": "ftp://example.org",
            "colour": "red",
            "id": str(uuid4()),
        },
    )

    faults = assert_faults(
        response,
        "request_type",
        "service_uuid",
        "service_instance_uuid",
        "ingresses[1].location",
        "ingresses[1].nap",
        "ingresses[2]",
        "egresses",
        "callback",
        "colour",
        "id",
    )
    assert faults["colour"] == "There is no such field."
    assert faults["id"] == "This field is read-only."
    assert row_counts() == before


@pytest.mark.parametrize(
    "field", ["id", "status", "state", "error", "began_at", "created_at", "updated_at"]
)
def test_a_read_only_field_is_a_400_that_names_it(
    operator: Api, demo: ServiceDescriptor, field: str
) -> None:
    faults = assert_faults(
        operator.post("/requests", {"service_uuid": str(demo.pk), field: "NEW"}), field
    )

    assert faults == {field: "This field is read-only."}
    assert not Request.objects.exists()


@pytest.mark.parametrize("field", ["tenant", "serviceUuid", "", " service_uuid", "naïve", "a.b"])
def test_an_unknown_field_is_a_400_that_names_it(
    operator: Api, demo: ServiceDescriptor, field: str
) -> None:
    faults = assert_faults(
        operator.post("/requests", {"service_uuid": str(demo.pk), field: None}), field
    )

    assert faults == {field: "There is no such field."}
    assert not Request.objects.exists()


def test_an_unknown_query_parameter_is_a_400_that_names_it_everywhere(
    admin: Api, demo: ServiceDescriptor, row_counts: Callable[[], dict[str, int]]
) -> None:
    request = submitted(demo)
    before = row_counts()
    for object_id in (str(request.pk), str(demo.pk)):
        for method, path in every_endpoint(object_id):
            response = admin.send(method, f"{path}?colour=red&size=", {})
            faults = assert_faults(response, "colour", "size")
            assert set(faults.values()) == {"There is no such parameter."}, (method, path)
    assert row_counts() == before


def test_the_parameters_of_lists_are_unknown_elsewhere(
    operator: Api, demo: ServiceDescriptor
) -> None:
    query = "limit=1&offset=0&ordering=name&fields=uuid"
    assert_faults(operator.get(f"/services/{demo.pk}?{query}"), "limit", "offset", "ordering")


def test_a_list_with_many_faults_has_them_all(operator: Api) -> None:
    response = operator.get(
        "/requests?limit=0&offset=-1&cursor=x&ordering=colour&fields=id,colour&count=yes"
        "&status=LOST&status=NEW&service_uuid=x&created_at__gte=yesterday&state=%00&colour=red"
    )

    assert_faults(
        response,
        "limit",
        "offset",
        "cursor",
        "ordering",
        "fields",
        "count",
        "status",
        "service_uuid",
        "created_at__gte",
        "state",
        "colour",
    )


def test_a_fault_of_a_filter_comes_with_those_of_the_page(operator: Api) -> None:
    assert_faults(operator.get("/requests?limit=0&status=LOST"), "limit", "status")


def test_more_parameters_than_anybody_needs_are_a_400(operator: Api) -> None:
    problem = assert_problem(operator.get("/requests?" + "a&" * 1001), 400, "validation_error")

    assert problem["detail"] == "At most 1000 parameters, or fields of a form, are taken."


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/sessions", {f"m{number}": 1 for number in range(20_000)}),
        ("/requests", {"ingresses": [1] * 20_000}),
        ("/requests", {"ingresses": [{f"m{number}": 1 for number in range(20_000)}]}),
        ("/functions", {"virtual_deployment_units": [1] * 20_000}),
        ("/v2.0/ha_routers", {"ha_router": {}} | {f"m{number}": 1 for number in range(20_000)}),
    ],
)
def test_of_more_faults_than_anybody_reads_the_first_hundred_are_told(
    operator: Api, path: str, body: dict[str, Any]
) -> None:
    problem = assert_problem(operator.post(path, body), 400, "validation_error")

    assert len(problem["errors"]) == 101
    assert problem["errors"][-1] == {
        "field": "",
        "message": "More is wrong than these 100 faults.",
    }
    assert len(str(problem)) < 40_000


# 404


@pytest.mark.parametrize(
    "object_id",
    [
        "x",
        "1",
        "95e9b668-5726-4998-8ed4-d8d7e7fd222",
        "95e9b668-5726-4998-8ed4-d8d7e7fd2225a",
        "95e9b66857264998 8ed4d8d7e7fd2225",
        "{95e9b668-5726-4998-8ed4-d8d7e7fd2225}",
        "95e9b668572649988ed4d8d7e7fd2225",
        "urn:uuid:95e9b668-5726-4998-8ed4-d8d7e7fd2225",
        "95e9b668-5726-4998-8ed4-d8d7e7fd2225%0A",
        "%00",
        "%FF",
        "é",
        "..%2F..",
        "'; DROP TABLE requests; --",
        "x" * 3000,
    ],
)
def test_a_malformed_or_unknown_id_in_a_path_is_a_404(
    admin: Api, row_counts: Callable[[], dict[str, int]], object_id: str
) -> None:
    admin.get("/requests")
    before = row_counts()
    for method, path in every_endpoint(object_id):
        if object_id in path:
            body = {"nsd_id": str(uuid4()), "latest_nsd_id": "1"} if method == "PUT" else b""
            assert_problem(admin.send(method, path, body), 404, "not_found")
    assert row_counts() == before


def test_an_id_is_read_in_either_case(operator: Api, demo: ServiceDescriptor) -> None:
    assert operator.get(f"/services/{str(demo.pk).upper()}").json()["uuid"] == str(demo.pk)


# 405


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/requests", "GET, POST"),
        ("/requests/{id}", "GET"),
        ("/requests/{id}/events", "GET"),
        ("/requests/{id}/cancel", "POST"),
        ("/requests/{id}/retry", "POST"),
        ("/services", "GET, POST"),
        ("/services/{id}", "GET, DELETE"),
        ("/functions", "GET, POST"),
        ("/functions/{id}", "GET, DELETE"),
        ("/records/services", "GET"),
        ("/records/services/{id}", "GET, PUT"),
        ("/records/functions", "GET"),
        ("/records/functions/{id}", "GET"),
    ],
)
def test_a_method_that_there_is_not_is_a_405_with_those_there_are(
    admin: Api, path: str, allowed: str
) -> None:
    methods = set(allowed.split(", "))
    for method in {"GET", "POST", "PUT", "PATCH", "DELETE", "TRACE", "BREW"} - methods:
        response = admin.send(method, path.format(id=uuid4()), {})
        assert_problem(response, 405, "method_not_allowed")
        allow = set(response["Allow"].split(", "))
        assert allow - {"HEAD", "OPTIONS"} == methods, method


# 409


def test_a_conflict_has_its_own_code_and_changes_nothing(
    operator: Api, demo: ServiceDescriptor, row_counts: Callable[[], dict[str, int]]
) -> None:
    record = instantiated(demo)
    request = Request.objects.get()
    assert operator.post(f"/requests/{request.pk}/cancel").status_code == 409
    terminate = {"request_type": "TERMINATE", "service_instance_uuid": str(record.pk)}
    open_request = operator.post("/requests", terminate).json()
    before = row_counts()

    problem = assert_problem(operator.post("/requests", terminate), 409, "request_conflict")
    assert open_request["id"] in problem["detail"]
    path = f"/requests/{request.pk}"
    assert_problem(operator.post(f"{path}/cancel"), 409, "not_cancellable")
    assert_problem(operator.post(f"{path}/retry"), 409, "not_retryable")

    assert row_counts() == before


# 5xx


def assert_quoted_and_logged(
    problem: dict[str, Any], error: str, log: pytest.LogCaptureFixture
) -> None:
    """Check that the id to quote leads to the error in the log."""
    quoted = re.search(r"Quote (\S{16,}) when", problem["detail"])
    assert quoted is not None, problem
    assert {record.__dict__["request_id"] for record in log.records} == {quoted[1]}
    assert error in log.text


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    """What is logged, with the request's id on each record as in the server's own log."""
    caplog.handler.addFilter(OriginFilter())
    return caplog


def test_an_error_of_ours_is_a_500_with_nothing_but_an_id_that_is_logged(
    operator: Api,
    demo: ServiceDescriptor,
    monkeypatch: pytest.MonkeyPatch,
    log: pytest.LogCaptureFixture,
) -> None:
    submitted(demo)

    def fail(row: dict[str, Any]) -> dict[str, Any]:
        raise ZeroDivisionError("a secret of ours")

    monkeypatch.setattr("requests_app.api.views.RequestViewSet.represent", staticmethod(fail))

    problem = assert_problem(operator.get("/requests"), 500, "internal_error")

    assert "secret" not in str(problem) and "ZeroDivision" not in str(problem)
    assert_quoted_and_logged(problem, "a secret of ours", log)


def test_an_error_outside_of_the_api_is_such_a_500_too(
    anonymous: Api, monkeypatch: pytest.MonkeyPatch, log: pytest.LogCaptureFixture
) -> None:
    def fail() -> str:
        raise ZeroDivisionError("a secret of ours")

    monkeypatch.setattr("gatekeeper_site.operations.health.database_check", fail)

    problem = assert_problem(anonymous.get("/readyz"), 500, "internal_error")

    assert "secret" not in str(problem)
    assert_quoted_and_logged(problem, "a secret of ours", log)


def test_a_database_that_is_away_is_a_503_that_says_when_to_try_again(
    operator: Api, caplog: pytest.LogCaptureFixture
) -> None:
    def away(*args: Any) -> None:
        raise OperationalError("could not connect to server at 10.0.0.1")

    with connection.execute_wrapper(away):
        response = operator.get("/requests")

    problem = assert_problem(response, 503, "unavailable")
    assert int(response["Retry-After"]) > 0
    assert "10.0.0.1" not in str(problem)
    levels = {record.levelno for record in caplog.records if record.name != "gatekeeper.access"}
    assert levels == {logging.ERROR}


def test_a_host_that_is_none_is_a_400(operator: Api) -> None:
    response = operator.get("/requests", headers={"host": "a b"})

    problem = assert_problem(response, 400, "validation_error")
    assert problem["detail"] == (
        "'a b' in the Host header is no name of this server (setting ALLOWED_HOSTS)."
    )
