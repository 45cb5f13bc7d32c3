"""Completes the OpenAPI schema with what all endpoints share."""

from typing import Any, TypeAlias

from drf_spectacular.authentication import SessionScheme
from drf_spectacular.extensions import OpenApiAuthenticationExtension

from gatekeeper_site.access.api.keystone.errors import is_keystones
from gatekeeper_site.api.middleware import GOHANS
from gatekeeper_site.api.problems import CODES, PROBLEM_TYPE
from gatekeeper_site.api.renderers import JSONRenderer
from gatekeeper_site.api.sonata_paths import SONATA_PREFIX, prefix_of
from gatekeeper_site.core.registry import conflict_codes

# Path, its pattern, method, view.
Endpoint: TypeAlias = tuple[str, str, str, Any]

PROBLEM_NAMES = {
    "400": "Bad input: every fault is named, nothing was changed.",
    "401": "The token is missing, malformed, unknown, expired or revoked.",
    "403": "Authenticated but not allowed.",
    "404": "There is no such object, or it is another tenant's.",
    "406": "Nothing that `Accept` names is offered.",
    "409": "The order conflicts with the object's state; nothing was changed.",
    "412": "The object is not any more as `If-Match` says; nothing was changed.",
    "413": "The body is over 1 MiB.",
    "415": "The body has a Content-Encoding: `Accept-Encoding` says what is taken.",
    "422": "The Idempotency-Key was used with another method, path or body.",
    "429": "Too many calls: try again after the seconds in `Retry-After`.",
    "503": "Something does not answer: try again after the seconds in `Retry-After`.",
}
# Nothing that these do depends on the state of something else.
WITHOUT_CONFLICTS = ("/sessions", "/tokens", "/v3/", "/v2.0/tokens", "/api/v2/micro-services")
# The only problems of what concerns nothing else that an operation may answer.
OWN_PROBLEMS = {
    ("get", "/healthz"): ["400"],
    ("get", "/readyz"): ["400", "503"],
    ("get", "/schema"): ["400", "406"],
    ("get", "/docs"): ["400", "406"],
    ("get", "/"): ["400", "406"],
    ("get", "/v3"): ["400", "406"],
    ("get", "/v2.0"): ["400", "406"],
    ("get", "/v3/auth/tokens"): ["400", "401", "403", "404", "406", "429"],
    ("delete", "/v3/auth/tokens"): ["400", "401", "403", "404", "406", "429"],
    ("get", "/api/v2/public-key"): ["400", "406"],
    ("get", "/api/v2/micro-services/public-key"): ["400", "406"],
}

FAULT = {
    "type": "object",
    "required": ["field", "message"],
    "properties": {"field": {"type": "string"}, "message": {"type": "string"}},
}


class TokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """A token, in either of its headers."""

    target_class = "gatekeeper_site.access.api.authentication.TokenAuthentication"
    name = ["bearer", "authToken"]

    def get_security_definition(self, auto_schema: Any) -> list[dict[str, str]]:
        """Return the two headers."""
        return [
            {"type": "http", "scheme": "bearer"},
            {"type": "apiKey", "in": "header", "name": "X-Auth-Token"},
        ]

    def get_security_requirement(self, auto_schema: Any) -> list[dict[str, list[str]]]:
        """Return that either will do."""
        return [{"bearer": []}, {"authToken": []}]


class CookieScheme(SessionScheme):  # type: ignore[no-untyped-call]
    """The admin site's session cookie."""

    target_class = "gatekeeper_site.access.api.authentication.CookieAuthentication"
    name = "cookie"


def without_repetitions(endpoints: list[Endpoint]) -> list[Endpoint]:
    """Leave out what is served below SONATA's prefix as it is without it."""
    paths = {path for path, *_ in endpoints}
    return [
        endpoint
        for endpoint in endpoints
        if not prefix_of(endpoint[0]) or endpoint[0].removeprefix(SONATA_PREFIX) not in paths
    ]


