"""Follows what OSM does: nothing waits, each order is a row that is due, and a round asks for many.

Source: contract, mano-osm.md, Calls and Hazards.
"""

import logging
import random
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction

from gatekeeper_site.core import clock
from gatekeeper_site.work.queue import claim_due, enqueue, is_any_due
from records_app.models import NetworkFunction
from requests_app import states
from requests_app.mano.osm import delivery, orders
from requests_app.mano.osm.answers import failure_of, is_ended, progress_of
from requests_app.mano.osm.delivery import INSTANCES, OPERATIONS, VNF_INSTANCES
from requests_app.mano.osm.nbi import NotDone, Refused, Session, Unclear
from requests_app.models import OsmOrder
from requests_app.services.transitions import working_on

logger = logging.getLogger(__name__)

# How many operations one call asks for, whose path has to hold their ids.
OPERATIONS_PER_CALL = 100
ORDERS_PER_ROUND = 1000
# How many operations that a list lacks are asked for by themselves in a round.
MISSING_PER_ROUND = 10
AWAY = (NotDone, Unclear)


def sweep() -> int:
    """Enqueue the rounds of the orders whose time has come; return how many orders came."""
    # Also under another driver, what OSM works on is followed to its end.
    if not settings.OSM_URL:
        return 0
    if not is_any_due(OsmOrder.objects.all(), field="due_at"):
        return 0
    with transaction.atomic():
        due = claim_due(
            OsmOrder.objects.all(),
            field="due_at",
            lease_seconds=orders.lease_seconds(),
            limit=ORDERS_PER_ROUND,
        )
        enqueue(follow, due)
    return len(due)


def follow(request_ids: list[UUID]) -> None:
    """Ask how orders go, and go on with them. Safe to repeat."""
    found = OsmOrder.objects.filter(pk__in=request_ids).select_related("request")
    rows = list(found.defer("request__ingresses", "request__egresses").order_by("pk"))
    session = Session(orders.session_seconds())
    try:
        operations = asked_for(session, rows)
        unchanged: list[OsmOrder] = []
        for row in rows:
            request = row.request
            instance_id = request.service_instance_uuid
            with working_on(request.pk, instance_id, origin=request.origin, via="task"):
                try:
                    has_changed = go_on(session, row, operations)
                except AWAY as error:
                    logger.warning("Request %s is asked for later: %s", row.pk, error)
                    has_changed = False
            if not has_changed:
                unchanged.append(row)
        put_off(unchanged)
    finally:
        session.close()


def asked_for(session: Session, rows: Iterable[OsmOrder]) -> dict[str, dict[str, Any] | None]:
    """Return the operations of orders by their ids, as far as the NBI tells; None: it is gone."""
    ids = [row.operation_id for row in rows if row.step == OsmOrder.Step.FOLLOW]
    operations: dict[str, dict[str, Any] | None] = {}
    try:
        for start in range(0, len(ids), OPERATIONS_PER_CALL):
            wanted = ids[start : start + OPERATIONS_PER_CALL]
            listed = session.get(*OPERATIONS, id=",".join(wanted))
            if not isinstance(listed, list):
                raise Unclear("it is no list")
            operations |= usable(listed)
        missing = [each for each in ids if each not in operations]
        # Another time others of them, if they are many.
        for each in random.sample(missing, min(len(missing), MISSING_PER_ROUND)):
            operations[each] = asked_alone(session, each)
    except (*AWAY, Refused) as error:
        logger.warning("OSM does not tell how all of its operations go: %s", error)
    return operations


def asked_alone(session: Session, operation_id: str) -> dict[str, Any] | None:
    """Return an operation; None: it is gone.

    Raises:
        NotDone, Unclear, Refused: the NBI does not say.
    """
    try:
        return session.object(*OPERATIONS, operation_id)
    except Refused as error:
        if error.status != HTTPStatus.NOT_FOUND:
            raise
        return None


