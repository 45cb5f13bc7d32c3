"""What Gatekeeper and a MANO say to each other, whichever driver carries it."""

import ast
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, TypeAlias
from uuid import UUID

from gatekeeper_site.core.parsing import storable
from records_app.models import DescriptorFormat, ServiceRecord
from requests_app import states


@dataclass(frozen=True)
class Order:
    """What a MANO is asked to do."""

    request_id: UUID
    request_type: str
    # The instance to update or terminate; None on CREATE.
    service_instance_uuid: UUID | None
    # The descriptors, each with its `uuid`; of a TERMINATE, those that the instance was made of.
    nsd: dict[str, Any] | None
    vnfds: list[dict[str, Any]]
    ingresses: list[dict[str, Any]]
    egresses: list[dict[str, Any]]
    customer_email: str | None
    # Whether it has waited for long for somebody who would get it, and is sent all the same.
    even_unheard: bool = False
    # Of the call that ordered it, packed: what is done for it goes on from there.
    origin: dict[str, Any] = field(default_factory=dict)


# How the MANO says that it has failed; its managers' own word comes through it unchanged.
FAILED_STATUSES = ("ERROR", "Failed")
TERMINATED = "terminated"


class Driver(Protocol):
    """A way to a MANO: a module with these names."""

    # In whose form it takes descriptors.
    FORMATS: frozenset[DescriptorFormat]
    # Whether it can update an instance.
    CAN_UPDATE: bool

    # Whether it can be asked what runs.
    CAN_BE_ASKED: bool
    # Whether an order may be sent again when it is unknown if it was sent.
    IS_REPEATABLE: bool
    # How many orders a second the MANO accepts at least. It is given no more than it accepts so
    # within MANO_ACCEPT_SECONDS; further ones wait with us. None: it is given all.
    ACCEPTED_PER_SECOND: float | None

    def send(self, order: Order) -> None:
        """Hand an order over. No transaction is open.

        Raises:
            NobodyListens: nobody would get it, and it may still wait for somebody.
            NotSent: the MANO certainly has not got it.
            OutcomeUnknown: it may have got it. So it may after any other exception.
        """

    def running(self, records: Sequence[ServiceRecord]) -> "Iterator[Told]":
        """Yield what runs of instances, where it can be asked. No transaction is open."""


@dataclass(frozen=True)
class Running:
    """What runs of an instance, in the shape of records."""

    # None: it is gone.
    nsr: dict[str, Any] | None
    vnfrs: list[dict[str, Any]]
    # How it is, in a record's words.
    status: str


class CannotTell(Exception):
    """The MANO does not say what runs of an instance; the text says why."""


# Of an instance, what runs of it, or why that is not known.
Told: TypeAlias = tuple[ServiceRecord, Running | CannotTell]


class NotSent(Exception):
    """The order has certainly not reached the MANO: it can be given back and tried again."""


class NobodyListens(NotSent):
    """There is nobody yet who would get the order."""


class OutcomeUnknown(Exception):
    """Whether the order has reached the MANO is not known."""


class UnusableAnswer(Exception):
    """A message that says nothing we understand; the text says why."""


@dataclass(frozen=True)
class Answer:
    """What the MANO says of an order."""

    kind: Literal["accepted", "succeeded", "failed"]
    # The records as they came: whether they can be stored is not for the protocol to say.
    nsr: Any = None
    vnfrs: Any = None
    error: str | None = None
    # What the service record becomes, of a success: as it should be, if nothing is said.
    record_status: str | None = None


def read_answer(message: Any, request_type: str) -> Answer:
    """Return what a message from the MANO means for a request of a type.

    Source: contract, requests-and-records.md, MANO.

    Raises:
        UnusableAnswer: it has no status that we know.
    """
    if not isinstance(message, dict):
        raise UnusableAnswer("the message is not a mapping")
    status = message.get("status")
    nsr, vnfrs = message.get("nsr"), message.get("vnfrs")
    if status in FAILED_STATUSES:
        return Answer(kind="failed", nsr=nsr, vnfrs=vnfrs, error=error_text(message.get("error")))
    if status in states.IN_PROGRESS_STATUS.values():
        return Answer(kind="accepted")
    successes = ("READY", "UPDATE_COMPLETED") if request_type == states.UPDATE else ("READY",)
    if status not in successes:
        told = "it has no status" if status is None else f"its status is {quoted(status)}"
        raise UnusableAnswer(told)
    left_as = nsr.get("status") if isinstance(nsr, dict) else None
    if request_type == states.TERMINATE and left_as not in (None, TERMINATED):
        error = f"The MANO answered {status}, but the status of the instance is {quoted(left_as)}"
        return Answer(kind="failed", error=f"{error}, not '{TERMINATED}'.")
    return Answer(kind="succeeded", nsr=nsr, vnfrs=vnfrs)


# Errors as people read them

# What holds the message of a structured error, and its code: the first that is there.
MESSAGE_MEMBERS = ("message", "error", "errors", "detail", "description", "reason")
CODE_MEMBERS = ("http_code", "code", "status_code", "status")
# A text that ends in a structure, in JSON or in Python's notation.
STRUCTURE = re.compile(r"(?P<before>[^{\[]*)(?P<structure>[{\[].*[}\]])\s*", re.DOTALL)
MAX_STRUCTURE_CHARACTERS = 10_000


def error_text(error: Any) -> str:
    """Return what the MANO says went wrong, for people: of a structure, its innermost message."""
    text, _ = message_of(error)
    return storable(text) or "The MANO gave no reason."


def message_of(error: Any) -> tuple[str, bool]:
    """Return the message of an error, and whether it ends with a code."""
    if isinstance(error, str):
        return message_of_text(error)
    if isinstance(error, list):
        texts = [text for text, _ in map(message_of, error) if text]
        return "; ".join(texts), False
    if not isinstance(error, dict):
        return "" if error is None else json.dumps(error), False
    for name in MESSAGE_MEMBERS:
        text, has_code = message_of(error.get(name))
        if text:
            code = code_of(error)
            return (text, has_code) if has_code or not code else (f"{text} ({code})", True)
    members = [(name, *message_of(member)) for name, member in error.items()]
    said = [(f"{name}: {text}", has_code) for name, text, has_code in members if text]
    return "; ".join(text for text, _ in said), len(said) == 1 and said[0][1]


def message_of_text(text: str) -> tuple[str, bool]:
    """Return a text, or, where it ends in a structured error, the message of that in its place."""
    found = STRUCTURE.fullmatch(text)
    structure = parsed(found["structure"]) if found else None
    if not found or not structure:
        return text, False
    if isinstance(structure, list) and not all(isinstance(e, str | list | dict) for e in structure):
        # As in `VLANs [1, 2]`.
        return text, False
    message, has_code = message_of(structure)
    return found["before"] + message, has_code


def parsed(text: str) -> Any:
    """Return the value of a JSON text or of one in Python's notation, or None if it is neither."""
    if len(text) > MAX_STRUCTURE_CHARACTERS:
        return None
    for parse in (json.loads, ast.literal_eval):
        try:
            # In types of JSON: Python has more.
            return json.loads(json.dumps(parse(text), default=list))
        except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
            continue
    return None


def code_of(error: dict[str, Any]) -> str:
    """Return the code of a structured error, if it has one."""
    for name in CODE_MEMBERS:
        code = error.get(name)
        if isinstance(code, str | int) and not isinstance(code, bool):
            return str(code)
    return ""


def quoted(value: Any) -> str:
    """Return a value of a message as a sentence may hold it."""
    return f"'{value}'" if isinstance(value, str) else json.dumps(value)
