"""What the API itself remembers."""

from django.conf import settings
from django.db import models

from gatekeeper_site.core.tenants import TenantField


class IdempotentAnswer(models.Model):
    """The first answer to an order with an Idempotency-Key, kept for 24 hours."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, db_index=False)
    tenant_id = TenantField()
    key = models.CharField(max_length=255)
    method = models.CharField(max_length=8)
    path = models.TextField()
    body_digest = models.CharField(max_length=64)
    # Of the answer; unset while it is being made, which no other transaction can see.
    status = models.PositiveSmallIntegerField(default=0)
    headers = models.JSONField(default=dict)
    body = models.TextField(default="null")
    content_type = models.CharField(max_length=100, blank=True, default="")
    created_at = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "core_idempotentanswer"
        constraints = [
            models.UniqueConstraint(
                fields=["user", "tenant_id", "key"], name="idempotency_key_is_unique_of_caller"
            )
        ]

    def __str__(self) -> str:
        return self.key
