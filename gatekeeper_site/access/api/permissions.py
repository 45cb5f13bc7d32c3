"""What a role may do."""

from typing import TYPE_CHECKING

from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from gatekeeper_site.access.caller import caller_of

if TYPE_CHECKING:
    # DRF's views import the classes of this setting.
    from rest_framework.views import APIView


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
