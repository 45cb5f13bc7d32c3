"""Paths of sessions and tokens, and of the pages that take a password."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from gatekeeper_site.access import pages
from gatekeeper_site.access.api.views import SessionViewSet, TokenViewSet

router = SimpleRouter(trailing_slash=False)
router.register("tokens", TokenViewSet, basename="token")

urlpatterns = [
    path("sessions", SessionViewSet.as_view({"post": "create", "delete": "destroy"})),
    *router.urls,
    # In place of those that the admin and DRF bring.
    path("admin/login/", pages.admin_login),
    path("admin/password_change/", pages.admin_own_password),
    path("api-auth/login/", pages.api_login),
]
