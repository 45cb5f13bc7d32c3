"""The web process's entry point: `gunicorn -c deploy/gunicorn.conf.py gatekeeper_site.asgi`."""

from django.conf import settings

from gatekeeper_site.web.adapter import in_threads
from gatekeeper_site.wsgi import application as wsgi_application

application = in_threads(
    wsgi_application,
    threads=settings.WEB_THREADS,
    max_body_bytes=settings.DATA_UPLOAD_MAX_MEMORY_SIZE,
)
