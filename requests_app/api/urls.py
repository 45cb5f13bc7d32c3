"""Paths of requests, and of service records, which are updated by requests."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from gatekeeper_site.api.hot_reads.resources import register
from gatekeeper_site.api.sonata_paths import SONATA_PREFIX
from gatekeeper_site.core import registry
from requests_app import failures, states
from requests_app.api import views
from requests_app.api.mano import ManoViewSet
from requests_app.models import CallbackDelivery, ManoState, Request

router = SimpleRouter(trailing_slash=False)
router.register("requests", views.RequestViewSet, basename="request")
router.register("records/services", views.ServiceRecordUpdateViewSet, basename="service-record")
register(router, "requests", "records/services", below=("", SONATA_PREFIX))

registry.enumerations |= {
    "CallbackOutcome": CallbackDelivery.Outcome.values,
    "CaseState": failures.CASE_STATES,
    "ManoRunState": ManoState.State.values,
    "RequestState": states.STATUSES_OF_STATE,
    "RequestStatus": Request.Status.values,
}

urlpatterns = [
    path("mano", ManoViewSet.as_view({"get": "retrieve", "put": "update"}), name="mano"),
    *router.urls,
]
