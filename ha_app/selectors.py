"""Reads of HA objects that are more than a queryset."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.db.models import Exists, F, FloatField, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Cast

from gatekeeper_site.access.caller import Caller, visible_to
from gatekeeper_site.core import clock
from ha_app import vlan_pool
from ha_app.models import (
    MODELS_BY_PLURAL,
    Gateway,
    HaInterface,
    HaObject,
    HaRouter,
    InterfaceUse,
    Status,
    VlanAllocation,
)
from ha_app.verdicts import Current

# From how long ago on not every hour is told of any more.
EVERY_HOUR_FOR = timedelta(days=8)
# What is in use beyond this share of a capacity leaves little.
NEARLY_FULL: Final = 0.95


@dataclass(frozen=True)
class Capacity:
    """What gateways use up."""

    words: str
    model: type[HaObject]
    available: str
    maximum: Any


# By the words that filters take.
CAPACITIES: Final = {
    "vlans": Capacity(
        "VLANs",
        HaInterface,
        "vlan_ids_available",
        F("vlan_ids_available") + F("gateway_instances_count"),
    ),
    "gateways": Capacity("gateways", HaRouter, "available_gateways", F("maximum_gateways")),
    "guaranteed": Capacity(
        "guaranteed bandwidth", HaInterface, "available_ga_bandwidth", F("maximum_ga_bandwidth")
    ),
    "best_effort": Capacity(
        "best-effort bandwidth", HaInterface, "available_be_bandwidth", F("maximum_be_bandwidth")
    ),
}


def in_use(rows: QuerySet[Any], kind: str) -> QuerySet[Any]:
    """Give the objects that have a capacity, and use it, its `maximum_of`, `used` and `share`.

    All of them are looked at, which are few beside their gateways: an index of what each gateway
    changes would make gateways dear.
    """
    capacity = CAPACITIES[kind]
    used = F("maximum_of") - F(capacity.available)
    counted = rows.annotate(maximum_of=capacity.maximum, used=used).filter(used__gt=0)
    shares: QuerySet[Any] = counted.annotate(share=Cast("used", FloatField()) / F("maximum_of"))
    return shares


def nearly_full(rows: QuerySet[Any], kind: str) -> QuerySet[Any]:
    """Return the objects that have little left of a capacity."""
    return in_use(rows, kind).filter(share__gt=NEARLY_FULL)


def fullest(rows: QuerySet[Any], kind: str, number: int) -> list[Any]:
    """Return id, name, use and maximum of those with the least left of a capacity."""
    found = in_use(rows, kind).order_by("-share", "pk")
    return list(found.values_list("pk", "name", "used", "maximum_of")[:number])


def gateways_on(ha_interface_id: UUID) -> QuerySet[Gateway]:
    """Return the gateways that have a VLAN of an HA interface, be it their downlink or uplink."""
    return Gateway.objects.filter(
        Q(downlink_interface=ha_interface_id) | Q(uplink_interface=ha_interface_id)
    )


def fixed_vlans(interface: HaInterface) -> vlan_pool.VlanSet:
    """Return the VLANs that an HA interface never hands out: reserved and restricted ones."""
    return vlan_pool.parse_ranges(interface.reserved_vlans) | vlan_pool.parse_ranges(
        interface.restricted_vlans
    )


def vlans_of(interface: HaInterface, caller: Caller) -> dict[str, Any]:
    """Return the VLAN pool of an HA interface as the API prints it, made from its allocations.

    A gateway that the caller cannot see is null, its VLAN is shown as allocated all the same.
    """
    gateway = visible_to(caller, Gateway.objects.filter(pk=OuterRef("gateway_id")))
    rows = list(
        VlanAllocation.objects.filter(ha_interface=interface)
        .annotate(is_visible=Exists(gateway))
        .order_by("vlan_id")
        .values_list("vlan_id", "gateway_id", "gateway__name", "is_visible")
    )
    taken = fixed_vlans(interface) | vlan_pool.from_numbers(row[0] for row in rows)
    return {
        "total": vlan_pool.VLAN_COUNT,
        "available": vlan_pool.count_free(taken),
        "reserved": interface.reserved_vlans,
        "restricted": interface.restricted_vlans,
        "allocated": [
            {
                "vlan_id": vlan_id,
                "gateway_id": str(gateway_id) if is_visible else None,
                "name": name if is_visible else None,
            }
            for vlan_id, gateway_id, name, is_visible in rows
        ],
        "free": vlan_pool.format_ranges(vlan_pool.free_vlans(taken)),
    }


def uses_of(interfaces: Iterable[UUID], since: datetime) -> dict[UUID, list[InterfaceUse]]:
    """Return what is kept of the use of HA interfaces since a moment, by their ids, oldest first.

    Of long ago it is every sixth hour, which is as much as people can tell apart.
    """
    rows = InterfaceUse.objects.filter(ha_interface__in=list(interfaces), hour__gte=since)
    if clock.now() - since > EVERY_HOUR_FOR:
        rows = rows.filter(hour__hour__in=range(0, 24, 6))
    found: dict[UUID, list[InterfaceUse]] = {}
    for row in rows.order_by("hour"):
        found.setdefault(row.ha_interface_id, []).append(row)
    return found


def current_objects(plural: str, ids: Iterable[UUID]) -> dict[UUID, Current]:
    """Return of HA objects, by their ids, what agents' answers are judged by."""
    model = MODELS_BY_PLURAL[plural]
    objects = model._default_manager.filter(pk__in=ids)
    last_event = model.events.rel.related_model._default_manager.order_by("-id").filter(
        ha_object=OuterRef("pk")
    )
    in_error = objects.filter(status=Status.ERROR).annotate(
        reason=Subquery(last_event.values("message")[:1])
    )
    reasons = dict(in_error.values_list("pk", "reason"))
    columns = ("status", "version", "marked_for_deletion", "is_monitored")
    rows = objects.values_list("pk", *columns)
    return {
        pk: Current(**dict(zip(columns, values, strict=True)), reason=reasons.get(pk) or "")
        for pk, *values in rows
    }
