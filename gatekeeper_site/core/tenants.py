"""Whose an object is (contract: http.md, Who may call)."""

import re
from typing import TYPE_CHECKING, Any

from django.core.validators import RegexValidator
from django.db import connection, models

from gatekeeper_site.core import registry

TENANT = re.compile(r"[0-9a-f]{32}")
tenant_validator = RegexValidator(
    rf"\A{TENANT.pattern}\Z", "A tenant is 32 hex digits, in lower case."
)

NEXT_TENANTS = """
WITH RECURSIVE tenant(id) AS (
    SELECT min(tenant_id) FROM {table} WHERE tenant_id > ''
    UNION ALL
    SELECT (SELECT min(tenant_id) FROM {table} WHERE tenant_id > tenant.id) FROM tenant
    WHERE tenant.id IS NOT NULL
)
SELECT id FROM tenant WHERE id IS NOT NULL
"""


def parse_tenant(text: Any) -> str | None:
    """Return the tenant that a text names in either case, in lower case, or None."""
    if isinstance(text, str) and TENANT.fullmatch(text.lower()):
        return text.lower()
    return None


def tenants_with_objects() -> set[str]:
    """Return the tenants that have any object.

    From one to the next in each table's index by tenant: DISTINCT would read all of it.
    """
    found: set[str] = set()
    for model in registry.tenant_models:
        table = connection.ops.quote_name(model._meta.db_table)
        with connection.cursor() as cursor:
            cursor.execute(NEXT_TENANTS.format(table=table))
            found.update(tenant_id for (tenant_id,) in cursor.fetchall())
    return found


if TYPE_CHECKING:
    TextColumn = models.CharField[str, str]
else:
    TextColumn = models.CharField


class TenantField(TextColumn):
    """A tenant: 32 hex digits, or nothing for an object that belongs to none."""

    default_validators = [tenant_validator]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Take the options of a CharField; those of every tenant are set here."""
        options: dict[str, Any] = {
            "max_length": 32,
            "blank": True,
            "default": "",
            "verbose_name": "tenant",
        }
        super().__init__(*args, **(options | kwargs))
