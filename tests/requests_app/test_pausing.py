"""Pausing: orders wait in NEW, their time stands still, and what has begun goes on."""

from datetime import timedelta
from math import ceil
from typing import Any

import pytest
from django_q.models import OrmQ

from gatekeeper_site.audit.models import AuditEntry
from gatekeeper_site.core import clock
from gatekeeper_site.work.cluster import SupervisedBroker
from records_app.models import ServiceDescriptor
from requests_app import mano
from requests_app.mano.protocol import NotSent
from requests_app.models import ManoState, Request, SimulatedOrder
from requests_app.services import attend_request, set_mano_state, sweep_requests
from requests_app.services.handover import begin_handover
from tests.fixtures import TENANT, Api, assert_faults, assert_problem, new_api, submitted
from tests.requests_app import unreachable_mano
from tests.requests_app.orders import let_pass, run_next_task, says, sweep_and_work

RUNNING = {
    "driver": "simulator",
    "state": "running",
    "reason": None,
    "since": None,
    "by": None,
    "reachable": True,
    "waiting": 0,
    "in_progress": 0,
}


def pause(reason: str = "OSM is upgraded") -> None:
    set_mano_state(state="paused", reason=reason, actor="olivia")


def resume() -> None:
    set_mano_state(state="running", reason=None, actor="olivia")


def let_pass_paused(seconds: float) -> None:
    """Let time pass, also since when the MANO is paused."""
    let_pass(seconds)
    passed = timedelta(seconds=seconds)
    for row in (*ManoState.objects.all(), *Request.objects.all()):
        column = "since" if isinstance(row, ManoState) else "updated_at"
        setattr(row, column, getattr(row, column) - passed)
        row.save(update_fields=[column])


def seconds_left(request: Request) -> int:
    """Return how long a request has left: up to ten seconds more, which the test itself takes."""
    request.refresh_from_db()
    assert request.deadline_at is not None
    return ceil((request.deadline_at - clock.now()).total_seconds() / 10) * 10


def work_as_workers_do() -> None:
    """Look for due rows, and take whatever task may be taken."""
    broker = SupervisedBroker()
    sweep_requests()
    while run_next_task(broker):
        sweep_requests()


# What is handed over


def test_orders_wait_while_paused_and_go_on_afterwards(new_request: Request) -> None:
    pause()
    later = submitted(new_request.service_descriptor)

    work_as_workers_do()
    attend_request(new_request.pk)

    # Its own task, as a worker had taken it before, does nothing either
    assert not SimulatedOrder.objects.exists()
    assert set(Request.objects.values_list("status", "handover")) == {("NEW", "PENDING")}
    assert OrmQ.objects.count() == 2
    resume()
    work_as_workers_do()
    assert set(SimulatedOrder.objects.values_list("pk", flat=True)) == {new_request.pk, later.pk}


def test_neither_deadline_runs_while_paused(service: ServiceDescriptor, settings: Any) -> None:
    settings.MANO_ACCEPT_SECONDS, settings.MANO_FINISH_SECONDS = 60, 900
    before = submitted(service)
    let_pass_paused(300)
    pause()
    let_pass_paused(500)
    during = submitted(service)
    let_pass_paused(5000)

    for _ in range(3):
        sweep_and_work()
    for request in (before, during):
        request.refresh_from_db()
        assert (request.status, request.due_at) == ("NEW", None)
    resume()

    # As much as it had left, and for what was ordered meanwhile the whole
    assert [seconds_left(before), seconds_left(during)] == [600, 900]
    sweep_and_work()
    assert [seconds_left(before), seconds_left(during)] == [60, 60]
    assert {row.handover for row in Request.objects.all()} == {"SENT"}


@pytest.fixture
def mano_away(monkeypatch: pytest.MonkeyPatch, settings: Any) -> None:
    """A MANO that cannot be reached, and may not be sent an order twice."""
    monkeypatch.setitem(mano.DRIVERS, "away", unreachable_mano.__name__)
    monkeypatch.setattr(unreachable_mano, "sent", [])
    monkeypatch.setattr(unreachable_mano, "reason", NotSent("away"))
    settings.MANO_DRIVER = "away"
    settings.MANO_ACCEPT_SECONDS = 60


@pytest.mark.usefixtures("mano_away")
def test_what_was_given_back_waits_too(new_request: Request) -> None:
    attend_request(new_request.pk)
    let_pass_paused(20)
    pause()
    unreachable_mano.reason = None

    for _ in range(3):
        let_pass_paused(1000)
        sweep_and_work()
    assert unreachable_mano.sent == []
    resume()
    assert seconds_left(new_request) == 40
    sweep_and_work()

    assert [order.request_id for order in unreachable_mano.sent] == [new_request.pk]
    assert seconds_left(new_request) == 40


def test_what_has_begun_goes_on(
    service: ServiceDescriptor, new_request: Request, settings: Any
) -> None:
    settings.MANO_ACCEPT_SECONDS = 60
    begun = submitted(service)
    begin_handover(begun.pk)
    handed_over = submitted(service)
    attend_request(handed_over.pk)
    pause()

    # An interrupted handover is repeated, an answer counts
    let_pass_paused(20)
    sweep_and_work()
    begun.refresh_from_db()
    assert begun.handover == "SENT"
    assert says(handed_over, "INSTANTIATING").status == "INSTANTIATING"
    # And its deadline runs
    let_pass_paused(50)
    sweep_and_work()
    begun.refresh_from_db()
    assert (begun.status, begun.error_class) == ("ERROR", "silent")
    new_request.refresh_from_db()
    assert new_request.status == "NEW"