def usable(listed: list[Any]) -> dict[str, dict[str, Any]]:
    """Return those of listed operations that say which they are, by their ids."""
    operations = {}
    for each in listed:
        try:
            operations[delivery.operation_id_of(each)] = each
        except Unclear as error:
            logger.warning("One of OSM's operations is left out: %s", error)
    return operations


def put_off(rows: Iterable[OsmOrder]) -> None:
    """Ask for orders of which nothing has changed after longer pauses."""
    by_pause: dict[float, list[UUID]] = {}
    for row in rows:
        by_pause.setdefault(orders.longer(row.poll_seconds), []).append(row.pk)
    for seconds, ids in by_pause.items():
        waiting = OsmOrder.objects.filter(pk__in=ids, due_at__isnull=False)
        waiting.update(poll_seconds=seconds, due_at=orders.next_round(seconds))


def go_on(session: Session, row: OsmOrder, operations: dict[str, dict[str, Any] | None]) -> bool:
    """Do what is next of an order; return whether something has changed.

    Raises:
        NotDone, Unclear: the NBI does not say; it is asked later.
    """
    if row.give_up_at is not None and row.give_up_at <= clock.now():
        give_up(row)
        return True
    steps: dict[str, Callable[[], bool]] = {
        OsmOrder.Step.FOLLOW: lambda: follow_operation(session, row, operations),
        OsmOrder.Step.DELETE: lambda: delete_instance(session, row),
        OsmOrder.Step.DELIVER: lambda: look_up(session, row),
        OsmOrder.Step.CLEAN_UP: lambda: clean_up(session, row),
        OsmOrder.Step.ENDED: lambda: nothing_more(row),
    }
    return steps[row.step]()


def follow_operation(
    session: Session, row: OsmOrder, operations: dict[str, dict[str, Any] | None]
) -> bool:
    """Apply how an operation goes, or has ended."""
    if row.operation_id not in operations:
        return False
    operation = operations[row.operation_id]
    if operation is None:
        return operation_is_gone(session, row)
    if not is_ended(operation):
        has_changed = progress_of(operation) != (row.stage, row.queue_position)
        if has_changed:
            orders.note_progress(row, operation)
            at = orders.next_round(settings.OSM_POLL_SECONDS)
            orders.note(row, poll_seconds=settings.OSM_POLL_SECONDS, due_at=at)
        return has_changed
    ends_instance = row.is_clean_up or row.request.request_type == states.TERMINATE
    if ends_instance and operation.get("operationState") == "COMPLETED":
        orders.note(row, step=OsmOrder.Step.DELETE)
        return delete_instance(session, row, operation)
    if row.is_clean_up:
        orders.end(row)
        orders.note_clean_up(row, f"The clean-up has failed: {failure_of(operation)}")
        return True
    message: dict[str, Any] = {"operation": operation}
    if not ends_instance and operation.get("operationState") in (
        "COMPLETED",
        "PARTIALLY_COMPLETED",
    ):
        message |= what_came(session, row)
    return settle(row, message)


def what_came(session: Session, row: OsmOrder) -> dict[str, Any]:
    """Return what the NBI tells of a new instance.

    Raises:
        NotDone, Unclear: it does not.
    """
    instance_id = str(row.instance_id)
    try:
        instance = session.object(*INSTANCES, instance_id)
    except Refused as error:
        if error.status != HTTPStatus.NOT_FOUND:
            raise Unclear(str(error)) from error
        return {"gone": f"OSM's instance {instance_id} is gone."}
    try:
        functions = session.listed(*VNF_INSTANCES, **{"nsr-id-ref": instance_id})
    except Refused as error:
        raise Unclear(str(error)) from error
    own = [each for each in functions if each.get("nsr-id-ref", instance_id) == instance_id]
    return {
        "instance_id": instance_id,
        "ns_instance": instance,
        "vnf_instances": own,
        "descriptors": descriptors_of(row),
    }


