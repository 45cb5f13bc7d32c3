"""Tokens of the NBI: what one call has got, the next ones of this process use."""

import threading

from django.conf import settings

# By the account that they are of.
tokens: dict[tuple[str, ...], str] = {}
logging_in = threading.Lock()


def account() -> tuple[str, ...]:
    """Return who we are to which OSM."""
    return (
        settings.OSM_URL,
        settings.OSM_USERNAME,
        settings.OSM_PASSWORD,
        settings.OSM_PROJECT,
    )


def token_of(who: tuple[str, ...]) -> str | None:
    """Return the token that this process has, if it has one."""
    return tokens.get(who)


def forget(token: str | None) -> None:
    """Forget a token that works no more, unless another is there already."""
    if tokens.get(account()) == token:
        tokens.pop(account(), None)
