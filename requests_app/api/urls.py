"""Paths of requests, and of service records, which are updated by requests."""

from rest_framework.routers import SimpleRouter

from requests_app.api import views

router = SimpleRouter(trailing_slash=False)
router.register("requests", views.RequestViewSet, basename="request")
router.register("records/services", views.ServiceRecordUpdateViewSet, basename="service-record")

urlpatterns = router.urls
