"""What a role may do, and how often a token may call."""

import math
from typing import TYPE_CHECKING

from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle

from gatekeeper_site.access.api.authentication import caller_of
from gatekeeper_site.access.throttling import admit_token

if TYPE_CHECKING:
    # DRF's views import the classes of these settings.
    from rest_framework.views import APIView

# In a WSGI environment, the id of the token whose call the short ways in (hot_reads, hot_writes)
# have counted before they left it to the view: it is one call.
ADMITTED = "gatekeeper.admitted"


class RolePermission(BasePermission):
    """Viewers read; operators and admins also write. Who has no role may do nothing."""

    message = "Your role does not allow this."

    def has_permission(self, request: Request, view: "APIView") -> bool:
        """Tell by role and method; which objects there are to act on is `visible_to`'s matter."""
        if not request.user or not request.user.is_authenticated:
            return False
        caller = caller_of(request)
        return bool(caller.role) if request.method in SAFE_METHODS else caller.can_write


class AdminPermission(BasePermission):
    """The role admin alone, to read and to write."""

    message = RolePermission.message

    def has_permission(self, request: Request, view: "APIView") -> bool:
        """Tell by role."""
        return caller_of(request).is_admin


class AdminOfAllPermission(RolePermission):
    """Whoever has a role reads; an admin who is bound to no tenant also writes."""

    def has_permission(self, request: Request, view: "APIView") -> bool:
        """Tell by role, method and tenant."""
        may = request.method in SAFE_METHODS or caller_of(request).is_admin_of_all
        return super().has_permission(request, view) and may


class TokenThrottle(BaseThrottle):
    """Counts the calls of each token. Callers with the session cookie are not counted."""

    seconds: float | None = None

    def allow_request(self, request: Request, view: "APIView") -> bool:
        """Tell whether the call is within the setting THROTTLE_PER_TOKEN."""
        token_id = caller_of(request).token_id
        if token_id is None or request.META.get(ADMITTED) == token_id:
            return True
        self.seconds = admit_token(token_id)
        return self.seconds is None

    def wait(self) -> float | None:
        """Return what `Retry-After` says."""
        return None if self.seconds is None else max(1, math.ceil(self.seconds))
