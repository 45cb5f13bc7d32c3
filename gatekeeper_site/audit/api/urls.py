"""Path of the audit."""

from rest_framework.routers import SimpleRouter

from gatekeeper_site.audit.api.views import AuditViewSet

router = SimpleRouter(trailing_slash=False)
router.register("audit", AuditViewSet, basename="audit")

urlpatterns = router.urls
