"""The embedded MANO: accepts, works for a while, answers with records, as the SONATA one does.

Its memory is a row an order, so it survives restarts, and an order that comes twice is one order.
It runs in the task workers: `take_step` gives an answer, as the listener would, and `sweep` finds
the steps whose time has come.
"""

from dataclasses import asdict
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid5

from django.conf import settings
from django.db import transaction

from gatekeeper_site.core import clock
from gatekeeper_site.work.queue import claim_due, enqueue, enqueue_lost, is_any_due
from requests_app import states
from requests_app.mano.protocol import Order
from requests_app.mano.simulated_records import build_nsr, build_vnfr
from requests_app.mano.simulator_faults import Step, faults_of, schedule
from requests_app.models import SimulatedOrder
from requests_app.services.answers import apply_answer

IS_REPEATABLE = True
# Its own tasks come before new orders.
ACCEPTED_PER_SECOND = None
# After this a step whose task got lost with its worker is taken anew.
STEP_LEASE_SECONDS = 10.0
INSTANCES = UUID("5f0b5d0c-6d0e-4c1e-9b52-6a1f7d1f3c11")


def send(order: Order) -> None:
    """Take an order; the first step's task is enqueued at once if it is due at once."""
    steps = steps_of(order.vnfds)
    if not steps:
        return
    delay = steps[0].delay_seconds_after_previous
    now = clock.now()
    with transaction.atomic():
        kept_order, is_new = SimulatedOrder.objects.get_or_create(
            request_id=order.request_id,
            defaults={
                "order": kept(order),
                # With its task on the way, the row is only the net below it.
                "due_at": now + timedelta(seconds=delay or STEP_LEASE_SECONDS),
            },
        )
        if is_new and delay == 0:
            kept_order.task_key = enqueue_step(kept_order)
            kept_order.save(update_fields=["task_key"])


def enqueue_step(order: SimulatedOrder) -> int:
    """Enqueue the task that takes an order's next step; return its key."""
    return enqueue(take_step, order.pk, order.next_step)


def sweep() -> int:
    """Enqueue the steps whose time has come and whose task does not wait; return how many came."""
    if not is_any_due(SimulatedOrder.objects.all(), field="due_at"):
        return 0
    with transaction.atomic():
        due = claim_due(
            SimulatedOrder.objects.all(), field="due_at", lease_seconds=STEP_LEASE_SECONDS
        )
        orders = SimulatedOrder.objects.filter(pk__in=due).only("next_step", "task_key")
        enqueue_lost(orders, enqueue_step)
    return len(due)


def take_step(request_id: UUID, step: int) -> None:
    """Give the answer of a step, and of those that follow it at once. Safe to repeat."""
    next_step: int | None = step
    while next_step is not None:
        message = answer_of_step(request_id, next_step)
        if message is None:
            return
        apply_answer(request_id=request_id, message=message)
        next_step = note_step(request_id, next_step)


def answer_of_step(request_id: UUID, step: int) -> dict[str, Any] | None:
    """Return the message of a step, or None if that step has been taken."""
    order = SimulatedOrder.objects.filter(pk=request_id, next_step=step).first()
    if order is None:
        return None
    return message(order.order, request_id, steps_of(order.order["vnfds"])[step])


def note_step(request_id: UUID, step: int) -> int | None:
    """Note that a step has been taken.

    Returns:
        The next step if it is due at once; None if it is due later or there is none.
    """
    with transaction.atomic():
        order = (
            SimulatedOrder.objects.select_for_update().filter(pk=request_id, next_step=step).first()
        )
        if order is None:
            return None
        steps = steps_of(order.order["vnfds"])
        if step + 1 == len(steps):
            order.delete()
            return None
        delay = steps[step + 1].delay_seconds_after_previous
        order.next_step = step + 1
        order.due_at = clock.now() + timedelta(seconds=delay or STEP_LEASE_SECONDS)
        order.save(update_fields=["next_step", "due_at"])
    return step + 1 if delay == 0 else None


def steps_of(vnfds: list[dict[str, Any]]) -> list[Step]:
    """Return the answers that an order gets and when, faults asked for included."""
    return schedule(faults_of(vnfds), settings.SIMULATOR_STEP_SECONDS)


def kept(order: Order) -> dict[str, Any]:
    """Return an order as JSON data."""
    data = asdict(order)
    for name in ("request_id", "service_instance_uuid"):
        data[name] = None if data[name] is None else str(data[name])
    return data


def message(order: dict[str, Any], request_id: UUID, step: Step) -> dict[str, Any]:
    """Return the message of a step, in the shape of the SONATA MANO's."""
    request_type = order["request_type"]
    stamp = clock.now().timestamp()
    if step.answer == "accept":
        status = states.IN_PROGRESS_STATUS[request_type]
        return {"status": status, "error": None, "timestamp": stamp}
    if step.answer == "fail":
        error = "The simulator was asked to fail (vm_image simulator:fail)."
        return {"status": "ERROR", "error": error, "timestamp": stamp}
    if request_type == states.TERMINATE:
        return {"status": "READY", "error": None, "timestamp": stamp}
    given = order["service_instance_uuid"]
    instance_id = UUID(given) if given else uuid5(INSTANCES, str(request_id))
    functions = zip(order["nsd"]["network_functions"], order["vnfds"], strict=True)
    return {
        "status": "READY" if request_type == states.CREATE else "UPDATE_COMPLETED",
        "error": None,
        "timestamp": stamp,
        "nsr": build_nsr(instance_id, order["nsd"]),
        "vnfrs": [build_vnfr(instance_id, member["vnf_id"], vnfd) for member, vnfd in functions],
    }
