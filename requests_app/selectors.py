"""What the words of a question mean."""

from records_app.models import SyncVerdict

# Of the filter `in_sync`; `null`: it is not known.
BY_VERDICT = {
    "true": SyncVerdict.IN_SYNC,
    "false": SyncVerdict.DIFFERS,
    "null": SyncVerdict.NOT_KNOWN,
}
