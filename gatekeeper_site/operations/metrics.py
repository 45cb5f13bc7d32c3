"""`GET /metrics`, for the role admin: figures in Prometheus' text format (contract: http.md).

Several processes serve the API, and a scrape reaches any of them. So every figure is read from
the database when it is asked for, by what the rooms and apps have registered.
"""

from collections.abc import Iterator

from django.http import HttpResponse
from prometheus_client import CollectorRegistry
from prometheus_client.core import Metric
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4, generate_latest
from prometheus_client.registry import Collector
from rest_framework.request import Request
from rest_framework.views import APIView

from gatekeeper_site.access.api.permissions import AdminPermission
from gatekeeper_site.api.renderers import JSONRenderer
from gatekeeper_site.core import registry


class Figures(Collector):
    """All registered figures, one after the other."""

    def collect(self) -> Iterator[Metric]:
        """Yield every family of figures, as it is now."""
        for figures in registry.metrics:
            yield from figures()


class MetricsView(APIView):
    """Prometheus' text whatever `Accept` says; a refusal is a problem in JSON, as everywhere."""

    permission_classes = [AdminPermission]
    # Like /healthz, no part of the API that clients are generated for.
    schema = None

    def perform_content_negotiation(
        self, request: Request, force: bool = False
    ) -> tuple[JSONRenderer, str]:
        """Return what writes problems; the figures need no renderer."""
        return JSONRenderer(), JSONRenderer.media_type

    def get(self, request: Request) -> HttpResponse:
        """Return every figure."""
        registry = CollectorRegistry()
        registry.register(Figures())
        return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_PLAIN_0_0_4)
