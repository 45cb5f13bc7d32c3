"""What runs: the records of services and functions."""

from typing import Annotated

import typer

from gatekeeper_cli.commands.requests import CALLBACK, FOLLOW, WAIT, finish, submit
from gatekeeper_cli.completion import complete
from gatekeeper_cli.following import await_verdict
from gatekeeper_cli.names import find, is_id
from gatekeeper_cli.nouns import FUNCTION_RECORD, SERVICE, SERVICE_RECORD
from gatekeeper_cli.session import Session, command, group
from gatekeeper_cli.verbs import add_list, add_show, argument, read_one, unwrapped

WHICH = Annotated[str, argument(SERVICE_RECORD)]


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    records = group(app, "record", "Records: what runs, or has run.")
    services = group(records, "service", "Records of services: their instances.")
    add_list(services, SERVICE_RECORD)
    add_show(services, SERVICE_RECORD)
    command(services, "update", is_order=True)(update)
    command(services, "terminate", is_order=True)(terminate)
    command(services, "sync", is_order=True)(sync)
    command(services, "adopt", is_order=True)(adopt)
    functions = group(records, "function", "Records of functions.")
    add_list(functions, FUNCTION_RECORD)
    add_show(functions, FUNCTION_RECORD)


def update(
    session: Session,
    which: WHICH,
    to: Annotated[
        str,
        typer.Option(
            "--to",
            metavar="SERVICE|VERSION",
            help="The service to update to: its uuid or name, or another version of its own.",
            autocompletion=complete(SERVICE),
        ),
    ],
    follow: FOLLOW = False,
    wait: WAIT = False,
) -> None:
    """Order the update of an instance to another service, or to another version of its own."""
    record = read_one(session, SERVICE_RECORD, which)
    is_version = to.replace(".", "").isdigit()
    latest = to if is_version or is_id(to) else find(session, SERVICE, to)
    body = {"nsd_id": record.get("descriptor_reference"), "latest_nsd_id": latest}
    answer = session.call(
        SERVICE_RECORD.operation("update"), which, body=body, key=session.order_key()
    )
    finish(session, answer.data, is_followed=follow, is_awaited=wait)


def terminate(
    session: Session,
    which: WHICH,
    callback: CALLBACK = None,
    follow: FOLLOW = False,
    wait: WAIT = False,
) -> None:
    """Order the end of an instance."""
    body = {"request_type": "TERMINATE", "service_instance_uuid": which}
    submit(session, body, callback=callback, is_followed=follow, is_awaited=wait)


def sync(
    session: Session,
    which: WHICH,
    check: Annotated[
        bool, typer.Option("--check", help="Have the MANO asked now, and wait for its answer.")
    ] = False,
) -> None:
    """Show whether what is recorded of an instance is what runs."""
    verdict = session.call("records.get_service_record_sync", which).data
    if check:
        session.call("records.check_service_record", which, key=session.order_key())
        verdict = await_verdict(session, which, verdict)
    session.show(verdict)


def adopt(session: Session, which: WHICH) -> None:
    """Record what runs of an instance, as the last check has seen it."""
    answer = session.call("records.adopt_service_record", which, key=session.order_key())
    session.show(unwrapped(SERVICE_RECORD, answer.data))
