"""The driver against a real broker: what goes over the wire, and what is known when it does not."""

import logging
import os
import socket
import threading
import time
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pika
import pytest
import yaml

from gatekeeper_site.core import clock
from gatekeeper_site.core.origin import new_origin, originating
from gatekeeper_site.work.cluster import SupervisedBroker
from records_app.models import ServiceDescriptor, ServiceRecord
from requests_app.mano import amqp, sonata
from requests_app.mano.protocol import NobodyListens, NotSent, Order, OutcomeUnknown
from requests_app.mano.readiness import mano_check
from requests_app.models import Request
from requests_app.services import attend_request
from tests.fixtures import new_user, submitted
from tests.mano_peer import Behaviour, ManoPeer, Received
from tests.processes import free_port, wait_until
from tests.rabbitmq_server import RabbitServer
from tests.requests_app.mano.conftest import Listening, give_up_within_a_second
from tests.requests_app.orders import (
    expire,
    let_pass,
    made_ready,
    ordered,
    run_next_task,
    sweep_and_work,
    work,
)
from tests.silent_proxy import SilentProxy

ORDER = Order(
    request_id=UUID(int=7),
    request_type="CREATE",
    service_instance_uuid=None,
    nsd={"uuid": "n"},
    vnfds=[],
    ingresses=[],
    egresses=[],
    customer_email=None,
)


TYPES = {topic: request_type for request_type, topic in amqp.TOPICS.items()}


def orders(peer: ManoPeer, number: int) -> list[Received]:
    """Return what the peer has received, once it is so many."""
    wait_until(lambda: len(peer.received) >= number, what=f"{number} orders")
    assert len(peer.received) == number
    return peer.received


@pytest.fixture
def silent_peer(rabbit: RabbitServer) -> Any:
    """A peer that keeps orders and answers none."""
    with ManoPeer(rabbit.url, Behaviour(accepts=False, finishes=False)) as peer:
        yield peer


@pytest.mark.django_db
def test_a_create_on_the_wire(silent_peer: ManoPeer, demo: ServiceDescriptor) -> None:
    new_user("customer", email="eve@example.org")
    request = submitted(demo, ingresses=[{"location": "Lisbon", "nap": "10.0.0.0/24"}])

    with originating(new_origin(via="api", request_id="call-17")):
        attend_request(request_id=request.pk)

    [order] = orders(silent_peer, 1)
    properties = order.properties
    assert order.topic == properties.reply_to == "service.instances.create"
    assert properties.correlation_id == str(request.pk)
    assert properties.app_id == "son-gkeeper"
    assert properties.content_type == "text/yaml"
    assert properties.delivery_mode == 2
    assert set(properties.headers) == {"traceparent", "x-request-id"}
    document = order.document
    assert list(document) == ["NSD", "VNFD0", "VNFD1", "ingresses", "egresses", "user_data"]
    assert document["NSD"] == demo.document | {"uuid": str(demo.pk)}
    assert [document[f"VNFD{number}"]["name"] for number in (0, 1)] == ["vfoo-vnf", "vbar-vnf"]
    assert all(UUID(document[f"VNFD{number}"]["uuid"]) for number in (0, 1))
    assert document["ingresses"] == [{"location": "Lisbon", "nap": "10.0.0.0/24"}]
    assert document["user_data"]["customer"]["email"] == "eve@example.org"
    assert document["user_data"]["customer"]["keys"] == {"public": None, "private": None}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("request_type", "topic", "members"),
    [
        ("UPDATE", "service.instances.update", ["NSD", "Instance_id"]),
        ("TERMINATE", "service.instance.terminate", ["instance_id", "service_instance_uuid"]),
    ],
)
def test_orders_for_an_instance_on_the_wire(
    silent_peer: ManoPeer,
    instance: ServiceRecord,
    newer_service: ServiceDescriptor,
    request_type: str,
    topic: str,
    members: list[str],
) -> None:
    more = {"latest_nsd_id": "2.0"} if request_type == "UPDATE" else {}
    request = ordered(request_type, instance, **more)

    attend_request(request_id=request.pk)

    [order] = orders(silent_peer, 1)
    assert order.topic == order.properties.reply_to == topic
    assert list(order.document) == members
    ids = [value for name, value in order.document.items() if name != "NSD"]
    assert set(ids) == {str(instance.pk)}
    assert order.document.get("NSD", {}).get("uuid") in (None, str(newer_service.pk))


