"""What may be written of HA objects and when, and the shapes of answers for the schema."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from drf_spectacular.utils import PolymorphicProxySerializer, extend_schema_serializer
from rest_framework import serializers

from gatekeeper_site.access.api.authentication import caller_of
from gatekeeper_site.access.caller import NO_TENANT
from gatekeeper_site.api.serializers import (
    StrictSerializer,
    TenantField,
    UUIDField,
    WordField,
    names_given,
)
from gatekeeper_site.api.status_events import StatusEventSerializer
from gatekeeper_site.core.parsing import parse_uuid
from ha_app import services
from ha_app.api.fields import (
    BooleanField,
    IntegerField,
    PlainTextField,
    VlanRangesField,
)
from ha_app.models import (
    MAX_NAME_LENGTH,
    UPLINK_SERVICE_TYPES,
    LinkType,
    QosType,
    ServiceType,
    Status,
)
from ha_app.vlan_pool import LAST_VLAN

MBITS = "Mbit/s"
# What of a gateway's order names something.
PLACE_MEMBERS = ("ha_router_id", "downlink_interface_id", "uplink_interface_id")


# What comes in


class NewObjectSerializer(StrictSerializer):
    """What every new object may be given."""

    name = PlainTextField(max_length=MAX_NAME_LENGTH, default="")
    description = PlainTextField(default="")
    tenant_id = TenantField(required=False, help_text="Whose it is; the token's tenant if absent.")

    def faults_between(
        self, data: Mapping[str, Any], faults: Collection[str]
    ) -> Iterator[tuple[str, str]]:
        """Give the faults that no member has by itself."""
        if not data.get("tenant_id") and not caller_of(self.context["request"]).tenant_id:
            yield NO_TENANT


class NewHaRouterSerializer(NewObjectSerializer):
    """A new HA router."""

    read_only_names = ("id", "status", "available_gateways")

    primary_router_id = UUIDField(help_text="An edge router that serves no HA router yet.")
    secondary_router_id = UUIDField(help_text="Another one.")
    maximum_gateways = IntegerField(required=False, default=500)


class HaRouterChangesSerializer(StrictSerializer):
    """A change of an HA router: the given members."""

    description = PlainTextField()
    maximum_gateways = IntegerField(required=False)


class NewHaInterfaceSerializer(NewObjectSerializer):
    """A new HA interface."""

    read_only_names = (
        "id",
        "status",
        "vlan_ids_available",
        "vlan_pool_state",
        "gateway_instances_count",
        "available_ga_bandwidth",
        "available_be_bandwidth",
    )

    ha_router_id = UUIDField()
    primary_interface_id = UUIDField(
        help_text="A physical interface that serves no HA interface yet."
    )
    secondary_interface_id = UUIDField(help_text="Another one.")
    link_type = WordField(choices=LinkType.choices)
    restricted_vlans = VlanRangesField(
        default="", help_text="VLANs that are never handed out, such as 0-1024,4094."
    )
    maximum_ga_bandwidth = IntegerField(
        required=False, default=0, help_text=f"Guaranteed bandwidth, {MBITS}."
    )
    maximum_be_bandwidth = IntegerField(
        required=False, default=0, help_text=f"Best-effort bandwidth, {MBITS}."
    )
    admin_state_up = BooleanField(required=False, default=True, help_text="false: no new gateways.")

    def unknown_references(
        self, data: Mapping[str, Any], faults: Collection[str]
    ) -> list[tuple[str, str]]:
        """Return the HA router, if it is not there."""
        router_id = parse_uuid(data.get("ha_router_id"))
        caller = caller_of(self.context["request"])
        return [] if router_id is None else services.unknown_ha_router(router_id, caller)


class HaInterfaceChangesSerializer(StrictSerializer):
    """A change of an HA interface: the given members."""

    description = PlainTextField()
    maximum_ga_bandwidth = IntegerField(required=False, help_text=f"Guaranteed bandwidth, {MBITS}.")
    maximum_be_bandwidth = IntegerField(
        required=False, help_text=f"Best-effort bandwidth, {MBITS}."
    )
    admin_state_up = BooleanField(required=False, help_text="false: no new gateways.")


class NewGatewaySerializer(NewObjectSerializer):
    """A new gateway."""

    read_only_names = ("id", "status", "vrf_name")

    service_type = WordField(choices=ServiceType.choices)
    ha_router_id = UUIDField(
        required=False, allow_null=True, help_text="May be left out if an interface is named."
    )
    downlink_interface_id = UUIDField(
        required=False,
        allow_null=True,
        help_text="Left out: the router's usable downlink with the most free VLANs.",
    )
    vlan_id = IntegerField(
        max_value=LAST_VLAN, required=False, allow_null=True, help_text="Left out: the lowest free."
    )
    uplink_interface_id = UUIDField(
        required=False,
        allow_null=True,
        help_text=f"Required with {', '.join(UPLINK_SERVICE_TYPES)}, else refused.",
    )
    uplink_vlan_id = IntegerField(
        max_value=LAST_VLAN,
        required=False,
        allow_null=True,
        help_text="Goes with uplink_interface_id.",
    )
    qos_type = WordField(choices=QosType.choices, required=False, allow_null=True)
    bandwidth = IntegerField(required=False, help_text=f"{MBITS}; required with qos_type.")

    def faults_between(
        self, data: Mapping[str, Any], faults: Collection[str]
    ) -> Iterator[tuple[str, str]]:
        """Give the faults that no member has by itself."""
        yield from super().faults_between(data, faults)
        yield from services.faults_of_new_gateway(
            names_given(data), data.get("service_type"), data.get("bandwidth")
        )

    def unknown_references(
        self, data: Mapping[str, Any], faults: Collection[str]
    ) -> list[tuple[str, str]]:
        """Return the HA router and the HA interfaces that are not there, or do not fit."""
        ids = {name: parse_uuid(data.get(name)) for name in PLACE_MEMBERS}
        caller = caller_of(self.context["request"])
        return services.faults_of_place(caller, **ids) if any(ids.values()) else []


class GatewayChangesSerializer(StrictSerializer):
    """A change of a gateway: the given members."""

    name = PlainTextField(max_length=MAX_NAME_LENGTH)
    description = PlainTextField()
    qos_type = WordField(choices=QosType.choices, required=False, allow_null=True)
    bandwidth = IntegerField(required=False, help_text=f"{MBITS}; required with a new qos_type.")


# What goes out, member by member, in the order in which gohan's clients show them


class HaRouterSerializer(serializers.Serializer[Any]):
    """An HA router: two edge routers that stand in for each other."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    description = serializers.CharField()
    primary_router_id = serializers.UUIDField()
    secondary_router_id = serializers.UUIDField()
    maximum_gateways = serializers.IntegerField()
    available_gateways = serializers.IntegerField(help_text="The maximum less the gateways in use.")
    status = serializers.ChoiceField(choices=Status.choices)
    tenant_id = serializers.CharField()


