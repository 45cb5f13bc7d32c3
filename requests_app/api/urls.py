"""Paths of requests, and of service records, which are updated by requests."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from gatekeeper_site.api.hot_reads.resources import register
from gatekeeper_site.api.sonata_paths import SONATA_PREFIX
from requests_app.api import views
from requests_app.api.mano import ManoViewSet

router = SimpleRouter(trailing_slash=False)
router.register("requests", views.RequestViewSet, basename="request")
router.register("records/services", views.ServiceRecordUpdateViewSet, basename="service-record")
register(router, "requests", "records/services", below=("", SONATA_PREFIX))

urlpatterns = [
    path("mano", ManoViewSet.as_view({"get": "retrieve", "put": "update"}), name="mano"),
    *router.urls,
]
