"""The VLAN pool: ranges, bits, base64 and counts agree, and no VLAN is lost or handed out twice."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ha_app import vlan_pool
from ha_app.vlan_pool import ALL_VLANS, NO_VLANS, InvalidVlanError, VlanFreeError, VlanTakenError

# The interface that the contract takes from the seed: VLANs 0-1024, 4094 and 4095 are taken.
SEED_RESTRICTED_VLANS = "0-1024,4094"
SEED_RESERVED_VLANS = "0,4095"
SEED_POOL_STATE = "/" * 170 + "+" + "A" * 511 + "M="

vlan_ids = st.integers(min_value=0, max_value=4095)


@st.composite
def ranges(draw: st.DrawFn) -> tuple[int, int]:
    low = draw(vlan_ids)
    return low, draw(st.integers(min_value=low, max_value=4095))


@st.composite
def vlan_sets(draw: st.DrawFn) -> set[int]:
    """Sets of VLANs at every fill level: some ranges, some single ones, or all but these."""
    vlans = draw(st.sets(vlan_ids, max_size=40))
    for low, high in draw(st.lists(ranges(), max_size=5)):
        vlans |= set(range(low, high + 1))
    return set(range(4096)) - vlans if draw(st.booleans()) else vlans


# --- Concrete examples -----------------------------------------------------------------------


def seed_pool() -> int:
    return vlan_pool.parse_ranges(SEED_RESERVED_VLANS) | vlan_pool.parse_ranges(
        SEED_RESTRICTED_VLANS
    )


def test_the_seeds_interface_has_the_seeds_pool_state_and_count():
    pool = seed_pool()

    assert vlan_pool.encode_base64(pool) == SEED_POOL_STATE
    assert vlan_pool.decode_base64(SEED_POOL_STATE) == pool
    assert vlan_pool.count_free(pool) == 3069
    assert vlan_pool.lowest_free(pool) == 1025


def test_the_worked_example_takes_the_lowest_downlink_vlan_and_the_named_uplink_vlan():
    downlink = seed_pool()
    uplink = vlan_pool.parse_ranges("0,4095")

    downlink_after = vlan_pool.allocate(downlink, 1025)
    uplink_after = vlan_pool.allocate(uplink, 122)

    assert vlan_pool.count_free(downlink_after) == 3068
    assert vlan_pool.format_ranges(vlan_pool.free_vlans(downlink_after)) == "1026-4093"
    assert vlan_pool.count_free(uplink) == 4094
    assert vlan_pool.count_free(uplink_after) == 4093
    assert vlan_pool.release(downlink_after, 1025) == downlink
    assert vlan_pool.release(uplink_after, 122) == uplink


@pytest.mark.parametrize(
    ("vlan_id", "byte", "mask"),
    [(0, 0, 0x80), (7, 0, 0x01), (8, 1, 0x80), (1024, 128, 0x80), (4094, 511, 2), (4095, 511, 1)],
)
def test_a_vlan_is_its_bit_in_the_bitmap(vlan_id, byte, mask):
    expected = bytearray(512)
    expected[byte] = mask

    bitmap = base64.b64decode(vlan_pool.encode_base64(vlan_pool.from_numbers([vlan_id])))

    assert bitmap == expected


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("", []),
        ("0", [0]),
        ("4095", [4095]),
        ("5-5", [5]),
        ("4,2,3,3-4", [2, 3, 4]),
        ("007,0010-0000012", [7, 10, 11, 12]),
        ("0-4095", list(range(4096))),
    ],
)
def test_ranges_are_parsed_to_their_vlans(text, numbers):
    assert vlan_pool.to_numbers(vlan_pool.parse_ranges(text)) == numbers


@pytest.mark.parametrize(
    ("numbers", "text"),
    [
        ([], ""),
        ([7], "7"),
        ([5, 4], "4-5"),
        ([0, 4095], "0,4095"),
        ([4094, *range(1025)], "0-1024,4094"),
        (range(4096), "0-4095"),
    ],
)
def test_a_set_is_formatted_as_its_fewest_ranges(numbers, text):
    assert vlan_pool.format_ranges(vlan_pool.from_numbers(numbers)) == text


def test_a_number_given_twice_counts_once():
    assert vlan_pool.to_numbers(vlan_pool.from_numbers([3, 5, 3])) == [3, 5]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("5,abc", "'abc' is neither a number from 0 to 4095 nor a range"),
        ("1, 2", "' 2' is neither a number"),
        (" ", "' ' is neither a number"),
        ("1\n", r"'1\\n' is neither a number"),
        ("1 - 2", "'1 - 2' is neither a number"),
        ("-5", "'-5' is neither a number"),
        ("5-", "'5-' is neither a number"),
        ("1-2-3", "'1-2-3' is neither a number"),
        ("1..3", "'1..3' is neither a number"),
        ("+1", r"'\+1' is neither a number"),
        ("1_0", "'1_0' is neither a number"),
        ("0x10", "'0x10' is neither a number"),
        ("1.0", "'1.0' is neither a number"),
        ("٣", "'٣' is neither a number"),
        ("²", "'²' is neither a number"),
        ("1;2", "'1;2' is neither a number"),
        ("1\0", r"'1\\x00' is neither a number"),
        ("10000", "'10000' is neither a number from 0 to 4095"),
        ("4096", "'4096' is not within 0 to 4095"),
        ("0004096", "'0004096' is not within 0 to 4095"),
        ("4000-4096", "'4000-4096' is not within 0 to 4095"),
        ("20-10", "'20-10' is a range whose low end is above its high end"),
        ("5000-10", "'5000-10' is a range whose low end is above its high end"),
        (",", "has an empty part"),
        ("1,", "has an empty part"),
        (",1", "has an empty part"),
        ("1,,2", "has an empty part"),
    ],
)
def test_anything_else_is_an_error_that_names_the_bad_part(text, message):
    with pytest.raises(InvalidVlanError, match=message):
        vlan_pool.parse_ranges(text)


@pytest.mark.parametrize("bad_part", ["9" * 100_000, "0" * 100_000 + "x", "x" * 100_000])
def test_the_message_quotes_a_long_bad_part_shortened(bad_part):
    with pytest.raises(InvalidVlanError) as raised:
        vlan_pool.parse_ranges(bad_part)

    assert len(str(raised.value)) < 200


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "has 0 bytes instead of 512"),
        (SEED_POOL_STATE[:-4], "has 510 bytes instead of 512"),
        ("AAAA" + SEED_POOL_STATE, "has 515 bytes instead of 512"),
        (SEED_POOL_STATE[:-1], "is not base64"),
        (SEED_POOL_STATE + "=", "is not base64"),
        (SEED_POOL_STATE + "\n", "is not base64"),
        (" " + SEED_POOL_STATE, "is not base64"),
        ("_" + SEED_POOL_STATE[1:], "is not base64"),
        ("é" + SEED_POOL_STATE[1:], "is not base64"),
        (SEED_POOL_STATE[:-2] + "N=", "is not canonical base64"),
    ],
)
def test_a_text_that_is_no_bitmap_in_base64_is_an_error(text, message):
    with pytest.raises(InvalidVlanError, match=message):
        vlan_pool.decode_base64(text)


def test_an_exhausted_pool_has_no_lowest_free_vlan():
    assert vlan_pool.lowest_free(ALL_VLANS) is None
    assert vlan_pool.count_free(ALL_VLANS) == 0
    assert vlan_pool.free_vlans(ALL_VLANS) == NO_VLANS


def test_an_empty_pool_hands_out_vlan_zero_first():
    assert vlan_pool.lowest_free(NO_VLANS) == 0
    assert vlan_pool.count_free(NO_VLANS) == 4096


def test_a_taken_vlan_is_not_allocated_again():
    with pytest.raises(VlanTakenError, match="VLAN 1024 is taken"):
        vlan_pool.allocate(seed_pool(), 1024)


def test_a_free_vlan_is_not_released():
    with pytest.raises(VlanFreeError, match="VLAN 1025 is free already"):
        vlan_pool.release(seed_pool(), 1025)


@pytest.mark.parametrize("vlan_id", [-1, 4096])
def test_a_number_out_of_range_is_no_vlan(vlan_id):
    message = f"VLAN {vlan_id} is not within 0 to 4095"

    for function in (vlan_pool.is_free, vlan_pool.allocate, vlan_pool.release):
        with pytest.raises(InvalidVlanError, match=message):
            function(ALL_VLANS, vlan_id)
    with pytest.raises(InvalidVlanError, match=message):
        vlan_pool.from_numbers([1, vlan_id])


# --- What holds for all inputs ---------------------------------------------------------------


@given(vlan_sets())
def test_numbers_ranges_and_base64_are_the_same_set(numbers):
    vlans = vlan_pool.from_numbers(numbers)

    assert vlan_pool.to_numbers(vlans) == sorted(numbers)
    assert vlan_pool.parse_ranges(vlan_pool.format_ranges(vlans)) == vlans
    assert vlan_pool.decode_base64(vlan_pool.encode_base64(vlans)) == vlans


@given(st.lists(ranges()))
def test_a_list_of_ranges_in_any_order_is_the_union_of_its_ranges(pairs):
    text = ",".join(f"{low}-{high}" for low, high in pairs)

    vlans = vlan_pool.parse_ranges(text)

    assert vlan_pool.to_numbers(vlans) == sorted(
        {number for low, high in pairs for number in range(low, high + 1)}
    )


@given(vlan_sets())
def test_formatted_ranges_ascend_and_never_touch(numbers):
    text = vlan_pool.format_ranges(vlan_pool.from_numbers(numbers))

    ends = [(int(part.split("-")[0]), int(part.split("-")[-1])) for part in text.split(",") if part]
    assert all(low <= high for low, high in ends)
    assert all(ends[i][1] + 1 < ends[i + 1][0] for i in range(len(ends) - 1))


@given(st.text(alphabet="0123456789-, ٣x", max_size=12))
def test_every_text_is_parsed_or_refused_with_the_documented_error(text):
    try:
        vlans = vlan_pool.parse_ranges(text)
    except InvalidVlanError:
        return

    assert NO_VLANS <= vlans <= ALL_VLANS
    assert set(text) <= set("0123456789-,")


@given(st.binary(min_size=512, max_size=512))
def test_every_bitmap_follows_the_contracts_byte_and_mask(bitmap):
    text = base64.b64encode(bitmap).decode()

    pool = vlan_pool.decode_base64(text)

    assert vlan_pool.encode_base64(pool) == text
    clear = [n for n in range(4096) if not bitmap[n // 8] & (0x80 >> (n % 8))]
    assert vlan_pool.to_numbers(vlan_pool.free_vlans(pool)) == clear
    assert vlan_pool.count_free(pool) == len(clear)


@given(vlan_sets())
def test_the_lowest_free_vlan_and_the_count_are_a_naive_walks(numbers):
    pool = vlan_pool.from_numbers(numbers)
    free = [number for number in range(4096) if number not in numbers]

    assert vlan_pool.lowest_free(pool) == min(free, default=None)
    assert vlan_pool.count_free(pool) == len(free)
    assert vlan_pool.to_numbers(vlan_pool.free_vlans(pool)) == free


@given(vlan_sets(), vlan_ids)
def test_allocate_then_release_is_identity_and_moves_one_vlan_only(numbers, vlan_id):
    before = vlan_pool.from_numbers(numbers - {vlan_id})

    after = vlan_pool.allocate(before, vlan_id)

    assert vlan_pool.is_free(before, vlan_id)
    assert not vlan_pool.is_free(after, vlan_id)
    assert vlan_pool.to_numbers(after) == sorted(numbers | {vlan_id})
    assert vlan_pool.count_free(after) == vlan_pool.count_free(before) - 1
    assert vlan_pool.release(after, vlan_id) == before


@given(vlan_sets(), vlan_ids)
def test_a_vlan_is_either_free_to_allocate_or_taken_to_release(numbers, vlan_id):
    pool = vlan_pool.from_numbers(numbers)

    if vlan_id in numbers:
        assert not vlan_pool.is_free(pool, vlan_id)
        with pytest.raises(VlanTakenError):
            vlan_pool.allocate(pool, vlan_id)
    else:
        assert vlan_pool.is_free(pool, vlan_id)
        with pytest.raises(VlanFreeError):
            vlan_pool.release(pool, vlan_id)


@given(vlan_sets())
def test_a_pool_filled_by_its_lowest_free_hands_out_every_free_vlan_once_in_order(numbers):
    pool = vlan_pool.from_numbers(numbers)

    handed_out = []
    while (vlan_id := vlan_pool.lowest_free(pool)) is not None:
        pool = vlan_pool.allocate(pool, vlan_id)
        handed_out.append(vlan_id)

    assert handed_out == [number for number in range(4096) if number not in numbers]
    assert pool == ALL_VLANS
