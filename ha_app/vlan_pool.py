"""The VLAN pool of an HA interface: sets of VLANs as bits, ranges and base64. Pure, no Django.

A set of VLANs is one int of 4096 bits, most significant first: VLAN n is the bit of value
2**(4095 - n). Its 512 big-endian bytes are the contract's bitmap, in which VLAN n is byte n//8,
mask 0x80>>(n%8). Sets are joined with `|`; every function returns a new one.

A pool is the set of its taken VLANs: those that cannot be handed out, be they reserved,
restricted or allocated. It is made, and rebuilt, as

    parse_ranges(reserved) | parse_ranges(restricted) | from_numbers(allocated)

Source: the contract's `ha.md`, section "VLAN pool".
"""

import base64
import re
import reprlib
from collections.abc import Iterable
from typing import TypeAlias

VLAN_COUNT = 4096
LAST_VLAN = VLAN_COUNT - 1
BITMAP_BYTES = VLAN_COUNT // 8

VlanSet: TypeAlias = int

NO_VLANS: VlanSet = 0
ALL_VLANS: VlanSet = (1 << VLAN_COUNT) - 1

# Leading zeros stay outside the groups, so that no number longer than four digits is converted.
_RANGE = re.compile(r"0*([0-9]{1,4})(?:-0*([0-9]{1,4}))?")


class InvalidVlanError(ValueError):
    """A number is no VLAN, a text is no list of ranges, or a text is no bitmap in base64."""


class VlanTakenError(ValueError):
    """A VLAN that is to be allocated is taken already."""


class VlanFreeError(ValueError):
    """A VLAN that is to be released is free already."""


def parse_ranges(text: str) -> VlanSet:
    """Return the VLANs of a comma-separated list of numbers and `low-high` ranges.

    Numbers are ASCII digits, from 0 to 4095, and low is not above high. Parts may overlap and
    come in any order. "" is the empty set; an empty part or white space anywhere is an error.

    Raises:
        InvalidVlanError: with a message for the caller that names the first bad part.
    """
    if text == "":
        return NO_VLANS
    vlans = NO_VLANS
    for part in text.split(","):
        low, high = _parse_part(part)
        vlans |= ((1 << (high - low + 1)) - 1) << (LAST_VLAN - high)
    return vlans


def format_ranges(vlans: VlanSet) -> str:
    """Return a set as the fewest ranges that make it, ascending, such as `0-1024,4094`."""
    runs = ((run.start(), run.end() - 1) for run in re.finditer("1+", _digits(vlans)))
    return ",".join(f"{low}" if low == high else f"{low}-{high}" for low, high in runs)


def from_numbers(numbers: Iterable[int]) -> VlanSet:
    """Return the set of these VLANs; one given twice counts once.

    Raises:
        InvalidVlanError: a number is not within 0 to 4095.
    """
    vlans = NO_VLANS
    for number in numbers:
        vlans |= _bit(number)
    return vlans


def to_numbers(vlans: VlanSet) -> list[int]:
    """Return the VLANs of a set, ascending."""
    return [run.start() for run in re.finditer("1", _digits(vlans))]


def encode_base64(vlans: VlanSet) -> str:
    """Return the bitmap of a set in base64: 512 bytes in 684 characters (`vlan_pool_state`)."""
    return base64.b64encode(vlans.to_bytes(BITMAP_BYTES, "big")).decode("ascii")


def decode_base64(text: str) -> VlanSet:
    """Return the set whose bitmap in base64 is `text`: the exact inverse of `encode_base64`.

    Raises:
        InvalidVlanError: `text` is not what `encode_base64` gives for any set.
    """
    try:
        bitmap = base64.b64decode(text, validate=True)
    except ValueError as error:
        raise InvalidVlanError(f"The VLAN bitmap is not base64: {error}.") from error
    if len(bitmap) != BITMAP_BYTES:
        raise InvalidVlanError(
            f"The VLAN bitmap has {len(bitmap)} bytes instead of {BITMAP_BYTES}."
        )
    vlans = int.from_bytes(bitmap, "big")
    # Base64 leaves two bits of the last character unused, which the decoder drops unseen.
    if encode_base64(vlans) != text:
        raise InvalidVlanError("The VLAN bitmap is not canonical base64: its unused bits are set.")
    return vlans


def free_vlans(taken: VlanSet) -> VlanSet:
    """Return the VLANs that a pool can hand out."""
    return taken ^ ALL_VLANS


def count_free(taken: VlanSet) -> int:
    """Return how many VLANs a pool can hand out, 0 to 4096 (`vlan_ids_available`)."""
    return VLAN_COUNT - taken.bit_count()


def lowest_free(taken: VlanSet) -> int | None:
    """Return the lowest VLAN that a pool can hand out, or None when it is exhausted."""
    free = free_vlans(taken)
    # The lowest VLAN is the highest bit; finding that costs the same at any fill level.
    return VLAN_COUNT - free.bit_length() if free else None


def is_free(taken: VlanSet, vlan_id: int) -> bool:
    """Return whether a pool can hand out this VLAN.

    Raises:
        InvalidVlanError: `vlan_id` is not within 0 to 4095.
    """
    return not taken & _bit(vlan_id)


def allocate(taken: VlanSet, vlan_id: int) -> VlanSet:
    """Return the pool with this free VLAN taken.

    Raises:
        InvalidVlanError: `vlan_id` is not within 0 to 4095.
        VlanTakenError: it is not free.
    """
    if not is_free(taken, vlan_id):
        raise VlanTakenError(f"VLAN {vlan_id} is taken.")
    return taken | _bit(vlan_id)


def release(taken: VlanSet, vlan_id: int) -> VlanSet:
    """Return the pool with this taken VLAN free again.

    The pool does not know why a VLAN is taken: only allocated ones are to be released, never
    reserved or restricted ones.

    Raises:
        InvalidVlanError: `vlan_id` is not within 0 to 4095.
        VlanFreeError: it is not taken.
    """
    if is_free(taken, vlan_id):
        raise VlanFreeError(f"VLAN {vlan_id} is free already.")
    return taken ^ _bit(vlan_id)


def _bit(vlan_id: int) -> VlanSet:
    if not 0 <= vlan_id <= LAST_VLAN:
        raise InvalidVlanError(f"VLAN {vlan_id} is not within 0 to {LAST_VLAN}.")
    return 1 << (LAST_VLAN - vlan_id)


def _digits(vlans: VlanSet) -> str:
    """The set as 4096 characters: the one at index n is "1" when VLAN n is in it, else "0"."""
    return f"{vlans:0{VLAN_COUNT}b}"


def _parse_part(part: str) -> tuple[int, int]:
    """Return the lowest and the highest VLAN of one part of a list of ranges."""
    if part == "":
        raise InvalidVlanError("The list of VLANs has an empty part: too many commas.")
    # The part may be as long as a request's body, so the message quotes it shortened.
    quoted = reprlib.repr(part)
    match = _RANGE.fullmatch(part)
    if match is None:
        raise InvalidVlanError(
            f"{quoted} is neither a number from 0 to {LAST_VLAN} nor a range such as 0-1024 "
            "(without white space)."
        )
    low, high = int(match[1]), int(match[2] or match[1])
    if low > high:
        raise InvalidVlanError(f"{quoted} is a range whose low end is above its high end.")
    if high > LAST_VLAN:
        raise InvalidVlanError(f"{quoted} is not within 0 to {LAST_VLAN}.")
    return low, high
