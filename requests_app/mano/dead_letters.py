"""Messages of the MANO that could not be applied: the queue `gatekeeper.mano.dead`, and no copy.

Who looks at it gets the messages without acknowledging them; when he hangs up, they are back in
their places.
"""

import hashlib
import json
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pika

from gatekeeper_site.core import clock
from requests_app.mano import amqp

OWN_ID = re.compile(r"[0-9a-f]{32}")
# How many are looked at, in one look of at most so long.
MAX_LETTERS = 100
LOOK_SECONDS = 10
# How much is shown of a body, and kept of a reason and of odd properties.
MAX_SHOWN_CHARACTERS = 5_000
MAX_REASON_CHARACTERS = 1_000
MAX_PROPERTIES_CHARACTERS = 5_000
# Properties that a message keeps; the others stand in the header `properties` alone.
KEPT_PROPERTIES = ("content_type", "correlation_id", "reply_to", "app_id", "message_id", "type")


@dataclass(frozen=True)
class DeadLetter:
    """A message, with why it is here. Texts are empty where nobody knows."""

    id: str
    reason: str
    dead_at: str
    topic: str
    correlation_id: str
    properties: str
    size_bytes: int
    body: str


def bury(channel: amqp.Channel, topic: Any, properties: Any, body: bytes, reason: str) -> None:
    """Put a message into the dead-letter queue, and wait until the broker has it.

    Raises:
        BROKER_FAULTS: it may not have it.
    """
    given = {name: value for name, value in vars(properties).items() if value is not None}
    headers = {
        "id": secrets.token_hex(16),
        # The text of an error may hold half of a surrogate pair, which no header does.
        "reason": reason[:MAX_REASON_CHARACTERS].encode(errors="replace").decode(),
        "dead_at": clock.now().isoformat(timespec="milliseconds"),
        "topic": shown(topic),
        "properties": json.dumps(shown_values(given))[:MAX_PROPERTIES_CHARACTERS],
    }
    publish(channel, amqp.DEAD_QUEUE, properties, headers, body)


def publish(
    channel: amqp.Channel, queue: str, properties: Any, headers: dict[str, str] | None, body: bytes
) -> None:
    """Put a message into a queue, persistent, with those of its properties that it keeps.

    Raises:
        BROKER_FAULTS: the broker may not have it.
    """
    kept = {name: getattr(properties, name) for name in KEPT_PROPERTIES}
    channel.basic_publish(
        "",
        queue,
        body,
        pika.BasicProperties(headers=headers, delivery_mode=amqp.PERSISTENT, **kept),
        mandatory=True,
    )


def number_of_dead_letters() -> int:
    """Return how many dead letters there are.

    Raises:
        BROKER_FAULTS: the broker is away.
    """
    with dead_queue() as channel:
        queue = channel.queue_declare(amqp.DEAD_QUEUE, passive=True)
        return int(queue.method.message_count)


def dead_letters() -> tuple[list[DeadLetter], int]:
    """Return the oldest dead letters, and how many there are.

    Raises:
        BROKER_FAULTS: the broker is away.
    """
    with dead_queue() as channel:
        found = [letter_of(properties, body) for _, properties, body in messages(channel)]
        queue = channel.queue_declare(amqp.DEAD_QUEUE, passive=True)
        return found, len(found) + queue.method.message_count


def retry_dead_letter(letter_id: str) -> DeadLetter | None:
    """Have the listeners take a dead letter again; return it, or None if it is not there.

    Raises:
        BROKER_FAULTS: the broker is away; the letter may be both in the queue and here.
    """
    with dead_queue() as channel:
        for method, properties, body in messages(channel):
            if id_of(properties, body) == letter_id:
                publish(channel, amqp.QUEUE, properties, None, body)
                channel.basic_ack(method.delivery_tag)
                return letter_of(properties, body)
    return None


def discard_dead_letter(letter_id: str) -> DeadLetter | None:
    """Remove a dead letter; return it, or None if it is not there.

    Raises:
        BROKER_FAULTS: the broker is away.
    """
    with dead_queue() as channel:
        for method, properties, body in messages(channel):
            if id_of(properties, body) == letter_id:
                channel.basic_ack(method.delivery_tag)
                return letter_of(properties, body)
    return None


@contextmanager
def dead_queue() -> Iterator[amqp.Channel]:
    """Connect for one look at the queue."""
    with amqp.connected("dead letters") as connection:
        channel = amqp.confirming_channel(connection)
        with amqp.in_time(connection, LOOK_SECONDS):
            yield channel


def messages(channel: amqp.Channel) -> Iterator[tuple[Any, Any, bytes]]:
    """Get the oldest messages, each as method, properties and body."""
    for _ in range(MAX_LETTERS):
        method, properties, body = channel.basic_get(amqp.DEAD_QUEUE)
        if method is None:
            return
        yield method, properties, body


def letter_of(properties: Any, body: bytes) -> DeadLetter:
    """Return a message as it is shown."""
    headers = properties.headers or {}
    return DeadLetter(
        id=id_of(properties, body),
        reason=shown(headers.get("reason")),
        dead_at=shown(headers.get("dead_at")),
        topic=shown(headers.get("topic")),
        correlation_id=shown(properties.correlation_id),
        properties=shown(headers.get("properties")),
        size_bytes=len(body),
        body=body[: 4 * MAX_SHOWN_CHARACTERS].decode(errors="replace")[:MAX_SHOWN_CHARACTERS],
    )


def id_of(properties: Any, body: bytes) -> str:
    """Return what a letter is found again by; somebody else's has none of its own."""
    given = (properties.headers or {}).get("id")
    is_own = isinstance(given, str) and OWN_ID.fullmatch(given)
    return str(given) if is_own else hashlib.sha256(body).hexdigest()


def shown(value: Any) -> str:
    """Return a property as text, whatever somebody has made of it."""
    if isinstance(value, bytes):
        return value.decode(errors="replace")
    return "" if value is None else str(value)


def shown_values(value: Any) -> Any:
    """Return properties in types that JSON has."""
    if isinstance(value, dict):
        return {shown(key): shown_values(member) for key, member in value.items()}
    if isinstance(value, list):
        return [shown_values(member) for member in value]
    return value if value is None or isinstance(value, bool | int | float) else shown(value)
