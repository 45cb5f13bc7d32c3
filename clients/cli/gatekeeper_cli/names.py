"""Finds what people name: by its id, or by a name if that is one thing's alone."""

from typing import TYPE_CHECKING, Any
from uuid import UUID

from gatekeeper_cli.faults import Fault, NotFound, WrongUse
from gatekeeper_cli.list_answers import rows_of
from gatekeeper_cli.nouns import Noun

if TYPE_CHECKING:
    from gatekeeper_cli.session import Session

# As many of one name as are told apart.
SHOWN = 10


def find(session: "Session", noun: Noun, word: str) -> str:
    """Return the id of what is named so.

    A descriptor's name is `name`, `name/version` or `vendor/name/version`.

    Raises:
        NotFound: There is none.
        Fault: There are several; the message lists them.
        WrongUse: The word is blank.
    """
    if is_id(named(word)) or not noun.names:
        return word
    found = [
        row
        for query in queries(noun, word)
        for row in rows_of(session.call(noun.operation("list"), limit=SHOWN, **query), noun)
    ]
    if not found:
        raise NotFound(f"There is no {noun.title} named {word!r}.")
    if len(found) > 1:
        listed = ", ".join(f"{full_name(noun, row)} is {row.get(noun.key)}" for row in found)
        raise Fault(f"{word!r} names more than one {noun.title}: {listed}. Say which by its id.")
    return str(found[0].get(noun.key))


def named(word: str) -> str:
    """Return what names something, unless a script's variable was empty.

    Raises:
        WrongUse: It is blank, which would find the gateway that has no name.
    """
    if not word.strip():
        raise WrongUse("An id or a name is needed, and this one is empty.")
    return word


def is_id(word: str) -> bool:
    """Return whether a word is a uuid."""
    try:
        return str(UUID(word)) == word.lower()
    except ValueError:
        return False


def queries(noun: Noun, word: str) -> list[dict[str, Any]]:
    """Return the filters by which a word may name something: a name may have a slash itself."""
    fields = (noun.key, *noun.names)
    if len(noun.names) == 1:
        return [{"name": [word], "fields": fields}]
    found: list[dict[str, Any]] = [{"name": [word], "fields": fields}]
    head, _, version = word.rpartition("/")
    if head:
        found.append({"name": [head], "version": [version], "fields": fields})
    vendor, _, name = head.partition("/")
    if name:
        found.append({"vendor": [vendor], "name": [name], "version": [version], "fields": fields})
    return found


def full_name(noun: Noun, row: dict[str, Any]) -> str:
    """Return how something is named in full."""
    return "/".join(str(row.get(name)) for name in noun.names)
