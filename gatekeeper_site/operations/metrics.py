"""`GET /metrics`, for the role admin: figures in Prometheus' text format (contract: http.md).

Several processes serve the API, and a scrape reaches any of them. So every figure is read from
the database when it is asked for, by the functions that the setting METRICS names.
"""

from collections.abc import Iterator

from django.conf import settings
from django.db.models import Count, Min
from django.http import HttpResponse
from django.utils.module_loading import import_string
from django_q.models import OrmQ
from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from prometheus_client.registry import Collector
from rest_framework.request import Request
from rest_framework.views import APIView

from gatekeeper_site.access.api.permissions import AdminPermission
from gatekeeper_site.api.renderers import JSONRenderer
from gatekeeper_site.core import clock
from gatekeeper_site.work.queue import cluster_names, new_work_queue
from gatekeeper_site.work.selectors import workers_seen


class Figures(Collector):
    """What the functions of the setting METRICS return, one after the other."""

    def collect(self) -> Iterator[Metric]:
        """Yield every family of figures, as it is now."""
        for path in settings.METRICS:
            yield from import_string(path)()


class MetricsView(APIView):
    """Prometheus' text whatever `Accept` says; a refusal is a problem in JSON, as everywhere."""

    permission_classes = [AdminPermission]
    # Like /healthz, no part of the API that clients are generated for.
    schema = None

    def perform_content_negotiation(
        self, request: Request, force: bool = False
    ) -> tuple[JSONRenderer, str]:
        """Return what writes problems; the figures need no renderer."""
        return JSONRenderer(), JSONRenderer.media_type

    def get(self, request: Request) -> HttpResponse:
        """Return every figure."""
        registry = CollectorRegistry()
        registry.register(Figures())
        return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_PLAIN_0_0_4)


def worker_metrics() -> Iterator[Metric]:
    """Yield how many workers there are."""
    yield GaugeMetricFamily(
        "gatekeeper_workers", "Workers that were seen lately", workers_seen().count()
    )


def queue_metrics() -> Iterator[Metric]:
    """Yield how many tasks wait, and for how long the oldest has, for each queue."""
    now = clock.now()
    # What is running, or was and is tried again later, is locked until a time to come.
    waiting = OrmQ.objects.filter(lock__lte=now).order_by().values_list("key")
    main, *others = cluster_names()
    queues = dict.fromkeys([main, new_work_queue(main), *others], (0, now)) | {
        queue: (number, since)
        for queue, number, since in waiting.annotate(number=Count("pk"), since=Min("lock"))
    }
    tasks = GaugeMetricFamily(
        "gatekeeper_queue_tasks", "Tasks that wait for a worker", labels=["queue"]
    )
    oldest = GaugeMetricFamily(
        "gatekeeper_queue_oldest_seconds",
        "For how long the oldest of them has been waiting",
        labels=["queue"],
    )
    for queue, (number, since) in sorted(queues.items()):
        tasks.add_metric([queue], number)
        oldest.add_metric([queue], (now - since).total_seconds())
    yield tasks
    yield oldest
