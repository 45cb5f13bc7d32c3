"""Objects that another system has yet to be told of, written in the transaction of their change.

A row names an object and holds none of its data: whoever works the outbox off reads the object as
it is then, so that several rows may become one message. It removes the rows that it has dealt with
by their ids, since ids commit out of order.
"""

from collections.abc import Iterable
from uuid import UUID

from django.db import connection, models, transaction

from gatekeeper_site.core import clock


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
        app_label = "core"
        verbose_name_plural = "outbox entries"

    def __str__(self) -> str:
        return f"{self.object_type} {self.object_id}"


def put_in_outbox(objects: Iterable[tuple[str, UUID]]) -> None:
    """Write that objects have changed, in the transaction of their change, in one INSERT.

    Args:
        objects: the plural and the id of each; one named twice is written once.

    Raises:
        TransactionManagementError: no transaction is open.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError(
            "An outbox row is written in the transaction of its change, and there is none."
        )
    now = clock.now()
    OutboxEntry.objects.bulk_create(
        OutboxEntry(object_type=object_type, object_id=object_id, created_at=now)
        for object_type, object_id in dict.fromkeys(objects)
    )
