"""Where callbacks may go (contract: requests-and-records.md, Callbacks)."""

import ipaddress
import os
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gatekeeper_site.webhooks import callback_fault, post, targets
from gatekeeper_site.webhooks.sending import trusted_authorities
from gatekeeper_site.webhooks.targets import is_forbidden
from tests.certificates import new_authority, new_certificate
from tests.nasty_servers import OK, nasty_server, redirect
from tests.processes import WAIT_SECONDS, free_port

BODY = b'{"status": "READY"}'
NAME = "callbacks.example"
# Here it is longer (conftest.py).
RESOLVE_SECONDS = targets.RESOLVE_SECONDS


class Names:
    """What names resolve to, each look-up in turn, the last for ever; and what was looked up."""

    def __init__(self) -> None:
        self.answers: dict[str, list[list[str]]] = {}
        self.looked_up: list[str] = []
        self.real = socket.getaddrinfo

    def __call__(self, host: str, port: int | None, *args: Any, **options: Any) -> Any:
        if host not in self.answers:
            ipaddress.ip_address(host)  # names that the test does not know are looked up nowhere
            return self.real(host, port, *args, **options)
        self.looked_up.append(host)
        turns = self.answers[host]
        addresses = turns.pop(0) if len(turns) > 1 else turns[0]
        return [
            entry for each in addresses for entry in self.real(each, port, type=socket.SOCK_STREAM)
        ]


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> Names:
    resolver = Names()
    monkeypatch.setattr(socket, "getaddrinfo", resolver)
    return resolver


@pytest.fixture
def allow(settings: Any) -> Callable[..., None]:
    def set_networks(*networks: str) -> None:
        settings.CALLBACK_ALLOWED_NETWORKS = list(networks)

    set_networks()
    return set_networks


def refusal(where: str) -> str:
    return f"callbacks may not reach {where}"


def no_address(name: str) -> str:
    return f"{name} has no address that callbacks may reach"


# Addresses


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0", "10.0.0.1", "100.100.100.200", "127.0.0.1", "127.255.255.254",
        "168.63.129.16",
        "169.254.169.254", "172.16.0.1", "192.0.0.8", "192.0.0.192", "192.88.99.1", "3fff::1",
        "192.0.2.1", "192.168.1.1", "198.18.0.1",
        "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.1.1.1", "240.0.0.1", "255.255.255.255",
        "::", "::1", "::7f00:1", "::8.8.8.8", "::ffff:127.0.0.1", "::ffff:0:127.0.0.1",
        "64:ff9b::127.0.0.1", "64:ff9b::10.0.0.1", "64:ff9b:1::1", "2002:7f00:1::1",
        "2002:a9fe:a9fe::1", "2001:0:808:808::1", "2001:db8::1", "100::1", "fc00::1",
        "fd00:ec2::254", "fe80::1", "fec0::1", "ff02::1", "4000::1",
    ],
)  # fmt: skip
def test_what_is_not_public_is_forbidden(address: str, allow: Callable[..., None]) -> None:
    assert is_forbidden(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "address",
    ["1.1.1.1", "8.8.8.8", "2606:4700::1111", "64:ff9b::8.8.8.8", "2002:808:808::1"],
)
def test_what_is_public_is_permitted(address: str, allow: Callable[..., None]) -> None:
    assert not is_forbidden(ipaddress.ip_address(address))


def test_the_settings_allow_a_network_and_no_other(allow: Callable[..., None]) -> None:
    allow("10.1.0.0/16", "fd00::/8")

    for address in ("10.1.2.3", "fd00::1", "::ffff:10.1.2.3", "64:ff9b::10.1.2.3", "8.8.8.8"):
        assert not is_forbidden(ipaddress.ip_address(address)), address
    for address in ("10.2.0.1", "127.0.0.1", "fc00::1", "::1", "64:ff9b::10.2.0.1"):
        assert is_forbidden(ipaddress.ip_address(address)), address


@given(address=st.ip_addresses(v=4))
def test_an_address_inside_another_is_judged_by_itself(address: ipaddress.IPv4Address) -> None:
    number = int(address)
    for wrapped in (
        ipaddress.IPv6Address(0xFFFF << 32 | number),
        ipaddress.IPv6Address(0x64FF9B << 96 | number),
        ipaddress.IPv6Address(0x2002 << 112 | number << 80),
    ):
        assert is_forbidden(wrapped) == is_forbidden(address)


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.0.0.1", "127.0.0.1"),
        ("2130706433", "127.0.0.1"),
        ("0x7f000001", "127.0.0.1"),
        ("0177.0.0.1", "127.0.0.1"),
        ("127.1", "127.0.0.1"),
        ("0", "0.0.0.0"),
        ("[::1]", "::1"),
        ("[::1%25lo]", "::1"),
        ("[::ffff:7f00:1]", "127.0.0.1"),
        ("[fe80::1%25eth0]", "fe80::1"),
        ("[64:ff9b::7f00:1]", "64:ff9b::7f00:1"),
        ("169.254.169.254", "169.254.169.254"),
        ("10.0.0.1.", "10.0.0.1"),
    ],
)
def test_a_literal_address_is_refused_at_once_and_at_the_call(
    host: str, address: str, allow: Callable[..., None], names: Names
) -> None:
    url = f"http://{host}:{free_port()}/"

    fault = callback_fault(url)
    outcome = post(url, BODY, {})

    assert fault == f"The address {address} is in a network that callbacks may not reach."
    assert (outcome.status, outcome.error) == (None, refusal(address))


