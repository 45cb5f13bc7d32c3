"""Turns what people type into what the generated client's operations take."""

import inspect
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from enum import Enum
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin
from uuid import UUID

from gatekeeper_cli.faults import WrongUse

COMPARISONS = ("gte", "gt", "lte", "lt")
# Parameters of lists that are no filters, but have options of their own.
NO_FILTERS = {
    "body", "count", "cursor", "fields", "field_fields", "limit", "offset", "ordering", "sort_key",
    "sort_order", "idempotency_key", "if_match", "if_none_match", "client",
}  # fmt: skip


def typed(function: Callable[..., Any], parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters of an operation, of the types that it takes.

    Raises:
        WrongUse: There is no such parameter, or this is not a value of it.
    """
    known = inspect.signature(function).parameters
    given = {}
    for name, value in parameters.items():
        if value is None:
            continue
        if name not in known:
            raise WrongUse(f"{name!r} is not there to be given.")
        given[name] = converted(name, value, known[name].annotation)
    return given


def converted(name: str, value: Any, annotation: Any) -> Any:
    """Return a value, or several, of the type of a parameter."""
    for option in union_of(annotation):
        if get_origin(option) is list:
            [item] = get_args(option)
            values = (
                value if isinstance(value, Sequence) and not isinstance(value, str) else [value]
            )
            return [one(name, each, union_of(item)) for each in values]
    return one(name, value, union_of(annotation))


def one(name: str, value: Any, options: Sequence[Any]) -> Any:
    """Return one value, of the first type that it can be of.

    Raises:
        WrongUse: It is of none.
    """
    if not isinstance(value, str):
        return value
    for option in options:
        try:
            if get_origin(option) is Literal:
                if value in get_args(option):
                    return value
            elif option is bool:
                return {"true": True, "false": False}[value.lower()]
            elif option is datetime:
                return datetime.fromisoformat(value)
            elif option in (int, UUID, str) or issubclass(option, Enum):
                return option(value)
        except (ValueError, KeyError, TypeError):
            continue
    words = [word for option in options for word in words_of(option)]
    expected = ", ".join(words) if words else " or ".join(kind_of(option) for option in options)
    raise WrongUse(f"{value!r} is no {wire_name(name)}; expected: {expected}.")


def union_of(annotation: Any) -> list[Any]:
    """Return the types that a parameter may have, without those that stand for none given."""
    options = [annotation]
    if get_origin(annotation) in (Union, UnionType):
        options = list(get_args(annotation))
    return [option for option in options if getattr(option, "__name__", "") != "Unset"]


def words_of(option: Any) -> list[str]:
    """Return the words of an enumeration."""
    if get_origin(option) is Literal:
        return [str(word) for word in get_args(option)]
    is_enumeration = isinstance(option, type) and issubclass(option, Enum)
    return [str(member.value) for member in option] if is_enumeration else []


def kind_of(option: Any) -> str:
    """Return what people call a type."""
    kinds = {
        int: "a whole number",
        UUID: "a uuid",
        datetime: "a time such as 2026-11-28T10:00:00Z",
        bool: "true or false",
    }
    return kinds.get(option, "text")


def filters_of(function: Callable[..., Any]) -> dict[str, list[str]]:
    """Return the filters of a list by the names that people type, each with its words, if any."""
    parameters = inspect.signature(function).parameters
    filters = {}
    for name, parameter in parameters.items():
        if name not in NO_FILTERS:
            options = union_of(parameter.annotation)
            items = [get_args(option)[0] for option in options if get_origin(option) is list]
            kinds = union_of(items[0]) if items else options
            filters[wire_name(name)] = [word for kind in kinds for word in words_of(kind)]
    return filters


def parse_filters(function: Callable[..., Any], given: Sequence[str]) -> dict[str, list[str]]:
    """Return filters, given as `name=value`, by the operation's own names of them.

    Raises:
        WrongUse: One is not of that form, or there is no such filter.
    """
    known = filters_of(function)
    filters: dict[str, list[str]] = {}
    for text in given:
        name, separator, value = text.partition("=")
        if not separator:
            raise WrongUse(f"The filter {text!r} is not of the form name=value.")
        if name not in known:
            raise WrongUse(f"There is no filter {name!r}; there are: {', '.join(known)}.")
        filters.setdefault(own_name(name), []).append(value)
    return filters


def wire_name(name: str) -> str:
    """Return the server's name of a parameter: `created_at_gte` is `created_at__gte` there."""
    head, _, tail = name.rpartition("_")
    return f"{head}__{tail}" if tail in COMPARISONS else name


def own_name(name: str) -> str:
    """Return the generated client's name of a parameter."""
    return name.replace("__", "_")
