"""The embedded MANO: accepts, works for a while, answers with records, as the SONATA one does.

Its memory is a row an order, so it survives restarts, and an order that comes twice is one order.
It runs in the task workers: `take_step` gives an answer, as the listener would, and those that are
due with it, in one transaction. `sweep` finds the steps whose time has come.
"""

from collections.abc import Iterator, Sequence
from copy import deepcopy
from dataclasses import fields
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid5

from django.conf import settings
from django.db import transaction

from gatekeeper_site.core import clock
from gatekeeper_site.work.queue import claim_due, enqueue, enqueue_lost, is_any_due
from records_app.models import DescriptorFormat, RecordStatus, ServiceRecord
from records_app.selectors import function_documents, service_document
from requests_app import states
from requests_app.mano.protocol import CannotTell, Order, Running, Told
from requests_app.mano.simulated_records import build_nsr, build_vnfr
from requests_app.mano.simulated_sol006 import in_sonatas_form
from requests_app.mano.simulator_faults import Step, faults_of, schedule
from requests_app.models import SimulatedOrder
from requests_app.services.answers import apply_together

FORMATS = frozenset(DescriptorFormat)
CAN_UPDATE = True
CAN_BE_ASKED = True
IS_REPEATABLE = True
# Its own tasks come before new orders.
ACCEPTED_PER_SECOND = None
# After this a step whose task got lost with its worker is taken anew.
STEP_LEASE_SECONDS = 10.0
# After READY, by the faults `drift` and `vanish`.
FAULTY_AFTER = timedelta(seconds=10)
DRIFTED_ADDRESS = "10.255.255.254"
INSTANCES = UUID("5f0b5d0c-6d0e-4c1e-9b52-6a1f7d1f3c11")


def send(order: Order) -> None:
    """Take an order, and give the answers that are due at once."""
    order = in_sonatas_form(order)
    steps = steps_of(order.vnfds)
    if not steps:
        return
    # Of an order that comes again, the row is there, or it has ended.
    due_at = clock.now() + timedelta(seconds=pause_before(steps[0]))
    row = SimulatedOrder(request_id=order.request_id, order=kept(order), due_at=due_at)
    SimulatedOrder.objects.bulk_create([row], ignore_conflicts=True)
    if steps[0].delay_seconds_after_previous == 0:
        take_step(order.request_id, 0)


def running(records: Sequence[ServiceRecord]) -> Iterator[Told]:
    """Yield what runs of instances: what was answered, or what faults have made of it.

    Nothing is kept of that: it is made of the descriptors anew.
    """
    for record in records:
        descriptor = record.descriptor
        if descriptor is None:
            yield record, CannotTell("Its service descriptor is gone.")
            continue
        order = in_sonatas_form(
            Order(
                request_id=record.pk,
                request_type=states.CREATE,
                service_instance_uuid=record.pk,
                nsd=service_document(descriptor),
                vnfds=function_documents(descriptor),
                ingresses=[],
                egresses=[],
                customer_email=None,
            )
        )
        said = message(kept(order), record.pk, Step(0, "succeed"))
        faults = faults_of(order.vnfds)
        is_faulty = record.created_at + FAULTY_AFTER <= clock.now()
        if faults.vanish and is_faulty:
            yield record, Running(None, [], RecordStatus.OFFLINE)
            continue
        vnfrs = [drifted(each) for each in said["vnfrs"]] if faults.drift and is_faulty else None
        yield record, Running(said["nsr"], vnfrs or said["vnfrs"], RecordStatus.NORMAL_OPERATION)


def drifted(vnfr: dict[str, Any]) -> dict[str, Any]:
    """Return a function record in which an address has changed, or come where there was none."""
    changed = deepcopy(vnfr)
    machines = [
        machine for unit in changed["virtual_deployment_units"] for machine in unit["vnfc_instance"]
    ]
    containers = changed.get("cloudnative_deployment_units", [])
    interfaces = (
        each["interface"] for machine in machines for each in machine["connection_points"]
    )
    for holder in [*interfaces, *machines, *containers][:1]:
        holder["address"] = DRIFTED_ADDRESS
    return changed


def pause_before(step: Step) -> float:
    """Return when a sweep looks for a step, in seconds; for one that is taken at once, as a net."""
    return step.delay_seconds_after_previous or STEP_LEASE_SECONDS


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


@transaction.atomic
def take_step(request_id: UUID, step: int) -> None:
    """Give the answer of a step, and those that follow it at once. Safe to repeat."""
    row = SimulatedOrder.objects.filter(pk=request_id, next_step=step)
    order = row.select_for_update().first()
    if order is None:
        return
    steps = steps_of(order.order["vnfds"])
    next_step = step + 1
    while next_step < len(steps) and steps[next_step].delay_seconds_after_previous == 0:
        next_step += 1
    messages = [message(order.order, request_id, each) for each in steps[step:next_step]]
    apply_together([(request_id, each) for each in messages])
    if next_step == len(steps):
        row.delete()
    else:
        due_at = clock.now() + timedelta(seconds=pause_before(steps[next_step]))
        row.update(next_step=next_step, due_at=due_at)


def steps_of(vnfds: list[dict[str, Any]]) -> list[Step]:
    """Return the answers that an order gets and when, faults asked for included."""
    return schedule(faults_of(vnfds), settings.SIMULATOR_STEP_SECONDS)


def kept(order: Order) -> dict[str, Any]:
    """Return an order as JSON data."""
    data = {each.name: getattr(order, each.name) for each in fields(order)}
    del data["origin"]
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
