"""/v2.0/ha_routers, /v2.0/ha_interfaces and /v2.0/gateways."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from drf_spectacular.utils import (
    OpenApiParameter,
    OpenApiResponse,
    extend_schema,
    extend_schema_view,
)
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.fields import ListField
from rest_framework.request import Request
from rest_framework.response import Response

from gatekeeper_site.api.pagination import GOHANS_FIELDS, MAX_LIMIT, Pagination, gohans_fields
from gatekeeper_site.api.serializers import NO_SUCH_FIELD, StrictSerializer
from gatekeeper_site.api.status_events import StatusEventsMixin
from gatekeeper_site.api.views import ListMixin, ResourceViewSet, RetrieveMixin
from gatekeeper_site.core.documents import DocumentError, Fault
from ha_app import represent, services
from ha_app.api import serializers
from ha_app.api.filters import GatewayFilters, HaInterfaceFilters, HaRouterFilters
from ha_app.api.serializers import one_or_several, wrapped
from ha_app.models import Gateway, HaInterface, HaObject, HaRouter
from ha_app.selectors import vlans_of

# How many new objects a call may have.
MAX_ORDERS = 100


class EnvelopePagination(Pagination):
    """Pages whose rows are in gohan's envelope."""

    def get_results(self, data: dict[str, Any]) -> Any:
        """Return the rows of a page; the browsable API asks, to tell a list from an object."""
        return data["results"] if "results" in data else next(iter(data.values()))


