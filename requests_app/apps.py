"""Requests, their life, and the MANO: what is being done."""

from django.apps import AppConfig


class RequestsAppConfig(AppConfig):
    """Orders of customers, handed to the MANO and followed to their end."""

    name = "requests_app"
    verbose_name = "Requests"