@pytest.mark.parametrize(
    ("url", "fault"),
    [
        ("http://user:secret@1.1.1.1/", "A URL for callbacks names no user."),
        ("http://@1.1.1.1/", "A URL for callbacks names no user."),
        ("ftp://1.1.1.1/", "This must be an absolute http or https URL."),
        ("http://1.1.1.1:0/", "'0' is not a port: a number from 1 to 65535."),
        ("http://1.1.1.1:8x/", "'8x' is not a port: a number from 1 to 65535."),
        ("http://a.example:65536/x", "'65536' is not a port: a number from 1 to 65535."),
        ("http://[2606:4700::1]:-1", "'-1' is not a port: a number from 1 to 65535."),
        ("http://a.example:" + "9" * 500, f"'{'9' * 80}' is not a port: "),
        ("http:///x", "This must be an absolute http or https URL."),
        ("http://a.example/\r\nX: y", "A URL has no spaces or control characters."),
        ("http://bücher.example/", "A host is written in ASCII: "),
        ("http://127。0。0。1/", "A host is written in ASCII: "),
        ("http://[::1/", "This is not a URL: its host is malformed."),
        ("http://a\u2100b.example/", "This is not a URL: its host is malformed."),
        ("http://a.example/" + "x" * 2000, "A URL has at most 2000 characters."),
    ],
)
def test_a_url_with_a_fault_is_never_called(
    url: str, fault: str, names: Names, allow: Callable[..., None]
) -> None:
    outcome = post(url, BODY, {})

    assert (callback_fault(url) or "").startswith(fault)
    assert outcome.status is None and outcome.error.startswith(fault)
    assert "secret" not in outcome.error
    assert names.looked_up == []


@given(url=st.from_regex(r"https?://[^/?#\s]{0,12}[/?#]?[^\s]{0,12}", fullmatch=True))
def test_no_url_makes_the_check_fail(url: str) -> None:
    assert callback_fault(url) is None or callback_fault(url)


# Names


def test_a_name_is_resolved_once_and_its_address_called(
    names: Names, allow: Callable[..., None]
) -> None:
    allow("127.0.0.2/32")
    with nasty_server(OK, host="127.0.0.2") as server:
        names.answers[NAME] = [["127.0.0.2"], ["127.0.0.1"]]
        outcome = post(f"http://{NAME}:{server.port}/", BODY, {})

    assert outcome.error == ""
    assert names.looked_up == [NAME]
    assert f"Host: {NAME}:{server.port}\r\n".encode() in server.requests[0]


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "10.0.0.7", "::ffff:127.0.0.1"])
def test_a_name_of_a_forbidden_address_is_not_called(
    address: str, names: Names, allow: Callable[..., None]
) -> None:
    names.answers[NAME] = [[address]]
    with nasty_server(OK) as server:
        outcome = post(f"http://{NAME}:{server.port}/", BODY, {})

    # Customers read this, and are not to learn what names lead to.
    assert (outcome.status, outcome.error) == (None, no_address(NAME))
    assert server.connections == 0


def test_localhost_is_not_called(allow: Callable[..., None]) -> None:
    with nasty_server(OK) as server:
        outcome = post(f"http://localhost:{server.port}/", BODY, {})

    assert outcome.error == no_address("localhost")
    assert server.connections == 0


def test_of_several_addresses_a_forbidden_one_is_left_out(
    names: Names, allow: Callable[..., None]
) -> None:
    allow("127.0.0.2/32")
    names.answers[NAME] = [["127.0.0.1", "127.0.0.2"]]
    with (
        nasty_server(OK, host="127.0.0.2", port=free_port()) as permitted,
        nasty_server(OK, port=permitted.port) as forbidden,
    ):
        outcome = post(f"http://{NAME}:{permitted.port}/", BODY, {})

    assert outcome.error == ""
    assert (permitted.connections, forbidden.connections) == (1, 0)


