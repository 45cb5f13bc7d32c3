"""The only writers of tokens, and what the audit keeps of users."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import User
from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from gatekeeper_site.access.caller import Caller, access_of, caller_of_user
from gatekeeper_site.access.models import Role, Token, UserAccess
from gatekeeper_site.audit.services import Snapshot, snapshot, write_audit_entry
from gatekeeper_site.core import clock
from gatekeeper_site.core.lookups import look_up
from gatekeeper_site.core.refusals import Precondition, no_precondition
from gatekeeper_site.core.tenants import parse_tenant

# How old `last_used_at` may grow before it is written again: a write for each call is too many.
LAST_USED_STEP = timedelta(minutes=1)
USABLE = "usable"
# What there is to know of who calls.
KNOWN_COLUMNS = (
    "token.id, token.role, token.tenant_id, token.login_digest, "
    "token.last_used_at IS NULL OR token.last_used_at < %s, "
    "person.id, person.username, person.email, person.password, person.is_superuser, "
    "own.role, own.tenant_id"
)
NUMBER_KNOWN = 12
# Who calls, with what else one statement can tell him.
KNOWN_BY_DIGEST = """
SELECT {columns}
FROM core_token AS token
JOIN auth_user AS person ON person.id = token.user_id
LEFT JOIN core_useraccess AS own ON own.user_id = person.id
WHERE token.digest = %s AND token.revoked_at IS NULL
    AND (token.expires_at IS NULL OR token.expires_at > %s) AND person.is_active
"""
KNOWN_ALONE = KNOWN_BY_DIGEST.format(columns=KNOWN_COLUMNS)


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


def is_seen_by(tenant_id: str, *, user_name: str) -> bool:
    """Tell whether there is a user of a name who sees a tenant's objects, or everybody's.

    He does so by his own access, or by a token that works.
    """
    now = clock.now()
    tokens = Token.objects.filter(
        Q(role=Role.ADMIN) | Q(tenant_id=tenant_id),
        Q(expires_at__isnull=True) | Q(expires_at__gt=now),
        user=OuterRef("pk"),
        revoked_at__isnull=True,
    )
    users = User.objects.filter(
        Q(is_superuser=True)
        | Q(access__role=Role.ADMIN)
        | Q(access__tenant_id=tenant_id)
        | Exists(tokens),
        username=user_name,
        is_active=True,
    )
    return users.exists()


@transaction.atomic
def create_token(
    *,
    user: User,
    role: str,
    tenant_id: str = "",
    lifetime: timedelta | None = None,
    token: str | None = None,
    login_digest: str = "",
    source: Token | None = None,
) -> str:
    """Make a token and return it: the only time it can be seen.

    Args:
        user: whose actions the token's are.
        role: one of `Role`.
        tenant_id: 32 hex digits, or "" for none.
        lifetime: how long it works; None is for ever.
        token: a token made elsewhere, for one that the environment gives.
        login_digest: of a login, which ends when `login_digest_of` its user is another.
        source: the token by which somebody logged in for this one, which does not work longer.
    """
    token = token or secrets.token_urlsafe(32)
    now = clock.now()
    ends = [] if lifetime is None else [now + lifetime]
    if source is not None and source.expires_at is not None:
        ends.append(source.expires_at)
    row = Token.objects.create(
        digest=digest_of(token),
        user=user,
        role=role,
        tenant_id=tenant_id,
        login_digest=login_digest,
        source=source,
        created_at=now,
        expires_at=min(ends, default=None),
    )
    write_audit_entry(action="create", instance=row, after=snapshot(row))
    return token


@transaction.atomic
def log_in(*, user: User, lifetime: timedelta, tenant_id: str | None = None) -> str:
    """Make a token of the user's own role and tenant, and return it.

    Args:
        user: whose password was right.
        lifetime: how long it works.
        tenant_id: another than his own (see `tenant_of_login`).
    """
    caller = caller_of_user(user)
    return create_token(
        user=user,
        role=caller.role,
        tenant_id=caller.tenant_id if tenant_id is None else tenant_id,
        lifetime=lifetime,
        login_digest=login_digest_of(user),
    )


@transaction.atomic
def log_in_by_token(*, source_id: int, lifetime: timedelta, tenant_id: str) -> str:
    """Make a token of the role of another, and return it. It ends with that one at the latest.

    Args:
        source_id: the other's.
        lifetime: how long it works, if that one works as long.
        tenant_id: as `tenant_of_login` has it.

    Raises:
        DoesNotExist: the other was revoked meanwhile.
    """
    unrevoked = Token.objects.select_for_update(of=("self",)).select_related("user")
    source = unrevoked.get(pk=source_id, revoked_at=None)
    return create_token(
        user=source.user,
        role=source.role,
        tenant_id=tenant_id,
        lifetime=lifetime,
        login_digest=source.login_digest,
        source=source,
    )


def tenant_of_login(caller: Caller, asked: str | None) -> str | None:
    """Return the tenant of whoever logs in: his, or any that an admin of all asks for.

    Args:
        caller: who logs in.
        asked: for which tenant, if for one.

    Returns:
        None where he may not have what he asks for; whether there is such a tenant is not looked
        at.
    """
    if asked is None:
        return caller.tenant_id
    tenant_id = parse_tenant(asked)
    is_his = caller.is_admin_of_all or tenant_id == caller.tenant_id
    return tenant_id if tenant_id and is_his else None


@transaction.atomic
def create_service_user(*, name: str, password: str, tenant_id: str) -> User:
    """Make a user for a program that logs in by a password and reads, and return it.

    Raises:
        IntegrityError: there is a user of this name.
    """
    user = User.objects.create_user(username=name, password=password)
    UserAccess.objects.create(user=user, role=Role.VIEWER, tenant_id=tenant_id)
    write_audit_entry(action="create", instance=user, after=user_snapshot(user))
    return user


def login_digest_of(user: User) -> str:
    """Return what is another when a user's password, role, tenant or activity is."""
    caller = caller_of_user(user)
    return login_digest(user.password, caller.role, caller.tenant_id, is_active=user.is_active)


