"""Answers the reads that come most often, without models, serializers and filter sets.

What a resource is stays its view set's: which rows a caller sees, by what they are filtered and
ordered, how they are printed. From that, Django makes SQL once per shape of a query, which is kept;
a call then costs its statements, and printing the rows. Whatever is unusual (another method or
format, a fault, nothing to show, a cursor) is left to the view set, which answers alike to the
byte. So is everything on SQLite.
"""

import io
import re
import time
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any, TypeAlias, cast

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import DisallowedHost, EmptyResultSet, ValidationError
from django.core.handlers.wsgi import WSGIRequest
from django.db import InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse, QueryDict
from django.middleware.clickjacking import XFrameOptionsMiddleware
from django.middleware.security import SecurityMiddleware
from django.views import View
from rest_framework.exceptions import ValidationError as ParametersRefused
from rest_framework.routers import SimpleRouter

from gatekeeper_site.access.api.authentication import token_of
from gatekeeper_site.access.caller import Caller, sees
from gatekeeper_site.access.services import (
    NUMBER_KNOWN,
    KnownToken,
    known_token,
    known_token_parameters,
    note_use,
)
from gatekeeper_site.access.throttling import admit_token, is_admitted_at_once
from gatekeeper_site.api.conditional import etag_of_text, matches
from gatekeeper_site.api.headers import log_access, safe_for_browsers
from gatekeeper_site.api.hot_sql import (
    TENANT,
    LeftToTheView,
    known_sql,
    list_sql,
    one_sql,
    read_json,
    shape_of,
)
from gatekeeper_site.api.kept_pages import STATE, KeptPages
from gatekeeper_site.api.pagination import (
    offset_links,
    page_headers,
    read_fields,
    read_page,
    with_fields,
)
from gatekeeper_site.api.renderers import to_json
from gatekeeper_site.api.views import ResourceViewSet
from gatekeeper_site.core.counting import count_selected
from gatekeeper_site.core.lookups import look_up
from gatekeeper_site.core.origin import Origin, new_origin, note_caller, originating
from gatekeeper_site.core.postgresql.base import limited_patience

WSGIApplication: TypeAlias = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]
Headers: TypeAlias = list[tuple[str, str]]
Row: TypeAlias = Sequence[Any] | None
UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
# For a statement, before the view set tries anew.
READ_SECONDS = 5

KNOWN_WITH_STATE = known_sql(f", {STATE}")

# By the path of the list.
resources: dict[str, "Resource"] = {}
# By the path.
fixed_answers: dict[str, "Answer"] = {}


@dataclass(frozen=True)
class Answer:
    """What a call gets."""

    status: str
    headers: Headers
    body: bytes


kept_pages: KeptPages[Answer] = KeptPages()


@dataclass(frozen=True)
class Resource:
    """A resource's view set, as it lists and as it shows one object."""

    view: type[ResourceViewSet]
    as_list: ResourceViewSet
    as_one: ResourceViewSet
    allowed_for_list: str
    allowed_for_one: str


def register(router: SimpleRouter, *prefixes: str, below: Iterable[str] = ("",)) -> None:
    """Have the reads of a router's resources answered here.

    Args:
        router: has their view sets.
        prefixes: the paths of their lists.
        below: each of which these paths are served below.
    """
    for prefix, registered, _ in router.registry:
        if prefix in prefixes:
            viewset = cast(type[ResourceViewSet], registered)
            routes = {route.name: route for route in router.get_routes(viewset)}
            list_route, one_route = routes["{basename}-list"], routes["{basename}-detail"]
            as_list, as_one = viewset(), viewset()
            as_list.action, as_one.action = "list", "retrieve"
            resource = Resource(
                viewset,
                as_list,
                as_one,
                allowed(router.get_method_map(viewset, list_route.mapping)),
                allowed(router.get_method_map(viewset, one_route.mapping)),
            )
            resources.update({f"{parent}/{prefix}": resource for parent in below})


def register_fixed(path: str, body: Any) -> None:
    """Have a path answer always the same, to everybody."""
    text = to_json(body)
    headers = [
        ("Content-Type", "application/json"),
        ("Vary", "Accept"),
        ("Allow", "GET, HEAD"),
        ("Content-Length", str(len(text))),
    ]
    fixed_answers[path] = Answer("200 OK", headers, text)


def allowed(methods: Mapping[str, str]) -> str:
    """Return the Allow header of a path's methods."""
    known = {*methods, "head", "options"}
    return ", ".join(name.upper() for name in View.http_method_names if name in known)


@dataclass(frozen=True)
class Reading:
    """Of a call, what the functions that read parameters and print links ask a request for."""

    environ: dict[str, Any]
    path: str
    query: str
    query_params: QueryDict
    # This server's URL, and the headers that all answers have.
    root: str
    headers: Headers
    origin: Origin
    # By `time.perf_counter()`.
    began: float
    # Whether nothing more may be asked of the database than what was.
    is_at_once: bool

    def build_absolute_uri(self, path: str) -> str:
        """Return the URL of a path of this server, by the name that the caller has for it."""
        return self.root + path


