"""The MANO: whether it is there, and whether orders are handed over."""

import typer


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
