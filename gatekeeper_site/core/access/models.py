"""Where the migrations that have landed look for the tenant's column."""

from gatekeeper_site.core.tenants import TenantField

__all__ = ["TenantField"]
