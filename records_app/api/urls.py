"""Paths of descriptors and records."""

from rest_framework.routers import SimpleRouter

from gatekeeper_site.api.hot_reads.resources import register
from gatekeeper_site.api.sonata_paths import SONATA_PREFIX
from records_app.api import views

router = SimpleRouter(trailing_slash=False)
router.register("services", views.ServiceDescriptorViewSet, basename="service")
router.register("functions", views.FunctionDescriptorViewSet, basename="function")
router.register("records/functions", views.FunctionRecordViewSet, basename="function-record")
register(router, "services", "functions", "records/functions", below=("", SONATA_PREFIX))

urlpatterns = router.urls
