"""What is ordered: requests, from their creation to their end."""

from typing import Annotated, Any

import typer

from gatekeeper_cli.completion import complete
from gatekeeper_cli.faults import Fault, WrongUse
from gatekeeper_cli.following import follow_request
from gatekeeper_cli.list_answers import checked_rows
from gatekeeper_cli.names import find
from gatekeeper_cli.nouns import REQUEST, SERVICE
from gatekeeper_cli.session import Session, command, group
from gatekeeper_cli.verbs import add_list, add_show, argument, read_one, unwrapped

EVENT_COLUMNS = ("at", "from_status", "to_status", "actor", "message")
CALLBACK_COLUMNS = ("id", "request_status", "outcome", "created_at", "next_attempt_at", "url")
WHICH = Annotated[str, argument(REQUEST)]
RESOLUTIONS = "retried, accepted, terminated or other"
CALLBACK = Annotated[
    str | None,
    typer.Option("--callback", metavar="URL", help="Whom to tell of every change of its status."),
]
FOLLOW = Annotated[
    bool, typer.Option("--follow", help="Tell each change of status until it has ended.")
]
WAIT = Annotated[bool, typer.Option("--wait", help="Wait, in silence, until it has ended.")]


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    requests = group(app, "request", "Requests: orders, and what becomes of them.")
    command(requests, "create", is_order=True)(create)
    add_list(requests, REQUEST)
    add_show(requests, REQUEST)
    command(requests, "follow")(follow)
    command(requests, "cancel", is_order=True)(cancel)
    command(requests, "retry", is_order=True)(retry)
    command(requests, "events")(events)
    command(requests, "callbacks")(callbacks)
    command(requests, "redeliver", is_order=True)(redeliver)
    command(requests, "give-up", is_order=True)(give_up)
    command(requests, "clean-up", is_order=True)(clean_up)
    command(requests, "case")(case)


def create(
    session: Session,
    service: Annotated[
        str,
        typer.Option(
            "--service",
            metavar="NAME|UUID",
            help="The service: its uuid, or NAME, NAME/VERSION or VENDOR/NAME/VERSION.",
            autocompletion=complete(SERVICE),
        ),
    ],
    ingress: Annotated[
        list[str] | None,
        typer.Option("--ingress", metavar="LOCATION=NAP", help="Where traffic comes in."),
    ] = None,
    egress: Annotated[
        list[str] | None,
        typer.Option("--egress", metavar="LOCATION=NAP", help="Where traffic goes out."),
    ] = None,
    callback: CALLBACK = None,
    follow: FOLLOW = False,
    wait: WAIT = False,
) -> None:
    """Order an instance of a service."""
    ends = {
        "ingresses": [endpoint(text) for text in ingress or []],
        "egresses": [endpoint(text) for text in egress or []],
    }
    body = {"service_uuid": find(session, SERVICE, service)} | ends
    submit(session, body, callback=callback, is_followed=follow, is_awaited=wait)


def endpoint(text: str) -> dict[str, str]:
    """Return an ingress or egress, given as `LOCATION=NAP`."""
    location, separator, nap = text.partition("=")
    if not (location and separator and nap):
        raise WrongUse(f"{text!r} is not of the form LOCATION=NAP, such as Porto=10.100.10.100/24.")
    return {"location": location, "nap": nap}


def submit(
    session: Session,
    body: dict[str, Any],
    *,
    callback: str | None,
    is_followed: bool,
    is_awaited: bool,
) -> None:
    """Send an order; then print it, or what has become of it."""
    if callback is not None:
        body["callback"] = callback
    answer = session.call(REQUEST.operation("create"), body=body, key=session.order_key())
    finish(session, answer.data, is_followed=is_followed, is_awaited=is_awaited)


