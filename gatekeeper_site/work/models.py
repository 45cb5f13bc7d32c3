"""The worker processes that are there, and what the outbox holds."""

from django.db import models


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
