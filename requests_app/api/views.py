"""/requests, and `PUT /records/services/<uuid>`, which is a request in disguise."""

from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.decorators import action
from rest_framework.request import Request as APIRequest
from rest_framework.response import Response

from gatekeeper_site.api.sonata_paths import prefix_of
from gatekeeper_site.api.status_events import StatusEventsMixin
from gatekeeper_site.api.views import ListMixin, ResourceViewSet, RetrieveMixin
from gatekeeper_site.core import clock
from requests_app import represent, services, states
from requests_app.api import serializers
from requests_app.api.callbacks import CallbackActions
from requests_app.api.cases import CaseActions
from requests_app.api.filters import RequestFilters, ServiceRecordSyncFilters
from requests_app.api.sync import SyncActions
from requests_app.models import Request
from requests_app.services.submit import NewRequest

ONE_REQUEST = {200: serializers.RequestSerializer}
NEW_REQUEST = {201: serializers.RequestSerializer}


def created(view: ResourceViewSet, stored: Request) -> Response:
    """Return the answer to an order that was taken."""
    row = {name: getattr(stored, name) for name in represent.REQUEST_COLUMNS}
    path = f"{prefix_of(view.request.path)}/requests/{stored.pk}"
    location = view.request.build_absolute_uri(path)
    return view.one(represent.request(row), status=201, headers={"Location": location})


@extend_schema_view(
    list=extend_schema(
        operation_id="list_requests",
        summary="List requests",
        responses=serializers.RequestSerializer(many=True),
    ),
    retrieve=extend_schema(
        operation_id="get_request", summary="Get a request", responses=ONE_REQUEST
    ),
    events=extend_schema(
        operation_id="list_request_events",
        summary="List a request's changes of status, oldest first",
        responses=serializers.RequestEventSerializer(many=True),
    ),
)
@extend_schema(tags=["requests"])
class RequestViewSet(StatusEventsMixin, ListMixin, RetrieveMixin, CallbackActions, CaseActions):
    """Requests: orders to instantiate, update or terminate a network service."""

    model = Request
    queryset = Request.objects.none()
    columns = represent.REQUEST_COLUMNS
    fields = tuple(serializers.RequestSerializer().fields)
    represent = staticmethod(represent.request)
    filterset_class: Any = RequestFilters
    ordering_fields = ("created_at", "updated_at", "id", "status", "request_type")
    new_order = NewRequest
    creation = services.CREATION
    list_actions = ("list", "events", "callbacks")
    object_actions = ("retrieve", "case")
    bodiless_actions = ("cancel", "retry", "clean_up", "redeliver")

    def get_serializer_class(self) -> Any:
        """Return what checks the action's body."""
        if self.action in self.bodiless_actions:
            return serializers.NothingSerializer
        if self.action == "give_up":
            return serializers.GivingUpSerializer
        if self.action == "change_case":
            return serializers.CaseChangeSerializer
        return serializers.NewRequestSerializer

    @extend_schema(
        operation_id="create_request",
        summary="Order a service's instantiation, update or termination",
        description=(
            "CREATE takes a `service_uuid`; UPDATE a `service_instance_uuid`, its `nsd_id` and the "
            "`latest_nsd_id`; TERMINATE a `service_instance_uuid`. Nobody waits for the MANO: the "
            "request is answered in NEW. Of all orders for an instance, one at a time is taken."
        ),
        responses=NEW_REQUEST,
    )
    def create(self, request: APIRequest) -> Response:
        """Take an order. Nobody waits for the MANO: the request is answered in NEW."""
        began_at = clock.now()
        order = self.new_order(**self.validated())
        return created(
            self,
            services.submit_request(order=order, caller=self.caller, began_at=began_at),
        )

    @extend_schema(
        operation_id="cancel_request",
        summary="Cancel a request that the MANO has not got",
        request=None,
        responses=ONE_REQUEST,
    )
    @action(detail=True, methods=["post"], filterset_class=None)
    def cancel(self, request: APIRequest, pk: str) -> Response:
        """Cancel the request."""
        waiting = self.instance()
        self.validated()
        services.cancel_request(request=waiting, caller=self.caller)
        return self.one(represent.request(self.row()))

    @extend_schema(
        operation_id="give_up_request",
        summary="End a request that the MANO has, without waiting for it any longer",
        responses=ONE_REQUEST,
    )
    @action(detail=True, methods=["post"], filterset_class=None, url_path="give-up")
    def give_up(self, request: APIRequest, pk: str) -> Response:
        """Give the request up: ERROR now. What the MANO makes of it later is kept."""
        given_up = self.instance()
        reason = self.validated()["reason"]
        services.give_up_request(request=given_up, caller=self.caller, reason=reason)
        return self.one(represent.request(self.row()))

    @extend_schema(
        operation_id="retry_request",
        summary="Order once more what failed",
        request=None,
        responses=NEW_REQUEST,
    )
    @action(detail=True, methods=["post"], filterset_class=None)
    def retry(self, request: APIRequest, pk: str) -> Response:
        """Make a new request of the same order."""
        began_at = clock.now()
        failed = self.instance()
        self.validated()
        try:
            stored = services.retry_request(request=failed, caller=self.caller, began_at=began_at)
        except Request.DoesNotExist as error:
            raise self.no_such(pk) from error
        return created(self, stored)

    @extend_schema(
        operation_id="clean_up_request",
        summary="Have what a failed CREATE has left at the MANO removed",
        request=None,
        responses={202: serializers.RequestSerializer},
    )
    @action(detail=True, methods=["post"], filterset_class=None, url_path="clean-up")
    def clean_up(self, request: APIRequest, pk: str) -> Response:
        """Begin to remove it; how that goes, the events tell."""
        failed = self.instance()
        self.validated()
        try:
            services.clean_up_request(request=failed, caller=self.caller)
        except Request.DoesNotExist as error:
            raise self.no_such(pk) from error
        return self.one(represent.request(self.row()), status=202)


class ServiceRecordUpdateViewSet(SyncActions):
    """Service records, with the update that is a request, and with what runs."""

    filterset_class = ServiceRecordSyncFilters
    idempotent_methods = ("POST", "PUT")

    def get_serializer_class(self) -> Any:
        """Return what checks the action's body."""
        return (
            serializers.ServiceRecordUpdateSerializer
            if self.action == "update"
            else super().get_serializer_class()
        )

    @extend_schema(
        operation_id="update_service_record",
        summary="Order a service instance's update",
        description=(
            "A request in disguise: what is answered is a request of the type UPDATE. Members of "
            "the record that are given as they are now are ignored."
        ),
        responses=NEW_REQUEST,
    )
    def update(self, request: APIRequest, pk: str) -> Response:
        """Take the order."""
        began_at = clock.now()
        instance = self.instance()
        members = self.validated(instance)
        order = NewRequest(request_type=states.UPDATE, service_instance_uuid=instance.pk, **members)
        stored = services.submit_request(
            order=order,
            caller=self.caller,
            began_at=began_at,
            precondition=self.precondition,
        )
        return created(self, stored)