def test_one_connection_is_used_again_and_a_dead_one_is_not(silent_peer: ManoPeer) -> None:
    sonata.send(ORDER)
    first = sonata.kept.line.connection
    sonata.send(ORDER)
    assert sonata.kept.line.connection is first

    # When nobody has answered the broker's heartbeats for too long
    sonata.kept.line.used_at -= amqp.HEARTBEAT_SECONDS
    sonata.send(ORDER)
    second = sonata.kept.line.connection
    assert second is not first and first.is_closed

    # And when it was closed
    second.close()
    sonata.send(ORDER)

    assert len(orders(silent_peer, 4)) == 4


@pytest.mark.django_db
def test_a_mano_that_is_slow_with_its_answers_loses_no_order(
    rabbit: RabbitServer,
    silent_peer: ManoPeer,
    service: ServiceDescriptor,
    listening: Listening,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Given more orders than the MANO accepts in the 60 s for which one of them may wait
    monkeypatch.setattr(sonata, "ACCEPTED_PER_SECOND", 0.1)
    for _ in range(18):
        submitted(service)
    broker, answering = SupervisedBroker(), ManoPeer(rabbit.url)
    ready = Request.objects.filter(status="READY")

    # When it gets as many as it may owe, and answers those after a while
    with rabbit.channel() as channel:
        for number in (6, 12, 18):
            while run_next_task(broker):
                pass
            let_pass(40)
            for order in orders(silent_peer, number)[-6:]:
                answering.answer(channel, order)
            listening.until(lambda number=number: ready.count() == number, f"{number} READY")

    # Then each has been sent once, and all are READY
    sent = {order.properties.correlation_id for order in silent_peer.received}
    assert sent == {str(request.pk) for request in ready}
    assert len(sent) == 18


def test_each_thread_has_its_own_connection(silent_peer: ManoPeer) -> None:
    sonata.send(ORDER)
    lines = []

    def send() -> None:
        sonata.send(ORDER)
        lines.append(sonata.kept.line)
        sonata.drop_line()

    thread = threading.Thread(target=send)
    thread.start()
    thread.join()

    assert lines[0] is not sonata.kept.line
    assert len(orders(silent_peer, 2)) == 2


def test_a_connection_is_not_used_across_a_fork(silent_peer: ManoPeer) -> None:
    sonata.send(ORDER)
    parents = sonata.kept.line
    child = os.fork()
    if child == 0:
        sonata.send(ORDER)
        os._exit(0 if sonata.kept.line is not parents else 1)

    assert os.waitpid(child, 0)[1] == 0
    sonata.send(ORDER)

    assert sonata.kept.line is parents
    assert len(orders(silent_peer, 3)) == 3


def test_an_order_waits_until_somebody_elses_queue_is_bound(rabbit: RabbitServer) -> None:
    # Given nobody but us
    for _ in range(2):
        with pytest.raises(NotSent, match="no queue but our own is bound"):
            sonata.send(ORDER)
    first = sonata.kept.line
    assert rabbit.waiting("gatekeeper.mano") == 0

    # When the MANO comes
    with ManoPeer(rabbit.url, Behaviour(accepts=False, finishes=False)) as peer:
        sonata.send(ORDER)

        # Then it has the order, and our own queue has not
        orders(peer, 1)
    assert rabbit.waiting("gatekeeper.mano") == 0
    assert sonata.kept.line is first


def test_each_topic_waits_for_itself(rabbit: RabbitServer) -> None:
    with rabbit.channel() as channel:
        channel.exchange_declare("son-kernel", exchange_type="topic")
        channel.queue_declare("slm", durable=True)
        channel.queue_bind("slm", "son-kernel", routing_key="service.instance.terminate")

    with pytest.raises(NotSent):
        sonata.send(ORDER)
    sonata.send(replace(ORDER, request_type="TERMINATE"))

    assert rabbit.waiting("slm") == 1


def test_an_order_that_has_waited_for_long_is_sent_all_the_same(rabbit: RabbitServer) -> None:
    # Given nobody but us
    with pytest.raises(NobodyListens):
        sonata.send(ORDER)

    sonata.send(replace(ORDER, even_unheard=True))

    assert rabbit.waiting("gatekeeper.mano") == 1


def test_an_order_that_has_waited_for_long_goes_to_the_mano_alone_if_it_is_there(
    silent_peer: ManoPeer, rabbit: RabbitServer
) -> None:
    sonata.send(replace(ORDER, even_unheard=True))

    orders(silent_peer, 1)
    assert rabbit.waiting("gatekeeper.mano") == 0


def test_an_exchange_that_is_made_anew_waits_for_the_mano_again(silent_peer: ManoPeer) -> None:
    # Given a MANO that has had an order, and an exchange that is gone, as after a restart
    sonata.send(ORDER)
    with pika.BlockingConnection(pika.URLParameters(silent_peer.url)) as connection:
        connection.channel().exchange_delete("son-kernel")

    # When another order comes before the MANO has bound its queue again
    with pytest.raises(NotSent):
        sonata.send(ORDER)
    assert len(orders(silent_peer, 1)) == 1

    # Then it is sent once it has
    with pika.BlockingConnection(pika.URLParameters(silent_peer.url)) as connection:
        connection.channel().queue_bind("slm", "son-kernel", "service.instances.create")
    sonata.send(ORDER)
    assert len(orders(silent_peer, 2)) == 2


@pytest.mark.parametrize("topic", sorted(amqp.TOPICS.values()))
def test_what_others_say_on_any_topic_comes_to_our_queue_once(
    rabbit: RabbitServer, topic: str
) -> None:
    # Given a queue that an earlier version has bound by itself, too
    with rabbit.channel() as channel:
        channel.exchange_declare("son-kernel", exchange_type="topic")
        channel.queue_declare("gatekeeper.mano", durable=True)
        channel.queue_bind("gatekeeper.mano", "son-kernel", routing_key=topic)
    order = replace(ORDER, request_type=TYPES[topic])

    with pytest.raises(NotSent):
        sonata.send(order)
    rabbit.publish("status: READY", topic=topic, app_id="slm", headers={"x": "y"})

    assert rabbit.waiting("gatekeeper.mano") == 1


def try_again(request: Request, seconds: float) -> tuple[str, str]:
    """Let time pass, and another process do what is due by then; return what became of it."""
    sonata.drop_line()
    let_pass(seconds)
    sweep_and_work()
    request.refresh_from_db()
    return request.status, request.handover


@pytest.mark.django_db
def test_a_request_whose_order_waits_is_sent_after_30_seconds_whoever_tries(
    rabbit: RabbitServer, new_request: Request
) -> None:
    # Given nobody but us
    work()
    new_request.refresh_from_db()
    assert (new_request.status, new_request.handover) == ("NEW", "PENDING")
    assert new_request.due_at is not None
    assert new_request.due_at <= clock.now() + timedelta(seconds=5)

    # When others try again, until 30 s are over
    for seconds in (6, 20, 3):
        assert try_again(new_request, seconds) == ("NEW", "PENDING")
    assert rabbit.waiting("gatekeeper.mano") == 0

    # Then it is due in that moment, and counts as sent
    assert try_again(new_request, 1) == ("NEW", "SENT")
    assert rabbit.waiting("gatekeeper.mano") == 1


@pytest.mark.django_db
def test_each_request_waits_for_itself(
    rabbit: RabbitServer, service: ServiceDescriptor, new_request: Request
) -> None:
    # Given an order that was sent to nobody, after a while
    work()
    for seconds in (20, 10):
        try_again(new_request, seconds)
    assert rabbit.waiting("gatekeeper.mano") == 1

    # When another comes, it waits: the MANO may have been started meanwhile
    later = submitted(service)
    assert try_again(later, 0) == ("NEW", "PENDING")
    with ManoPeer(rabbit.url, Behaviour(accepts=False, finishes=False)) as peer:
        assert try_again(later, 6) == ("NEW", "SENT")
        [order] = orders(peer, 1)
    assert order.properties.correlation_id == str(later.pk)


@pytest.mark.django_db
def test_the_waiting_begins_anew_after_an_outage_and_when_nobody_has_tried(
    rabbit: RabbitServer, new_request: Request, settings: Any
) -> None:
    # Given an order that has waited, in an outage for the most part
    settings.MANO_ACCEPT_SECONDS = 600
    work()
    settings.MANO_AMQP_URL = f"amqp://127.0.0.1:{free_port()}/"
    assert try_again(new_request, 6) == ("NEW", "PENDING")

    # When the broker is back, it waits for the MANO
    settings.MANO_AMQP_URL = rabbit.url
    for seconds in (26, 26):
        assert try_again(new_request, seconds) == ("NEW", "PENDING")

    # And again after a time in which no process has tried
    assert try_again(new_request, 31) == ("NEW", "PENDING")
    assert rabbit.waiting("gatekeeper.mano") == 0


def test_a_broker_that_is_away_has_got_nothing(settings: Any) -> None:
    settings.MANO_AMQP_URL = f"amqp://guest:secret-word@127.0.0.1:{free_port()}/"

    with pytest.raises(NotSent, match="refused") as fault:
        sonata.send(ORDER)

    assert "secret-word" not in str(fault.value)


def test_a_broker_that_refuses_us_has_got_nothing(rabbit: RabbitServer, settings: Any) -> None:
    settings.MANO_AMQP_URL = rabbit.url.replace("guest:guest", "guest:secret-word")

    with pytest.raises(NotSent, match="no connection") as fault:
        sonata.send(ORDER)

    assert "secret-word" not in str(fault.value)


def test_an_exchange_of_another_kind_is_named(rabbit: RabbitServer) -> None:
    with rabbit.channel() as channel:
        channel.exchange_declare("son-kernel", exchange_type="topic", durable=True)

    with pytest.raises(NotSent, match=r"durable.*son-kernel"):
        sonata.send(ORDER)


def test_a_server_that_accepts_and_says_nothing_has_got_nothing(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(amqp, "CONNECT_SECONDS", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as server:
        settings.MANO_AMQP_URL = f"amqp://127.0.0.1:{server.getsockname()[1]}/"
        began = time.monotonic()

        with pytest.raises(NotSent):
            sonata.send(ORDER)

        assert 0.5 <= time.monotonic() - began < 50


def test_a_broker_that_hangs_before_an_order_has_not_got_it(
    way_to_rabbit: SilentProxy, silent_peer: ManoPeer, monkeypatch: pytest.MonkeyPatch
) -> None:
    sonata.send(ORDER)
    way_to_rabbit.fall_silent()
    with monkeypatch.context() as patches:
        patches.setattr(amqp, "CONNECT_SECONDS", 1)
        give_up_within_a_second(patches)
        with pytest.raises(NotSent):
            sonata.send(ORDER)
    way_to_rabbit.speak()

    sonata.send(ORDER)
    assert len(orders(silent_peer, 2)) == 2


@pytest.fixture
def broker_that_hangs_at_orders(
    way_to_rabbit: SilentProxy, silent_peer: ManoPeer, monkeypatch: pytest.MonkeyPatch
) -> SilentProxy:
    """A broker that hangs between the last look at it and an order."""
    is_alive = sonata.is_alive

    def hang(line: Any) -> bool:
        alive = is_alive(line)
        way_to_rabbit.fall_silent()
        return alive

    sonata.send(ORDER)
    monkeypatch.setattr(sonata, "is_alive", hang)
    return way_to_rabbit


def test_an_order_without_confirmation_may_have_been_sent(
    broker_that_hangs_at_orders: SilentProxy, monkeypatch: pytest.MonkeyPatch
) -> None:
    give_up_within_a_second(monkeypatch)

    with pytest.raises(OutcomeUnknown, match="did not answer within 1 s"):
        sonata.send(ORDER)


@pytest.mark.django_db
def test_a_request_that_may_have_been_sent_waits_for_an_answer(
    broker_that_hangs_at_orders: SilentProxy,
    new_request: Request,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    # Given an order without confirmation: the task does not fail
    give_up_within_a_second(monkeypatch)
    assert work() == 1
    new_request.refresh_from_db()
    assert (new_request.status, new_request.handover) == ("NEW", "BEGUN")
    told = [record for record in caplog.records if record.levelno >= logging.WARNING]
    assert [record.exc_info for record in told] == [None]
    assert f"Request {new_request.pk} may have reached the MANO" in told[0].getMessage()
    broker_that_hangs_at_orders.speak()
    monkeypatch.setattr(sonata, "send", lambda order: pytest.fail("it is sent again"))

    # When its task runs again, and then its time is over
    attend_request(request_id=new_request.pk)
    sweep_and_work()
    expire(new_request)

    assert new_request.error == (
        "The MANO did not accept the request within 60 s. It may have reached the MANO."
    )


@pytest.mark.django_db
def test_an_answer_to_a_request_that_may_have_been_sent_is_taken(
    broker_that_hangs_at_orders: SilentProxy,
    new_request: Request,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    give_up_within_a_second(monkeypatch)
    work()

    made_ready(new_request)

    assert (new_request.status, new_request.handover) == ("READY", "SENT")


def test_an_order_is_text_as_given(silent_peer: ManoPeer) -> None:
    nsd = {"uuid": "n", "name": "Zürich 東京", "version": "1.0"}
    sonata.send(replace(ORDER, nsd=nsd))

    [order] = orders(silent_peer, 1)
    assert yaml.safe_load(order.body.decode())["NSD"] == nsd | {"description": ""}
    assert "Zürich 東京" in order.body.decode()


def test_readiness_tells_whether_the_broker_answers(rabbit: RabbitServer, settings: Any) -> None:
    assert mano_check() == "ok"

    settings.MANO_AMQP_URL = f"amqp://127.0.0.1:{free_port()}/"
    assert mano_check() == "does not answer"

    settings.MANO_DRIVER = "simulator"
    assert mano_check() is None
