"""What the tests of the MANO over RabbitMQ begin with."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from requests_app.mano import amqp, listener
from tests.processes import WAIT_SECONDS, wait_until


class Listening:
    """The listener, which takes messages when the test lets it."""

    def __init__(self) -> None:
        self.messages = listener.listen([])

    def start(self) -> None:
        """Declare the queue, so that nothing that is said is lost; returns when nothing comes."""
        next(self.messages)

    def until(self, condition: Callable[[], bool], what: str = "a message") -> None:
        """Take messages until a condition holds."""

        def take() -> bool:
            if not condition():
                next(self.messages)
            return condition()

        wait_until(take, what=what)

    def stop(self) -> None:
        self.messages.close()


def give_up_within_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let nobody wait for a broker that hangs for longer than a second."""
    in_time = amqp.in_time
    monkeypatch.setattr(amqp, "in_time", lambda connection, *seconds: in_time(connection, 1))


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait for a broker that a busy machine keeps from answering."""
    in_time = amqp.in_time

    def in_a_minute(connection: amqp.Connection, seconds: float = WAIT_SECONDS) -> Any:
        return in_time(connection, seconds)

    monkeypatch.setattr(amqp, "in_time", in_a_minute)
    monkeypatch.setattr(amqp, "CONNECT_SECONDS", WAIT_SECONDS)
    monkeypatch.setattr(amqp, "ANSWER_SECONDS", WAIT_SECONDS)


@pytest.fixture
def listening(rabbit: object, db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Listening]:
    """A listener that has declared its queue."""
    monkeypatch.setattr(listener, "TICK_SECONDS", 0.05)
    listening = Listening()
    listening.start()
    yield listening
    listening.stop()
