"""/services, /functions, /records/services and /records/functions."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import ObjectDoesNotExist
from drf_spectacular.utils import OpenApiResponse, extend_schema, extend_schema_view
from rest_framework.request import Request
from rest_framework.response import Response

from gatekeeper_site.access.caller import tenant_of_new
from gatekeeper_site.api.bodies import DescriptorParser
from gatekeeper_site.api.views import ListMixin, ResourceViewSet, RetrieveMixin
from gatekeeper_site.core.refusals import Forbidden, Invalid
from gatekeeper_site.core.tenants import parse_tenant
from records_app import represent
from records_app.api import serializers, shapes
from records_app.api.filters import DescriptorFilters, RecordFilters, ServiceRecordFilters
from records_app.descriptor_schemas import members_of
from records_app.models import (
    Descriptor,
    FunctionDescriptor,
    FunctionRecord,
    ServiceDescriptor,
    ServiceRecord,
)
from records_app.services import delete_descriptor, onboard_function, onboard_service


class DescriptorViewSet(ListMixin, RetrieveMixin, ResourceViewSet):
    """What NSDs and VNFDs have in common."""

    # The service that stores a descriptor.
    onboard: Callable[..., Descriptor]
    columns = represent.DESCRIPTOR_COLUMNS
    ordering_fields = ("created_at", "updated_at", "uuid", "vendor", "name", "version")
    filterset_class = DescriptorFilters
    parser_classes = (DescriptorParser,)
    shared = True

    def has_field(self, name: str) -> bool:
        """Tell whether `fields` may name this member: also one that only some descriptors have."""
        is_known = super().has_field(name) or name in self.inner_fields
        # No document has a NUL, and a database that is asked for one fails.
        return is_known or (
            "\0" not in name and self.get_queryset().filter(document__has_key=name).exists()
        )

    def tenant_of(self, document: dict[str, Any]) -> str:
        """Return whose a descriptor is to be: the caller's, or whom its `tenant_id` names.

        Raises:
            Invalid: it names no tenant.
            Forbidden: it names another than the caller's, and he is no admin of all tenants.
        """
        given = document.get("tenant_id")
        named = "" if given is None else parse_tenant(given)
        if named is None:
            raise Invalid([("tenant_id", "A tenant is 32 hex digits.")])
        return tenant_of_new(self.caller, named, shared=True)

    def create(self, request: Request) -> Response:
        """Store a descriptor as it is given. It may also be YAML, whatever the Content-Type."""
        if not self.caller.tenant_id and not self.caller.is_admin:
            raise Forbidden("A descriptor without a tenant is an admin's to onboard.")
        document = dict(self.body())
        stored = self.onboard(document=document, tenant_id=self.tenant_of(document))
        row = self.row(stored.pk)
        location = request.build_absolute_uri(f"{request.path}/{stored.pk}")
        return self.one(self.represent(row), status=201, headers={"Location": location})

    def destroy(self, request: Request, pk: str) -> Response:
        """Delete a descriptor that nothing refers to."""
        descriptor: Descriptor = self.instance()
        if not descriptor.tenant_id and not self.caller.is_admin:
            raise Forbidden("A descriptor without a tenant is an admin's to delete.")
        try:
            delete_descriptor(descriptor=descriptor, precondition=self.precondition)
        except ObjectDoesNotExist as error:
            raise self.no_such(pk) from error
        return Response(status=204)


@extend_schema_view(
    list=extend_schema(operation_id="list_services", summary="List network service descriptors"),
    retrieve=extend_schema(operation_id="get_service", summary="Get a network service descriptor"),
    create=extend_schema(
        operation_id="onboard_service",
        summary="Onboard a network service descriptor",
        request=shapes.ANY_NSD,
        responses={201: serializers.ServiceDescriptorSerializer},
    ),
    destroy=extend_schema(
        operation_id="delete_service",
        summary="Delete a network service descriptor",
        responses={204: OpenApiResponse()},
    ),
)
@extend_schema(tags=["descriptors"])
class ServiceDescriptorViewSet(DescriptorViewSet):
    """Network service descriptors (NSD): what can be instantiated."""

    model = ServiceDescriptor
    queryset = ServiceDescriptor.objects.none()
    serializer_class = serializers.ServiceDescriptorSerializer
    onboard = staticmethod(onboard_service)
    fields = ("uuid", "created_at", "updated_at", "status", "format", "nsd")
    inner_member = "nsd"
    inner_fields = members_of("nsd")
    represent = staticmethod(represent.service_descriptor)


@extend_schema_view(
    list=extend_schema(operation_id="list_functions", summary="List VNF descriptors"),
    retrieve=extend_schema(operation_id="get_function", summary="Get a VNF descriptor"),
    create=extend_schema(
        operation_id="onboard_function",
        summary="Onboard a VNF descriptor",
        request=shapes.ANY_VNFD,
        responses={201: serializers.FunctionDescriptorSerializer},
    ),
    destroy=extend_schema(
        operation_id="delete_function",
        summary="Delete a VNF descriptor",
        responses={204: OpenApiResponse()},
    ),
)
@extend_schema(tags=["descriptors"])
class FunctionDescriptorViewSet(DescriptorViewSet):
    """VNF descriptors (VNFD): the functions that services are made of."""

    model = FunctionDescriptor
    queryset = FunctionDescriptor.objects.none()
    serializer_class = serializers.FunctionDescriptorSerializer
    onboard = staticmethod(onboard_function)
    fields = ("uuid", "created_at", "updated_at", "status", "format", "vnfd")
    inner_member = "vnfd"
    inner_fields = members_of("vnfd")
    represent = staticmethod(represent.function_descriptor)


class RecordViewSet(ListMixin, RetrieveMixin, ResourceViewSet):
    """What service and function records have in common."""

    columns = represent.RECORD_COLUMNS
    ordering_fields = ("created_at", "updated_at", "uuid", "status")


@extend_schema_view(
    list=extend_schema(operation_id="list_service_records", summary="List service records"),
    retrieve=extend_schema(operation_id="get_service_record", summary="Get a service record"),
)
@extend_schema(tags=["records"])
class ServiceRecordViewSet(RecordViewSet):
    """Network service records (NSR): the service instances."""

    model = ServiceRecord
    queryset = ServiceRecord.objects.none()
    serializer_class: Any = serializers.ServiceRecordSerializer
    filterset_class = ServiceRecordFilters
    fields = tuple(serializers.ServiceRecordSerializer().fields)
    represent = staticmethod(represent.service_record)


@extend_schema_view(
    list=extend_schema(operation_id="list_function_records", summary="List function records"),
    retrieve=extend_schema(operation_id="get_function_record", summary="Get a function record"),
)
@extend_schema(tags=["records"])
class FunctionRecordViewSet(RecordViewSet):
    """VNF records (VNFR): the functions of service instances."""

    model = FunctionRecord
    queryset = FunctionRecord.objects.none()
    serializer_class = serializers.FunctionRecordSerializer
    filterset_class = RecordFilters
    fields = tuple(serializers.FunctionRecordSerializer().fields)
    represent = staticmethod(represent.function_record)
