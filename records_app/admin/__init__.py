"""The admin's pages of descriptors and records, where Django looks for them."""

from records_app.admin import descriptors  # noqa: F401 - it registers itself
from records_app.admin.records import ServiceRecordAdmin

__all__ = ["ServiceRecordAdmin"]
