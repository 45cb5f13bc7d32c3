"""What is served below SONATA's prefix too (contract: requests-and-records.md, last section)."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from records_app.models import ServiceDescriptor
from tests.fixtures import (
    DEMO_SERVICE,
    TENANT,
    Api,
    assert_problem,
    every_endpoint,
    instantiated,
    links_of,
    many_requests,
    nsd,
    submitted,
    vnfd,
)

pytestmark = pytest.mark.django_db
PREFIX = "/api/v2"
ROOT = f"http://testserver{PREFIX}"


def without_ids(response: Any) -> tuple[int, dict[str, str], bytes]:
    headers = {
        name: value
        for name, value in response.headers.items()
        if name not in ("X-Request-ID", "traceparent")
    }
    return response.status_code, headers, response.content


@pytest.mark.parametrize(("method", "path"), every_endpoint(str(DEMO_SERVICE)))
def test_every_path_is_there_too(anonymous: Api, method: str, path: str) -> None:
    below = anonymous.send(method, f"{PREFIX}{path}")

    assert_problem(below, 401, "not_authenticated")
    assert below.json()["instance"] == f"{PREFIX}{path}"
    assert below["Allow"] == anonymous.send(method, path)["Allow"]


def test_what_is_read_is_the_same(operator: Api, demo: ServiceDescriptor) -> None:
    record = instantiated(demo)
    function = record.body["network_functions"][0]["vnfr_id"]
    request = operator.get("/requests").json()[0]["id"]

    for path in (
        f"/services/{demo.pk}",
        f"/records/services/{record.pk}",
        f"/records/functions/{function}",
        f"/requests/{request}",
    ):
        below = operator.get(f"{PREFIX}{path}")
        assert below.status_code == 200
        assert without_ids(below) == without_ids(operator.get(path))


def test_links_keep_the_prefix_and_the_filters(operator: Api) -> None:
    many_requests(5)

    page = operator.get(f"{PREFIX}/requests?limit=2&offset=2&status=READY")

    assert len(page.json()) == 2
    assert links_of(page) == {
        name: f"{ROOT}/requests?limit=2&status=READY&offset={offset}"
        for name, offset in {"first": 0, "prev": 0, "next": 4, "last": 4}.items()
    }
    cursor = operator.get(f"{PREFIX}/requests?limit=2&cursor=")
    assert links_of(cursor)["next"].startswith(f"{ROOT}/requests?limit=2&cursor=")


def test_what_is_made_is_found_below_the_prefix(operator: Api, demo: ServiceDescriptor) -> None:
    record = instantiated(demo)
    failed = submitted(demo)
    operator.post(f"/requests/{failed.pk}/cancel")
    update = {"nsd_id": str(DEMO_SERVICE), "latest_nsd_id": str(DEMO_SERVICE)}

    for path, answer in {
        "/functions": operator.post(f"{PREFIX}/functions", vnfd()),
        "/services": operator.post(f"{PREFIX}/services", nsd()),
        "/requests": operator.post(f"{PREFIX}/requests", {"service_uuid": str(DEMO_SERVICE)}),
        "/requests/": operator.post(f"{PREFIX}/requests/{failed.pk}/retry"),
        "/requests//": operator.put(f"{PREFIX}/records/services/{record.pk}", update),
    }.items():
        assert answer.status_code == 201, answer.content
        printed = answer.json()
        made = printed.get("id") or printed["uuid"]
        assert answer["Location"] == f"{ROOT}{path.rstrip('/')}/{made}"
        assert operator.get(answer["Location"]).json() == printed


def test_an_idempotency_key_works_there(operator: Api, demo: ServiceDescriptor) -> None:
    order, key = {"service_uuid": str(DEMO_SERVICE)}, {"Idempotency-Key": "one"}

    first, second = (operator.post(f"{PREFIX}/requests", order, **key) for _ in range(2))

    assert first.json() == second.json()
    assert second["Idempotent-Replayed"] == "true"
    assert second["Location"] == first["Location"]
    assert operator.get("/requests")["Record-Count"] == "1"


def test_one_logs_in_and_out_there() -> None:
    User.objects.create_superuser("root", password="secret")
    credentials = {"username": "root", "password": "secret"}

    answer = Api().post(f"{PREFIX}/sessions/", credentials)

    assert answer.status_code == 201
    api = Api(answer.json()["token"]["access_token"])
    assert api.get(f"{PREFIX}/requests/").status_code == 200
    assert api.delete(f"{PREFIX}/sessions").status_code == 204
    assert api.get(f"{PREFIX}/requests").status_code == 401


@pytest.mark.parametrize(
    "path", ["/v2.0/ha_routers", "/tokens", "/audit", "/admin/", "/docs", "/healthz", "", "/v3"]
)
def test_nothing_else_is_there(admin: Api, path: str) -> None:
    assert_problem(admin.get(f"{PREFIX}{path}"), 404, "not_found")


def test_the_browsable_api_stays_below_the_prefix(person: Client, demo: ServiceDescriptor) -> None:
    request = submitted(demo, TENANT)

    page = person.get(f"{PREFIX}/requests/{request.pk}", headers={"accept": "text/html"})

    assert page.status_code == 200
    text = page.content.decode()
    assert f'href="{ROOT}/requests/{request.pk}/events"' in text
    assert f'href="http://testserver/requests/{request.pk}/events"' not in text