def add_common_answers(result: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
    """Give each operation its problems, and lists their headers."""
    components = result.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    schemas["Problem"] = problem_schema()
    schemas["GohanError"] = gohan_error_schema()
    schemas["KeystoneError"] = keystone_error_schema()
    for path, operations in result["paths"].items():
        for method, operation in operations.items():
            for status in problem_statuses(path, method):
                operation["responses"].setdefault(status, problem_answer(status, path))
            if any(parameter["name"] == "limit" for parameter in operation.get("parameters", [])):
                operation["responses"]["200"]["headers"] = list_headers()
    return result


def problem_statuses(path: str, method: str) -> list[str]:
    """Return the statuses that an operation may answer with besides its own."""
    if own := OWN_PROBLEMS.get((method, path)):
        return own
    statuses = ["400", "401", "403", "406", "429"]
    if "{" in path:
        statuses.append("404")
    if method in ("post", "put", "patch"):
        statuses += ["413", "415"]
    if method in ("put", "patch", "delete"):
        statuses.append("412")
    if method != "get" and not path.startswith(WITHOUT_CONFLICTS):
        statuses.append("409")
        if method == "post" or path.startswith("/records/services"):
            statuses.append("422")
    return statuses


def problem_answer(status: str, path: str) -> dict[str, Any]:
    """Return the response object of a problem."""
    schemas = {PROBLEM_TYPE: "Problem"}
    if is_keystones(path):
        schemas = {JSONRenderer.media_type: "KeystoneError"}
    elif path.startswith(GOHANS):
        schemas[JSONRenderer.media_type] = "GohanError"
    content = {
        media_type: {"schema": {"$ref": f"#/components/schemas/{name}"}}
        for media_type, name in schemas.items()
    }
    return {"description": PROBLEM_NAMES[status], "content": content}


def gohan_error_schema() -> dict[str, Any]:
    """Return the schema of an error in gohan's form."""
    return {
        "type": "object",
        "description": "An error, where `Accept` is exactly `application/json`.",
        "required": ["error", "errors"],
        "properties": {"error": {"type": "string"}, "errors": {"type": "array", "items": FAULT}},
    }


def keystone_error_schema() -> dict[str, Any]:
    """Return the schema of an error in Keystone's form."""
    error = {
        "type": "object",
        "required": ["code", "title", "message"],
        "properties": {
            "code": {"type": "integer"},
            "title": {"type": "string"},
            "message": {"type": "string"},
        },
    }
    return {
        "type": "object",
        "description": "An error, as Keystone tells it.",
        "required": ["error"],
        "properties": {"error": error},
    }


def problem_schema() -> dict[str, Any]:
    """Return the schema of a problem, with every code there is."""
    sonata = {
        "type": "object",
        "required": ["code", "message"],
        "properties": {"code": {"type": "integer"}, "message": {"type": "string"}},
    }
    meanings = "\n".join(f"* `{code}`: {text}" for code, text in sorted(conflict_codes.items()))
    return {
        "type": "object",
        "description": "An error (RFC 9457).",
        "required": ["type", "title", "status", "detail", "instance", "code", "error"],
        "properties": {
            "type": {"type": "string"},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string"},
            "instance": {"type": "string"},
            "code": {
                "type": "string",
                "enum": sorted({*CODES.values(), *conflict_codes}),
                "description": f"Conflicts:\n{meanings}",
            },
            "errors": {"type": "array", "items": FAULT},
            "error": sonata,
        },
    }


def list_headers() -> dict[str, Any]:
    """Return the headers of a list."""

    def header(description: str, kind: str) -> dict[str, Any]:
        return {"description": description, "schema": {"type": kind}}

    return {
        "Record-Count": header("How many rows match.", "integer"),
        "X-Total-Count": header("The same, under gohan's name.", "integer"),
        "Record-Count-Exact": header("`false` where the count is an estimate.", "string"),
        "Link": header("Neighbouring pages (RFC 8288).", "string"),
    }
