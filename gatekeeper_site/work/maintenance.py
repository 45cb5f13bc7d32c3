"""Commands that take long and that admins have a worker run: asked for, run, watched, stopped.

A worker's sweep starts each as a process of its own, one at a time in each worker. That process
(`manage.py run_maintenance`) writes what the command says; the sweep says that it still runs, and
ends what it does not know any more.
"""

import logging
import os
import subprocess
import sys
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from gatekeeper_site.audit.services import entry, write_audit_entries
from gatekeeper_site.core import clock
from gatekeeper_site.work.models import MaintenanceRun
from gatekeeper_site.work.process_groups import end_of, kill_group

# A worker that has not said for so long that it runs a command does so no more.
LOST_AFTER = timedelta(seconds=60)
SAID_EVERY = timedelta(seconds=5)
# Of what a command says.
MAX_OUTPUT_LENGTH = 100_000
PARENT_VARIABLE = "GATEKEEPER_MAINTENANCE_PARENT"

logger = logging.getLogger(__name__)

# What this worker runs, by the rows' keys.
running: dict[int, subprocess.Popen[bytes]] = {}


def ask_for(command: str, arguments: Sequence[str], user: Any) -> MaintenanceRun:
    """Have a worker run a command of `manage.py` that is registered for that.

    Args:
        command: its name.
        arguments: those of its command line.
        user: the admin who asks.
    """
    with transaction.atomic():
        run = MaintenanceRun.objects.create(
            command=command, arguments=list(arguments), asked_by=user
        )
        write_audit_entries([entry(action="run", instance=run, after={"command": str(run)})])
    return run


def stop(run: MaintenanceRun) -> bool:
    """Have a command stopped that waits or runs; return whether it does."""
    with transaction.atomic():
        row = MaintenanceRun.objects.select_for_update().get(pk=run.pk)
        if row.ended_at is not None:
            return False
        row.is_to_stop = True
        if row.started_at is None:
            row.outcome, row.ended_at = MaintenanceRun.Outcome.STOPPED, clock.now()
        row.save()
        write_audit_entries([entry(action="stop", instance=row)])
    return True


def under_way() -> QuerySet[MaintenanceRun]:
    """Return what waits or runs, the oldest first."""
    rows: QuerySet[MaintenanceRun] = MaintenanceRun.objects.filter(ended_at__isnull=True)
    return rows.order_by("id")


def tend_maintenance() -> int:
    """Start what waits, watch what runs, end what is lost (a sweep); never many at a time."""
    rows: list[Any] = list(under_way().values("pk", "started_at", "seen_at", "is_to_stop"))
    for row in rows:
        if row["pk"] in running:
            watch(row["pk"], seen_at=row["seen_at"], is_to_stop=row["is_to_stop"])
        elif row["seen_at"] is not None and row["seen_at"] < clock.now() - LOST_AFTER:
            end_if_open(row["pk"], MaintenanceRun.Outcome.LOST)
    for key in set(running) - {row["pk"] for row in rows}:
        if end_of(running[key]) is not None:
            reap(key)
    if not running and any(row["started_at"] is None for row in rows):
        start_next()
    return 0


def start_next() -> None:
    """Start the oldest command that waits, unless another worker does."""
    with transaction.atomic():
        waiting = under_way().filter(started_at__isnull=True)
        row = waiting.select_for_update(skip_locked=True).first()
        if row is None:
            return
        row.started_at = row.seen_at = clock.now()
        row.save()
    running[row.pk] = subprocess.Popen(  # noqa: S603 - which command it is stands in the row
        [sys.executable, "-m", "django", "run_maintenance", str(row.pk)],
        cwd=settings.BASE_DIR,
        env=os.environ | {PARENT_VARIABLE: str(os.getpid())},
        stdin=subprocess.DEVNULL,
        start_new_session=True,
    )
    logger.info("%s is started", row)


def watch(key: int, *, seen_at: datetime, is_to_stop: bool) -> None:
    """Say that a command runs; stop it if it is to be; note that it has ended if it did not."""
    process = running[key]
    if end_of(process) is not None:
        outcome = MaintenanceRun.Outcome
        end_if_open(key, outcome.STOPPED if is_to_stop else outcome.FAILED)
        reap(key)
    elif is_to_stop:
        process.terminate()
    elif clock.now() - seen_at >= SAID_EVERY:
        MaintenanceRun.objects.filter(pk=key).update(seen_at=clock.now())


def reap(key: int) -> None:
    """Forget a command that has ended, and end what it has left."""
    kill_group(running.pop(key))


def end_if_open(key: int, outcome: str) -> None:
    """Note how a command has ended, unless that is noted."""
    open_row = MaintenanceRun.objects.filter(pk=key, ended_at__isnull=True)
    open_row.update(outcome=outcome, ended_at=clock.now())


def old_runs(before: datetime) -> QuerySet[MaintenanceRun]:
    """Return what ended before a moment (for `purge`)."""
    rows: QuerySet[MaintenanceRun] = MaintenanceRun.objects.filter(ended_at__lt=before)
    return rows.order_by("ended_at", "id")
