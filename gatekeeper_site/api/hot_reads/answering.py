"""Answers a call, by WSGI in a thread or amid the event loop, or leaves it to the view sets."""

import re
from collections.abc import Awaitable, Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any
from wsgiref.types import WSGIApplication

from django.core.exceptions import EmptyResultSet, ValidationError
from django.db import InterfaceError, OperationalError, connection
from rest_framework.exceptions import ValidationError as ParametersRefused

from gatekeeper_site.access.api.authentication import token_of
from gatekeeper_site.access.services import known_token_parameters
from gatekeeper_site.api.hot_reads import kept
from gatekeeper_site.api.hot_reads.calls import Reading, reading_of, sent
from gatekeeper_site.api.hot_reads.lists import KNOWN_WITH_STATE, list_of
from gatekeeper_site.api.hot_reads.objects import one_of
from gatekeeper_site.api.hot_reads.resources import (
    Answer,
    LeftToTheView,
    Question,
    fixed_answers,
    resources,
)
from gatekeeper_site.api.hot_reads.sql import one_sql
from gatekeeper_site.core.lookups import first_row, look_up
from gatekeeper_site.core.origin import originating
from gatekeeper_site.core.postgresql.base import limited_patience

UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
# For a statement, before the view set tries anew.
READ_SECONDS = 5


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
            while isinstance(asked, Question):
                ask = look_up if asked.is_planned else first_row
                asked = asked.answer(ask(asked.sql, asked.parameters))
            return sent(asked, reading)


async def answer_at_once(
    environ: dict[str, Any], row: Callable[[Question], Awaitable[Any]]
) -> Answer | None:
    """Answer a call amid an event loop, by a few statements of a moment; None: it needs more.

    Args:
        environ: its WSGI environment.
        row: returns the first row that a question's statement selects.
    """
    try:
        reading = reading_of(environ, is_at_once=True)
        asked = finder_of(reading)
        while isinstance(asked, Question):
            found = await row(asked)
            with originating(reading.origin):
                asked = asked.answer(found)
        with originating(reading.origin):
            return sent(asked, reading)
    except (LeftToTheView, ParametersRefused, ValidationError, EmptyResultSet):
        return None


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
        return Question(
            KNOWN_WITH_STATE,
            known_token_parameters(token),
            partial(list_of, resource, reading),
            is_planned=True,
        )
    collection, _, object_id = reading.path.rpartition("/")
    resource = resources.get(collection)
    if resource is None or not UUID.fullmatch(object_id):
        raise LeftToTheView
    before = kept.objects.last((resource.view, object_id))
    parameters = known_token_parameters(token, [before[0] if before else "", object_id])
    return Question(
        one_sql(resource.view),
        parameters,
        partial(one_of, resource, reading, before),
        is_planned=True,
    )


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
