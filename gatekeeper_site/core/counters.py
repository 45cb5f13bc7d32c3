"""How often something has happened, over all processes together, for `/metrics`."""

import random

from django.db import connection, models
from django.db.models import Sum

# One atomic statement, so that of several at once each counts.
RAISE_COUNT = """
INSERT INTO core_eventcount AS kept (name, label, slot, count) VALUES (%s, %s, %s, 1)
ON CONFLICT (name, label, slot) DO UPDATE SET count = kept.count + 1
"""


class EventCount(models.Model):
    """How often something has happened since the database was made."""

    name = models.CharField(max_length=64, help_text="What happened: etcd_ignored.")
    label = models.CharField(max_length=64, blank=True, help_text="Of which kind it was.")
    slot = models.PositiveSmallIntegerField(
        default=0, help_text="Of several rows that are one count together, so that none is hot."
    )
    count = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["name", "label", "slot"], name="event_count_is_unique")
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.label}".strip()


def count_event(name: str, label: str = "", *, slots: int = 1) -> None:
    """Count that something has happened.

    The row stays locked to the end of the caller's transaction.

    Args:
        name: what happened.
        label: of which kind it was; "" where there are no kinds.
        slots: over how many rows it is spread; 1 for what is rare.
    """
    slot = random.randrange(slots)  # noqa: S311 - no secret
    with connection.cursor() as cursor:
        cursor.execute(RAISE_COUNT, [name, label, slot])


def event_counts(*names: str) -> dict[str, dict[str, int]]:
    """Return how often some things have happened, each by its kinds in alphabetical order."""
    rows = EventCount.objects.filter(name__in=names).values_list("name", "label")
    counts: dict[str, dict[str, int]] = {name: {} for name in names}
    for name, label, total in rows.annotate(total=Sum("count")).order_by("label"):
        counts[name][label] = total
    return counts
