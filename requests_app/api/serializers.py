"""What may be ordered, and the shapes of answers for the schema."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from gatekeeper_site.api.serializers import (
    ObjectListField,
    StrictSerializer,
    TextField,
    UUIDField,
    WordField,
    names_given,
)
from gatekeeper_site.api.status_events import StatusEventSerializer
from gatekeeper_site.core.parsing import parse_uuid
from gatekeeper_site.webhooks import callback_fault
from requests_app import failures, states
from requests_app.models import CallbackDelivery, Request
from requests_app.services.cases import faults_of
from requests_app.services.submit import NewRequest, look_up

# Which members an order of each type must have; it takes none of the other types'.
REQUIRED = {
    states.CREATE: {"service_uuid"},
    states.UPDATE: {"service_instance_uuid", "nsd_id", "latest_nsd_id"},
    states.TERMINATE: {"service_instance_uuid"},
}


def no_endpoints() -> Any:
    """Return the ingresses or egresses of an order that names none."""
    return []


class CallbackField(TextField):
    """An absolute http(s) URL that callbacks may go to."""

    def to_internal_value(self, data: Any) -> str:
        """Return the URL.

        Raises:
            ValidationError: it is none, or its address is forbidden.
        """
        url = super().to_internal_value(data)
        fault = callback_fault(url)
        if fault is not None:
            raise serializers.ValidationError(fault)
        return url


class EndpointSerializer(serializers.Serializer[Any]):
    """Where a service is entered or left."""

    location = serializers.CharField()
    nap = serializers.CharField()


@extend_schema_field(EndpointSerializer(many=True))
class EndpointsField(ObjectListField):
    """Where a service is entered or left."""


class NewRequestSerializer(StrictSerializer):
    """An order."""

    read_only_names = (
        "id",
        "status",
        "state",
        "error",
        "error_class",
        "retry_of",
        "retried_by",
        "began_at",
        "created_at",
        "updated_at",
    )

    request_type = WordField(choices=Request.Type.choices, default=states.CREATE)
    service_uuid = UUIDField(
        required=False, allow_null=True, help_text="CREATE: the service's descriptor."
    )
    service_instance_uuid = UUIDField(
        required=False, allow_null=True, help_text="UPDATE, TERMINATE: the service record."
    )
    nsd_id = UUIDField(
        required=False, allow_null=True, help_text="UPDATE: what the record is an instance of."
    )
    latest_nsd_id = TextField(
        required=False,
        allow_null=True,
        max_length=255,
        help_text="UPDATE: the new NSD's uuid, or a version of the same vendor and name.",
    )
    ingresses = EndpointsField(required=False, default=no_endpoints)
    egresses = EndpointsField(required=False, default=no_endpoints)
    callback = CallbackField(
        required=False, allow_null=True, help_text="A URL told of every change of status."
    )

    def faults_between(
        self, data: Mapping[str, Any], faults: Collection[str]
    ) -> Iterable[tuple[str, str]]:
        """Return what the order's type lacks or does not take."""
        if "request_type" in faults:
            return ()
        return faults_of_type(data.get("request_type", states.CREATE), data).items()

    def unknown_references(
        self, data: Mapping[str, Any], faults: Collection[str]
    ) -> Iterable[tuple[str, str]]:
        """Return what an order names that is not there, if it is known what it orders."""
        if "request_type" in faults:
            return ()
        known = {name: value for name, value in data.items() if name not in faults}
        latest = known.get("latest_nsd_id")
        order = NewRequest(
            request_type=known.get("request_type", states.CREATE),
            service_uuid=parse_uuid(known.get("service_uuid")),
            service_instance_uuid=parse_uuid(known.get("service_instance_uuid")),
            latest_nsd_id=latest if isinstance(latest, str) else None,
        )
        return look_up(order, self.context["view"].caller)[2]


def faults_of_type(request_type: str, data: Any) -> dict[str, str]:
    """Return what an order lacks, or has too much, for its type."""
    given = names_given(data)
    required = REQUIRED[request_type]
    others = set().union(*REQUIRED.values()) - required
    missing = dict.fromkeys(required - given, f"Required with {request_type}.")
    return missing | dict.fromkeys(given & others, f"Not taken with {request_type}.")


class ServiceRecordUpdateSerializer(StrictSerializer):
    """What `PUT /records/services/<uuid>` takes."""

    nsd_id = UUIDField(help_text="What the record is an instance of.")
    latest_nsd_id = TextField(
        max_length=255,
        help_text="The new NSD's uuid, or a version of the same vendor and name.",
    )

    def unknown_references(
        self, data: Mapping[str, Any], faults: Collection[str]
    ) -> Iterable[tuple[str, str]]:
        """Return the new NSD, if it is not there."""
        if "latest_nsd_id" not in data or "latest_nsd_id" in faults:
            return ()
        view = self.context["view"]
        order = NewRequest(
            request_type=states.UPDATE,
            service_instance_uuid=parse_uuid(view.kwargs["pk"]),
            latest_nsd_id=data["latest_nsd_id"],
        )
        return look_up(order, view.caller)[2]


