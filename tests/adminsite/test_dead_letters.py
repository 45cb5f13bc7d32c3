"""The admin's page of messages of the MANO that could not be applied."""

from typing import Any

import pika
import pytest
from django.test import Client

from gatekeeper_site.audit.models import AuditEntry
from requests_app.mano import amqp
from requests_app.mano.dead_letters import bury
from tests.adminsite.pages import text_of
from tests.processes import free_port
from tests.rabbitmq_server import RabbitServer

PAGE = "/admin/requests_app/request/dead-letters/"

pytestmark = pytest.mark.django_db


@pytest.fixture
def letters(rabbit: RabbitServer) -> RabbitServer:
    """A broker with two dead letters."""
    with amqp.connected("test") as connection:
        channel = amqp.confirming_channel(connection)
        for number in (1, 2):
            properties = pika.BasicProperties(correlation_id=f"order-{number}", app_id="slm")
            body = f"status: <b>SOON{number}</b>".encode()
            bury(channel, "service.instances.create", properties, body, f"its status is {number}")
    return rabbit


def buttons(response: Any, word: str) -> list[str]:
    """Return where the buttons lead that do this, in the order of the page."""
    page = response.content.decode()
    return [part.split('"')[0] for part in page.split('action="') if f"/{word}/" in part[:200]]


def test_the_page_shows_each_message_with_its_reason(
    letters: RabbitServer, superuser: Client
) -> None:
    response = superuser.get(PAGE)

    text = text_of(response)
    assert "2 messages of the MANO could not be applied." in text
    assert "its status is 1" in text and "its status is 2" in text
    assert "service.instances.create · correlation id order-1 · 20 bytes" in text
    assert "status: <b>SOON1</b>" in text
    assert "<b>SOON" not in response.content.decode()
    assert letters.waiting("gatekeeper.mano.dead") == 2


def test_try_again_hands_one_message_to_the_listeners(
    letters: RabbitServer, superuser: Client
) -> None:
    first, _ = buttons(superuser.get(PAGE), "retry")

    response = superuser.post(first, follow=True)

    assert "handed to the listeners again" in text_of(response)
    assert "its status is 1" not in text_of(response)
    assert "its status is 2" in text_of(response)
    with letters.channel() as channel:
        _, properties, body = channel.basic_get("gatekeeper.mano", auto_ack=True)
    assert body == b"status: <b>SOON1</b>"
    assert (properties.correlation_id, properties.app_id) == ("order-1", "slm")
    # What is done is not done twice.
    assert "not there any more" in text_of(superuser.post(first, follow=True))
    assert letters.waiting("gatekeeper.mano") == 0


def test_discard_removes_one_message(letters: RabbitServer, superuser: Client) -> None:
    first, _ = buttons(superuser.get(PAGE), "discard")

    response = superuser.post(first, follow=True)

    assert "is discarded" in text_of(response)
    assert "1 message of the MANO" in text_of(response)
    assert letters.waiting("gatekeeper.mano.dead") == 1
    assert letters.waiting("gatekeeper.mano") == 0


@pytest.mark.parametrize("word", ["retry", "discard"])
def test_what_is_done_stands_in_the_audit(
    letters: RabbitServer, superuser: Client, word: str
) -> None:
    first, _ = buttons(superuser.get(PAGE), word)
    assert not AuditEntry.objects.filter(object_type="dead_letter").exists()

    # When it is done, and then again though the letter is gone
    superuser.post(first)
    superuser.post(first)

    entry = AuditEntry.objects.get(object_type="dead_letter")
    assert (entry.action, entry.via) == (word, "admin")
    assert entry.actor == superuser.get("/admin/").wsgi_request.user.get_username()
    assert entry.object_id == first.split("/")[-3]
    assert entry.changes == {
        "topic": ["service.instances.create", None],
        "correlation_id": ["order-1", None],
        "reason": ["its status is 1", None],
        "body": ["status: <b>SOON1</b>", None],
    }


def test_a_letter_of_odd_bytes_stands_in_the_audit(rabbit: RabbitServer, superuser: Client) -> None:
    with amqp.connected("test") as connection:
        channel = amqp.confirming_channel(connection)
        bury(channel, "x", pika.BasicProperties(), b"a\0b\xff", "odd")
    [first] = buttons(superuser.get(PAGE), "discard")

    assert "is discarded" in text_of(superuser.post(first, follow=True))

    odd = "a\N{REPLACEMENT CHARACTER}b\N{REPLACEMENT CHARACTER}"
    assert AuditEntry.objects.get(object_type="dead_letter").changes["body"] == [odd, None]


def test_nothing_is_done_by_a_get_or_without_the_token(
    letters: RabbitServer, superuser: Client
) -> None:
    first, _ = buttons(superuser.get(PAGE), "discard")
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = superuser.cookies

    assert superuser.get(first).status_code == 405
    assert strict.post(first).status_code == 403
    assert letters.waiting("gatekeeper.mano.dead") == 2


def test_only_admins_see_it_and_act(letters: RabbitServer, viewing_staff: Client) -> None:
    assert viewing_staff.get(PAGE).status_code == 403
    assert viewing_staff.post(f"{PAGE}{'a' * 32}/discard/").status_code == 403
    assert PAGE not in viewing_staff.get("/admin/").content.decode()
    assert letters.waiting("gatekeeper.mano.dead") == 2


def test_the_sidebar_leads_to_it(superuser: Client) -> None:
    assert f'href="{PAGE}"' in superuser.get("/admin/").content.decode()


def test_without_messages_it_says_so(rabbit: RabbitServer, superuser: Client) -> None:
    assert "No message of the MANO waits here." in text_of(superuser.get(PAGE))


def test_without_a_broker_it_says_so(superuser: Client, settings: Any) -> None:
    settings.MANO_DRIVER = "sonata"
    settings.MANO_AMQP_URL = f"amqp://guest:secret-word@127.0.0.1:{free_port()}/"

    shown = superuser.get(PAGE)
    done = superuser.post(f"{PAGE}{'a' * 32}/retry/", follow=True)

    for response in (shown, done):
        assert response.status_code == 200
        assert "RabbitMQ does not answer" in text_of(response)
        assert "secret-word" not in response.content.decode()


def test_with_the_simulator_it_says_that_there_is_no_broker(superuser: Client) -> None:
    assert "There is no broker" in text_of(superuser.get(PAGE))
    done = superuser.post(f"{PAGE}{'a' * 32}/retry/", follow=True)
    assert "There is no broker" in text_of(done)
