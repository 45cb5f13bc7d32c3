"""Who uses the operators' site, and what he may see of it."""

from django.http import HttpRequest

from gatekeeper_site.access.caller import Caller, caller_of_user


def caller_of_staff(request: HttpRequest) -> Caller:
    """Return who uses the admin; looked up once in a request."""
    caller = getattr(request, "admin_caller", None)
    if caller is None:
        caller = caller_of_user(request.user)
        setattr(request, "admin_caller", caller)  # noqa: B010 - no attribute that types know
    return caller


def is_admin(request: HttpRequest) -> bool:
    """Tell whether every tenant is his who uses the admin, for the navigation."""
    return caller_of_staff(request).is_admin


def has_role(request: HttpRequest) -> bool:
    """Tell whether he who uses the admin may read anything, for the navigation."""
    return bool(caller_of_staff(request).role)
