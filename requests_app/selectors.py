"""Reads of more than one model."""

from django.db.models import Q

# Which service records a word of the filter `in_sync` means; `null`: it is not known.
BY_VERDICT = {
    "true": Q(instance_check__in_sync=True),
    "false": Q(instance_check__in_sync=False),
    "null": Q(instance_check__in_sync=None),
}
