"""The calls of the etcd client, on a real etcd."""

import re
import threading
from typing import Any

import pytest

from ha_app.etcd.client import (
    Delete,
    EtcdClient,
    EtcdRefused,
    EtcdUnavailable,
    IfCreatedAt,
    Put,
    TooLarge,
)
from tests.etcd_server import EtcdServer
from tests.processes import WAIT_SECONDS, wait_until

LEADER = "/gatekeeper/leader"


def test_a_key_is_read_as_it_was_written(etcd: EtcdServer, etcd_client: EtcdClient) -> None:
    first = etcd_client.commit([Put("/a/1", b"\x00one\xff")])
    second = etcd_client.commit([Put("/a/1", b"two")])

    found = etcd_client.get("/a/1")

    assert found is not None
    assert (found.key, found.value, found.lease) == ("/a/1", b"two", 0)
    assert (found.create_revision, found.mod_revision) == (first, second)
    assert first is not None and second == first + 1


def test_a_key_that_is_not_there_is_none(etcd: EtcdServer, etcd_client: EtcdClient) -> None:
    etcd_client.commit([Put("/a/10", b"")])

    assert etcd_client.get("/a/1") is None


def test_some_keys_are_read_together_and_in_no_transaction(
    etcd: EtcdServer, etcd_client: EtcdClient
) -> None:
    # An etcd before 3.5.5 ends when the caller of one that only reads goes away.
    def calls(method: str) -> int:
        pattern = rf'^grpc_server_started_total{{grpc_method="{method}",.*}} (\d+)$'
        return int(re.search(pattern, etcd.metrics(), re.MULTILINE)[1])  # type: ignore[index]

    keys = [f"/a/{number}" for number in range(250)]
    for first in (0, 100, 200):
        etcd_client.commit([Put(key, key.encode()) for key in keys[first : first + 100]])
    transactions, reads = calls("Txn"), calls("Range")

    found = etcd_client.get_all(["/a", *keys, "/b"])

    assert found == {key: key.encode() for key in keys}
    assert (calls("Txn"), calls("Range")) == (transactions, reads + 252)


def test_operations_of_one_commit_have_one_revision(
    etcd: EtcdServer, etcd_client: EtcdClient
) -> None:
    etcd_client.commit([Put("/a/gone", b"x"), Put("/a/other", b"stays")])

    revision = etcd_client.commit(
        [Put("/a/1", b"1"), Delete("/a/gone"), Put("/a/2", b"2"), Delete("/a/never")]
    )

    reading = etcd_client.read_prefixes("/a/")
    assert [(item.key, item.value) for item in reading.items] == [
        ("/a/1", b"1"),
        ("/a/2", b"2"),
        ("/a/other", b"stays"),
    ]
    assert [item.mod_revision == revision for item in reading.items] == [True, True, False]
    assert reading.revision == revision


def test_a_commit_with_a_condition_that_does_not_hold_does_nothing(
    etcd: EtcdServer, etcd_client: EtcdClient
) -> None:
    created = etcd_client.commit([Put(LEADER, b"other")], only_if=IfCreatedAt(LEADER, 0))
    assert created is not None
    before = etcd_client.read_prefixes("/")

    assert etcd_client.commit([Put(LEADER, b"me")], only_if=IfCreatedAt(LEADER, 0)) is None
    assert etcd_client.commit([Put("/a/1", b"")], only_if=IfCreatedAt(LEADER, created + 1)) is None

    assert etcd_client.read_prefixes("/") == before
    assert etcd_client.commit([Put("/a/1", b"")], only_if=IfCreatedAt(LEADER, created)) is not None


def test_a_fence_holds_for_the_key_that_was_made_then_not_for_one_made_anew(
    etcd: EtcdServer, etcd_client: EtcdClient
) -> None:
    created = etcd_client.commit([Put(LEADER, b"me")])
    assert created is not None
    etcd_client.commit([Put(LEADER, b"still me")])
    assert etcd_client.commit([], only_if=IfCreatedAt(LEADER, created)) is not None

    etcd_client.commit([Delete(LEADER)])
    etcd_client.commit([Put(LEADER, b"me")])

    assert etcd_client.commit([], only_if=IfCreatedAt(LEADER, created)) is None