@dataclass(frozen=True)
class Question:
    """What the database is asked first, by one planned statement, and what answers by its row."""

    sql: str
    parameters: Sequence[Any]
    answer: Callable[[Row], Answer]


def before(wsgi_application: WSGIApplication) -> WSGIApplication:
    """Answer what can be answered here, and give the other calls to an application."""

    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        try:
            answer = answer_to(environ)
        except LeftToTheView:
            return wsgi_application(environ, start_response)
        start_response(answer.status, answer.headers)
        return [answer.body]

    return application


def answer_to(environ: dict[str, Any]) -> Answer:
    """Answer a call by its WSGI environment.

    Raises:
        LeftToTheView: it is unusual.
    """
    reading = reading_of(environ)
    asked = finder_of(reading)
    with originating(reading.origin):
        if isinstance(asked, Answer):
            return sent(asked, reading)
        with of_database():
            return sent(asked.answer(look_up(asked.sql, asked.parameters)), reading)


async def answer_at_once(
    environ: dict[str, Any], row: Callable[[str, Sequence[Any]], Awaitable[Any]]
) -> Answer | None:
    """Answer a call amid an event loop, by one statement at most; None where it needs more.

    Args:
        environ: its WSGI environment.
        row: returns the first row that a statement selects.
    """
    try:
        reading = reading_of(environ, is_at_once=True)
        asked = finder_of(reading)
        if isinstance(asked, Answer):
            return sent(asked, reading)
        found = await row(asked.sql, asked.parameters)
        with originating(reading.origin):
            return sent(asked.answer(found), reading)
    except (LeftToTheView, ParametersRefused, ValidationError):
        return None


def reading_of(environ: dict[str, Any], *, is_at_once: bool = False) -> "Reading":
    """Return what is read of a call.

    Raises:
        LeftToTheView: it is unusual.
    """
    if environ["REQUEST_METHOD"] != "GET" or environ.get("CONTENT_LENGTH") not in ("", "0", None):
        raise LeftToTheView
    if "HTTP_ORIGIN" in environ and settings.CORS_ALLOWED_ORIGINS:
        raise LeftToTheView
    root, headers = surroundings(
        environ["wsgi.url_scheme"],
        environ.get("HTTP_HOST"),
        environ.get("HTTP_X_FORWARDED_PROTO"),
        environ["SERVER_NAME"],
        environ["SERVER_PORT"],
    )
    query = environ["QUERY_STRING"]
    return Reading(
        environ=environ,
        path=environ["PATH_INFO"],
        query=query,
        query_params=QueryDict(query) if query else NO_PARAMETERS,
        root=root,
        headers=headers,
        origin=new_origin(
            via="api",
            request_id=environ.get("HTTP_X_REQUEST_ID"),
            traceparent=environ.get("HTTP_TRACEPARENT"),
        ),
        began=time.perf_counter(),
        is_at_once=is_at_once,
    )


def sent(answer: Answer, reading: Reading) -> Answer:
    """Return an answer with the headers that all have, and log it."""
    log_access("GET", reading.path, int(answer.status[:3]), reading.began)
    origin = reading.origin
    ids = [("X-Request-ID", origin.request_id), ("traceparent", origin.traceparent)]
    return Answer(answer.status, [*answer.headers, *reading.headers, *ids], answer.body)


def finder_of(reading: Reading) -> Answer | Question:
    """Return what is always answered to a call, or what the database is asked first.

    Raises:
        LeftToTheView: it is no read of a resource here, or is unusual.
    """
    if fixed := fixed_answers.get(reading.path):
        if reading.query_params:
            raise LeftToTheView
        return fixed
    token = token_of(reading.environ)
    if token is None or connection.vendor != "postgresql":
        raise LeftToTheView
    if resource := resources.get(reading.path):
        parameters = known_token_parameters(token)
        return Question(KNOWN_WITH_STATE, parameters, partial(list_of, resource, reading))
    collection, _, object_id = reading.path.rpartition("/")
    resource = resources.get(collection)
    if resource is None or not UUID.fullmatch(object_id):
        raise LeftToTheView
    parameters = known_token_parameters(token, [object_id])
    return Question(one_sql(resource.view).text, parameters, partial(one_of, resource, reading))


@contextmanager
def of_database() -> Iterator[None]:
    """Have what asks the database wait for it no longer than a read is to.

    Raises:
        LeftToTheView: a parameter is wrong; there is nothing to find; the database is away.
    """
    if not connection.in_atomic_block:
        connection.close_if_unusable_or_obsolete()
    try:
        with limited_patience(READ_SECONDS):
            yield
    except (ParametersRefused, ValidationError, EmptyResultSet) as error:
        raise LeftToTheView from error
    except (InterfaceError, OperationalError) as error:
        # A connection that broke meanwhile is made anew for the view set.
        connection.close()
        raise LeftToTheView from error


