"""Messages of the MANO through a real broker: applied, dropped, or dead letters."""

import json
import struct
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pika.data
import pytest
from django.db import OperationalError
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st
from pika.adapters.blocking_connection import BlockingChannel

from gatekeeper_site.core.counters import EventCount
from records_app.models import ServiceRecord
from requests_app import services
from requests_app.mano import amqp, listener
from requests_app.mano.dead_letters import (
    DeadLetter,
    dead_letters,
    discard_dead_letter,
    retry_dead_letter,
)
from requests_app.mano.messages import MAX_MESSAGE_BYTES
from requests_app.models import Request
from tests.rabbitmq_server import RabbitServer
from tests.requests_app.mano.conftest import Listening, give_up_within_a_second
from tests.requests_app.orders import created_records, steps
from tests.silent_proxy import SilentProxy

pytestmark = pytest.mark.django_db

ACCEPTED = '{"status": "INSTANTIATING", "error": null, "timestamp": 1511270400.0}'


def counts() -> dict[str, int]:
    rows = EventCount.objects.filter(name__startswith="mano_")
    return {f"{row.name} {row.label}".strip(): row.count for row in rows}


def letters() -> list[DeadLetter]:
    found, number = dead_letters()
    assert number == len(found)
    return found


@pytest.fixture
def say(
    rabbit: RabbitServer, listening: Listening, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., None]:
    """Say something on the exchange, and have the listener take it."""
    taken: list[listener.Fate] = []
    dispose_of = listener.dispose_of

    def noted(*args: Any) -> listener.Fate:
        fate = dispose_of(*args)
        taken.append(fate)
        return fate

    monkeypatch.setattr(listener, "dispose_of", noted)

    def say(body: bytes | str, **properties: Any) -> None:
        number = len(taken)
        rabbit.publish(body, **properties)
        listening.until(lambda: len(taken) > number)
        # The next round acknowledges what this one took.
        next(listening.messages)

    return say


@pytest.mark.parametrize(
    "topic",
    ["service.instances.create", "service.instances.update", "service.instance.terminate"],
)
def test_an_answer_is_matched_by_its_correlation_id_on_any_topic(
    say: Callable[..., None], new_request: Request, topic: str
) -> None:
    say(ACCEPTED, topic=topic, correlation_id=str(new_request.pk), app_id="slm")
    final = json.dumps({"status": "READY", **created_records(new_request)})
    say(final, topic=topic, correlation_id=str(new_request.pk))

    new_request.refresh_from_db()
    assert new_request.status == "READY"
    assert ServiceRecord.objects.get().pk == new_request.service_instance_uuid
    assert counts() == {} and letters() == []


def test_what_we_have_sent_ourselves_is_skipped(
    say: Callable[..., None], rabbit: RabbitServer, new_request: Request
) -> None:
    say(ACCEPTED, correlation_id=str(new_request.pk), app_id="son-gkeeper")

    new_request.refresh_from_db()
    assert (new_request.status, new_request.answers.count()) == ("NEW", 0)
    assert counts() == {} and letters() == []
    assert rabbit.waiting("gatekeeper.mano") == 0


OF_NO_REQUEST = pytest.mark.parametrize(
    "properties",
    [
        {},
        {"correlation_id": ""},
        {"correlation_id": "17"},
        {"correlation_id": b"\xff\xfe"},
        {"correlation_id": str(uuid4())},
    ],
)


@OF_NO_REQUEST
@pytest.mark.parametrize("body", [ACCEPTED, "NSD: {name: theirs}"])
def test_what_is_of_no_request_is_counted_and_dropped(
    say: Callable[..., None],
    rabbit: RabbitServer,
    new_request: Request,
    properties: dict[str, Any],
    body: bytes | str,
) -> None:
    say(body, **properties)

    assert counts() == {"mano_messages unknown": 1}
    assert letters() == []
    assert rabbit.waiting("gatekeeper.mano") == 0
    assert steps(new_request) == [("", "NEW", "customer")]


@OF_NO_REQUEST
def test_what_cannot_even_be_read_is_a_dead_letter_whosever_it_is(
    say: Callable[..., None], new_request: Request, properties: dict[str, Any]
) -> None:
    say(b"\xff", **properties)

    assert counts() == {"mano_messages unparsable": 1, "mano_dead_letters": 1}
    assert len(letters()) == 1
    assert steps(new_request) == [("", "NEW", "customer")]


