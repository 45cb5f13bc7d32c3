"""What the operators' site keeps for those who use it."""

from typing import ClassVar

from django.contrib.auth.models import User
from django.db import models

from gatekeeper_site.core import clock
from gatekeeper_site.core.tenants import TenantField

MAX_FILTER_NAME_LENGTH = 64
MAX_QUERY_LENGTH = 2000


class SavedFilter(models.Model):
    """A list's address as somebody wants to find it again, under a name."""

    owner = models.ForeignKey(User, on_delete=models.CASCADE, related_name="saved_filters")
    tenant_id = TenantField()
    # As Django calls it: "requests_app.request".
    model = models.CharField(max_length=64)
    name = models.CharField(max_length=MAX_FILTER_NAME_LENGTH)
    query = models.CharField(max_length=MAX_QUERY_LENGTH)
    is_shared = models.BooleanField("for all of the tenant", default=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        """One of a name for each list and owner."""

        constraints: ClassVar = [
            models.UniqueConstraint(fields=["owner", "model", "name"], name="one_filter_of_a_name"),
        ]

    def __str__(self) -> str:
        """Return its name."""
        return self.name
