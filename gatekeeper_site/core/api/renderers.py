"""Writes answers: JSON for programs, DRF's browsable API for people."""

import json
from collections.abc import Mapping
from typing import Any

import orjson
from rest_framework import renderers


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


class BrowsableAPIRenderer(renderers.BrowsableAPIRenderer):
    """DRF's browsable API."""
