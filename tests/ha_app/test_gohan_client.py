"""gohan's client goes on working: a peer that does what it does (contract: ha.md, REST)."""

import json
import re
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import User

from gatekeeper_site.access.models import Role, UserAccess
from ha_app.models import Gateway, HaInterface, HaRouter
from ha_app.services import sweep_pending
from tests.fixtures import OTHER_TENANT, TENANT, Api
from tests.gohan_client import ClientError, GohanClient
from tests.ha_app.objects import UNKNOWN, new_gateway, new_interface, new_router
from tests.processes import PROJECT

pytestmark = pytest.mark.django_db


PAGE = (PROJECT / "docs/gohan.md").read_text()
# What the page has one set; each client has a user of its own.
ENVIRON = dict(re.findall(r"^export (\w+)=(\S+)$", PAGE, re.MULTILINE))
PASSWORD = "correct horse"


def client_of(role: str, **environ: str) -> GohanClient:
    """Return the client of a new user of TENANT."""
    user = User.objects.create_user(f"{role} {uuid4()}", password=PASSWORD)
    UserAccess.objects.create(user=user, role=role, tenant_id=TENANT)
    login = {"OS_USERNAME": user.get_username(), "OS_PASSWORD": PASSWORD}
    return GohanClient(ENVIRON | login | environ)


@pytest.fixture
def client(db: None) -> GohanClient:
    """A client that prints JSON."""
    return client_of(Role.OPERATOR, GOHAN_OUTPUT_FORMAT="json")


@pytest.fixture
def table(db: None) -> GohanClient:
    """A client that prints tables, as it does unless told otherwise."""
    return client_of(Role.OPERATOR)


def one(client: GohanClient, line: str) -> dict[str, Any]:
    """Return the object that a command prints, out of its envelope."""
    ((resource, shown),) = json.loads(client.run(line)).items()
    assert resource == line.partition(" ")[0]
    assert isinstance(shown, dict)
    return shown


def test_each_resource_is_created_listed_shown_set_and_deleted(client: GohanClient) -> None:
    # Given an HA router, two HA interfaces of it and a gateway, related by their names
    devices = [str(uuid4()) for _ in range(6)]
    pair = f"--primary_router_id {devices[0]} --secondary_router_id {devices[1]}"
    router = one(client, f"ha_router create --name edge --maximum_gateways 7 {pair}")
    sweep_pending()
    interfaces = {}
    for name, link_type, first, second in (
        ("north", "downlink", *devices[2:4]),
        ("south bound", "uplink", *devices[4:]),
    ):
        interfaces[name] = one(
            client,
            f"ha_interface create --ha_router edge --name '{name}' --link_type {link_type} "
            f"--primary_interface_id {first} --secondary_interface_id {second} "
            "--restricted_vlans 0-1024,4094 --maximum_ga_bandwidth 500 --admin_state_up true",
        )
        sweep_pending()
    gateway = one(
        client,
        "gateway create --name 'way out' --service_type vpn --downlink_interface north "
        "--uplink_interface 'south bound' --uplink_vlan_id 1122 --qos_type guarantee "
        "--bandwidth 10",
    )
    sweep_pending()

    # Then each is what was ordered
    assert (router["maximum_gateways"], router["available_gateways"]) == (7, 7)
    assert {each["ha_router_id"] for each in interfaces.values()} == {router["id"]}
    assert interfaces["north"]["restricted_vlans"] == "0-1024,4094"
    assert gateway["downlink_interface_id"] == interfaces["north"]["id"]
    assert gateway["uplink_interface_id"] == interfaces["south bound"]["id"]
    assert (gateway["vlan_id"], gateway["uplink_vlan_id"], gateway["bandwidth"]) == (1025, 1122, 10)

    # Then each is listed, and shown alike by its id and by its name
    for resource, name, created in (
        ("ha_router", "edge", router),
        ("ha_interface", "'south bound'", interfaces["south bound"]),
        ("gateway", "'way out'", gateway),
    ):
        shown = one(client, f"{resource} show {name}")
        assert shown == one(client, f"{resource} show {created['id']}")
        assert (shown["id"], shown["status"]) == (created["id"], "ACTIVE")
        assert shown in json.loads(client.run(f"{resource} list"))[f"{resource}s"]

    # When each is set, by a body with nothing but what changes
    one(client, "ha_router set --maximum_gateways 8 edge")
    one(client, "ha_interface set --admin_state_up false --description closed north")
    one(client, f"gateway set --qos_type '<null>' --bandwidth 0 --name in {gateway['id']}")
    sweep_pending()

    # Then that has changed, and nothing else
    changed = one(client, "ha_router show edge")
    assert (changed["maximum_gateways"], changed["available_gateways"]) == (8, 7)
    assert {name: changed[name] for name in ("name", "primary_router_id")} == {
        "name": "edge",
        "primary_router_id": devices[0],
    }
    north = one(client, "ha_interface show north")
    assert (north["admin_state_up"], north["description"]) == (False, "closed")
    assert north["available_ga_bandwidth"] == 500
    freed = one(client, "gateway show in")
    assert (freed["qos_type"], freed["bandwidth"], freed["vlan_id"]) == (None, 0, 1025)

    # When all are deleted, by name or id
    for line in (
        "gateway delete in",
        "ha_interface delete north",
        f"ha_interface delete {interfaces['south bound']['id']}",
        "ha_router delete edge",
    ):
        assert client.run(line) == ""

    # Then nothing is left
    for resource in ("gateway", "ha_interface", "ha_router"):
        assert json.loads(client.run(f"{resource} list")) == {f"{resource}s": []}


