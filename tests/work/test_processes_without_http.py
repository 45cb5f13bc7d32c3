"""Processes that serve no HTTP load nothing of it: they start sooner, and are smaller."""

import json
import os
import pkgutil
import subprocess
import sys
import tomllib

from manage import WITHOUT_HTTP
from tests.processes import PROJECT

OF_HTTP = (
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "unfold",
    "corsheaders.middleware",
)
# What is of the domain in part (others wholly, or not at all), and what in it is not.
ROOMS = ("gatekeeper_site.audit", "gatekeeper_site.access", "gatekeeper_site.work")
APPS = ("records_app", "requests_app", "ha_app")
OTHERS = {"admin", "api", "apps", "forms", "migrations", "pages"}
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


def test_import_linter_is_told_of_every_module_of_the_domain() -> None:
    settings = tomllib.loads((PROJECT / "pyproject.toml").read_text())
    contracts = {each["name"]: each for each in settings["tool"]["importlinter"]["contracts"]}
    told = set(contracts["The domain knows no HTTP"]["source_modules"])

    there = {
        f"{package}.{module.name}"
        for package in (*ROOMS, *APPS)
        for module in pkgutil.iter_modules([str(PROJECT / package.replace(".", "/"))])
        if module.name not in OTHERS
    }

    assert there == told - {"gatekeeper_site.core", "gatekeeper_site.webhooks"}
