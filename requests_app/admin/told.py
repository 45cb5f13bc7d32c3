"""What a MANO has said, as people read it: of any message whatsoever, pure functions."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from requests_app.mano.protocol import error_text

MAX_SHOWN_LENGTH = 300
# Of function records, and of addresses, so many are named.
MAX_NAMED = 12
# Seconds until the year 5138: what is more counts something else, as milliseconds.
MAX_SECONDS = 10**11

Fact = tuple[str, str]


def facts_of(message: Any) -> list[Fact]:
    """Return what a message of the MANO says, each with what it is called."""
    if not isinstance(message, dict):
        return [("it said", shown(message))]
    return [*said(message), *of_records(message), *of_operation(message)]


def said(message: dict[str, Any]) -> Iterator[Fact]:
    """Yield what an answer of SONATA's says before its records."""
    if message.get("status") is not None:
        yield "status", shown(message["status"])
    if message.get("timestamp") is not None:
        yield "timestamp", time_of(message["timestamp"])
    if message.get("error"):
        yield "error", shown(error_text(message["error"]))
    for name in ("refused", "gone"):
        if message.get(name):
            yield name, shown(message[name])


def of_records(message: dict[str, Any]) -> Iterator[Fact]:
    """Yield which records came, and the addresses in them."""
    nsr, vnfrs = message.get("nsr"), message.get("vnfrs")
    if nsr is not None:
        yield "service record", record(nsr)
    functions = vnfrs if isinstance(vnfrs, list) else [] if vnfrs is None else [vnfrs]
    if functions:
        yield "function records", named([record(each) for each in functions])
        addresses = [text for each in functions for text in addresses_of(each)]
        if addresses:
            yield "addresses", named(addresses)


def of_operation(message: dict[str, Any]) -> Iterator[Fact]:
    """Yield how an operation of OSM is."""
    operation = message.get("operation")
    if not isinstance(operation, dict):
        return
    members = ("operationState", "stage", "queuePosition", "detailed-status", "errorMessage")
    for name in members:
        if operation.get(name) not in (None, ""):
            yield name, shown(operation[name])


def record(value: Any) -> str:
    """Return a record by its id and its status."""
    if not isinstance(value, dict):
        return shown(value)
    parts = [shown(value[name]) for name in ("id", "status") if value.get(name) is not None]
    return ", ".join(parts) or "without an id"


def addresses_of(vnfr: Any) -> Iterator[str]:
    """Yield the addresses of a function's units, each with where it is."""
    for unit in objects(vnfr, "virtual_deployment_units"):
        for component in objects(unit, "vnfc_instance"):
            for point in objects(component, "connection_points"):
                interface = point.get("interface")
                address = interface.get("address") if isinstance(interface, dict) else None
                if isinstance(address, str):
                    place = f"{shown(unit.get('id'))}:{shown(point.get('id'))}"
                    yield f"{place} {shown(address)}"


def objects(holder: Any, name: str) -> list[dict[str, Any]]:
    """Return the objects of a list that there may be."""
    members = holder.get(name) if isinstance(holder, dict) else None
    return [each for each in members if isinstance(each, dict)] if isinstance(members, list) else []


def time_of(value: Any) -> str:
    """Return a number of seconds since 1970 as a time, with its zone; what is none as it is."""
    if type(value) in (int, float) and 0 <= value < MAX_SECONDS:
        return f"{datetime.fromtimestamp(value, UTC):%Y-%m-%d %H:%M:%S} UTC"
    return shown(value)


def named(texts: list[str]) -> str:
    """Return the first of some texts, and how many more there are."""
    left = len(texts) - MAX_NAMED
    return "; ".join(texts[:MAX_NAMED]) + (f"; and {left} more" if left > 0 else "")


def shown(value: Any) -> str:
    """Return a value in a line, or its beginning."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= MAX_SHOWN_LENGTH else f"{text[:MAX_SHOWN_LENGTH]}…"
