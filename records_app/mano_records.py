"""Reads records as a MANO sends them: kept as given, whatever they hold.

Source: contract, requests-and-records.md, Records.
"""

import json
from typing import Any
from uuid import UUID

from gatekeeper_site.core.parsing import parse_uuid
from records_app.models import RecordStatus

# Members of a record that are columns here; the others are kept as the MANO sent them.
OWN_MEMBERS = frozenset(
    {"id", "uuid", "created_at", "updated_at", "status", "version", "descriptor_reference"}
)
# Members that are printed even if the MANO sent none, or null.
ALWAYS_PRINTED = frozenset(
    {
        "descriptor_version",
        "network_functions",
        "virtual_links",
        "forwarding_graphs",
        "virtual_deployment_units",
    }
)


class UnstorableRecord(Exception):
    """A record from the MANO cannot be stored at all; the text says why."""


def by_id(vnfrs: Any) -> dict[UUID, dict[str, Any]]:
    """Return the MANO's function records by their ids; it may have sent none.

    Raises:
        UnstorableRecord: one is no record, has no id, or came twice.
    """
    if vnfrs is None:
        return {}
    if not isinstance(vnfrs, list):
        raise UnstorableRecord("vnfrs is not a list")
    ids = [id_of(vnfr, f"vnfrs[{index}]") for index, vnfr in enumerate(vnfrs)]
    if len(set(ids)) < len(ids):
        raise UnstorableRecord(f"an id stands twice in vnfrs: {', '.join(map(str, ids))}")
    return dict(zip(ids, vnfrs, strict=True))


def id_of(record: Any, name: str) -> UUID:
    """Return a MANO record's id.

    Raises:
        UnstorableRecord: it has none that is a UUID.
    """
    if not isinstance(record, dict):
        raise UnstorableRecord(f"{name} is not an object" if record else f"there is no {name}")
    found = named_id(record)
    if found is None:
        given = record.get("id")
        reason = "has no id" if given is None else f"has the id {json.dumps(given)}, no UUID"
        raise UnstorableRecord(f"{name} {reason}")
    return found


def named_id(record: Any) -> UUID | None:
    """Return the id that a MANO's record has, if it is a UUID."""
    return parse_uuid(record.get("id")) if isinstance(record, dict) else None


def body_of(record: Any, name: str) -> dict[str, Any]:
    """Return the members of a MANO record that are kept as given.

    Raises:
        UnstorableRecord: it is no object.
    """
    if not isinstance(record, dict):
        raise UnstorableRecord(f"{name} is not an object")
    return {
        member: value
        for member, value in record.items()
        if not (value is None and member in ALWAYS_PRINTED)
        and (
            member not in OWN_MEMBERS
            or (member == "descriptor_reference" and parse_uuid(value) is None)
        )
    }


def status_of(vnfr: dict[str, Any]) -> str:
    """Return a function record's status as the MANO says it, if it is one of a function's words."""
    given = vnfr.get("status")
    words = [word for word in RecordStatus.values if word != RecordStatus.UPDATING]
    return given if given in words else RecordStatus.NORMAL_OPERATION


def version_of(vnfr: dict[str, Any]) -> int | None:
    """Return a function record's version as the MANO says it, if it is a number."""
    given = str(vnfr.get("version", ""))
    return int(given) if given.isascii() and given.isdigit() and len(given) < 9 else None
