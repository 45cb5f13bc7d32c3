"""The Python client drives a running server (what it is called with and how: its README)."""

import asyncio
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from gatekeeper_client import Client, Refused, UnexpectedAnswer, follow, pages
from gatekeeper_client.api.descriptors import onboard_function, onboard_service
from gatekeeper_client.api.gateways import create_gateway, delete_gateway, list_gateways
from gatekeeper_client.api.ha_interfaces import (
    create_ha_interface,
    get_ha_interface,
    get_ha_interface_vlans,
)
from gatekeeper_client.api.ha_routers import create_ha_router, get_ha_router, patch_ha_router
from gatekeeper_client.api.health import get_health
from gatekeeper_client.api.records import get_service_record, list_function_records
from gatekeeper_client.api.requests import (
    create_request,
    get_request,
    list_request_events,
    list_requests,
)
from gatekeeper_client.api.sessions import create_session
from gatekeeper_client.models import (
    Credentials,
    HaInterface,
    HaRouter,
    HaRouterChanges,
    HaRouterChangesEnvelope,
    NetworkServiceDescriptor,
    NewGateway,
    NewGatewayEnvelope,
    NewGatewayList,
    NewHaInterface,
    NewHaInterfaceEnvelope,
    NewHaRouter,
    NewHaRouterEnvelope,
    NewRequest,
    Request,
    ServiceRecord,
    VnfDescriptor,
)
from tests.clients.scripted_server import PROXY_ALONE, a_restart, scripted
from tests.fixtures import DEMO_SERVICE, TENANT, nsd, vnfd
from tests.processes import Gatekeeper, free_port, wait_until


def ordered(client: Client) -> Request:
    return create_request.sync(client=client, body=NewRequest(service_uuid=DEMO_SERVICE))


def test_a_service_is_ordered_followed_and_ended(client: Client) -> None:
    order = ordered(client)

    ways = list(follow(client, order, seconds=60))

    assert (order.status, order.request_type, order.service_uuid) == ("NEW", "CREATE", DEMO_SERVICE)
    assert ways[-1].status == "READY"
    assert {way.id for way in ways} == {order.id}
    statuses = [way.status for way in ways]
    assert len(set(statuses)) == len(statuses)
    instance = ways[-1].service_instance_uuid
    assert isinstance(instance, UUID)
    events = list_request_events.sync(order.id, client=client)
    assert [event.to_status for event in events] == ["NEW", "INSTANTIATING", "READY"]
    record = get_service_record.sync(instance, client=client)
    assert (record.status, record.version) == ("normal operation", "1")
    functions = list_function_records.sync(client=client, status=["normal operation"], limit=1000)
    # As MANO has it, whatever that is.
    assert record.network_functions[0]["vnfr_id"] in {str(one.uuid) for one in functions}

    ending = NewRequest(request_type="TERMINATE", service_instance_uuid=instance)
    *_, ended = follow(client, create_request.sync(client=client, body=ending).id, seconds=60)

    assert (ended.state, ended.error) == ("SUCCEEDED", None)
    assert get_service_record.sync(instance, client=client).status == "terminated"
    with pytest.raises(Refused) as refused:
        create_request.sync(client=client, body=ending)
    assert (refused.value.status, refused.value.problem.code) == (409, "instance_terminated")


def test_an_order_that_is_sent_again_is_carried_out_once(client: Client) -> None:
    key = str(uuid4())
    body = NewRequest(service_uuid=DEMO_SERVICE)

    first = create_request.sync_detailed(client=client, body=body, idempotency_key=key)
    again = create_request.sync_detailed(client=client, body=body, idempotency_key=key)

    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert (first.status_code, again.headers["Idempotent-Replayed"]) == (201, "true")
    assert "Idempotent-Replayed" not in first.headers
    assert create_request.sync(client=client, body=body).id != first.parsed.id
    other = NewRequest(service_uuid=uuid4())
    with pytest.raises(Refused) as refused:
        create_request.sync(client=client, body=other, idempotency_key=key)
    assert refused.value.status == 422


