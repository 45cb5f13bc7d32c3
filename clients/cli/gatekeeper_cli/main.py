"""The way in: runs a command, says in one line what went wrong, and returns the exit status.

Nothing of others is imported before Ctrl-C is looked after.
"""

import os
import sys
from collections.abc import Sequence
from types import TracebackType
from typing import Any

from gatekeeper_cli.faults import INTERRUPTED, PIPE_CLOSED, Fault, PipeClosed, visible


def script() -> None:
    """Run the command line of this process, as `gatekeeper`."""
    sys.excepthook = say_unexpected
    # Python has none where they were closed (`>&-`): that is as if they went to /dev/null.
    sys.stdout = sys.stdout or open(os.devnull, "w")  # noqa: SIM115 until the process ends
    sys.stderr = sys.stderr or open(os.devnull, "w")  # noqa: SIM115
    status = main(sys.argv[1:])
    # What a closed pipe or a full disk has not taken would be tried, and complained of, once more.
    if status:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    sys.exit(status)


def main(arguments: Sequence[str]) -> int:
    """Run a command, and return its exit status.

    They are 0 done, 1 refused or failed, 2 wrong use, 3 not reachable, 4 not allowed, 130 ended by
    Ctrl-C, and 141 when who reads the output has gone.
    """
    try:
        for stream in (sys.stdout, sys.stderr):
            # Names may have letters that the terminal's encoding has not.
            reconfigure: Any = getattr(stream, "reconfigure", None)
            if reconfigure:
                reconfigure(errors="backslashreplace")
        status = run(arguments)
        sys.stdout.flush()
    except KeyboardInterrupt:
        return INTERRUPTED
    except Fault as fault:
        say(str(fault))
        return fault.status
    except (PipeClosed, BrokenPipeError):
        return PIPE_CLOSED
    except OSError as fault:
        say(f"Cannot write or read {fault.filename or 'the output'}: {fault.strerror or fault}.")
        return Fault.status
    return status


def run(arguments: Sequence[str]) -> int:
    """Run a command by typer; return the status that it ended with."""
    from typer import Abort
    from typer._click.exceptions import ClickException, NoArgsIsHelpError, UsageError

    from gatekeeper_cli.app import command

    try:
        status: Any = command(args=list(arguments), prog_name="gatekeeper", standalone_mode=False)
    except NoArgsIsHelpError as refusal:
        sys.stderr.write(f"{refusal.format_message()}\n")
        return refusal.exit_code
    except UsageError as refusal:
        path = refusal.ctx.command_path if refusal.ctx else "gatekeeper"
        message = " ".join(refusal.format_message().split())
        end = "" if message.endswith((".", "?", ")")) else "."
        say(f"{message}{end} See: {path} --help")
        return refusal.exit_code
    except ClickException as refusal:
        say(refusal.format_message())
        return refusal.exit_code
    except Abort:  # the end of the input, where something was asked for
        say("Nothing was entered.")
        return INTERRUPTED
    return status if isinstance(status, int) else 0


def say(text: str) -> None:
    """Say something to the person at the terminal, in one line beside the output."""
    sys.stderr.write(f"gatekeeper: {visible(text)}\n")
    sys.stderr.flush()


def say_unexpected(
    kind: type[BaseException], fault: BaseException, trace: TracebackType | None
) -> None:
    """Say in one line what nobody has thought of, with the place where it happened."""
    while trace and trace.tb_next:
        trace = trace.tb_next
    place = f" ({trace.tb_frame.f_code.co_filename}:{trace.tb_lineno})" if trace else ""
    say(f"This should not have happened, please report it: {kind.__name__}: {fault}{place}")
