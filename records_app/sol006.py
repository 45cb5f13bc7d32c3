"""Descriptors in SOL006 as OSM has them: `{"vnfd": {…}}` and `{"nsd": {"nsd": [{…}]}}`.

Source: contract, mano-osm.md, Descriptors in SOL006. Little of them is checked here, as it is the
MANO that judges them.
"""

from collections.abc import Iterator
from typing import Any, Literal

from gatekeeper_site.core.documents import Fault
from records_app.descriptor_schemas import NAME, OBJECT, Heading, checked_by, object_with, some

TEXT_OR_EMPTY: dict[str, Any] = {
    "description": "a string of at most 255 characters",
    "type": "string",
    "maxLength": 255,
}
VERSION: dict[str, Any] = {
    "description": "a string of 1 to 255 characters, or a number",
    "type": ["string", "number"],
    "minLength": 1,
    "maxLength": 255,
}
REQUIRED = {"id": NAME, "version": VERSION, "df": some("deployment flavour", OBJECT)}

VNFD = object_with({"vnfd": object_with(REQUIRED, {"provider": TEXT_OR_EMPTY})})
NSD = object_with(
    {
        "nsd": object_with(
            {
                "nsd": {
                    "description": "a list of one network service",
                    "type": "array",
                    "minItems": 1,
                    "maxItems": 1,
                    "items": object_with(
                        REQUIRED | {"vnfd-id": some("id of a VNFD", NAME)},
                        {"designer": TEXT_OR_EMPTY},
                    ),
                }
            }
        )
    }
)
faults_of = {"vnfd": checked_by(VNFD), "nsd": checked_by(NSD)}


def sol006_faults(kind: Literal["nsd", "vnfd"], document: dict[str, Any]) -> list[Fault]:
    """Return everything that is wrong with a descriptor in SOL006, at once; empty if nothing is."""
    return faults_of[kind](document)


def description_of(kind: Literal["nsd", "vnfd"], document: dict[str, Any]) -> dict[str, Any]:
    """Return the object that describes the function, or service, of a checked document."""
    described: dict[str, Any] = document["vnfd"] if kind == "vnfd" else document["nsd"]["nsd"][0]
    return described


def heading_of(kind: Literal["nsd", "vnfd"], document: dict[str, Any]) -> Heading:
    """Return what names a checked descriptor; a version that is a number is known by its text."""
    described = description_of(kind, document)
    vendor = described.get("provider" if kind == "vnfd" else "designer", "")
    return Heading(vendor, described["id"], str(described["version"]))


def function_ids(document: dict[str, Any]) -> dict[int, str]:
    """Return the ids of VNFDs that an unchecked NSD names, each once, by position."""
    match document:
        case {"nsd": {"nsd": [{"vnfd-id": list(named)}]}}:
            first: dict[str, int] = {}
            for position, each in enumerate(named):
                if isinstance(each, str):
                    first.setdefault(each, position)
            return {position: each for each, position in first.items()}
    return {}


def units_of(vnfd: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the VDUs of a checked VNFD that are objects: nobody has checked them."""
    units = vnfd["vnfd"].get("vdu")
    if isinstance(units, list):
        yield from (unit for unit in units if isinstance(unit, dict))
