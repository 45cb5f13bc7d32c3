"""/records/services/<uuid>/sync: whether what is recorded of an instance is what runs."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request as APIRequest
from rest_framework.response import Response

from gatekeeper_site.api.views import FIELDS
from records_app import represent as records
from records_app.api.serializers import ServiceRecordSerializer
from records_app.api.views import ServiceRecordViewSet
from requests_app import represent, services
from requests_app.api import serializers
from requests_app.models import InstanceCheck

SYNC_FIELDS = tuple(serializers.SyncSerializer().fields)


class SyncActions(ServiceRecordViewSet):
    """What a view set of service records has besides: what runs."""

    bodiless_actions = ("check", "adopt")
    object_actions = ("retrieve", "sync")

    def get_serializer_class(self) -> Any:
        """Return what checks the action's body."""
        if self.action in self.bodiless_actions:
            return serializers.NothingSerializer
        return super().get_serializer_class()

    @extend_schema(
        operation_id="get_service_record_sync",
        summary="Ask whether what is recorded of an instance is what runs",
        parameters=[FIELDS],
        responses=serializers.SyncSerializer,
    )
    @action(detail=True, methods=["get"], filterset_class=None, fields=SYNC_FIELDS)
    def sync(self, request: APIRequest, pk: str) -> Response:
        """Return what the MANO has said last."""
        return self.one(self.printed_sync())

    @extend_schema(
        operation_id="check_service_record",
        summary="Have the MANO asked what runs of an instance",
        request=None,
        responses={202: serializers.SyncSerializer},
    )
    @sync.mapping.post
    def check(self, request: APIRequest, pk: str) -> Response:
        """Have it asked: a GET tells the verdict."""
        record = self.instance()
        self.validated()
        services.order_check(record=record)
        return self.one(self.printed_sync(), status=202)

    @extend_schema(
        operation_id="adopt_service_record",
        summary="Record what runs of an instance",
        request=None,
        responses={200: ServiceRecordSerializer},
    )
    @action(detail=True, methods=["post"], filterset_class=None, url_path="sync/adopt")
    def adopt(self, request: APIRequest, pk: str) -> Response:
        """Store what the last check has seen; of a vanished instance, that it is terminated."""
        record = self.instance()
        self.validated()
        services.adopt_running(record=record)
        return self.one(records.service_record(self.row()))

    def printed_sync(self) -> dict[str, Any]:
        """Return the verdict on the path's instance."""
        record = self.instance()
        rows = InstanceCheck.objects.filter(pk=record.pk).values(*represent.SYNC_COLUMNS)
        return represent.sync(rows.first(), unable=services.unable_to_ask())