def test_the_next_address_is_tried_when_one_refuses(
    names: Names, allow: Callable[..., None]
) -> None:
    allow("127.0.0.0/8")
    names.answers[NAME] = [["127.0.0.3", "127.0.0.2"]]
    with nasty_server(OK, host="127.0.0.2") as server:
        outcome = post(f"http://{NAME}:{server.port}/", BODY, {})

    assert (outcome.status, outcome.error) == (200, "")


def test_every_address_that_refused_is_named(names: Names, allow: Callable[..., None]) -> None:
    allow("127.0.0.0/8")
    names.answers[NAME] = [["127.0.0.3", "127.0.0.2"]]
    port = free_port()

    outcome = post(f"http://{NAME}:{port}/", BODY, {})

    refused = [f"connection refused by 127.0.0.{each}:{port}" for each in (3, 2)]
    assert outcome.error == "; ".join(refused)


def test_a_name_that_is_not_known_is_an_error(
    monkeypatch: pytest.MonkeyPatch, allow: Callable[..., None]
) -> None:
    def unknown(*_: Any, **__: Any) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)

    error = post(f"http://{NAME}/", BODY, {}).error
    assert error == no_address(NAME)


@pytest.mark.parametrize("host", ["a..b", ".a", "x" * 64])
def test_what_is_no_name_is_an_error(host: str, allow: Callable[..., None]) -> None:
    error = post(f"http://{host}/", BODY, {}).error

    assert error == no_address(host)


@pytest.fixture
def hanging_resolver(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    release = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: release.wait(WAIT_SECONDS) and [])
    yield
    release.set()


@pytest.mark.usefixtures("hanging_resolver")
def test_a_resolver_that_hangs_is_not_waited_for(
    monkeypatch: pytest.MonkeyPatch, allow: Callable[..., None]
) -> None:
    assert RESOLVE_SECONDS == 3
    monkeypatch.setattr(targets, "RESOLVE_SECONDS", 0.1)

    assert post(f"http://{NAME}/", BODY, {}).error == no_address(NAME)


# Redirects


@pytest.mark.parametrize("status", [301, 302, 307, 308])
@pytest.mark.parametrize("location", ["/b?c", "b?c", "{url}/b?c", "//{place}/b?c#fragment"])
def test_a_redirect_is_followed_with_the_same_post(
    status: int, location: str, allow: Callable[..., None]
) -> None:
    allow("127.0.0.0/8")
    port = free_port()
    location = location.format(url=f"http://127.0.0.1:{port}", place=f"127.0.0.1:{port}")
    with nasty_server(redirect(location, status), OK, port=port) as server:
        outcome = post(f"{server.url}/a", BODY, {"X-Gatekeeper-Delivery": "d1"})

    assert (outcome.status, outcome.error) == (200, "")
    first, second = server.requests
    assert first.startswith(b"POST /a HTTP/1.1\r\n")
    assert second == first.replace(b"POST /a ", b"POST /b?c ")


def test_a_location_in_utf_8_is_sent_as_it_is_meant(allow: Callable[..., None]) -> None:
    allow("127.0.0.0/8")
    with nasty_server(redirect("/ü x"), OK) as server:
        assert post(server.url, BODY, {}).error == ""

    assert server.requests[1].startswith(b"POST /%C3%BC%20x HTTP/1.1\r\n")


def test_three_redirects_are_followed_and_no_fourth(allow: Callable[..., None]) -> None:
    allow("127.0.0.0/8")
    with nasty_server(*[redirect("/")] * 3, OK) as server:
        assert post(server.url, BODY, {}).error == ""
    with nasty_server(redirect("/")) as loop:
        outcome = post(loop.url, BODY, {})

    assert (outcome.status, outcome.error) == (302, "redirected more than 3 times")
    assert (server.connections, loop.connections) == (4, 4)


@pytest.mark.parametrize(
    ("location", "error"),
    [
        ("http://10.0.0.7/", refusal("10.0.0.7")),
        ("http://169.254.169.254/latest/meta-data", refusal("169.254.169.254")),
        ("http://2130706433/", refusal("127.0.0.1")),
        ("http://[::1]/", refusal("::1")),
        ("http://inner.example/", no_address("inner.example")),
        (
            "ftp://files.example/x",
            "redirected to ftp://files.example: This must be an absolute http or https URL.",
        ),
        (
            "file:///etc/passwd",
            "redirected to file://: This must be an absolute http or https URL.",
        ),
        (
            "http://user:secret@outer.example/",
            "redirected to http://outer.example: A URL for callbacks names no user.",
        ),
        ("http://[::1", "redirected to something that is no URL: Invalid IPv6 URL"),
        ("", "answered 302"),
    ],
)
def test_a_redirect_to_where_callbacks_may_not_go_is_an_error(
    location: str, error: str, names: Names, allow: Callable[..., None]
) -> None:
    allow("127.0.0.2/32")
    names.answers["inner.example"] = [["10.0.0.9"]]
    with nasty_server(redirect(location), host="127.0.0.2") as server:
        outcome = post(server.url, BODY, {})

    assert (outcome.status, outcome.error) == (302, error)
    assert server.connections == 1


