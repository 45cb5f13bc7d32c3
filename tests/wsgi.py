"""Calls of the application as the web's threads make them: no client stands in between."""

import io
import json
from collections.abc import Callable

from django.test import RequestFactory


def wsgi_caller(
    token: str | None, method: str, path: str, body: object = None, **headers: str
) -> Callable[[], str]:
    """Return a function that makes a call, to its end, and returns the status line."""
    from gatekeeper_site.wsgi import application

    text = b"" if body is None else json.dumps(body).encode()
    sent = {"authorization": f"Bearer {token}", **headers}
    made = RequestFactory(headers=sent).generic(method, path, text, "application/json").environ

    def call() -> str:
        started: list[str] = []
        environ = made | {"wsgi.input": io.BytesIO(text)}
        answer = application(environ, lambda status, *_: started.append(status))
        b"".join(answer)
        getattr(answer, "close", int)()
        return started[0]

    return call
