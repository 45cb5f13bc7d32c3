"""The floor: what the server costs by itself, and with a token looked up and a row by psycopg2.

Served as Gatekeeper is: `python -m gunicorn -c deploy/gunicorn.conf.py benchmarks.bare`.
"""

import hashlib
import json
import os
import threading
from collections.abc import Callable, Iterable
from typing import Any

import django
import psycopg2

from gatekeeper_site.web.adapter import in_threads

# The server's connections read its settings.
django.setup()
ANSWER = json.dumps({"text": "x" * 480}).encode()
TOKEN = "SELECT role, tenant_id FROM core_token WHERE digest = %s AND revoked_at IS NULL"
ROW = """
    SELECT id::text, request_type, status, service_uuid::text, service_instance_uuid::text,
        ingresses, egresses, callback, error, began_at::text, created_at::text, updated_at::text
    FROM requests_app_request WHERE id = %s
"""
of_thread = threading.local()


def row_of_caller(environ: dict[str, Any]) -> bytes:
    """Return a request as JSON."""
    if not hasattr(of_thread, "cursor"):
        connection = psycopg2.connect(os.environ["DATABASE_URL"])
        connection.autocommit = True
        of_thread.cursor = connection.cursor()
    token = environ["HTTP_AUTHORIZATION"].removeprefix("Bearer ")
    of_thread.cursor.execute(TOKEN, [hashlib.sha256(token.encode()).hexdigest()])
    assert of_thread.cursor.fetchone() is not None
    of_thread.cursor.execute(ROW, [environ["PATH_INFO"].rpartition("/")[2]])
    names = [column.name for column in of_thread.cursor.description]
    return json.dumps(dict(zip(names, of_thread.cursor.fetchone(), strict=True))).encode()


def answer(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Answer always the same, or with a row."""
    body = ANSWER if environ["PATH_INFO"] == "/" else row_of_caller(environ)
    headers = [("Content-Type", "application/json"), ("Content-Length", str(len(body)))]
    start_response("200 OK", headers)
    return [body]


application = in_threads(answer, threads=4, max_body_bytes=1_000_000)
