"""Every fault that the simulated MANO can be asked for, through the real processes."""

from collections.abc import Iterator
from contextlib import nullcontext
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.fixtures import DEMO_SERVICE, nsd, vnfd
from tests.processes import (
    OWN_DATABASE,
    Gatekeeper,
    directory_of_the_run,
    gatekeeper_processes,
    new_postgres_database,
    running,
    stop,
    wait_until,
)
from tests.requests_app.remote import call, got, posted, sql

pytestmark = pytest.mark.processes

# Longer than anything here takes on the busiest machine: tests let them pass.
ACCEPT_SECONDS = 120
FINISH_SECONDS = 300


@pytest.fixture(scope="module", params=[OWN_DATABASE])
def gatekeeper(
    request: pytest.FixtureRequest,
) -> Iterator[Gatekeeper]:
    """A server whose MANO takes a moment."""
    with (
        nullcontext("") if request.param == "sqlite" else new_postgres_database() as url,
        gatekeeper_processes(
            directory_of_the_run("faults"),
            url,
            SIMULATOR_STEP_SECONDS="0.2",
            MANO_ACCEPT_SECONDS=str(ACCEPT_SECONDS),
            MANO_FINISH_SECONDS=str(FINISH_SECONDS),
        ) as started,
    ):
        yield started


def ordered(gatekeeper: Gatekeeper, image: str) -> str:
    """Onboard a service with an image and order an instance; return the request's path."""
    function = vnfd(name=image)
    function["virtual_deployment_units"][0]["vm_image"] = image
    posted(gatekeeper, "/functions", function)
    member = {
        "vnf_id": "vnf",
        "vnf_vendor": function["vendor"],
        "vnf_name": image,
        "vnf_version": function["version"],
    }
    service = posted(gatekeeper, "/services", nsd(name=image, network_functions=[member]))
    request = posted(gatekeeper, "/requests", {"service_uuid": service["uuid"]})
    return f"/requests/{request['id']}"


def ended(gatekeeper: Gatekeeper, path: str, status: str) -> dict[str, Any]:
    """Return a request once it has a status."""

    def found() -> dict[str, Any] | None:
        request: dict[str, Any] = got(gatekeeper, path)
        return request if request["status"] == status else None

    found_request = wait_until(found, what=f"{status} of {path}")
    assert found_request is not None
    return found_request


def let_pass(gatekeeper: Gatekeeper, path: str, *columns: str, of: str = "request") -> None:
    """Let it seem that what a request waits for should have been a minute ago."""
    past = "now() - interval '1 minute'"
    if not gatekeeper.environment["DATABASE_URL"]:
        past = "datetime('now', '-1 minute')"
    key = "id" if of == "request" else "request_id"
    changes = ", ".join(f"{column} = {past}" for column in columns)
    hexadecimal = path.rpartition("/")[2].replace("-", "")
    sql(gatekeeper, f"UPDATE requests_app_{of} SET {changes} WHERE {key} = '{hexadecimal}'")


def let_deadline_pass(gatekeeper: Gatekeeper, path: str) -> None:
    let_pass(gatekeeper, path, "deadline_at", "due_at")


def is_sent(gatekeeper: Gatekeeper, path: str) -> bool:
    """Tell whether an order was sent, of which it is also noted."""
    hexadecimal = path.rpartition("/")[2].replace("-", "")
    sent = "SELECT 1 FROM requests_app_request WHERE handover = 'SENT'"
    return sql(gatekeeper, f"{sent} AND id = '{hexadecimal}'") == [(1,)]


def statuses(gatekeeper: Gatekeeper, path: str) -> list[str]:
    return [event["to_status"] for event in got(gatekeeper, f"{path}/events")]


def test_each_image_leads_where_it_says(gatekeeper: Gatekeeper) -> None:
    # Given an order of each fault
    images = ("fail", "silent", "deaf", "duplicate", "reorder", "slow/1")
    paths = {image: ordered(gatekeeper, f"simulator:{image}") for image in images}

    # When the deadlines pass of those that the MANO forgets
    ended(gatekeeper, paths["silent"], "INSTANTIATING")
    wait_until(lambda: is_sent(gatekeeper, paths["deaf"]), what="the order")
    for image in ("silent", "deaf"):
        let_deadline_pass(gatekeeper, paths[image])

    # Then those that the MANO finishes are READY, with one record of each kind
    for image in ("duplicate", "reorder", "slow/1"):
        request = ended(gatekeeper, paths[image], "READY")
        assert statuses(gatekeeper, paths[image]) == ["NEW", "INSTANTIATING", "READY"]
        instance = got(gatekeeper, f"/records/services/{request['service_instance_uuid']}")
        [member] = instance["network_functions"]
        assert got(gatekeeper, f"/records/functions/{member['vnfr_id']}")["version"] == "2"
        services = got(
            gatekeeper, f"/records/services?descriptor_reference={request['service_uuid']}"
        )
        assert [service["uuid"] for service in services] == [instance["uuid"]]
        if image == "slow/1":
            times = [datetime.fromisoformat(request[name]) for name in ("created_at", "updated_at")]
            assert times[1] - times[0] >= timedelta(seconds=1)

    # And the others are in ERROR, saying why
    reasons = {
        "fail": "The simulator was asked to fail (vm_image simulator:fail).",
        "silent": f"The MANO did not finish the request within {FINISH_SECONDS} s of accepting it.",
        "deaf": f"The MANO did not accept the request within {ACCEPT_SECONDS} s.",
    }
    for image, reason in reasons.items():
        request = ended(gatekeeper, paths[image], "ERROR")
        assert request["error"] == reason
        assert request["service_instance_uuid"] is None
        middle = [] if image == "deaf" else ["INSTANTIATING"]
        assert statuses(gatekeeper, paths[image]) == ["NEW", *middle, "ERROR"]