def login_digest(password: str, role: str, tenant_id: str, *, is_active: bool) -> str:
    """Return the digest of what a login depends on.

    Of the password, it has the hash, which begins with a random salt.
    """
    parts = (password, role, tenant_id, str(is_active))
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


@dataclass(frozen=True)
class KnownToken:
    """A token that works, and whose it is: what a call has to know, read by one statement."""

    pk: int
    role: str
    tenant_id: str
    # Whether it is a while ago that its use was noted.
    is_use_unnoted: bool
    user_id: int
    user_name: str
    user_email: str
    is_superuser: bool

    def caller(self) -> Caller:
        """Return who calls; what of the user is not known is read when it is asked for."""
        known = {
            "id": self.user_id,
            "username": self.user_name,
            "email": self.user_email,
            "is_superuser": self.is_superuser,
            "is_active": True,
        }
        names = [field.attname for field in User._meta.concrete_fields if field.attname in known]
        user = User.from_db(None, names, [known[name] for name in names])
        return Caller(user=user, role=self.role, tenant_id=self.tenant_id, token_id=self.pk)


def usable_token(token: str) -> KnownToken | None:
    """Return the token, or None if it is unknown or does not work (any more)."""
    return known_token(look_up(KNOWN_ALONE, known_token_parameters(token)))


def known_token_parameters(token: str, further: Sequence[Any] = ()) -> tuple[Any, ...]:
    """Return the parameters of KNOWN_BY_DIGEST, those of further columns among them."""
    now = clock.now()
    adapted = connection.ops.adapt_datetimefield_value
    return (adapted(now - LAST_USED_STEP), *further, digest_of(token), adapted(now))


def known_token(row: Sequence[Any] | None) -> KnownToken | None:
    """Return the token that KNOWN_COLUMNS tell of; None if it does not work any more."""
    if row is None:
        return None
    pk, role, tenant_id, login, unnoted, user_id, name, email, password, is_superuser, *own = row[
        :NUMBER_KNOWN
    ]
    if login and login != login_digest(
        password, *access_of(is_superuser=is_superuser, own=own), is_active=True
    ):
        return None
    return KnownToken(pk, role, tenant_id, bool(unnoted), user_id, name, email, bool(is_superuser))


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


def note_use(token: KnownToken) -> None:
    """Keep when the token was last used, to the minute."""
    if token.is_use_unnoted:
        now = clock.now()
        stale = Q(last_used_at=None) | Q(last_used_at__lt=now - LAST_USED_STEP)
        Token.objects.filter(stale, pk=token.pk).update(last_used_at=now)


@transaction.atomic
def revoke_token(*, token: Token, precondition: Precondition = no_precondition) -> None:
    """End a token at once, with those that somebody got by it.

    Ending it again keeps the first time; one that is gone has ended.

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
        for derived in Token.objects.filter(source=locked, revoked_at=None):
            revoke_token(token=derived)


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
