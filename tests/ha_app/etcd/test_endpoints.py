"""How ETCD_ENDPOINTS may be written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ha_app.etcd.endpoints import Endpoint, InvalidEndpointError, parse_endpoint


@pytest.mark.parametrize(
    ("text", "endpoint", "target"),
    [
        ("http://etcd:2379", Endpoint("etcd", 2379, is_tls=False), "etcd:2379"),
        ("https://a.example:1/", Endpoint("a.example", 1, is_tls=True), "a.example:1"),
        ("127.0.0.1:65535", Endpoint("127.0.0.1", 65535, is_tls=False), "127.0.0.1:65535"),
        ("http://[::1]:2379", Endpoint("::1", 2379, is_tls=False), "[::1]:2379"),
    ],
)
def test_an_endpoint_is_understood(text: str, endpoint: Endpoint, target: str) -> None:
    assert parse_endpoint(text) == endpoint
    assert endpoint.target == target


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "lacks a host or a port"),
        ("etcd", "lacks a host or a port"),
        ("https://etcd.example/", "lacks a host or a port"),
        ("http://:2379", "lacks a host or a port"),
        ("http://etcd:0", "lacks a host or a port"),
        ("http://etcd:70000", "out of range"),
        ("http://[::1:2379", "IPv6"),
        ("unix://etcd:2379", "begins with neither http:// nor https://"),
        ("http://etcd:2379/v3", "is more than scheme, host and port"),
        ("http://etcd:2379?a=b", "is more than scheme, host and port"),
    ],
)
def test_what_is_no_endpoint_is_named(text: str, fault: str) -> None:
    with pytest.raises(InvalidEndpointError) as caught:
        parse_endpoint(text)

    assert fault in str(caught.value)
    assert str(caught.value).startswith(repr(text))


def test_a_password_in_an_endpoint_is_refused_and_not_repeated() -> None:
    with pytest.raises(InvalidEndpointError, match="ETCD_USERNAME and ETCD_PASSWORD") as caught:
        parse_endpoint("http://user:secret@etcd:port")

    assert "secret" not in str(caught.value)


@given(st.text())
def test_any_text_is_understood_or_refused(text: str) -> None:
    try:
        endpoint = parse_endpoint(text)
    except InvalidEndpointError:
        return
    assert endpoint.host and 0 < endpoint.port < 65536


@pytest.mark.parametrize(
    ("host", "is_loopback"),
    [
        ("localhost", True),
        ("127.0.0.1", True),
        ("127.8.9.1", True),
        ("::1", True),
        ("10.0.0.1", False),
        ("etcd", False),
        ("localhost.example", False),
    ],
)
def test_what_stays_on_the_machine(host: str, is_loopback: bool) -> None:
    assert Endpoint(host, 2379, is_tls=False).is_loopback is is_loopback
