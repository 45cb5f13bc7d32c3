"""What `manage.py listen_mano` does: takes what the SONATA MANO says, and applies it.

Source: contract, requests-and-records.md, MANO. Several may run. A message is acknowledged when
what it led to is committed, or when it lies in the dead-letter queue. Where the broker or the
database is away, what was not acknowledged stays in the queue, and it is tried again after a pause
that grows.
"""

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import InterfaceError, OperationalError, close_old_connections, connections

from gatekeeper_site.core.counters import count_event
from gatekeeper_site.core.postgresql import bound_waits
from gatekeeper_site.work.pauses import Pause
from gatekeeper_site.work.stopping import rest, stop_signals
from requests_app import services
from requests_app.mano import amqp
from requests_app.mano.dead_letters import bury
from requests_app.mano.messages import Unreadable, read_body, request_id_of

PREFETCH = 16
# How soon a stop is noticed when nothing comes.
TICK_SECONDS = 0.5
FIRST_PAUSE_SECONDS = 0.5
# What is said before an exchange that got lost is made and bound again, nobody hears.
LONGEST_PAUSE_SECONDS = 2.0
# How much of an unreadable answer is kept with its request; the dead letter has all of it.
MAX_KEPT_CHARACTERS = 10_000

logger = logging.getLogger(__name__)

DATABASE_FAULTS = (OperationalError, InterfaceError)


@dataclass(frozen=True)
class Fate:
    """What became of a message.

    Args:
        label: "applied", "own", or what it is counted as.
        reason: why it was not applied.
        is_dead: whether it goes to the dead-letter queue.
    """

    label: str
    reason: str = ""
    is_dead: bool = False


def run() -> None:
    """Listen until SIGTERM or SIGINT."""
    stopped = stop_signals()
    bound_waits(stopped)
    logger.info("listen_mano started")
    pause = Pause(FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS)
    while not stopped:
        try:
            for _ in listen(stopped):
                # As the web process does between two calls: one that broke is made anew.
                close_old_connections()
                if pause.end():
                    logger.info("the MANO is listened to again")
        except (*amqp.BROKER_FAULTS, *DATABASE_FAULTS) as error:
            if not pause.seconds:
                logger.error("the MANO is not listened to for now: %s", amqp.fault_text(error))
            rest(pause.grow(), stopped)
        finally:
            connections.close_all()
    logger.info("listen_mano stopped")


def listen(stop_signals: list[int]) -> Iterator[None]:
    """Take messages until told to stop; yield after those that came, and when none did for a while.

    Raises:
        BROKER_FAULTS, DATABASE_FAULTS: what is not acknowledged will be delivered again.
    """
    # Nothing is taken that could not be applied.
    connections["default"].ensure_connection()
    with amqp.connected("listen_mano") as connection:
        dead_channel = amqp.confirming_channel(connection)
        with amqp.in_time(connection):
            channel = connection.channel()
            channel.basic_qos(prefetch_count=PREFETCH)
        messages = channel.consume(amqp.QUEUE, inactivity_timeout=TICK_SECONDS)
        while not stop_signals:
            with amqp.in_time(connection, TICK_SECONDS + amqp.ANSWER_SECONDS):
                message = next(messages, None)
            if message is None:
                raise amqp.NoAnswer(f"the broker has ended the consumer of {amqp.QUEUE}")
            if message[0] is not None:
                batch = [message]
                # Those that have come with it wait for nobody.
                while len(batch) < PREFETCH and channel.get_waiting_message_count():
                    batch.append(next(messages))
                told = [(how.routing_key, properties, body) for how, properties, body in batch]
                fates = dispose_of_all(told)
                with amqp.in_time(connection):
                    for each, fate in zip(told, fates, strict=True):
                        if fate.is_dead:
                            bury(dead_channel, *each, fate.reason)
                    channel.basic_ack(batch[-1][0].delivery_tag, multiple=True)
            yield


