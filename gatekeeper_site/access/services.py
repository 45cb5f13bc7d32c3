"""The only writers of tokens, and what the audit keeps of users."""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q, QuerySet

from gatekeeper_site.access.caller import caller_of_user
from gatekeeper_site.access.models import Token, UserAccess
from gatekeeper_site.audit.services import Snapshot, snapshot, write_audit_entry
from gatekeeper_site.core import clock
from gatekeeper_site.core.refusals import Precondition, no_precondition

# How old `last_used_at` may grow before it is written again: a write for each call is too many.
LAST_USED_STEP = timedelta(minutes=1)
USABLE = "usable"


def digest_of(token: str) -> str:
    """Return what is stored of a token. Tokens are long and random, so no slow hash is needed."""
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def user_of_name(*, name: str) -> User:
    """Return the user of a (checked) name, made without a password if there is none."""
    user = User.objects.filter(username=name).first()
    if user is None:
        user = User.objects.create_user(username=name)
        write_audit_entry(action="create", instance=user, after=user_snapshot(user))
    return user


@transaction.atomic
def create_token(
    *,
    user: User,
    role: str,
    tenant_id: str = "",
    lifetime: timedelta | None = None,
    token: str | None = None,
    login_digest: str = "",
) -> str:
    """Make a token and return it: the only time it can be seen.

    Args:
        user: whose actions the token's are.
        role: one of `Role`.
        tenant_id: 32 hex digits, or "" for none.
        lifetime: how long it works; None is for ever.
        token: a token made elsewhere, for one that the environment gives.
        login_digest: of a login, which ends when `login_digest_of` its user is another.
    """
    token = token or secrets.token_urlsafe(32)
    now = clock.now()
    row = Token.objects.create(
        digest=digest_of(token),
        user=user,
        role=role,
        tenant_id=tenant_id,
        login_digest=login_digest,
        created_at=now,
        expires_at=None if lifetime is None else now + lifetime,
    )
    write_audit_entry(action="create", instance=row, after=snapshot(row))
    return token


@transaction.atomic
def log_in(*, user: User, lifetime: timedelta) -> str:
    """Make a token of the user's own role and tenant, and return it."""
    caller = caller_of_user(user)
    return create_token(
        user=user,
        role=caller.role,
        tenant_id=caller.tenant_id,
        lifetime=lifetime,
        login_digest=login_digest_of(user),
    )


def login_digest_of(user: User) -> str:
    """Return what is another when a user's password, role, tenant or activity is.

    Of the password, it has the hash, which begins with a random salt.
    """
    caller = caller_of_user(user)
    parts = (user.password, caller.role, caller.tenant_id, str(user.is_active))
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def usable_token(token: str) -> Token | None:
    """Return the token's row, or None if it is unknown or does not work (any more)."""
    rows = Token.objects.select_related("user__access")
    row = rows.filter(digest=digest_of(token)).first()
    return row if row is not None and token_state(row) == USABLE else None


def token_state(token: Token) -> str:
    """Return `USABLE`, or why a token does not work."""
    if token.revoked_at is not None:
        return "revoked"
    if token.expires_at is not None and token.expires_at <= clock.now():
        return "expired"
    if not token.user.is_active:
        return "user inactive"
    if token.login_digest and token.login_digest != login_digest_of(token.user):
        return "user changed"
    return USABLE


@transaction.atomic
def end_logins(*, user: User) -> int:
    """Revoke the tokens of a user's logins that his changes have ended; return how many.

    They do not work any more in any case; this is for those who look at the list and the audit.
    """
    stored = User.objects.select_related("access").get(pk=user.pk)
    logins = Token.objects.filter(user=user, revoked_at=None, expires_at__gt=clock.now())
    ended = list(logins.exclude(login_digest__in=["", login_digest_of(stored)]))
    for token in ended:
        revoke_token(token=token)
    return len(ended)


def note_use(token: Token) -> None:
    """Keep when the token was last used, to the minute."""
    now = clock.now()
    if token.last_used_at is None or token.last_used_at < now - LAST_USED_STEP:
        stale = Q(last_used_at=None) | Q(last_used_at__lt=now - LAST_USED_STEP)
        Token.objects.filter(stale, pk=token.pk).update(last_used_at=now)


@transaction.atomic
def revoke_token(*, token: Token, precondition: Precondition = no_precondition) -> None:
    """End a token at once. Ending it again keeps the first time; one that is gone has ended.

    Raises:
        PreconditionFailed: it is not any more as the caller saw it.
    """
    locked = Token.objects.select_for_update().filter(pk=token.pk).first()
    if locked is None:
        return
    precondition(locked)
    if locked.revoked_at is None:
        locked.revoked_at = clock.now()
        locked.save(update_fields=["revoked_at"])
        after = {"revoked_at": clock.iso_z(locked.revoked_at)}
        write_audit_entry(action="revoke", instance=locked, after=after)


def old_tokens(before: datetime) -> QuerySet[Token]:
    """Return the tokens that expired or were revoked before a moment, for `manage.py purge`."""
    ended = Token.objects.filter(Q(expires_at__lt=before) | Q(revoked_at__lt=before))
    return ended.order_by("id")


@transaction.atomic
def note_new_password(*, user: User) -> None:
    """Audit that a user's password was set, and end his logins with the old one."""
    write_audit_entry(action="set_password", instance=user)
    end_logins(user=user)


def user_snapshot(user: User) -> Snapshot:
    """Return what the audit keeps of a user, as the database has him: with role and tenant."""
    stored = User.objects.get(pk=user.pk)
    access = UserAccess.objects.filter(user=user).first()
    return {
        "username": stored.username,
        "email": stored.email,
        "is_active": stored.is_active,
        "is_staff": stored.is_staff,
        "is_superuser": stored.is_superuser,
        "role": None if access is None else access.role,
        "tenant_id": None if access is None else access.tenant_id or None,
    }
