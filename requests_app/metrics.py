"""What `GET /metrics` tells of requests and of the MANO."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from django.core.cache import cache
from django.db.models import Count, Min, QuerySet
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from gatekeeper_site.core import clock
from gatekeeper_site.core.counters import event_counts
from records_app.models import RecordStatus, ServiceRecord, SyncVerdict
from requests_app import states
from requests_app.models import CallbackDelivery, Request, RequestEvent
from requests_app.selectors import BY_VERDICT, nearest_rank
from requests_app.services.callbacks import ATTEMPT_LABELS
from requests_app.services.circuits import open_circuits
from requests_app.services.pausing import is_paused

# The time that the quantiles are of, and of how many requests at most: the latest.
WINDOW = timedelta(minutes=15)
MAX_REQUESTS = 2000
QUANTILES = (0.5, 0.9, 0.99)
# Counting a million requests takes a moment, so each process does it no more often than this.
COUNTS_KEY = "metrics:requests"
DELIVERY_COUNTS_KEY = "metrics:callbacks"
SYNC_COUNTS_KEY = "metrics:sync"
REMEMBER_COUNTS_SECONDS = 15
IGNORED_REASONS = ("unknown", "unusable", "unparsable", "too_large", "failed")


def request_metrics() -> Iterator[Metric]:
    """Yield how many requests there are, how long they take, and how long they wait."""
    yield number_metric()
    yield age_metric()
    yield from duration_metrics()


def number_metric() -> Metric:
    """Return how many requests there are of each type and status."""
    counts = cache.get_or_set(COUNTS_KEY, request_counts, REMEMBER_COUNTS_SECONDS) or {}
    family = GaugeMetricFamily(
        "gatekeeper_requests", "Requests", labels=["type", "status", "state"]
    )
    for request_type in states.REQUEST_TYPES:
        for status in states.statuses_of_type(request_type):
            labels = [request_type, status, states.STATE_OF_STATUS[status]]
            family.add_metric(labels, counts.get((request_type, status), 0))
    return family


def request_counts() -> dict[tuple[str, str], int]:
    """Count the requests of each type and status."""
    rows = Request.objects.order_by().values_list("request_type", "status")
    return {
        (request_type, status): number
        for request_type, status, number in rows.annotate(number=Count("pk"))
    }


def age_metric() -> Metric:
    """Return for how long the oldest request in each open status has existed."""
    now = clock.now()
    rows = Request.objects.filter(status__in=states.OPEN_STATUSES).order_by().values_list("status")
    oldest = dict(rows.annotate(oldest=Min("created_at")))
    family = GaugeMetricFamily(
        "gatekeeper_open_request_oldest_seconds",
        "Since when the oldest request that is in this status exists; 0: there is none",
        labels=["status"],
    )
    for status in states.OPEN_STATUSES:
        age = now - oldest.get(status, now)
        family.add_metric([status], max(age.total_seconds(), 0))
    return family


def duration_metrics() -> Iterator[Metric]:
    """Yield how long the requests that succeeded lately took, from order to success."""
    ended = changed_lately().filter(status__in=states.STATUSES_OF_STATE["SUCCEEDED"])
    seconds: dict[str, list[float]] = {name: [] for name in states.REQUEST_TYPES}
    rows = ended.values_list("request_type", "began_at", "updated_at")[:MAX_REQUESTS]
    for request_type, began_at, ended_at in rows:
        seconds[request_type].append((ended_at - began_at).total_seconds())
    family = GaugeMetricFamily(
        "gatekeeper_request_seconds",
        "From order to success, of the requests that succeeded in the last 15 minutes",
        labels=["type", "quantile"],
    )
    number = GaugeMetricFamily(
        "gatekeeper_request_seconds_count", "Of how many requests that is", labels=["type"]
    )
    for request_type, values in seconds.items():
        add_quantiles(family, [request_type], values)
        number.add_metric([request_type], len(values))
    yield family
    yield number


def mano_metrics() -> Iterator[Metric]:
    """Yield how long the MANO takes to accept, whether it is paused, and what had no effect."""
    yield from acceptance_metrics()
    yield GaugeMetricFamily(
        "gatekeeper_mano_paused", "1 while orders are not handed to the MANO", int(is_paused())
    )
    ignored = CounterMetricFamily(
        "gatekeeper_mano_ignored_messages",
        "Messages of the MANO that changed nothing, as they could not be used",
        labels=["reason"],
    )
    counts = event_counts("mano_messages", "mano_dead_letters")
    for reason in IGNORED_REASONS:
        ignored.add_metric([reason], counts["mano_messages"].get(reason, 0))
    yield ignored
    yield CounterMetricFamily(
        "gatekeeper_mano_dead_letters",
        "Messages of the MANO that were put aside",
        sum(counts["mano_dead_letters"].values()),
    )


def acceptance_metrics() -> Iterator[Metric]:
    """Yield how long it took from a handover to the MANO's acceptance."""
    accepted = RequestEvent.objects.filter(
        # Bounded here, so that their events are looked up one request at a time.
        request__in=changed_lately().values("pk")[:MAX_REQUESTS],
        from_status=states.NEW,
        to_status__in=states.IN_PROGRESS_STATUS.values(),
        at__gte=clock.now() - WINDOW,
    ).order_by()
    values = [
        (accepted_at - began_at).total_seconds()
        for accepted_at, began_at in accepted.values_list("at", "request__handover_began_at")
        if began_at is not None
    ]
    family = GaugeMetricFamily(
        "gatekeeper_mano_accept_seconds",
        "From handover to the MANO's acceptance, of the orders accepted in the last 15 minutes",
        labels=["quantile"],
    )
    add_quantiles(family, [], values)
    yield family
    yield GaugeMetricFamily(
        "gatekeeper_mano_accept_seconds_count", "Of how many orders that is", len(values)
    )


