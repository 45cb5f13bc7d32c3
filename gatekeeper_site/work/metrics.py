"""What `GET /metrics` tells of the workers and of the queue."""

from collections.abc import Iterator

from django.db.models import Count, Min
from django_q.models import OrmQ
from prometheus_client.core import GaugeMetricFamily, Metric

from gatekeeper_site.core import clock
from gatekeeper_site.work.queue import cluster_names, new_work_queue
from gatekeeper_site.work.selectors import workers_seen


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
