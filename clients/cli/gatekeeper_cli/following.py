"""Waits for what was ordered: a request's end, or an HA object's confirmation."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from gatekeeper_cli.faults import Fault, NotFound, NotReachable
from gatekeeper_cli.list_answers import checked_rows
from gatekeeper_cli.nouns import REQUEST, Noun
from gatekeeper_cli.session import Session
from gatekeeper_cli.verbs import read_one

# Between looks: soon at first, as what is quick ends at once, then less often.
SHORTEST_PAUSE_SECONDS = 0.2
LONGEST_PAUSE_SECONDS = 2.0
# For how long a server that is away, as while it is restarted, is asked again.
AWAY_SECONDS = 120
# In which the MANO says what runs.
VERDICT_SECONDS = 60
ENDED = {"SUCCEEDED", "ERROR"}


def follow_request(session: Session, request_id: str, *, is_quiet: bool = False) -> None:
    """Wait until a request has ended, then print it.

    Args:
        session: The command's.
        request_id: Its id.
        is_quiet: Whether its changes of status are not told meanwhile.

    Raises:
        Fault: It ended in ERROR.
    """
    told, pauses = 0, growing()
    with interruptible(f"gatekeeper request follow {request_id}"), waiting(is_quiet) as show:
        while True:
            request = patiently(session, lambda: read_one(session, REQUEST, request_id))
            if not isinstance(request.get("state"), str):  # which would never end
                raise NotReachable("The answer is no request. Is the URL right?")
            if not is_quiet:
                told = tell_events(session, request_id, told)
            if request.get("state") in ENDED:
                break
            show(f"{request.get('request_type')} {request_id} is {request.get('status')}")
            time.sleep(next(pauses))
    session.show(request)
    if request.get("state") == "ERROR":
        raise Fault(f"The request has failed: {request.get('error') or 'no reason is given'}")


def tell_events(session: Session, request_id: str, told: int) -> int:
    """Say what has happened beyond what was told, as a new stage; return how much there is now."""
    operation = "requests.list_request_events"
    answer = patiently(
        session, lambda: session.call(operation, request_id, limit=1000, offset=told)
    )
    events = checked_rows(answer.data, "events")
    for event in events:
        message = f": {event['message']}" if event.get("message") else ""
        at = str(event.get("at"))[11:19]
        session.progress(f"{at}Z {event.get('to_status')}{message}")
    return told + len(events)


def await_object(session: Session, noun: Noun, object_id: str) -> dict[str, Any]:
    """Wait until a change of an HA object is confirmed, and return it.

    Raises:
        Fault: It is an ERROR.
    """
    pauses = growing()
    words = f"gatekeeper {noun.name} show {object_id}"
    with interruptible(words), waiting(False) as show:
        while True:
            data: dict[str, Any] = patiently(session, lambda: read_one(session, noun, object_id))
            status = str(data.get("status"))
            if not status.startswith("PENDING_"):
                break
            show(f"{noun.title} {object_id} is {status}")
            time.sleep(next(pauses))
    if status == "ERROR":
        events = session.call(f"{noun.tag}.list_{noun.one}_events", object_id, limit=1000).data
        reason = events[-1].get("message") if events else "no reason is given"
        raise Fault(f"The {noun.title} {object_id} is in ERROR: {reason}")
    return data


def await_removal(session: Session, noun: Noun, object_id: str) -> None:
    """Wait until an HA object that is being deleted is gone.

    Raises:
        Fault: It is an ERROR.
    """
    try:
        await_object(session, noun, object_id)
    except NotFound:
        return
    raise Fault(f"The {noun.title} {object_id} was not deleted.")


def await_verdict(session: Session, record_id: str, last: dict[str, Any]) -> dict[str, Any]:
    """Wait until the MANO was asked what runs of an instance; return the verdict.

    Args:
        session: The command's.
        record_id: The service record's.
        last: The verdict before.

    Raises:
        Fault: There is none in time.
    """
    pauses, deadline = growing(), time.monotonic() + VERDICT_SECONDS
    words = f"gatekeeper record service sync {record_id}"
    with interruptible(words):
        while True:
            answer = session.call("records.get_service_record_sync", record_id)
            verdict: dict[str, Any] = answer.data
            is_new = verdict.get("checked_at") != last.get("checked_at")
            if is_new or verdict.get("error"):
                return verdict
            if time.monotonic() > deadline:
                raise Fault(f"There is no verdict after {VERDICT_SECONDS} s. Later: {words}")
            time.sleep(next(pauses))


def patiently(session: Session, read: Any) -> Any:
    """Return what a read returns, though the server may be away for a while."""
    deadline = time.monotonic() + AWAY_SECONDS
    while True:
        try:
            return read()
        except NotReachable as fault:
            if time.monotonic() > deadline:
                raise
            session.progress(f"{fault} Asking again.")
            time.sleep(LONGEST_PAUSE_SECONDS)


def growing() -> Iterator[float]:
    """Give the seconds of each pause between two looks."""
    pause = SHORTEST_PAUSE_SECONDS
    while True:
        yield pause
        pause = min(pause * 1.5, LONGEST_PAUSE_SECONDS)


@contextmanager
def interruptible(words: str) -> Iterator[None]:
    """On Ctrl-C, say that what was ordered goes on, and how to look after it."""
    try:
        yield
    except KeyboardInterrupt:
        sys.stderr.write(f"\nWhat was ordered goes on. To look after it: {words}\n")
        raise


@contextmanager
def waiting(is_quiet: bool) -> Iterator[Any]:
    """Give a function that shows on a terminal what is waited for."""
    if is_quiet or not sys.stderr.isatty():
        yield lambda text: None
        return
    from rich.console import Console
    from rich.markup import escape

    with Console(stderr=True).status("") as status:
        yield lambda text: status.update(escape(text))
