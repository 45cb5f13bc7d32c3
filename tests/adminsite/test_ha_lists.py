"""The lists of HA objects: found by their devices, filtered, with their use as bars.

What every list does is in test_lists.py.
"""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from ha_app.models import Gateway, HaInterface, HaRouter
from tests.adminsite.pages import list_of, listed, store_many, text_of
from tests.adminsite.test_lists import queries_of
from tests.ha_app.objects import new_gateway, new_interface, new_router

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("column", ["id", "primary_router_id", "secondary_router_id"])
def test_a_router_is_found_by_its_own_and_its_devices_uuids(column: str, superuser: Client) -> None:
    new_router()
    wanted = new_router()

    found = superuser.get(list_of("HA routers"), {"q": str(getattr(wanted, column))})

    assert listed(found) == [wanted.pk]


@pytest.mark.parametrize(
    "column", ["id", "ha_router_id", "primary_interface_id", "secondary_interface_id"]
)
def test_an_interface_is_found_by_its_own_its_router_s_and_its_devices_uuids(
    column: str, superuser: Client
) -> None:
    new_interface(new_router())
    wanted = new_interface(new_router())

    found = superuser.get(list_of("HA interfaces"), {"q": str(getattr(wanted, column))})

    assert listed(found) == [wanted.pk]


@pytest.mark.parametrize(
    "column", ["id", "ha_router_id", "downlink_interface_id", "uplink_interface_id"]
)
def test_a_gateway_is_found_by_its_own_and_by_what_it_is_on(column: str, superuser: Client) -> None:
    for _ in range(2):
        router = new_router()
        new_interface(router)
        uplink = new_interface(router, "uplink")
        fields = {"uplink_interface_id": uplink.pk, "uplink_vlan_id": 122}
        wanted = new_gateway(router, service_type="vpn", **fields)

    found = superuser.get(list_of("gateways"), {"q": str(getattr(wanted, column))})

    assert listed(found) == [wanted.pk]


MODEL_OF: dict[str, Any] = {
    "HA routers": HaRouter,
    "HA interfaces": HaInterface,
    "gateways": Gateway,
}


@pytest.mark.parametrize("models", MODEL_OF)
def test_a_search_for_a_uuid_looks_in_indexes_only_one_for_a_name_in_names(
    models: str, superuser: Client
) -> None:
    store_many(models, 3)
    rows = MODEL_OF[models].objects.all()
    MODEL_OF[models].objects.filter(pk=rows[0].pk).update(name="frankfurt-2")

    queries = queries_of(superuser, f"{list_of(models)}?q={uuid4()}")

    assert not [sql for sql in queries if "LIKE" in sql]
    assert listed(superuser.get(list_of(models), {"q": "Frankfurt"})) == [
        MODEL_OF[models].objects.get(name="frankfurt-2").pk
    ]


def test_routers_are_filtered_by_status(superuser: Client) -> None:
    new_router()
    wanted = new_router()
    HaRouter.objects.filter(pk=wanted.pk).update(status="ERROR")

    found = superuser.get(list_of("HA routers"), {"status__exact": "ERROR"})

    assert listed(found) == [wanted.pk]


def test_interfaces_are_filtered_by_link_type_and_state(superuser: Client) -> None:
    router = new_router()
    downlink = new_interface(router, admin_state_up=False)
    uplink = new_interface(router, "uplink")
    path = list_of("HA interfaces")

    assert listed(superuser.get(path, {"link_type__exact": "uplink"})) == [uplink.pk]
    assert listed(superuser.get(path, {"admin_state_up__exact": "0"})) == [downlink.pk]


def test_gateways_are_filtered_by_service_type(superuser: Client) -> None:
    router = new_router()
    new_interface(router)
    new_gateway(router)
    wanted = new_gateway(router, service_type="common_function")

    found = superuser.get(list_of("gateways"), {"service_type__exact": "common_function"})

    assert listed(found) == [wanted.pk]


@pytest.mark.parametrize(
    ("in_use", "maximum", "level"),
    [(0, 0, "some"), (8, 10, "some"), (9, 10, "much"), (10, 10, "nearly-all")],
)
def test_a_bar_tells_how_much_is_in_use(
    in_use: int, maximum: int, level: str, superuser: Client
) -> None:
    router = new_router(maximum_gateways=maximum)
    HaRouter.objects.filter(pk=router.pk).update(available_gateways=maximum - in_use)

    page = superuser.get(list_of("HA routers"))

    assert f"{in_use} of {maximum}" in text_of(page)
    assert f'class="gatekeeper-use {level}"' in page.content.decode()


def test_the_bar_of_an_interface_is_of_what_can_be_handed_out(superuser: Client) -> None:
    router = new_router()
    new_interface(router, restricted_vlans="0-1024,4094")
    new_gateway(router)

    assert "1 of 3069" in text_of(superuser.get(list_of("HA interfaces")))


@pytest.mark.parametrize(
    ("models", "column"),
    [
        ("HA routers", '"description"'),
        ("HA interfaces", '"description"'),
        ("HA interfaces", '"vlan_pool_state"'),
        ("HA interfaces", '"restricted_vlans"'),
        ("gateways", '"description"'),
    ],
)
def test_a_list_reads_no_large_column(models: str, column: str, superuser: Client) -> None:
    store_many(models, 60)

    assert not [sql for sql in queries_of(superuser, list_of(models)) if column in sql]


def test_statuses_are_badges(superuser: Client) -> None:
    router = new_router()
    new_interface(router)
    new_gateway(router)
    for model in (HaRouter, HaInterface, Gateway):
        model.objects.update(status="ERROR")

    for models in ("HA routers", "HA interfaces", "gateways"):
        page = superuser.get(list_of(models)).content.decode()
        assert "bg-red-100" in page and ">ERROR</span>" in page
