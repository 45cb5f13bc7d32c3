"""The MANO: whether it is there, and whether orders are handed over to it."""

from typing import Annotated

import typer

from gatekeeper_cli.session import Session, command, group

REASON = Annotated[str, typer.Option("--reason", help="Why; all operators see it.")]


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    manos = group(app, "mano", "The MANO: whether orders are handed over to it.")
    command(manos, "show")(show)
    command(manos, "pause")(pause)
    command(manos, "resume")(resume)


def show(session: Session) -> None:
    """Show the MANO: whether it answers, and what waits for it."""
    session.show(session.call("mano.get_mano").data)


def pause(session: Session, reason: REASON) -> None:
    """Hand no more orders over: they are taken, and wait."""
    body = {"state": "paused", "reason": reason}
    session.show(session.call("mano.update_mano", body=body).data)


def resume(session: Session) -> None:
    """Hand orders over again."""
    session.show(session.call("mano.update_mano", body={"state": "running"}).data)
