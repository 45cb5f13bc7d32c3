"""What an agent's answer makes of a status, for every status, version and answer that there is."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ha_app import verdicts
from ha_app.models import Status
from ha_app.verdicts import (
    WORKER_STATES,
    Current,
    MonitoringAnswer,
    StateAnswer,
    Verdict,
    judge_monitoring,
    judge_state,
)

STATUSES = [str(status) for status in Status]
# A deletion is pending, or it has failed.
MARKED_STATUSES = ["ERROR", "PENDING_DELETE"]

versions = st.integers(min_value=1, max_value=4)
errors = st.sampled_from(["", "no such port", "the device is away"])


@st.composite
def objects(draw: st.DrawFn) -> Current:
    """An object in a state that the services can bring it into."""
    status = draw(st.sampled_from(STATUSES))
    is_marked = status == "PENDING_DELETE" or (status == "ERROR" and draw(st.booleans()))
    return Current(
        status=status,
        version=draw(versions),
        marked_for_deletion=is_marked,
        is_monitored=draw(st.booleans()),
        reason=draw(errors.filter(bool)) if status == "ERROR" else "",
    )


states = st.builds(
    StateAnswer,
    version=versions,
    error=errors,
    worker_state=st.sampled_from([*sorted(WORKER_STATES), ""]),
)
parts = st.lists(
    st.tuples(st.sampled_from(["primary", "secondary"]), st.sampled_from(["UP", "DOWN", "up", ""])),
    min_size=1,
    max_size=2,
    unique_by=lambda part: part[0],
).map(tuple)
monitorings = st.none() | st.builds(MonitoringAnswer, version=versions, parts=parts)
answers = st.one_of(states, monitorings)


def judge(current: Current, answer: StateAnswer | MonitoringAnswer | None) -> Verdict:
    if isinstance(answer, StateAnswer):
        return judge_state(current, answer)
    return judge_monitoring(current, answer)


def applied(current: Current, verdict: Verdict) -> Current:
    """Return an object as the service stores it after a verdict that leaves it there."""
    if verdict.is_monitored is not None:
        current = replace(current, is_monitored=verdict.is_monitored)
    if verdict.status is None:
        return current
    reason = verdict.message if verdict.status == "ERROR" else ""
    return replace(current, status=verdict.status, reason=reason)


# --- What holds for all of them ---------------------------------------------------------------


@given(objects(), answers.filter(lambda answer: answer is not None))
def test_an_answer_to_another_version_changes_nothing(
    current: Current, answer: StateAnswer | MonitoringAnswer
) -> None:
    verdict = judge(current, answer)

    what = "state" if isinstance(answer, StateAnswer) else "monitoring"
    if answer.version < current.version:
        assert verdict.ignored == f"older_{what}"
    if answer.version > current.version:
        assert verdict.ignored == f"newer_{what}"
    if answer.version != current.version:
        assert verdict.changes_nothing
        assert f"version {answer.version}," in verdict.message


@given(objects(), answers)
def test_what_is_ignored_changes_nothing_and_says_why(
    current: Current, answer: StateAnswer | MonitoringAnswer | None
) -> None:
    verdict = judge(current, answer)

    if verdict.ignored:
        assert verdict.changes_nothing
        assert verdict.message
    assert bool(verdict.message) == bool(verdict.ignored or verdict.status or verdict.is_gone)


@given(objects(), answers)
def test_an_answer_that_comes_again_changes_nothing_more(
    current: Current, answer: StateAnswer | MonitoringAnswer | None
) -> None:
    verdict = judge(current, answer)
    if verdict.is_gone:
        return

    assert judge(applied(current, verdict), answer).changes_nothing


@given(objects(), states, monitorings)
def test_reading_everything_again_ends_where_it_ended(
    current: Current, state: StateAnswer, monitoring: MonitoringAnswer | None
) -> None:
    verdict = judge_state(current, state)
    if verdict.is_gone:
        return
    current = applied(current, verdict)
    current = applied(current, judge_monitoring(current, monitoring))

    assert judge_state(current, state).changes_nothing
    assert judge_monitoring(current, monitoring).changes_nothing


@given(objects(), answers)
def test_only_a_deletion_that_was_asked_for_removes(
    current: Current, answer: StateAnswer | MonitoringAnswer | None
) -> None:
    verdict = judge(current, answer)

    is_confirmed = (
        isinstance(answer, StateAnswer)
        and current.marked_for_deletion
        and answer == StateAnswer(current.version, "", "DELETE_COMPLETED")
    )
    assert verdict.is_gone == is_confirmed


@given(objects(), answers)
def test_what_is_marked_is_never_at_work_again(
    current: Current, answer: StateAnswer | MonitoringAnswer | None
) -> None:
    if current.marked_for_deletion:
        assert judge(current, answer).status in (None, "ERROR")


@given(objects(), answers)
def test_answers_lead_to_known_statuses_and_never_to_a_pending_one(
    current: Current, answer: StateAnswer | MonitoringAnswer | None
) -> None:
    verdict = judge(current, answer)

    assert verdict.status in (None, "ACTIVE", "DOWN", "ERROR", "MONITORING_UNAVAILABLE")
    if verdict.status == current.status:
        # The same again, for another reason.
        assert verdict.status == "ERROR"
        assert verdict.message != current.reason


@given(objects(), states)
def test_the_state_leaves_monitoring_alone(current: Current, answer: StateAnswer) -> None:
    verdict = judge_state(current, answer)

    assert verdict.is_monitored is None
    assert verdict.status in (None, "ACTIVE", "ERROR")


@given(objects(), monitorings)
def test_monitoring_changes_only_what_is_at_work(
    current: Current, answer: MonitoringAnswer | None
) -> None:
    verdict = judge_monitoring(current, answer)

    if current.status not in ("ACTIVE", "DOWN", "MONITORING_UNAVAILABLE"):
        assert verdict.status is None
    if answer is not None and verdict.status is not None:
        assert verdict.status == (
            "ACTIVE" if set(dict(answer.parts).values()) == {"UP"} else "DOWN"
        )


# --- Each rule by its example -----------------------------------------------------------------


def at(status: str, **fields: object) -> Current:
    current = Current(status=status, version=3, marked_for_deletion=False, is_monitored=False)
    return replace(current, **fields)  # type: ignore[arg-type]


def test_the_statuses_are_those_of_the_model() -> None:
    known = {*verdicts.CONFIRMABLE_STATUSES, *verdicts.MONITORED_STATUSES}
    assert known == set(STATUSES) - {"PENDING_DELETE"}


@pytest.mark.parametrize("worker_state", ["CREATE_COMPLETED", "READ_COMPLETE", "MODIFY_COMPLETED"])
@pytest.mark.parametrize("status", ["PENDING_CREATE", "PENDING_UPDATE", "ERROR"])
def test_work_that_is_done_makes_active(status: str, worker_state: str) -> None:
    verdict = judge_state(at(status), StateAnswer(3, "", worker_state))

    assert verdict == Verdict(status="ACTIVE", message=f"confirmed: {worker_state}")


@pytest.mark.parametrize("status", ["ACTIVE", "DOWN", "MONITORING_UNAVAILABLE"])
def test_work_that_is_done_changes_nothing_at_work(status: str) -> None:
    assert judge_state(at(status), StateAnswer(3, "", "READ_COMPLETE")) == Verdict()


@pytest.mark.parametrize("status", STATUSES)
def test_an_error_counts_in_any_status(status: str) -> None:
    verdict = judge_state(
        at(status, marked_for_deletion=status == "PENDING_DELETE"), StateAnswer(3, "no port", "")
    )

    assert verdict == Verdict(status="ERROR", message="no port")


@pytest.mark.parametrize("status", MARKED_STATUSES)
def test_a_deletion_that_is_done_removes_even_after_an_error(status: str) -> None:
    verdict = judge_state(
        at(status, marked_for_deletion=True), StateAnswer(3, "", "DELETE_COMPLETED")
    )

    assert verdict == Verdict(is_gone=True, message="confirmed: DELETE_COMPLETED")


def test_what_is_out_of_place_says_so() -> None:
    deletion = judge_state(at("ACTIVE"), StateAnswer(3, "", "DELETE_COMPLETED"))
    work = judge_state(
        at("PENDING_DELETE", marked_for_deletion=True), StateAnswer(3, "", "READ_COMPLETE")
    )

    assert (deletion.ignored, work.ignored) == ("out_of_place", "out_of_place")
    assert deletion.message == "DELETE_COMPLETED, though the object is not to be deleted"
    assert work.message == "READ_COMPLETE, though the object is to be deleted"


def test_monitoring_names_the_parts_that_are_not_up() -> None:
    answer = MonitoringAnswer(3, (("primary", "UP"), ("secondary", "DOWN"), ("uplink", "LOST")))

    assert judge_monitoring(at("ACTIVE"), answer) == Verdict(
        status="DOWN", message="secondary is DOWN, uplink is LOST", is_monitored=True
    )


@pytest.mark.parametrize("status", ["DOWN", "MONITORING_UNAVAILABLE"])
def test_monitoring_of_parts_that_are_all_up_makes_active(status: str) -> None:
    verdict = judge_monitoring(
        at(status, is_monitored=True), MonitoringAnswer(3, (("primary", "UP"),))
    )

    assert verdict == Verdict(status="ACTIVE", message="all parts are UP")


@pytest.mark.parametrize(
    ("status", "is_monitored", "becomes"),
    [
        ("ACTIVE", True, "MONITORING_UNAVAILABLE"),
        ("DOWN", True, "MONITORING_UNAVAILABLE"),
        # There was some, but of another version.
        ("ACTIVE", False, "MONITORING_UNAVAILABLE"),
        ("DOWN", False, "MONITORING_UNAVAILABLE"),
        ("PENDING_UPDATE", True, None),
        ("ERROR", True, None),
        ("MONITORING_UNAVAILABLE", True, None),
    ],
)
def test_monitoring_that_is_gone_is_unavailable(
    status: str, is_monitored: bool, becomes: str | None
) -> None:
    verdict = judge_monitoring(at(status, is_monitored=is_monitored), None)

    assert (verdict.status, verdict.ignored) == (becomes, "")
    assert verdict.is_monitored is (False if is_monitored else None)
