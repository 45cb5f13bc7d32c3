"""Several orders in one call: all are taken or none, and a refusal says of which of them it is."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TypeAlias, TypeVar

from gatekeeper_site.core.refusals import Conflict, Forbidden, Invalid

Order = TypeVar("Order")
Result = TypeVar("Result")

# Orders by where their caller has them, such as `gateways[3]`; "" where there is one alone.
Orders: TypeAlias = Mapping[str, Order]

ALONE = ""


def in_list(plural: str, orders: Sequence[Order]) -> Orders[Order]:
    """Return the orders of a list by their places in it."""
    return {f"{plural}[{index}]": order for index, order in enumerate(orders)}


@contextmanager
def at(place: str) -> Iterator[None]:
    """Have what is refused name the place of its order."""
    try:
        yield
    except (Conflict, Forbidden, Invalid) as refusal:
        if place == ALONE:
            raise
        raise placed(refusal, place) from refusal


def placed(refusal: Conflict | Forbidden | Invalid, place: str) -> Exception:
    """Return a refusal that names the place of its order."""
    if isinstance(refusal, Invalid):
        return Invalid([(f"{place}.{field}", message) for field, message in refusal.faults])
    if isinstance(refusal, Conflict):
        return Conflict(refusal.code, f"{place}: {refusal.detail}")
    return Forbidden(f"{place}: {refusal}")


def for_each(orders: Orders[Order], act: Callable[[Order], Result]) -> list[Result]:
    """Return what a function gives for each order.

    Raises:
        Invalid: with the faults of all of them.
        Conflict, Forbidden: of the first one that is refused so.
    """
    results = []
    faults: list[tuple[str, str]] = []
    for place, order in orders.items():
        try:
            with at(place):
                results.append(act(order))
        except Invalid as refusal:
            faults += refusal.faults
    if faults:
        raise Invalid(faults)
    return results
