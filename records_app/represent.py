"""How rows of `values()` are printed."""

from typing import Any

from gatekeeper_site.core.clock import iso_offset, iso_z

Row = dict[str, Any]

# What is onboarded can be instantiated: there is no other.
DESCRIPTOR_STATUS = "active"
DESCRIPTOR_STATUSES = (DESCRIPTOR_STATUS,)
DESCRIPTOR_COLUMNS = ("uuid", "created_at", "updated_at", "format", "document")
RECORD_COLUMNS = (
    "uuid",
    "created_at",
    "updated_at",
    "status",
    "version",
    "descriptor_reference",
    "body",
)
# Columns here; what the MANO sent under these names is not printed.
OWN_MEMBERS = frozenset(RECORD_COLUMNS) - {"body"}


def service_descriptor(row: Row) -> Row:
    """Print an NSD."""
    return descriptor(row) | {"nsd": row["document"]}


def function_descriptor(row: Row) -> Row:
    """Print a VNFD."""
    return descriptor(row) | {"vnfd": row["document"]}


def descriptor(row: Row) -> Row:
    """Print what both have in common."""
    return {
        "uuid": str(row["uuid"]),
        "created_at": iso_z(row["created_at"]),
        "updated_at": iso_z(row["updated_at"]),
        "status": DESCRIPTOR_STATUS,
        "format": row["format"],
    }


def service_record(row: Row) -> Row:
    """Print an NSR in the shape of SONATA's."""
    lists: Row = {"network_functions": [], "virtual_links": [], "forwarding_graphs": []}
    return record(row, "nsr-schema-01", lists)


def function_record(row: Row) -> Row:
    """Print a VNFR in the shape of SONATA's."""
    lists: Row = {"virtual_deployment_units": [], "virtual_links": []}
    return record(row, "vnfr-schema-01", lists)


def record(row: Row, descriptor_version: str, lists: Row) -> Row:
    """Print what Gatekeeper itself keeps, and what the MANO sent besides.

    `lists` and the version are there where the MANO has not sent them.
    """
    body: Row = row["body"]
    reference = row["descriptor_reference"]
    own = {
        "uuid": str(row["uuid"]),
        "created_at": iso_offset(row["created_at"]),
        "updated_at": iso_offset(row["updated_at"]),
        "status": row["status"],
        "version": str(row["version"]),
        "descriptor_reference": (
            body.get("descriptor_reference") if reference is None else str(reference)
        ),
        "descriptor_version": descriptor_version,
    }
    return own | lists | {name: value for name, value in body.items() if name not in OWN_MEMBERS}
