"""What is done to a request goes on from the call that ordered it, in the audit and the log."""

import json
import os
import signal
import urllib.request
from pathlib import Path
from typing import Any

import psutil
import pytest
from django.db.models import QuerySet

from gatekeeper_site.access.models import Token
from gatekeeper_site.access.services import digest_of
from gatekeeper_site.audit.models import AuditEntry
from gatekeeper_site.core.origin import Origin, new_origin, originating
from requests_app.models import Request
from requests_app.services import apply_answer, set_status
from tests.fixtures import DEMO_SERVICE, Api, onboarded_service, submitted
from tests.processes import WAIT_SECONDS, gatekeeper_processes, wait_until
from tests.requests_app.orders import created_records, expire, let_pass, made_ready, says, work

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
TRACEPARENT = f"00-{TRACE}-00f067aa0ba902b7-01"
IDS = {"X-Request-ID": "order-1", "traceparent": TRACEPARENT}


def ordered_by(api: Api, version: str = "1.0") -> Request:
    """Order an instance by the API, with the ids above."""
    service = onboarded_service(version=version)
    response = api.send("POST", "/requests", {"service_uuid": str(service.pk)}, **IDS)
    assert response.status_code == 201
    return Request.objects.get(pk=response.json()["id"])


def audited(request: Request) -> QuerySet[AuditEntry]:
    """Return the entries of a request after the first, which is the order's."""
    return AuditEntry.objects.filter(object_id=str(request.pk)).order_by("id")[1:]


def token_of(api: Api) -> Token:
    return Token.objects.get(digest=digest_of(str(api.token)))


@pytest.mark.django_db
def test_a_request_keeps_where_its_order_came_from(operator: Api) -> None:
    request = ordered_by(operator)

    token = token_of(operator)
    assert request.origin == {
        "request_id": "order-1",
        "traceparent": TRACEPARENT,
        "address": "127.0.0.1",
        "via": "api",
        "user_id": token.user_id,
        "token_id": token.pk,
        "user_name": "operator",
    }


@pytest.mark.django_db
def test_it_is_neither_in_the_api_nor_again_in_the_audit(operator: Api) -> None:
    request = ordered_by(operator)

    assert "origin" not in operator.get(f"/requests/{request.pk}").json()
    entry = AuditEntry.objects.get(object_id=str(request.pk))
    assert "origin" not in entry.changes
    assert entry.request_id == "order-1"


@pytest.mark.django_db
def test_a_retry_and_an_update_keep_their_own_callers(operator: Api) -> None:
    failed = expire(ordered_by(operator))
    instance = made_ready(ordered_by(operator, version="1.1"))
    newer = onboarded_service(version="2.0")

    retried = operator.send("POST", f"/requests/{failed.pk}/retry", **{"X-Request-ID": "again"})
    updated = operator.send(
        "PUT",
        f"/records/services/{instance.pk}",
        {"nsd_id": str(instance.descriptor_reference), "latest_nsd_id": str(newer.pk)},
        **{"X-Request-ID": "update"},
    )

    assert (retried.status_code, updated.status_code) == (201, 201), updated.content
    kept = {row.request_type: row for row in Request.objects.filter(status="NEW")}
    assert kept["CREATE"].origin["request_id"] == "again"
    assert kept["UPDATE"].origin["request_id"] == "update"
    failed.refresh_from_db()
    assert failed.origin["request_id"] == "order-1"


@pytest.mark.django_db
def test_a_deadline_that_a_sweep_finds_goes_on_from_the_order(operator: Api) -> None:
    request = ordered_by(operator)
    work()
    let_pass(10_000)

    with originating(new_origin(via="task")):
        expire(request)

    (entry,) = audited(request)
    assert (entry.via, entry.actor, entry.user_id) == (
        "task",
        "gatekeeper",
        token_of(operator).user_id,
    )
    assert (entry.request_id, entry.traceparent) == ("order-1", TRACEPARENT)


