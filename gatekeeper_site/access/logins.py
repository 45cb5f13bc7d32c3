"""Checks who logs in: the one way for every door, with one limit (contract: http.md, Who may call).

`user_of_password` is what `POST /sessions`, the admin, the browsable API and whatever else takes a
password calls; `token_of_login` is for doors at which one logs in by a token. Failures are counted
in the database, per user (or token) and address and per address, and every refusal is audited.
"""

import hashlib
import ipaddress
import math
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import TypeVar

from django.conf import settings
from django.contrib.auth import authenticate
from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F
from django.views.decorators.debug import sensitive_variables

from gatekeeper_site.access.models import ThrottleWindow
from gatekeeper_site.access.services import KnownToken, digest_of, usable_token
from gatekeeper_site.access.windows import raise_count
from gatekeeper_site.audit.services import write_audit_entry
from gatekeeper_site.core import clock
from gatekeeper_site.core.origin import current_origin
from gatekeeper_site.core.rates import Rate

MAX_NAME_LENGTH = 150
# What no user can be called: it stands for all names that no user can have.
NOBODY = "\N{REPLACEMENT CHARACTER}"

# Windows that count an attempt, by their keys, with their limits; the wider one first.
Limits = dict[str, Rate]
T = TypeVar("T")


class WrongPassword(Exception):
    """There is no such user, or this is not his password, or he is inactive: which is not told."""


class LoginsPaused(Exception):
    """Too many attempts have failed: for a while, no password is looked at."""

    def __init__(self, seconds: int) -> None:
        """Keep after how many seconds the next attempt is looked at."""
        super().__init__(f"Too many logins have failed: the next is possible in {seconds} s.")
        self.seconds = seconds


class WrongToken(Exception):
    """This is no token, or it does not work any more: which is not told."""


@sensitive_variables("password")
def user_of_password(*, username: str, password: str) -> User:
    """Return the active user whose name and password these are.

    An attempt that is refused in a pause costs a read and no hash; any other takes as long whether
    or not there is such a user.

    Raises:
        WrongPassword: they are nobody's.
        LoginsPaused: too many have failed, of this user from here or of all from here.
    """
    is_possible = len(username) <= MAX_NAME_LENGTH and "\0" not in username
    name = User.normalize_username(username) if is_possible else NOBODY
    user = counted(name, lambda: authenticate(username=name, password=password))
    if not isinstance(user, User):
        note_wrong_password(name)
        raise WrongPassword
    return user


@sensitive_variables("token")
def token_of_login(*, token: str) -> KnownToken:
    """Return the token by which somebody logs in for another.

    Raises:
        WrongToken: it does not work.
        LoginsPaused: too many have failed, of this token from here or of all from here.
    """
    known = counted(digest_of(token), lambda: usable_token(token))
    if known is None:
        note_refusal(user=None, reason="unknown, expired or revoked token")
        raise WrongToken
    return known


def counted(name: str, check: Callable[[], T | None]) -> T | None:
    """Return what an attempt to log in has found, None if it has failed.

    An attempt is counted before it is made and taken back when it succeeds, so that of attempts
    made at once no more are looked at than may fail. No transaction is to be open: it would take
    back with it what is counted and audited.

    Args:
        name: whose failures are counted.
        check: looks whether he may log in.

    Raises:
        LoginsPaused: too many have failed: nothing is looked at.
    """
    limits = limits_of(name)
    ends = None
    while ends is None:
        if (window := reached(limits)) is not None:
            if not window.is_audited:
                note_pause(window, name)
            raise LoginsPaused(max(1, math.ceil(window.ends_at - time.time())))
        ends = counted_attempt(limits)
    found = check()
    if found is not None:
        for key, ends_at in ends.items():
            ThrottleWindow.objects.filter(key=key, ends_at=ends_at).update(count=F("count") - 1)
    return found


def limits_of(name: str) -> Limits:
    """Return what counts an attempt of a user from where the present call comes from."""
    network = network_of(current_origin().address)
    # Not the name itself: some people type their password there.
    user = hashlib.sha256(f"{network}\0{name}".encode()).hexdigest()
    return {
        f"login-address:{network}": settings.LOGIN_FAILURES_PER_ADDRESS,
        f"login:{user}": settings.LOGIN_FAILURES_PER_USER,
    }


def network_of(address: str) -> str:
    """Return an IPv4 address as it is, and of IPv6 the /64 that one customer has."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        # A Unix socket has no address.
        return address
    if parsed.version == 4:
        return str(parsed)
    return str(ipaddress.ip_network((parsed, 64), strict=False))


def reached(limits: Limits) -> ThrottleWindow | None:
    """Return the first window, if any, that lets no attempt through at present."""
    going_on = ThrottleWindow.objects.filter(key__in=limits, ends_at__gt=time.time())
    windows = {window.key: window for window in going_on}
    for key, rate in limits.items():
        window = windows.get(key)
        if window is not None and window.count >= rate.limit:
            return window
    return None


def counted_attempt(limits: Limits) -> dict[str, float] | None:
    """Count an attempt in each window; return the end of each by its key.

    Returns:
        None if attempts that are made at once have reached a limit: it is then counted nowhere, and
        so uses up no other limit and makes no row.
    """
    ends = {}
    with transaction.atomic():
        for key, rate in limits.items():
            count, ends[key] = raise_count(key, by=1, seconds=rate.seconds)
            if count > rate.limit:
                transaction.set_rollback(True)
                return None
    return ends


@transaction.atomic
def note_pause(window: ThrottleWindow, name: str) -> None:
    """Write into the audit that logins are paused, once for each pause, however many are refused.

    Args:
        window: whose limit is reached.
        name: of the user who is refused first.
    """
    unaudited = ThrottleWindow.objects.filter(
        key=window.key, ends_at=window.ends_at, is_audited=False
    )
    if not unaudited.update(is_audited=True):
        return
    is_of_address = window.key.startswith("login-address:")
    whose = "all users from this address" if is_of_address else "the user from this address"
    until = clock.iso_z(datetime.fromtimestamp(window.ends_at, UTC))
    user = None if is_of_address else User.objects.filter(username=name).first()
    note_refusal(user=user, reason=f"too many failures: {whose} must wait until {until}")


def note_wrong_password(name: str) -> None:
    """Write into the audit why a password was not taken, which the caller is not told."""
    user = User.objects.filter(username=name).first()
    if user is None:
        reason = "unknown user"
    else:
        reason = "wrong password" if user.is_active else "inactive user"
    note_refusal(user=user, reason=reason)


@transaction.atomic
def note_refusal(*, user: User | None, reason: str) -> None:
    """Write into the audit that somebody was not let in.

    Args:
        user: who he says he is. Of a name that nobody has, nothing is kept.
        reason: why not.
    """
    write_audit_entry(action="refuse_login", instance=user or User(), after={"reason": reason})
