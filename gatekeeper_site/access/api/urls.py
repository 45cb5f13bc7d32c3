"""Paths of sessions and tokens, of other doors to a login, and of pages that take a password."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from gatekeeper_site.access import pages
from gatekeeper_site.access.api.keystone import answers, bodies
from gatekeeper_site.access.api.keystone import views as keystone
from gatekeeper_site.access.api.micro_services import (
    MicroServicesPublicKeyViewSet,
    MicroServiceViewSet,
    PublicKeyViewSet,
)
from gatekeeper_site.access.api.views import SessionViewSet, TokenViewSet
from gatekeeper_site.core import registry

router = SimpleRouter(trailing_slash=False)
router.register("tokens", TokenViewSet, basename="token")

registry.enumerations |= {
    "KeystoneInterface": answers.INTERFACES,
    "KeystoneMethod": bodies.METHODS,
    "KeystoneServiceType": answers.SERVICES,
}

sessions = SessionViewSet.as_view({"post": "create", "delete": "destroy"})
# Below SONATA's prefix.
sonata_urlpatterns = [
    path("sessions", sessions),
    path("micro-services", MicroServiceViewSet.as_view({"get": "log_in", "post": "create"})),
    path(
        "micro-services/public-key",
        MicroServicesPublicKeyViewSet.as_view({"get": "retrieve"}),
    ),
    path("public-key", PublicKeyViewSet.as_view({"get": "retrieve"})),
]
keystone_urlpatterns = [
    # The name is what leads back here from a page of the browsable API.
    path("", keystone.VersionViewSet.as_view({"get": "versions"}, name="Gatekeeper")),
    path("v3", keystone.VersionViewSet.as_view({"get": "v3"})),
    path(
        "v3/auth/tokens",
        keystone.V3TokenViewSet.as_view({"get": "validate", "post": "create", "delete": "revoke"}),
    ),
    path("v2.0", keystone.VersionViewSet.as_view({"get": "v2"})),
    path("v2.0/tokens", keystone.V2TokenViewSet.as_view({"post": "create"})),
    path("v2.0/tenants", keystone.V2TenantViewSet.as_view({"get": "tenants"})),
]
urlpatterns = [
    path("sessions", sessions),
    *keystone_urlpatterns,
    *router.urls,
    # In place of those that the admin and DRF bring.
    path("admin/login/", pages.admin_login),
    path("admin/password_change/", pages.admin_own_password),
    path("api-auth/login/", pages.api_login),
]
