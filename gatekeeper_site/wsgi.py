"""The web process's entry point: `gunicorn gatekeeper_site.wsgi`."""

import io
import os
from collections.abc import Callable, Iterable
from typing import Any, TypeAlias

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gatekeeper_site.settings")

WSGIApplication: TypeAlias = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]

# Beyond this nothing is read of a body sent in chunks: it is refused as too large.
MAX_CHUNKED_BYTES = 32 * 1024 * 1024


def with_length_of_chunked_bodies(wsgi_application: WSGIApplication) -> WSGIApplication:
    """Give a body sent in chunks a length, without which Django takes it to be empty."""

    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if "chunked" in environ.get("HTTP_TRANSFER_ENCODING", "").lower():
            body = environ["wsgi.input"].read(MAX_CHUNKED_BYTES)
            environ["wsgi.input"] = io.BytesIO(body)
            environ["CONTENT_LENGTH"] = str(len(body))
        return wsgi_application(environ, start_response)

    return application


application = with_length_of_chunked_bodies(get_wsgi_application())
