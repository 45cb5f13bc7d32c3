"""Fields of the admin's forms that several rooms and apps have."""

from typing import Any

from django import forms
from unfold.widgets import UnfoldAdminTextInputWidget

from gatekeeper_site.core.tenants import tenant_validator


class TenantField(forms.CharField):
    """A tenant, or nothing for none."""

    def __init__(self, **kwargs: Any) -> None:
        """Take the options of Django's field."""
        super().__init__(
            label="Tenant",
            required=False,
            validators=[tenant_validator],
            widget=UnfoldAdminTextInputWidget(),
            **kwargs,
        )
