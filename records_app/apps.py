"""Descriptors and records: what there is."""

from django.apps import AppConfig


class RecordsAppConfig(AppConfig):
    """What can be instantiated, and what has been."""

    name = "records_app"
    verbose_name = "Descriptors and records"