def test_the_walk_in_the_documents(table: GohanClient) -> None:
    commands = re.findall(r"^gohan client (.+)$", PAGE, re.MULTILINE)
    printed = []
    for command in commands:
        printed.append(table.run(command))
        sweep_pending()

    done = [command.split()[1] for command in commands]
    assert done == ["create"] * 3 + ["list", "show"] + ["set"] * 3 + ["delete"] * 3
    assert [line.split(" | ")[1] for line in printed[:4]] == [
        "Name: edge",
        "Name: north",
        "Name: office",
        "Name: office",
    ]
    shown = json.loads(printed[4])["gateway"]
    assert (shown["name"], shown["status"], shown["vlan_id"]) == ("office", "ACTIVE", 1025)
    assert "Maximum ga bandwidth: 500 " in printed[5]
    assert "Qos type: guarantee | Bandwidth: 10 " in printed[6]
    assert "Qos type: None | Bandwidth: 0 " in printed[7]
    assert printed[8:] == ["", "", ""]
    assert HaRouter.objects.count() == HaInterface.objects.count() == Gateway.objects.count() == 0


def test_some_fields_of_a_list_and_of_an_object(client: GohanClient) -> None:
    new_router(name="edge")
    new_router(OTHER_TENANT, name="edge")

    names = "--fields name,ha_router.status"
    assert json.loads(client.run(f"ha_router list {names}")) == {
        "ha_routers": [{"name": "edge", "status": "ACTIVE"}]
    }
    assert one(client, f"ha_router show {names} edge") == {"name": "edge", "status": "ACTIVE"}


def test_a_table_has_the_titles_and_the_order_of_the_schema(table: GohanClient) -> None:
    router = new_router(name="edge", description="a pair")

    lines = table.run("ha_router list")

    assert lines == (
        f"Id: {router.pk} | Name: edge | Description: a pair | "
        f"Primary router id: {router.primary_router_id} | "
        f"Secondary router id: {router.secondary_router_id} | Maximum gateways: 500 | "
        f"Available gateways: 500 | Status: ACTIVE | Tenant id: {router.tenant_id}"
    )
    assert table.run("ha_router show --fields status,name edge") == "Name: edge | Status: ACTIVE"


def test_what_is_wrong_is_printed_in_a_sentence(table: GohanClient) -> None:
    new_router(name="edge")

    assert table.run("ha_router create --primary_router_id x --colour red") == (
        "colour: There is no such field.; primary_router_id: 'x' is not a UUID.; "
        "secondary_router_id: Required."
    )
    assert table.run("ha_router set --name other edge") == (
        "name: This cannot be written, and is 'edge' now."
    )
    assert HaRouter.objects.get().name == "edge"


def test_what_the_client_says_itself(client: GohanClient) -> None:
    router = new_router(name="edge")
    new_interface(router, name="same")
    new_interface(router, name="same")
    new_router(OTHER_TENANT, name="theirs")

    for line, said in (
        ("ha_router show theirs", "Resource not found"),
        (f"ha_router show {UNKNOWN}", "Resource not found"),
        ("ha_router show 'no such name, é/?&'", "Resource not found"),
        ("ha_interface show same", "Multiple ha_interfaces with name 'same' found"),
        ("ha_router delete edge", "Unexpected response: 409 Conflict"),
        ("gateway create --ha_router nothing --service_type internet", "Resource not found"),
    ):
        with pytest.raises(ClientError) as failure:
            client.run(line)
        assert str(failure.value) == said
    with pytest.raises(ClientError, match="Unexpected response: 403 Forbidden"):
        client_of(Role.VIEWER).run("ha_router delete edge")
    assert HaRouter.objects.count() == 2


def test_who_may_not_log_in(db: None) -> None:
    with pytest.raises(ClientError, match="Unexpected response: 401 Unauthorized"):
        client_of(Role.OPERATOR, OS_PASSWORD="wrong")
    with pytest.raises(ClientError, match="Unexpected response: 401 Unauthorized"):
        client_of(Role.OPERATOR, OS_TENANT_ID=OTHER_TENANT)
    with pytest.raises(ClientError, match="Unexpected response: 401 Unauthorized"):
        client_of(Role.OPERATOR, OS_TOKEN_ID="unknown")


def test_a_token_an_endpoint_and_a_tenant_can_be_named(operator: Api) -> None:
    new_router(name="edge")
    client = client_of(
        Role.VIEWER,
        OS_TOKEN_ID=str(operator.token),
        OS_TENANT_ID=TENANT,
        GOHAN_ENDPOINT_URL="http://testserver",
    )

    assert client.run("ha_router delete edge") == ""
    assert HaRouter.objects.count() == 0


def test_a_list_has_all_without_pages(client: GohanClient) -> None:
    router = new_router(name="edge")
    new_interface(router)
    for number in range(55):
        new_gateway(router, name=f"{number}")

    listed = json.loads(client.run("gateway list"))["gateways"]

    assert {row["name"] for row in listed} == {str(number) for number in range(55)}
