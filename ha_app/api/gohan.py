"""/gohan/v0.1/schemas: the three resources in gohan's form, for clients that are driven by it.

Made from the view sets and their serializers, so that it cannot say anything else than they do.
"""

from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.fields import empty
from rest_framework.request import Request
from rest_framework.response import Response

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
RESOURCES: tuple[tuple[type[HaObjectViewSet], type[serializers.Serializer[Any]], str], ...] = (
    (HaRouterViewSet, HaRouterSerializer, "HA Router"),
    (HaInterfaceViewSet, HaInterfaceSerializer, "HA Interface"),
    (GatewayViewSet, GatewaySerializer, "Gateway"),
)


class GohanSchemaSerializer(serializers.Serializer[Any]):
    """A resource in gohan's form."""

    id = serializers.CharField()
    singular = serializers.CharField()
    plural = serializers.CharField()
    prefix = serializers.CharField()
    title = serializers.CharField()
    description = serializers.CharField()
    schema = serializers.DictField(
        help_text="A JSON schema: type, properties (each with its permission), propertiesOrder, "
        "required."
    )


@extend_schema_view(
    list=extend_schema(
        summary="Describe the HA resources in gohan's form",
        responses={200: wrapped("schemas", GohanSchemaSerializer(many=True))},
    ),
    retrieve=extend_schema(
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
        schemas = [gohan_schema(*resource) for resource in RESOURCES]
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
                return Response({"schema": gohan_schema(view, serializer, title)})
        raise NotFound(f"There is no schema {pk}.")


def gohan_schema(
    view: type[HaObjectViewSet], serializer: type[serializers.Serializer[Any]], title: str
) -> dict[str, Any]:
    """Return a resource in gohan's form.

    Args:
        view: its view set, whose serializers tell what may be written when.
        serializer: of an object as it is printed.
        title: its name for people.
    """
    on_create = view.new_serializer().fields
    on_update = view.changes_serializer().fields
    properties = {}
    for name, printed in serializer().fields.items():
        writable = on_create.get(name) or on_update.get(name) or printed
        permission = ["create"] if name in on_create else []
        permission += ["update"] if name in on_update else []
        properties[name] = property_schema(writable, printed) | {"permission": permission}
    return {
        "id": view.singular,
        "singular": view.singular,
        "plural": view.plural,
        "prefix": PREFIX,
        "title": title,
        "description": str(view.__doc__),
        "schema": {
            "type": "object",
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
