"""Headers of calls and answers (contract: http.md)."""

from typing import Any

TEXT = {"type": "string"}
COUNT = {"type": "integer", "minimum": 0}
REQUEST_ID = {"type": "string", "minLength": 1, "maxLength": 128}
TRACEPARENT = "W3C's trace context."

# Of calls, by their names.
PARAMETERS: dict[str, dict[str, Any]] = {
    "Idempotency-Key": {
        "description": "1 to 255 visible ASCII characters. For 24 hours the same key gets the "
        "first answer, and nothing is done twice.",
        "schema": {"type": "string", "pattern": "^[!-~]{1,255}$"},
    },
    "If-Match": {
        "description": "The `ETag` of the object as it was seen: if it has changed since, 412.",
        "schema": TEXT,
    },
    "If-None-Match": {
        "description": "The `ETag` of a copy that the caller has: if it is the same, 304.",
        "schema": TEXT,
    },
    "X-Request-ID": {
        "description": "A name of the call, 1 to 128 visible ASCII characters; made if absent.",
        "schema": TEXT,
    },
    "traceparent": {"description": TRACEPARENT, "schema": TEXT},
}
# Of answers, by their names; `required` are those that are always there.
HEADERS: dict[str, dict[str, Any]] = {
    "Accept-Encoding": {"description": "What is taken.", "required": True, "schema": TEXT},
    "ETag": {
        "description": "Of the whole object, for `If-Match` and `If-None-Match`.",
        "schema": TEXT,
    },
    "Idempotent-Replayed": {
        "description": "`true` where the answer is the stored one of an Idempotency-Key.",
        "schema": {"type": "string", "enum": ["true"]},
    },
    "Link": {
        "description": "Neighbouring pages (RFC 8288): `first`, `prev`, `next`, `last`.",
        "required": True,
        "schema": TEXT,
    },
    "Location": {
        "description": "The URL of what was made.",
        "schema": {"type": "string", "format": "uri"},
    },
    "Record-Count": {"description": "How many rows match.", "required": True, "schema": COUNT},
    "Record-Count-Exact": {
        "description": "`false` where the count is an estimate.",
        "schema": {"type": "string", "enum": ["false"]},
    },
    "Retry-After": {"description": "Seconds to wait.", "required": True, "schema": COUNT},
    "WWW-Authenticate": {"description": "How to say who calls.", "required": True, "schema": TEXT},
    "X-Request-ID": {
        "description": "Names the call in the server's log: quote it in a report.",
        "required": True,
        "schema": REQUEST_ID,
    },
    "X-Total-Count": {
        "description": "The same as `Record-Count`, under gohan's name.",
        "required": True,
        "schema": COUNT,
    },
    "traceparent": {"description": TRACEPARENT, "required": True, "schema": TEXT},
}
OF_EVERY_CALL = ("X-Request-ID", "traceparent")
OF_LISTS = ("Record-Count", "X-Total-Count", "Record-Count-Exact", "Link")


def parameters(*names: str) -> list[dict[str, Any]]:
    """Return headers of calls, as an operation has them."""
    return [{"name": name, "in": "header", **PARAMETERS[name]} for name in names]


def headers(*names: str) -> dict[str, Any]:
    """Return references to headers of answers, with those that every answer has."""
    return {name: {"$ref": f"#/components/headers/{name}"} for name in (*names, *OF_EVERY_CALL)}
