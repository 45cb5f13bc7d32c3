"""What is known of whether what is recorded of an instance is what runs."""

from records_app import services as records
from records_app.models import ServiceRecord, SyncVerdict
from requests_app.models import InstanceCheck


def forget_verdict(*, record: ServiceRecord) -> None:
    """Know no more of what runs of a (locked) instance, as it is changed."""
    InstanceCheck.objects.filter(pk=record.pk).update(
        checked_at=None, differences=[], error="", running=None
    )
    records.note_verdict(record=record, verdict=SyncVerdict.NOT_KNOWN)
