"""/requests/<id>/callbacks: what a request's customer was told, and how it went."""

from typing import Any
from uuid import UUID

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound
from rest_framework.request import Request as APIRequest
from rest_framework.response import Response

from gatekeeper_site.api.views import ResourceViewSet
from gatekeeper_site.core.parsing import parse_uuid
from requests_app import represent, services
from requests_app.api import serializers
from requests_app.models import CallbackAttempt, CallbackDelivery

DELIVERY_FIELDS = tuple(serializers.CallbackDeliverySerializer().fields)


def add_attempts(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Give rows of deliveries their attempts, oldest first, in one query for all."""
    attempts: dict[UUID, list[dict[str, Any]]] = {row["pk"]: [] for row in rows}
    of_all = CallbackAttempt.objects.filter(delivery__in=attempts).order_by("id")
    for attempt in of_all.values("delivery_id", *represent.ATTEMPT_COLUMNS):
        attempts[attempt["delivery_id"]].append(attempt)
    return [row | {"attempts": attempts[row["pk"]]} for row in rows]


class CallbackActions(ResourceViewSet):
    """What a view set of requests has besides: their callbacks."""

    def paginate_queryset(self, queryset: Any) -> Any:
        """Return the rows of a page; deliveries with their attempts."""
        rows: Any = super().paginate_queryset(queryset)
        return add_attempts(rows) if self.action == "callbacks" else rows

    @extend_schema(
        operation_id="list_request_callbacks",
        summary="List a request's callbacks, oldest first",
        responses=serializers.CallbackDeliverySerializer(many=True),
    )
    @action(
        detail=True,
        filterset_class=None,
        ordering_fields=("created_at",),
        default_ordering="created_at",
        fields=DELIVERY_FIELDS,
        columns=represent.DELIVERY_COLUMNS,
    )
    def callbacks(self, request: APIRequest, pk: str) -> Response:
        """Return a page of the deliveries, each with its attempts."""
        deliveries = CallbackDelivery.objects.filter(request=self.instance())
        return self.page_of(deliveries, represent.delivery)

    @extend_schema(
        operation_id="redeliver_request_callback",
        summary="Try a callback anew that has ended",
        parameters=[
            OpenApiParameter("delivery_id", OpenApiTypes.UUID, OpenApiParameter.PATH),
        ],
        request=None,
        responses={202: serializers.CallbackDeliverySerializer},
    )
    @action(
        detail=True,
        methods=["post"],
        filterset_class=None,
        url_path=r"callbacks/(?P<delivery_id>[^/]+)/redeliver",
    )
    def redeliver(self, request: APIRequest, pk: str, delivery_id: str) -> Response:
        """Send the same once more, with the same id, and try again as often as at first."""
        deliveries = CallbackDelivery.objects.filter(request=self.instance())
        self.validated()
        known = parse_uuid(delivery_id)
        delivery = None if known is None else deliveries.filter(pk=known).first()
        current = None if delivery is None else services.redeliver(delivery=delivery)
        if current is None:
            raise NotFound(f"There is no callback {delivery_id} of the request {pk}.")
        rows = deliveries.filter(pk=current.pk).values("pk", *represent.DELIVERY_COLUMNS)
        return self.one(represent.delivery(add_attempts(list(rows))[0]), status=202)
