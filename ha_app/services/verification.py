"""Compares the projections of capacity with the allocations that they stand for, and rebuilds them.

Allocation rows are the truth of a VLAN pool, gateways that of bandwidth and of a router's use.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction

from gatekeeper_site.audit.services import write_audit_entry
from ha_app import vlan_pool
from ha_app.models import Gateway, HaInterface, HaObject, HaRouter, QosType, VlanAllocation
from ha_app.selectors import fixed_vlans
from ha_app.services.objects import put_for_mirror


@dataclass(frozen=True)
class Difference:
    """Something stored that is not what the allocations make of it."""

    ha_object: str
    column: str
    stored: str
    expected: str
    is_repaired: bool

    def __str__(self) -> str:
        text = f"{self.ha_object}: {self.column} is {self.stored}, expected {self.expected}"
        return f"{text} (repaired)" if self.is_repaired else text


def check_capacity(*, repair: bool = False) -> Iterator[Difference]:
    """Give each difference, router by router, each compared (and repaired) under its locks.

    Args:
        repair: whether to write what is expected. What no projection can express is left as it
            is: a gateway whose allocations are not its own, more in use than the maximum.
    """
    for router_id in HaRouter.objects.order_by("created_at", "pk").values_list("pk", flat=True):
        with transaction.atomic():
            differences = list(check_router(router_id, repair))
        yield from differences


def check_router(router_id: UUID, repair: bool) -> Iterator[Difference]:
    """Give the differences of a router, its interfaces and its gateways, all locked."""
    router = HaRouter.objects.select_for_update().filter(pk=router_id).first()
    if router is None:
        return
    interfaces = list(
        HaInterface.objects.select_for_update().filter(ha_router=router).order_by("pk")
    )
    gateways = list(Gateway.objects.filter(ha_router=router).order_by("created_at", "pk"))
    expected = {"available_gateways": router.maximum_gateways - len(gateways)}
    yield from compare(router, expected, repair)
    allocated: dict[UUID, list[int]] = defaultdict(list)
    allocations = VlanAllocation.objects.filter(ha_interface__in=interfaces)
    for interface_id, vlan_id in allocations.values_list("ha_interface_id", "vlan_id"):
        allocated[interface_id].append(vlan_id)
    used: Counter[tuple[UUID, str | None]] = Counter()
    users = Gateway.objects.filter(downlink_interface__in=interfaces)
    for interface_id, qos_type, bandwidth in users.values_list(
        "downlink_interface_id", "qos_type", "bandwidth"
    ):
        used[interface_id, qos_type] += bandwidth
    for interface in interfaces:
        yield from compare(
            interface, expected_capacity(interface, allocated[interface.pk], used), repair
        )
    yield from check_gateways(router, gateways)


def expected_capacity(
    interface: HaInterface, allocated: list[int], used: Counter[tuple[UUID, str | None]]
) -> dict[str, Any]:
    """Return what the columns of an interface are to be.

    Args:
        interface: whose columns they are.
        allocated: its VLANs that are.
        used: the bandwidth that gateways have, by their downlink's id and their type of QoS.
    """
    taken = fixed_vlans(interface) | vlan_pool.from_numbers(allocated)
    of_ga, of_be = (used[interface.pk, kind] for kind in (QosType.GUARANTEE, QosType.BESTEFFORT))
    return {
        "vlan_pool_state": vlan_pool.encode_base64(taken),
        "vlan_ids_available": vlan_pool.count_free(taken),
        "gateway_instances_count": len(allocated),
        "available_ga_bandwidth": interface.maximum_ga_bandwidth - of_ga,
        "available_be_bandwidth": interface.maximum_be_bandwidth - of_be,
    }


def compare(ha_object: HaObject, expected: dict[str, Any], repair: bool) -> Iterator[Difference]:
    """Give the columns of a (locked) object that are not as expected, and write them if asked."""
    wrong = {name: value for name, value in expected.items() if getattr(ha_object, name) != value}
    # More in use than the maximum is nothing that a counter could say.
    repairable = {
        name: value for name, value in wrong.items() if isinstance(value, str) or value >= 0
    }
    if repair and repairable:
        type(ha_object)._default_manager.filter(pk=ha_object.pk).update(**repairable)
        write_audit_entry(
            action="repair",
            instance=ha_object,
            before={name: shown(name, getattr(ha_object, name)) for name in repairable},
            after={name: shown(name, value) for name, value in repairable.items()},
        )
        put_for_mirror([ha_object])
    for name, value in wrong.items():
        yield Difference(
            ha_object=f"{ha_object._meta.verbose_name} {ha_object}",
            column=name,
            stored=shown(name, getattr(ha_object, name)),
            expected=shown(name, value),
            is_repaired=repair and name in repairable,
        )


def shown(column: str, value: Any) -> str:
    """Return a value as a difference shows it: a bitmap as the VLANs that it has as taken."""
    if column != "vlan_pool_state":
        return str(value)
    try:
        return vlan_pool.format_ranges(vlan_pool.decode_base64(value))
    except vlan_pool.InvalidVlanError as error:
        return f"no bitmap ({error})"


def check_gateways(router: HaRouter, gateways: Iterable[Gateway]) -> Iterator[Difference]:
    """Give those of a router's gateways whose VLANs are not those allocated to them.

    Which of the two is right needs a person who looks at the devices: none of it is repaired.
    """
    allocated: dict[UUID, set[tuple[UUID, int]]] = {}
    rows = VlanAllocation.objects.filter(gateway__ha_router=router)
    for gateway_id, interface_id, vlan_id in rows.values_list(
        "gateway_id", "ha_interface_id", "vlan_id"
    ):
        allocated.setdefault(gateway_id, set()).add((interface_id, vlan_id))
    for gateway in gateways:
        own = {(gateway.downlink_interface_id, gateway.vlan_id)}
        if gateway.uplink_interface_id is not None and gateway.uplink_vlan_id is not None:
            own.add((gateway.uplink_interface_id, gateway.uplink_vlan_id))
        found = allocated.get(gateway.pk, set())
        if own != found:
            yield Difference(
                ha_object=f"gateway {gateway}",
                column="VLANs",
                stored=vlans_text(own),
                expected=vlans_text(found),
                is_repaired=False,
            )


def vlans_text(vlans: set[tuple[UUID, int]]) -> str:
    """Return VLANs of interfaces as a difference shows them."""
    return " and ".join(f"{vlan} of {interface}" for interface, vlan in sorted(vlans)) or "none"