@pytest.mark.parametrize(
    ("body", "label", "reason"),
    [
        ("status: [", "unparsable", "YAML"),
        (b"\xff\xfe", "unparsable", "UTF-8"),
        ("status: !!python/name:os.system", "unusable", "its status is ''"),
        ("x" * (MAX_MESSAGE_BYTES + 1), "too_large", "bytes"),
        ("", "unusable", "not a mapping"),
        ("[READY]", "unusable", "not a mapping"),
        ("nsr: {}", "unusable", "it has no status"),
        ("status: SOON", "unusable", "its status is 'SOON'"),
        ("status: {READY: READY}", "unusable", 'its status is {"READY": "READY"}'),
        ("status: [[READY]]", "unusable", "its status is"),
    ],
)
def test_what_cannot_be_applied_is_a_dead_letter_and_kept_with_its_request(
    say: Callable[..., None], new_request: Request, body: bytes | str, label: str, reason: str
) -> None:
    say(
        body,
        topic="service.instances.update",
        correlation_id=str(new_request.pk),
        app_id="slm",
        content_type="text/plain",
    )

    [letter] = letters()
    assert reason in letter.reason
    assert letter.topic == "service.instances.update"
    assert letter.correlation_id == str(new_request.pk)
    assert datetime.fromisoformat(letter.dead_at).tzinfo is not None
    assert letter.size_bytes == len(body)
    assert json.loads(letter.properties)["content_type"] == "text/plain"
    assert counts() == {f"mano_messages {label}": 1, "mano_dead_letters": 1}
    assert reason in new_request.answers.get().outcome
    new_request.refresh_from_db()
    assert (new_request.status, len(steps(new_request))) == ("NEW", 1)


def test_messages_behind_a_bad_one_are_taken(
    say: Callable[..., None], new_request: Request
) -> None:
    say("status: [", correlation_id=str(new_request.pk))
    say(ACCEPTED, correlation_id=str(new_request.pk))

    new_request.refresh_from_db()
    assert new_request.status == "INSTANTIATING"


