"""The map of a VLAN pool on a terminal: a mark for each VLAN, as many in a row as fit."""

from collections.abc import Iterator, Mapping
from typing import Any

from gatekeeper_cli.faults import NotReachable
from gatekeeper_cli.tables import new_console

TOTAL = 4096
# Marks that differ without colour, too.
MARKS = {
    "free": ("·", "green"),
    "allocated": ("#", "cyan"),
    "restricted": ("-", "yellow"),
    "reserved": ("x", "red"),
}
LABEL = 6


def print_map(data: Any) -> None:
    """Print what became of each VLAN; rows that are alike are told in one line."""
    from rich.text import Text

    console = new_console()
    kinds = kinds_of(data)
    in_a_row = 128 if console.width >= LABEL + 128 else 64 if console.width >= LABEL + 64 else 32
    last_kind, first_alike = "", 0

    def print_alike(end: int) -> None:
        if end - first_alike > in_a_row:
            console.print(Text(f"{'':{LABEL}}… to {end - 1}: {last_kind}", style="dim"))

    for start in range(0, TOTAL, in_a_row):
        row = kinds[start : start + in_a_row]
        only = row[0] if len(set(row)) == 1 else ""
        if only and only == last_kind:
            continue
        print_alike(start)
        last_kind, first_alike = only, start
        line = Text(f"{start:>{LABEL - 2}}  ")
        for kind in row:
            line.append(*MARKS[kind])
        console.print(line, soft_wrap=True)
    print_alike(TOTAL)
    counts = {kind: kinds.count(kind) for kind in MARKS}
    legend = Text(" " * (LABEL - 3))
    for kind, (mark, colour) in MARKS.items():
        legend.append(f"   {mark}", style=colour).append(f" {kind} {counts[kind]}")
    console.print(legend)


def kinds_of(data: Any) -> list[str]:
    """Return for each VLAN whether it is free, allocated, restricted or reserved.

    Raises:
        NotReachable: The answer is not about a VLAN pool.
    """
    try:
        kinds = ["allocated"] * TOTAL
        for kind in ("free", "restricted", "reserved"):
            for vlan in vlans_in(data[kind]):
                kinds[vlan] = kind
        for each in allocated(data):
            kinds[each] = "allocated"
    except (KeyError, IndexError, TypeError, ValueError) as fault:
        raise NotReachable("The answer is not about a pool of VLANs. Is the URL right?") from fault
    return kinds


def allocated(data: Mapping[str, Any]) -> list[int]:
    """Return the VLANs that gateways have."""
    return [int(each["vlan_id"]) for each in data["allocated"]]


def vlans_in(ranges: str) -> Iterator[int]:
    """Give the VLANs of a text such as `0-1024,4094`."""
    for part in filter(None, ranges.split(",")):
        low, _, high = part.partition("-")
        yield from range(int(low), min(int(high or low), TOTAL - 1) + 1)
