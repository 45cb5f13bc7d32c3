"""Callbacks by real processes: killed ones repeat what they sent, slow receivers delay nobody."""

from collections.abc import Callable, Iterator
from contextlib import nullcontext
from pathlib import Path
from threading import Event

import pytest

from tests.faults.test_requests_survive_kills import number_of
from tests.faults.test_worker_supervisor import started_cluster
from tests.fixtures import DEMO_SERVICE
from tests.preloaded import CLUSTERS
from tests.processes import (
    OWN_DATABASE,
    WAIT_SECONDS,
    Gatekeeper,
    gatekeeper_processes,
    kill,
    new_postgres_database,
    wait_until,
)
from tests.requests_app.receiver import Received, receiving
from tests.requests_app.remote import got, posted, sql

pytestmark = pytest.mark.processes

CALLBACK_PROCESSES = 2


@pytest.fixture(params=[OWN_DATABASE])
def gatekeeper(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Gatekeeper]:
    """A server whose MANO answers at once, and which may call back to this machine."""
    with (
        nullcontext("") if request.param == "sqlite" else new_postgres_database() as url,
        gatekeeper_processes(
            tmp_path,
            url,
            SIMULATOR_STEP_SECONDS="0",
            CALLBACK_ALLOWED_NETWORKS="127.0.0.0/8",
            CALLBACK_RETRY_SECONDS="0.2,0.2",
            CALLBACK_WORKER_PROCESSES=str(CALLBACK_PROCESSES),
            **{CLUSTERS: "5"},
        ) as started,
    ):
        yield started


def ordered(gatekeeper: Gatekeeper, callback: str | None) -> str:
    """Order an instance of the demo's service; return the request's id."""
    body = {"service_uuid": str(DEMO_SERVICE), "callback": callback}
    request_id: str = posted(gatekeeper, "/requests", body)["id"]
    return request_id


def outcomes(gatekeeper: Gatekeeper, request_id: str) -> list[str]:
    return [each["outcome"] for each in got(gatekeeper, f"/requests/{request_id}/callbacks")]


def let_leases_end(gatekeeper: Gatekeeper) -> None:
    """Let it seem that whoever claimed a callback did so long ago."""
    past = "now() - interval '1 minute'"
    if not gatekeeper.environment["DATABASE_URL"]:
        past = "datetime('now', '-1 minute')"
    sql(
        gatekeeper,
        f"UPDATE requests_app_callbackdelivery SET due_at = {past}, sweep_at = {past} "
        "WHERE due_at IS NOT NULL",
    )


def blocking(release: Event) -> Callable[[Received], int]:
    """Return an answer that comes when it is let go."""

    def answer(received: Received) -> int:
        release.wait(WAIT_SECONDS)
        return 200

    return answer


def test_a_process_that_is_killed_after_it_has_sent_sends_the_same_again(
    gatekeeper: Gatekeeper,
) -> None:
    release = Event()
    with receiving(blocking(release)) as receiver:
        # Given a callback that has arrived and is not answered yet
        cluster = started_cluster(gatekeeper.worker, "callbacks", CALLBACK_PROCESSES)
        request_id = ordered(gatekeeper, receiver.url)
        wait_until(lambda: receiver.received, what="the callback")

        # When the processes that sent it are killed, and the receiver takes it
        for number in range(1, CALLBACK_PROCESSES + 1):
            kill(cluster[f"task process {number}"])
        release.set()

        # Then the request is not affected, and the callback arrives again, with the same id
        wait_until(
            lambda: got(gatekeeper, f"/requests/{request_id}")["status"] == "READY",
            what="the request's end",
        )
        let_leases_end(gatekeeper)
        wait_until(
            lambda: outcomes(gatekeeper, request_id) == ["DELIVERED"] * 2,
            what="the delivery",
        )
    assert receiver.statuses() == ["INSTANTIATING", "INSTANTIATING", "READY"]
    assert receiver.ids()[0] == receiver.ids()[1] != receiver.ids()[2]
    first, second = got(gatekeeper, f"/requests/{request_id}/callbacks")
    assert [len(first["attempts"]), len(second["attempts"])] == [1, 1]


def test_slow_receivers_keep_no_request_waiting(gatekeeper: Gatekeeper) -> None:
    release = Event()
    with receiving(blocking(release)) as slow, receiving() as quick:
        # Given receivers that keep every process busy that sends callbacks
        blocked = [ordered(gatekeeper, slow.url) for _ in range(6)]
        wait_until(lambda: len(slow.received) == CALLBACK_PROCESSES, what="slow callbacks")

        # When other requests arrive
        others = [ordered(gatekeeper, quick.url) for _ in range(20)]
        wait_until(
            lambda: number_of(gatekeeper, "requests_app_request", "status = 'READY'") == 26,
            what="the end of all requests",
        )

        # Then they are done before any of their callbacks had its turn
        assert quick.received == []

        # And when the receivers answer, all are told
        release.set()
        for request_id in (*blocked, *others):
            wait_until(
                lambda key=request_id: outcomes(gatekeeper, key) == ["DELIVERED"] * 2,
                what=f"the callbacks of {request_id}",
            )


def test_a_cluster_of_callbacks_that_is_killed_is_replaced_and_the_other_left_alone(
    gatekeeper: Gatekeeper,
) -> None:
    other = started_cluster(gatekeeper.worker)
    for name in ("main", "pusher", "monitor"):
        kill(started_cluster(gatekeeper.worker, "callbacks", CALLBACK_PROCESSES)[name])

        with receiving() as receiver:
            request_id = ordered(gatekeeper, receiver.url)
            wait_until(
                lambda key=request_id: outcomes(gatekeeper, key) == ["DELIVERED"] * 2,
                # A task that was taken as its cluster was killed is taken again after 90 s.
                seconds=150,
                what="the callbacks",
            )

    assert started_cluster(gatekeeper.worker) == other