def callback_metrics() -> Iterator[Metric]:
    """Yield how many callbacks there are, how they fare, and whether they are sent in time."""
    counts = cache.get_or_set(DELIVERY_COUNTS_KEY, delivery_counts, REMEMBER_COUNTS_SECONDS) or {}
    deliveries = GaugeMetricFamily(
        "gatekeeper_callback_deliveries", "Callbacks that are kept", labels=["outcome"]
    )
    for outcome in CallbackDelivery.Outcome.values:
        deliveries.add_metric([outcome], counts.get(outcome, 0))
    yield deliveries
    now = clock.now()
    due = CallbackDelivery.objects.filter(due_at__lte=now).aggregate(since=Min("due_at"))
    yield GaugeMetricFamily(
        "gatekeeper_callback_oldest_due_seconds",
        "For how long the callback that is due the longest has been waiting; 0: none is",
        (now - (due["since"] or now)).total_seconds(),
    )
    attempts = CounterMetricFamily(
        "gatekeeper_callback_attempts", "Callbacks that were sent, or tried", labels=["outcome"]
    )
    numbers = event_counts("callback_attempts")["callback_attempts"]
    for label in ATTEMPT_LABELS:
        attempts.add_metric([label], numbers.get(label, 0))
    yield attempts
    yield GaugeMetricFamily(
        "gatekeeper_callback_open_circuits",
        "Hosts that get no callbacks for a while, as they took none",
        open_circuits().count(),
    )


def delivery_counts() -> dict[str, int]:
    """Count the deliveries of each outcome."""
    rows = CallbackDelivery.objects.order_by().values_list("outcome")
    return dict(rows.annotate(number=Count("pk")))


def changed_lately() -> QuerySet[Request]:
    """Return the requests that have changed within the window, the latest first."""
    return Request.objects.filter(updated_at__gte=clock.now() - WINDOW).order_by("-updated_at")


def add_quantiles(family: GaugeMetricFamily, labels: list[str], values: Sequence[float]) -> None:
    """Add the quantiles of the values, by nearest rank; nothing where there are none."""
    ordered = sorted(values)
    for quantile in QUANTILES if ordered else ():
        family.add_metric([*labels, str(quantile)], nearest_rank(ordered, quantile))


def sync_metrics() -> Iterator[Metric]:
    """Yield of how many instances what is recorded is what runs."""
    counts = cache.get_or_set(SYNC_COUNTS_KEY, sync_counts, REMEMBER_COUNTS_SECONDS) or {}
    family = GaugeMetricFamily(
        "gatekeeper_instances_in_sync",
        "Instances by whether what is recorded is what runs, as the MANO has said last",
        labels=["in_sync"],
    )
    for label, number in counts.items():
        family.add_metric([label], number)
    yield family


def sync_counts() -> dict[str, int]:
    """Count the instances by verdict; those that have not been asked for are unknown."""
    judged = ServiceRecord.objects.filter(sync_verdict__lt=SyncVerdict.NOT_KNOWN).order_by()
    numbers = dict(judged.values_list("sync_verdict").annotate(number=Count("pk")))
    known = {word: numbers.get(BY_VERDICT[word], 0) for word in ("true", "false")}
    instances = ServiceRecord.objects.exclude(status=RecordStatus.TERMINATED).count()
    return known | {"unknown": max(0, instances - sum(known.values()))}
