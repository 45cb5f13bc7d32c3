"""Holds every answer that a test gets to the OpenAPI schema (docs/openapi.yaml)."""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache, lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import jsonschema_rs
import orjson
import yaml

from gatekeeper_site.api.sonata_paths import SONATA_PREFIX

COMMITTED = Path(__file__).parents[1] / "docs" / "openapi.yaml"
SCHEMAS = "#/components/schemas/"
# Served for people alone, by other software, or what the schema is not about.
OTHERS = ("/admin", "/api-auth/", "/static/", "/favicon.ico", "/metrics", "/guide")
# What is served below SONATA's prefix too.
SONATAS = ("/services", "/functions", "/records/", "/requests", "/sessions", "/mano")
METHODS = {"get", "post", "put", "patch", "delete"}
# Paths of which any body is taken for now.
unchecked: set[str] = set()
# What checks bodies, by where their schema is, and whether of some fields alone.
checkers: dict[tuple[int, bool], jsonschema_rs.Draft202012Validator] = {}


class NotDescribed(AssertionError):
    """An answer is another than the schema says."""


@cache
def schema() -> dict[str, Any]:
    """Return the committed schema."""
    document: dict[str, Any] = yaml.load(COMMITTED.read_text(), yaml.CSafeLoader)
    return document


@cache
def templates() -> tuple[dict[str, Any], list[tuple[re.Pattern[str], Any]]]:
    """Return what may be done at each path, by the path; and by its pattern where it has ids."""
    fixed, others = {}, []
    for path, operations in schema()["paths"].items():
        if "{" in path:
            others.append((re.compile(re.sub(r"\{\w+\}", "[^/]+", path)), operations))
        else:
            fixed[path] = operations
    return fixed, others


@lru_cache(maxsize=10_000)
def operations_at(path: str) -> dict[str, Any] | None:
    """Return what the schema says may be done at a path; None where it has no such path."""
    path = path.removesuffix("/") or "/"
    fixed, others = templates()
    bare = path.removeprefix(SONATA_PREFIX)
    for each in (path, bare) if bare.startswith(SONATAS) else (path,):
        if each in fixed:
            return dict(fixed[each])
        for pattern, operations in others:
            if pattern.fullmatch(each):
                return dict(operations)
    return None


@cache
def closed_schemas() -> dict[str, Any]:
    """Return the schemas, in which an object has no members but those that it is said to have.

    For clients they are open, so that a member more does not break them. Here that would be one
    that the schema keeps silent about.
    """
    closed: dict[str, Any] = json.loads(json.dumps(schema()["components"]["schemas"]))
    for each in closed.values():
        close(each)
    return closed


def close(schema: dict[str, Any]) -> None:
    """Have the objects of a schema take no other members, where it does not say that they do."""
    members = schema.get("properties", {})
    if members:
        schema.setdefault("additionalProperties", False)
    for each in (*members.values(), *schema.get("oneOf", ())):
        close(each)
    if "items" in schema:
        close(schema["items"])


def checker(node: dict[str, Any], *, has_some_fields: bool) -> jsonschema_rs.Draft202012Validator:
    """Return what checks a body by a schema of an answer, which lasts as long as the process."""
    place = id(node), has_some_fields
    if place not in checkers:
        checkers[place] = validator(json.dumps(node), has_some_fields=has_some_fields)
    return checkers[place]


@cache
def validator(written: str, *, has_some_fields: bool) -> jsonschema_rs.Draft202012Validator:
    """Return what checks a body by a schema, made once.

    Args:
        written: the schema, as JSON.
        has_some_fields: whether the call asked for some fields of an object, or of those in a list.
    """
    node = json.loads(written)
    if has_some_fields:
        node = with_some_fields(node)
    # Its references lead into the same document.
    document = {"components": {"schemas": closed_schemas()}, **node}
    return jsonschema_rs.Draft202012Validator(document, validate_formats=True)


