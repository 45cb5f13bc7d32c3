"""The OpenAPI schema as it is served, and the page that shows it."""

import functools
import hashlib
from typing import Any

from django.http import HttpResponse
from django.utils.encoding import force_bytes
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import (
    OpenApiJsonRenderer,
    OpenApiJsonRenderer2,
    OpenApiYamlRenderer,
    OpenApiYamlRenderer2,
)
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from drf_spectacular.views import SpectacularSwaggerSplitView
from rest_framework.exceptions import ValidationError
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from gatekeeper_site.api.conditional import is_unmodified
from gatekeeper_site.api.parameters import refuse_unknown_parameters
from gatekeeper_site.api.schema.older import older

# Of OpenAPI, the first if none is asked for.
VERSIONS = ("3.1", "3.0")


class SchemaView(APIView):
    """JSON without asking; YAML by `Accept` or `?format=yaml`."""

    authentication_classes = ()
    permission_classes = [AllowAny]
    throttle_classes = ()
    renderer_classes = [
        OpenApiJsonRenderer,
        OpenApiJsonRenderer2,
        OpenApiYamlRenderer,
        OpenApiYamlRenderer2,
    ]

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse unknown query parameters.

        Raises:
            ValidationError: naming each of them.
        """
        super().initial(request, *args, **kwargs)
        refuse_unknown_parameters(request, {"format", "version"})

    @extend_schema(
        operation_id="get_schema",
        tags=["schema"],
        summary="Describe the API: this document",
        parameters=[
            OpenApiParameter("version", enum=VERSIONS, description="Of OpenAPI; 3.1 if absent."),
        ],
        responses={(200, str(one.media_type)): OpenApiTypes.OBJECT for one in renderer_classes},
    )
    def get(self, request: Request) -> HttpResponse:
        """Return the schema, or that the caller's copy is the same."""
        renderer = request.accepted_renderer
        versions = request.query_params.getlist("version") or VERSIONS[:1]
        if len(versions) > 1 or versions[0] not in VERSIONS:
            raise ValidationError({"version": f"This can be one of: {', '.join(VERSIONS)}."})
        text, etag = schema_text(str(renderer.format), versions[0])
        if is_unmodified(request, etag):
            return HttpResponse(status=304, headers={"ETag": etag})
        headers = {
            "ETag": etag,
            "Content-Disposition": f'inline; filename="Gatekeeper.{renderer.format}"',
        }
        return HttpResponse(text, content_type=str(renderer.media_type), headers=headers)


class DocsView(SpectacularSwaggerSplitView):
    """Swagger's page. What it runs comes from here too, where `?script=` asks for it."""

    url_name = "schema"

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse unknown query parameters.

        Raises:
            ValidationError: naming each of them.
        """
        super().initial(request, *args, **kwargs)
        refuse_unknown_parameters(request, {"format", "script"})

    @extend_schema(
        operation_id="get_docs",
        tags=["schema"],
        summary="Show the API to a person, in a page to try it from",
        parameters=[
            OpenApiParameter("script", str, description="Its script is asked for, not the page."),
        ],
        responses={
            (200, "text/html"): OpenApiTypes.STR,
            (200, "application/javascript"): OpenApiTypes.STR,
        },
    )
    def get(self, request: Request) -> Response:
        """Return the page."""
        page: Response = super().get(request)  # type: ignore[no-untyped-call]
        return page


@functools.cache
def schema_text(format: str, version: str) -> tuple[bytes, str]:
    """Return the schema as it is sent, and its tag: made once, as it takes a while.

    Args:
        format: json or yaml.
        version: OpenAPI's.
    """
    renderer = OpenApiYamlRenderer() if format == "yaml" else OpenApiJsonRenderer()
    document = schema_document()
    if version != VERSIONS[0]:
        document = older(document)
    text = force_bytes(renderer.render(document, renderer_context={}))
    return text, f'"{hashlib.sha256(text).hexdigest()[:32]}"'


@functools.cache
def schema_document() -> dict[str, Any]:
    """Return the OpenAPI schema."""
    document: dict[str, Any] = SchemaGenerator().get_schema(  # type: ignore[no-untyped-call]
        request=None, public=True
    )
    return document
