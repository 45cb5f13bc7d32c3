"""Objects that another system has yet to be told of, written in the transaction of their change.

A row names an object and holds none of its data: whoever works the outbox off reads the object as
it is then, so that several rows may become one message. It removes the rows that it has dealt with
by their ids, since ids commit out of order.
"""

from collections.abc import Iterable
from uuid import UUID

from gatekeeper_site.core import clock, rows
from gatekeeper_site.work.models import OutboxEntry


def put_in_outbox(objects: Iterable[tuple[str, UUID]]) -> None:
    """Write that objects have changed, in the transaction of their change, in one INSERT.

    Args:
        objects: the plural and the id of each; one named twice is written once.

    Raises:
        TransactionManagementError: no transaction is open.
    """
    rows.write(outbox_entries(objects))


def outbox_entries(objects: Iterable[tuple[str, UUID]]) -> list[OutboxEntry]:
    """Return the unsaved rows that `put_in_outbox` writes."""
    now = clock.now()
    return [
        OutboxEntry(object_type=object_type, object_id=object_id, created_at=now)
        for object_type, object_id in dict.fromkeys(objects)
    ]
