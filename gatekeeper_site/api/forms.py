"""Reads the browsable API's own forms (contract: http.md, Paths and bodies)."""

from collections.abc import Mapping
from typing import IO, Any

from rest_framework.exceptions import ParseError
from rest_framework.parsers import DataAndFiles, MultiPartParser

MALFORMED_FORM = "The form is malformed: multipart/form-data is read as browsers send it."


class FormParser(MultiPartParser):
    """A form as a browser sends it."""

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