def test_prefixes_are_read_in_pages_at_one_revision_while_they_are_written(
    etcd: EtcdServer, etcd_client: EtcdClient
) -> None:
    # Given 1100 keys below each of two prefixes, whose last keys always have the same value
    for start in range(0, 1100, 50):
        names = [f"{number:04}" for number in range(start, start + 50)]
        etcd_client.commit([Put(f"/{side}/{name}", b"0") for name in names for side in "ab"])
    etcd_client.commit([Put("/c/1", b"not asked for")])
    is_read = threading.Event()

    def write() -> None:
        value = 0
        while not is_read.is_set():
            value += 1
            content = str(value).encode()
            etcd_client.commit([Put("/a/9999", content), Put("/b/0000", content)])

    writer = threading.Thread(target=write)
    writer.start()
    try:
        wait_until(lambda: etcd_client.get("/a/9999"), what="the first value")
        for _ in range(5):
            # When they are read meanwhile
            reading = etcd_client.read_prefixes("/a/", "/b/")

            # Then each key is there once, and both are of the same moment
            keys = [item.key for item in reading.items]
            assert len(keys) == 2201 and keys == sorted(set(keys))
            values = {item.key: item.value for item in reading.items}
            assert values["/a/9999"] == values["/b/0000"] != b"0"
            assert max(item.mod_revision for item in reading.items) == reading.revision
    finally:
        is_read.set()
        writer.join()


