"""The commands of docs/gohan.md and docs/sonata.md work as they are printed."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from pytest_django.live_server_helper import LiveServer

from gatekeeper_site.access.models import Role, Token, UserAccess
from ha_app.models import HaRouter
from records_app.models import ServiceDescriptor
from tests.fixtures import TENANT, instantiated
from tests.ha_app.objects import new_router
from tests.processes import PROJECT

pytestmark = pytest.mark.django_db(transaction=True)
SERVER = "http://127.0.0.1:8000"


def blocks(page: str, language: str) -> list[str]:
    text = (PROJECT / "docs" / page).read_text()
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


def run(commands: str) -> str:
    return subprocess.run(
        ["bash", "-ec", commands],
        env={"PATH": "/usr/bin:/bin"},
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    ).stdout


def documents(printed: str) -> list[object]:
    """Return the JSON documents that commands have printed, one behind the other."""
    found, decoder, rest = [], json.JSONDecoder(), printed.strip()
    while rest:
        document, end = decoder.raw_decode(rest)
        found.append(document)
        rest = rest[end:].strip()
    return found


@pytest.fixture
def ann(transactional_db: None) -> User:
    """The user of docs/gohan.md, and something of her tenant's."""
    user = User.objects.create_user("ann", password="correct-horse")
    UserAccess.objects.create(user=user, role=Role.OPERATOR, tenant_id=TENANT)
    new_router(name="edge")
    return user


def test_keystones_commands(live_server: LiveServer, ann: User) -> None:
    variables, by_hand = [each for each in blocks("gohan.md", "sh") if "OS_" in each]

    printed = run(variables.replace(SERVER, live_server.url) + by_hand)

    schemas, token, tenants = documents(printed)
    assert isinstance(schemas, dict) and isinstance(token, dict)
    assert [each["id"] for each in schemas["schemas"]] == ["ha_router", "ha_interface", "gateway"]
    assert token["token"]["user"]["name"] == "ann"
    tenant = {"id": TENANT, "name": TENANT, "enabled": True, "description": ""}
    assert tenants == {"tenants": [tenant]}
    assert Token.objects.get().revoked_at is not None


def test_openstacks_client(live_server: LiveServer, ann: User) -> None:
    (example,) = blocks("gohan.md", "python")
    variables = {
        "OS_AUTH_URL": f"{live_server.url}/v3",
        "OS_USERNAME": "ann",
        "OS_PASSWORD": "correct-horse",
    }

    printed = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", example],
        env=os.environ | variables,
        check=True,
        capture_output=True,
        text=True,
        timeout=60,
    ).stdout

    assert str(HaRouter.objects.get().pk) in printed


def test_sonatas_commands(live_server: LiveServer, demo: ServiceDescriptor, tmp_path: Path) -> None:
    record = instantiated(demo)
    variable, make_user, by_hand = blocks("sonata.md", "sh")

    program, command, *options = make_user.split()[:1] + make_user.split()[2:]
    assert program == ".venv/bin/python"
    call_command(command, *options)
    printed = run(variable.replace(SERVER, live_server.url) + by_hand)

    key, registration, records, service = documents(printed)
    assert isinstance(key, dict) and isinstance(records, list) and isinstance(service, dict)
    assert key["items"].keys() == {"public-key"}
    assert registration == {"clientId": "son-slm"}
    assert [each["uuid"] for each in records] == [str(record.pk)]
    assert service["uuid"] == str(demo.pk)
