"""Settings of the SONATA MANO that are refused at the start."""

from typing import Any

import pytest
from django.core.management import CommandError, call_command

from requests_app.checks import check_mano_broker


@pytest.mark.parametrize(
    "url",
    [
        "amqp://gatekeeper:secret-word@mq.example.org:5672/",
        "amqp://mq.example.org",
        "amqps://gatekeeper:secret-word@mq.example.org/son",
        "amqp://[::1]:5672/%2F",
    ],
)
def test_urls_of_brokers_are_taken(settings: Any, url: str) -> None:
    settings.MANO_DRIVER, settings.MANO_AMQP_URL = "sonata", url

    assert check_mano_broker() == []


@pytest.mark.parametrize(
    "url",
    [
        "",
        "mq.example.org",
        "http://gatekeeper:secret-word@mq.example.org",
        "amqp://",
        "amqp://gatekeeper:secret-word@:5672/",
        "amqp://gatekeeper:secret-word@mq.example.org:port/",
        "amqp://gatekeeper:secret-word@mq.example.org:99999/",
        "amqp://gatekeeper:secret-word@mq.example.org:0/",
        "amqp://gatekeeper:secret-word@[::1/",
        "amqp://mq.example.org/?heartbeat=secret-word",
        "amqps://mq.example.org/?ssl_options=secret-word",
        "amqps://mq.example.org/?ssl_options='secret-word'",
        "amqps://mq.example.org/?ssl_options={'cafile':'/no/secret.pem'}",
        "amqp://mq.example.org/?nonsense=secret-word",
        "amqp://gatekeeper:secret#word@mq.example.org/",
    ],
)
def test_other_urls_are_refused_without_a_word_of_them(settings: Any, url: str) -> None:
    settings.MANO_DRIVER, settings.MANO_AMQP_URL = "sonata", url

    [error] = check_mano_broker()

    assert error.id == "requests_app.E002"
    assert "MANO_AMQP_URL" in error.msg
    assert "secret" not in error.msg


def test_the_simulator_needs_none(settings: Any) -> None:
    settings.MANO_DRIVER, settings.MANO_AMQP_URL = "simulator", ""

    assert check_mano_broker() == []


def test_nobody_listens_to_the_simulator(settings: Any) -> None:
    settings.MANO_DRIVER = "simulator"

    with pytest.raises(CommandError, match="MANO_DRIVER is 'simulator'"):
        call_command("listen_mano")
