"""Makes the new objects that are made most often, without middleware, routing and DRF's views.

What may be ordered stays the view set's serializer's to say, who may what its caller's, and what
comes of it the service's: `Creation` is how that looks up what an order names, and writes it, by
one statement each. Whatever is unusual is left to the view set before anything is done; so is what
is refused, which only it puts into words.
"""

import io
from collections.abc import Callable, Iterable
from functools import cache
from types import SimpleNamespace
from typing import Any
from wsgiref.types import WSGIApplication

from django.db import IntegrityError, connection
from rest_framework.exceptions import ValidationError

from gatekeeper_site.access.api.authentication import token_of
from gatekeeper_site.access.services import known_token_parameters
from gatekeeper_site.api import idempotency
from gatekeeper_site.api.conditional import etag_of_text
from gatekeeper_site.api.headers import client_address
from gatekeeper_site.api.hot_reads.answering import of_database
from gatekeeper_site.api.hot_reads.callers import admit, told
from gatekeeper_site.api.hot_reads.calls import Reading, call_of, sent
from gatekeeper_site.api.hot_reads.resources import Answer, LeftToTheView, Resource, resources
from gatekeeper_site.api.hot_reads.sql import known_sql
from gatekeeper_site.api.renderers import to_json
from gatekeeper_site.api.serializers import fields_checked
from gatekeeper_site.api.views import FAULT, ResourceViewSet
from gatekeeper_site.core import clock
from gatekeeper_site.core.creation import Creation
from gatekeeper_site.core.documents import DocumentError, read_object
from gatekeeper_site.core.lookups import look_up, write_at_once
from gatekeeper_site.core.origin import note_caller, originating
from gatekeeper_site.core.refusals import Conflict, Forbidden, Invalid
from gatekeeper_site.core.rows import quoted

# Of an order; a longer body is read once it is known who sends it.
MAX_BODY_BYTES = 16 * 1024
KEY_HEADER = f"HTTP_{idempotency.HEADER.upper().replace('-', '_')}"
# With one of these, unless it is empty, it is another kind of call, or may be one.
UNUSUAL = ("QUERY_STRING", "HTTP_CONTENT_ENCODING", "HTTP_COOKIE")


def before(wsgi_application: WSGIApplication) -> WSGIApplication:
    """Carry out what can be carried out here, and give the other calls to an application."""

    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        try:
            answer = answer_to(environ)
        except LeftToTheView:
            return wsgi_application(environ, start_response)
        except Exception as error:  # noqa: BLE001 - the view set says and logs what it is
            environ[FAULT] = error
            return wsgi_application(environ, start_response)
        start_response(answer.status, answer.headers)
        return [answer.body]

    return application


def answer_to(environ: dict[str, Any]) -> Answer:
    """Make what a call orders, by its WSGI environment.

    Raises:
        LeftToTheView: it is unusual, or refused; nothing was done.
        Exception: it may have been done.
    """
    resource, creation = made_at(environ)
    token = token_of(environ)
    if token is None or connection.vendor != "postgresql":
        raise LeftToTheView
    began_at = clock.now()
    reading = call_of(environ, address=client_address(environ))
    view = view_for_new(resource.view)
    try:
        data = view.unwrapped(read_object(body_of(environ)))
        if not isinstance(data, dict):
            raise LeftToTheView
        kind: Any = view.get_serializer_class()
        order = view.new_order(**fields_checked(kind, data))
    except (DocumentError, ValidationError) as error:
        raise LeftToTheView from error
    ids = creation.ids(order)
    if ids is None:
        raise LeftToTheView
    with originating(reading.origin):
        with of_database():
            found = look_up(named_sql(resource.view), known_token_parameters(token, ids))
        known, columns = told(found)
        caller = known.caller()
        # What else there is to refuse, it says of data without faults by themselves.
        serializer = kind(context={"request": SimpleNamespace(auth=caller)})
        if not caller.can_write or any(serializer.faults_between(data, ())):
            raise LeftToTheView
        note_caller(user_id=known.user_id, user_name=known.user_name, token_id=known.pk)
        try:
            creating = creation.take(order, columns, caller, began_at)
        except (Conflict, Forbidden, Invalid) as error:
            raise LeftToTheView from error
        admit(known, reading)
        try:
            stored = creating.stored(write_at_once(creating.statement))
        except IntegrityError as error:
            # All of it was taken back.
            raise LeftToTheView from error
        if stored is None:
            raise LeftToTheView
        return sent(answer_with(resource, reading, stored), reading)


def made_at(environ: dict[str, Any]) -> tuple[Resource, Creation[Any]]:
    """Return what a call makes one of, and how.

    Raises:
        LeftToTheView: it is another kind of call, or unusual.
    """
    resource = resources.get(environ["PATH_INFO"]) if environ["REQUEST_METHOD"] == "POST" else None
    creation = None if resource is None else resource.view.creation
    if resource is None or creation is None or KEY_HEADER in environ:
        raise LeftToTheView
    if any(environ.get(name) for name in UNUSUAL):
        raise LeftToTheView
    return resource, creation


def body_of(environ: dict[str, Any]) -> bytes:
    """Return a call's body, which whoever reads it after this reads as well.

    Raises:
        LeftToTheView: it is longer than an order is.
    """
    length = int(environ.get("CONTENT_LENGTH") or 0)
    if length > MAX_BODY_BYTES:
        raise LeftToTheView
    body: bytes = environ["wsgi.input"].read(length)
    environ["wsgi.input"] = io.BytesIO(body)
    return body


@cache
def view_for_new(kind: type[ResourceViewSet]) -> ResourceViewSet:
    """Return a view set as it makes a new object."""
    view = kind()
    view.action = "create"
    return view


@cache
def named_sql(kind: type[ResourceViewSet]) -> str:
    """Return what selects, at once, who calls and what his order names.

    Of each object that is the columns as an array, null if there is no such object.
    """
    if kind.creation is None:
        raise LeftToTheView
    columns = ""
    for model, names in kind.creation.named:
        options: Any = model._meta
        own = ", ".join(quoted(options.get_field(name).column) for name in names)
        key, table = quoted(options.pk.column), quoted(options.db_table)
        columns += f", (SELECT json_build_array({own}) FROM {table} WHERE {key} = %s)"  # noqa: S608
    return known_sql(columns)


def answer_with(resource: Resource, reading: Reading, stored: Any) -> Answer:
    """Answer with an object that was made."""
    view = view_for_new(resource.view)
    printed = resource.view.represent({name: getattr(stored, name) for name in view.columns})
    text = to_json(printed)
    wrapped = view.wrap_one(printed)
    shown = text if wrapped is printed else to_json(wrapped)
    headers = [
        ("Content-Type", "application/json"),
        ("Location", reading.build_absolute_uri(f"{reading.path}/{stored.pk}")),
        ("ETag", etag_of_text(text)),
        ("Vary", "Accept"),
        ("Allow", resource.allowed_for_list),
        ("Content-Length", str(len(shown))),
    ]
    return Answer("201 Created", headers, shown)
