"""RabbitMQ over TLS: a real broker that wants a certificate of its clients."""

from pathlib import Path
from typing import Any

import pytest
from django.core.checks import run_checks

from requests_app.mano import amqp, sonata
from requests_app.mano.protocol import NotSent
from requests_app.mano.readiness import mano_check
from requests_app.models import Request
from tests.certificates import new_authority, new_certificate
from tests.rabbitmq_server import RabbitServer
from tests.requests_app.mano.conftest import Listening
from tests.requests_app.mano.test_sonata import ORDER


@pytest.fixture
def tls(rabbit: RabbitServer, settings: Any) -> RabbitServer:
    """A broker to which the settings lead by TLS alone."""
    settings.MANO_AMQP_URL = rabbit.tls_url
    settings.MANO_AMQP_CA_CERT = str(rabbit.certificates / "ca.pem")
    settings.MANO_AMQP_CERT = str(rabbit.certificates / "client.pem")
    settings.MANO_AMQP_KEY = str(rabbit.certificates / "client.key")
    return rabbit


def refusal() -> str:
    """Return why an order cannot be sent."""
    with pytest.raises(NotSent) as fault:
        sonata.send(ORDER)
    return str(fault.value)


def queue_of_the_mano(rabbit: RabbitServer) -> None:
    with rabbit.channel() as channel:
        channel.exchange_declare("son-kernel", exchange_type="topic")
        channel.queue_declare("slm", durable=True)
        channel.queue_bind("slm", "son-kernel", routing_key="service.instances.create")


@pytest.mark.django_db
def test_orders_and_answers_go_over_tls(
    tls: RabbitServer, new_request: Request, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue_of_the_mano(tls)
    listening = Listening()
    listening.start()

    sonata.send(ORDER)
    assert tls.waiting("slm") == 1

    tls.publish("status: INSTANTIATING", correlation_id=str(new_request.pk))
    listening.until(new_request.answers.exists)
    listening.stop()
    new_request.refresh_from_db()
    assert new_request.status == "INSTANTIATING"
    assert mano_check() == "ok"
    assert run_checks() == []


def test_a_certificate_may_stand_in_one_file_with_its_key(tls: RabbitServer, settings: Any) -> None:
    settings.MANO_AMQP_CERT = str(tls.certificates / "client-and-key.pem")
    settings.MANO_AMQP_KEY = ""
    queue_of_the_mano(tls)

    sonata.send(ORDER)

    assert tls.waiting("slm") == 1


def test_the_options_of_the_url_are_taken_too(tls: RabbitServer, settings: Any) -> None:
    at = tls.certificates
    files = {
        "cafile": f"{at}/ca.pem",
        "certfile": f"{at}/client.pem",
        "keyfile": f"{at}/client.key",
    }
    settings.MANO_AMQP_URL = f"{tls.tls_url}?ssl_options={files}"
    settings.MANO_AMQP_CA_CERT = settings.MANO_AMQP_CERT = settings.MANO_AMQP_KEY = ""
    queue_of_the_mano(tls)

    sonata.send(ORDER)

    assert tls.waiting("slm") == 1


def test_without_a_certificate_of_ours_the_broker_takes_nothing(
    tls: RabbitServer, settings: Any
) -> None:
    settings.MANO_AMQP_CERT = settings.MANO_AMQP_KEY = ""

    assert "no connection to RabbitMQ" in refusal()
    assert mano_check() == "does not answer"


def test_a_broker_of_another_authority_gets_nothing(
    tls: RabbitServer, settings: Any, tmp_path: Path
) -> None:
    settings.MANO_AMQP_CA_CERT = str(new_authority(tmp_path))

    assert "certificate verify failed" in refusal()


def test_a_broker_of_no_authority_that_the_system_knows_gets_nothing(
    tls: RabbitServer, settings: Any
) -> None:
    settings.MANO_AMQP_CA_CERT = ""

    assert "certificate verify failed" in refusal()


def test_a_broker_with_a_certificate_for_another_name_gets_nothing(
    tls: RabbitServer, settings: Any
) -> None:
    settings.MANO_AMQP_URL = tls.tls_url.replace("127.0.0.1", "localhost")

    assert "certificate verify failed" in refusal()


def test_a_broker_without_tls_on_that_port_gets_nothing(tls: RabbitServer, settings: Any) -> None:
    settings.MANO_AMQP_URL = tls.tls_url.replace(str(tls.tls_port), str(tls.port))

    assert "no connection to RabbitMQ" in refusal()


def test_a_certificate_that_is_gone_after_the_start_is_an_outage(
    tls: RabbitServer, settings: Any, tmp_path: Path
) -> None:
    settings.MANO_AMQP_CERT = str(tmp_path / "gone.pem")

    assert "MANO_AMQP_CERT" in refusal() and "gone.pem" in refusal()
    with pytest.raises(amqp.BROKER_FAULTS):
        amqp.connect("test")


@pytest.mark.parametrize("name", ["MANO_AMQP_CA_CERT", "MANO_AMQP_CERT", "MANO_AMQP_KEY"])
@pytest.mark.parametrize("content", [None, "no certificate"])
def test_files_that_are_no_certificates_are_refused_at_the_start(
    settings: Any, tmp_path: Path, name: str, content: str | None
) -> None:
    authority = new_authority(tmp_path / "authority")
    new_certificate(authority, "IP:127.0.0.1", name="client")
    settings.MANO_DRIVER, settings.MANO_AMQP_URL = "sonata", "amqps://mq.example.org/"
    settings.MANO_AMQP_CA_CERT = str(authority)
    settings.MANO_AMQP_CERT = str(authority.parent / "client.pem")
    settings.MANO_AMQP_KEY = str(authority.parent / "client.key")
    assert run_checks() == []
    if content is not None:
        (tmp_path / "odd").write_text(content)

    setattr(settings, name, str(tmp_path / "odd"))

    [error] = run_checks()
    assert error.id == "requests_app.E002"
    assert name in error.msg and str(tmp_path / "odd") in error.msg


def test_certificates_for_a_connection_without_tls_are_refused_at_the_start(settings: Any) -> None:
    settings.MANO_DRIVER, settings.MANO_AMQP_URL = "sonata", "amqp://mq.example.org/"
    settings.MANO_AMQP_CA_CERT = "/etc/ca.pem"

    [error] = run_checks()

    assert (error.id, "MANO_AMQP_CA_CERT" in error.msg) == ("requests_app.E003", True)


def test_a_key_without_a_certificate_is_refused_at_the_start(settings: Any) -> None:
    settings.MANO_DRIVER, settings.MANO_AMQP_URL = "sonata", "amqps://mq.example.org/"
    settings.MANO_AMQP_KEY = "/etc/client.key"

    [error] = run_checks()

    assert error.id == "requests_app.E004"
