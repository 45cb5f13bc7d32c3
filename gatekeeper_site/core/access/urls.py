"""Paths of sessions and tokens."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from gatekeeper_site.core.access.views import SessionViewSet, TokenViewSet

router = SimpleRouter(trailing_slash=False)
router.register("tokens", TokenViewSet, basename="token")

urlpatterns = [
    path("sessions", SessionViewSet.as_view({"post": "create", "delete": "destroy"})),
    *router.urls,
]
