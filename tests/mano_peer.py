"""Plays SONATA's service lifecycle manager over RabbitMQ, as the contract describes it."""

import sys
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid5

import pika
import pika.exceptions
import yaml

EXCHANGE = "son-kernel"
CREATE = "service.instances.create"
UPDATE = "service.instances.update"
TERMINATE = "service.instance.terminate"
APP_ID = "son-plugin.slm"
INSTANCES = UUID("3b0e9a4c-8d5c-4b57-9c5a-2f6d0f1f7a10")
ACCEPTS = {CREATE: "INSTANTIATING", UPDATE: "UPDATING", TERMINATE: "TERMINATING"}
SUCCEEDS = {CREATE: "READY", UPDATE: "UPDATE_COMPLETED", TERMINATE: "READY"}


@dataclass(frozen=True)
class Received:
    """An order as it came over the wire."""

    topic: str
    properties: Any
    body: bytes
    # Whether the broker has given it to the peer before.
    is_redelivered: bool

    @property
    def document(self) -> Any:
        return yaml.load(self.body, yaml.CSafeLoader)


@dataclass
class Behaviour:
    """What the peer does with each order; by default it accepts and succeeds."""

    accepts: bool = True
    finishes: bool = True
    # A status ERROR with this, which the MANO gives as a text or as {http_code, message}.
    error: Any = None
    is_twice: bool = False
    final_first: bool = False


class ManoPeer:
    """A thread with a connection and a queue of its own, which outlives a broker's restart.

    An order is answered until the broker confirms that it has the answers: a broker that ends may
    take with it what it has delivered and not yet confirmed to who sent it.

    Args:
        url: of the broker.
        behaviour: may be changed while it runs.
        is_last: whether it binds its queue only when somebody else's is bound to each topic.
    """

    def __init__(
        self, url: str, behaviour: Behaviour | None = None, *, is_last: bool = False
    ) -> None:
        self.url = url
        self.behaviour = behaviour or Behaviour()
        self.is_last = is_last
        self.received: list[Received] = []
        self.unanswered: list[Received] = []
        self.errors: list[str] = []
        self.is_over = threading.Event()
        self.is_bound = threading.Event()
        self.thread = threading.Thread(target=self.run, daemon=True)

    def __enter__(self) -> "ManoPeer":
        self.thread.start()
        assert self.is_bound.wait(60), "the peer finds no broker"
        return self

    def __exit__(self, *error: object) -> None:
        self.is_over.set()
        self.thread.join(60)

    def run(self) -> None:
        while not self.is_over.is_set():
            try:
                self.play()
            except (pika.exceptions.AMQPError, OSError) as error:
                self.errors.append(repr(error))
                time.sleep(0.2)

    def play(self) -> None:
        connection = pika.BlockingConnection(pika.URLParameters(self.url))
        try:
            channel = connection.channel()
            channel.confirm_delivery()
            channel.exchange_declare(EXCHANGE, exchange_type="topic", durable=False)
            while self.is_last and not self.is_over.is_set() and not is_heard(channel):
                connection.sleep(0.1)
            # It outlives restarts, so that orders wait for the peer and not the other way round.
            channel.queue_declare("slm", durable=True)
            for topic in ACCEPTS:
                channel.queue_bind("slm", EXCHANGE, routing_key=topic)
            self.is_bound.set()
            self.answer_all(channel)
            for method, properties, body in channel.consume("slm", inactivity_timeout=0.1):
                if self.is_over.is_set():
                    return
                if method is None:
                    continue
                # Everybody's answers come here too, its own among them; orders want a reply.
                if properties.app_id != APP_ID and properties.reply_to:
                    order = Received(method.routing_key, properties, body, method.redelivered)
                    self.received.append(order)
                    self.unanswered.append(order)
                    self.answer_all(channel)
                channel.basic_ack(method.delivery_tag)
        finally:
            if connection.is_open:
                connection.close()

    def answer_all(self, channel: Any) -> None:
        """Answer what has not been answered; what fails is answered again."""
        while self.unanswered:
            self.answer(channel, self.unanswered[0])
            self.unanswered.pop(0)

    def answer(self, channel: Any, order: Received) -> None:
        """Answer an order as told to, on the topic that it names."""
        behaviour = self.behaviour
        answers = []
        if behaviour.accepts:
            answers.append(accepted(order))
        if behaviour.finishes:
            final = succeeded(order) if behaviour.error is None else failed(behaviour.error)
            answers.insert(0 if behaviour.final_first else len(answers), final)
        for answer in answers:
            for _ in range(2 if behaviour.is_twice else 1):
                channel.basic_publish(
                    EXCHANGE, order.properties.reply_to, answer_body(answer), properties_of(order)
                )


def is_heard(channel: Any) -> bool:
    """Tell whether a queue is bound to each topic, while the peer's own is to none."""
    try:
        for topic in ACCEPTS:
            channel.basic_publish(EXCHANGE, topic, b"of no request", mandatory=True)
    except pika.exceptions.UnroutableError:
        return False
    return True


def properties_of(order: Received) -> Any:
    return pika.BasicProperties(
        app_id=APP_ID,
        correlation_id=order.properties.correlation_id,
        content_type="application/x-yaml",
        delivery_mode=2,
    )


def answer_body(answer: Any) -> bytes:
    return yaml.dump(answer, Dumper=yaml.CSafeDumper).encode()


def accepted(order: Received) -> dict[str, Any]:
    return {"status": ACCEPTS[order.topic], "error": None, "timestamp": time.time()}


def failed(error: Any) -> dict[str, Any]:
    return {"status": "ERROR", "error": error, "timestamp": time.time()}


def succeeded(order: Received) -> dict[str, Any]:
    """Return the success of an order, with records made of what it holds."""
    answer = {"status": SUCCEEDS[order.topic], "error": None, "timestamp": time.time()}
    document = order.document
    if order.topic == TERMINATE:
        return answer
    if order.topic == UPDATE:
        instance_id = UUID(document["Instance_id"])
        vnfrs = []
    else:
        instance_id = uuid5(INSTANCES, order.properties.correlation_id)
        vnfds = [document[name] for name in sorted(document) if name.startswith("VNFD")]
        vnfrs = [vnfr(instance_id, position, vnfd) for position, vnfd in enumerate(vnfds)]
    nsr = {
        "id": str(instance_id),
        "descriptor_version": "nsr-schema-01",
        "descriptor_reference": document["NSD"]["uuid"],
        "status": "normal operation",
        "version": "1",
        "network_functions": [{"vnfr_id": each["id"]} for each in vnfrs],
    }
    return answer | {"nsr": nsr, "vnfrs": vnfrs}


def vnfr(instance_id: UUID, position: int, vnfd: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": str(uuid5(instance_id, str(position))),
        "descriptor_version": "vnfr-schema-01",
        "descriptor_reference": vnfd["uuid"],
        "status": "normal operation",
        "version": "2",
        "virtual_deployment_units": [
            {"id": unit["id"], "vm_image": unit["vm_image"]}
            for unit in vnfd["virtual_deployment_units"]
        ],
    }


def main() -> None:
    """Play until Ctrl-C: `python -m tests.mano_peer amqp://guest:guest@127.0.0.1/`."""
    with ManoPeer(sys.argv[1]) as peer:
        told = 0
        with suppress(KeyboardInterrupt):
            while True:
                for order in peer.received[told:]:
                    told += 1
                    print(order.topic, order.properties.correlation_id, flush=True)  # noqa: T201
                time.sleep(0.2)


if __name__ == "__main__":
    main()
