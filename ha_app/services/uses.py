"""Keeps once an hour how much of each HA interface is in use, for as long as people look back."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet

from gatekeeper_site.core import clock
from gatekeeper_site.core.retention import delete_batch
from ha_app.models import HaInterface, InterfaceUse

KEPT = timedelta(days=31)
# How many interfaces a sweep reads in one transaction.
BATCH = 500


def unsampled(hour: datetime) -> QuerySet[HaInterface]:
    """Return the HA interfaces of which nothing is kept of an hour."""
    kept = InterfaceUse.objects.filter(ha_interface=OuterRef("pk"), hour=hour)
    return HaInterface.objects.filter(~Exists(kept))


def sample_uses() -> int:
    """Keep what is in use of a batch of HA interfaces in this hour; return of how many."""
    now = clock.now()
    hour = now.replace(minute=0, second=0, microsecond=0)
    missing = unsampled(hour)
    # Mostly there are none, and a plain read takes no lock.
    if not missing.exists():
        return 0
    with transaction.atomic():
        # One that is being changed is left for the next time: nobody waits for this, nor it for
        # anybody, and none goes before its row is written.
        locked = missing.select_for_update(skip_locked=True, no_key=True).order_by("pk")
        rows = locked.values_list(
            "pk",
            "gateway_instances_count",
            F("maximum_ga_bandwidth") - F("available_ga_bandwidth"),
            F("maximum_be_bandwidth") - F("available_be_bandwidth"),
        )[:BATCH]
        uses = [
            InterfaceUse(
                ha_interface_id=pk, hour=hour, at=now, vlans=vlans, ga_bandwidth=ga, be_bandwidth=be
            )
            for pk, vlans, ga, be in rows
        ]
        # Another worker may have been here.
        InterfaceUse.objects.bulk_create(uses, ignore_conflicts=True)
    return len(uses)


def forget_uses() -> int:
    """Forget a batch of what nobody looks back to any more; return how many."""
    return delete_batch(InterfaceUse.objects.filter(hour__lt=clock.now() - KEPT).order_by("hour"))
