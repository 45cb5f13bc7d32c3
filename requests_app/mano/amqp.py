"""Connections to the SONATA MANO's RabbitMQ, and what is declared at each of them.

Source: contract, requests-and-records.md, MANO. Driver, listener and dead letters share this.
"""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pika
import pika.exceptions
from django.conf import settings

from requests_app import states
from requests_app.mano import pika_internals

EXCHANGE = "son-kernel"
QUEUE = "gatekeeper.mano"
DEAD_QUEUE = "gatekeeper.mano.dead"
# Orders go by the topics that answers come by. In our own queue they would count as delivered even
# where nobody else is bound. So what comes takes a way of three exchanges to the queue: an order
# has a second routing key, by which it ends in the second; all else goes on by the third.
INCOMING = "gatekeeper.mano.incoming"
ORDERS = "gatekeeper.mano.orders"
ANSWERS = "gatekeeper.mano.answers"
TOPICS = {
    states.CREATE: "service.instances.create",
    states.UPDATE: "service.instances.update",
    states.TERMINATE: "service.instance.terminate",
}
APP_ID = "son-gkeeper"

CONNECT_SECONDS = 4
# For one exchange with the broker: a declaration, or a message and its confirmation.
ANSWER_SECONDS = 5
HEARTBEAT_SECONDS = 20
PERSISTENT = 2

# What pika raises where the broker is away, hangs, or refuses us: a failed connection has no
# class of its own for each, and a broken one may show in the socket.
BROKER_FAULTS = (pika.exceptions.AMQPError, pika_internals.CONNECTING_FAILED, OSError)

# pika's, which has no types.
Connection = Any
Channel = Any


class NoAnswer(pika.exceptions.AMQPConnectionError):
    """The broker did not answer in time; the connection is broken off."""


def parameters(url: str, name: str) -> Any:
    """Return how to connect.

    Args:
        url: `amqp://user:password@host:port/vhost`, or `amqps://`.
        name: what the broker's operators see the connection as.

    Raises:
        ValueError: it is no such URL, or a certificate cannot be used. The text names no password.
    """
    wanted = "amqp://user:password@host:5672/vhost, or amqps:// with TLS"
    try:
        parts = urlsplit(url)
        is_address = bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_address = False
    if not is_address or parts.scheme not in {"amqp", "amqps"} or parts.fragment:
        raise ValueError(f"it is not like this: {wanted}")
    try:
        found = pika.URLParameters(url)
    except (ValueError, TypeError, AttributeError, SyntaxError, OSError) as error:
        # Its text may repeat what follows the `?`.
        raise ValueError(f"what follows its `?` cannot be used ({type(error).__name__})") from None
    if found.ssl_options is not None and "ssl_options" not in parse_qs(parts.query):
        found.ssl_options = pika.SSLOptions(tls_context())
    found.heartbeat = HEARTBEAT_SECONDS
    found.connection_attempts = 1
    found.socket_timeout = found.stack_timeout = CONNECT_SECONDS
    found.blocked_connection_timeout = ANSWER_SECONDS
    found.client_properties = {"connection_name": f"gatekeeper {name}"}
    return found


def tls_context() -> ssl.SSLContext:
    """Return what connections are encrypted with: the broker shows a certificate for its name.

    Raises:
        ValueError: a certificate cannot be used.
    """
    ca_cert, cert = settings.MANO_AMQP_CA_CERT, settings.MANO_AMQP_CERT
    try:
        context = ssl.create_default_context(cafile=ca_cert or None)
    except OSError as error:
        raise ValueError(f"MANO_AMQP_CA_CERT: {ca_cert!r}: {reason_of(error)}") from error
    if cert:
        key = settings.MANO_AMQP_KEY
        try:
            # With a password of a key, OpenSSL would ask for it at the terminal.
            context.load_cert_chain(cert, key or None, password=lambda: b"")
        except OSError as error:
            text = f"MANO_AMQP_CERT, MANO_AMQP_KEY: {cert!r}, {key!r}: {reason_of(error)}"
            raise ValueError(text) from error
    return context


def reason_of(error: OSError) -> str:
    """Return why a file cannot be used."""
    return error.strerror or str(error)


@contextmanager
def connected(name: str) -> Iterator[Connection]:
    """Connect, and hang up at the end.

    Raises:
        BROKER_FAULTS: the broker is away, hangs, or refuses us.
    """
    connection = connect(name)
    try:
        yield connection
    finally:
        hang_up(connection)


def connect(name: str) -> Connection:
    """Return a new connection, for one thread of one process.

    Raises:
        BROKER_FAULTS: the broker is away, hangs, or refuses us.
    """
    try:
        wanted = parameters(settings.MANO_AMQP_URL, name)
    except ValueError as error:
        # A certificate that was there at the start.
        raise pika.exceptions.AMQPConnectionError(str(error)) from error
    return pika.BlockingConnection(wanted)


def hang_up(connection: Connection) -> None:
    """Close a connection, in whatever state it is; what was not acknowledged stays queued."""
    try:
        if connection.is_open:
            with in_time(connection):
                connection.close()
    except BROKER_FAULTS:
        # It is closed all the same.
        return


@contextmanager
def in_time(connection: Connection, seconds: float = ANSWER_SECONDS) -> Iterator[None]:
    """Break the connection off when what is done with it takes too long.

    pika's own calls wait for as long as heartbeats come, or the silence is not yet noticed.

    Raises:
        NoAnswer: it took longer, or the connection is closed already.
    """
    if not connection.is_open:
        raise NoAnswer("the connection is closed")
    error = NoAnswer(f"the broker did not answer within {seconds:g} s")
    with pika_internals.broken_off_after(seconds, connection, error):
        yield


def declare(channel: Channel) -> None:
    """Declare exchange, queues and bindings, which may be there already.

    Raises:
        BROKER_FAULTS: one is there with other properties (the text says which), or no answer.
    """
    channel.queue_declare(QUEUE, durable=True)
    channel.queue_declare(DEAD_QUEUE, durable=True)
    channel.exchange_declare(ORDERS, exchange_type="fanout", durable=True)
    channel.exchange_declare(ANSWERS, exchange_type="fanout", durable=True)
    channel.queue_bind(QUEUE, ANSWERS)
    channel.exchange_declare(
        INCOMING,
        exchange_type="direct",
        durable=True,
        arguments={"alternate-exchange": ANSWERS},
    )
    channel.exchange_bind(ORDERS, INCOMING, routing_key=ORDERS)
    # At last the one that does not outlive the broker: nothing that comes is astray.
    channel.exchange_declare(EXCHANGE, exchange_type="topic", durable=False, auto_delete=False)
    for topic in TOPICS.values():
        channel.exchange_bind(INCOMING, EXCHANGE, routing_key=topic)
        # As earlier versions have bound it.
        channel.queue_unbind(QUEUE, EXCHANGE, routing_key=topic)


def confirming_channel(connection: Connection) -> Channel:
    """Return a channel on which each message is confirmed, with everything declared.

    Raises:
        BROKER_FAULTS: there is none to be had.
    """
    with in_time(connection):
        channel = connection.channel()
        declare(channel)
        channel.confirm_delivery()
    return channel


def fault_text(error: BaseException) -> str:
    """Return what is wrong with the broker: pika's errors hold the one that says it."""
    inner = getattr(error, "exception", None)
    held = [*getattr(error, "exceptions", []), *error.args, inner]
    reasons = [each for each in held if isinstance(each, BaseException)]
    if reasons:
        return fault_text(reasons[-1])
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
