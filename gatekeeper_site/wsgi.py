"""The application, by WSGI: what the web process runs in its threads (asgi.py)."""

import os
import re
from collections.abc import Callable, Iterable
from typing import Any
from wsgiref.types import WSGIApplication

from django.core.wsgi import get_wsgi_application

from gatekeeper_site.checks import refuse_faulty_settings
from gatekeeper_site.core.postgresql import bound_waits

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gatekeeper_site.settings")

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


django_application = get_wsgi_application()
# Only now, as they need the apps; what hot reads answer, the paths say.
from gatekeeper_site import urls  # noqa: E402, F401
from gatekeeper_site.api import hot_writes  # noqa: E402
from gatekeeper_site.api.hot_reads import answering as hot_reads  # noqa: E402

refuse_faulty_settings()
bound_waits()
application = hot_reads.before(hot_writes.before(with_plain_content_types(django_application)))
