"""The worker processes that are there, what the outbox holds, and what admins have run."""

from typing import TYPE_CHECKING, ClassVar

from django.contrib.auth.models import User
from django.db import models

from gatekeeper_site.core import clock

if TYPE_CHECKING:
    Arguments = models.JSONField[list[str], list[str]]
else:
    Arguments = models.JSONField


class Worker(models.Model):
    """A `run_worker` process; its row goes when it stops, or is not seen for an hour."""

    name = models.CharField(max_length=255, unique=True, help_text="host:pid")
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField(
        db_index=True, help_text="written every few seconds while its task clusters work"
    )

    class Meta:
        db_table = "core_worker"
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name


class OutboxEntry(models.Model):
    """An object that has changed, or that is gone."""

    object_type = models.CharField(
        "object", max_length=32, help_text="As the API's paths name it: ha_routers."
    )
    object_id = models.UUIDField("object id")
    created_at = models.DateTimeField()
    not_before = models.DateTimeField(null=True, help_text="When it is tried again; null: at once.")
    error = models.TextField(blank=True, help_text="Why it could not be dealt with the last time.")

    class Meta:
        db_table = "core_outboxentry"
        verbose_name_plural = "outbox entries"

    def __str__(self) -> str:
        return f"{self.object_type} {self.object_id}"


class MaintenanceRun(models.Model):
    """A command that an admin has a worker run, and what it says."""

    class Outcome(models.TextChoices):
        """How it has ended; while it has not, none."""

        DONE = "DONE", "it succeeded"
        FAILED = "FAILED", "it ended with a fault"
        STOPPED = "STOPPED", "somebody stopped it"
        LOST = "LOST", "nobody knows: its worker has gone"

    command = models.CharField(max_length=32)
    arguments = Arguments(default=list)
    asked_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=clock.now, editable=False)
    started_at = models.DateTimeField(null=True, editable=False)
    seen_at = models.DateTimeField(
        null=True, editable=False, help_text="written by the worker that runs it"
    )
    ended_at = models.DateTimeField(null=True, editable=False)
    is_to_stop = models.BooleanField(default=False)
    outcome = models.CharField(max_length=8, choices=Outcome.choices, blank=True)
    output = models.TextField(blank=True, help_text="The last of what it has said.")

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=models.Q(outcome="", ended_at__isnull=True)
                | (~models.Q(outcome="") & models.Q(ended_at__isnull=False)),
                name="maintenance_ends_with_an_outcome",
            ),
        ]
        indexes: ClassVar = [
            # What waits or runs; mostly nothing.
            models.Index(
                fields=["id"],
                condition=models.Q(ended_at__isnull=True),
                name="maintenance_under_way",
            ),
            models.Index(fields=["ended_at"], name="maintenance_by_end"),
        ]

    def __str__(self) -> str:
        return " ".join([self.command, *self.arguments])
