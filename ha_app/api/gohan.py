"""/gohan/v0.1/schemas: the three resources in gohan's form, for clients that are driven by it.

Made from the view sets and their serializers, so that it cannot say anything else than they do.
"""

from typing import Any

from django.conf import settings
from drf_spectacular.utils import (
    extend_schema,
    extend_schema_field,
    extend_schema_view,
    inline_serializer,
)
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.fields import empty
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from gatekeeper_site.access.caller import Caller
from gatekeeper_site.api.parameters import refuse_unknown_parameters
from gatekeeper_site.api.views import ResourceViewSet
from ha_app.api.serializers import (
    GatewaySerializer,
    HaInterfaceSerializer,
    HaRouterSerializer,
    wrapped,
)
from ha_app.api.views import (
    GatewayViewSet,
    HaInterfaceViewSet,
    HaObjectViewSet,
    HaRouterViewSet,
)

PREFIX = "/v2.0"
PERMISSIONS = ("create", "read", "update", "delete")
RESOURCES: tuple[tuple[type[HaObjectViewSet], type[serializers.Serializer[Any]], str], ...] = (
    (HaRouterViewSet, HaRouterSerializer, "HA Router"),
    (HaInterfaceViewSet, HaInterfaceSerializer, "HA Interface"),
    (GatewayViewSet, GatewaySerializer, "Gateway"),
)
# What serializers do not tell of a property: of which resource an id is, and what an object begins
# with where nobody can say.
MORE: dict[str, dict[str, Any]] = {
    "ha_router_id": {"relation": HaRouterViewSet.singular},
    "downlink_interface_id": {"relation": HaInterfaceViewSet.singular},
    "uplink_interface_id": {"relation": HaInterfaceViewSet.singular},
    "gateway_instances_count": {"default": 0},
}


