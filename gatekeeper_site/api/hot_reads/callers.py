"""Who calls, as the first statement of a read tells it, and whether he may."""

from typing import Any

from gatekeeper_site.access.api.permissions import ADMITTED
from gatekeeper_site.access.services import NUMBER_KNOWN, KnownToken, known_token, note_use
from gatekeeper_site.access.throttling import admit_token, is_admitted_at_once
from gatekeeper_site.api.hot_reads.calls import Reading
from gatekeeper_site.api.hot_reads.resources import LeftToTheView, Row
from gatekeeper_site.api.hot_reads.sql import read_json
from gatekeeper_site.core.origin import note_caller


def told(found: Row) -> tuple[KnownToken, list[Any]]:
    """Return who calls, and what else a statement of `known_sql` tells.

    Raises:
        LeftToTheView: the token does not work.
    """
    if found is None:
        raise LeftToTheView
    values = read_json(found[0])
    known = known_token(values)
    if known is None:
        raise LeftToTheView
    return known, values[NUMBER_KNOWN:]


def admit(token: KnownToken, reading: Reading) -> None:
    """Count a token's call, once in all ways that it may go, and note its use.

    Raises:
        LeftToTheView: it has had its calls; at once, nothing can be asked or noted.
    """
    is_counted = reading.environ.get(ADMITTED) == token.pk
    if reading.is_at_once:
        if token.is_use_unnoted or not (is_counted or is_admitted_at_once(token.pk)):
            raise LeftToTheView
    elif not is_counted and admit_token(token.pk) is not None:
        raise LeftToTheView
    reading.environ[ADMITTED] = token.pk
    note_caller(user_id=token.user_id, user_name=token.user_name, token_id=token.pk)
    note_use(token)
