"""A process that is forked off a preloaded one goes by the same as one of its own."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.preloaded import PROJECT
from tests.processes import environment_for, finished

# What the process goes by, without the addresses of functions.
TELL = """
import django, json, sys
django.setup()
from django.conf import settings
from django.db import connection
from django_q.conf import Conf
from gatekeeper_site.core import registry
def told(namespace):
    return {name: repr(getattr(namespace, name)) for name in dir(namespace) if name.isupper()}
json.dump({
    "arguments": sys.argv,
    "is_preloaded": "tests.preloaded" in sys.orig_argv,
    # First, as Django completes this setting when it is used.
    "database": [connection.vendor, repr(connection.settings_dict)],
    "settings": told(settings),
    "queue": told(Conf),
    "sweeps": {sweep.__name__: seconds for sweep, seconds in registry.sweeps.items()},
    "registry": {name: repr(each) for name, each in vars(registry).items()
                 if isinstance(each, (dict, list)) and name in registry.__annotations__},
}, sys.stdout)
"""


def told(text: str) -> dict[str, Any]:
    members: dict[str, Any] = json.loads(re.sub(r" at 0x[0-9a-f]+", "", text))
    return members


OF_ITS_OWN = {
    "ETCD_ENDPOINTS": "127.0.0.1:2379",
    "MANO_SYNC_SECONDS": "7",
    "SECRET_KEY": "a key of its own, of fifty characters and a few more",
    "WORKER_PROCESSES": "5",
    "Q_CLUSTER_NAME": "callbacks",
    "LOG_LEVEL": "ERROR",
}
# Widgets and views read these when they are loaded.
LOADED_BY = {"DEBUG": "1", "CORS_ALLOWED_ORIGINS": "https://portal.example"}


@pytest.mark.processes
@pytest.mark.parametrize(("variables", "is_kept"), [(OF_ITS_OWN, True), (LOADED_BY, False)])
def test_a_forked_process_goes_by_its_own_environment(
    tmp_path: Path, variables: dict[str, str], is_kept: bool
) -> None:
    environment = environment_for(tmp_path, f"sqlite:///{tmp_path / 'its.sqlite3'}", **variables)

    forked = finished(environment, "-c", TELL, "argument")
    by_itself = subprocess.run(
        [sys.executable, "-c", TELL, "argument"],
        cwd=PROJECT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )

    assert forked.returncode == 0, forked.stderr
    of_forked, of_other = told(forked.stdout), told(by_itself.stdout)
    # Whether what was loaded is kept, or all was loaded anew
    assert (of_forked.pop("is_preloaded"), of_other.pop("is_preloaded")) == (is_kept, False)
    assert of_forked == of_other
    assert of_forked["settings"]["SECRET_KEY"] == repr(environment["SECRET_KEY"])
    assert of_forked["settings"]["DEBUG"] == str("DEBUG" in variables)
    assert str(tmp_path / "its.sqlite3") in of_forked["database"][1]


@pytest.mark.processes
@pytest.mark.parametrize("end", ["sys.exit('for a reason')", "sys.exit(3)", "1 / 0", "''"])
def test_a_forked_process_ends_as_one_of_its_own(tmp_path: Path, end: str) -> None:
    code = f"import atexit, sys\natexit.register(print, 'the last')\nprint('the first')\n{end}"
    environment = environment_for(tmp_path)

    forked = finished(environment, "-c", code)
    by_itself = subprocess.run(
        [sys.executable, "-c", code], env=os.environ, capture_output=True, text=True, check=False
    )

    assert forked.returncode == by_itself.returncode
    assert forked.stdout == by_itself.stdout == "the first\nthe last\n"
    assert forked.stderr.splitlines()[-1:] == by_itself.stderr.splitlines()[-1:]