def test_a_fault_of_ours_makes_one_message_a_dead_letter(
    say: Callable[..., None],
    new_request: Request,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def fail(**order: Any) -> None:
        raise ZeroDivisionError("a mistake")

    with monkeypatch.context() as patch:
        patch.setattr(services, "apply_answer", fail)
        say(ACCEPTED, correlation_id=str(new_request.pk))

    [letter] = letters()
    assert letter.reason == "ZeroDivisionError: a mistake"
    assert counts() == {"mano_messages failed": 1, "mano_dead_letters": 1}
    assert [record.exc_info is not None for record in caplog.records].count(True) == 1

    # When it is mended and an operator has it tried again
    assert retry_dead_letter(letter.id)
    say("", correlation_id="other")

    new_request.refresh_from_db()
    assert new_request.status == "INSTANTIATING"
    assert letters() == []


def test_without_a_database_nothing_is_acknowledged(
    rabbit: RabbitServer,
    listening: Listening,
    new_request: Request,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(**order: Any) -> None:
        raise OperationalError("the server closed the connection")

    def never() -> bool:
        return False

    rabbit.publish(ACCEPTED, correlation_id=str(new_request.pk))
    with monkeypatch.context() as patch:
        patch.setattr(services, "apply_answer", fail)
        with pytest.raises(OperationalError):
            listening.until(never)

    assert rabbit.waiting("gatekeeper.mano") == 1
    assert counts() == {}
    again = Listening()
    again.until(new_request.answers.exists)
    again.stop()
    assert rabbit.waiting("gatekeeper.mano") == 0


@pytest.mark.parametrize(
    "headers",
    [
        {"a": None, "b": b"\xff", "c": Decimal("1.5"), "d": datetime(2026, 1, 1, tzinfo=UTC)},
        {"a": {"b": [1, {"c": [True, -1]}]}},
        {"x-death": [{"count": 3}], "traceparent": 7},
    ],
)
def test_strange_headers_do_no_harm(
    say: Callable[..., None], new_request: Request, headers: dict[str, Any]
) -> None:
    say("status: SOON", correlation_id=str(new_request.pk), headers=headers)

    [letter] = letters()
    assert "headers" in json.loads(letter.properties)
    assert retry_dead_letter(letter.id)


def test_headers_that_pika_cannot_read_do_no_harm(
    say: Callable[..., None], new_request: Request, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a peer whose client writes a time after the year 9999
    encode_table = pika.data.encode_table
    inner = b"\x04when" + b"T" + struct.pack(">Q", 2**63)
    odd = struct.pack(">I", len(inner)) + inner

    def encode(pieces: list[bytes], headers: Any) -> int:
        if headers != {"when": "then"}:
            return int(encode_table(pieces, headers))
        pieces.append(odd)
        return len(odd)

    with monkeypatch.context() as patch:
        patch.setattr(pika.data, "encode_table", encode)
        say(ACCEPTED, correlation_id=str(new_request.pk), headers={"when": "then"})

    new_request.refresh_from_db()
    assert new_request.status == "INSTANTIATING"


@given(st.binary(max_size=60))
@examples(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_table_of_headers_is_read(inner: bytes) -> None:
    encoded = struct.pack(">I", len(inner)) + inner + b"after"

    headers, end = pika.data.decode_table(encoded, 0)

    assert isinstance(headers, dict)
    assert end == 4 + len(inner)


def test_a_dead_letter_that_fails_again_is_one_again(
    say: Callable[..., None], rabbit: RabbitServer, new_request: Request
) -> None:
    say("status: SOON", correlation_id=str(new_request.pk), app_id="slm", message_id="m1")
    [first] = letters()

    assert retry_dead_letter(first.id)
    say("", correlation_id="other")

    [second] = letters()
    assert second.id != first.id
    assert (second.reason, second.body) == (first.reason, first.body)
    given = json.loads(second.properties)
    assert (given["app_id"], given["message_id"]) == ("slm", "m1")
    assert second.topic == "gatekeeper.mano"


def test_one_of_several_letters_is_discarded_and_the_others_keep_their_places(
    say: Callable[..., None], new_request: Request
) -> None:
    for word in ("first", "second", "third"):
        say(f"status: {word}", correlation_id=str(new_request.pk))
    first, second, third = letters()

    assert discard_dead_letter(second.id)
    assert not discard_dead_letter(second.id)
    assert not retry_dead_letter(second.id)

    assert [letter.body for letter in letters()] == ["status: first", "status: third"]
    assert [letter.id for letter in letters()] == [first.id, third.id]


def test_letters_that_others_have_put_there_are_shown(rabbit: RabbitServer, say: Any) -> None:
    with rabbit.channel() as channel:
        channel.basic_publish(
            "",
            "gatekeeper.mano.dead",
            b"\xff hello",
            pika.BasicProperties(headers={"id": "../x", "reason": 7, "dead_at": b"\xff"}),
        )

    [letter] = letters()

    assert (letter.reason, letter.correlation_id) == ("7", "")
    assert letter.body == "\N{REPLACEMENT CHARACTER} hello"
    assert discard_dead_letter(letter.id)
    assert letters() == []


def test_a_hundred_letters_are_looked_at_and_all_are_counted(
    rabbit: RabbitServer, say: Any
) -> None:
    with rabbit.channel() as channel:
        for number in range(105):
            channel.basic_publish("", "gatekeeper.mano.dead", str(number).encode())

    found, number = dead_letters()

    assert (len(found), number) == (100, 105)
    assert found[0].body == "0"


def test_listening_ends_when_told(rabbit: RabbitServer, listening: Listening) -> None:
    stop: list[int] = []
    messages = listener.listen(stop)
    next(messages)

    stop.append(15)

    assert list(messages) == []


def test_an_ended_consumer_is_an_outage(rabbit: RabbitServer, listening: Listening) -> None:
    with rabbit.channel() as channel:
        channel.queue_delete("gatekeeper.mano")

    with pytest.raises(amqp.NoAnswer, match="ended the consumer"):
        listening.until(lambda: False)


def test_a_broker_that_hangs_as_the_listener_begins_is_an_outage(
    way_to_rabbit: SilentProxy, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a broker that says nothing once all is declared
    basic_qos = BlockingChannel.basic_qos

    def hang(channel: Any, **limits: int) -> None:
        basic_qos(channel, **limits)
        way_to_rabbit.fall_silent()

    monkeypatch.setattr(BlockingChannel, "basic_qos", hang)
    give_up_within_a_second(monkeypatch)

    with pytest.raises(amqp.NoAnswer, match="did not answer within"):
        next(listener.listen([]))


def test_an_acknowledgement_that_the_broker_does_not_take_is_an_outage(
    rabbit: RabbitServer,
    listening: Listening,
    new_request: Request,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Given a connection on which no more can be written
    def block(channel: Any, delivery_tag: int, **_: bool) -> None:
        channel.connection._flush_output(lambda: False)

    monkeypatch.setattr(BlockingChannel, "basic_ack", block)
    give_up_within_a_second(monkeypatch)
    rabbit.publish(ACCEPTED, correlation_id=str(new_request.pk))

    with pytest.raises(amqp.NoAnswer, match="did not answer within"):
        listening.until(lambda: False)

    # Then what it led to stands, and the message comes again
    assert new_request.answers.count() == 1
    assert rabbit.waiting("gatekeeper.mano") == 1