class NothingSerializer(StrictSerializer):
    """A body without members."""


class GivingUpSerializer(StrictSerializer):
    """Why somebody waits for a request no longer."""

    reason = TextField(max_length=1000, help_text="Why; it becomes a part of the error.")


class CaseChangeSerializer(StrictSerializer):
    """What `PATCH /requests/<id>/case` takes, each of which may be left out.

    The context has the request whose case it is.
    """

    state = WordField(choices=failures.CASE_STATES, required=False)
    assignee = TextField(
        max_length=150, required=False, allow_null=True, help_text="A user's name; null: nobody's."
    )
    resolution = WordField(
        choices=list(failures.RESOLUTIONS.items()),
        required=False,
        allow_null=True,
        help_text="Required to close.",
    )
    note = TextField(max_length=10_000, required=False, help_text="Added to the notes.")

    def faults_between(
        self, data: Mapping[str, Any], faults: Collection[str]
    ) -> Iterator[tuple[str, str]]:
        """Give, beside other faults, those that the service would find."""
        if not faults:
            return
        # What a resolution is to be depends on the state.
        unusable = {*faults, "resolution"} if "state" in faults else set(faults)
        known = {name: value for name, value in data.items() if name not in unusable}
        yield from faults_of(self.context["request_in_error"], known)


class CaseNoteSerializer(serializers.Serializer[Any]):
    """A note."""

    at = serializers.DateTimeField()
    by = serializers.CharField()
    text = serializers.CharField()


class CaseSerializer(serializers.Serializer[Any]):
    """What people do about a request in ERROR."""

    state = serializers.ChoiceField(choices=failures.CASE_STATES)
    assignee = serializers.CharField(allow_null=True)
    resolution = serializers.ChoiceField(
        choices=list(failures.RESOLUTIONS.items()), allow_null=True
    )
    notes = CaseNoteSerializer(many=True)


class RequestSerializer(serializers.Serializer[Any]):
    """A request as it is printed."""

    id = serializers.UUIDField()
    request_type = serializers.ChoiceField(choices=Request.Type.choices)
    status = serializers.ChoiceField(choices=Request.Status.choices)
    state = serializers.ChoiceField(choices=list(states.STATUSES_OF_STATE))
    service_uuid = serializers.UUIDField(allow_null=True)
    service_instance_uuid = serializers.UUIDField(allow_null=True)
    ingresses = EndpointSerializer(many=True)
    egresses = EndpointSerializer(many=True)
    callback = serializers.CharField(allow_null=True)
    error = serializers.CharField(allow_null=True)
    error_class = serializers.ChoiceField(
        choices=list(failures.ERROR_CLASSES.items()), allow_null=True
    )
    retry_of = serializers.UUIDField(allow_null=True, help_text="The request that it retries.")
    retried_by = serializers.UUIDField(allow_null=True, help_text="The request that retries it.")
    began_at = serializers.DateTimeField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class RequestEventSerializer(StatusEventSerializer):
    """A change of a request's status."""

    statuses = Request.Status.choices


class CallbackAttemptSerializer(serializers.Serializer[Any]):
    """A try to tell a customer's system of a change."""

    at = serializers.DateTimeField()
    status = serializers.IntegerField(allow_null=True, help_text="Of the answer; null: none came.")
    milliseconds = serializers.IntegerField()
    error = serializers.CharField(allow_null=True)


class CallbackDeliverySerializer(serializers.Serializer[Any]):
    """A change of a request's status, as the customer's system is told of it."""

    id = serializers.UUIDField(help_text="The header X-Gatekeeper-Delivery.")
    request_status = serializers.ChoiceField(choices=Request.Status.choices)
    outcome = serializers.ChoiceField(choices=CallbackDelivery.Outcome.choices)
    url = serializers.CharField()
    created_at = serializers.DateTimeField()
    next_attempt_at = serializers.DateTimeField(
        allow_null=True, help_text="Null where it has ended, or waits for an earlier one."
    )
    attempts = CallbackAttemptSerializer(many=True)


class DifferenceSerializer(serializers.Serializer[Any]):
    """Where what runs of an instance is not what is recorded."""

    path = serializers.CharField(help_text="Of the service record; empty: all of it.")
    recorded = serializers.JSONField()
    running = serializers.JSONField()


class SyncSerializer(serializers.Serializer[Any]):
    """Whether what is recorded of an instance is what runs."""

    in_sync = serializers.BooleanField(allow_null=True, help_text="Null: it is not known.")
    checked_at = serializers.DateTimeField(allow_null=True)
    differences = DifferenceSerializer(many=True)
    error = serializers.CharField(allow_null=True, help_text="Why it is not known.")
