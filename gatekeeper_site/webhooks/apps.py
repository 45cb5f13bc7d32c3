"""Calls to customers' systems."""

from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    """Where they may go, and how they are sent."""

    name = "gatekeeper_site.webhooks"
