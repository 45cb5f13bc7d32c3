"""Requests and what happens to them (contract: requests-and-records.md)."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from gatekeeper_site.core.access.models import TenantField
from records_app.models import ServiceDescriptor
from requests_app import states


class Request(models.Model):
    """A customer's order to instantiate, update or terminate a network service.

    `states.py` has the arrows between statuses; `services.py` is the only writer of one.
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
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True
    )
    began_at = models.DateTimeField()
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    handover = models.CharField(max_length=8, choices=Handover.choices, default=Handover.PENDING)
    handover_began_at = models.DateTimeField(null=True)
    # The MANO's success came after the request had become an ERROR, and its records are stored.
    has_late_success = models.BooleanField(default=False)
    deadline_at = models.DateTimeField(null=True)
    # When a worker looks at the request again; null once nothing is awaited.
    due_at = models.DateTimeField(null=True)

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
            models.Index(
                fields=["due_at"], condition=Q(due_at__isnull=False), name="request_by_due"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.request_type} {self.id}"


class RequestEvent(models.Model):
    """One change of a request's status, or something worth telling that changed none."""

    request = models.ForeignKey(Request, on_delete=models.CASCADE, related_name="events")
    at = models.DateTimeField()
    from_status = models.CharField(max_length=16, blank=True)
    to_status = models.CharField(max_length=16)
    actor = models.CharField(max_length=150)
    message = models.TextField(blank=True)

    class Meta:
        ordering = ("id",)

    def __str__(self) -> str:
        return f"{self.from_status or '–'} → {self.to_status}"


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


class SimulatedOrder(models.Model):
    """An order that the simulator works on: its memory, so that it survives restarts."""

    request_id = models.UUIDField(primary_key=True)
    order = models.JSONField()
    next_step = models.PositiveIntegerField(default=0)
    due_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return str(self.request_id)
