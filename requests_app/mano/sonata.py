"""The SONATA MANO, over RabbitMQ: sends orders; `listener.py` has what it answers.

Source: contract, requests-and-records.md, MANO. Each thread of each process that sends has one
connection, made when it is first needed.
"""

import os
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pika
import pika.exceptions

from gatekeeper_site.core.origin import current_origin
from records_app.models import DescriptorFormat, ServiceRecord
from requests_app.mano import amqp
from requests_app.mano.messages import order_body
from requests_app.mano.protocol import (
    CannotTell,
    NobodyListens,
    NotSent,
    Order,
    OutcomeUnknown,
    Told,
)

FORMATS = frozenset({DescriptorFormat.SONATA, DescriptorFormat.FIVE_G_TANGO})
CAN_UPDATE = True
CAN_BE_ASKED = False
# The MANO would instantiate twice.
IS_REPEATABLE = False
# An order's time to be accepted runs while it waits behind others in the MANO's queue, and its
# answer behind others in ours. A slower MANO loses orders by their deadline, and one that is deaf
# ends so many of them a second. 60 s make it 120 at once and 5 s make it 10, which a quick one
# accepts in a fraction of a second.
ACCEPTED_PER_SECOND = 2
# Nobody answers the broker's heartbeats between two orders: it may have hung up after this.
REUSED_WITHIN_SECONDS = amqp.HEARTBEAT_SECONDS / 2
# The broker says that it has not taken the message.
REFUSALS = (
    pika.exceptions.UnroutableError,
    pika.exceptions.NackError,
    pika.exceptions.ChannelClosedByBroker,
)


@dataclass
class Line:
    """A connection to the broker, and the process that made it: a fork's copy is not its own."""

    connection: amqp.Connection
    channel: amqp.Channel
    process_id: int
    used_at: float


kept = threading.local()


def send(order: Order) -> None:
    """Publish an order, once somebody else's queue is bound to its topic.

    One that has waited for that for long is sent all the same: an absent MANO shows at the
    deadline.

    Raises:
        NobodyListens: no queue but our own is bound to its topic, as after a broker's restart.
        NotSent: the broker has certainly not got it.
        OutcomeUnknown: the connection broke before the broker confirmed it.
    """
    body = order_body(order)
    topic = amqp.TOPICS[order.request_type]
    try:
        line = open_line()
    except amqp.BROKER_FAULTS as error:
        drop_line()
        raise NotSent(f"no connection to RabbitMQ: {amqp.fault_text(error)}") from error
    try:
        with amqp.in_time(line.connection):
            publish(line.channel, order, body, topic)
    except REFUSALS as error:
        drop_line()
        raise NotSent(f"RabbitMQ has not taken it: {amqp.fault_text(error)}") from error
    except amqp.BROKER_FAULTS as error:
        drop_line()
        raise OutcomeUnknown(f"not confirmed by RabbitMQ: {amqp.fault_text(error)}") from error
    line.used_at = time.monotonic()


def running(records: Sequence[ServiceRecord]) -> Iterator[Told]:
    """Yield that nobody knows: it has no question for that."""
    for record in records:
        yield record, CannotTell("The MANO (sonata) can't be asked what runs.")


def publish(channel: amqp.Channel, order: Order, body: bytes, topic: str) -> None:
    """Give an order to somebody else's queue, or after a while to our own alone.

    Raises:
        NobodyListens: there is no queue but our own, and the order waits for another.
        BROKER_FAULTS: the broker has not taken it, or not confirmed it.
    """
    headers = origin_headers()
    # The broker follows this second routing key, and removes it.
    astray: dict[str, Any] = {"BCC": [amqp.ORDERS]}
    try:
        publish_with(channel, order, body, topic, headers | astray)
    except pika.exceptions.UnroutableError as error:
        if not order.even_unheard:
            text = f"no queue but our own is bound to {topic}: is the MANO there?"
            raise NobodyListens(text) from error
        publish_with(channel, order, body, topic, headers)


def publish_with(
    channel: amqp.Channel, order: Order, body: bytes, topic: str, headers: dict[str, Any]
) -> None:
    """Publish an order with headers, and wait until the broker has confirmed it."""
    properties = pika.BasicProperties(
        content_type="text/yaml",
        correlation_id=str(order.request_id),
        reply_to=topic,
        app_id=amqp.APP_ID,
        delivery_mode=amqp.PERSISTENT,
        headers=headers or None,
    )
    channel.basic_publish(amqp.EXCHANGE, topic, body, properties, mandatory=True)


def origin_headers() -> dict[str, str]:
    """Return the ids by which logs of both sides find each other."""
    origin = current_origin()
    headers = {"traceparent": origin.traceparent, "x-request-id": origin.request_id}
    return {name: value for name, value in headers.items() if value}


def open_line() -> Line:
    """Return this thread's connection, which has just been seen to work, or a new one.

    Raises:
        BROKER_FAULTS: there is none to be had.
    """
    line: Line | None = getattr(kept, "line", None)
    if line is not None and is_alive(line):
        return line
    drop_line()
    connection = amqp.connect("orders")
    kept.line = line = Line(connection, None, os.getpid(), time.monotonic())
    line.channel = amqp.confirming_channel(connection)
    return line


def is_alive(line: Line) -> bool:
    """Tell whether a connection can be used: that is seen before an order is at stake."""
    if line.process_id != os.getpid():
        return False
    if time.monotonic() - line.used_at > REUSED_WITHIN_SECONDS:
        return False
    try:
        with amqp.in_time(line.connection):
            line.channel.exchange_declare(amqp.EXCHANGE, passive=True)
    except amqp.BROKER_FAULTS:
        return False
    return True


def drop_line() -> None:
    """Hang up, if there is a connection of this process's own."""
    line: Line | None = getattr(kept, "line", None)
    kept.line = None
    if line is not None and line.process_id == os.getpid():
        amqp.hang_up(line.connection)
