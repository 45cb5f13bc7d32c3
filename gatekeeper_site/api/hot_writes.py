"""Makes the new objects that are made most often, without middleware, routing and DRF's views.

What may be ordered stays the view set's serializer's to say, who may what its caller's, and what
comes of it the service's: `Creation` is how that looks up what an order names, and writes it, by
one statement each. Whatever is unusual (an Idempotency-Key, a parameter, a list of objects, a long
body, SQLite) is left to the view set before anything is done; so is what is refused, which only it
puts into words.
"""

import io
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from types import SimpleNamespace
from typing import Any, cast
from uuid import UUID
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
from gatekeeper_site.api.hot_reads.resources import (
    VARY,
    Answer,
    LeftToTheView,
    Resource,
    Row,
    resources,
)
from gatekeeper_site.api.hot_reads.sql import known_sql
from gatekeeper_site.api.renderers import to_json
from gatekeeper_site.api.serializers import StrictSerializer, fields_checked
from gatekeeper_site.api.views import FAULT, ResourceViewSet
from gatekeeper_site.core import clock
from gatekeeper_site.core.creation import Creation, Writing
from gatekeeper_site.core.documents import DocumentError, read_object
from gatekeeper_site.core.lookups import NoAnswer, look_up, write_at_once
from gatekeeper_site.core.origin import note_caller, originating
from gatekeeper_site.core.refusals import Conflict, Forbidden, Invalid
from gatekeeper_site.core.rows import quoted

# Of an order; a longer body is read once it is known who sends it.
MAX_BODY_BYTES = 16 * 1024
KEY_HEADER = f"HTTP_{idempotency.HEADER.upper().replace('-', '_')}"
# With one of these, unless it is empty, it is another kind of call, or may be one.
UNUSUAL = ("QUERY_STRING", "HTTP_CONTENT_ENCODING", "HTTP_COOKIE")


@dataclass(frozen=True)
class Order:
    """A call that is carried out here, and what it orders."""

    resource: Resource
    creation: Creation[Any]
    reading: Reading
    began_at: datetime
    # The object in its body.
    data: dict[str, Any]
    # That, as the service takes it.
    new: Any
    token: str
    ids: Sequence[UUID | None]

    def question(self) -> tuple[str, Sequence[Any]]:
        """Return what selects who calls and what he names."""
        return named_sql(self.resource.view), known_token_parameters(self.token, self.ids)


def before(wsgi_application: WSGIApplication) -> WSGIApplication:
    """Carry out what can be carried out here, and give the other calls to an application."""

    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if FAULT in environ:
            return wsgi_application(environ, start_response)
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
    order = order_of(environ)
    with originating(order.reading.origin):
        with of_database():
            found = look_up(*order.question())
        writing = writing_of(order, found)
        try:
            row = write_at_once(writing.statement)
        except IntegrityError as error:
            # All of it was taken back.
            raise LeftToTheView from error
        return answer_with(order, writing, row)


async def answer_at_once(
    environ: dict[str, Any],
    look_up: Callable[[str, Sequence[Any]], Awaitable[Row]],
    write: Callable[[Writing[Any]], Awaitable[Row]],
) -> Answer | None:
    """Do so amid an event loop; None: a thread is to answer, and in FAULT is what has befallen.

    Args:
        environ: its WSGI environment.
        look_up: returns the first row that a statement selects.
        write: stores an object, and returns its row.

    Both raise NoAnswer where nothing was done.
    """
    try:
        order = order_of(environ, is_at_once=True)
        found = await look_up(*order.question())
        # Between two waits, as others' calls have the event loop meanwhile.
        with originating(order.reading.origin):
            writing = writing_of(order, found)
        row = await write(writing)
        with originating(order.reading.origin):
            return answer_with(order, writing, row)
    except (LeftToTheView, NoAnswer):
        return None
    except Exception as error:  # noqa: BLE001 - the view set says and logs what it is
        environ[FAULT] = error
        return None


def order_of(environ: dict[str, Any], *, is_at_once: bool = False) -> Order:
    """Return what a call orders.

    Raises:
        LeftToTheView: it is unusual, or has a fault.
    """
    resource, creation = made_at(environ)
    token = token_of(environ)
    if token is None or connection.vendor != "postgresql":
        raise LeftToTheView
    began_at = clock.now()
    reading = call_of(environ, address=client_address(environ), is_at_once=is_at_once)
    view = view_for_new(resource.view)
    try:
        data = view.unwrapped(read_object(body_of(environ)))
        if not isinstance(data, dict):
            raise LeftToTheView
        new = view.new_order(**fields_checked(checks(resource), data))
    except (DocumentError, ValidationError) as error:
        raise LeftToTheView from error
    ids = creation.ids(new)
    if ids is None:
        raise LeftToTheView
    return Order(resource, creation, reading, began_at, data, new, token, ids)


def writing_of(order: Order, found: Row) -> Writing[Any]:
    """Return what carries an order out, once it is known who calls and what he names.

    Raises:
        LeftToTheView: his token does not work, or has had its calls; his order is refused.
    """
    known, columns = told(found)
    caller = known.caller()
    # What members are together, it says of the data; all of them are good by themselves.
    serializer = checks(order.resource)(context={"request": SimpleNamespace(auth=caller)})
    if not caller.can_write or any(serializer.faults_between(order.data, ())):
        raise LeftToTheView
    note_caller(user_id=known.user_id, user_name=known.user_name, token_id=known.pk)
    try:
        make = order.creation.take(order.new, columns, caller, order.began_at)
    except (Conflict, Forbidden, Invalid) as error:
        raise LeftToTheView from error
    admit(known, order.reading)
    return make()


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


def checks(resource: Resource) -> type[StrictSerializer]:
    """Return what checks the body of a new object."""
    return cast(type[StrictSerializer], view_for_new(resource.view).get_serializer_class())


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


def answer_with(order: Order, writing: Writing[Any], row: Row) -> Answer:
    """Answer with the object that was made.

    Raises:
        LeftToTheView: nothing was written, as there is no room, or not any more.
    """
    if row is None:
        raise LeftToTheView
    stored = writing.stored(row)
    view = view_for_new(order.resource.view)
    printed = order.resource.view.represent({name: getattr(stored, name) for name in view.columns})
    text = to_json(printed)
    wrapped = view.wrap_one(printed)
    shown = text if wrapped is printed else to_json(wrapped)
    reading = order.reading
    headers = [
        ("Content-Type", "application/json"),
        ("Location", reading.build_absolute_uri(f"{reading.path}/{stored.pk}")),
        ("ETag", etag_of_text(text)),
        VARY,
        ("Allow", order.resource.allowed_for_list),
        ("Content-Length", str(len(shown))),
    ]
    return sent(Answer("201 Created", headers, shown), reading)