@extend_schema_field(
    {"oneOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}
)
class KindField(serializers.JSONField):
    """A type, or several."""


class GohanPropertySerializer(serializers.Serializer[Any]):
    """A property of a resource, as JSON Schema describes it, and what the caller may do with it."""

    title = serializers.CharField()
    description = serializers.CharField()
    permission = serializers.ListField(child=serializers.ChoiceField(choices=PERMISSIONS))
    relation = serializers.CharField(required=False, help_text="Of which resource it is an id.")
    format = serializers.CharField(required=False)
    enum = serializers.ListField(
        child=serializers.CharField(allow_null=True), required=False, help_text="Its words."
    )
    minimum = serializers.IntegerField(required=False)
    maximum = serializers.IntegerField(required=False)
    maxLength = serializers.IntegerField(required=False)  # noqa: N815 - JSON Schema's
    default = serializers.JSONField(required=False)

    def get_fields(self) -> dict[str, Any]:
        """Return the fields, with that of the type, which may be several."""
        return super().get_fields() | {"type": KindField()}


class GohanResourceSerializer(serializers.Serializer[Any]):
    """What a resource has, and what the caller may do with it."""

    type = serializers.CharField()
    permission = serializers.ListField(child=serializers.ChoiceField(choices=PERMISSIONS))
    properties = serializers.DictField(child=GohanPropertySerializer())
    propertiesOrder = serializers.ListField(child=serializers.CharField())  # noqa: N815 - gohan's
    required = serializers.ListField(child=serializers.CharField())  # type: ignore[assignment]


class GohanSchemaSerializer(serializers.Serializer[Any]):
    """A resource in gohan's form."""

    id = serializers.CharField()
    singular = serializers.CharField()
    plural = serializers.CharField()
    prefix = serializers.CharField()
    url = serializers.CharField(help_text="The path of the list.")
    parent = serializers.CharField()  # type: ignore[assignment]  # no attribute: it is taken out
    namespace = serializers.CharField()
    title = serializers.CharField()
    description = serializers.CharField()
    metadata = serializers.DictField()
    actions = serializers.DictField()
    schema = GohanResourceSerializer()


@extend_schema_view(
    list=extend_schema(
        operation_id="list_gohan_schemas",
        summary="Describe the HA resources in gohan's form",
        responses={200: wrapped("schemas", GohanSchemaSerializer(many=True))},
    ),
    retrieve=extend_schema(
        operation_id="get_gohan_schema",
        summary="Describe an HA resource in gohan's form",
        responses={200: wrapped("schema", GohanSchemaSerializer())},
    ),
)
@extend_schema(tags=["gohan"])
class GohanSchemaViewSet(ResourceViewSet):
    """gohan's own description of the resources under /v2.0."""

    queryset = HaRouterViewSet.queryset
    serializer_class = GohanSchemaSerializer
    pagination_class = None
    filter_backends = ()
    list_actions = ()

    def list(self, request: Request) -> Response:
        """Return every resource's schema."""
        schemas = [gohan_schema(*resource, self.caller) for resource in RESOURCES]
        count = str(len(schemas))
        headers = {"Record-Count": count, "X-Total-Count": count}
        return Response({"schemas": schemas}, headers=headers)

    def retrieve(self, request: Request, pk: str) -> Response:
        """Return a resource's schema.

        Raises:
            NotFound: there is no such resource.
        """
        for view, serializer, title in RESOURCES:
            if view.singular == pk:
                return Response({"schema": gohan_schema(view, serializer, title, self.caller)})
        raise NotFound(f"There is no schema {pk}.")


class GohanVersionView(APIView):
    """What serves gohan's API here."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse unknown query parameters, after access has been checked.

        Raises:
            ValidationError: naming each of them.
        """
        super().initial(request, *args, **kwargs)
        refuse_unknown_parameters(request, {"format"})

    @extend_schema(
        operation_id="get_gohan_version",
        tags=["gohan"],
        summary="Say what serves gohan's API",
        responses=inline_serializer(
            "GohanVersion", {"app": serializers.CharField(), "version": serializers.CharField()}
        ),
    )
    def get(self, request: Request) -> Response:
        """Return the name and the version."""
        version = settings.SPECTACULAR_SETTINGS["VERSION"]
        return Response({"app": "gatekeeper", "version": version})


def gohan_schema(
    view: type[HaObjectViewSet],
    serializer: type[serializers.Serializer[Any]],
    title: str,
    caller: Caller,
) -> dict[str, Any]:
    """Return a resource in gohan's form.

    Args:
        view: its view set, whose serializers tell what may be written when.
        serializer: of an object as it is printed.
        title: its name for people.
        caller: who asks: permissions are those that he has.
    """
    permitted = list(PERMISSIONS) if caller.can_write else ["read"]
    on_create = view.new_serializer().fields
    on_update = view.changes_serializer().fields
    properties = {}
    for name, printed in serializer().fields.items():
        writable = on_create.get(name) or on_update.get(name) or printed
        when = {"create": name in on_create, "update": name in on_update}
        permission = [each for each in permitted if when.get(each)]
        properties[name] = {
            **property_schema(writable, printed),
            **MORE.get(name, {}),
            "permission": permission,
        }
    return {
        "id": view.singular,
        "singular": view.singular,
        "plural": view.plural,
        "prefix": PREFIX,
        "url": f"{PREFIX}/{view.plural}",
        "parent": "",
        "namespace": "",
        "title": title,
        "description": str(view.__doc__),
        "metadata": {},
        "actions": {},
        "schema": {
            "type": "object",
            "permission": permitted,
            "properties": properties,
            "propertiesOrder": list(properties),
            "required": [name for name, field in on_create.items() if field.required],
        },
    }


def property_schema(
    field: serializers.Field[Any, Any, Any, Any], printed: serializers.Field[Any, Any, Any, Any]
) -> dict[str, Any]:
    """Return the JSON schema of a property.

    Args:
        field: what checks it where it can be written, else what it is printed by.
        printed: what it is printed by.
    """
    schema: dict[str, Any] = {
        "title": str(printed.label or field.field_name).replace("_", " "),
        "description": str(field.help_text or printed.help_text or ""),
        "type": "string",
    }
    if isinstance(field, serializers.IntegerField):
        schema["type"] = "integer"
        bounds = {"minimum": field.min_value, "maximum": field.max_value}
        schema |= {name: bound for name, bound in bounds.items() if bound is not None}
    elif isinstance(field, serializers.BooleanField):
        schema["type"] = "boolean"
    elif isinstance(field, serializers.UUIDField):
        schema["format"] = "uuid"
    elif isinstance(field, serializers.ChoiceField):
        schema["enum"] = list(field.choices)
    elif isinstance(field, serializers.CharField) and field.max_length is not None:
        schema["maxLength"] = field.max_length
    if field.allow_null:
        schema["type"] = [schema["type"], "null"]
        if "enum" in schema:
            schema["enum"].append(None)
    if field.default is not empty:
        schema["default"] = field.default
    return schema
