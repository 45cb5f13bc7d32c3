"""`manage.py check_vlan_pools`: finds each projection that is wrong, and rebuilds it."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import models

from ha_app import vlan_pool
from ha_app.models import Gateway, HaInterface, HaRouter, VlanAllocation
from tests.ha_app.objects import assert_all_agree, new_gateway, new_interface, new_router, stored


def run(*arguments: str) -> list[str]:
    """Return the lines that the command prints."""
    output = StringIO()
    call_command("check_vlan_pools", *arguments, stdout=output)
    return output.getvalue().splitlines()


def run_in_vain(*arguments: str) -> tuple[list[str], str]:
    """Return the lines that the command prints, and why it fails."""
    output = StringIO()
    with pytest.raises(CommandError) as failure:
        call_command("check_vlan_pools", *arguments, stdout=output)
    assert failure.value.returncode == 1
    return output.getvalue().splitlines(), str(failure.value)


@pytest.fixture
def router(db: None) -> HaRouter:
    return new_router(name="edge", maximum_gateways=10)


@pytest.fixture
def interface(router: HaRouter) -> HaInterface:
    """An interface that two gateways use, the one as their downlink, the other as their uplink."""
    downlink = new_interface(router, maximum_ga_bandwidth=100, maximum_be_bandwidth=100)
    uplink = new_interface(router, "uplink")
    vpn = {"service_type": "vpn", "uplink_interface_id": uplink.pk}
    new_gateway(router, uplink_vlan_id=5, qos_type="guarantee", bandwidth=10, **vpn)
    new_gateway(router, uplink_vlan_id=9, qos_type="besteffort", bandwidth=20, **vpn)
    new_gateway(router)
    return downlink


def as_stored() -> list[dict[str, Any]]:
    models_: tuple[type[models.Model], ...] = (HaRouter, HaInterface, Gateway, VlanAllocation)
    return [row for model in models_ for row in model._default_manager.order_by("pk").values()]


def test_nothing_is_found_where_nothing_is_wrong(interface: HaInterface) -> None:
    before = as_stored()

    assert run() == []
    assert run("--repair") == []

    assert as_stored() == before


WRONG = [
    ("vlan_ids_available", 7, "7", "4091"),
    ("gateway_instances_count", 0, "0", "3"),
    ("available_ga_bandwidth", 100, "100", "90"),
    ("available_be_bandwidth", 0, "0", "80"),
    (
        "vlan_pool_state",
        vlan_pool.encode_base64(vlan_pool.parse_ranges("0,2-7,4095")),
        "0,2-7,4095",
        "0-3,4095",
    ),
    ("vlan_pool_state", "x", "no bitmap", "0-3,4095"),
]


@pytest.mark.parametrize(("column", "value", "shown", "expected"), WRONG)
def test_a_wrong_column_of_an_interface_is_told_and_rebuilt(
    interface: HaInterface, column: str, value: Any, shown: str, expected: str
) -> None:
    right = as_stored()
    HaInterface.objects.filter(pk=interface.pk).update(**{column: value})
    wrong = as_stored()

    # Without --repair it is told
    lines, failure = run_in_vain()
    assert len(lines) == 1
    assert f"HA interface {interface.pk}: {column} is {shown}" in lines[0]
    assert lines[0].endswith(f", expected {expected}")
    assert failure == "Not repaired: 1."
    assert as_stored() == wrong

    # And with it, it is as it was
    assert run("--repair") == [f"{lines[0]} (repaired)"]
    assert as_stored() == right
    assert_all_agree()


def test_a_wrong_count_of_a_router_is_told_and_rebuilt(interface: HaInterface) -> None:
    HaRouter.objects.update(available_gateways=10)

    lines, _ = run_in_vain()
    router = interface.ha_router
    assert lines == [f"HA router edge ({router.pk}): available_gateways is 10, expected 7"]
    run("--repair")

    assert stored(router).available_gateways == 7


def test_everything_wrong_is_told_at_once(interface: HaInterface) -> None:
    HaInterface.objects.update(vlan_ids_available=1, gateway_instances_count=7)
    HaRouter.objects.update(available_gateways=0)

    lines, failure = run_in_vain()

    assert len(lines) == 5
    assert failure == "Not repaired: 5."
    assert len(run("--repair")) == 5
    assert run() == []


def test_more_in_use_than_the_maximum_is_told_and_not_hidden(interface: HaInterface) -> None:
    Gateway.objects.filter(qos_type="guarantee").update(bandwidth=101)
    before = as_stored()

    for arguments in ([], ["--repair"]):
        lines, _ = run_in_vain(*arguments)
        assert lines == [f"HA interface {interface.pk}: available_ga_bandwidth is 90, expected -1"]
    assert as_stored() == before


def test_a_gateway_whose_vlans_are_not_its_own_is_told_and_left_to_a_person(
    interface: HaInterface,
) -> None:
    gateway = Gateway.objects.get(vlan_id=3)
    Gateway.objects.filter(pk=gateway.pk).update(vlan_id=33)
    before = as_stored()

    lines, failure = run_in_vain("--repair")

    assert lines == [
        f"gateway {gateway.pk}: VLANs is 33 of {interface.pk}, expected 3 of {interface.pk}"
    ]
    assert failure == "Not repaired: 1."
    assert as_stored() == before


def test_an_allocation_that_is_gone_frees_its_vlan(interface: HaInterface) -> None:
    gateway = Gateway.objects.get(vlan_id=3)
    VlanAllocation.objects.filter(gateway=gateway).delete()

    lines, _ = run_in_vain("--repair")

    assert len([line for line in lines if line.endswith("(repaired)")]) == 3
    assert lines[-1].startswith(f"gateway {gateway.pk}: VLANs is 3 of ")
    assert lines[-1].endswith("expected none")
    assert stored(interface).vlan_ids_available == 4092
