"""What people do about failed work: whose it is, what they noted, and how it has ended."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from gatekeeper_site.access.services import is_seen_by
from gatekeeper_site.audit.services import difference, entry_about, kept_value
from gatekeeper_site.core import clock, rows
from gatekeeper_site.core.refusals import Invalid, Precondition, no_precondition
from requests_app import failures, states
from requests_app.models import CaseNote, Request

CASE_COLUMNS: Final = ("case_state", "assignee", "resolution")


@transaction.atomic
def change_case(
    *,
    request_id: UUID,
    actor: str,
    changes: Mapping[str, Any],
    precondition: Precondition = no_precondition,
) -> Request:
    """Change the case of a request in ERROR, and add a note to it.

    Args:
        request_id: the request's.
        actor: who does it.
        changes: of `state`, `assignee`, `resolution` and `note` those that are given; their words
            are checked by the API and the forms.
        precondition: what the request must fulfil once it is locked.

    Returns:
        The request.

    Raises:
        Request.DoesNotExist: there is no such request in ERROR.
        Invalid: it would be closed without a resolution, or be open with one; nobody of that name
            sees the request.
    """
    request = Request.objects.select_for_update().get(pk=request_id, status=states.ERROR)
    precondition(request)
    before = case_snapshot(request)
    if faults := faults_of(request, changes):
        raise Invalid(faults)
    request.case_state, request.resolution = ending_of(request, changes)
    request.assignee = changes.get("assignee", request.assignee)
    note = changes.get("note")
    new: list[Any] = []
    if note is not None:
        new.append(CaseNote(request=request, at=clock.now(), by=actor, text=note))
    made = difference(before, case_snapshot(request))
    if note is not None:
        made["note"] = [None, kept_value(note)]
    if made:
        new.append(
            entry_about(
                action="change_case",
                object_type="request",
                object_id=str(request.pk),
                tenant_id=request.tenant_id,
                changes=made,
                actor=actor,
            )
        )
        rows.write(new, [(request, CASE_COLUMNS)])
    return request


def case_snapshot(request: Request) -> dict[str, Any]:
    """Return what can be changed of a case, by its columns."""
    return {name: getattr(request, name) for name in CASE_COLUMNS}


def faults_of(request: Request, changes: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return what is wrong with a change of a request's case, as (field, message)."""
    faults = []
    assignee = changes.get("assignee")
    is_new = assignee not in (None, request.assignee)
    if is_new and not is_seen_by(request.tenant_id, user_name=str(assignee)):
        faults.append(("assignee", f"There is no user {assignee} who sees the request."))
    state, resolution = ending_of(request, changes)
    if state == failures.CLOSED and resolution is None:
        words = ", ".join(failures.RESOLUTIONS)
        faults.append(("resolution", f"Required to close; it is one of: {words}."))
    given = changes.get("resolution")
    if state == failures.OPEN and given not in (None, request.resolution):
        message = "Only a closed case has one: give `state` as `closed` with it."
        faults.append(("resolution", message))
    return faults


def ending_of(request: Request, changes: Mapping[str, Any]) -> tuple[str, str | None]:
    """Return a case's state and resolution as they are to be; one that is open has none."""
    state = changes.get("state", request.case_state or failures.OPEN)
    is_closed = state == failures.CLOSED
    return state, changes.get("resolution", request.resolution) if is_closed else None
