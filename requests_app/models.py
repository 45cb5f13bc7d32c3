"""Requests and what happens to them (contract: requests-and-records.md)."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from gatekeeper_site.core.status_events import StatusEvent
from gatekeeper_site.core.tenants import TenantField
from records_app.models import ServiceDescriptor, ServiceRecord
from requests_app import failures, states


class Request(models.Model):
    """A customer's order to instantiate, update or terminate a network service.

    `states.py` has the arrows between statuses; `services/transitions.py` alone writes one.
    """

    class Type(models.TextChoices):
        """What is ordered."""

        CREATE = states.CREATE, "CREATE"
        UPDATE = states.UPDATE, "UPDATE"
        TERMINATE = states.TERMINATE, "TERMINATE"

    class Status(models.TextChoices):
        """How far it is."""

        NEW = states.NEW, "NEW"
        INSTANTIATING = states.INSTANTIATING, "INSTANTIATING"
        UPDATING = states.UPDATING, "UPDATING"
        TERMINATING = states.TERMINATING, "TERMINATING"
        READY = states.READY, "READY"
        INSTANTIATED = states.INSTANTIATED, "INSTANTIATED"
        ERROR = states.ERROR, "ERROR"

    class Handover(models.TextChoices):
        """Whether the MANO has been sent the order: between BEGUN and SENT that is unknown."""

        PENDING = "PENDING", "not begun"
        BEGUN = "BEGUN", "begun"
        SENT = "SENT", "sent"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    tenant_id = TenantField()
    request_type = models.CharField(max_length=16, choices=Type.choices)
    status = models.CharField(max_length=16, choices=Status.choices, default=Status.NEW)
    service_uuid = models.UUIDField("service UUID", null=True, db_index=True)
    service_instance_uuid = models.UUIDField("service instance UUID", null=True, db_index=True)
    # Held while the request is open, so that the descriptor cannot be deleted.
    service_descriptor = models.ForeignKey(
        ServiceDescriptor,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="open_requests",
    )
    ingresses = models.JSONField(default=list, blank=True)
    egresses = models.JSONField(default=list, blank=True)
    callback = models.TextField(null=True, blank=True)  # noqa: DJ001 - the API tells null from ""
    error = models.TextField(null=True, blank=True)  # noqa: DJ001 - the API tells null from ""
    # Of one in ERROR: how it failed, what its error has in common with others of the same cause,
    # and what has become of it as a case for people. Null otherwise.
    error_class = models.CharField(  # noqa: DJ001 - the API tells null
        max_length=16, choices=[(word, word) for word in failures.ERROR_CLASSES], null=True
    )
    cause = models.CharField(  # noqa: DJ001 - null where there is no error
        max_length=failures.MAX_CAUSE_LENGTH, null=True, editable=False
    )
    case_state = models.CharField(  # noqa: DJ001 - null where there is no case
        max_length=8, choices=[(word, word) for word in failures.CASE_STATES], null=True
    )
    # A name, as events have it: it outlives the user.
    assignee = models.CharField(max_length=150, null=True)  # noqa: DJ001 - the API tells null
    resolution = models.CharField(  # noqa: DJ001 - the API tells null
        max_length=16, choices=[(word, word) for word in failures.RESOLUTIONS], null=True
    )
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True
    )
    # Of the call that ordered it (core/origin.py): what is done to it later goes on from there.
    origin = models.JSONField(default=dict, db_default={}, blank=True, editable=False)
    began_at = models.DateTimeField()
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    handover = models.CharField(max_length=8, choices=Handover.choices, default=Handover.PENDING)
    handover_began_at = models.DateTimeField(null=True)
    # Since when its order, which was tried to send, waits for somebody who would get it.
    unheard_since = models.DateTimeField(null=True, editable=False)
    # The MANO's success came after the request had become an ERROR, and its records are stored.
    has_late_success = models.BooleanField(default=False)
    # No foreign keys, as either may be forgotten before the other (`manage.py purge`).
    retry_of = models.UUIDField("retry of", null=True, unique=True)
    retried_by = models.UUIDField("retried by", null=True)
    deadline_at = models.DateTimeField(
        null=True,
        help_text="When it becomes an ERROR unless it was handed over, accepted or finished.",
    )
    due_at = models.DateTimeField(
        null=True,
        help_text="When the worker looks whether its task has been lost, or its time is up.",
    )
    # Of the task that was enqueued for it last, which may be done, or lost.
    task_key = models.BigIntegerField(null=True, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["service_instance_uuid"],
                condition=Q(status__in=states.OPEN_STATUSES, service_instance_uuid__isnull=False),
                name="one_open_request_of_an_instance",
            )
        ]
        indexes = [
            models.Index(fields=["created_at", "id"], name="request_by_creation"),
            models.Index(fields=["tenant_id", "created_at", "id"], name="request_by_tenant"),
            models.Index(fields=["status", "created_at", "id"], name="request_by_status"),
            models.Index(
                fields=["tenant_id", "status", "created_at", "id"], name="request_by_tenant_status"
            ),
            models.Index(fields=["updated_at", "id"], name="request_by_update"),
            # Of those in ERROR alone, which are few.
            *(
                models.Index(
                    fields=[column, "created_at", "id"],
                    condition=Q(**{f"{column}__isnull": False}),
                    name=name,
                )
                for column, name in (
                    ("error_class", "request_by_error_class"),
                    ("case_state", "request_by_case_state"),
                    ("assignee", "request_by_assignee"),
                )
            ),
            # Open cases by what they are grouped by.
            models.Index(
                fields=["error_class", "cause", "created_at", "tenant_id"],
                condition=Q(case_state=failures.OPEN),
                name="request_open_cases",
            ),
            # Those that nobody has taken on, as the first page counts them.
            models.Index(
                fields=["created_at", "tenant_id"],
                condition=Q(case_state=failures.OPEN, assignee__isnull=True),
                name="request_cases_of_nobody",
            ),
            models.Index(
                fields=["handover_began_at"],
                condition=Q(status=states.NEW, handover_began_at__isnull=False),
                name="request_unaccepted",
            ),
            models.Index(
                fields=["due_at"], condition=Q(due_at__isnull=False), name="request_by_due"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.request_type} {self.id}"


class RequestEvent(StatusEvent):
    """An event of a request."""

    request = models.ForeignKey(Request, on_delete=models.CASCADE, related_name="events")


class CaseNote(models.Model):
    """What somebody wrote about failed work."""

    request = models.ForeignKey(Request, on_delete=models.CASCADE, related_name="case_notes")
    at = models.DateTimeField()
    by = models.CharField(max_length=150)
    text = models.TextField()

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return self.text


class ManoAnswer(models.Model):
    """What the MANO said of a request, raw, whether or not it changed anything."""

    request = models.ForeignKey(Request, on_delete=models.CASCADE, related_name="answers")
    received_at = models.DateTimeField()
    body = models.TextField()
    outcome = models.TextField(help_text="What it led to.")

    class Meta:
        ordering = ("id",)
        verbose_name = "MANO answer"

    def __str__(self) -> str:
        return self.outcome


class CallbackDelivery(models.Model):
    """A change of a request's status, as the customer's system is told of it."""

    class Outcome(models.TextChoices):
        """What has become of it."""

        PENDING = "PENDING", "PENDING"
        DELIVERED = "DELIVERED", "DELIVERED"
        FAILED = "FAILED", "FAILED"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    tenant_id = TenantField()
    request = models.ForeignKey(Request, on_delete=models.CASCADE, related_name="deliveries")
    request_status = models.CharField(max_length=16)
    url = models.TextField("URL")
    host = models.CharField(max_length=255, help_text="Of the URL, with the port.")
    body = models.TextField(help_text="The request as it was, in JSON: what is signed and sent.")
    # Later than those of the request's deliveries before it: it is what orders them.
    created_at = models.DateTimeField()
    outcome = models.CharField(max_length=16, choices=Outcome.choices, default=Outcome.PENDING)
    ended_at = models.DateTimeField(null=True)
    tries = models.PositiveIntegerField(default=0, help_text="That failed, in this round.")
    # When it is sent; null where it has ended, or waits for an earlier one of the request. While it
    # is being sent: when it is sent again unless the outcome is noted before.
    due_at = models.DateTimeField(null=True)
    give_up_at = models.DateTimeField(
        null=True, help_text="From when on it no longer waits for a host that takes nothing."
    )
    # While it is being sent, and for as long as the claim lasts if its process is killed.
    claimed_until = models.DateTimeField(null=True)
    # When the sweep gives it to a worker; later than `due_at` where its task waits already.
    sweep_at = models.DateTimeField(null=True)
    # Of the task that was enqueued for it last, which may be done, or lost.
    task_key = models.BigIntegerField(null=True, editable=False)

    class Meta:
        verbose_name = "callback delivery"
        verbose_name_plural = "callback deliveries"
        constraints = [
            models.UniqueConstraint(fields=["request", "created_at"], name="delivery_by_request")
        ]
        indexes = [
            models.Index(fields=["created_at", "id"], name="delivery_by_creation"),
            models.Index(fields=["tenant_id", "created_at", "id"], name="delivery_by_tenant"),
            models.Index(fields=["outcome", "created_at", "id"], name="delivery_by_outcome"),
            models.Index(fields=["host", "created_at", "id"], name="delivery_by_host"),
            models.Index(
                fields=["due_at"], condition=Q(due_at__isnull=False), name="delivery_by_due"
            ),
            models.Index(
                fields=["host"], condition=Q(outcome="PENDING"), name="delivery_pending_by_host"
            ),
            models.Index(
                fields=["sweep_at"], condition=Q(sweep_at__isnull=False), name="delivery_by_sweep"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.request_status} to {self.host}"


class CallbackAttempt(models.Model):
    """One try of a delivery."""

    delivery = models.ForeignKey(
        CallbackDelivery, on_delete=models.CASCADE, related_name="attempts"
    )
    at = models.DateTimeField()
    status = models.IntegerField(null=True, help_text="Of the answer; null: there was none.")
    milliseconds = models.PositiveIntegerField()
    error = models.TextField(blank=True)

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return self.error or str(self.status)


class CallbackHost(models.Model):
    """A host that did not take the last callbacks sent to it; one that answers has no row."""

    host = models.CharField(max_length=255, unique=True, help_text="With the port.")
    failures = models.PositiveIntegerField(default=0, help_text="In a row.")
    failed_at = models.DateTimeField()
    # Until when nothing is sent there; null while the failures are too few for that. After that
    # one callback tries it, which has until `probe_until`.
    open_until = models.DateTimeField(null=True)
    probe_until = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.host


class ManoState(models.Model):
    """Whether orders are handed to the MANO: the one row, made when somebody first says so."""

    class State(models.TextChoices):
        """Whether they are."""

        RUNNING = "running", "running"
        PAUSED = "paused", "paused"

    id = models.PositiveSmallIntegerField(primary_key=True, default=1, editable=False)
    state = models.CharField(max_length=8, choices=State.choices, default=State.RUNNING)
    reason = models.TextField(null=True)  # noqa: DJ001 - the API tells null from ""
    since = models.DateTimeField(null=True)
    by = models.CharField(max_length=150, null=True)  # noqa: DJ001 - the API tells null

    class Meta:
        verbose_name = verbose_name_plural = "MANO"
        constraints = [models.CheckConstraint(condition=Q(id=1), name="one_mano_state")]

    def __str__(self) -> str:
        return self.state


class OsmOrder(models.Model):
    """What is known of an order at OSM: what to ask next, and what must not be done twice.

    It goes when the order has succeeded; of a CREATE that has failed it stays, to clean up by.
    """

    class Step(models.TextChoices):
        """What is done next."""

        DELIVER = "deliver", "hand it over, or look up whether it was"
        FOLLOW = "follow", "follow its operation"
        DELETE = "delete", "delete the instance, whose operation has ended"
        CLEAN_UP = "clean_up", "terminate the instance and delete it"
        ENDED = "ended", "nothing"

    request = models.OneToOneField(
        Request, on_delete=models.CASCADE, primary_key=True, related_name="osm_order"
    )
    step = models.CharField(max_length=16, choices=Step.choices, default=Step.DELIVER)
    is_clean_up = models.BooleanField(default=False)
    instance_id = models.UUIDField(null=True)
    operation_id = models.TextField(blank=True)
    packages = models.JSONField(default=list, help_text="Ids of those that are there, in order.")
    # Of which descriptor a package is being made; and the id of that, while it waits for content.
    package_of = models.UUIDField(null=True)
    package_id = models.TextField(blank=True)
    # When the instance was asked for, until its id is noted; when its operation was, likewise.
    asked_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    known_operations = models.JSONField(default=list, help_text="That were there before ours.")
    stage = models.TextField(blank=True)
    queue_position = models.IntegerField(null=True)
    # Who works on it has it until then, and so has a process that was killed.
    busy_until = models.DateTimeField(null=True)
    poll_seconds = models.FloatField(default=0, help_text="Grows while nothing changes.")
    due_at = models.DateTimeField(null=True)
    give_up_at = models.DateTimeField(null=True, help_text="When it is followed no more.")

    class Meta:
        indexes = [
            models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="osm_by_due")
        ]

    def __str__(self) -> str:
        return str(self.request_id)


class InstanceCheck(models.Model):
    """What the MANO has said last of a service instance; the verdict is its record's."""

    record = models.OneToOneField(
        ServiceRecord, on_delete=models.CASCADE, primary_key=True, related_name="instance_check"
    )
    checked_at = models.DateTimeField(null=True)
    # The record's own, by which those are found that have no check yet.
    created_at = models.DateTimeField(db_index=True)
    differences = models.JSONField(default=list)
    error = models.TextField(blank=True, help_text="Why it is not known.")
    running = models.JSONField(null=True, help_text="What runs, where that differs.")
    due_at = models.DateTimeField(null=True, help_text="When the MANO is asked next.")

    class Meta:
        verbose_name = "check of an instance"
        verbose_name_plural = "checks of instances"
        indexes = [
            models.Index(fields=["due_at"], condition=Q(due_at__isnull=False), name="check_by_due"),
        ]

    def __str__(self) -> str:
        return str(self.record_id)


class SimulatedOrder(models.Model):
    """An order that the simulator works on: its memory, so that it survives restarts."""

    request_id = models.UUIDField(primary_key=True)
    order = models.JSONField()
    next_step = models.PositiveIntegerField(default=0)
    due_at = models.DateTimeField(db_index=True)
    # Of the task that was enqueued for it last, which may be done, or lost.
    task_key = models.BigIntegerField(null=True, editable=False)

    def __str__(self) -> str:
        return str(self.request_id)
