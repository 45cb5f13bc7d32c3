#!/usr/bin/env python
"""Runs Django's and Gatekeeper's management commands."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line
from environs import EnvError, EnvValidationError

from gatekeeper_site.core.postgresql import bound_waits

# They serve no HTTP, and start sooner and smaller without what does.
WITHOUT_HTTP = {
    "callback_sink",
    "changepassword",
    "check_vlan_pools",
    "create_service_user",
    "create_token",
    "listen_mano",
    "load_demo",
    "purge",
    "reconcile_etcd",
    "run_cluster",
    "run_worker",
    "simulate_agent",
    "sync_etcd",
}

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gatekeeper_site.settings")
    if WITHOUT_HTTP.intersection(sys.argv[1:2]):
        os.environ["GATEKEEPER_SERVES_HTTP"] = "0"
    try:
        bound_waits(is_patient=True)
        execute_from_command_line(sys.argv)
    except (ImproperlyConfigured, EnvError) as error:
        text = str(error)
        if isinstance(error, EnvValidationError):
            # Which environs shows as Python does a list.
            text = text.replace(str(error.error_messages), " ".join(error.error_messages))
        sys.exit(f"The settings are wrong: {text}")
