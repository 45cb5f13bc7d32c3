"""The schema in OpenAPI 3.0, for generators that do not read 3.1."""

from typing import Any

NULL = {"type": "null"}
# Their values are data, and no schema.
DATA = ("default", "enum", "example", "examples", "required")


def older(document: dict[str, Any]) -> dict[str, Any]:
    """Return an OpenAPI document of version 3.1 in the words of 3.0.

    What differs in ours is how a schema says that a value may be null, is one text, or above a
    bound.
    """
    return {name: converted(part) for name, part in document.items()} | {"openapi": "3.0.3"}


def converted(node: Any) -> Any:
    """Return a part of the document in the words of 3.0."""
    if isinstance(node, list):
        return [converted(each) for each in node]
    if not isinstance(node, dict):
        return node
    new = {name: converted_part(name, value) for name, value in node.items()}
    alternatives = node.get("oneOf", ())
    if NULL in alternatives:
        del new["oneOf"]
        others = [converted(each) for each in alternatives if each != NULL]
        new |= {"nullable": True, ("allOf" if len(others) == 1 else "oneOf"): others}
    if isinstance(node.get("type"), list) and "null" in node["type"]:
        (kind,) = (each for each in node["type"] if each != "null")
        new |= {"type": kind, "nullable": True}
    if "const" in node:
        new["enum"] = [new.pop("const")]
    if "exclusiveMinimum" in node:
        new |= {"minimum": node["exclusiveMinimum"], "exclusiveMinimum": True}
    return new


def converted_part(name: str, value: Any) -> Any:
    """Return what stands under a name in the words of 3.0."""
    if name in DATA:
        return value
    if name == "properties":
        return {member: converted(schema) for member, schema in value.items()}
    return converted(value)
