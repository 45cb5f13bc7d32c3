"""Whose an object is (contract: http.md, Who may call)."""

from typing import TYPE_CHECKING, Any

from django.core.validators import RegexValidator
from django.db import models

tenant_validator = RegexValidator(r"\A[0-9a-f]{32}\Z", "A tenant is 32 hex digits, in lower case.")


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