class HaObjectViewSet(StatusEventsMixin, ListMixin, RetrieveMixin, ResourceViewSet):
    """What the three resources have in common: gohan's envelopes, and what may change when."""

    singular: str
    plural: str
    new_serializer: type[serializers.NewObjectSerializer]
    changes_serializer: type[StrictSerializer]
    # The services that store an object, or several, and that change one.
    create_object: Callable[..., HaObject]
    create_objects: Callable[..., list[Any]]
    update_object: Callable[..., HaObject]
    takes_gohan_parameters = True
    # gohan's clients do not page.
    default_limit = MAX_LIMIT
    list_actions = ("list", "events")
    pagination_class = EnvelopePagination

    def get_serializer_class(self) -> Any:
        """Return what checks the action's body."""
        is_change = self.action in ("update", "partial_update")
        return self.changes_serializer if is_change else self.new_serializer

    def get_serializer(self, *args: Any, **kwargs: Any) -> Any:
        """Return the serializer; the browsable API's forms for a change show what there is."""
        is_change = self.action in ("update", "partial_update") and "pk" in self.kwargs
        if is_change and "data" not in kwargs:
            # There is nothing to show of an object that has just been deleted.
            with suppress(NotFound):
                kwargs["instance"] = self.row()
        return super().get_serializer(*args, **kwargs)

    def body(self) -> Any:
        """Return the object in the body, wrapped or not; of several new ones, their list.

        Raises:
            ValidationError: there is something beside the object or the list, or it is none.
        """
        try:
            return super().body()
        except DocumentError as error:
            prefix = f"{self.singular}."
            error.faults = [Fault(path.removeprefix(prefix), text) for path, text in error.faults]
            raise

    def unwrapped(self, data: Any) -> Any:
        """Return the object in a body's data, or the list.

        Raises:
            ValidationError: there is something beside the object or the list, or it is none.
        """
        envelopes: dict[str, type] = {self.singular: dict}
        if self.action == "create":
            envelopes[self.plural] = list
        envelope = next((name for name in envelopes if name in data), None)
        if envelope is None:
            return data
        faults = dict.fromkeys(data.keys() - {envelope}, NO_SUCH_FIELD)
        if faults.keys() & envelopes:
            faults[self.plural] = f"Not taken beside {self.singular}."
        if not isinstance(data[envelope], envelopes[envelope]):
            noun = "a list" if envelope == self.plural else "an object"
            faults[envelope] = f"This must be {noun}."
        if faults:
            raise ValidationError(faults)
        return data[envelope]

    def wrap_list(self, printed: list[dict[str, Any]]) -> Any:
        """Return a list's body; events are a bare array, as those of requests."""
        return {self.plural: printed} if self.action == "list" else printed

    def wrap_one(self, printed: dict[str, Any]) -> Any:
        """Return an object in its envelope."""
        return {self.singular: printed}

    def printed(self, stored: HaObject) -> dict[str, Any]:
        """Return an object as it was stored, printed."""
        return self.represent({name: getattr(stored, name) for name in self.fields})

    def answer(self, stored: HaObject, **kwargs: Any) -> Response:
        """Return the answer to a change, with the object as it was stored."""
        return self.one(self.printed(stored), **kwargs)

    def create(self, request: Request) -> Response:
        """Store an object, or several. It is answered in PENDING_CREATE; ACTIVE follows.

        An object is also taken without its envelope.
        """
        given = self.body()
        if isinstance(given, list):
            orders = self.orders_in(given)
            several = self.create_objects(orders=orders, caller=self.caller)
            return Response({self.plural: list(map(self.printed, several))}, status=201)
        order = self.new_order(**self.validated())
        stored = self.create_object(order=order, caller=self.caller)
        location = request.build_absolute_uri(f"{request.path}/{stored.pk}")
        return self.answer(stored, status=201, headers={"Location": location})

    def orders_in(self, members: list[Any]) -> list[Any]:
        """Return the orders of a list.

        Raises:
            ValidationError: with every fault of each of them.
        """
        if not 1 <= len(members) <= MAX_ORDERS:
            message = f"This must have 1 to {MAX_ORDERS} members, and has {len(members)}."
            raise ValidationError({self.plural: message})
        serializer = self.get_serializer()
        orders = []
        faults: Any = {}
        for index, member in enumerate(members):
            try:
                if not isinstance(member, dict):
                    raise ValidationError("This must be an object.")
                orders.append(self.new_order(**serializer.run_validation(member)))
            except ValidationError as error:
                faults[index] = error.detail
        if faults:
            for index, member in enumerate(members):
                if index in faults:
                    continue
                if unknown := serializer.unknown_references(member, ()):
                    faults[index] = dict(unknown)
            raise ValidationError({self.plural: faults})
        return orders

    def update(self, request: Request, pk: str) -> Response:
        """Change the given fields; whatever else an object has stays as it is."""
        instance = self.instance()
        changes = self.validated(instance)
        try:
            stored = self.update_object(
                ha_object=instance, caller=self.caller, precondition=self.precondition, **changes
            )
        except ObjectDoesNotExist as error:
            raise self.no_such(pk) from error
        return self.answer(stored)

    def partial_update(self, request: Request, pk: str) -> Response:
        """Change the given fields, as PUT does."""
        return self.update(request, pk)

    def destroy(self, request: Request, pk: str) -> Response:
        """Delete an object that nothing uses."""
        try:
            services.delete_ha_object(
                ha_object=self.instance(), caller=self.caller, precondition=self.precondition
            )
        except ObjectDoesNotExist as error:
            raise self.no_such(pk) from error
        return Response(status=204)


def documented(
    noun: str, view: type[HaObjectViewSet], serializer: type[Any]
) -> Callable[[type[Any]], type[Any]]:
    """Return the decorator that describes a view set in the OpenAPI schema.

    Args:
        noun: the resource as a sentence names it, with its article.
        view: the view set.
        serializer: of an object as it is printed.
    """
    one = wrapped(view.singular, serializer())
    many = wrapped(view.plural, serializer(many=True))
    several = ListField(child=view.new_serializer(), min_length=1, max_length=MAX_ORDERS)
    new = one_or_several(
        wrapped(view.singular, view.new_serializer()), wrapped(view.plural, several)
    )
    changes = wrapped(view.singular, view.changes_serializer())
    some_fields = OpenApiParameter(
        GOHANS_FIELDS, gohans_fields(view), description="gohan's `fields`, one each time."
    )
    plural = view.plural.replace("_", " ").replace("ha ", "HA ")
    return extend_schema_view(
        list=extend_schema(
            operation_id=f"list_{view.plural}", summary=f"List {plural}", responses={200: many}
        ),
        retrieve=extend_schema(
            operation_id=f"get_{view.singular}",
            summary=f"Get {noun}",
            responses={200: one},
            parameters=[some_fields],
        ),
        create=extend_schema(
            operation_id=f"create_{view.singular}",
            summary=f"Create {noun}, or up to {MAX_ORDERS} at once, all or none",
            request=new,
            responses={201: one_or_several(one, many)},
        ),
        update=extend_schema(
            operation_id=f"update_{view.singular}",
            summary=f"Change fields of {noun}",
            request=changes,
            responses={200: one},
        ),
        partial_update=extend_schema(
            operation_id=f"patch_{view.singular}",
            summary=f"Change fields of {noun}, as PUT does",
            request=changes,
            responses={200: one},
        ),
        destroy=extend_schema(
            operation_id=f"delete_{view.singular}",
            summary=f"Delete {noun}",
            responses={204: OpenApiResponse()},
        ),
        events=extend_schema(
            operation_id=f"list_{view.singular}_events",
            summary=f"List the changes of status of {noun}, oldest first",
            responses=serializers.HaEventSerializer(many=True),
            filters=False,
        ),
    )


