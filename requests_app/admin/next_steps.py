"""What a request's page says first: how it is, and what there is to do."""

from requests_app import failures, states
from requests_app.models import Request
from requests_app.services.pausing import is_waiting

# What there is to do about an ERROR, by its class.
REMEDIES = {
    failures.REFUSED: "Mend what the MANO names, then retry.",
    failures.UNREACHABLE: "Look whether the MANO is there and listens, then retry.",
    failures.SILENT: (
        "It may have done the work all the same: look there before you retry. What it says later "
        "is kept."
    ),
    failures.UNUSABLE: "What it made may run: look at its answer, and end what is not wanted.",
    failures.CANCELLED: "Nothing was made. Retry if it is wanted after all.",
    failures.GIVEN_UP: (
        "The MANO may go on with it: look there before you retry. What it says later is kept."
    ),
    failures.INTERNAL: "Read the events below, then retry.",
}


def situation_of(row: Request, *, is_paused: bool) -> str:
    """Return how a request is, in a sentence or two, and what there is to do.

    Args:
        row: the request.
        is_paused: whether the MANO gets nothing now.
    """
    if row.status == states.ERROR:
        return failed(row)
    if not states.is_open(row.status):
        return "It is done."
    if is_waiting(row):
        if is_paused:
            return "It waits: the MANO is paused, and nobody's time runs."
        return "It waits for a worker that hands it to the MANO."
    if row.status == states.NEW:
        return "It has been handed to the MANO, which has not accepted it yet."
    return "The MANO works on it."


def failed(row: Request) -> str:
    """Return what has become of a request in ERROR, or is to."""
    if row.has_late_success:
        return "The MANO has done it all the same, late: its records are stored."
    if row.retried_by is not None:
        return "It was ordered once more."
    if row.case_state == failures.CLOSED:
        ended = failures.RESOLUTIONS.get(row.resolution or "", "")
        return f"Its case is closed: {ended or 'nobody has said how'}."
    return REMEDIES.get(row.error_class or "", REMEDIES[failures.INTERNAL])
