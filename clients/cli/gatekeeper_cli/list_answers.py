"""What a list's answer has: its rows, and where the next page begins."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

from gatekeeper_cli.connection import Answer
from gatekeeper_cli.faults import NotReachable
from gatekeeper_cli.nouns import Noun


def rows_of(answer: Answer, noun: Noun) -> list[dict[str, Any]]:
    """Return the rows of a list's answer.

    Raises:
        NotReachable: It is none.
    """
    data = answer.data
    if noun.is_wrapped and isinstance(data, dict):
        data = data.get(f"{noun.one}s")
    return checked_rows(data, noun.plural)


def checked_rows(data: Any, plural: str) -> list[dict[str, Any]]:
    """Return what was answered if it is a list of objects.

    Raises:
        NotReachable: It is none.
    """
    if not isinstance(data, list) or not all(isinstance(row, dict) for row in data):
        raise NotReachable(f"The answer is no list of {plural}. Is the URL right?")
    return data


def next_cursor(answer: Answer) -> str | None:
    """Return where the next page begins, None if there is none.

    The link's own address is not called: it may be another one's, seen from here.
    """
    for link in answer.headers.get("Link", "").split(","):
        address, _, relation = link.partition(";")
        if 'rel="next"' in relation.replace(" ", ""):
            query = parse_qs(urlsplit(address.strip(" <>")).query)
            return query.get("cursor", [None])[0]
    return None
