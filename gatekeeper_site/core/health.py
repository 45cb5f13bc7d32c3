"""Whether the process answers, and whether the whole does (contract: http.md, Who may call)."""

from datetime import timedelta

from django.conf import settings
from django.db import Error, connection
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.module_loading import import_string
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_safe

from gatekeeper_site.core import clock
from gatekeeper_site.core.api.problems import RETRY_AFTER_SECONDS, problem
from gatekeeper_site.core.models import Worker

# A worker writes that it is there every second.
WORKER_SEEN_WITHIN = timedelta(seconds=15)


@csrf_exempt
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """Answer that this process does."""
    return JsonResponse({"status": "ok"})


@csrf_exempt
@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """Answer whether everything that an order needs is there; 503 naming what is not."""
    checks = {"database": database_check()}
    checks["worker"] = worker_check() if checks["database"] == "ok" else "unknown"
    checks |= peer_checks()
    failing = {name: text for name, text in checks.items() if text != "ok"}
    if not failing:
        return JsonResponse({"status": "ok", "checks": checks})
    detail = "; ".join(f"{name}: {text}" for name, text in failing.items())
    document = problem(503, detail=detail, instance=request.path)
    return JsonResponse(
        document | {"checks": checks},
        status=503,
        content_type="application/problem+json",
        headers={"Retry-After": str(RETRY_AFTER_SECONDS)},
    )


def database_check() -> str:
    """Return "ok" or what is wrong with the database."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except Error:
        return "does not answer"
    return "ok"


def workers_seen() -> QuerySet[Worker]:
    """Return the workers that were seen lately."""
    return Worker.objects.filter(seen_at__gte=clock.now() - WORKER_SEEN_WITHIN)


def worker_check() -> str:
    """Return "ok" or what is wrong with the workers."""
    if workers_seen().exists():
        return "ok"
    seconds = int(WORKER_SEEN_WITHIN.total_seconds())
    return f"none was seen in the last {seconds} s; start one with `manage.py run_worker`"


def peer_checks() -> dict[str, str]:
    """Return "ok" or what is wrong, for each configured peer (the setting READINESS_CHECKS)."""
    texts = {name: import_string(path)() for name, path in settings.READINESS_CHECKS.items()}
    return {name: text for name, text in texts.items() if text is not None}
