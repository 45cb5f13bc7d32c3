"""Every path of the server."""

from django.conf import settings
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path
from django.views.generic import RedirectView

from gatekeeper_site.access.api import urls as access_urls
from gatekeeper_site.adminsite import dashboard
from gatekeeper_site.adminsite.search import search_page
from gatekeeper_site.api.hot_reads.resources import register_fixed
from gatekeeper_site.api.schema import security  # noqa: F401 - its classes register themselves
from gatekeeper_site.api.schema.views import DocsView, SchemaView
from gatekeeper_site.api.sonata_paths import SONATA_PREFIX
from gatekeeper_site.operations import guide, health
from gatekeeper_site.operations.metrics import MetricsView

admin.autodiscover()
register_fixed("/healthz", health.WORKING)

handler400 = "gatekeeper_site.api.middleware.bad_request"
handler500 = "gatekeeper_site.api.middleware.server_error"
sonata_urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("records_app.api.urls")),
    path("", include("requests_app.api.urls")),
    *access_urls.sonata_urlpatterns,
]
urlpatterns = [
    path(f"{SONATA_PREFIX[1:]}/", include((sonata_urlpatterns, "sonata"))),
    path("", include("records_app.api.urls")),
    path("", include("requests_app.api.urls")),
    path("", include("ha_app.api.urls")),
    path("", include("gatekeeper_site.access.api.urls")),
    path("", include("gatekeeper_site.audit.api.urls")),
    path("favicon.ico", RedirectView.as_view(url=f"{settings.STATIC_URL}gatekeeper/icon.svg")),
    path("healthz", health.HealthzView.as_view()),
    path("readyz", health.ReadyzView.as_view()),
    path("metrics", MetricsView.as_view()),
    path("schema", SchemaView.as_view(), name="schema"),
    path("docs", DocsView.as_view(), name="docs"),
    # The guide's own files come before any path.
    path("guide", guide.missing),
    path("guide/<path:page>", guide.missing),
    path("api-auth/", include("rest_framework.urls")),
    path("admin", RedirectView.as_view(url="/admin/")),
    path("admin/search/", admin.site.admin_view(search_page)),
    path("admin/overview/", dashboard.live_overview, name="overview"),
    path("admin/", admin.site.urls),
]
