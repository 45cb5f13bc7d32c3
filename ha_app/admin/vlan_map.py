"""A VLAN pool as the admin draws it: 64 rows of 64 VLANs, each free or taken for some reason."""

import re
from dataclasses import dataclass
from typing import Any

from ha_app import vlan_pool
from ha_app.vlan_pool import VLAN_COUNT, VlanSet

VLANS_PER_ROW = 64
# The lines between the squares, as the `d` of an SVG path.
GRID = "".join(f"M0 {line}h64M{line} 0v64" for line in range(VLANS_PER_ROW + 1))


@dataclass(frozen=True)
class Kind:
    """The VLANs of a pool that are free, or taken for the same reason."""

    name: str
    meaning: str
    # As ranges, with a blank after each comma, where a line may end.
    vlans: str
    count: int
    # They as the `d` of an SVG path, in which VLAN n is a unit square at n % 64, n // 64.
    path: str


def kinds_of(pool: dict[str, Any]) -> list[Kind]:
    """Return the four kinds of VLANs; each VLAN is of exactly one.

    Args:
        pool: what `selectors.vlans_of` returns.
    """
    allocated = vlan_pool.from_numbers(row["vlan_id"] for row in pool["allocated"])
    reserved = vlan_pool.parse_ranges(pool["reserved"]) & ~allocated
    restricted = vlan_pool.parse_ranges(pool["restricted"]) & ~allocated & ~reserved
    return [
        kind("free", "can be handed out", vlan_pool.free_vlans(allocated | reserved | restricted)),
        kind("allocated", "to a gateway", allocated),
        kind("restricted", "when the interface was created", restricted),
        kind("reserved", "by the platform", reserved),
    ]


def kind(name: str, meaning: str, vlans: VlanSet) -> Kind:
    """Return the kind that a set of VLANs is."""
    return Kind(
        name=name,
        meaning=meaning,
        vlans=vlan_pool.format_ranges(vlans).replace(",", ", "),
        count=vlans.bit_count(),
        path=path_of(vlans),
    )


def path_of(vlans: VlanSet) -> str:
    """Return a rectangle for each run of VLANs within a row, as the `d` of an SVG path."""
    digits = f"{vlans:0{VLAN_COUNT}b}"
    rows = (digits[low : low + VLANS_PER_ROW] for low in range(0, VLAN_COUNT, VLANS_PER_ROW))
    return "".join(
        f"M{run.start()} {row}h{len(run[0])}v1h-{len(run[0])}z"
        for row, of_row in enumerate(rows)
        for run in re.finditer("1+", of_row)
    )