def dispose_of_all(messages: Sequence[tuple[Any, Any, bytes]]) -> list[Fate]:
    """Apply messages together, or, where one of them cannot be, each by itself.

    Args:
        messages: of each the topic, the properties and the body.

    Raises:
        DATABASE_FAULTS: what is not applied will be delivered again; of what is, that changes
            nothing.
    """
    answers = [answer_in(properties, body) for _, properties, body in messages]
    together = [answer for answer in answers if answer is not None]
    if len(together) < 2:
        return [dispose_of(*message) for message in messages]
    try:
        outcomes = services.apply_answers(together)
    except DATABASE_FAULTS:
        raise
    except Exception:
        logger.exception("%d messages of the MANO are applied one by one", len(together))
        return [dispose_of(*message) for message in messages]
    in_order = iter(outcomes)
    return [
        dispose_of(*message)
        if answer is None
        else tell(fate_of_outcome(next(in_order)), *message[:2])
        for message, answer in zip(messages, answers, strict=True)
    ]


def answer_in(properties: Any, body: bytes) -> tuple[UUID, Any] | None:
    """Return the request that a message says something of, and what; None if it does not."""
    request_id = request_id_of(properties.correlation_id)
    if properties.app_id == amqp.APP_ID or request_id is None:
        return None
    try:
        return request_id, read_body(body)
    except Unreadable:
        return None


def dispose_of(topic: Any, properties: Any, body: bytes) -> Fate:
    """Apply a message, and log and count it if that cannot be.

    Raises:
        DATABASE_FAULTS: nothing was done.
    """
    try:
        fate = fate_of(properties, body)
    except DATABASE_FAULTS:
        raise
    except Exception as error:  # whatever it is, the messages behind this one must not wait for it
        logger.exception("A message of the MANO could not be applied")
        fate = Fate("failed", f"{type(error).__name__}: {error}", is_dead=True)
    return tell(fate, topic, properties)


def tell(fate: Fate, topic: Any, properties: Any) -> Fate:
    """Log and count what has become of a message that was not applied; return it."""
    if fate.label in {"applied", "own"}:
        return fate
    where = "it is a dead letter" if fate.is_dead else "it is dropped"
    logger.warning(
        "A message on %.100r with correlation id %.100r is %s, %s: %.500s",
        topic,
        properties.correlation_id,
        fate.label,
        where,
        fate.reason,
    )
    count_event("mano_messages", fate.label)
    if fate.is_dead:
        count_event("mano_dead_letters")
    return fate


def fate_of(properties: Any, body: bytes) -> Fate:
    """Apply a message to the request that its correlation id names, whatever its topic is.

    What is of no request of ours is dropped, as others share the exchange, unless it cannot even be
    read: then nobody can tell whose it is.
    """
    if properties.app_id == amqp.APP_ID:
        return Fate("own")
    request_id = request_id_of(properties.correlation_id)
    try:
        message = read_body(body)
    except Unreadable as error:
        keep_unreadable(request_id, body, error)
        return Fate(error.label, str(error), is_dead=True)
    if request_id is None:
        return Fate("unknown", "its correlation id is no UUID")
    return fate_of_outcome(services.apply_answer(request_id=request_id, message=message))


def fate_of_outcome(outcome: str | None) -> Fate:
    """Return what has become of a message that led to something; None: it is of no request."""
    if outcome is None:
        return Fate("unknown", "there is no such request")
    if outcome.startswith(services.UNUSABLE):
        return Fate("unusable", outcome, is_dead=True)
    return Fate("applied")


def keep_unreadable(request_id: UUID | None, body: bytes, error: Unreadable) -> None:
    """Keep what cannot be read with its request, if there is one."""
    if request_id is None:
        return
    text = body[: 4 * MAX_KEPT_CHARACTERS].decode(errors="replace")[:MAX_KEPT_CHARACTERS]
    services.keep_unreadable_answer(request_id=request_id, text=text, reason=str(error))
