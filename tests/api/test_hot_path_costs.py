"""What a call of each hot path costs, steady on any machine: Python instructions, and statements.

Neither what C code does in an instruction nor what the database does in a statement is counted; how
long all of it takes, `make bench` tells. A change of more than a tenth, also a gain, is noted in
hot_path_costs.json.
"""

import json
import logging
import platform
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from records_app.models import ServiceDescriptor, ServiceRecord
from tests.fixtures import (
    DEMO_SERVICE,
    TENANT,
    instantiated,
    many_requests,
    new_api,
)
from tests.ha_app.objects import new_interface, new_router
from tests.wsgi import wsgi_caller

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="the hot paths are PostgreSQL's"),
]
KEPT = Path(__file__).with_name("hot_path_costs.json")
TOLERANCE = 0.1
# The first calls make what is then kept: SQL by its shape, a slice of the token's calls.
WARMING_CALLS = 2


def instructions_of(action: Callable[[], object]) -> int:
    """Return how many of Python's bytecode instructions an action takes."""
    number = 0

    def count(frame: Any, event: str, _: object) -> Any:
        nonlocal number
        if event == "call":
            frame.f_trace_opcodes, frame.f_trace_lines = True, False
        elif event == "opcode":
            number += 1
        return count

    before = sys.gettrace()
    sys.settrace(count)
    try:
        action()
    finally:
        sys.settrace(before)
    return number


def is_about(found: dict[str, int], kept: dict[str, int] | None) -> bool:
    """Tell whether a path has as many statements as are kept, and about as many instructions."""
    if kept is None or found["statements"] != kept["statements"]:
        return False
    difference = abs(found["instructions"] - kept["instructions"])
    return difference <= TOLERANCE * kept["instructions"]


@pytest.fixture
def calls(demo: ServiceDescriptor) -> dict[str, Callable[[], str]]:
    """Each hot path as a function that makes a call and returns the status."""
    token = new_api("admin").token
    caller = partial(wsgi_caller, token)
    record = instantiated(demo)
    ServiceRecord.objects.bulk_create(
        ServiceRecord(
            uuid=uuid4(),
            tenant_id=TENANT,
            status=record.status,
            version=1,
            descriptor_reference=record.descriptor_reference,
            body=record.body,
        )
        for _ in range(60)
    )
    request = many_requests(60)[0]
    etag = new_api("admin").get(f"/requests/{request.pk}")["ETag"]
    interface = new_interface(new_router())
    gateway = {
        "service_type": "internet",
        "downlink_interface_id": str(interface.pk),
        "tenant_id": TENANT,
    }
    return {
        "/healthz": caller("GET", "/healthz"),
        "read one request": caller("GET", f"/requests/{request.pk}"),
        "304 for one request": caller("GET", f"/requests/{request.pk}", **{"if-none-match": etag}),
        "list of 50 requests": caller("GET", "/requests"),
        "list of 50 service records": caller("GET", "/records/services"),
        "create a request": caller("POST", "/requests", {"service_uuid": str(DEMO_SERVICE)}),
        "allocate a gateway": caller("POST", "/v2.0/gateways", {"gateway": gateway}),
    }


def test_each_hot_path_costs_what_is_kept(
    calls: dict[str, Callable[[], str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = json.loads(KEPT.read_text())
    # Another Python has other instructions, and as many statements.
    is_same_python = platform.python_version().startswith(kept["python"])
    root = logging.getLogger()
    own = [each for each in root.handlers if type(each).__module__ != "_pytest.logging"]
    monkeypatch.setattr(root, "handlers", own)

    found: dict[str, Any] = {"python": kept["python"]}
    statuses = {}
    for name, call in calls.items():
        for _ in range(WARMING_CALLS):
            call()
        with CaptureQueriesContext(connection) as queries:
            statuses[name] = call()
            statements = sum("SAVEPOINT" not in query["sql"] for query in queries)
        # The least: one of them may take a new slice of the token's calls.
        instructions = min(instructions_of(call) for _ in range(2))
        if not is_same_python:
            instructions = kept[name]["instructions"]
        found[name] = {"instructions": instructions, "statements": statements}

    created = dict.fromkeys(("create a request", "allocate a gateway"), "201 Created")
    expected = dict.fromkeys(calls, "200 OK") | {"304 for one request": "304 Not Modified"}
    assert statuses == expected | created
    changed = [name for name in calls if not is_about(found[name], kept.get(name))]
    assert changed == [], f"if that is meant, {KEPT.name} is to be:\n{json.dumps(found, indent=4)}"
