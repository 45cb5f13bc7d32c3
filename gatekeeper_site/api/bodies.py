"""Parses bodies: JSON whatever the Content-Type (contract: http.md, Paths and bodies)."""

from collections.abc import Callable, Mapping
from typing import IO, Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser, DataAndFiles, MultiPartParser

from gatekeeper_site.api.renderers import JSONRenderer
from gatekeeper_site.core.documents import MAX_BYTES, read_document, read_object

MAX_BODY_BYTES = MAX_BYTES
MALFORMED_FORM = "The form is malformed: multipart/form-data is read as browsers send it."


class BodyParser(BaseParser):
    """Parses any body as one JSON object; `negotiation.py` does not ask for its media type."""

    media_type = "application/json"
    # What the browsable API fills its form for raw data with.
    renderer_class = JSONRenderer
    # Returns the object that a body is.
    read: Callable[[bytes], dict[str, Any]] = staticmethod(read_object)

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Return the object.

        Raises:
            DocumentError: the body is none, or not fit to be stored.
        """
        return self.read(stream.read())


class DescriptorParser(BodyParser):
    """Parses a body as one JSON object or, where it is not JSON, as one YAML mapping."""

    read = staticmethod(read_document)


class FormParser(MultiPartParser):
    """Parses a form of the browsable API, as a browser sends it."""

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> "DataAndFiles[Any, Any]":
        """Return the fields.

        Raises:
            ParseError: it is malformed.
        """
        try:
            return super().parse(stream, media_type, parser_context)
        except ParseError as error:
            raise ParseError(MALFORMED_FORM) from error