def finish(session: Session, data: Any, *, is_followed: bool, is_awaited: bool) -> None:
    """Print a request that was taken, at once or when it has ended."""
    request = unwrapped(REQUEST, data)
    if is_followed or is_awaited:
        follow_request(session, str(request.get("id")), is_quiet=not is_followed)
    else:
        try:
            session.show(request)
        except BrokenPipeError:
            raise
        except OSError as fault:
            # Who takes it for failed would order once more.
            message = f"The request {request.get('id')} was taken, but its answer was not written"
            raise Fault(f"{message}: {fault.strerror or fault}.") from fault


def follow(session: Session, which: WHICH) -> None:
    """Tell how a request goes on until it has ended, then show it.

    Ctrl-C ends the following, not the request.
    """
    # Who has followed for a while waits for a server that restarts; a wrong URL is told at once.
    read_one(session, REQUEST, which)
    follow_request(session, which)


def cancel(session: Session, which: WHICH) -> None:
    """Cancel a request, as long as it is NEW and not handed over."""
    answer = session.call("requests.cancel_request", which, key=session.order_key())
    session.show(unwrapped(REQUEST, answer.data))


def retry(session: Session, which: WHICH, follow: FOLLOW = False, wait: WAIT = False) -> None:
    """Order anew what has ended in ERROR; shows the new request."""
    answer = session.call("requests.retry_request", which, key=session.order_key())
    finish(session, answer.data, is_followed=follow, is_awaited=wait)


def events(session: Session, which: WHICH) -> None:
    """List the changes of a request's status, oldest first."""
    data = session.call("requests.list_request_events", which, limit=1000).data
    session.rows(checked_rows(data, "events"), EVENT_COLUMNS)


def callbacks(session: Session, which: WHICH) -> None:
    """List the callbacks of a request, and whether they arrived."""
    data = session.call("requests.list_request_callbacks", which, limit=1000).data
    session.rows(checked_rows(data, "callbacks"), CALLBACK_COLUMNS)


def redeliver(
    session: Session,
    which: WHICH,
    callback: Annotated[
        str,
        typer.Argument(metavar="CALLBACK", help="Which one: its id, as `callbacks` lists it."),
    ],
) -> None:
    """Send a callback that has ended once more, with the same id, and try again as at first."""
    answer = session.call(
        "requests.redeliver_request_callback", which, callback, key=session.order_key()
    )
    session.show(answer.data)


def give_up(
    session: Session,
    which: WHICH,
    reason: Annotated[str, typer.Option("--reason", help="Why; it stands in the request's error.")],
) -> None:
    """Give up a request that was handed over and does not end."""
    body = {"reason": reason}
    answer = session.call("requests.give_up_request", which, body=body, key=session.order_key())
    session.show(unwrapped(REQUEST, answer.data))


def clean_up(session: Session, which: WHICH) -> None:
    """Have what a failed order has left at the MANO removed."""
    answer = session.call("requests.clean_up_request", which, key=session.order_key())
    session.show(unwrapped(REQUEST, answer.data))


def case(
    session: Session,
    which: WHICH,
    assignee: Annotated[
        str | None, typer.Option("--assignee", metavar="USER", help="Who attends to it.")
    ] = None,
    note: Annotated[str | None, typer.Option("--note", help="Add a note.")] = None,
    close: Annotated[
        str | None,
        typer.Option("--close", metavar="RESOLUTION", help=f"Close it: {RESOLUTIONS}."),
    ] = None,
    reopen: Annotated[bool, typer.Option("--reopen", help="Open it again.")] = False,
) -> None:
    """Show, or change, what is done about a request in ERROR."""
    if close and reopen:
        raise WrongUse("--close and --reopen exclude each other.")
    changes = {"assignee": assignee, "note": note}
    if close or reopen:
        changes |= {"state": "closed" if close else "open", "resolution": close}
    changes = {name: value for name, value in changes.items() if value is not None}
    if changes:
        answer = session.call("requests.change_request_case", which, body=changes)
    else:
        answer = session.call("requests.get_request_case", which)
    session.show(answer.data)
