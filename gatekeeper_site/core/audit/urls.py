"""Path of the audit."""

from rest_framework.routers import SimpleRouter

from gatekeeper_site.core.audit.views import AuditViewSet

router = SimpleRouter(trailing_slash=False)
router.register("audit", AuditViewSet, basename="audit")

urlpatterns = router.urls
