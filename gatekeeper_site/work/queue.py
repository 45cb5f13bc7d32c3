"""The task queue: work for later, written in the transaction that causes it (architecture, Rules).

django-q keeps its queue in the database. A change that is rolled back therefore never leaves a
task behind, and one that is committed never lacks it. A task arrives at least once.
"""

import logging
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, TypeVarTuple

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Model, QuerySet
from django.utils.module_loading import import_string
from django_q.models import OrmQ
from django_q.tasks import async_task

from gatekeeper_site.core import clock
from gatekeeper_site.core.lookups import Statement
from gatekeeper_site.core.origin import (
    NOWHERE,
    current_origin,
    new_origin,
    originating,
    packed,
    unpacked,
)

logger = logging.getLogger(__name__)

Arguments = TypeVarTuple("Arguments")


def cluster_names() -> list[str]:
    """Return the names of the task clusters, and of their queues; the main one first."""
    queues: dict[str, Any] = settings.Q_CLUSTER
    return [queues["name"], *queues["ALT_CLUSTERS"]]


def new_work_queue(cluster: str) -> str:
    """Return the name of a cluster's second queue, of which it takes when its first is empty."""
    return f"{cluster}-new"


PUT_TASK = "INSERT INTO django_q_ormq (key, payload, lock) VALUES (%s, %s, %s) RETURNING id"
# Who listens hears it when the task is committed.
PUT_TASK_AND_WAKE = f"{PUT_TASK}, pg_notify(%s, '')"
# A cluster that was woken looks often for a while: it need not be woken more often than this. A
# commit that wakes waits for others that do so.
WAKE_SECONDS = 1
# When (monotonic seconds) this process has woken each cluster.
woken_at: dict[str, float] = {}


def channel(cluster: str) -> str:
    """Return the name of PostgreSQL's channel by which a cluster is woken."""
    return f"gatekeeper_tasks_{cluster}"


@dataclass(frozen=True)
class NewTask:
    """A task that is to be put into a queue."""

    cluster: str
    queue: str
    # As django-q stores it.
    text: str


class Packer:
    """Stands in the place of a queue, for what django-q would put there."""

    list_key = ""
    text = ""

    def enqueue(self, task: str) -> None:
        """Take a task."""
        self.text = task


def enqueue(
    function: Callable[[*Arguments], None],
    *args: *Arguments,
    cluster: str | None = None,
    is_new_work: bool = False,
) -> int:
    """Have a worker call a function as soon as this commits; the arguments are those of `new_task`.

    Returns:
        The task's key in the queue, by which `waiting_tasks` finds it.
    """
    return put(new_task(function, *args, cluster=cluster, is_new_work=is_new_work))


def put(task: NewTask) -> int:
    """Put a task into its queue, and return its key there."""
    with connection.cursor() as cursor:
        cursor.execute(*putting(task))
        key: int = cursor.fetchone()[0]
    return key


def putting(task: NewTask) -> Statement:
    """Return what puts a task into its queue, and returns its key there as `id`."""
    lock = connection.ops.adapt_datetimefield_value(clock.now())
    values = [task.queue, task.text, lock]
    now = time.monotonic()
    if connection.vendor == "postgresql" and now - woken_at.get(task.cluster, 0) >= WAKE_SECONDS:
        woken_at[task.cluster] = now
        return PUT_TASK_AND_WAKE, [*values, channel(task.cluster)]
    return PUT_TASK, values