def test_what_is_followed_too_long_goes_on(client: Client) -> None:
    # A MANO that never ends it.
    unit = vnfd()["virtual_deployment_units"][0] | {"vm_image": "simulator:silent"}
    name = f"silent-{uuid4().hex}"
    function = vnfd(name, virtual_deployment_units=[unit])
    (network_function,) = nsd()["network_functions"]
    service = nsd(name, network_functions=[network_function | {"vnf_name": name}])
    onboard_function.sync(client=client, body=VnfDescriptor.from_dict(function))
    onboarded = onboard_service.sync(
        client=client, body=NetworkServiceDescriptor.from_dict(service)
    )
    order = create_request.sync(client=client, body=NewRequest(service_uuid=onboarded.uuid))

    seen = []
    with pytest.raises(TimeoutError) as error:
        seen += follow(client, order, seconds=0.2)

    assert str(error.value).startswith(f"After 0.2 s request {order.id} is ")
    now = get_request.sync(order.id, client=client)
    assert now.state in {"NEW", "IN_PROGRESS"}


def test_all_pages_have_every_row_once(client: Client) -> None:
    orders = {ordered(client).id for _ in range(5)}

    found = list(pages(list_requests, client=client, service_uuid=[DEMO_SERVICE], limit=2))

    rows = [row.id for page in found for row in page.rows]
    assert orders <= set(rows)
    assert len(set(rows)) == len(rows) == found[0].total
    assert {len(page.rows) for page in found[:-1]} == {2}
    assert found[0].is_exact
    # None of another service.
    empty = list(pages(list_requests, client=client, service_uuid=[uuid4()]))
    assert [(page.rows, page.total) for page in empty] == [([], 0)]


def new_router(client: Client, **members: Any) -> HaRouter:
    router = NewHaRouter(
        primary_router_id=uuid4(), secondary_router_id=uuid4(), tenant_id=TENANT, **members
    )
    made = create_ha_router.sync(client=client, body=NewHaRouterEnvelope(router)).ha_router
    wait_until(
        lambda: get_ha_router.sync(made.id, client=client).ha_router.status == "ACTIVE",
        what="an ACTIVE router",
    )
    return made


def new_downlink(client: Client, router: HaRouter) -> HaInterface:
    interface = NewHaInterface(
        ha_router_id=router.id,
        link_type="downlink",
        name="down",
        primary_interface_id=uuid4(),
        secondary_interface_id=uuid4(),
        restricted_vlans="0-1024,4094",
        tenant_id=TENANT,
    )
    body = NewHaInterfaceEnvelope(interface)
    made = create_ha_interface.sync(client=client, body=body).ha_interface
    wait_until(
        lambda: get_ha_interface.sync(made.id, client=client).ha_interface.status == "ACTIVE",
        what="an ACTIVE interface",
    )
    return made


def gateway_of(router: HaRouter, **members: Any) -> NewGateway:
    return NewGateway(service_type="internet", ha_router_id=router.id, tenant_id=TENANT, **members)


def test_gateways_take_vlans_and_give_them_back(client: Client) -> None:
    router = new_router(client, name="edge", maximum_gateways=3)
    downlink = new_downlink(client, router)

    one = create_gateway.sync(client=client, body=NewGatewayEnvelope(gateway_of(router))).gateway
    two = create_gateway.sync(
        client=client,
        body=NewGatewayList([gateway_of(router, name="a"), gateway_of(router, name="b")]),
    ).gateways

    assert [each.vlan_id for each in [one, *two]] == [1025, 1026, 1027]
    assert one.qos_type is None
    vlans = get_ha_interface_vlans.sync(downlink.id, client=client)
    assert [vlan.vlan_id for vlan in vlans.allocated] == [1025, 1026, 1027]
    assert (vlans.available, vlans.free) == (3066, "1028-4093")
    (page,) = pages(list_gateways, client=client, ha_router_id=[router.id])
    assert {row.id for row in page.rows} == {one.id, *(each.id for each in two)}
    with pytest.raises(Refused) as refused:
        create_gateway.sync(client=client, body=NewGatewayEnvelope(gateway_of(router)))
    assert refused.value.problem.code == "gateways_exhausted"

    change = HaRouterChangesEnvelope(HaRouterChanges(description="full"))
    with pytest.raises(Refused) as refused:
        patch_ha_router.sync(router.id, client=client, body=change, if_match='"another"')
    assert refused.value.status == 412
    changed = patch_ha_router.sync(router.id, client=client, body=change).ha_router
    assert (changed.description, changed.available_gateways, changed.name) == ("full", 0, "edge")
    delete_gateway.sync(one.id, client=client)
    vlans = get_ha_interface_vlans.sync(downlink.id, client=client)
    assert [vlan.vlan_id for vlan in vlans.allocated] == [1026, 1027]