def test_what_came_too_late_runs_and_can_be_terminated(gatekeeper: Gatekeeper) -> None:
    # Given an instance that took longer than its deadline
    path = ordered(gatekeeper, "simulator:slow/600")
    ended(gatekeeper, path, "INSTANTIATING")
    let_deadline_pass(gatekeeper, path)
    assert ended(gatekeeper, path, "ERROR")["service_instance_uuid"] is None
    let_pass(gatekeeper, path, "due_at", of="simulatedorder")
    instance_id = wait_until(
        lambda: got(gatekeeper, path)["service_instance_uuid"], what="a late success"
    )
    assert got(gatekeeper, path)["status"] == "ERROR"
    record = f"/records/services/{instance_id}"
    assert got(gatekeeper, record)["status"] == "normal operation"

    # When it is terminated, which takes too long as well
    order = {"request_type": "TERMINATE", "service_instance_uuid": instance_id}
    terminate = posted(gatekeeper, "/requests", order)

    # Then that ends in ERROR, and the record in terminated
    end = f"/requests/{terminate['id']}"
    ended(gatekeeper, end, "TERMINATING")
    let_deadline_pass(gatekeeper, end)
    ended(gatekeeper, end, "ERROR")
    let_pass(gatekeeper, end, "due_at", of="simulatedorder")
    wait_until(lambda: got(gatekeeper, record)["status"] == "terminated", what="terminated")
    status, problem = call(gatekeeper, "POST", "/requests", order)
    assert (status, problem["code"]) == (409, "instance_terminated")


def test_the_demos_service_is_instantiated_updated_and_terminated(gatekeeper: Gatekeeper) -> None:
    path = posted(gatekeeper, "/requests", {"service_uuid": str(DEMO_SERVICE)})["id"]
    instance_id = ended(gatekeeper, f"/requests/{path}", "READY")["service_instance_uuid"]
    record = f"/records/services/{instance_id}"

    body = {"nsd_id": str(DEMO_SERVICE), "latest_nsd_id": str(DEMO_SERVICE)}
    status, update = call(gatekeeper, "PUT", record, body)
    assert status == 201
    ended(gatekeeper, f"/requests/{update['id']}", "INSTANTIATED")
    assert got(gatekeeper, record)["version"] == "3"

    order = {"request_type": "TERMINATE", "service_instance_uuid": instance_id}
    terminate = posted(gatekeeper, "/requests", order)
    ended(gatekeeper, f"/requests/{terminate['id']}", "READY")
    shown = got(gatekeeper, record)
    assert (shown["status"], shown["version"]) == ("terminated", "4")
    functions = [
        got(gatekeeper, f"/records/functions/{each['vnfr_id']}")
        for each in shown["network_functions"]
    ]
    assert {function["status"] for function in functions} == {"terminated"}


def test_a_deadline_that_passed_while_no_worker_ran_is_enforced(gatekeeper: Gatekeeper) -> None:
    # Given requests of which one was accepted, and then no worker
    accepted = ordered(gatekeeper, "simulator:slow/60")
    ended(gatekeeper, accepted, "INSTANTIATING")
    stop(gatekeeper.worker)
    new = "/requests/" + posted(gatekeeper, "/requests", {"service_uuid": str(DEMO_SERVICE)})["id"]

    # When their deadlines have passed before there is one again
    for path in (accepted, new):
        let_deadline_pass(gatekeeper, path)
    assert got(gatekeeper, new)["status"] == "NEW"
    with running(gatekeeper.environment, "manage.py", "run_worker"):
        # Then they are in ERROR, and the one that was not handed over never is
        assert "did not finish" in ended(gatekeeper, accepted, "ERROR")["error"]
        assert ended(gatekeeper, new, "ERROR")["error"] == (
            f"The gatekeeper did not begin to hand the request over within {FINISH_SECONDS} s."
        )
        rows = sql(gatekeeper, "SELECT request_id FROM requests_app_simulatedorder")
        assert new.rpartition("/")[2].replace("-", "") not in [
            str(row[0]).replace("-", "") for row in rows
        ]