@pytest.mark.django_db
def test_the_manos_messages_go_on_from_the_order(operator: Api) -> None:
    request = ordered_by(operator)

    says(request, "INSTANTIATING")
    says(request, "READY", **created_records(request))

    assert [(entry.via, entry.actor, entry.request_id) for entry in audited(request)] == [
        ("mano", "mano", "order-1")
    ] * 2
    records = AuditEntry.objects.filter(object_type="service_record")
    assert [(entry.traceparent, entry.address) for entry in records] == [(TRACEPARENT, "127.0.0.1")]


@pytest.mark.django_db
def test_what_another_caller_causes_is_his(operator: Api) -> None:
    request = expire(ordered_by(operator))
    admins = Origin(request_id="reopened", traceparent=TRACEPARENT, via="admin", user_id=77)

    with originating(admins):
        set_status(request_id=request.pk, status="NEW", actor="root", reason="again", force=True)
        says(request, "INSTANTIATING")

    last = AuditEntry.objects.latest("id")
    assert (last.via, last.request_id, last.user_id) == ("mano", "reopened", 77)


@pytest.mark.django_db
def test_a_request_of_before_the_column_gets_new_ids() -> None:
    request = submitted(onboarded_service())
    Request.objects.update(origin={})

    assert apply_answer(request_id=request.pk, message={"status": "INSTANTIATING", "error": None})

    (entry,) = audited(request)
    assert entry.via == "mano"
    assert len(entry.request_id) == 36


# The log of real processes


def ordered_at(url: str, token: str) -> str:
    """Order an instance of the demo's service, with the ids above; return the request's id."""
    call = urllib.request.Request(
        f"{url}/requests",
        json.dumps({"service_uuid": str(DEMO_SERVICE)}).encode(),
        {"Authorization": f"Bearer {token}", "Content-Type": "application/json", **IDS},
    )
    with urllib.request.urlopen(call, timeout=WAIT_SECONDS) as response:
        return str(json.load(response)["id"])


@pytest.mark.processes
def test_a_request_can_be_followed_in_the_log_from_its_order_to_ready(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    text = ""

    def lines() -> list[dict[str, Any]]:
        """Return what the processes have logged, of which every line is JSON."""
        nonlocal text
        text += capfd.readouterr().err
        return [json.loads(line) for line in text.splitlines()]

    def logged(message: str) -> dict[str, Any] | None:
        return next((line for line in lines() if line["message"].startswith(message)), None)

    with gatekeeper_processes(
        tmp_path, LOG_FORMAT="json", SIMULATOR_STEP_SECONDS="0.3"
    ) as gatekeeper:
        request_id = ordered_at(gatekeeper.url, gatekeeper.admin_token)
        ready = wait_until(lambda: logged("CREATE request: INSTANTIATING → READY"), what="a line")
        victim = psutil.Process(gatekeeper.web.pid).children()[0].pid
        os.kill(victim, signal.SIGKILL)
        wait_until(lambda: logged(f"Worker (pid:{victim})"), what="gunicorn's line")

    followed = [line for line in lines() if line["request_id"] == "order-1"]
    # The worker may take the order before the web has said that it has answered.
    web = followed[0]["process"]
    followed.sort(key=lambda line: line["process"] != web)
    assert [(line["logger"].split(".")[0], line["message"].split(",")[0]) for line in followed] == [
        ("requests_app", "CREATE request: – → NEW"),
        ("gatekeeper", "POST /requests 201"),
        ("requests_app", "CREATE request: handed to the MANO"),
        ("requests_app", "CREATE request: NEW → INSTANTIATING"),
        ("requests_app", "CREATE request: INSTANTIATING → READY"),
    ]
    assert {line["trace_id"] for line in followed} == {TRACE}
    about = [line["service_request"] for line in followed]
    assert about == [request_id, None, request_id, request_id, request_id]
    instances = [line["service_instance"] for line in followed]
    assert instances[:4] == [None] * 4
    assert ready["service_instance"] is not None
    assert followed[0]["process"] != ready["process"]
    assert {line["logger"] for line in lines()} >= {"gunicorn.error", "gatekeeper.access"}
