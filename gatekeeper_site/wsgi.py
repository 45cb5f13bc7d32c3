"""The web process's entry point: `gunicorn -c deploy/gunicorn.conf.py gatekeeper_site.wsgi`."""

import io
import os
import re
from collections.abc import Callable, Iterable
from typing import Any, TypeAlias

from django.core.wsgi import get_wsgi_application

from gatekeeper_site.core.checks import refuse_faulty_settings
from gatekeeper_site.core.postgresql import bound_waits

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gatekeeper_site.settings")

WSGIApplication: TypeAlias = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

# Beyond this nothing is read of a body sent in chunks: it is refused as too large.
MAX_CHUNKED_BYTES = 32 * 1024 * 1024


BOUNDARY = re.compile(r'boundary=("[^"]*"|[^\s;,"]+)', re.IGNORECASE)


def with_plain_content_types(wsgi_application: WSGIApplication) -> WSGIApplication:
    """Leave of a Content-Type what is read of it: the media type, and a form's boundary.

    Of the others some raise an error in Django before any of our code runs, as `charset=hex` or
    `x*=nowhere''y` does.
    """

    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        media_type, _, parameters = environ.get("CONTENT_TYPE", "").partition(";")
        boundary = BOUNDARY.search(parameters)
        environ["CONTENT_TYPE"] = f"{media_type}; {boundary[0]}" if boundary else media_type
        return wsgi_application(environ, start_response)

    return application


def with_length_of_chunked_bodies(wsgi_application: WSGIApplication) -> WSGIApplication:
    """Give a body sent in chunks a length, without which Django takes it to be empty."""

    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if "chunked" in environ.get("HTTP_TRANSFER_ENCODING", "").lower():
            body = environ["wsgi.input"].read(MAX_CHUNKED_BYTES)
            environ["wsgi.input"] = io.BytesIO(body)
            environ["CONTENT_LENGTH"] = str(len(body))
        return wsgi_application(environ, start_response)

    return application


django_application = get_wsgi_application()
refuse_faulty_settings()
bound_waits()
application = with_plain_content_types(with_length_of_chunked_bodies(django_application))
