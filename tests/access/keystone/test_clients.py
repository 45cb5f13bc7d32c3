"""OpenStack's own clients log in at Keystone's door, and call (contract: ha.md, Keystone)."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import User
from keystoneauth1 import exceptions, session
from keystoneauth1.identity import generic, v2, v3
from pytest_django.live_server_helper import LiveServer

from gatekeeper_site.access.models import Role, Token, UserAccess
from gatekeeper_site.access.services import create_token, digest_of
from tests.fixtures import OTHER_TENANT, TENANT

pytestmark = pytest.mark.django_db(transaction=True)

PASSWORD = "correct horse"
ANN = {"username": "ann", "password": PASSWORD}
DEFAULT = {"user_domain_name": "Default"}
Plugin = Callable[[str], Any]


@pytest.fixture
def users(transactional_db: None) -> None:
    """An operator of TENANT, and an admin of all."""
    user = User.objects.create_user(**ANN)
    UserAccess.objects.create(user=user, role=Role.OPERATOR, tenant_id=TENANT)
    User.objects.create_superuser("root", password=PASSWORD)


def new_session(plugin: Any) -> session.Session:
    return session.Session(auth=plugin)


PLUGINS: dict[str, Plugin] = {
    "generic": lambda url: generic.Password(url, **ANN, **DEFAULT),
    "generic, scoped": lambda url: generic.Password(
        url, **ANN, **DEFAULT, project_name=TENANT, project_domain_id="default"
    ),
    "generic, of a version": lambda url: generic.Password(f"{url}/v3", **ANN, **DEFAULT),
    "generic, of version 2.0": lambda url: generic.Password(
        f"{url}/v2.0", **ANN, project_id=TENANT
    ),
    "generic, of a domain": lambda url: generic.Password(
        url, **ANN, **DEFAULT, domain_name="Default"
    ),
    "3": lambda url: v3.Password(f"{url}/v3", **ANN, **DEFAULT),
    "3, scoped": lambda url: v3.Password(f"{url}/v3/", **ANN, **DEFAULT, project_id=TENANT),
    "3, unscoped": lambda url: v3.Password(f"{url}/v3", **ANN, **DEFAULT, unscoped=True),
    "2.0": lambda url: v2.Password(f"{url}/v2.0", **ANN),
    "2.0, scoped": lambda url: v2.Password(f"{url}/v2.0", **ANN, tenant_name=TENANT),
}


@pytest.mark.usefixtures("users")
def test_every_way_to_log_in_finds_the_server_in_the_catalogue(live_server: LiveServer) -> None:
    for name, plugin in PLUGINS.items():
        client = new_session(plugin(live_server.url))
        access = client.auth.get_access(client)
        assert (access.project_id, access.username) == (TENANT, "ann"), name
        assert access.role_names == ["operator"], name
        assert not access.will_expire_soon(stale_duration=3000), name
        for service in ("gohan", "nfv-orchestration"):
            for interface in ("public", "internal", "admin"):
                filters = {"service_type": service, "interface": interface}
                url = client.get_endpoint(**filters, region_name="RegionOne")
                assert url == live_server.url, (name, filters)
        with pytest.raises(exceptions.EndpointNotFound):
            client.get_endpoint(service_type="gohan", region_name="RegionTwo")
        filters = {"service_type": "nfv-orchestration"}
        answer = client.get("/requests", endpoint_filter=filters)
        assert (answer.status_code, answer.json()) == (200, []), name


@pytest.mark.usefixtures("users")
def test_a_project_of_others_and_a_wrong_password_are_refused(live_server: LiveServer) -> None:
    url = f"{live_server.url}/v3"
    plugins = [
        v3.Password(url, **ANN, **DEFAULT, project_id=OTHER_TENANT),
        v3.Password(url, username="ann", password="wrong", **DEFAULT),
        v2.Password(f"{live_server.url}/v2.0", **ANN, tenant_id=OTHER_TENANT),
        v3.ApplicationCredential(
            url, application_credential_id="x", application_credential_secret="unknown"
        ),
    ]

    for plugin in plugins:
        with pytest.raises(exceptions.Unauthorized):
            new_session(plugin).get_token()
    with pytest.raises(exceptions.Unauthorized, match=f"You have no project '{OTHER_TENANT}'"):
        new_session(plugins[0]).get_token()


@pytest.mark.usefixtures("users")
def test_an_admin_of_all_takes_a_project_and_another(live_server: LiveServer) -> None:
    root = {"username": "root", "password": PASSWORD}
    unscoped = new_session(v3.Password(f"{live_server.url}/v3", **root, **DEFAULT))
    assert unscoped.get_project_id() is None

    for tenant in (TENANT, OTHER_TENANT):
        plugin = v3.Token(f"{live_server.url}/v3", token=unscoped.get_token(), project_id=tenant)
        assert new_session(plugin).get_project_id() == tenant
    assert unscoped.get(f"{live_server.url}/v2.0/tenants").json() == {"tenants": []}


@pytest.mark.usefixtures("users")
def test_a_token_of_ours_is_an_application_credential(live_server: LiveServer) -> None:
    token = create_token(user=User.objects.get(username="ann"), role="viewer", tenant_id=TENANT)
    plugin = v3.ApplicationCredential(
        f"{live_server.url}/v3",
        application_credential_id="reader",
        application_credential_secret=token,
    )

    access = plugin.get_access(new_session(plugin))

    assert (access.project_id, access.role_names) == (TENANT, ["viewer"])
    assert Token.objects.count() == 2


@pytest.mark.usefixtures("users")
def test_a_client_logs_in_again_when_its_token_has_expired(
    live_server: LiveServer, settings: Any
) -> None:
    filters = {"endpoint_filter": {"service_type": "gohan"}}
    client = new_session(generic.Password(live_server.url, **ANN, **DEFAULT))
    first = client.get_token()
    Token.objects.update(expires_at=Token.objects.get().created_at)

    # It does not know, is told by a 401, and goes on.
    assert client.get("/requests", **filters).status_code == 200
    second = client.get_token()
    assert second != first

    # Here it knows: a token that ends within half a minute is not used any more.
    settings.SESSION_TOKEN_SECONDS = 10
    short = new_session(generic.Password(live_server.url, **ANN, **DEFAULT))
    assert short.get_token() != short.get_token()


@pytest.mark.usefixtures("users")
def test_a_token_is_revoked_by_whose_it_is(live_server: LiveServer) -> None:
    client = new_session(v3.Password(f"{live_server.url}/v3", **ANN, **DEFAULT))
    token = client.get_token()
    subject = {"X-Subject-Token": token}

    known = client.get(f"{live_server.url}/v3/auth/tokens", headers=subject).json()["token"]
    assert (known["user"]["name"], known["project"]["id"]) == ("ann", TENANT)
    answer = client.delete(f"{live_server.url}/v3/auth/tokens", headers=subject)

    assert answer.status_code == 204
    assert Token.objects.get(digest=digest_of(token)).revoked_at is not None


@pytest.mark.usefixtures("users")
def test_openstacksdk_creates_and_reads_below_version_2(live_server: LiveServer) -> None:
    # Takes a tenth of a second to load, which each of the run's processes would do
    import openstack
    from openstack.service_description import ServiceDescription

    connection = openstack.connect(
        load_yaml_config=False,
        load_envvars=False,
        auth_url=live_server.url,
        user_domain_name="Default",
        project_id=TENANT,
        region_name="RegionOne",
        gohan_api_version="2",
        **ANN,
    )
    connection.add_service(ServiceDescription("gohan"))
    gohan = connection.gohan
    router = {"primary_router_id": str(uuid4()), "secondary_router_id": str(uuid4())}

    made = gohan.post("/ha_routers", json={"ha_router": router}).json()["ha_router"]
    listed = gohan.get("/ha_routers").json()["ha_routers"]

    assert [each["id"] for each in listed] == [made["id"]]
    assert (made["tenant_id"], made["primary_router_id"]) == (TENANT, router["primary_router_id"])
    assert connection.current_project_id == TENANT
    connection.close()