NO_PARAMETERS = QueryDict("")


@lru_cache(maxsize=1000)
def surroundings(
    scheme: str, host: str | None, forwarded_scheme: str | None, name: str, port: str
) -> tuple[str, Headers]:
    """Return this server's root URL for a caller, and the headers that every answer has.

    Raises:
        LeftToTheView: the caller has a name for this server that it does not have.
    """
    environ = {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": "/",
        "wsgi.url_scheme": scheme,
        "wsgi.input": io.BytesIO(),
        "SERVER_NAME": name,
        "SERVER_PORT": port,
        "HTTP_HOST": host,
        "HTTP_X_FORWARDED_PROTO": forwarded_scheme,
    }
    request = WSGIRequest({key: value for key, value in environ.items() if value is not None})

    def nothing(_: HttpRequest) -> HttpResponse:
        return HttpResponse(content_type="application/json")

    inner: Any = XFrameOptionsMiddleware(SecurityMiddleware(nothing))
    try:
        root = request.build_absolute_uri("/").removesuffix("/")
    except DisallowedHost as error:
        raise LeftToTheView from error
    headers = safe_for_browsers(inner)(request).headers
    del headers["Content-Type"]
    return root, list(headers.items())


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


def told(found: Row) -> tuple[KnownToken, list[Any]]:
    """Return who calls, and what else a statement of `known_sql` tells.

    Raises:
        LeftToTheView: the token does not work.
    """
    if found is None:
        raise LeftToTheView
    values = read_json(found[0])
    known = known_token(values)
    if known is None:
        raise LeftToTheView
    return known, values[NUMBER_KNOWN:]


def list_of(resource: Resource, reading: Reading, found: Row) -> Answer:
    """Answer with a page of a list.

    Raises:
        LeftToTheView: the token does not work or has had its calls; the query is unusual.
        ParametersRefused, ValidationError: a parameter is wrong.
    """
    known, (state,) = told(found)
    asked = (reading.path, reading.query, reading.root, known.role, known.tenant_id)
    if reading.is_at_once:
        answer = kept_pages.get(asked, state)
        if answer is None:
            raise LeftToTheView
    # What a transaction has itself written is in no snapshot.
    elif connection.in_atomic_block:
        return page_of(resource, reading, known)
    elif (answer := kept_pages.get(asked, state)) is None:
        answer = page_of(resource, reading, known)
        kept_pages.keep(asked, state, answer, len(answer.body))
        return answer
    admit(known, reading)
    return answer


def page_of(resource: Resource, reading: Reading, known: KnownToken) -> Answer:
    """Answer with a page of a list, read from the database.

    Raises:
        LeftToTheView: the token has had its calls; the query is unusual.
        ParametersRefused, ValidationError: a parameter is wrong.
    """
    view = resource.as_list
    refuse_unusual_fields(view, reading.query_params)
    page = read_page(reading, view)
    if page.cursor is not None:
        raise LeftToTheView
    shape, values = shape_of(resource.view, reading.query_params)
    ids, rows = list_sql(
        resource.view, known.role, bool(known.tenant_id), shape, page.column, page.is_descending
    )
    admit(known, reading)
    values[TENANT] = [known.tenant_id]
    total = count_selected(ids.text, ids.filled(values), exact=page.is_count_exact)
    found: list[dict[str, Any]] = []
    if page.offset < total.number or not total.is_exact:
        with connection.cursor() as cursor:
            # One more than is shown tells whether there is a next page.
            bounds = (page.limit + 1, page.offset)
            cursor.execute(rows.text, (*rows.filled(values), *bounds))
            found = [rows.row(each) for each in cursor.fetchall()]
    represent = resource.view.represent
    printed = [with_fields(represent(row), page.fields, view) for row in found[: page.limit]]
    shown = to_json(view.wrap_list(printed))
    links = offset_links(reading, page, total, has_next=len(found) > page.limit)
    headers = [
        ("Content-Type", "application/json"),
        *page_headers(total, links).items(),
        ("Vary", "Accept"),
        ("Allow", resource.allowed_for_list),
        ("Content-Length", str(len(shown))),
    ]
    return Answer("200 OK", headers, shown)


def refuse_unusual_fields(view: ResourceViewSet, parameters: QueryDict) -> None:
    """Have `fields` name members that every object has, if anything.

    Raises:
        LeftToTheView: it names others.
    """
    if not set(parameters.get("fields", view.fields[0]).split(",")) <= set(view.fields):
        raise LeftToTheView


def admit(token: KnownToken, reading: Reading) -> None:
    """Count a token's call, and note its use.

    Raises:
        LeftToTheView: it has had its calls; at once, nothing can be asked or noted.
    """
    if reading.is_at_once:
        if token.is_use_unnoted or not is_admitted_at_once(token.pk):
            raise LeftToTheView
    elif admit_token(token.pk) is not None:
        raise LeftToTheView
    note_caller(user_id=token.user_id, user_name=token.user_name, token_id=token.pk)
    note_use(token)
