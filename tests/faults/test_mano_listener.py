"""Listeners are killed, doubled and cut off amid the MANO's answers: each counts once."""

import signal
import socket
from contextlib import closing
from pathlib import Path

import psycopg2
import pytest

from tests.faults.mano_faults import (
    assert_one_record_each,
    assert_ordered_once,
    await_end,
    listener_process,
    order,
    sonata_processes,
    statuses,
    survive_kills,
)
from tests.mano_peer import Behaviour, ManoPeer
from tests.processes import WAIT_SECONDS, environment_for, started, stop, wait_until
from tests.rabbitmq_server import RabbitServer
from tests.requests_app.remote import sql

pytestmark = pytest.mark.processes


@pytest.fixture
def broker(rabbit_of_the_run: RabbitServer) -> RabbitServer:
    """A broker without queues, which is shared and not to be killed."""
    rabbit_of_the_run.wipe()
    return rabbit_of_the_run


def test_three_kills_of_the_listener_lose_and_double_nothing(
    tmp_path: Path, broker: RabbitServer
) -> None:
    with sonata_processes(tmp_path, broker) as gatekeeper, ManoPeer(broker.url) as peer:
        survive_kills(gatekeeper, requests=50, kills=3)

        assert_one_record_each(gatekeeper, 50)
        assert_ordered_once(peer)
        assert broker.waiting("gatekeeper.mano") == 0
        assert broker.waiting("gatekeeper.mano.dead") == 0


def test_a_listener_killed_between_receiving_and_acknowledging(
    tmp_path: Path, broker: RabbitServer
) -> None:
    with (
        sonata_processes(tmp_path, broker) as gatekeeper,
        ManoPeer(broker.url, Behaviour(accepts=False, finishes=False)),
    ):
        # Given a listener that has a message, and waits for the request that it is of
        [request_id] = order(gatekeeper, 1)
        noted = "SELECT count(*) FROM requests_app_request WHERE handover = 'SENT'"
        wait_until(lambda: sql(gatekeeper, noted) == [(1,)], what="the handover")
        with (
            closing(psycopg2.connect(gatekeeper.environment["DATABASE_URL"])) as holder,
            holder.cursor() as cursor,
        ):
            cursor.execute("SELECT 1 FROM requests_app_request FOR UPDATE")
            url = f"{gatekeeper.environment['DATABASE_URL']}?application_name=listener"
            with listener_process(gatekeeper, DATABASE_URL=url) as first:
                waits = (
                    "SELECT count(*) FROM pg_stat_activity "
                    "WHERE wait_event_type = 'Lock' AND application_name = 'listener' "
                    "AND datname = current_database()"
                )
                broker.publish("status: INSTANTIATING", correlation_id=request_id)
                broker.publish("status: SOON", correlation_id=request_id)
                wait_until(lambda: sql(gatekeeper, waits) != [(0,)], what="the lock")
                wait_until(lambda: broker.waiting("gatekeeper.mano") == 0, what="both taken")

                # When it is killed
                first.send_signal(signal.SIGKILL)
                first.wait()
        wait_until(lambda: broker.waiting("gatekeeper.mano") == 2, what="both messages back")
        assert statuses(gatekeeper) == {"NEW": 1}

        # Then another takes what it had, and what was behind that
        with listener_process(gatekeeper):
            wait_until(lambda: broker.waiting("gatekeeper.mano.dead") == 1, what="the letter")
        assert statuses(gatekeeper) == {"INSTANTIATING": 1}
        assert sql(gatekeeper, "SELECT count(*) FROM requests_app_manoanswer") == [(2,)]


@pytest.mark.parametrize("is_twice", [True, False])
def test_two_listeners_with_answers_twice_or_the_final_one_first(
    tmp_path: Path, broker: RabbitServer, is_twice: bool
) -> None:
    behaviour = Behaviour(is_twice=is_twice, final_first=not is_twice)
    with (
        sonata_processes(tmp_path, broker) as gatekeeper,
        ManoPeer(broker.url, behaviour) as peer,
        listener_process(gatekeeper),
        listener_process(gatekeeper),
    ):
        order(gatekeeper, 16)

        assert await_end(gatekeeper) == {"READY": 16}
        answers = 64 if is_twice else 32
        wait_until(
            lambda: sql(gatekeeper, "SELECT count(*) FROM requests_app_manoanswer") == [(answers,)],
            what=f"{answers} answers",
        )
        assert_one_record_each(gatekeeper, 16)
        assert_ordered_once(peer)
        assert broker.waiting("gatekeeper.mano.dead") == 0


def test_connections_to_the_database_that_are_cut_lose_nothing(
    tmp_path: Path, broker: RabbitServer
) -> None:
    cut = (
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
        "WHERE application_name = 'listener' AND datname = current_database()"
    )
    with sonata_processes(tmp_path, broker) as gatekeeper, ManoPeer(broker.url) as peer:
        url = gatekeeper.environment["DATABASE_URL"]
        with listener_process(gatekeeper, DATABASE_URL=f"{url}?application_name=listener"):
            for _ in range(3):
                # Whatever it is doing with their answers.
                order(gatekeeper, 6)
                wait_until(lambda: sql(gatekeeper, cut) != [(0,)], what="a connection")

            assert await_end(gatekeeper) == {"READY": 18}
        assert_one_record_each(gatekeeper, 18)
        assert_ordered_once(peer)
        assert broker.waiting("gatekeeper.mano") == 0
        assert broker.waiting("gatekeeper.mano.dead") == 0


def test_a_listener_without_a_broker_says_so_once_and_stops_at_once(tmp_path: Path) -> None:
    # Given a broker that hangs up on everybody
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(WAIT_SECONDS)
        url = f"amqp://guest:secret-word@127.0.0.1:{server.getsockname()[1]}/"
        environment = environment_for(tmp_path, MANO_DRIVER="sonata", MANO_AMQP_URL=url)
        with (tmp_path / "log").open("wb") as log:
            process = started(("manage.py", "listen_mano"), environment, 1, log.fileno())
            try:
                for _ in range(4):
                    server.accept()[0].close()

                # When it is told to stop, in a pause
                process.terminate()

                assert process.wait(WAIT_SECONDS) == 0
            finally:
                stop(process)
    text = (tmp_path / "log").read_text()
    assert text.count("is not listened to for now") == 1
    assert "secret-word" not in text and "Traceback" not in text
