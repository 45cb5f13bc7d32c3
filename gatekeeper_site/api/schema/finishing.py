"""What drf-spectacular calls with the list of all endpoints, and with the finished document."""

import functools
from pathlib import Path
from typing import Any, TypeAlias

import yaml
from django.apps import apps

from gatekeeper_site.api.schema import errors, headers, security
from gatekeeper_site.api.sonata_paths import SONATA_PREFIX, prefix_of

# Path, its pattern, method, view.
Endpoint: TypeAlias = tuple[str, str, str, Any]

TAGS = {
    "requests": "Orders for services, what became of them, and why.",
    "records": "What runs: service instances and their functions.",
    "descriptors": "What can be ordered, and what it is made of.",
    "mano": "Whether orders are handed to the MANO.",
    "HA routers": "Edge routers, in pairs that stand in for each other.",
    "HA interfaces": "Their interfaces, with VLANs and bandwidth.",
    "gateways": "What uses that capacity.",
    "sessions": "Logging in with a password, and out.",
    "tokens": "Tokens of others, for the role admin.",
    "audit": "Who changed what, for the role admin.",
    "gohan": "The HA objects as gohan's clients ask for them.",
    "keystone": "How OpenStack's and gohan's clients log in.",
    "micro-services": "How SONATA's own programs log in.",
    "health": "For those who watch the server.",
    "schema": "This document, and a page to try it from.",
}
UUID = {"type": "string", "format": "uuid"}
# Of the id in a path, where it is no UUID.
ID_SCHEMAS: dict[str, dict[str, str]] = {
    "/tokens/{id}": {"type": "integer"},
    "/gohan/v0.1/schemas/{id}": {"type": "string"},
}
SUCCESSES = {
    "200": "What was asked for.",
    "201": "What was made.",
    "202": "What will be done.",
    "204": "It is done.",
    "300": "What there is to choose from.",
    "503": "Something does not answer, and is named.",
}
# What is made there has no URL of its own.
WITHOUT_LOCATION = ("/sessions", "/v3/", "/v2.0/tokens", "/api/v2/")


def without_repetitions(endpoints: list[Endpoint]) -> list[Endpoint]:
    """Leave out what is served below SONATA's prefix as it is without it."""
    paths = {path for path, *_ in endpoints}
    return [
        endpoint
        for endpoint in endpoints
        if not prefix_of(endpoint[0]) or endpoint[0].removeprefix(SONATA_PREFIX) not in paths
    ]


def add_common_parts(result: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
    """Give each operation its headers and errors, and the document what they refer to."""
    result["tags"] = [{"name": name, "description": text} for name, text in TAGS.items()]
    components = result["components"]
    components["schemas"] |= errors.schema_components()
    components["headers"] = headers.HEADERS
    components["responses"] = errors.response_components()
    components["securitySchemes"] |= security.BASIC
    for path, operations in result["paths"].items():
        for method, operation in operations.items():
            add_headers(operation, path, method)
            for parameter in operation["parameters"]:
                if parameter["in"] == "path":
                    parameter["schema"] = ID_SCHEMAS.get(path, UUID)
            for status, answer in operation["responses"].items():
                answer["description"] = answer["description"] or SUCCESSES[status]
            for status in errors.error_statuses(path, method):
                operation["responses"].setdefault(status, errors.error_reference(status, path))
            operation["responses"] = dict(sorted(operation["responses"].items()))
            add_examples(operation, examples().get(operation["operationId"], {}))
    return result


def add_headers(operation: dict[str, Any], path: str, method: str) -> None:
    """Give an operation the headers that it takes, and its answers those that they have."""
    names = list(headers.OF_EVERY_CALL)
    answers: dict[str, Any] = operation["responses"]
    of_success: list[str] = []
    if is_tagged(path, method):
        of_success.append("ETag")
        if method == "get":
            names.append("If-None-Match")
            answers["304"] = {"description": "The caller's copy is the same."}
        elif method != "post":
            names.append("If-Match")
    if errors.takes_key(path, method):
        names.append("Idempotency-Key")
        of_success.append("Idempotent-Replayed")
    if "201" in answers and not path.startswith(WITHOUT_LOCATION):
        of_success.append("Location")
    if any(parameter["name"] == "limit" for parameter in operation.get("parameters", [])):
        of_success += headers.OF_LISTS
    for status, answer in answers.items():
        of_answer = [name for name in of_success if name != "ETag" or status != "204"]
        answer["headers"] = headers.headers(*of_answer) | answer.get("headers", {})
    operation.setdefault("parameters", []).extend(headers.parameters(*names))


def is_tagged(path: str, method: str) -> bool:
    """Tell whether an operation's object has an ETag."""
    if method == "post":
        return errors.takes_key(path, method)
    is_object = path.endswith(("}", "/case", "/sync")) and not path.startswith("/gohan/")
    return is_object or path in ("/schema", "/mano")


def add_examples(operation: dict[str, Any], known: dict[str, Any]) -> None:
    """Show what is sent, and what is answered."""
    for name, example in known.items():
        part = operation["requestBody" if name == "request" else "responses"]
        part = part if name == "request" else part[name]
        for content in part["content"].values():
            content["example"] = example


@functools.cache
def examples() -> dict[str, dict[str, Any]]:
    """Return the examples of all operations, by their ids: of `request`, or of a status.

    Each app has those of its own in `examples.yaml`, beside its views.
    """
    found: dict[str, dict[str, Any]] = {}
    for config in apps.get_app_configs():
        for place in ("api", ""):
            path = Path(config.path) / place / "examples.yaml"
            if path.exists():
                found |= yaml.safe_load(path.read_text())["operations"]
    return found
