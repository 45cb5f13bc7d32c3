"""The admin's pages of descriptors and records, where Django looks for them."""

from gatekeeper_site.core import registry
from records_app.admin import descriptors
from records_app.admin.records import ServiceRecordAdmin

__all__ = ["ServiceRecordAdmin"]

registry.dashboard_cards.append(descriptors.dashboard_cards)