def descriptors_of(row: OsmOrder) -> dict[str, Any]:
    """Return the uuids of our descriptors: the service's as `nsd`, the functions' by their ids."""
    service_uuid = row.request.service_uuid
    functions = NetworkFunction.objects.filter(service=service_uuid)
    by_id = {name: str(pk) for name, pk in functions.values_list("vnf_id", "function_id")}
    return {"functions": by_id, "nsd": str(service_uuid)}


def settle(row: OsmOrder, message: dict[str, Any]) -> bool:
    """Apply how an order has ended; of one that has come to nothing, keep what to clean up by."""
    outcome = orders.say(row, message)
    if outcome is None or outcome.startswith(("succeeded", "late success")):
        row.delete()
    else:
        orders.end(row)
    return True


def operation_is_gone(session: Session, row: OsmOrder) -> bool:
    """Apply that OSM has forgotten an operation, which it does with the instance."""
    try:
        session.object(*INSTANCES, str(row.instance_id))
    except Refused as error:
        if error.status != HTTPStatus.NOT_FOUND:
            raise Unclear(str(error)) from error
        if row.is_clean_up:
            return cleaned_up(row)
        return settle(row, {"gone": f"OSM's instance {row.instance_id} is gone."})
    text = f"OSM's operation {row.operation_id} is gone."
    if row.is_clean_up:
        orders.end(row)
        orders.note_clean_up(row, f"The clean-up has failed: {text}")
        return True
    return settle(row, {"refused": text})


def delete_instance(
    session: Session, row: OsmOrder, operation: dict[str, Any] | None = None
) -> bool:
    """Delete an instance whose termination has ended. What is not there any more is deleted."""
    try:
        session.delete(*INSTANCES, str(row.instance_id))
    except Refused as error:
        raise Unclear(f"OSM refuses to delete the instance: {error}") from error
    if row.is_clean_up:
        return cleaned_up(row)
    known = operation or {"id": row.operation_id, "operationState": "COMPLETED"}
    return settle(row, {"operation": known})


def look_up(session: Session, row: OsmOrder) -> bool:
    """Find out whether an order was carried out whose request may have ended meanwhile.

    As long as the request is open, handing it over is what does that.
    """
    if states.is_open(row.request.status):
        return False
    mine = orders.claim(row.pk)
    if mine is None:
        return False
    try:
        if mine.instance_id is None and mine.asked_at is not None:
            delivery.look_up_instance(session, mine)
        if mine.sent_at is not None:
            found = delivery.operation_of(session, mine)
            if found is not None:
                orders.note_operation(mine, found)
                return True
            delivery.refuse_until_settled(mine, "sent_at")
        orders.end(mine)
    except Refused as error:
        raise Unclear(str(error)) from error
    finally:
        orders.release(mine)
    return True


def clean_up(session: Session, row: OsmOrder) -> bool:
    """Have what a failed CREATE has left ended, and then deleted."""
    mine = orders.claim(row.pk)
    if mine is None:
        return False
    try:
        operation_id = delivery.terminate(session, mine)
    except orders.TooLate as error:
        raise Unclear(str(error)) from error
    except delivery.Gone:
        return cleaned_up(mine)
    except Refused as error:
        orders.end(mine)
        orders.note_clean_up(mine, f"The clean-up has failed: OSM refuses: {error}")
    else:
        orders.note_operation(mine, operation_id)
    finally:
        orders.release(mine)
    return True


def cleaned_up(row: OsmOrder) -> bool:
    """Note that a failed CREATE has left nothing any more."""
    orders.note_clean_up(row, f"Cleaned up: OSM's instance {row.instance_id} is gone.")
    row.delete()
    return True


def nothing_more(row: OsmOrder) -> bool:
    """Look no more after an order that has ended."""
    orders.note(row, due_at=None)
    return True


def give_up(row: OsmOrder) -> None:
    """Follow an order no more, and say so where it may run."""
    text = "OSM has not said for a day how it went: it is followed no more, and may run."
    orders.note_clean_up(row, text)
    orders.end(row)