@extend_schema(tags=["HA routers"])
class HaRouterViewSet(HaObjectViewSet):
    """HA routers: two edge routers that stand in for each other."""

    model = HaRouter
    queryset = HaRouter.objects.none()
    singular, plural = "ha_router", "ha_routers"
    new_serializer = serializers.NewHaRouterSerializer
    changes_serializer = serializers.HaRouterChangesSerializer
    new_order = services.NewHaRouter
    create_object = staticmethod(services.create_ha_router)
    create_objects = staticmethod(services.create_ha_routers)
    update_object = staticmethod(services.update_ha_router)
    fields = represent.HA_ROUTER_FIELDS
    columns = ("created_at", *fields)
    represent = staticmethod(represent.ha_router)
    filterset_class = HaRouterFilters
    ordering_fields = columns


@extend_schema(tags=["HA interfaces"])
class HaInterfaceViewSet(HaObjectViewSet):
    """HA interfaces: two physical interfaces of an HA router, with a pool of VLANs."""

    model = HaInterface
    queryset = HaInterface.objects.none()
    singular, plural = "ha_interface", "ha_interfaces"
    new_serializer = serializers.NewHaInterfaceSerializer
    changes_serializer = serializers.HaInterfaceChangesSerializer
    new_order = services.NewHaInterface
    create_object = staticmethod(services.create_ha_interface)
    create_objects = staticmethod(services.create_ha_interfaces)
    update_object = staticmethod(services.update_ha_interface)
    fields = represent.HA_INTERFACE_FIELDS
    columns = ("created_at", *fields)
    represent = staticmethod(represent.ha_interface)
    filterset_class = HaInterfaceFilters
    ordering_fields = columns

    @extend_schema(
        operation_id="get_ha_interface_vlans",
        summary="Show the VLAN pool of an HA interface",
        responses={200: serializers.VlansSerializer},
    )
    @action(detail=True, filterset_class=None)
    def vlans(self, request: Request, pk: str) -> Response:
        """Return which VLANs are free, allocated and to whom, restricted and reserved."""
        return Response(vlans_of(self.instance(), self.caller))


@extend_schema(tags=["gateways"])
class GatewayViewSet(HaObjectViewSet):
    """Gateways: what uses VLANs and bandwidth of HA interfaces."""

    model = Gateway
    queryset = Gateway.objects.none()
    singular, plural = "gateway", "gateways"
    new_serializer = serializers.NewGatewaySerializer
    changes_serializer = serializers.GatewayChangesSerializer
    new_order = services.NewGateway
    creation = services.GATEWAY_CREATION
    create_object = staticmethod(services.create_gateway)
    create_objects = staticmethod(services.create_gateways)
    update_object = staticmethod(services.update_gateway)
    fields = represent.GATEWAY_FIELDS
    columns = ("created_at", *fields)
    represent = staticmethod(represent.gateway)
    filterset_class = GatewayFilters
    ordering_fields = columns


documented("an HA router", HaRouterViewSet, serializers.HaRouterSerializer)(HaRouterViewSet)
documented("an HA interface", HaInterfaceViewSet, serializers.HaInterfaceSerializer)(
    HaInterfaceViewSet
)
documented("a gateway", GatewayViewSet, serializers.GatewaySerializer)(GatewayViewSet)
