"""The etcd client, when etcd or a part of it is away."""

import threading
from collections.abc import Iterator
from http.server import HTTPServer, SimpleHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest

from ha_app.etcd.client import EtcdClient, EtcdUnavailable, IfCreatedAt, Put
from tests.etcd_server import EtcdCluster, EtcdServer
from tests.ha_app.etcd.conftest import let_probe_come
from tests.ha_app.etcd.following import following
from tests.processes import free_port, wait_until
from tests.silent_proxy import silent_proxy


@pytest.fixture
def cluster(tmp_path: Path, settings: Any) -> Iterator[EtcdCluster]:
    cluster = EtcdCluster(tmp_path)
    cluster.start()
    settings.ETCD_ENDPOINTS = cluster.urls
    yield cluster
    cluster.stop()


def test_every_endpoint_is_named_with_the_reason(settings: Any) -> None:
    settings.ETCD_ENDPOINTS = [f"http://127.0.0.1:{free_port()}", f"127.0.0.1:{free_port()}"]
    client = EtcdClient()
    calls = [
        client.check,
        lambda: client.get("/a/1"),
        lambda: client.read_prefixes("/a/"),
        lambda: client.commit([Put("/a/1", b"")]),
        lambda: client.grant_lease(8),
        lambda: client.keep_lease_alive(1),
        lambda: client.revoke_lease(1),
        lambda: client.compact(1),
        lambda: next(client.watch({"/a/": 1}, threading.Event())),
    ]

    for call in calls:
        with pytest.raises(EtcdUnavailable) as caught:
            call()

        fault = str(caught.value)
        assert all(f"{address}: " in fault for address in settings.ETCD_ENDPOINTS)
        assert fault.count("Connection refused") == 2


def test_the_next_endpoint_answers_for_one_that_is_away(etcd: EtcdServer, settings: Any) -> None:
    settings.ETCD_ENDPOINTS = [f"http://127.0.0.1:{free_port()}", etcd.url]
    client = EtcdClient()

    client.check()
    client.commit([Put("/a/1", b"1")])

    found = client.get("/a/1")
    assert found is not None and found.value == b"1"
    client.close()


def test_the_next_endpoint_answers_for_one_that_is_silent(
    etcd: EtcdServer, settings: Any, silent_addresses: set[str]
) -> None:
    with silent_proxy(etcd.port) as proxy:
        settings.ETCD_ENDPOINTS = [proxy.url, etcd.url]
        client = EtcdClient()
        client.commit([Put("/a/1", b"1")])
        proxy.fall_silent()
        silent_addresses.add(proxy.url)

        client.check()

        assert client.get("/a/1") is not None
        client.close()


def test_an_etcd_that_was_restarted_is_used_as_if_nothing_had_been(
    own_etcd: EtcdServer, etcd_client: EtcdClient
) -> None:
    first = etcd_client.commit([Put("/a/1", b"1")])
    assert first is not None

    own_etcd.restart()

    assert etcd_client.commit([Put("/a/2", b"2")]) == first + 1


def test_an_etcd_that_is_back_is_used_again(own_etcd: EtcdServer, etcd_client: EtcdClient) -> None:
    etcd_client.commit([Put("/a/1", b"1")])
    own_etcd.kill()
    with pytest.raises(EtcdUnavailable, match=own_etcd.url):
        etcd_client.check()

    own_etcd.restart()

    etcd_client.check()
    assert etcd_client.get("/a/1") is not None


def test_an_etcd_that_hangs_is_unavailable(
    own_etcd: EtcdServer, etcd_client: EtcdClient, silent_addresses: set[str]
) -> None:
    etcd_client.check()
    own_etcd.pause()
    silent_addresses.add(own_etcd.url)

    with pytest.raises(EtcdUnavailable) as caught:
        etcd_client.check()

    assert str(caught.value) == f"{own_etcd.url}: no answer in time"
    own_etcd.resume()
    silent_addresses.clear()
    own_etcd.wait_until_healthy()
    etcd_client.check()


def test_what_is_not_etcd_is_unavailable(settings: Any) -> None:
    with HTTPServer(("127.0.0.1", 0), SimpleHTTPRequestHandler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        settings.ETCD_ENDPOINTS = [f"http://127.0.0.1:{server.server_port}"]

        with pytest.raises(EtcdUnavailable, match=settings.ETCD_ENDPOINTS[0]):
            EtcdClient().check()

        server.shutdown()


def test_a_client_works_on_when_the_leader_of_the_members_dies(
    cluster: EtcdCluster, settings: Any
) -> None:
    # Given a client that is connected to the leader, and a watch there
    leader = cluster.leader()
    others = [member for member in cluster.members if member is not leader]
    settings.ETCD_ENDPOINTS = [leader.url, *(member.url for member in others)]
    client = EtcdClient()
    created = client.commit([Put("/gatekeeper/leader", b"me")])
    assert created is not None
    with following(client, {"/a/": created}) as follower:
        client.commit([Put("/a/1", b"1")])
        follower.wait_for("/a/", 1)

        # When the leader dies
        leader.kill()

        # Then the watch ends, and what is written goes to the others
        assert isinstance(follower.wait_for_error(), EtcdUnavailable)
    fence = IfCreatedAt("/gatekeeper/leader", created)
    # What has a condition is tried once alone; what is read, at every endpoint.
    assert client.get("/a/1") is not None
    assert client.commit([Put("/a/2", b"2")], only_if=fence) is not None
    with following(client, {"/a/": created}) as follower:
        assert [event.key for event in follower.wait_for("/a/", 2)] == ["/a/1", "/a/2"]

    # And the dead one, once restarted, has it too
    leader.restart()
    settings.ETCD_ENDPOINTS = [leader.url]
    alone = EtcdClient()
    assert [item.key for item in alone.read_prefixes("/a/").items] == ["/a/1", "/a/2"]
    client.close()
    alone.close()


def test_a_member_without_a_majority_is_unavailable_and_ends_its_watches(
    cluster: EtcdCluster,
    settings: Any,
    silent_addresses: set[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Given a watch at one of three members
    survivor = next(member for member in cluster.members if member is not cluster.leader())
    settings.ETCD_ENDPOINTS = [survivor.url]
    client = EtcdClient()
    with following(client, {"/a/": 1}) as follower:
        client.commit([Put("/a/1", b"1")])
        follower.wait_for("/a/", 1)

        # When the other two die
        for member in cluster.members:
            if member is not survivor:
                cluster.kill(member)
        silent_addresses.add(survivor.url)
        let_probe_come(monkeypatch)

        # Then the member that is left neither reads nor writes, and says so
        assert isinstance(follower.wait_for_error(), EtcdUnavailable)
    with pytest.raises(EtcdUnavailable, match=survivor.url):
        client.check()
    with pytest.raises(EtcdUnavailable, match=survivor.url):
        client.commit([Put("/a/2", b"2")])

    # And does both once a second is back
    dead = next(member for member in cluster.members if member is not survivor)
    cluster.restart(dead)
    silent_addresses.clear()
    wait_until(lambda: client.get("/a/1"), what="a majority")
    client.close()
