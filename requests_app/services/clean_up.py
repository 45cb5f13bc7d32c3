"""An operator's word that what a failed CREATE has left at OSM is to go."""

from django.db import transaction

from gatekeeper_site.access.caller import Caller
from gatekeeper_site.audit.services import write_audit_entry
from gatekeeper_site.core import clock
from gatekeeper_site.core.refusals import Conflict
from requests_app import states
from requests_app.models import OsmOrder, Request
from requests_app.services.transitions import lock_request, note_event

CONFLICTS = {
    "nothing_to_clean_up": "The request is no CREATE in ERROR that has left something at the MANO.",
    "operation_under_way": "The MANO works on it: what it has made can be cleaned up after that.",
}


@transaction.atomic
def clean_up_request(*, request: Request, caller: Caller) -> Request:
    """Have what a failed CREATE has left at OSM terminated and deleted.

    Nothing does so by itself, since something may run. How it goes is told by the request's events.

    Raises:
        Request.DoesNotExist: it is gone.
        Conflict: `nothing_to_clean_up`, `operation_under_way`, `instance_exists`.
    """
    locked, _ = lock_request(request.pk)
    if locked is None:
        raise Request.DoesNotExist(f"There is no request {request.pk}.")
    row = OsmOrder.objects.select_for_update().filter(pk=locked.pk).first()
    refuse_clean_up(locked, row)
    now = clock.now()
    order: OsmOrder = row  # type: ignore[assignment]  # or it would have been refused
    order.known_operations = [order.operation_id] if order.operation_id else []
    order.operation_id, order.sent_at, order.poll_seconds = "", None, 0
    order.step, order.is_clean_up = OsmOrder.Step.CLEAN_UP, True
    order.due_at, order.give_up_at = now, None
    order.save()
    name = caller.user.get_username()
    message = f"To be cleaned up: OSM's instance {order.instance_id}."
    note_event(locked, actor=name, message=message)
    instance_id = str(order.instance_id)
    write_audit_entry(action="clean_up", instance=locked, after={"osm_instance": instance_id})
    return locked


def has_left_something(request: Request) -> bool:
    """Tell whether a request has left something that can be cleaned up."""
    is_failed = request.request_type == states.CREATE and request.status == states.ERROR
    left = OsmOrder.objects.filter(
        pk=request.pk, step=OsmOrder.Step.ENDED, instance_id__isnull=False
    )
    return is_failed and not request.has_late_success and left.exists()


def refuse_clean_up(request: Request, order: OsmOrder | None) -> None:
    """Check that a (locked) request has left something, and that nothing is done to it.

    Raises:
        Conflict: it has not.
    """
    if request.has_late_success:
        raise Conflict(
            "instance_exists",
            f"The order has made the service instance {request.service_instance_uuid} after all, "
            "late: terminate it.",
        )
    is_failed = request.request_type == states.CREATE and request.status == states.ERROR
    if not is_failed or order is None:
        raise Conflict(
            "nothing_to_clean_up",
            f"The request is a {request.request_type} in {request.status}; a CREATE in ERROR that "
            "has left something at OSM can be cleaned up.",
        )
    if order.step != OsmOrder.Step.ENDED:
        raise Conflict(
            "operation_under_way",
            f"OSM works on the request, or is asked whether it does ({order.get_step_display()}).",
        )
    if order.instance_id is None:
        raise Conflict("nothing_to_clean_up", "The request has left nothing at OSM.")
