"""The admin's pages of descriptors and records, where Django looks for them."""

from records_app.admin.records import ServiceRecordAdmin

__all__ = ["ServiceRecordAdmin"]
