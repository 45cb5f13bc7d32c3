"""The worker processes that are there, for `/readyz` and the admin."""

from django.db import models


class Worker(models.Model):
    """A `run_worker` process; its row goes when it stops, or is not seen for an hour."""

    name = models.CharField(max_length=255, unique=True, help_text="host:pid")
    started_at = models.DateTimeField()
    seen_at = models.DateTimeField(
        db_index=True, help_text="written every few seconds while its task clusters work"
    )

    class Meta:
        app_label = "core"
        ordering = ("name",)

    def __str__(self) -> str:
        return self.name
