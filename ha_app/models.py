"""HA routers, HA interfaces, gateways, and what keeps them apart (contract: ha.md).

Capacity is written by `services` alone. Allocation rows are the truth of a VLAN pool; the bitmap
and every counter are projections, which `manage.py check_vlan_pools` verifies and rebuilds.
"""

import uuid
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q

from gatekeeper_site.core import clock
from gatekeeper_site.core.status_events import StatusEvent
from gatekeeper_site.core.tenants import TenantField
from ha_app.vlan_pool import LAST_VLAN, VLAN_COUNT

# What an integer column holds on every database.
MAX_INTEGER = 2**31 - 1
MAX_NAME_LENGTH = 255
# With this an object is never larger than what etcd takes.
MAX_TEXT_LENGTH = 65_535


class Status(models.TextChoices):
    """How an object is: waiting for a change to be confirmed, at work, or in trouble."""

    PENDING_CREATE = "PENDING_CREATE", "PENDING_CREATE"
    PENDING_UPDATE = "PENDING_UPDATE", "PENDING_UPDATE"
    PENDING_DELETE = "PENDING_DELETE", "PENDING_DELETE"
    ACTIVE = "ACTIVE", "ACTIVE"
    DOWN = "DOWN", "DOWN"
    MONITORING_UNAVAILABLE = "MONITORING_UNAVAILABLE", "MONITORING_UNAVAILABLE"
    ERROR = "ERROR", "ERROR"


class LinkType(models.TextChoices):
    """Which side of the HA router an interface is on."""

    UPLINK = "uplink", "uplink"
    DOWNLINK = "downlink", "downlink"


class ServiceType(models.TextChoices):
    """What a gateway leads to."""

    INTERNET = "internet", "internet"
    COMMON_FUNCTION = "common_function", "common_function"
    VPN = "vpn", "vpn"
    AWS = "aws", "aws"
    AZURE = "azure", "azure"
    GCP = "gcp", "gcp"
    INTERDC = "interdc", "interdc"


# Gateways of these also take a VLAN of an uplink; the others never do.
UPLINK_SERVICE_TYPES = (
    ServiceType.VPN,
    ServiceType.AWS,
    ServiceType.AZURE,
    ServiceType.GCP,
    ServiceType.INTERDC,
)


class QosType(models.TextChoices):
    """Which of an interface's two bandwidths a gateway draws on."""

    GUARANTEE = "guarantee", "guarantee"
    BESTEFFORT = "besteffort", "besteffort"


class HaObject(models.Model):
    """What the three resources have in common."""

    id = models.UUIDField("ID", primary_key=True, default=uuid.uuid4, editable=False)
    tenant_id = TenantField()
    name = models.CharField(max_length=MAX_NAME_LENGTH, blank=True)
    description = models.TextField(blank=True)
    status = models.CharField(max_length=24, choices=Status.choices, default=Status.PENDING_CREATE)
    version = models.PositiveIntegerField(
        default=1, help_text="Grows by one with each update and delete."
    )
    created_at = models.DateTimeField(default=clock.now, editable=False)
    # When a pending change that nobody confirms becomes an ERROR; null where none is pending.
    confirm_by = models.DateTimeField(null=True, blank=True, editable=False)
    marked_for_deletion = models.BooleanField(
        "marked for deletion",
        default=False,
        editable=False,
        help_text="Its version is a deletion that agents have yet to confirm, or could not do.",
    )
    is_monitored = models.BooleanField(
        "monitored", default=False, editable=False, help_text="Agents tell how its parts are."
    )

    # The reverse of `HaEvent.ha_object`.
    events: ClassVar[Any]

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self.name} ({self.pk})" if self.name else str(self.pk)


def list_indexes(noun: str) -> list[models.Index]:
    """Return the indexes that serve a list, newest first, and the sweep of what is pending."""
    return [
        models.Index(fields=["created_at", "id"], name=f"{noun}_by_creation"),
        models.Index(fields=["tenant_id", "created_at", "id"], name=f"{noun}_by_tenant"),
        models.Index(fields=["status", "created_at", "id"], name=f"{noun}_by_status"),
        models.Index(
            fields=["confirm_by"], condition=Q(confirm_by__isnull=False), name=f"{noun}_by_deadline"
        ),
    ]


def is_within(column: str, bound: str | int, name: str) -> models.CheckConstraint:
    """Return the constraint that a count is neither negative nor above another column or bound."""
    upper = F(bound) if isinstance(bound, str) else bound
    return models.CheckConstraint(
        condition=Q(**{f"{column}__gte": 0, f"{column}__lte": upper}), name=name
    )


