"""The web process's entry point: `gunicorn -c deploy/gunicorn.conf.py gatekeeper_site.asgi`."""

from django.conf import settings
from django.db import connection

from gatekeeper_site.web.adapter import AtOnce, in_threads
from gatekeeper_site.wsgi import application as wsgi_application

at_once: AtOnce | None = None
if connection.vendor == "postgresql":
    # Only now, as it needs the apps; where the database is SQLite, psycopg2 is not loaded.
    from gatekeeper_site.web.at_once import at_once

application = in_threads(
    wsgi_application,
    threads=settings.WEB_THREADS,
    max_body_bytes=settings.DATA_UPLOAD_MAX_MEMORY_SIZE,
    at_once=at_once,
)