def with_some_fields(node: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of an answer of which the call asked for some fields alone."""
    while "$ref" in node:
        node = closed_schemas()[node["$ref"].removeprefix(SCHEMAS)]
    if "items" in node:
        return {**node, "items": with_some_fields(node["items"])}
    members = node["properties"]
    if len(members) == 1:
        # gohan's envelope, of one or of a list.
        return {**node, "properties": {n: with_some_fields(m) for n, m in members.items()}}
    inner = {"nsd", "vnfd"} & members.keys()
    kept = {name: value for name, value in node.items() if name != "required"}
    # A descriptor's own members can be asked for as well.
    return kept | ({"additionalProperties": True} if inner else {})


def check_answer(
    method: str,
    target: str,
    *,
    status: int,
    headers: Mapping[str, str],
    body: bytes,
    may_be_page: bool = False,
) -> None:
    """Check that an answer is one that the schema describes.

    Args:
        method: of the call.
        target: its path, with the query.
        status: of the answer.
        headers: of the answer.
        body: of the answer.
        may_be_page: whether a person may have called, who gets the browsable API.

    Raises:
        NotDescribed: saying in what it differs.
    """
    path, _, query = target.partition("?")
    method = method.lower()
    if path.startswith(OTHERS) or method not in METHODS | {"head"}:
        return
    parameters = parse_qs(query, keep_blank_values=True)
    media_type = headers.get("Content-Type", "").partition(";")[0]
    is_page = may_be_page or "api" in parameters.get("format", ())
    operations = operations_at(path)
    operation = (operations or {}).get("get" if method == "head" else method)
    call = f"{method.upper()} {target} was answered {status} {media_type}"
    if operation is None or status == 405:
        if status < 400:
            raise NotDescribed(f"{call}: the schema has no such operation.")
        answer = refusal_of_nothing()
    else:
        known = operation["responses"]
        if str(status) not in known:
            raise NotDescribed(f"{call}, which is none of: {', '.join(known)}.")
        answer = resolved(known[str(status)])
    if is_page and media_type == "text/html":
        return
    check_headers(call, answer, headers)
    content = answer.get("content", {})
    if method == "head" or (not body and not content):
        return
    if media_type not in content:
        raise NotDescribed(f"{call}, which is none of: {', '.join(content) or 'nothing'}.")
    if media_type.endswith("json") and path not in unchecked:
        has_some_fields = status == 200 and bool({"fields", "_fields"} & parameters.keys())
        node = content[media_type]["schema"]
        check_body(call, checker(node, has_some_fields=has_some_fields), body)


@cache
def refusal_of_nothing() -> dict[str, Any]:
    """Return what refuses a call of which the schema has no operation; some GETs have no HEAD."""
    forms = {"application/problem+json": ["Problem"]}
    forms["application/json"] = ["KeystoneError", "GohanError"]
    content = {
        media_type: {"schema": {"oneOf": [{"$ref": f"{SCHEMAS}{name}"} for name in names]}}
        for media_type, names in forms.items()
    }
    return {"content": content}


def resolved(node: dict[str, Any]) -> dict[str, Any]:
    """Return what a reference leads to, or what is there itself."""
    while "$ref" in node:
        found: Any = schema()
        for name in node["$ref"].removeprefix("#/").split("/"):
            found = found[name]
        node = found
    return node


def check_headers(call: str, answer: dict[str, Any], headers: Mapping[str, str]) -> None:
    """Check that what an answer always has is there."""
    for name, header in answer.get("headers", {}).items():
        if resolved(header).get("required") and name not in headers:
            raise NotDescribed(f"{call} without the header {name}.")


def check_body(call: str, checker: jsonschema_rs.Draft202012Validator, body: bytes) -> None:
    """Check that a body is as its schema says."""
    document = orjson.loads(body)
    if checker.is_valid(document):
        return
    faults = [
        f"  {'/'.join(map(str, error.instance_path)) or 'the body'}: {error.message[:300]}"
        for error in list(checker.iter_errors(document))[:10]
    ]
    raise NotDescribed("\n".join([f"{call}, and docs/openapi.yaml says otherwise:", *faults]))


@contextmanager
def unlike_its_schema(path: str) -> Iterator[None]:
    """Take any body from a path: that of a record in which the MANO has put what none has."""
    unchecked.add(path)
    try:
        yield
    finally:
        unchecked.remove(path)


def checked(handle: Callable[..., Any]) -> Callable[..., Any]:
    """Return what handles calls of Django's test client, with each answer held to the schema."""

    def handle_and_check(handler: Any, environ: dict[str, Any]) -> Any:
        response = handle(handler, environ)
        if not response.streaming:
            # A question mark of the path is no beginning of a query.
            path = environ["PATH_INFO"].replace("?", "%3F")
            query = environ.get("QUERY_STRING", "")
            check_answer(
                environ["REQUEST_METHOD"],
                f"{path}?{query}" if query else path,
                status=response.status_code,
                headers=response.headers,
                body=response.content,
                may_be_page=not {"HTTP_AUTHORIZATION", "HTTP_X_AUTH_TOKEN"} & environ.keys(),
            )
        return response

    return handle_and_check
