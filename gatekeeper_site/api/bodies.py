"""Parses bodies: JSON whatever the Content-Type (contract: http.md, Paths and bodies)."""

from collections.abc import Mapping
from typing import IO, Any

from rest_framework.parsers import BaseParser

from gatekeeper_site.api.renderers import JSONRenderer
from gatekeeper_site.core.documents import MAX_BYTES, read_document, read_object

MAX_BODY_BYTES = MAX_BYTES


class BodyParser(BaseParser):
    """Parses any body as one JSON object; `negotiation.py` does not ask for its media type."""

    media_type = "application/json"
    # What the browsable API fills its form for raw data with.
    renderer_class = JSONRenderer

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Return the object.

        Raises:
            DocumentError: the body is not one object fit to be stored.
        """
        return read_object(stream.read())


class DescriptorParser(BodyParser):
    """Parses a body as one JSON object or, where it is not JSON, as one YAML mapping."""

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Return the object.

        Raises:
            DocumentError: the body is neither, or not fit to be stored.
        """
        return read_document(stream.read())
