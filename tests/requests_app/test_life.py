"""Whatever happens to requests, in whatever order and how often, keeps what must always hold."""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    initialize,
    invariant,
    multiple,
    rule,
    run_state_machine_as_test,
)

from gatekeeper_site.core import clock
from gatekeeper_site.core.refusals import Conflict
from records_app.models import FunctionRecord, ServiceRecord
from records_app.services import delete_descriptor
from requests_app import states
from requests_app.models import Request, SimulatedOrder
from requests_app.services import (
    apply_answer,
    attend_request,
    cancel_request,
    retry_request,
    set_status,
    sweep_requests,
)
from tests.fixtures import caller, onboarded_service, rolled_back, submitted
from tests.requests_app.orders import created_records, let_pass, nsr, ordered, sweep_and_work, vnfr

LIMITS = settings(
    max_examples=30,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
OPERATOR = "olivia"

messages = st.sampled_from(
    [
        "accept",
        "accept",
        "succeed",
        "succeed",
        "succeed with an odd function",
        "succeed without records",
        "fail",
        "nonsense",
    ]
)


def message_to(request: Request, kind: str) -> Any:
    """Return what the MANO says; the records of an instance are always the same."""
    if kind == "accept":
        return {"status": states.IN_PROGRESS_STATUS[request.request_type]}
    if kind == "fail":
        return {"status": "ERROR", "error": "no"}
    if kind == "nonsense":
        return {"status": "MAYBE"}
    if kind == "succeed without records":
        return {"status": "READY"}
    sent = created_records(request)
    if request.request_type != "CREATE":
        sent = {"nsr": nsr(request.service_instance_uuid), "vnfrs": []}
    if kind == "succeed with an odd function":
        sent["vnfrs"] = [vnfr(UUID(int=7))]
    return {"status": "READY"} | sent


@dataclass
class Now:
    """The rows as they are after a step: requests with their events, the records by their ids."""

    requests: list[Request]
    services: dict[UUID, dict[str, Any]]
    functions: dict[UUID, dict[str, Any]]


def statuses_follow_the_arrows(now: Now) -> None:
    for request in now.requests:
        status = ""
        for event in sorted(request.events.all(), key=lambda each: each.pk):
            assert event.from_status == status
            status = event.to_status
            if event.from_status in ("", status) or event.actor == OPERATOR:
                continue
            assert status in states.next_statuses(request.request_type, event.from_status)
        assert status == request.status


def open_requests_wait_and_hold_and_ended_ones_do_not(now: Now) -> None:
    for request in now.requests:
        is_open = states.is_open(request.status)
        assert (request.deadline_at is not None) == is_open
        assert (request.due_at is not None) == is_open
        holds = is_open and request.service_uuid is not None
        assert request.service_descriptor_id == (request.service_uuid if holds else None)
        assert (request.error is not None) == (request.status == "ERROR")


def an_instance_has_one_open_request_at_most(now: Now) -> None:
    of_open = [each.service_instance_uuid for each in now.requests if states.is_open(each.status)]
    ids = [each for each in of_open if each]
    assert len(ids) == len(set(ids))


def a_create_has_one_service_record_at_most(now: Now, *, is_by_hand: bool) -> None:
    creates = [each for each in now.requests if each.request_type == "CREATE"]
    made = [each for each in creates if each.service_instance_uuid is not None]
    assert sorted(each.service_instance_uuid for each in made) == sorted(now.services)
    if not is_by_hand:
        ready = [each for each in creates if each.status == "READY"]
        assert all(each.service_instance_uuid is not None for each in ready)
        assert all(each.status in ("READY", "ERROR") for each in made)


def versions_grow_by_one_with_each_change(records: dict[UUID, dict[str, Any]], now: Now) -> None:
    for record_id, before in records.items():
        after = now.services.get(record_id) or now.functions[record_id]
        assert after["updated_at"] >= before["updated_at"]
        if before["status"] == "terminated":
            assert after == before
        if record_id in now.functions:
            # The version of a function record is the MANO's where it says one.
            continue
        grown = after["version"] - before["version"]
        # A step is several changes where a final answer stands for the acknowledgement too,
        # or where the MANO says several things.
        assert 0 <= grown <= 6
        assert (grown == 0) == (after == before)


def functions_end_with_their_service(now: Now) -> None:
    for function in now.functions.values():
        if function["status"] != "terminated":
            assert now.services[function["service_id"]]["status"] != "terminated"


def a_record_is_updating_while_its_update_is(now: Now) -> None:
    updating = {each.service_instance_uuid for each in now.requests if each.status == "UPDATING"}
    alive = [row for row in now.services.values() if row["status"] != "terminated"]
    assert {row["uuid"] for row in alive if row["status"] == "updating"} == {
        row["uuid"] for row in alive if row["uuid"] in updating
    }


class Life(RuleBasedStateMachine):
    """Customers, the MANO, workers and the clock, each doing what it likes."""

    requests = Bundle("requests")
    is_by_hand = False

    def __init__(self) -> None:
        super().__init__()
        self.transaction: AbstractContextManager[None] = rolled_back()
        self.transaction.__enter__()
        self.records: dict[UUID, dict[str, Any]] = {}
        self.services: list[Any] = []

    def teardown(self) -> None:
        try:
            if self.services:
                self.nothing_waits_for_ever()
        finally:
            self.transaction.__exit__(None, None, None)

    @initialize()
    def onboard(self) -> None:
        self.services = [onboarded_service(version=version) for version in ("1.0", "2.0")]

    @rule(target=requests, index=st.integers(0, 1))
    def order_an_instance(self, index: int) -> UUID:
        return submitted(self.services[index]).pk

    @rule(
        target=requests,
        create=requests,
        request_type=st.sampled_from(["UPDATE", "TERMINATE"]),
        index=st.integers(0, 1),
    )
    def order_a_change(self, create: UUID, request_type: str, index: int) -> Any:
        instance_id = Request.objects.get(pk=create).service_instance_uuid
        instance = ServiceRecord.objects.filter(pk=instance_id).first()
        if instance is None:
            return multiple()
        others = Request.objects.filter(
            service_instance_uuid=instance_id, status__in=states.OPEN_STATUSES
        )
        latest = str(self.services[index].pk)
        options = {"latest_nsd_id": latest} if request_type == "UPDATE" else {}
        if instance.status != "terminated" and not others.exists():
            return ordered(request_type, instance, **options).pk
        with pytest.raises(Conflict) as refusal:
            ordered(request_type, instance, **options)
        is_terminated = instance.status == "terminated"
        expected = "instance_terminated" if is_terminated else "request_conflict"
        assert refusal.value.code == expected
        return multiple()

    @rule(request_id=requests, kind=messages)
    def mano_says(self, request_id: UUID, kind: str) -> None:
        request = Request.objects.get(pk=request_id)
        apply_answer(request_id=request_id, message=message_to(request, kind))

    @rule(request_id=requests, kinds=st.permutations(["accept", "succeed", "succeed", "fail"]))
    def mano_says_much(self, request_id: UUID, kinds: list[str]) -> None:
        for kind in kinds:
            self.mano_says(request_id, kind)

    @rule(request_id=requests)
    def hand_over(self, request_id: UUID) -> None:
        attend_request(request_id=request_id)

    @rule(seconds=st.sampled_from([16, 61, 1000]))
    def time_passes(self, seconds: int) -> None:
        let_pass(seconds)

    @rule()
    def sweep(self) -> None:
        sweep_requests()

    @rule()
    def workers_work(self) -> None:
        sweep_and_work()

    @rule(request_id=requests)
    def cancel(self, request_id: UUID) -> None:
        before = Request.objects.get(pk=request_id)
        if (before.status, before.handover) == ("NEW", "PENDING"):
            cancel_request(request=before, caller=caller())
            before.refresh_from_db()
            assert (before.status, before.error) == ("ERROR", "cancelled by customer")
            return
        with pytest.raises(Conflict, match="cancelled"):
            cancel_request(request=before, caller=caller())

    @rule(target=requests, request_id=requests)
    def retry(self, request_id: UUID) -> Any:
        before = Request.objects.get(pk=request_id)
        try:
            again = retry_request(request=before, caller=caller(), began_at=clock.now())
        except Conflict as refusal:
            self.check_refused_retry(before, refusal)
            return multiple()
        assert (before.status, before.retried_by) == ("ERROR", None)
        assert again.retry_of == before.pk
        assert (again.status, again.request_type) == ("NEW", before.request_type)
        return again.pk

    def check_refused_retry(self, request: Request, refusal: Conflict) -> None:
        if refusal.code == "already_retried":
            assert request.retried_by is not None
        elif refusal.code == "instance_exists":
            instances = ServiceRecord.objects.exclude(status="terminated")
            assert any(str(each.pk) in refusal.detail for each in instances)
        else:
            assert request.status != "ERROR" or request.request_type != "CREATE"

    @rule(index=st.integers(0, 1))
    def service_stays_while_it_is_needed(self, index: int) -> None:
        service = self.services[index]
        is_needed = service.open_requests.exists() or service.records.exists()
        if is_needed:
            with pytest.raises(Conflict, match="in use"):
                delete_descriptor(descriptor=service)

    @invariant()
    def what_must_always_hold(self) -> None:
        # Everything is read once, and each of these looks at it.
        now = Now(
            requests=list(Request.objects.prefetch_related("events")),
            services={row["uuid"]: row for row in ServiceRecord.objects.values()},
            functions={row["uuid"]: row for row in FunctionRecord.objects.values()},
        )
        statuses_follow_the_arrows(now)
        open_requests_wait_and_hold_and_ended_ones_do_not(now)
        an_instance_has_one_open_request_at_most(now)
        a_create_has_one_service_record_at_most(now, is_by_hand=self.is_by_hand)
        versions_grow_by_one_with_each_change(self.records, now)
        self.records = now.services | now.functions
        functions_end_with_their_service(now)
        if not self.is_by_hand:
            a_record_is_updating_while_its_update_is(now)

    def nothing_waits_for_ever(self) -> None:
        for _ in range(3):
            let_pass(10_000)
            sweep_and_work()
        assert not Request.objects.filter(status__in=states.OPEN_STATUSES).exists()
        assert not SimulatedOrder.objects.exists()
        assert not ServiceRecord.objects.filter(status="updating").exists() or self.is_by_hand
        self.what_must_always_hold()


class LifeWithOperators(Life):
    """The same, with operators who set statuses by hand."""

    is_by_hand = True

    @rule(
        request_id=Life.requests,
        status=st.sampled_from(states.STATUSES),
        force=st.booleans(),
        reason=st.sampled_from(["", "seen in the MANO's log"]),
    )
    def set_by_hand(self, request_id: UUID, status: str, force: bool, reason: str) -> None:
        before = Request.objects.get(pk=request_id)
        is_arrow = status in states.next_statuses(before.request_type, before.status)
        is_word = status in states.statuses_of_type(before.request_type)
        records = list(ServiceRecord.objects.order_by("pk").values())
        try:
            set_status(
                request_id=request_id, status=status, actor=OPERATOR, reason=reason, force=force
            )
        except (ValueError, Conflict) as error:
            refusal = getattr(error, "code", "not allowed")
        else:
            refusal = "none"
        is_allowed = is_word and (is_arrow or (force and bool(reason)))
        is_opened = states.is_open(status) and not states.is_open(before.status)
        others = Request.objects.filter(
            service_instance_uuid=before.service_instance_uuid, status__in=states.OPEN_STATUSES
        ).exclude(pk=request_id)
        if not is_allowed:
            assert refusal == "not allowed"
        elif is_opened and before.service_instance_uuid and others.exists():
            assert refusal == "request_conflict"
        else:
            assert refusal == "none"
        after = Request.objects.get(pk=request_id)
        assert after.status == (status if refusal == "none" else before.status)
        assert list(ServiceRecord.objects.order_by("pk").values()) == records


@pytest.mark.parametrize("machine", [Life, LifeWithOperators])
def test_whatever_happens_keeps_what_must_hold(db: None, machine: type[Life]) -> None:
    run_state_machine_as_test(machine, settings=LIMITS)
