"""How often something may happen, as the settings say it: `6000/minute`."""

import re
from dataclasses import dataclass

SECONDS = {"second": 1, "minute": 60, "hour": 3600}


@dataclass(frozen=True)
class Rate:
    """At most `limit` times in a window of so many `seconds`."""

    limit: int
    seconds: int


def parse_rate(text: str) -> Rate | None:
    """Return the rate of a text such as `6000/minute`; None where it begins with 0, which is off.

    Raises:
        ValueError: it is not one.
    """
    match = re.fullmatch(r"([0-9]{1,9})(?:/(second|minute|hour))?", text.strip())
    if match is None or (match[2] is None and int(match[1]) > 0):
        raise ValueError(
            f"{text!r} is not a rate: write a number per second, minute or hour, such as "
            "6000/minute, or 0 for no limit."
        )
    return Rate(int(match[1]), SECONDS[match[2]]) if int(match[1]) > 0 else None
