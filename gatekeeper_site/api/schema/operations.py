"""How an operation is described (DRF's DEFAULT_SCHEMA_CLASS).

Every view's module imports this by its decorators, so it imports none of them.
"""

from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import force_instance, get_doc

from gatekeeper_site.api.serializers import OpenSerializer

JSON = "application/json"


class OperationSchema(AutoSchema):
    """drf-spectacular's, with what holds for all of our operations."""

    def get_description(self) -> str:  # type: ignore[override]  # it knows path and method
        """Return what is said of an operation: of the reads that all resources share, theirs."""
        if getattr(self.view, "action", "") in ("list", "retrieve"):
            return str(get_doc(type(self.view)))
        text: str = super().get_description()
        return text.partition("\n\nRaises:")[0]

    def map_parsers(self) -> list[str]:
        """Return that a body is JSON: whatever its Content-Type says, it is read as that.

        Generators of clients make one kind of call for each media type, so one is named. Forms are
        the browsable API's own; that descriptors may be YAML, their operations say.
        """
        return [JSON]

    def _get_request_body(self, direction: str = "request") -> dict[str, Any] | None:
        """Return the body; where an operation takes one, it cannot be left out."""
        body: dict[str, Any] | None = super()._get_request_body(direction)  # type: ignore[no-untyped-call]
        return body and body | {"required": True}

    def get_paginated_name(self, serializer_name: str) -> str:
        """Return the name of a list's schema."""
        return f"{serializer_name}List"

    def _map_basic_serializer(self, serializer: Any, direction: str) -> dict[str, Any]:
        """Return an object's schema; of one that may have other members, it says so."""
        schema: dict[str, Any] = super()._map_basic_serializer(serializer, direction)  # type: ignore[no-untyped-call]
        is_open = isinstance(force_instance(serializer), OpenSerializer)  # type: ignore[no-untyped-call]
        return schema | ({"additionalProperties": {}} if is_open else {})
