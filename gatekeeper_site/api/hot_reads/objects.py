"""One object, by its id."""

from typing import Any, cast

from django.contrib.auth.models import AnonymousUser

from gatekeeper_site.access.caller import Caller, sees
from gatekeeper_site.api.conditional import etag_of_text, matches
from gatekeeper_site.api.hot_reads.callers import Row, admit, told
from gatekeeper_site.api.hot_reads.calls import Reading
from gatekeeper_site.api.hot_reads.resources import Answer, LeftToTheView, Resource
from gatekeeper_site.api.hot_reads.sql import one_sql, refuse_unusual_fields
from gatekeeper_site.api.pagination import read_fields, with_fields
from gatekeeper_site.api.renderers import to_json


def one_of(resource: Resource, reading: Reading, found: Row) -> Answer:
    """Answer with one object.

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
    known, values = told(found)
    tenant_id = values[0]
    caller = Caller(user=cast(Any, AnonymousUser()), role=known.role, tenant_id=known.tenant_id)
    if tenant_id is None or not sees(caller, tenant_id, shared=view.shared):
        raise LeftToTheView
    admit(known, reading)
    printed = resource.view.represent(one_sql(resource.view).row(values))
    text = to_json(printed)
    etag = etag_of_text(text)
    variants = [("Vary", "Accept"), ("Allow", resource.allowed_for_one)]
    if matches(reading.environ.get("HTTP_IF_NONE_MATCH", ""), etag):
        headers = [("ETag", etag), *variants, ("Content-Length", "0")]
        return Answer("304 Not Modified", headers, b"")
    wrapped = view.wrap_one(with_fields(printed, names, view))
    shown = text if wrapped is printed else to_json(wrapped)
    headers = [("Content-Type", "application/json"), ("ETag", etag), *variants]
    return Answer("200 OK", [*headers, ("Content-Length", str(len(shown)))], shown)
