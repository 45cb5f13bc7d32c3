"""Paths of descriptors and records."""

from rest_framework.routers import SimpleRouter

from gatekeeper_site.api.hot_reads.resources import register
from gatekeeper_site.api.sonata_paths import SONATA_PREFIX
from gatekeeper_site.core import registry
from records_app.api import views
from records_app.models import DescriptorFormat, RecordStatus
from records_app.represent import DESCRIPTOR_STATUSES

router = SimpleRouter(trailing_slash=False)
router.register("services", views.ServiceDescriptorViewSet, basename="service")
router.register("functions", views.FunctionDescriptorViewSet, basename="function")
router.register("records/functions", views.FunctionRecordViewSet, basename="function-record")
register(router, "services", "functions", "records/functions", below=("", SONATA_PREFIX))

registry.enumerations |= {
    "DescriptorFormat": DescriptorFormat.values,
    "DescriptorStatus": DESCRIPTOR_STATUSES,
    "RecordStatus": RecordStatus.values,
}

urlpatterns = router.urls