def test_what_is_refused_is_raised_with_its_problem(server: Gatekeeper, client: Client) -> None:
    with pytest.raises(Refused) as unknown:
        create_request.sync(client=client, body=NewRequest(service_uuid=uuid4(), callback="no URL"))
    with pytest.raises(Refused) as missing:
        get_request.sync("nothing", client=client)
    with Client(server.url, "wrong") as stranger, pytest.raises(Refused) as refused:
        next(follow(stranger, uuid4()))

    problem = unknown.value.problem
    assert (problem.status, problem.code) == (400, "validation_error")
    assert {fault.field for fault in problem.errors or []} == {"service_uuid", "callback"}
    assert "service_uuid: " in str(unknown.value)
    assert (missing.value.status, missing.value.problem.code) == (404, "not_found")
    assert refused.value.status == 401


def test_a_user_logs_in(server: Gatekeeper) -> None:
    with Client(server.url) as client:
        assert get_health.sync(client=client)
        with pytest.raises(Refused) as refused:
            create_session.sync(client=client, body=Credentials(username="nobody", password="no"))

    assert refused.value.status == 401


def test_calls_that_do_not_block_are_the_same(server: Gatekeeper) -> None:
    async def calls() -> tuple[Request, str]:
        async with Client(server.url, server.admin_token) as client:
            body = NewRequest(service_uuid=DEMO_SERVICE)
            order = await create_request.asyncio(client=client, body=body)
            detailed = await get_request.asyncio_detailed(order.id, client=client)
            return order, detailed.parsed.request_type

    order, request_type = asyncio.run(calls())

    assert (order.status, request_type) == ("NEW", "CREATE")


def test_a_record_is_read_whatever_the_mano_wrote_of_its_parts() -> None:
    now = "2017-08-30T14:34:43.512000+00:00"
    odd = {
        "uuid": str(uuid4()),
        "created_at": now,
        "updated_at": now,
        "status": "offline",
        "version": "1",
        "descriptor_reference": "none",
        "descriptor_version": "nsr-schema-01",
        "network_functions": ["vfoo", {}],
        "virtual_links": [None],
        "forwarding_graphs": None,
    }

    read = ServiceRecord.from_dict(odd)

    assert read.network_functions == ["vfoo", {}]
    assert read.to_dict() == odd


def test_what_is_not_gatekeepers_is_an_unexpected_answer() -> None:
    page = (200, {"Content-Type": "text/html"}, b"<h1>It works!</h1>")
    other = (200, {"Content-Type": "application/json"}, b'{"id": 7}')
    half = (200, {"Content-Type": "application/json", "Content-Length": "100"}, b'{"id": ')

    with scripted(page, other, PROXY_ALONE, half) as url, Client(url) as client:
        for text in ("It works!", '{"id": 7}', "502 and text/html"):
            with pytest.raises(UnexpectedAnswer, match=text):
                get_request.sync(uuid4(), client=client)
        with pytest.raises(httpx.TransportError):
            get_request.sync(uuid4(), client=client)
    with Client(f"http://127.0.0.1:{free_port()}") as nobodys, pytest.raises(httpx.ConnectError):
        get_request.sync(uuid4(), client=nobodys)


def test_who_follows_waits_for_a_server_that_restarts(client: Client) -> None:
    order = ordered(client)
    *_, ended = follow(client, order, seconds=60)

    with scripted(*a_restart(order.to_dict(), ended.to_dict())) as url, Client(url) as other:
        assert list(follow(other, order.id, seconds=60)) == [order, ended]
    with scripted(PROXY_ALONE) as url, Client(url) as other, pytest.raises(UnexpectedAnswer):
        next(follow(other, order.id, seconds=60))
