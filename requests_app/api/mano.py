"""/mano: whether orders are handed to the MANO (contract: mano-osm.md, Pausing)."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from django.conf import settings
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request as APIRequest
from rest_framework.response import Response

from gatekeeper_site.access.api.permissions import AdminOfAllPermission
from gatekeeper_site.access.caller import visible_to
from gatekeeper_site.api.conditional import refuse_if_changed
from gatekeeper_site.api.serializers import StrictSerializer, TextField, WordField, changed_members
from gatekeeper_site.api.views import FIELDS, ResourceViewSet
from gatekeeper_site.core.counting import count_rows
from requests_app import represent, services, states
from requests_app.mano.readiness import is_reachable
from requests_app.models import ManoState, Request


class ManoStateChangeSerializer(StrictSerializer):
    """What `PUT /mano` takes."""

    state = WordField(choices=ManoState.State.choices)
    reason = TextField(
        max_length=1000, required=False, allow_null=True, help_text="Why; required to pause."
    )

    def faults_between(
        self, data: Mapping[str, Any], faults: Collection[str]
    ) -> Iterator[tuple[str, str]]:
        """Give that a reason is missing."""
        if data.get("state") == ManoState.State.PAUSED and data.get("reason") is None:
            yield "reason", "Required to pause."


class ManoStateSerializer(serializers.Serializer[Any]):
    """Whether orders are handed to the MANO, and how many the caller has under way."""

    driver = serializers.CharField(help_text="The setting MANO_DRIVER.")
    state = serializers.ChoiceField(choices=ManoState.State.choices)
    reason = serializers.CharField(allow_null=True)
    since = serializers.DateTimeField(allow_null=True, help_text="Null: from the beginning.")
    by = serializers.CharField(allow_null=True)
    reachable = serializers.BooleanField(help_text="Whether the MANO, or its broker, answers.")
    waiting = serializers.IntegerField(help_text="Requests in NEW.")
    in_progress = serializers.IntegerField(help_text="Requests that the MANO works on.")


@extend_schema_view(
    retrieve=extend_schema(
        operation_id="get_mano",
        summary="Ask whether orders are handed to the MANO",
        parameters=[FIELDS],
        responses={200: ManoStateSerializer},
    ),
    update=extend_schema(
        operation_id="update_mano",
        summary="Have orders wait, or be handed over again",
        request=ManoStateChangeSerializer,
        responses={200: ManoStateSerializer},
    ),
)
@extend_schema(tags=["mano"])
class ManoViewSet(ResourceViewSet):
    """The MANO: paused or not. An admin of all tenants says so; everybody sees it."""

    queryset = ManoState.objects.none()
    serializer_class = ManoStateChangeSerializer
    permission_classes = [AdminOfAllPermission]
    filterset_class = None
    fields = tuple(ManoStateSerializer().fields)
    # What a PUT writes, and what comes of it: not the counts, which change with each order.
    compared_members = ("driver", "state", "reason", "since", "by")

    def get_object(self) -> ManoState:
        """Return the one that there is, for what describes the view."""
        return services.mano_state()

    def retrieve(self, request: APIRequest) -> Response:
        """Return how it is."""
        return self.one(represent.mano(services.mano_state(), **self.surroundings()))

    def update(self, request: APIRequest) -> Response:
        """Pause it, or let it run."""
        surroundings = self.surroundings()
        now = represent.mano(services.mano_state(), **surroundings)
        context = {**self.get_serializer_context(), "now": now}
        serializer: Any = self.get_serializer(data=self.body(), context=context)
        serializer.is_valid(raise_exception=True)

        def precondition(locked: ManoState) -> None:
            current = represent.mano(locked, **surroundings)
            refuse_if_changed(self.request, current, self.compared_members)
            if faults := changed_members(serializer.unwritable, current):
                raise ValidationError(faults)

        stored = services.set_mano_state(
            state=serializer.validated_data["state"],
            reason=serializer.validated_data.get("reason"),
            actor=self.caller.user.get_username(),
            precondition=precondition,
        )
        return self.one(represent.mano(stored, **surroundings))

    def surroundings(self) -> dict[str, Any]:
        """Return what there is of the MANO besides, as this caller may see it."""
        requests = visible_to(self.caller, Request.objects.order_by())
        numbers = {
            name: count_rows(requests.filter(status__in=states.STATUSES_OF_STATE[state])).number
            for name, state in (("waiting", "NEW"), ("in_progress", "IN_PROGRESS"))
        }
        return {"driver": settings.MANO_DRIVER, "reachable": is_reachable(), **numbers}
