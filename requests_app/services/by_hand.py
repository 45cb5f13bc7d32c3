"""What operators do with a request by hand: they set its status."""

from typing import Any
from uuid import UUID

from django.db import transaction

from gatekeeper_site.work.queue import enqueue
from records_app.models import ServiceDescriptor
from requests_app import failures, states
from requests_app.models import Request
from requests_app.services.handover import attend_request
from requests_app.services.transitions import change_status, lock_request, refuse_second_request


@transaction.atomic
def set_status(
    *,
    request_id: UUID,
    status: str,
    actor: str,
    reason: str = "",
    force: bool = False,
    seen: str = "",
) -> Request:
    """Set a request's status by hand: along the arrows, or forced with a reason.

    Writes status, event, callback and deadline, never records.

    Args:
        request_id: the request's.
        status: the new one.
        actor: the operator's name.
        reason: why; required with `force`.
        force: whether to leave the arrows.
        seen: the status that the operator has seen; "" if it does not matter.

    Raises:
        Conflict: `request_conflict` where another open request would then be for its instance.
        ValueError: neither an arrow nor forced with a reason, or it is not as he has seen it.
    """
    request, _ = lock_request(request_id)
    if request is None:
        raise ValueError(f"There is no request {request_id}.")
    if seen not in ("", request.status):
        raise ValueError(f"The request is {request.status} by now, and not {seen} any more.")
    if status not in states.statuses_of_type(request.request_type):
        raise ValueError(f"A {request.request_type} request is never {status}.")
    is_arrow = status in states.next_statuses(request.request_type, request.status)
    if not is_arrow and not (force and reason.strip()):
        raise ValueError(
            f"No arrow leads from {request.status} to {status}: force it, with a reason."
        )
    changes: dict[str, Any] = {"error": None}
    if states.is_open(status) and not states.is_open(request.status):
        refuse_second_request(request.service_instance_uuid)
        changes["service_descriptor"] = held_descriptor(request)
    if status == states.ERROR:
        changes["error"] = reason or f"set to ERROR by {actor}"
        changes["error_class"] = failures.INTERNAL
    if status == states.NEW and request.handover == Request.Handover.PENDING:
        changes["task_key"] = enqueue(attend_request, request.pk, is_new_work=True)
    change_status(request, status, actor=actor, message=reason, **changes)
    return request


def held_descriptor(request: Request) -> ServiceDescriptor | None:
    """Return the locked descriptor of a request that is opened again, if it is still there."""
    descriptors = ServiceDescriptor.objects.select_for_update()
    return descriptors.filter(pk__in=[request.service_uuid]).first()
