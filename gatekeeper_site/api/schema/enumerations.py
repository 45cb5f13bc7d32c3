"""Enumerations of the schema: each is there once, under a name, wherever it is used."""

from collections.abc import Iterator
from typing import Any

from gatekeeper_site.api.pagination import COUNTS, SORT_ORDERS
from gatekeeper_site.core import registry

SCHEMAS = "#/components/schemas/"
NULL = {"type": "null"}
# Of every list.
OWN_NAMES = {"Count": COUNTS, "SortOrder": SORT_ORDERS}
# Of the schema of a member or parameter, what stays beside the name of its enumeration.
KEPT = ("description", "default")


def name_enumerations(result: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
    """Give each enumeration of a member a name, and have members and parameters refer to it.

    The name is the registered one, or the member's own, as of `request_type` RequestType.
    """
    schemas: dict[str, Any] = result["components"]["schemas"]
    names = {tuple(words): name for name, words in (registry.enumerations | OWN_NAMES).items()}
    for schema in list(schemas.values()):
        for name, member in schema.get("properties", {}).items():
            for enumeration in enumerations_in(member):
                words = words_of(enumeration)
                named = names.setdefault(words, "".join(map(str.title, name.split("_"))))
                meanings = meanings_of(enumeration)
                schemas[named] = {"type": "string", "enum": list(words)} | meanings
                refer(enumeration, named)
    for operations in result["paths"].values():
        for operation in operations.values():
            for parameter in operation.get("parameters", []):
                for enumeration in enumerations_in(parameter["schema"]):
                    words = words_of(enumeration)
                    if name := names.get(words):
                        schemas.setdefault(name, {"type": "string", "enum": list(words)})
                        refer(enumeration, name)
    result["components"]["schemas"] = dict(sorted(schemas.items()))
    return result


def enumerations_in(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Give the schema of a member, or of the items of its list, if it is an enumeration."""
    schema = schema.get("items", schema)
    if "enum" in schema:
        yield schema


def words_of(enumeration: dict[str, Any]) -> tuple[str, ...]:
    """Return the words of an enumeration, without null."""
    return tuple(word for word in enumeration["enum"] if word is not None)


def meanings_of(enumeration: dict[str, Any]) -> dict[str, str]:
    """Take what the words mean out of a member's description, where drf-spectacular puts it.

    Returns:
        The enumeration's own description; nothing if every word means itself.
    """
    text, mark, meanings = enumeration.get("description", "").partition("* `")
    enumeration["description"] = text.strip()
    is_said = any(f"`{word}` - {word}" not in mark + meanings for word in words_of(enumeration))
    return {"description": f"{mark}{meanings}"} if mark and is_said else {}


def refer(enumeration: dict[str, Any], name: str) -> None:
    """Put the name of an enumeration in its place."""
    reference: dict[str, Any] = {"$ref": f"{SCHEMAS}{name}"}
    kept = {key: enumeration[key] for key in KEPT if enumeration.get(key)}
    if "null" in enumeration.get("type", ()) or None in enumeration["enum"]:
        reference = {"oneOf": [reference, NULL]}
    elif kept:
        reference = {"allOf": [reference]}
    enumeration.clear()
    enumeration |= reference | kept
