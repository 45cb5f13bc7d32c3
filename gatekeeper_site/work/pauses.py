"""How long a process waits before it tries again what has failed."""

from dataclasses import dataclass


@dataclass
class Pause:
    """A wait that doubles with each failure, from the first to the longest, in seconds."""

    first: float
    longest: float
    # Of the present wait; 0 while nothing has failed.
    seconds: float = 0

    def grow(self) -> float:
        """Note a failure; return how long to wait now."""
        self.seconds = min(max(2 * self.seconds, self.first), self.longest)
        return self.seconds

    def end(self) -> bool:
        """Note a success; return whether there were failures before it."""
        has_failed = self.seconds > 0
        self.seconds = 0
        return has_failed
