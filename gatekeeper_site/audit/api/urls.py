"""Path of the audit, and what the schema calls its enumeration."""

from rest_framework.routers import SimpleRouter

from gatekeeper_site.audit.api.views import AuditViewSet
from gatekeeper_site.audit.models import AuditEntry
from gatekeeper_site.core import registry

router = SimpleRouter(trailing_slash=False)
router.register("audit", AuditViewSet, basename="audit")
registry.enumerations["AuditVia"] = AuditEntry.Via.values

urlpatterns = router.urls
