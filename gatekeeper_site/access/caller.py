"""Whoever calls: a role and a tenant, whichever way he came in."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar, cast

from django.contrib.auth.models import AnonymousUser, User
from django.db.models import Model, Q, QuerySet

from gatekeeper_site.access.models import Role, UserAccess
from gatekeeper_site.core.refusals import Forbidden, Invalid

ModelType = TypeVar("ModelType", bound=Model)

NO_TENANT = ("tenant_id", "Required, as your token has no tenant.")


@dataclass(frozen=True)
class Caller:
    """A user with the role and the tenant of his token or, under the cookie, his own."""

    user: User
    role: str
    tenant_id: str
    # None under the session cookie.
    token_id: int | None = None

    @property
    def is_admin(self) -> bool:
        """Whether every tenant is his."""
        return self.role == Role.ADMIN

    @property
    def is_admin_of_all(self) -> bool:
        """Whether he is an admin whom no tenant binds."""
        return self.is_admin and not self.tenant_id

    @property
    def can_write(self) -> bool:
        """Whether he may create, change and delete within his tenant."""
        return self.role in (Role.OPERATOR, Role.ADMIN)


def caller_of_user(user: User | AnonymousUser) -> Caller:
    """Return the caller that a user is when he logs in; his role is "" if he has none.

    So is that of an AnonymousUser: nobody.
    """
    access: UserAccess | None = None if user.is_superuser else getattr(user, "access", None)
    own = (None, None) if access is None else (access.role, access.tenant_id)
    role, tenant_id = access_of(is_superuser=user.is_superuser, own=own)
    return Caller(user=cast(User, user), role=role, tenant_id=tenant_id)


def access_of(*, is_superuser: bool, own: Sequence[str | None]) -> tuple[str, str]:
    """Return a user's role and tenant, "" where he has none.

    Args:
        is_superuser: he is an admin of all.
        own: the role and the tenant of his access, None where he has none.
    """
    role, tenant_id = (Role.ADMIN.value, "") if is_superuser else own
    return role or "", tenant_id or ""


def visible_to(
    caller: Caller, queryset: QuerySet[ModelType], *, shared: bool = False
) -> QuerySet[ModelType]:
    """Narrow a queryset to the caller's tenant: the one place where tenants are told apart.

    Args:
        caller: who asks; a caller without a tenant sees what belongs to none.
        queryset: rows of a model with a `tenant_id`.
        shared: whether rows of no tenant are everybody's to read, as descriptors are.
    """
    if caller.is_admin:
        return queryset
    if shared and caller.tenant_id:
        return queryset.filter(Q(tenant_id=caller.tenant_id) | Q(tenant_id=""))
    return queryset.filter(tenant_id=caller.tenant_id)


def sees(caller: Caller, tenant_id: str, *, shared: bool = False) -> bool:
    """Tell of one row by its tenant what `visible_to` tells of many."""
    is_everybodys = shared and not tenant_id
    return caller.is_admin or is_everybodys or tenant_id == caller.tenant_id


def tenant_of_new(caller: Caller, named: str, *, shared: bool = False) -> str:
    """Return whose a new object is: its caller's tenant, or the one that he names.

    Args:
        caller: who creates it.
        named: the tenant that he names, or "".
        shared: whether it may be of no tenant, as a descriptor may.

    Raises:
        Forbidden: he names another than his own, and is no admin of all tenants.
        Invalid: there is none.
    """
    if named and named != caller.tenant_id and (caller.tenant_id or not caller.is_admin):
        raise Forbidden(f"The tenant {named} is not yours.")
    tenant_id = named or caller.tenant_id
    if not (tenant_id or shared):
        raise Invalid([NO_TENANT])
    return tenant_id
