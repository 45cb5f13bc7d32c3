#!/usr/bin/env python
"""Runs Django's and Gatekeeper's management commands."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line
from environs import EnvError

# They serve no HTTP, and start sooner and smaller without what does.
WITHOUT_HTTP = {"run_worker", "run_cluster", "listen_mano", "sync_etcd", "simulate_agent"}

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "gatekeeper_site.settings")
    if WITHOUT_HTTP.intersection(sys.argv[1:2]):
        os.environ["GATEKEEPER_SERVES_HTTP"] = "0"
    try:
        execute_from_command_line(sys.argv)
    except (ImproperlyConfigured, EnvError) as error:
        sys.exit(f"The settings are wrong: {error}")