def test_a_reading_begins_again_when_its_revision_is_compacted_between_two_pages(
    etcd: EtcdServer, etcd_client: EtcdClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a page of one key, and somebody who compacts after the first page is read
    monkeypatch.setattr("ha_app.etcd.client.PAGE", 1)
    etcd_client.commit([Put("/a/1", b"old"), Put("/a/2", b"old")])
    ask, pages = etcd_client._ask, []

    def ask_and_compact(*arguments: Any) -> Any:
        answer = ask(*arguments)
        pages.append(answer)
        if len(pages) == 1:
            other = EtcdClient()
            revision = other.commit([Put("/a/1", b"new")])
            assert revision is not None
            other.compact(revision)
            other.close()
        return answer

    monkeypatch.setattr(etcd_client, "_ask", ask_and_compact)

    # When the keys are read
    reading = etcd_client.read_prefixes("/a/")

    # Then they are read from the start, at the new revision
    assert [item.value for item in reading.items] == [b"new", b"old"]
    assert len(pages) == 3


def test_keys_beside_a_prefix_are_not_read(etcd: EtcdServer, etcd_client: EtcdClient) -> None:
    etcd_client.commit([Put(key, b"") for key in ("/a", "/a/", "/a/b/c", "/a0", "/b/")])

    assert [item.key for item in etcd_client.read_prefixes("/a/").items] == ["/a/", "/a/b/c"]


def test_a_key_that_is_no_text_is_read_all_the_same(
    etcd: EtcdServer, etcd_client: EtcdClient
) -> None:
    etcd.post("kv/put", {"key": "L2Ev/w=="})  # b"/a/\xff"

    assert [item.key for item in etcd_client.read_prefixes("/a/").items] == ["/a/\\xff"]


def test_the_cluster_is_named_as_etcdctl_names_it(
    etcd: EtcdServer, etcd_client: EtcdClient
) -> None:
    shown = etcd.etcdctl("--hex", "endpoint", "status", "--write-out=fields")

    assert f'"ClusterID" : {int(etcd_client.read_prefixes("/a/").cluster_id, 16)}' in shown


def test_a_lease_that_is_not_kept_alive_takes_its_keys_along(
    etcd: EtcdServer, etcd_client: EtcdClient
) -> None:
    def lease_in_use() -> int | None:
        """Return a new lease, unless the machine is so busy that it has ended meanwhile."""
        lease = etcd_client.grant_lease(1)
        try:
            etcd_client.commit([Put(LEADER, b"me", lease), Put("/a/1", b"without")])
        except EtcdRefused:
            return None
        found = etcd_client.get(LEADER)
        if found is None or not etcd_client.keep_lease_alive(lease):
            return None
        assert found.lease == lease
        return lease

    lease = wait_until(lease_in_use, what="a lease that is kept alive")
    assert lease is not None

    wait_until(lambda: etcd_client.get(LEADER) is None, what="the lease's end")

    assert etcd_client.keep_lease_alive(lease) is False
    assert etcd_client.get("/a/1") is not None


def test_a_revoked_lease_takes_its_keys_along_at_once(
    etcd: EtcdServer, etcd_client: EtcdClient
) -> None:
    lease = etcd_client.grant_lease(600)
    etcd_client.commit([Put(LEADER, b"me", lease)])

    etcd_client.revoke_lease(lease)

    assert etcd_client.get(LEADER) is None
    assert etcd_client.keep_lease_alive(lease) is False
    etcd_client.revoke_lease(lease)


def test_a_put_with_a_lease_that_is_gone_is_refused(
    etcd: EtcdServer, etcd_client: EtcdClient
) -> None:
    with pytest.raises(EtcdRefused, match="requested lease not found") as caught:
        etcd_client.commit([Put(LEADER, b"me", 12345)])

    assert caught.value.code == "NOT_FOUND"
    assert etcd_client.get(LEADER) is None


@pytest.mark.parametrize("size", [1_600_000, 5_000_000])
def test_a_value_that_is_too_large_is_refused_as_such(
    etcd: EtcdServer, etcd_client: EtcdClient, size: int
) -> None:
    with pytest.raises(TooLarge, match=f"etcd at {etcd.url} says no"):
        etcd_client.commit([Put("/a/1", b"x" * size)])

    assert etcd_client.get("/a/1") is None
    assert etcd_client.commit([Put("/a/1", b"x" * 1_400_000)]) is not None


def test_too_many_operations_are_refused_as_too_large(
    etcd: EtcdServer, etcd_client: EtcdClient
) -> None:
    with pytest.raises(TooLarge, match="too many operations"):
        etcd_client.commit([Put(f"/a/{number}", b"") for number in range(129)])

    assert etcd_client.read_prefixes("/a/").items == []


def test_a_key_twice_in_a_commit_is_refused(etcd: EtcdServer, etcd_client: EtcdClient) -> None:
    with pytest.raises(EtcdRefused, match="duplicate key") as caught:
        etcd_client.commit([Put("/a/1", b"1"), Put("/a/1", b"2")])

    assert not isinstance(caught.value, TooLarge)


def test_answers_of_many_megabytes_are_read(etcd: EtcdServer, etcd_client: EtcdClient) -> None:
    for number in range(12):
        etcd_client.commit([Put(f"/a/{number:02}", b"x" * 1_000_000)])

    reading = etcd_client.read_prefixes("/a/")

    assert [len(item.value) for item in reading.items] == [1_000_000] * 12


def test_compacting_twice_is_like_once_and_the_future_is_refused(
    etcd: EtcdServer, etcd_client: EtcdClient
) -> None:
    revision = etcd_client.commit([Put("/a/1", b"")])
    assert revision is not None

    etcd_client.compact(revision)
    etcd_client.compact(revision)

    with pytest.raises(EtcdRefused, match="future revision"):
        etcd_client.compact(revision + 1000)


def test_an_etcd_that_answers_passes_the_check(etcd: EtcdServer, etcd_client: EtcdClient) -> None:
    etcd_client.check()


def test_a_closed_client_connects_again(etcd: EtcdServer, etcd_client: EtcdClient) -> None:
    etcd_client.commit([Put("/a/1", b"1")])
    etcd_client.close()
    etcd_client.close()

    assert etcd_client.get("/a/1") is not None


def test_threads_share_a_client_also_through_a_restart(
    own_etcd: EtcdServer, etcd_client: EtcdClient
) -> None:
    # Given eight threads that each write a key a hundred times
    errors: list[BaseException] = []
    half = threading.Barrier(9, timeout=WAIT_SECONDS)

    def persistently(write: Any) -> None:
        while True:
            try:
                write()
            except EtcdUnavailable:
                continue
            return

    def count(name: str) -> None:
        try:
            for number in range(100):
                if number == 50:
                    half.wait()
                persistently(lambda n=number: etcd_client.commit([Put(name, str(n).encode())]))
        except BaseException as error:
            errors.append(error)
            raise

    threads = [threading.Thread(target=count, args=(f"/a/{n}",)) for n in range(8)]
    for thread in threads:
        thread.start()

    # When etcd is killed and restarted in the middle
    half.wait()
    own_etcd.kill()
    own_etcd.restart()
    for thread in threads:
        thread.join(timeout=60)

    # Then each has written its last number, and no call failed otherwise
    assert errors == []
    values = [item.value for item in etcd_client.read_prefixes("/a/").items]
    assert values == [b"99"] * 8
