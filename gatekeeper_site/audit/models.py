"""The audit: who changed what, when, and by which way (contract: http.md)."""

from typing import TYPE_CHECKING

from django.db import models

from gatekeeper_site.core.tenants import TenantField

if TYPE_CHECKING:
    AnyJSON = models.JSONField[object, dict[str, list[object]]]
else:
    AnyJSON = models.JSONField


class AuditEntry(models.Model):
    """One change of one object. `services.py` writes it, with the change; nobody changes it."""

    class Via(models.TextChoices):
        """By which way a change came in."""

        API = "api", "API"
        ADMIN = "admin", "admin"
        TASK = "task", "task: the worker, by itself"
        MANO = "mano", "MANO: an answer of it"
        ETCD = "etcd", "etcd: an agent"
        COMMAND = "command", "command: manage.py"

    at = models.DateTimeField()
    actor = models.CharField(
        max_length=150, help_text="A user's name; `mano`, `etcd` or `gatekeeper` for no person."
    )
    # Plain numbers: an entry outlives what it names. Of a task and of the MANO's answer, they are
    # those of the call that caused it, as are the address and the ids.
    user_id = models.BigIntegerField("user id", null=True)
    token_id = models.BigIntegerField("token id", null=True)
    address = models.CharField(max_length=64, blank=True)
    via = models.CharField(max_length=8, choices=Via.choices)
    request_id = models.CharField("request id", max_length=128, blank=True)
    traceparent = models.CharField(max_length=55, blank=True)
    tenant_id = TenantField()
    action = models.CharField(max_length=32)
    object_type = models.CharField("object", max_length=32)
    object_id = models.CharField("object id", max_length=64)
    changes = AnyJSON(help_text="{member: [before, after]}")

    class Meta:
        db_table = "core_auditentry"
        verbose_name_plural = "audit entries"
        indexes = (
            models.Index(fields=["at", "id"], name="audit_by_time"),
            # The id first: whoever asks for an object may leave out what it is.
            models.Index(fields=["object_id", "object_type", "at"], name="audit_by_object"),
            models.Index(fields=["tenant_id", "at"], name="audit_by_tenant"),
            models.Index(fields=["request_id"], name="audit_by_request"),
            models.Index(fields=["actor", "at"], name="audit_by_actor"),
            models.Index(fields=["action", "at"], name="audit_by_action"),
            # Few kinds and ways, but rare ones among them, which would be looked for in the whole.
            models.Index(fields=["object_type", "at"], name="audit_by_object_type"),
            models.Index(fields=["via", "at"], name="audit_by_via"),
        )

    def __str__(self) -> str:
        return f"{self.action} {self.object_type} {self.object_id}"