class HaInterfaceSerializer(serializers.Serializer[Any]):
    """An HA interface: two physical interfaces of an HA router, and their VLANs."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    description = serializers.CharField()
    status = serializers.ChoiceField(choices=Status.choices)
    tenant_id = serializers.CharField()
    ha_router_id = serializers.UUIDField()
    primary_interface_id = serializers.UUIDField()
    secondary_interface_id = serializers.UUIDField()
    link_type = serializers.ChoiceField(choices=LinkType.choices)
    restricted_vlans = serializers.CharField()
    vlan_ids_available = serializers.IntegerField()
    vlan_pool_state = serializers.CharField(
        help_text="4096 bits in base64; VLAN n is byte n//8, mask 0x80>>(n%8), set if not free."
    )
    gateway_instances_count = serializers.IntegerField()
    maximum_ga_bandwidth = serializers.IntegerField(help_text=MBITS)
    maximum_be_bandwidth = serializers.IntegerField(help_text=MBITS)
    available_ga_bandwidth = serializers.IntegerField(help_text=MBITS)
    available_be_bandwidth = serializers.IntegerField(help_text=MBITS)
    admin_state_up = serializers.BooleanField(help_text="false: no new gateways.")


class GatewaySerializer(serializers.Serializer[Any]):
    """A gateway: what uses VLANs and bandwidth of HA interfaces."""

    id = serializers.UUIDField()
    name = serializers.CharField()
    description = serializers.CharField()
    status = serializers.ChoiceField(choices=Status.choices)
    tenant_id = serializers.CharField()
    service_type = serializers.ChoiceField(choices=ServiceType.choices)
    ha_router_id = serializers.UUIDField()
    downlink_interface_id = serializers.UUIDField()
    vlan_id = serializers.IntegerField()
    uplink_interface_id = serializers.UUIDField(allow_null=True)
    uplink_vlan_id = serializers.IntegerField(allow_null=True)
    qos_type = serializers.ChoiceField(choices=QosType.choices, allow_null=True)
    bandwidth = serializers.IntegerField(help_text=MBITS)
    vrf_name = serializers.CharField()


class HaEventSerializer(StatusEventSerializer):
    """A change of an object's status, or something told of it that changed none."""

    statuses = Status.choices


class AllocatedVlanSerializer(serializers.Serializer[Any]):
    """A VLAN and the gateway that has it; null where that is another tenant's."""

    vlan_id = serializers.IntegerField()
    gateway_id = serializers.UUIDField(allow_null=True)
    name = serializers.CharField(allow_null=True)


class VlansSerializer(serializers.Serializer[Any]):
    """The VLAN pool of an HA interface."""

    total = serializers.IntegerField()
    available = serializers.IntegerField()
    reserved = serializers.CharField(help_text="The platform's, as a list of ranges.")
    restricted = serializers.CharField(help_text="The interface's, as they were given.")
    allocated = AllocatedVlanSerializer(many=True)
    free = serializers.CharField(help_text="As a list of ranges.")


def wrapped(
    name: str, serializer: serializers.Serializer[Any] | serializers.ListField
) -> type[Any]:
    """Return the shape of an object, or of a list, in gohan's envelope.

    Args:
        name: the envelope's only member: the singular or the plural.
        serializer: of what is in it.
    """
    child = getattr(serializer, "child", serializer)
    suffix = "List" if child is not serializer else "Envelope"
    class_name = f"{type(child).__name__.removesuffix('Serializer')}{suffix}"
    shape = type(class_name, (serializers.Serializer,), {name: serializer})
    extend_schema_serializer(many=False)(shape)
    return shape


def one_or_several(one: type[Any], several: type[Any]) -> PolymorphicProxySerializer:
    """Return, for the schema, that it is an object's shape or that of several."""
    return PolymorphicProxySerializer(
        component_name=f"{one.__name__.removesuffix('Envelope')}OrList",
        serializers=[one, several],
        resource_type_field_name=None,
    )
