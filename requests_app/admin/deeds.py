"""What operators do to requests, as data: what it is called, asks for, does, and when it fits."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import HttpRequest
from unfold.widgets import (
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from gatekeeper_site.adminsite.staff import caller_of_staff
from gatekeeper_site.core import clock
from gatekeeper_site.core.refusals import Conflict, Invalid
from requests_app import failures, services, states
from requests_app.models import Request


class NothingForm(forms.Form):
    """Nothing to fill in."""


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(
        max_length=1000,
        help_text="It becomes a part of the error.",
        widget=UnfoldAdminTextareaWidget(attrs={"rows": 2}),
    )


class ClosingForm(forms.Form):
    """How a case has ended."""

    resolution = forms.ChoiceField(
        choices=[(word, f"{word}: {text}") for word, text in failures.RESOLUTIONS.items()],
        initial="accepted",
        widget=UnfoldAdminSelectWidget(),
    )
    note = forms.CharField(
        required=False, max_length=10_000, widget=UnfoldAdminTextareaWidget(attrs={"rows": 2})
    )


class AssigningForm(forms.Form):
    """Whose a case is to be."""

    assignee = forms.CharField(
        required=False,
        max_length=150,
        help_text="The name of a user who sees the request; empty: nobody's.",
        widget=UnfoldAdminTextInputWidget(),
    )


class NoteForm(forms.Form):
    """What there is to say."""

    note = forms.CharField(max_length=10_000, widget=UnfoldAdminTextareaWidget(attrs={"rows": 3}))


def retry(row: Request, request: HttpRequest, fields: dict[str, Any]) -> str:
    """Order once more what a request had ordered."""
    caller = caller_of_staff(request)
    new = services.retry_request(request=row, caller=caller, began_at=clock.now())
    return f"ordered once more, as {new.pk}"


def cancel(row: Request, request: HttpRequest, fields: dict[str, Any]) -> str:
    """Cancel a request that the MANO has not got."""
    services.cancel_request(request=row, caller=caller_of_staff(request))
    return "cancelled"


def give_up(row: Request, request: HttpRequest, fields: dict[str, Any]) -> str:
    """End a request that the MANO has."""
    caller = caller_of_staff(request)
    services.give_up_request(request=row, caller=caller, reason=fields["reason"])
    return "given up"


def change_case(row: Request, request: HttpRequest, changes: dict[str, Any]) -> None:
    """Change a request's case.

    Raises:
        Conflict: it is not in ERROR, and has none.
    """
    actor = request.user.get_username()
    try:
        services.change_case(request_id=row.pk, actor=actor, changes=changes)
    except Request.DoesNotExist as error:
        raise Conflict("not_found", f"The request {row.pk} is not in ERROR.") from error


def close(row: Request, request: HttpRequest, fields: dict[str, Any]) -> str:
    """Close a case."""
    note = {"note": fields["note"]} if fields["note"] else {}
    changes = {"state": failures.CLOSED, "resolution": fields["resolution"], **note}
    change_case(row, request, changes)
    return f"closed as {fields['resolution']}"


def reopen(row: Request, request: HttpRequest, fields: dict[str, Any]) -> str:
    """Open a case again."""
    change_case(row, request, {"state": failures.OPEN})
    return "open again"


def assign(row: Request, request: HttpRequest, fields: dict[str, Any]) -> str:
    """Say whose a case is."""
    assignee = fields["assignee"] or None
    change_case(row, request, {"assignee": assignee})
    return f"{assignee}'s from now on" if assignee else "nobody's from now on"


def note(row: Request, request: HttpRequest, fields: dict[str, Any]) -> str:
    """Add a note to a case."""
    change_case(row, request, {"note": fields["note"]})
    return "noted"


@dataclass(frozen=True)
class Deed:
    """Something that is done to requests."""

    button: str
    # What will happen, for the page that asks.
    says: str
    do: Callable[[Request, HttpRequest, dict[str, Any]], str]
    # Whether it makes sense for a request that is so.
    fits: Callable[[Request], bool]
    form: type[forms.Form] = NothingForm
    icon: str = ""


def has_open_case(row: Request) -> bool:
    """Tell whether a request has failed, and nobody has closed its case."""
    return row.status == states.ERROR and row.case_state != failures.CLOSED


def is_with_us(row: Request) -> bool:
    """Tell whether a request can be cancelled."""
    return row.status == states.NEW and row.handover == Request.Handover.PENDING


# By the word in the address.
DEEDS = {
    "retry": Deed(
        "Retry",
        "The same is ordered once more, as a new request, and the case is closed as retried.",
        retry,
        lambda row: row.status == states.ERROR and row.retried_by is None,
        icon="replay",
    ),
    "cancel": Deed(
        "Cancel",
        "The MANO has not been given the order: the request becomes an ERROR.",
        cancel,
        is_with_us,
        icon="cancel",
    ),
    "give-up": Deed(
        "Give up",
        "The request becomes an ERROR now. Nobody stops the MANO: what it makes of the order later "
        "is kept as a late success.",
        give_up,
        lambda row: states.is_open(row.status) and not is_with_us(row),
        ReasonForm,
        icon="front_hand",
    ),
    "close": Deed(
        "Close case",
        "Nobody need look at it any more.",
        close,
        has_open_case,
        ClosingForm,
        "task_alt",
    ),
    "reopen": Deed(
        "Reopen case",
        "The case is open again, and has no resolution any more.",
        reopen,
        lambda row: row.status == states.ERROR and row.case_state == failures.CLOSED,
        icon="undo",
    ),
    "assign": Deed(
        "Assign", "Who is to look at it.", assign, has_open_case, AssigningForm, "person_add"
    ),
    "note": Deed(
        "Note",
        "A note is added to the case; none is ever taken away.",
        note,
        lambda row: row.status == states.ERROR,
        NoteForm,
        "edit_note",
    ),
}


def outcome_of(
    deed: Deed, row: Request, request: HttpRequest, fields: dict[str, Any]
) -> tuple[bool, str]:
    """Do something to a request; return whether it is done, and what came of it."""
    try:
        return True, deed.do(row, request, fields)
    except Conflict as conflict:
        return False, conflict.detail
    except Invalid as error:
        return False, "; ".join(message for _, message in error.faults)
    except Request.DoesNotExist:
        return False, "It is gone."