def new_task(
    function: Callable[[*Arguments], None],
    *args: *Arguments,
    cluster: str | None = None,
    is_new_work: bool = False,
) -> NewTask:
    """Return a task that calls a function.

    Args:
        function: one of a module's own, as it is found again by its name; safe to run twice.
        args: what it is called with; keys to load rows by, never their contents.
        cluster: whose processes run it, one of Q_CLUSTER's `ALT_CLUSTERS`; None: the main one's.
        is_new_work: whether it begins something, and so comes after all that goes on with what
            was begun.

    The origin of what is going on travels with the task.
    """
    name = f"{function.__module__}.{function.__qualname__}"
    kwargs: dict[str, Any] = {"function": name}
    origin = current_origin()
    if origin != NOWHERE:
        kwargs["origin"] = packed(origin)
    cluster = cluster or cluster_names()[0]
    packer = Packer()
    # The cluster is named, as each takes for the main one what it is itself.
    async_task(RUN_TASK, *args, task_name=name, cluster=cluster, broker=packer, **kwargs)
    queue = new_work_queue(cluster) if is_new_work else cluster
    return NewTask(cluster, queue, packer.text)


def run_task(*args: Any, function: str, origin: dict[str, Any] | None = None) -> None:
    """Call what was enqueued, as a task of the call that caused it; log how long that took.

    A failure is not logged here: django-q does so, with the traceback, and runs the task again
    (the settings' `retry` and `max_attempts`).
    """
    sent = new_origin(via="task") if origin is None else replace(unpacked(origin), via="task")
    with originating(sent):
        started = time.perf_counter()
        import_string(function)(*args)
        milliseconds = (time.perf_counter() - started) * 1000
        logger.debug("%s%r took %.0f ms", function, args, milliseconds)


RUN_TASK = f"{run_task.__module__}.{run_task.__qualname__}"


def waiting_tasks(keys: Iterable[int | None]) -> set[int]:
    """Return which of some tasks nobody has taken from the queue yet."""
    waiting = OrmQ.objects.filter(pk__in=[key for key in keys if key], lock__lte=clock.now())
    return set(waiting.values_list("pk", flat=True))


def put_forward(keys: Iterable[int | None], *, cluster: str | None = None) -> None:
    """Have tasks that wait as new work come before all other new work."""
    OrmQ.objects.filter(pk__in=list(keys)).update(key=cluster or cluster_names()[0])


def is_any_due(queryset: QuerySet[Any], *, field: str) -> bool:
    """Return whether there is a row whose time has come, before any transaction is begun for it.

    Mostly there is none, and a plain read takes no lock; on SQLite, a transaction would take the
    one lock that there is.
    """
    return queryset.filter(**{f"{field}__lte": clock.now()}).exists()


def claim_due(
    queryset: QuerySet[Any], *, field: str, lease_seconds: float, limit: int = 200
) -> list[Any]:
    """Claim rows whose time has come; of any number of callers, one gets each row.

    Callers enqueue each row's task in the same `transaction.atomic()`. Should that task be lost,
    the row is due again when its lease ends.

    Args:
        queryset: the rows that may wait, without nullable joins (those cannot be locked).
        field: the datetime column saying when a row is due; null is never.
        lease_seconds: how long nobody else gets the row, as the column is moved that far ahead.
        limit: the most rows to claim; the longest due come first.

    Returns:
        The primary keys of the claimed rows.
    """
    now = clock.now()
    due = queryset.filter(**{f"{field}__lte": now})
    with transaction.atomic():
        keys = list(
            due.order_by(field)
            .select_for_update(skip_locked=True)
            .values_list("pk", flat=True)[:limit]
        )
        model: type[Model] = queryset.model
        model._base_manager.filter(pk__in=keys).update(
            **{field: now + timedelta(seconds=lease_seconds)}
        )
    return keys


def enqueue_lost(rows: QuerySet[Any], enqueue_task: Callable[[Any], int]) -> list[Any]:
    """Enqueue anew the tasks of claimed rows that wait no more; return the rows whose task does.

    Args:
        rows: of a model with a `task_key`, the key of what was enqueued for a row last.
        enqueue_task: enqueues a row's task, and returns its key.
    """
    waiting = waiting_tasks(row.task_key for row in rows)
    lost = [row for row in rows if row.task_key not in waiting]
    for row in lost:
        row.task_key = enqueue_task(row)
    rows.model._base_manager.bulk_update(lost, ["task_key"])
    return [row for row in rows if row.task_key in waiting]
