"""etcd behind TLS, by an authority of its own: what mirrors, and what is not believed."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ha_app.etcd import comparison, readiness, reconcile
from ha_app.etcd.client import EtcdClient, EtcdUnavailable, Put
from tests.certificates import new_authority, new_certificate
from tests.etcd_server import EtcdServer
from tests.ha_app.etcd.following import following
from tests.ha_app.etcd.objects import config, mirror_all, term_of
from tests.ha_app.objects import new_router

USER = "--user=root:secret-of-root"


@pytest.fixture
def authority(tmp_path: Path) -> Path:
    """Return the certificate of an authority, with that of a server on this machine beside it."""
    authority = new_authority(tmp_path / "authority")
    new_certificate(authority, "IP:127.0.0.1")
    return authority


@pytest.fixture
def tls_etcd(tmp_path: Path, authority: Path, settings: Any) -> Iterator[EtcdServer]:
    """An etcd with a certificate, that asks clients for a password and not for one of theirs."""
    server = EtcdServer(tmp_path / "etcd", certificates=authority.parent, wants_certificates=False)
    server.start()
    server.etcdctl("user", "add", "root:secret-of-root")
    server.etcdctl("user", "grant-role", "root", "root")
    server.etcdctl("auth", "enable")
    settings.ETCD_ENDPOINTS = [server.url]
    settings.ETCD_CA_CERT = str(authority)
    settings.ETCD_USERNAME = "root"
    settings.ETCD_PASSWORD = "secret-of-root"
    readiness.client.cache_clear()
    yield server
    readiness.client.cache_clear()
    server.kill()


@pytest.mark.django_db
def test_objects_are_mirrored_watched_and_compared_over_tls(
    tls_etcd: EtcdServer, etcd_client: EtcdClient
) -> None:
    assert tls_etcd.url.startswith("https://")
    router = new_router(name="r1")

    term = term_of(etcd_client)
    reconcile.put_templates(etcd_client)
    mirror_all(etcd_client, term)

    value = config(etcd_client, router)
    assert value is not None
    assert value["body"]["name"] == "r1"
    assert list(comparison.differences(etcd_client)) == []
    assert readiness.etcd_check() == "ok"
    start = etcd_client.commit([Put("/a/1", b"1")])
    assert start is not None
    with following(etcd_client, {"/a/": start}) as follower:
        follower.wait_for("/a/", 1)
    assert "/a/1" in tls_etcd.etcdctl(USER, "get", "/a/1")


def test_after_a_restart_the_connection_is_encrypted_anew(
    tls_etcd: EtcdServer, etcd_client: EtcdClient
) -> None:
    start = etcd_client.commit([Put("/a/1", b"1")])
    assert start is not None

    tls_etcd.restart()

    assert etcd_client.commit([Put("/a/2", b"2")]) == start + 1


def test_a_server_whose_certificate_is_for_another_name_is_not_believed(
    tls_etcd: EtcdServer, authority: Path, etcd_client: EtcdClient
) -> None:
    new_certificate(authority, "DNS:etcd.example")
    tls_etcd.restart()

    with pytest.raises(EtcdUnavailable, match="Hostname Verification Check failed"):
        etcd_client.get("/a/1")


def test_a_server_that_the_machine_does_not_know_is_not_believed_without_its_authority(
    tls_etcd: EtcdServer, etcd_client: EtcdClient, settings: Any
) -> None:
    settings.ETCD_CA_CERT = ""

    with pytest.raises(EtcdUnavailable, match="CERTIFICATE_VERIFY_FAILED"):
        etcd_client.get("/a/1")


def test_what_is_not_encrypted_gets_no_answer(tls_etcd: EtcdServer, settings: Any) -> None:
    settings.ETCD_ENDPOINTS = [f"http://{tls_etcd.address}"]
    client = EtcdClient()

    with pytest.raises(EtcdUnavailable, match=tls_etcd.address):
        client.get("/a/1")
    client.close()
