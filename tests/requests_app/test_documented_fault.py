"""The example of a simulator's fault in docs/api.md works as it is printed."""

import re
import subprocess
from pathlib import Path

import pytest
from django.conf import settings
from pytest_django.live_server_helper import LiveServer

from gatekeeper_site.access.models import Role
from requests_app.models import Request
from tests.fixtures import TENANT, new_api, run_to_end

DOCS = Path(settings.BASE_DIR) / "docs"


@pytest.mark.django_db(transaction=True)
def test_the_commands_of_the_example_order_a_service_that_fails(
    live_server: LiveServer, tmp_path: Path
) -> None:
    text = (DOCS / "api.md").read_text()
    onboard, order, look = re.findall("```sh\n(.*?)```", text, re.DOTALL)
    environment = {"BASE": live_server.url, "TOKEN": new_api(Role.OPERATOR, TENANT).token}

    def run(commands: str) -> str:
        return subprocess.run(
            ["bash", "-ec", commands],
            env={"PATH": "/usr/bin:/bin", **environment},
            cwd=tmp_path,
            check=True,
            capture_output=True,
            text=True,
            timeout=60,
        ).stdout

    assert run(onboard).count('"status":"active"') == 2
    assert '"status":"NEW"' in run(order)
    assert run_to_end(Request.objects.get()).status == "ERROR"
    shown = run(order.splitlines()[0] + "\n" + look)
    assert '"status":"ERROR"' in shown
    assert "The simulator was asked to fail (vm_image simulator:fail)." in shown