class HaRouter(HaObject):
    """Two edge routers that stand in for each other."""

    primary_router_id = models.UUIDField("primary router")
    secondary_router_id = models.UUIDField("secondary router")
    maximum_gateways = models.PositiveIntegerField(default=500)
    available_gateways = models.PositiveIntegerField(default=500)

    class Meta:
        verbose_name = "HA router"
        indexes = list_indexes("ha_router")
        constraints = [
            is_within("available_gateways", "maximum_gateways", "ha_router_gateways_within"),
        ]


class HaInterface(HaObject):
    """Two physical interfaces of an HA router that stand in for each other, and their VLANs."""

    ha_router = models.ForeignKey(
        HaRouter, on_delete=models.PROTECT, related_name="interfaces", verbose_name="HA router"
    )
    primary_interface_id = models.UUIDField("primary interface")
    secondary_interface_id = models.UUIDField("secondary interface")
    link_type = models.CharField(max_length=8, choices=LinkType.choices)
    restricted_vlans = models.TextField("restricted VLANs", blank=True)
    reserved_vlans = models.TextField(
        "reserved VLANs", blank=True, help_text="The platform's, as they were at the creation."
    )
    vlan_ids_available = models.PositiveIntegerField("VLANs available")
    vlan_pool_state = models.CharField(
        "VLAN pool", max_length=684, help_text="A bit for each VLAN, set if taken, in base64."
    )
    gateway_instances_count = models.PositiveIntegerField("gateways", default=0)
    maximum_ga_bandwidth = models.PositiveIntegerField("maximum guaranteed bandwidth", default=0)
    maximum_be_bandwidth = models.PositiveIntegerField("maximum best-effort bandwidth", default=0)
    available_ga_bandwidth = models.PositiveIntegerField(
        "available guaranteed bandwidth", default=0
    )
    available_be_bandwidth = models.PositiveIntegerField(
        "available best-effort bandwidth", default=0
    )
    admin_state_up = models.BooleanField(
        "admin state up", default=True, help_text="Off: no new gateways."
    )

    class Meta:
        verbose_name = "HA interface"
        indexes = list_indexes("ha_interface")
        constraints = [
            is_within("vlan_ids_available", VLAN_COUNT, "ha_interface_vlans_within"),
            is_within("gateway_instances_count", VLAN_COUNT, "ha_interface_count_within"),
            is_within("available_ga_bandwidth", "maximum_ga_bandwidth", "ha_interface_ga_within"),
            is_within("available_be_bandwidth", "maximum_be_bandwidth", "ha_interface_be_within"),
        ]


class InterfaceUse(models.Model):
    """How much of an HA interface was in use at a moment of an hour, of which this is the only one.

    For people who look back; counters are what decides.
    """

    ha_interface = models.ForeignKey(
        HaInterface, on_delete=models.CASCADE, related_name="uses", db_index=False
    )
    hour = models.DateTimeField(help_text="The full hour that it stands for.")
    at = models.DateTimeField()
    vlans = models.PositiveIntegerField("VLANs in use")
    ga_bandwidth = models.PositiveIntegerField("guaranteed bandwidth in use, Mbit/s")
    be_bandwidth = models.PositiveIntegerField("best-effort bandwidth in use, Mbit/s")

    class Meta:
        verbose_name = "use of an HA interface"
        verbose_name_plural = "uses of HA interfaces"
        indexes = (models.Index(fields=["hour"], name="interface_use_by_hour"),)
        constraints = (
            models.UniqueConstraint(fields=["ha_interface", "hour"], name="one_use_in_an_hour"),
        )

    def __str__(self) -> str:
        return f"{self.vlans} VLANs of {self.ha_interface_id} at {self.at}"


