"""How a call may fail, besides what httpx raises where the server cannot be reached."""

from email.message import Message

import httpx

from .models.problem import Problem

SHOWN_CHARACTERS = 200


class Refused(Exception):
    """The server says why it does not do what it was asked for."""

    def __init__(self, problem: Problem, retry_after: float | None = None) -> None:
        super().__init__(described(problem))
        self.problem = problem
        # Seconds after which the server asks to be called again (429, 503).
        self.retry_after = retry_after

    @property
    def status(self) -> int:
        """The HTTP status."""
        return self.problem.status


class UnexpectedAnswer(Exception):
    """An answer that is not as the schema says: another server's, perhaps."""

    def __init__(self, response: httpx.Response) -> None:
        kind = media_type(response) or "no type"
        text = " ".join(response.text.split())[:SHOWN_CHARACTERS]
        request = response.request
        super().__init__(
            f"{request.method} {request.url} was answered with {response.status_code} and {kind}, "
            f"which is not what Gatekeeper says: {text}"
        )
        self.response = response

    @property
    def status(self) -> int:
        """The HTTP status."""
        return self.response.status_code


def described(problem: Problem) -> str:
    """Return in one line what is wrong, with each fault's place."""
    faults = "; ".join(f"{fault.field}: {fault.message}" for fault in problem.errors or [])
    return f"{problem.detail} ({faults})" if faults else problem.detail


def refusal(response: httpx.Response) -> Exception:
    """Return what to raise of an answer that says no."""
    if media_type(response) != "application/problem+json":
        return UnexpectedAnswer(response)
    try:
        problem = Problem.from_dict(response.json())
    except (AttributeError, KeyError, TypeError, ValueError):
        return UnexpectedAnswer(response)
    seconds = response.headers.get("Retry-After", "")
    return Refused(problem, float(seconds) if seconds.isdecimal() else None)


def media_type(response: httpx.Response) -> str:
    """Return the media type of a body, without parameters."""
    message = Message()
    message["Content-Type"] = response.headers.get("Content-Type", "")
    return message.get_content_type() if response.headers.get("Content-Type") else ""
