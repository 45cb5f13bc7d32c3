"""The etcd client, where etcd asks who calls: passwords and certificates."""

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ha_app.etcd.client import EtcdClient, EtcdRefused, EtcdUnavailable, Put
from tests.certificates import new_authority, new_certificate
from tests.etcd_server import EtcdServer
from tests.ha_app.etcd.following import following

ROOT = "--user=root:secret-of-root"


@pytest.fixture
def guarded_etcd(own_etcd: EtcdServer, settings: Any) -> EtcdServer:
    """An etcd that asks for a password; the settings have that of a user who may do much."""
    own_etcd.etcdctl("put", "/elsewhere/1", "not for everybody")
    own_etcd.etcdctl("user", "add", "root:secret-of-root")
    own_etcd.etcdctl("user", "grant-role", "root", "root")
    own_etcd.etcdctl("user", "add", "gatekeeper:its-secret")
    own_etcd.etcdctl("role", "add", "mirror")
    for prefix in ("/a/", "/gatekeeper/"):
        own_etcd.etcdctl("role", "grant-permission", "mirror", "--prefix", "readwrite", prefix)
    own_etcd.etcdctl("user", "grant-role", "gatekeeper", "mirror")
    own_etcd.etcdctl("auth", "enable")
    settings.ETCD_USERNAME = "gatekeeper"
    settings.ETCD_PASSWORD = "its-secret"
    return own_etcd


def test_a_user_with_the_right_password_reads_writes_and_watches(
    guarded_etcd: EtcdServer, etcd_client: EtcdClient
) -> None:
    etcd_client.check()
    lease = etcd_client.grant_lease(600)
    start = etcd_client.commit([Put("/a/1", b"1", lease)])
    assert start is not None
    assert etcd_client.keep_lease_alive(lease) is True

    assert [item.key for item in etcd_client.read_prefixes("/a/").items] == ["/a/1"]
    with following(etcd_client, {"/a/": start}) as follower:
        follower.wait_for("/a/", 1)


def test_a_wrong_password_is_refused_and_said_to_be(
    guarded_etcd: EtcdServer, etcd_client: EtcdClient, settings: Any
) -> None:
    settings.ETCD_PASSWORD = "not-its-secret"

    with pytest.raises(EtcdRefused) as caught:
        etcd_client.commit([Put("/a/1", b"1")])

    assert str(caught.value) == (
        f"etcd at {guarded_etcd.url} says no to user 'gatekeeper': "
        "etcdserver: authentication failed, invalid user ID or password"
    )
    with pytest.raises(EtcdUnavailable, match="invalid user ID or password"):
        etcd_client.check()
    with pytest.raises(EtcdRefused, match="invalid user ID or password"):
        next(etcd_client.watch({"/a/": 1}, threading.Event()))
    assert guarded_etcd.etcdctl(ROOT, "get", "/a/1") == ""


def test_no_user_is_refused(
    guarded_etcd: EtcdServer, etcd_client: EtcdClient, settings: Any
) -> None:
    settings.ETCD_USERNAME = ""

    with pytest.raises(EtcdRefused, match="says no: etcdserver: user name is empty"):
        etcd_client.get("/a/1")


def test_what_the_user_may_not_read_write_or_watch_is_refused(
    guarded_etcd: EtcdServer, etcd_client: EtcdClient
) -> None:
    calls = [
        lambda: etcd_client.get("/elsewhere/1"),
        lambda: etcd_client.read_prefixes("/a/", "/elsewhere/"),
        lambda: etcd_client.commit([Put("/a/1", b"1"), Put("/elsewhere/1", b"mine")]),
        lambda: next(etcd_client.watch({"/a/": 1, "/elsewhere/": 1}, threading.Event())),
    ]

    for call in calls:
        with pytest.raises(EtcdRefused, match=r"'gatekeeper': .*permission denied") as error:
            call()
        assert error.value.code == "PERMISSION_DENIED"

    assert guarded_etcd.etcdctl(ROOT, "get", "--prefix", "/a/") == ""
    assert "not for everybody" in guarded_etcd.etcdctl(ROOT, "get", "/elsewhere/1")


def test_a_token_that_etcd_knows_no_longer_is_replaced(
    guarded_etcd: EtcdServer, etcd_client: EtcdClient
) -> None:
    # Given a client with a token
    start = etcd_client.commit([Put("/a/1", b"1")])
    assert start is not None

    # When etcd forgets all tokens, with the connection open
    guarded_etcd.etcdctl(ROOT, "auth", "disable")
    guarded_etcd.etcdctl("auth", "enable")

    # Then calls and watches are as before
    with following(etcd_client, {"/a/": start}) as follower:
        follower.wait_for("/a/", 1)
    guarded_etcd.etcdctl(ROOT, "auth", "disable")
    guarded_etcd.etcdctl("auth", "enable")
    assert etcd_client.commit([Put("/a/2", b"2")]) == start + 1


def test_a_token_is_asked_for_anew_after_a_restart(
    guarded_etcd: EtcdServer, etcd_client: EtcdClient
) -> None:
    start = etcd_client.commit([Put("/a/1", b"1")])
    assert start is not None

    guarded_etcd.restart()

    assert etcd_client.commit([Put("/a/2", b"2")]) == start + 1


@pytest.fixture
def authority(tmp_path: Path) -> Path:
    """Return a directory with the certificates of a server on this machine, and of a client."""
    certificate = new_authority(tmp_path / "authority")
    for name in ("server", "client"):
        new_certificate(certificate, "IP:127.0.0.1", name=name)
    return certificate.parent


@pytest.fixture
def tls_etcd(tmp_path: Path, authority: Path, settings: Any) -> Iterator[EtcdServer]:
    """An etcd that talks only to clients with a certificate, which the settings have."""
    server = EtcdServer(tmp_path / "etcd", certificates=authority)
    server.start()
    settings.ETCD_ENDPOINTS = [server.url]
    settings.ETCD_CA_CERT = str(authority / "ca.pem")
    settings.ETCD_CERT = str(authority / "client.pem")
    settings.ETCD_KEY = str(authority / "client.key")
    yield server
    server.kill()


def test_a_client_with_a_certificate_reads_writes_and_watches(
    tls_etcd: EtcdServer, etcd_client: EtcdClient
) -> None:
    assert tls_etcd.url.startswith("https://")
    start = etcd_client.commit([Put("/a/1", b"1")])
    assert start is not None

    with following(etcd_client, {"/a/": start}) as follower:
        follower.wait_for("/a/", 1)


def test_a_client_without_a_certificate_gets_no_answer(
    tls_etcd: EtcdServer, etcd_client: EtcdClient, settings: Any
) -> None:
    settings.ETCD_CERT = settings.ETCD_KEY = ""

    with pytest.raises(EtcdUnavailable, match=tls_etcd.url):
        etcd_client.get("/a/1")


def test_a_server_of_another_authority_is_not_believed(
    tls_etcd: EtcdServer, etcd_client: EtcdClient, settings: Any, tmp_path: Path
) -> None:
    new_authority(tmp_path / "other")
    settings.ETCD_CA_CERT = str(tmp_path / "other" / "ca.pem")

    with pytest.raises(EtcdUnavailable, match="CERTIFICATE_VERIFY_FAILED"):
        etcd_client.get("/a/1")


def test_a_certificate_that_is_gone_is_named(
    tls_etcd: EtcdServer, etcd_client: EtcdClient, authority: Path
) -> None:
    (authority / "client.key").unlink()

    with pytest.raises(EtcdUnavailable, match=r"ETCD_KEY cannot be read: .*client\.key"):
        etcd_client.check()
