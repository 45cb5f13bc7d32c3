"""How a call to the NBI may come out that brings no answer of use."""


class NotDone(Exception):
    """What a call asked for has certainly not been done: nobody took it, or let us in."""


class Unclear(Exception):
    """Whether what a call asked for has been done is not known."""


class Refused(Exception):
    """The NBI has said no.

    Args:
        status: of HTTP.
        reason: what it says, for people.
    """

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(reason)
        self.status = status


class LoginRefused(NotDone):
    """User and password are not known."""


class UnknownProject(NotDone):
    """The project is not known."""
