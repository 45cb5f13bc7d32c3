"""Whose an object is (contract: http.md, Who may call)."""

import re
from typing import TYPE_CHECKING, Any

from django.core.validators import RegexValidator
from django.db import models

TENANT = re.compile(r"[0-9a-f]{32}")
tenant_validator = RegexValidator(
    rf"\A{TENANT.pattern}\Z", "A tenant is 32 hex digits, in lower case."
)


def parse_tenant(text: Any) -> str | None:
    """Return the tenant that a text names in either case, in lower case, or None."""
    if isinstance(text, str) and TENANT.fullmatch(text.lower()):
        return text.lower()
    return None


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
