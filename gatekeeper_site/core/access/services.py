"""The only writers of tokens, and what the audit keeps of users."""

import hashlib
import secrets
from datetime import timedelta

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import Q

from gatekeeper_site.core import clock
from gatekeeper_site.core.access.models import Token, UserAccess
from gatekeeper_site.core.audit.services import Snapshot, record, snapshot

# How old `last_used_at` may grow before it is written again: a write for each call is too many.
LAST_USED_STEP = timedelta(minutes=1)


def digest_of(token: str) -> str:
    """Return what is stored of a token. Tokens are long and random, so no slow hash is needed."""
    return hashlib.sha256(token.encode()).hexdigest()


@transaction.atomic
def user_of_name(*, name: str) -> User:
    """Return the user of a (checked) name, made without a password if there is none."""
    user = User.objects.filter(username=name).first()
    if user is None:
        user = User.objects.create_user(username=name)
        record(action="create", instance=user, after=user_snapshot(user))
    return user


@transaction.atomic
def create_token(
    *,
    user: User,
    role: str,
    tenant_id: str = "",
    lifetime: timedelta | None = None,
    token: str | None = None,
) -> str:
    """Make a token and return it: the only time it can be seen.

    Args:
        user: whose actions the token's are.
        role: one of `Role`.
        tenant_id: 32 hex digits, or "" for none.
        lifetime: how long it works; None is for ever.
        token: a token made elsewhere, for one that the environment gives.
    """
    token = token or secrets.token_urlsafe(32)
    now = clock.now()
    row = Token.objects.create(
        digest=digest_of(token),
        user=user,
        role=role,
        tenant_id=tenant_id,
        created_at=now,
        expires_at=None if lifetime is None else now + lifetime,
    )
    record(action="create", instance=row, after=snapshot(row))
    return token


def usable_token(token: str) -> Token | None:
    """Return the token's row, or None if it is unknown, expired, revoked or its user inactive."""
    row = Token.objects.select_related("user").filter(digest=digest_of(token)).first()
    if row is None or row.revoked_at is not None or not row.user.is_active:
        return None
    if row.expires_at is not None and row.expires_at <= clock.now():
        return None
    return row


def note_use(token: Token) -> None:
    """Keep when the token was last used, to the minute."""
    now = clock.now()
    if token.last_used_at is None or token.last_used_at < now - LAST_USED_STEP:
        stale = Q(last_used_at=None) | Q(last_used_at__lt=now - LAST_USED_STEP)
        Token.objects.filter(stale, pk=token.pk).update(last_used_at=now)


@transaction.atomic
def revoke_token(*, token: Token) -> None:
    """End a token at once. Ending it again keeps the first time."""
    now = clock.now()
    if Token.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=now):
        record(action="revoke", instance=token, after={"revoked_at": clock.iso_z(now)})


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