def test_what_waits_can_be_cancelled(new_request: Request, operator: Api) -> None:
    pause()
    assert operator.post(f"/requests/{new_request.pk}/cancel").status_code == 200
    resume()
    new_request.refresh_from_db()
    assert (new_request.error_class, new_request.deadline_at) == ("cancelled", None)


def test_a_long_wait_is_looked_at_once(new_request: Request) -> None:
    pause()
    let_pass_paused(10_000)
    assert sweep_requests() == 1
    assert sweep_requests() == 0


# The API


def test_an_admin_pauses_and_resumes(new_request: Request, admin: Api, viewer: Api) -> None:
    assert admin.get("/mano").json() == RUNNING | {"waiting": 1}

    paused = admin.put("/mano", {"state": "paused", "reason": "OSM is upgraded"})

    now = paused.json()
    assert paused.status_code == 200
    assert now == RUNNING | {
        "state": "paused",
        "reason": "OSM is upgraded",
        "since": now["since"],
        "by": "admin",
        "waiting": 1,
    }
    assert now["since"].endswith("Z")
    assert viewer.get("/mano").json() == now
    assert viewer.get("/mano")["ETag"] == paused["ETag"]
    # What was printed is put back whole, and another reason keeps since when it is paused
    same = admin.put("/mano", now)
    other = admin.put("/mano", now | {"reason": "it takes longer"})
    assert (same.json(), other.json()) == (now, now | {"reason": "it takes longer"})
    running = admin.put("/mano", {"state": "running"}).json()
    assert running == RUNNING | {"since": running["since"], "by": "admin", "waiting": 1}
    entries = AuditEntry.objects.filter(object_type="mano").order_by("id")
    assert [(entry.action, entry.actor, entry.changes["reason"]) for entry in entries] == [
        ("pause", "admin", [None, "OSM is upgraded"]),
        ("pause", "admin", ["OSM is upgraded", "it takes longer"]),
        ("resume", "admin", ["it takes longer", None]),
    ]


def test_the_numbers_are_of_what_the_caller_may_see(
    new_request: Request, service: ServiceDescriptor, viewer: Api, other_operator: Api
) -> None:
    says(submitted(service), "INSTANTIATING")

    mine, others = (api.get("/mano").json() for api in (viewer, other_operator))

    assert (mine["waiting"], mine["in_progress"]) == (1, 1)
    assert (others["waiting"], others["in_progress"]) == (0, 0)


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({"state": "paused"}, ["reason"]),
        ({"state": "paused", "reason": None}, ["reason"]),
        ({"state": "paused", "reason": " "}, ["reason"]),
        ({"state": "stopped", "reason": "x"}, ["state"]),
        ({"reason": "x"}, ["state"]),
        ({"state": "paused", "reason": "x", "driver": "osm", "colour": 1}, ["driver", "colour"]),
    ],
)
def test_what_makes_no_sense_is_refused(body: Any, fields: list[str], admin: Api) -> None:
    assert_faults(admin.put("/mano", body), *fields)

    assert admin.get("/mano").json() == RUNNING


def test_only_an_admin_of_all_tenants_pauses(operator: Api) -> None:
    body = {"state": "paused", "reason": "x"}

    for api in (operator, new_api("admin", TENANT)):
        assert_problem(api.put("/mano", body), 403, "permission_denied")
        assert api.get("/mano").json()["state"] == "running"


def test_who_saw_another_state_is_refused(admin: Api) -> None:
    tag = admin.get("/mano")["ETag"]
    assert admin.get("/mano", headers={"If-None-Match": tag}).status_code == 304
    admin.put("/mano", {"state": "paused", "reason": "x"})

    stale = admin.put("/mano", {"state": "running"}, **{"If-Match": tag})

    assert_problem(stale, 412, "precondition_failed")
    assert admin.get("/mano?fields=state").json() == {"state": "paused"}


def test_orders_that_come_meanwhile_change_the_tag_and_no_precondition(
    admin: Api, demo: ServiceDescriptor
) -> None:
    tag = admin.get("/mano")["ETag"]
    submitted(demo)

    # The count is another, and so is what is told
    again = admin.get("/mano", headers={"If-None-Match": tag})
    assert (again.status_code, again.json()["waiting"]) == (200, 1)
    # What is changed is as it was seen
    paused = admin.put("/mano", {"state": "paused", "reason": "x"}, **{"If-Match": tag})
    assert (paused.status_code, paused.json()["state"]) == (200, "paused")
    submitted(demo)
    # And now it is not
    for stale in (tag, '"0.0"', again["ETag"]):
        refused = admin.put("/mano", {"state": "running"}, **{"If-Match": stale})
        assert_problem(refused, 412, "precondition_failed")
    assert admin.get("/mano?fields=state").json() == {"state": "paused"}
    resumed = admin.put("/mano", {"state": "running"}, **{"If-Match": paused["ETag"]})
    assert resumed.status_code == 200


def test_a_broker_that_is_away_is_not_reachable(admin: Api, settings: Any) -> None:
    settings.MANO_DRIVER = "sonata"
    settings.MANO_AMQP_URL = "amqp://guest:guest@127.0.0.1:1/"

    assert admin.get("/mano").json() == RUNNING | {"driver": "sonata", "reachable": False}
