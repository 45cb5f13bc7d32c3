"""One object, by its id."""

from typing import Any, cast

import orjson
from django.contrib.auth.models import AnonymousUser

from gatekeeper_site.access.caller import Caller, sees
from gatekeeper_site.api.conditional import matches
from gatekeeper_site.api.hot_reads import kept
from gatekeeper_site.api.hot_reads.callers import admit, told
from gatekeeper_site.api.hot_reads.calls import Reading
from gatekeeper_site.api.hot_reads.kept import Printed
from gatekeeper_site.api.hot_reads.resources import VARY, Answer, LeftToTheView, Resource, Row
from gatekeeper_site.api.hot_reads.sql import own_columns, read_json, refuse_unusual_fields
from gatekeeper_site.api.pagination import read_fields, with_fields
from gatekeeper_site.api.renderers import to_json


def one_of(
    resource: Resource, reading: Reading, before: tuple[str, Printed] | None, found: Row
) -> Answer:
    """Answer with one object.

    Args:
        resource: of which.
        reading: the call.
        before: what was kept of it when the database was asked, with its version.
        found: what the database has told (`one_sql`).

    Raises:
        LeftToTheView: the token does not work, or sees no such object; it has had its calls.
        ParametersRefused: a parameter is unknown or wrong.
    """
    view = resource.as_one
    names: tuple[str, ...] = ()
    if reading.query:
        refuse_unusual_fields(view, reading.query_params)
        if reading.query_params.keys() - view.query_parameters():
            raise LeftToTheView
        names = read_fields(reading, view)
    known, (row,) = told(found)
    if row is None:
        raise LeftToTheView
    printed = kept_anew(resource, row) if isinstance(row, list) else cast(Any, before)[1]
    caller = Caller(user=cast(Any, AnonymousUser()), role=known.role, tenant_id=known.tenant_id)
    if not sees(caller, printed.tenant_id, shared=view.shared):
        raise LeftToTheView
    admit(known, reading)
    variants = [VARY, ("Allow", resource.allowed_for_one)]
    if matches(reading.environ.get("HTTP_IF_NONE_MATCH", ""), printed.etag):
        headers = [("ETag", printed.etag), *variants, ("Content-Length", "0")]
        return Answer("304 Not Modified", headers, b"")
    part: Any = orjson.Fragment(printed.text)
    if names:
        part = with_fields(read_json(printed.text.decode()), names, view)
    shown = to_json(view.wrap_one(part))
    headers = [("Content-Type", "application/json"), ("ETag", printed.etag), *variants]
    return Answer("200 OK", [*headers, ("Content-Length", str(len(shown)))], shown)


def kept_anew(resource: Resource, row: list[Any]) -> Printed:
    """Print an object that is not kept as it is now, and keep it."""
    version, object_id, *_ = row
    columns = columns_of(resource, row)
    text = to_json(resource.view.represent(columns))
    printed = Printed(columns["tenant_id"], kept.object_texts.copy_of(text))
    kept.objects.keep((resource.view, object_id), version, printed, len(text))
    return printed


def columns_of(resource: Resource, row: list[Any]) -> dict[str, Any]:
    """Return the columns of a row that has its version before them."""
    return dict(zip(own_columns(resource.view), row[1:], strict=True))
