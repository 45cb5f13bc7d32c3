"""Events of what has a status: how each is stored and printed."""

from typing import Any

from django.db import models

from gatekeeper_site.core.clock import iso_z

EVENT_COLUMNS = ("at", "from_status", "to_status", "actor", "message")


class StatusEvent(models.Model):
    """One change of an object's status, or something worth telling that changed none.

    A subclass has the foreign key to the object, whose `related_name` is `events`.
    """

    at = models.DateTimeField()
    from_status = models.CharField(max_length=24, blank=True)
    to_status = models.CharField(max_length=24)
    actor = models.CharField(max_length=150)
    message = models.TextField(blank=True)

    class Meta:
        abstract = True
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.from_status or '–'} → {self.to_status}"


def represent_event(row: dict[str, Any]) -> dict[str, Any]:
    """Print an event; the first comes from nothing."""
    return {
        "at": iso_z(row["at"]),
        "from_status": row["from_status"] or None,
        "to_status": row["to_status"],
        "actor": row["actor"],
        "message": row["message"],
    }
