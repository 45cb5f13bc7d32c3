"""Processes that serve no HTTP load nothing of it: they start sooner, and are smaller."""

import json
import os
import subprocess
import sys

from manage import WITHOUT_HTTP
from tests.processes import PROJECT

OF_HTTP = (
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "unfold",
    "corsheaders.middleware",
)
# What each command imports when it is run, and what the task clusters are given to run.
LOAD = """
import json, sys
import django
django.setup()
from django.core.management import get_commands, load_command_class
for name in sys.argv[1:]:
    load_command_class(get_commands()[name], name)
from ha_app.etcd import agent, sync
from requests_app import services
from requests_app.mano import listener, simulator, sonata
from gatekeeper_site.core import registry
print(json.dumps([sorted(sys.modules), len(registry.sweeps)]))
"""


def test_commands_without_http_load_neither_the_api_nor_the_admin() -> None:
    result = subprocess.run(
        [sys.executable, "-c", LOAD, *sorted(WITHOUT_HTTP)],
        cwd=PROJECT,
        env=os.environ | {"GATEKEEPER_SERVES_HTTP": "0"},
        capture_output=True,
        text=True,
        check=True,
    )

    modules, sweeps = json.loads(result.stdout)
    assert [name for name in modules if name.startswith(OF_HTTP)] == []
    assert "requests_app.services.handover" in modules
    assert sweeps == 12
