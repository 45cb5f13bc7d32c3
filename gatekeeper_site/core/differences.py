"""Where two values of JSON differ."""

from collections import defaultdict, deque
from collections.abc import Iterator
from typing import Any, NamedTuple


class Difference(NamedTuple):
    """An innermost difference; what is missing on one side is None there."""

    path: list[str | int]
    before: Any
    after: Any


def differences(before: Any, after: Any) -> Iterator[Difference]:
    """Yield the innermost differences of two values, in the order of their members.

    Members of lists are told apart by their ids where they have some: in which order a MANO lists
    is no difference.
    """
    return between([], before, after)


def between(path: list[str | int], before: Any, after: Any) -> Iterator[Difference]:
    """Yield the innermost differences of two values, both of which lie at a path."""
    if isinstance(before, dict) and isinstance(after, dict):
        for name in dict.fromkeys([*before, *after]):
            yield from between([*path, name], before.get(name), after.get(name))
    elif isinstance(before, list) and isinstance(after, list):
        after = in_order_of(before, after)
        for index in range(max(len(before), len(after))):
            pair = (each[index] if index < len(each) else None for each in (before, after))
            yield from between([*path, index], *pair)
    elif before != after:
        yield Difference(path, before, after)


def in_order_of(before: list[Any], after: list[Any]) -> list[Any]:
    """Return the members of a list in the order that those of another one have.

    Of several that are called alike, the first has the place of the first, and so on.
    """
    places: defaultdict[str | int | None, deque[int]] = defaultdict(deque)
    for place, each in enumerate(before):
        places[name_of(each)].append(place)
    ordered = []
    for each in after:
        free = places[name_of(each)]
        ordered.append((free.popleft() if free else len(before), each))
    return [each for _, each in sorted(ordered, key=lambda pair: pair[0])]


def name_of(member: Any) -> str | int | None:
    """Return what a member of a list is known by, if it is known by something."""
    name = member.get("id", member.get("vnfr_id")) if isinstance(member, dict) else member
    return name if isinstance(name, str | int) else None