class Gateway(HaObject):
    """What uses the capacity: a VLAN of a downlink, bandwidth, maybe a VLAN of an uplink."""

    service_type = models.CharField(max_length=16, choices=ServiceType.choices)
    ha_router = models.ForeignKey(
        HaRouter, on_delete=models.PROTECT, related_name="gateways", verbose_name="HA router"
    )
    downlink_interface = models.ForeignKey(
        HaInterface, on_delete=models.PROTECT, related_name="downlink_gateways"
    )
    vlan_id = models.PositiveIntegerField("VLAN")
    uplink_interface = models.ForeignKey(
        HaInterface,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="uplink_gateways",
    )
    uplink_vlan_id = models.PositiveIntegerField("uplink VLAN", null=True, blank=True)
    qos_type = models.CharField(  # noqa: DJ001 - the API has null and no ""
        "QoS type", max_length=16, choices=QosType.choices, null=True, blank=True
    )
    bandwidth = models.PositiveIntegerField(default=0)
    vrf_name = models.CharField("VRF name", max_length=MAX_NAME_LENGTH + 16)

    class Meta:
        indexes = [
            *list_indexes("gateway"),
            # One without a name, as most are that programs make, costs nothing here.
            models.Index(fields=["name"], condition=~Q(name=""), name="gateway_by_name"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(uplink_interface__isnull=True, uplink_vlan_id__isnull=True)
                | Q(uplink_interface__isnull=False, uplink_vlan_id__isnull=False),
                name="gateway_uplink_with_vlan",
            ),
            models.CheckConstraint(
                condition=Q(qos_type__isnull=False) | Q(bandwidth=0),
                name="gateway_bandwidth_with_qos",
            ),
        ]


class VlanAllocation(models.Model):
    """A VLAN of an HA interface that a gateway has: the truth about the pool."""

    ha_interface = models.ForeignKey(
        HaInterface, on_delete=models.PROTECT, related_name="vlan_allocations"
    )
    vlan_id = models.PositiveIntegerField("VLAN")
    gateway = models.ForeignKey(Gateway, on_delete=models.CASCADE, related_name="vlan_allocations")

    class Meta:
        verbose_name = "VLAN allocation"
        constraints = [
            models.UniqueConstraint(
                fields=["ha_interface", "vlan_id"], name="vlan_is_allocated_once"
            ),
            is_within("vlan_id", LAST_VLAN, "vlan_is_in_the_pool"),
        ]

    def __str__(self) -> str:
        return f"VLAN {self.vlan_id} of {self.ha_interface_id}"


class DeviceClaim(models.Model):
    """A device that an HA object has, as its primary or as its secondary.

    The primary key keeps any other, and the same one twice, from having it as either: a unique
    constraint of the objects' own table cannot span their two columns.
    """

    device_id = models.UUIDField("device", primary_key=True)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return str(self.device_id)


class EdgeRouterClaim(DeviceClaim):
    """An edge router of an HA router."""

    ha_object = models.ForeignKey(HaRouter, on_delete=models.CASCADE, related_name="claims")

    class Meta:
        verbose_name = "edge router"


class PhysicalInterfaceClaim(DeviceClaim):
    """A physical interface of an HA interface."""

    ha_object = models.ForeignKey(HaInterface, on_delete=models.CASCADE, related_name="claims")

    class Meta:
        verbose_name = "physical interface"


class HaEvent(StatusEvent):
    """An event of an object, found by its time, as events are forgotten before their objects."""

    class Meta(StatusEvent.Meta):
        abstract = True
        indexes = (models.Index(fields=["at", "id"], name="%(class)s_by_time"),)


class HaRouterEvent(HaEvent):
    """An event of an HA router."""

    ha_object = models.ForeignKey(HaRouter, on_delete=models.CASCADE, related_name="events")


class HaInterfaceEvent(HaEvent):
    """An event of an HA interface."""

    ha_object = models.ForeignKey(HaInterface, on_delete=models.CASCADE, related_name="events")


class GatewayEvent(HaEvent):
    """An event of a gateway."""

    ha_object = models.ForeignKey(Gateway, on_delete=models.CASCADE, related_name="events")


MODELS_BY_PLURAL: dict[str, type[HaObject]] = {
    "ha_routers": HaRouter,
    "ha_interfaces": HaInterface,
    "gateways": Gateway,
}


class EtcdMirror(models.Model):
    """How the mirror in etcd stands: one row, which its leader writes."""

    leader = models.CharField(max_length=255, blank=True, help_text="host:pid")
    leader_since = models.DateTimeField(null=True, blank=True)
    seen_at = models.DateTimeField(
        null=True, blank=True, help_text="When the leader last said that it is at work."
    )
    cluster_id = models.CharField("cluster", max_length=32, blank=True)
    revisions = models.JSONField(
        default=dict, blank=True, help_text="{prefix: the last revision that was applied}"
    )
    drift = models.PositiveIntegerField(
        null=True, blank=True, help_text="How many objects differed at the last comparison."
    )
    drift_at = models.DateTimeField(null=True, blank=True)
    error = models.TextField(blank=True)

    class Meta:
        verbose_name = "etcd mirror"
        verbose_name_plural = "etcd mirror"

    def __str__(self) -> str:
        return self.leader or "nobody"
