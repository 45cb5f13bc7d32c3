"""Which tenants and versions Keystone's clients find (contract: ha.md)."""

import pytest
from django.test import Client

from gatekeeper_site.access.models import Role
from ha_app.models import HaRouter
from requests_app.models import Request
from tests.access.keystone.client import THIRD_TENANT, assert_error, made_token
from tests.fixtures import OTHER_TENANT, TENANT, Api, many_requests, new_user

pytestmark = pytest.mark.django_db


# Tenants


def tenants_of(api: Api) -> list[str]:
    response = api.get("/v2.0/tenants")
    assert response.status_code == 200
    tenants = response.json()["tenants"]
    for tenant in tenants:
        assert tenant == {
            "id": tenant["id"],
            "name": tenant["id"],
            "enabled": True,
            "description": "",
        }
    return [tenant["id"] for tenant in tenants]


def test_an_admin_sees_the_tenants_that_have_objects_and_others_their_own(
    admin: Api, operator: Api, other_operator: Api
) -> None:
    assert tenants_of(admin) == []

    many_requests(3)
    many_requests(2, tenant_id=THIRD_TENANT)
    Request.objects.filter(tenant_id=THIRD_TENANT).update(status="ERROR")
    HaRouter.objects.create(
        tenant_id=OTHER_TENANT,
        primary_router_id="9b82b55a-551e-4069-ae77-c972e30ab0cc",
        secondary_router_id="198b93f2-006e-45b6-96d3-e7ef6f759501",
    )

    assert tenants_of(admin) == [TENANT, THIRD_TENANT, OTHER_TENANT]
    assert tenants_of(operator) == [TENANT]
    assert tenants_of(other_operator) == [OTHER_TENANT]
    assert tenants_of(Api(made_token(new_user(), Role.VIEWER, ""))) == []


def test_tenants_are_nobodys_without_a_token() -> None:
    refused = Api().get("/v2.0/tenants")

    assert_error(refused, 401, "Unauthorized")
    assert refused["WWW-Authenticate"] == "Bearer"
    assert "more" in assert_error(
        Api(made_token(new_user())).get("/v2.0/tenants?more=1"), 400, "Bad Request"
    )


# Versions


def test_the_versions_are_told_with_the_url_that_the_caller_used() -> None:
    api = Api(HTTP_HOST="gk.example")

    root, v3, v2 = (api.get(path) for path in ("/", "/v3/", "/v2.0"))

    assert (root.status_code, v3.status_code, v2.status_code) == (300, 200, 200)
    assert v3.json()["version"] == {
        "id": "v3.14",
        "status": "stable",
        "updated": "2020-04-07T00:00:00Z",
        "links": [{"rel": "self", "href": "http://gk.example/v3/"}],
        "media-types": [
            {
                "base": "application/json",
                "type": "application/vnd.openstack.identity-v3+json",
            }
        ],
    }
    assert v2.json()["version"]["id"] == "v2.0"
    assert v2.json()["version"]["links"] == [{"rel": "self", "href": "http://gk.example/v2.0/"}]
    values = [v3.json()["version"], v2.json()["version"]]
    assert root.json() == {"versions": {"values": values}}
    assert_error(api.get("/v3?x=1"), 400, "Bad Request")


def test_a_browser_is_led_to_the_docs(anonymous: Api) -> None:
    page = Client().get("/", headers={"accept": "text/html,*/*;q=0.8"})
    program = anonymous.get("/", headers={"accept": "application/json"})
    with_token = Api("unknown").get("/", headers={"accept": "text/html"})

    assert (page.status_code, page["Location"]) == (302, "/docs")
    assert program.status_code == with_token.status_code == 300


@pytest.mark.parametrize("path", ["/v3", "/v2.0", "/v3/auth/tokens", "/v2.0/tokens"])
def test_a_browser_gets_a_page(person: Client, path: str) -> None:
    page = person.get(path, headers={"accept": "text/html"})

    assert page.status_code in (200, 400, 405)
    assert page["Content-Type"].startswith("text/html")
