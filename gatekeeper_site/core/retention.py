"""Forgets what is old, a chunk at a time, for `manage.py purge`; the registry names what."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.contrib.admin.models import LogEntry
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import QuerySet

CHUNK = 1000


def forget(old: QuerySet[Any]) -> Iterator[int]:
    """Delete rows, in the order of the query.

    Each chunk is a transaction of its own, so that nobody waits long for this, and that it goes
    on where it was when it is stopped. Rows that somebody has locked are left for another time.

    Yields:
        How many rows a chunk had, without those that went with them.
    """
    while True:
        with transaction.atomic():
            locked = old.select_for_update(skip_locked=True)
            keys = list(locked.values_list("pk", flat=True)[:CHUNK])
            # Asked anew now that they are locked: what they hang on may have changed before.
            _, numbers = old.filter(pk__in=keys).delete()
        if not keys:
            return
        yield numbers.get(old.model._meta.label, 0)


def delete_batch(old: QuerySet[Any]) -> int:
    """Delete a chunk of rows on which no others hang; return how many (for sweeps)."""
    keys = list(old.values_list("pk", flat=True)[:CHUNK])
    # Mostly there are none, and a plain read takes no lock.
    return old.filter(pk__in=keys).delete()[0] if keys else 0


def old_sessions(before: datetime) -> QuerySet[Session]:
    """Return the browsers' logins that expired before a moment."""
    return Session.objects.filter(expire_date__lt=before).order_by("expire_date")


def old_admin_log(before: datetime) -> QuerySet[LogEntry]:
    """Return what the admin's own log, from which its pages' histories are, has of before."""
    # By the key, as there is no index by time.
    return LogEntry.objects.filter(action_time__lt=before).order_by("id")
