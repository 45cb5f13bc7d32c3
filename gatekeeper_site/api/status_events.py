"""GET of what happened to an object: its status events, oldest first."""

from typing import Any, ClassVar

from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from gatekeeper_site.core.status_events import EVENT_COLUMNS, represent_event


class StatusEventSerializer(serializers.Serializer[Any]):
    """An event as it is printed; a subclass says of which statuses."""

    statuses: ClassVar[list[tuple[str, str]]]

    at = serializers.DateTimeField()
    from_status = serializers.ChoiceField(choices=(), allow_null=True)
    to_status = serializers.ChoiceField(choices=())
    actor = serializers.CharField()
    message = serializers.CharField()

    def get_fields(self) -> dict[str, Any]:
        """Return the fields, with the statuses that there are."""
        fields: dict[str, Any] = super().get_fields()
        fields["from_status"].choices = fields["to_status"].choices = self.statuses
        return fields


class StatusEventsMixin:
    """GET of an object's events."""

    @action(
        detail=True,
        filterset_class=None,
        columns=EVENT_COLUMNS,
        fields=EVENT_COLUMNS,
        ordering_fields=("at",),
        default_ordering="at",
    )
    def events(self, request: Request, pk: str) -> Response:
        """Return a page of an object's events."""
        view: Any = self
        page: Response = view.page_of(view.instance().events.all(), represent_event)
        return page