def test_each_redirect_is_resolved_anew_once(names: Names, allow: Callable[..., None]) -> None:
    allow("127.0.0.2/32")
    names.answers[NAME] = [["127.0.0.2"], ["127.0.0.1"]]
    with nasty_server(redirect("/again"), OK, host="127.0.0.2") as server:
        outcome = post(f"http://{NAME}:{server.port}/", BODY, {})

    assert (outcome.status, outcome.error) == (302, no_address(NAME))
    assert names.looked_up == [NAME, NAME]
    assert server.connections == 1


# Certificates


@pytest.fixture
def certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A certificate for NAME from an authority that this machine trusts."""
    authority = new_authority(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(authority))
    return new_certificate(authority, f"DNS:{NAME}")


def test_a_certificate_is_checked_against_the_name(
    certificate: Path, names: Names, allow: Callable[..., None]
) -> None:
    allow("127.0.0.0/8")
    names.answers = {NAME: [["127.0.0.1"]], "other.example": [["127.0.0.1"]]}
    with nasty_server(OK, certificate=certificate) as server:
        right = post(f"https://{NAME}:{server.port}/", BODY, {})
        wrong = post(f"https://other.example:{server.port}/", BODY, {})

    assert (right.status, right.error) == (200, "")
    assert wrong.status is None
    assert wrong.error == (
        f"the certificate of 127.0.0.1:{server.port} is not accepted: Hostname mismatch, "
        "certificate is not valid for 'other.example'."
    )
    assert server.names_asked_for == [NAME, "other.example"]
    assert len(server.requests) == 1


def test_a_certificate_of_an_unknown_authority_is_refused(
    certificate: Path, names: Names, allow: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    allow("127.0.0.0/8")
    names.answers[NAME] = [["127.0.0.1"]]
    monkeypatch.delenv("SSL_CERT_FILE")
    with nasty_server(OK, certificate=certificate) as server:
        outcome = post(f"https://{NAME}:{server.port}/", BODY, {})

    assert outcome.status is None
    assert "is not accepted: unable to get local issuer certificate" in outcome.error
    assert server.requests == []


def test_authorities_are_read_anew_when_they_have_changed(
    certificate: Path, names: Names, allow: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    allow("127.0.0.0/8")
    names.answers[NAME] = [["127.0.0.1"]]
    trusted = Path(os.environ["SSL_CERT_FILE"])
    own = trusted.read_bytes()
    other = new_authority(trusted.parent / "other")

    with nasty_server(OK, certificate=certificate) as server:
        # Given a file without the receiver's authority
        trusted.write_bytes(other.read_bytes())
        before = post(f"https://{NAME}:{server.port}/", BODY, {})
        # When it is added
        trusted.write_bytes(other.read_bytes() + own)
        os.utime(trusted, ns=(0, trusted.stat().st_mtime_ns + 1))
        after = [post(f"https://{NAME}:{server.port}/", BODY, {}) for _ in range(2)]

    # Then the next call knows it
    assert "is not accepted" in before.error
    assert [(each.status, each.error) for each in after] == [(200, "")] * 2
    assert trusted_authorities() is trusted_authorities()


def test_https_to_a_server_without_tls_is_an_error(allow: Callable[..., None]) -> None:
    allow("127.0.0.0/8")
    with nasty_server(lambda connection: connection.sendall(OK)) as server:
        outcome = post(f"https://127.0.0.1:{server.port}/", BODY, {})

    assert (outcome.status, outcome.error.partition(":")[0]) == (None, "no TLS with 127.0.0.1")


def test_a_redirect_from_https_to_http_is_refused(
    certificate: Path, names: Names, allow: Callable[..., None]
) -> None:
    allow("127.0.0.0/8")
    names.answers[NAME] = [["127.0.0.1"]]
    with (
        nasty_server(OK) as plain,
        nasty_server(redirect(f"{plain.url}/"), certificate=certificate) as server,
    ):
        outcome = post(f"https://{NAME}:{server.port}/", BODY, {})

    assert (outcome.status, outcome.error) == (302, "redirected from https to http://127.0.0.1")
    assert plain.connections == 0


def test_a_redirect_from_http_to_https_is_followed(
    certificate: Path, names: Names, allow: Callable[..., None]
) -> None:
    allow("127.0.0.0/8")
    names.answers[NAME] = [["127.0.0.1"]]
    with (
        nasty_server(OK, certificate=certificate) as safe,
        nasty_server(redirect(f"https://{NAME}:{safe.port}/")) as server,
    ):
        outcome = post(server.url, BODY, {})

    assert (outcome.status, outcome.error) == (200, "")
    assert len(safe.requests) == 1
