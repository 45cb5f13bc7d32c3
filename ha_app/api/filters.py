"""The filters of HA objects: any field."""

from gatekeeper_site.api.filters import (
    AnyOfFilter,
    BooleanFilter,
    ChoiceFilter,
    FilterSet,
    IntegerFilter,
    UUIDFilter,
)
from ha_app.models import LinkType, QosType, ServiceType, Status


class HaObjectFilters(FilterSet):
    """By what every object has."""

    id = UUIDFilter()
    name = AnyOfFilter()
    description = AnyOfFilter()
    status = ChoiceFilter(choices=Status.choices)
    tenant_id = AnyOfFilter()


class HaRouterFilters(HaObjectFilters):
    """By any field of an HA router."""

    primary_router_id = UUIDFilter()
    secondary_router_id = UUIDFilter()
    maximum_gateways = IntegerFilter()
    available_gateways = IntegerFilter()


class HaInterfaceFilters(HaObjectFilters):
    """By any field of an HA interface."""

    ha_router_id = UUIDFilter()
    primary_interface_id = UUIDFilter()
    secondary_interface_id = UUIDFilter()
    link_type = ChoiceFilter(choices=LinkType.choices)
    restricted_vlans = AnyOfFilter()
    vlan_ids_available = IntegerFilter()
    vlan_pool_state = AnyOfFilter()
    gateway_instances_count = IntegerFilter()
    maximum_ga_bandwidth = IntegerFilter()
    maximum_be_bandwidth = IntegerFilter()
    available_ga_bandwidth = IntegerFilter()
    available_be_bandwidth = IntegerFilter()
    admin_state_up = BooleanFilter()


class GatewayFilters(HaObjectFilters):
    """By any field of a gateway."""

    service_type = ChoiceFilter(choices=ServiceType.choices)
    ha_router_id = UUIDFilter()
    downlink_interface_id = UUIDFilter()
    vlan_id = IntegerFilter()
    uplink_interface_id = UUIDFilter()
    uplink_vlan_id = IntegerFilter()
    qos_type = ChoiceFilter(choices=QosType.choices)
    bandwidth = IntegerFilter()
    vrf_name = AnyOfFilter()
