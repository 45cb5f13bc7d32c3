"""What Gatekeeper and a MANO say to each other, whichever driver carries it."""

from dataclasses import dataclass
from typing import Any, Literal, Protocol
from uuid import UUID

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


class Driver(Protocol):
    """A way to a MANO: a module with these two names."""

    # Whether an order may be sent again when it is unknown if it was sent.
    IS_REPEATABLE: bool

    def send(self, order: Order) -> None:
        """Hand an order over. No transaction is open.

        Raises:
            NotSent: the MANO certainly has not got it.
            OutcomeUnknown: it may have got it. So it may after any other exception.
        """


class NotSent(Exception):
    """The order has certainly not reached the MANO: it can be given back and tried again."""


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


def read_answer(message: Any, request_type: str) -> Answer:
    """Return what a message from the MANO means for a request of a type.

    Source: contract, requests-and-records.md, MANO.

    Raises:
        UnusableAnswer: it has no status that we know.
    """
    if not isinstance(message, dict):
        raise UnusableAnswer("the message is not a mapping")
    status = message.get("status")
    if status == "ERROR":
        return Answer(kind="failed", error=error_text(message.get("error")))
    if status in states.IN_PROGRESS_STATUS.values():
        return Answer(kind="accepted")
    successes = {"READY", "UPDATE_COMPLETED"} if request_type == states.UPDATE else {"READY"}
    if not isinstance(status, str) or status not in successes:
        raise UnusableAnswer(f"its status is {status!r}")
    return Answer(kind="succeeded", nsr=message.get("nsr"), vnfrs=message.get("vnfrs"))


def error_text(error: Any) -> str:
    """Return what the MANO says went wrong: a text, or `{http_code, message}`."""
    text = str(error or "")
    if isinstance(error, dict) and error.get("message"):
        code = f" ({error['http_code']})" if "http_code" in error else ""
        text = f"{error['message']}{code}"
    # No database column holds a NUL or half of a surrogate pair.
    text = text.replace("\0", "\N{REPLACEMENT CHARACTER}").encode(errors="replace").decode()
    return text or "The MANO gave no reason."
