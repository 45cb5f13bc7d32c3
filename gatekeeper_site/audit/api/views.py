"""`GET /audit`, for the role admin."""

from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers

from gatekeeper_site.access.api.permissions import AdminPermission
from gatekeeper_site.api.filters import AnyOfFilter, ChoiceFilter, FilterSet, TimeFilter
from gatekeeper_site.api.views import ListMixin, ResourceViewSet
from gatekeeper_site.audit.models import AuditEntry
from gatekeeper_site.core.clock import iso_z


class AuditEntrySerializer(serializers.Serializer[Any]):
    """An entry, for the schema."""

    id = serializers.IntegerField()
    at = serializers.DateTimeField()
    actor = serializers.CharField(
        help_text="A user's name; `mano`, `etcd` or `gatekeeper` where no person acted."
    )
    user_id = serializers.IntegerField(
        allow_null=True, help_text="Whose call it was, or caused it."
    )
    token_id = serializers.IntegerField(allow_null=True)
    address = serializers.CharField(allow_null=True)
    via = serializers.ChoiceField(choices=AuditEntry.Via.choices)
    request_id = serializers.CharField(allow_null=True)
    traceparent = serializers.CharField(allow_null=True)
    tenant_id = serializers.CharField(allow_null=True)
    action = serializers.CharField(help_text="A verb, such as `create`.")
    object_type = serializers.CharField(help_text="Such as `request` or `ha_router`.")
    object_id = serializers.CharField()
    changes = serializers.DictField(
        child=serializers.ListField(child=serializers.JSONField()),
        help_text="`{member: [before, after]}`; a long value is its digest.",
    )


class AuditFilters(FilterSet):
    """By when, who, by which way, and what."""

    at = TimeFilter()
    at__gte = TimeFilter(field_name="at", lookup_expr="gte")
    at__gt = TimeFilter(field_name="at", lookup_expr="gt")
    at__lte = TimeFilter(field_name="at", lookup_expr="lte")
    at__lt = TimeFilter(field_name="at", lookup_expr="lt")
    actor = AnyOfFilter()
    action = AnyOfFilter()
    object_type = AnyOfFilter()
    object_id = AnyOfFilter()
    tenant_id = AnyOfFilter()
    request_id = AnyOfFilter()
    via = ChoiceFilter(choices=AuditEntry.Via.choices)


def represent_entry(row: dict[str, Any]) -> dict[str, Any]:
    """Print an entry."""
    return {
        "id": row["pk"],
        "at": iso_z(row["at"]),
        "actor": row["actor"],
        "user_id": row["user_id"],
        "token_id": row["token_id"],
        "address": row["address"] or None,
        "via": row["via"],
        "request_id": row["request_id"] or None,
        "traceparent": row["traceparent"] or None,
        "tenant_id": row["tenant_id"] or None,
        "action": row["action"],
        "object_type": row["object_type"],
        "object_id": row["object_id"],
        "changes": row["changes"],
    }


@extend_schema_view(
    list=extend_schema(
        operation_id="list_audit_entries",
        summary="List changes: who, when, by which way, what, before and after",
        responses=AuditEntrySerializer(many=True),
    )
)
@extend_schema(tags=["audit"])
class AuditViewSet(ListMixin, ResourceViewSet):
    """The audit, for admins. Nothing here is ever written by a caller."""

    model = AuditEntry
    queryset = AuditEntry.objects.none()
    permission_classes = [AdminPermission]
    serializer_class = AuditEntrySerializer
    filterset_class: Any = AuditFilters
    fields = tuple(AuditEntrySerializer().fields)
    columns = fields[1:]
    represent = staticmethod(represent_entry)
    ordering_fields = ("at", "id")
    default_ordering = "-at"
