"""/requests/<id>/case: what people do about a request in ERROR."""

from typing import Any
from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request as APIRequest
from rest_framework.response import Response

from gatekeeper_site.api.conditional import refuse_if_changed
from gatekeeper_site.api.serializers import changed_members
from gatekeeper_site.api.views import FIELDS, ResourceViewSet
from requests_app import represent, services, states
from requests_app.api import serializers
from requests_app.models import CaseNote, Request

CASE_FIELDS = tuple(serializers.CaseSerializer().fields)


class CaseActions(ResourceViewSet):
    """What a view set of requests has besides: their cases."""

    @extend_schema(
        operation_id="get_request_case",
        summary="Get the case of a request in ERROR",
        parameters=[FIELDS],
        responses={200: serializers.CaseSerializer},
    )
    @action(detail=True, filterset_class=None, fields=CASE_FIELDS)
    def case(self, request: APIRequest, pk: str) -> Response:
        """Return the case."""
        return self.one(self.printed_case())

    @extend_schema(
        operation_id="change_request_case",
        summary="Change the case of a request in ERROR, or add a note to it",
        request=serializers.CaseChangeSerializer,
        responses={200: serializers.CaseSerializer},
    )
    @case.mapping.patch
    def change_case(self, request: APIRequest, pk: str) -> Response:
        """Assign it, close it with its resolution, open it again, note something."""
        failed = self.instance()
        now = self.printed_case()
        context = {**self.get_serializer_context(), "now": now, "request_in_error": failed}
        serializer: Any = self.get_serializer(data=self.body(), context=context)
        serializer.is_valid(raise_exception=True)

        def precondition(locked: Request) -> None:
            current = self.printed_case(locked.pk)
            refuse_if_changed(self.request, current)
            if faults := changed_members(serializer.unwritable, current):
                raise ValidationError(faults)

        try:
            services.change_case(
                request_id=failed.pk,
                actor=self.caller.user.get_username(),
                changes=serializer.validated_data,
                precondition=precondition,
            )
        except Request.DoesNotExist as error:
            raise self.no_case(pk) from error
        return self.one(self.printed_case())

    def printed_case(self, request_id: UUID | None = None) -> dict[str, Any]:
        """Return the case of the path's request, or of one given, as it is printed.

        Raises:
            NotFound: there is no such request, or it is not in ERROR.
        """
        request_id = request_id or self.object_id()
        rows = self.get_queryset().filter(pk=request_id)
        row = rows.values("pk", *represent.CASE_COLUMNS).first()
        if row is None:
            raise self.no_such(request_id)
        if row["status"] != states.ERROR:
            raise self.no_case(request_id)
        notes = CaseNote.objects.filter(request=request_id).order_by("id")
        return represent.case(row | {"notes": list(notes.values(*represent.NOTE_COLUMNS))})

    def no_case(self, request_id: UUID | str) -> NotFound:
        """Return the 404 of a request that is not in ERROR."""
        return NotFound(f"The request {request_id} is not in ERROR: there is no case of it.")
