"""How often something rare has happened, over all processes together, for `/metrics`."""

from django.db import connection, models

# One atomic statement, so that of several at once each counts.
RAISE_COUNT = """
INSERT INTO core_eventcount AS kept (name, label, count) VALUES (%s, %s, 1)
ON CONFLICT (name, label) DO UPDATE SET count = kept.count + 1
"""


class EventCount(models.Model):
    """How often something has happened since the database was made."""

    name = models.CharField(max_length=64, help_text="What happened: etcd_ignored.")
    label = models.CharField(max_length=64, blank=True, help_text="Of which kind it was.")
    count = models.PositiveBigIntegerField(default=0)

    class Meta:
        app_label = "core"
        constraints = [
            models.UniqueConstraint(fields=["name", "label"], name="event_count_is_unique")
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.label}".strip()


def count_event(name: str, label: str = "") -> None:
    """Count that something has happened.

    For what is rare: the row stays locked to the end of the caller's transaction.

    Args:
        name: what happened.
        label: of which kind it was; "" where there are no kinds.
    """
    with connection.cursor() as cursor:
        cursor.execute(RAISE_COUNT, [name, label])
