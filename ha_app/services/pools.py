"""What an HA interface hands out and takes back, on a (locked) row that the caller then saves."""

from gatekeeper_site.core.refusals import Conflict
from ha_app import vlan_pool
from ha_app.models import HaInterface, QosType, Status
from ha_app.selectors import fixed_vlans

USABLE_STATUSES = (Status.ACTIVE, Status.PENDING_UPDATE)
CAPACITY_COLUMNS = (
    "vlan_pool_state",
    "vlan_ids_available",
    "gateway_instances_count",
    "available_ga_bandwidth",
    "available_be_bandwidth",
)
# The column that a QoS type draws on.
BANDWIDTH_COLUMNS = {
    QosType.GUARANTEE: "available_ga_bandwidth",
    QosType.BESTEFFORT: "available_be_bandwidth",
}


def refuse_unusable(interface: HaInterface) -> None:
    """Check that an interface takes new gateways.

    Raises:
        Conflict: `interface_disabled`, `interface_not_active`.
    """
    if not interface.admin_state_up:
        raise Conflict(
            "interface_disabled",
            f"The HA interface {interface} takes no new gateways: its admin_state_up is false.",
        )
    if interface.status not in USABLE_STATUSES:
        raise Conflict(
            "interface_not_active",
            f"The HA interface {interface} is {interface.status}; it takes new gateways when it "
            f"is {' or '.join(USABLE_STATUSES)}.",
        )


def take_vlan(interface: HaInterface, wanted: int | None) -> int:
    """Take a VLAN for a gateway and count both; return it.

    Args:
        interface: whose pool it is.
        wanted: the VLAN, 0 to 4095; None is the lowest free one.

    Raises:
        Conflict: `vlan_pool_exhausted`, `vlan_taken`, `vlan_restricted`.
    """
    taken = vlan_pool.decode_base64(interface.vlan_pool_state)
    vlan_id = vlan_pool.lowest_free(taken) if wanted is None else wanted
    if vlan_id is None:
        raise Conflict("vlan_pool_exhausted", f"The HA interface {interface} has no free VLAN.")
    if not vlan_pool.is_free(taken, vlan_id):
        if vlan_pool.is_free(fixed_vlans(interface), vlan_id):
            raise Conflict(
                "vlan_taken", f"VLAN {vlan_id} of {interface} is allocated to another gateway."
            )
        raise Conflict(
            "vlan_restricted", f"VLAN {vlan_id} of {interface} is restricted or reserved."
        )
    interface.vlan_pool_state = vlan_pool.encode_base64(vlan_pool.allocate(taken, vlan_id))
    interface.vlan_ids_available -= 1
    interface.gateway_instances_count += 1
    return vlan_id


def give_vlan(interface: HaInterface, vlan_id: int) -> None:
    """Give back the VLAN of a gateway that goes.

    Raises:
        VlanFreeError: the pool has it as free already; `check_vlan_pools` repairs it.
    """
    taken = vlan_pool.decode_base64(interface.vlan_pool_state)
    interface.vlan_pool_state = vlan_pool.encode_base64(vlan_pool.release(taken, vlan_id))
    interface.vlan_ids_available += 1
    interface.gateway_instances_count -= 1


def take_bandwidth(interface: HaInterface, qos_type: str | None, bandwidth: int) -> None:
    """Take bandwidth of a downlink; without a QoS type there is nothing to take.

    Raises:
        Conflict: `bandwidth_exhausted`.
    """
    if qos_type is None:
        return
    column = BANDWIDTH_COLUMNS[QosType(qos_type)]
    available = getattr(interface, column)
    if bandwidth > available:
        raise Conflict(
            "bandwidth_exhausted",
            f"The HA interface {interface} has {available} Mbit/s of {qos_type} bandwidth left, "
            f"less than {bandwidth}.",
        )
    setattr(interface, column, available - bandwidth)


def give_bandwidth(interface: HaInterface, qos_type: str | None, bandwidth: int) -> None:
    """Give back the bandwidth of a gateway to its downlink."""
    if qos_type is not None:
        column = BANDWIDTH_COLUMNS[QosType(qos_type)]
        setattr(interface, column, getattr(interface, column) + bandwidth)


def save_capacity(interface: HaInterface) -> None:
    """Store what taking and giving back has changed, and nothing else."""
    interface.save(update_fields=CAPACITY_COLUMNS)
