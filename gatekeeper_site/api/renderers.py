"""Writes answers: JSON for programs, DRF's browsable API for people."""

import json
from collections.abc import Mapping
from typing import Any

import orjson
from django.http import QueryDict
from django.utils.text import capfirst
from rest_framework import renderers
from rest_framework.request import Request

from gatekeeper_site.api.serializers import StrictSerializer


def to_json(data: Any) -> bytes:
    """Return the JSON text of plain data.

    orjson refuses integers beyond 64 bits, which a MANO's records may hold; the standard
    library does not.
    """
    try:
        return orjson.dumps(data)
    except TypeError:
        return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()


class JSONRenderer(renderers.JSONRenderer):
    """JSON by orjson, indented where a person reads it in the browsable API."""

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        """Return the body."""
        if renderer_context and renderer_context.get("indent"):
            return super().render(data, accepted_media_type, dict(renderer_context))
        return b"" if data is None else to_json(data)


def view_name(view: Any) -> str:
    """Return what a view is called in the browsable API (DRF's VIEW_NAME_FUNCTION)."""
    # DRF's views import this module.
    from rest_framework.views import get_view_name

    model = getattr(view, "model", None)
    if model is None or view.name:
        return get_view_name(view)
    options = model._meta
    name = options.verbose_name if view.detail else options.verbose_name_plural
    return capfirst(str(name))


class BrowsableAPIRenderer(renderers.BrowsableAPIRenderer):
    """DRF's browsable API, with forms that keep what was typed and offer what can be sent."""

    def get_rendered_html_form(self, data: Any, view: Any, method: str, request: Request) -> Any:
        """Return a method's form; that of a refused order is shown with its faults."""
        refused = request.method == method and view.response.status_code == 400
        if refused and isinstance(request.data, QueryDict):
            return self.render_form_for_serializer(view.get_serializer(data=request.POST))
        return super().get_rendered_html_form(data, view, method, request)

    def get_raw_data_form(self, data: Any, view: Any, method: str, request: Request) -> Any:
        """Return the form for a body as text: JSON, begun with the members that are taken."""
        form = super().get_raw_data_form(data, view, method, request)
        if form:
            media_type: Any = form.fields["_content_type"]
            media_type.choices = [("application/json", "application/json")]
            if not isinstance(view.get_serializer(), StrictSerializer):
                form.fields["_content"].initial = ""
        return form
