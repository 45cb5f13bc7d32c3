"""What `GET /metrics` tells of HA objects and of their mirror in etcd (contract: ha.md, etcd)."""

from collections.abc import Iterator
from datetime import datetime

from django.conf import settings
from django.core.cache import cache
from django.db.models import Count
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from gatekeeper_site.core.counters import event_counts
from ha_app.mirror_state import MirrorState, ignored_answers, mirror_state
from ha_app.models import MODELS_BY_PLURAL, EtcdMirror, Status

# Counting a million objects takes a moment, so each process does it no more often than this.
COUNTS_KEY = "metrics:ha_objects"
REMEMBER_COUNTS_SECONDS = 15


def ha_object_metrics() -> Iterator[Metric]:
    """Yield how many HA objects there are of each kind and status."""
    family = GaugeMetricFamily("gatekeeper_ha_objects", "HA objects", labels=["type", "status"])
    counts = cache.get_or_set(COUNTS_KEY, object_counts, REMEMBER_COUNTS_SECONDS) or {}
    for plural in MODELS_BY_PLURAL:
        for status in Status.values:
            family.add_metric([plural, status], counts.get((plural, status), 0))
    yield family


def object_counts() -> dict[tuple[str, str], int]:
    """Count the HA objects of each kind and status."""
    counts = {}
    for plural, model in MODELS_BY_PLURAL.items():
        rows = model._default_manager.order_by().values_list("status")
        for status, number in rows.annotate(number=Count("pk")):
            counts[plural, status] = number
    return counts


def mirror_metrics() -> Iterator[Metric]:
    """Yield how the mirror in etcd stands; nothing where there is to be none."""
    if not settings.ETCD_ENDPOINTS:
        return
    state = mirror_state()
    yield from lag_metrics(state)
    yield from leader_metrics(state.progress)
    yield from drift_metrics(state.progress)
    yield from refusal_metrics()


def lag_metrics(state: MirrorState) -> Iterator[Metric]:
    """Yield how far etcd is behind, and up to where its answers are applied."""
    yield GaugeMetricFamily(
        "gatekeeper_etcd_outbox_entries",
        "Changes that wait to be put into etcd",
        state.waiting.number,
    )
    yield GaugeMetricFamily(
        "gatekeeper_etcd_lag_seconds",
        "How long the oldest of them has been waiting",
        state.lag.total_seconds(),
    )
    revisions = GaugeMetricFamily(
        "gatekeeper_etcd_last_revision",
        "Revision of etcd up to which the agents' answers are applied",
        labels=["prefix"],
    )
    for prefix, revision in sorted(state.progress.revisions.items()):
        revisions.add_metric([prefix], revision)
    yield revisions


def leader_metrics(progress: EtcdMirror) -> Iterator[Metric]:
    """Yield which sync_etcd leads, and when it was last seen."""
    leader = GaugeMetricFamily(
        "gatekeeper_etcd_leader_info", "The process that mirrors", labels=["leader"]
    )
    if progress.leader:
        leader.add_metric([progress.leader], 1)
    yield leader
    yield gauge_if_known(
        "gatekeeper_etcd_leader_seen_timestamp_seconds",
        "When it last said that it is at work",
        progress.seen_at,
    )


def drift_metrics(progress: EtcdMirror) -> Iterator[Metric]:
    """Yield in how much etcd and the database differed when they were last compared."""
    yield gauge_if_known(
        "gatekeeper_etcd_drift_objects", "Differences found at the last comparison", progress.drift
    )
    yield gauge_if_known(
        "gatekeeper_etcd_drift_checked_timestamp_seconds",
        "When that comparison was made",
        progress.drift_at,
    )


def gauge_if_known(
    name: str, documentation: str, value: float | datetime | None
) -> GaugeMetricFamily:
    """Return a gauge, without a sample as long as there is no value; a time in seconds."""
    family = GaugeMetricFamily(name, documentation)
    if value is not None:
        family.add_metric([], value.timestamp() if isinstance(value, datetime) else value)
    return family


def refusal_metrics() -> Iterator[Metric]:
    """Yield how many answers were ignored, and how many objects etcd did not take."""
    ignored = CounterMetricFamily(
        "gatekeeper_etcd_ignored_answers",
        "Answers of agents that changed nothing",
        labels=["reason"],
    )
    for reason, count in ignored_answers().items():
        ignored.add_metric([reason], count)
    yield ignored
    yield CounterMetricFamily(
        "gatekeeper_etcd_refused",
        "Times that etcd did not take an object",
        sum(event_counts("etcd_refused")["etcd_refused"].values()),
    )
