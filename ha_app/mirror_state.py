"""How the mirror in etcd stands, for its admin page, the first page and `/metrics`."""

import functools
import operator
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet

from gatekeeper_site.access.caller import Caller, visible_to
from gatekeeper_site.core import clock
from gatekeeper_site.core.counters import event_counts
from gatekeeper_site.core.counting import RowCount, count_rows
from gatekeeper_site.work.models import OutboxEntry
from ha_app.models import MODELS_BY_PLURAL, EtcdMirror

# The mirror's leader says each second that it is at work; another follows within 15.
LEADER_SEEN_WITHIN = timedelta(seconds=15)


@dataclass(frozen=True)
class MirrorState:
    """How far etcd is behind the database, and what the mirror's leader says of itself."""

    progress: EtcdMirror
    # The outbox rows, and for how long the first of them has been waiting.
    waiting: RowCount
    lag: timedelta

    @property
    def is_led(self) -> bool:
        """Whether the leader was seen lately."""
        seen_at = self.progress.seen_at
        return seen_at is not None and seen_at >= clock.now() - LEADER_SEEN_WITHIN


def mirror_state() -> MirrorState:
    """Return how the mirror in etcd stands."""
    # What etcd does not take is shown by itself, and says nothing of the mirror.
    oldest = OutboxEntry.objects.filter(not_before=None).order_by("id").first()
    return MirrorState(
        progress=EtcdMirror.objects.filter(pk=1).first() or EtcdMirror(pk=1),
        waiting=count_rows(OutboxEntry.objects.all()),
        lag=timedelta() if oldest is None else max(clock.now() - oldest.created_at, timedelta()),
    )


def ignored_answers() -> dict[str, int]:
    """Return how many answers of agents were ignored, by the reason."""
    return event_counts("etcd_ignored")["etcd_ignored"]


def outbox_of(caller: Caller) -> QuerySet[OutboxEntry]:
    """Return the outbox rows that a caller may see: of gone objects, they are the admins'."""
    rows = OutboxEntry.objects.order_by("id")
    if caller.is_admin:
        return rows
    visible = [
        Q(object_type=plural)
        & Exists(visible_to(caller, model._default_manager.filter(pk=OuterRef("object_id"))))
        for plural, model in MODELS_BY_PLURAL.items()
    ]
    return rows.filter(functools.reduce(operator.or_, visible))
