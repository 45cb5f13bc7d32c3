"""Watches of the etcd client, on a real etcd."""

import threading
import time
from itertools import pairwise
from typing import Any

import pytest

from ha_app.etcd.client import Compacted, Delete, EtcdClient, EtcdUnavailable, Event, Put
from tests.etcd_server import EtcdServer
from tests.ha_app.etcd.conftest import let_probe_come
from tests.ha_app.etcd.following import following
from tests.processes import WAIT_SECONDS, wait_until
from tests.silent_proxy import silent_proxy


def committed(client: EtcdClient, *operations: Put | Delete) -> int:
    revision = client.commit(operations)
    assert revision is not None
    return revision


def test_changes_come_with_their_prefix_and_no_others(
    etcd: EtcdServer, etcd_client: EtcdClient
) -> None:
    first = committed(etcd_client, Put("/a/1", b"one"))

    with following(etcd_client, {"/a/": first + 1, "/b/": first + 1}) as follower:
        put = committed(etcd_client, Put("/a/2", b""), Put("/b/1", b"two"), Put("/c/1", b""))
        deleted = committed(etcd_client, Delete("/a/1"), Delete("/a/never"))

        assert follower.wait_for("/a/", 2) == [
            Event("/a/2", b"", put),
            Event("/a/1", None, deleted),
        ]
        assert follower.wait_for("/b/", 1) == [Event("/b/1", b"two", put)]


def test_each_prefix_begins_at_its_own_revision(etcd: EtcdServer, etcd_client: EtcdClient) -> None:
    revisions = [committed(etcd_client, Put("/a/1", b""), Put("/b/1", b"")) for _ in range(4)]

    with following(etcd_client, {"/a/": revisions[1], "/b/": revisions[3]}) as follower:
        follower.wait_for("/a/", 3)
        follower.wait_for("/b/", 1)

    assert [event.mod_revision for event in follower.events["/a/"]] == revisions[1:]
    assert [event.mod_revision for event in follower.events["/b/"]] == revisions[3:]


def test_changes_come_in_the_order_in_which_they_were_made(
    etcd: EtcdServer, etcd_client: EtcdClient
) -> None:
    # Given a past of changes, and threads that go on with it
    start = committed(etcd_client, Put("/a/x", b"start"))
    for number in range(300):
        committed(etcd_client, Put(f"/a/{number % 7}", b""), Put(f"/b/{number % 5}", b""))

    def write() -> None:
        for number in range(100):
            committed(etcd_client, Put(f"/a/{number % 7}", b""), Delete(f"/b/{number % 5}"))

    writers = [threading.Thread(target=write) for _ in range(3)]
    with following(etcd_client, {"/a/": start, "/b/": start}) as follower:
        for writer in writers:
            writer.start()
        for writer in writers:
            writer.join()
        last = committed(etcd_client, Put("/a/end", b""), Put("/b/end", b""))

        # When all of it has come
        for prefix in ("/a/", "/b/"):
            wait_until(
                lambda events=follower.events[prefix]: events and events[-1].mod_revision == last,
                what="the last change",
            )

    # Then nothing of the first prefix lacks, and the order is that of the revisions
    assert len(follower.events["/a/"]) == 1 + 300 + 300 + 1
    for events in follower.events.values():
        assert all(one.mod_revision < next_.mod_revision for one, next_ in pairwise(events))


def test_a_past_of_many_megabytes_is_caught_up_with(
    etcd: EtcdServer, etcd_client: EtcdClient
) -> None:
    start = committed(etcd_client, Put("/a/0", b"x" * 1_000_000))
    for number in range(1, 12):
        committed(etcd_client, Put(f"/a/{number}", b"x" * 1_000_000))

    with following(etcd_client, {"/a/": start}) as follower:
        follower.wait_for("/a/", 12)


def test_a_compacted_past_is_told_with_the_oldest_revision_that_is_left(
    etcd: EtcdServer, etcd_client: EtcdClient
) -> None:
    first = committed(etcd_client, Put("/a/1", b"1"))
    committed(etcd_client, Put("/a/1", b"2"))
    kept = committed(etcd_client, Put("/a/1", b"3"))
    etcd_client.compact(kept)

    with pytest.raises(Compacted, match=f"before revision {kept}") as caught:
        next(etcd_client.watch({"/b/": kept, "/a/": first}, threading.Event()))

    assert caught.value.revision == kept
    with following(etcd_client, {"/a/": kept}) as follower:
        assert follower.wait_for("/a/", 1) == [Event("/a/1", b"3", kept)]


def test_stopping_ends_the_watch_its_thread_and_its_stream(
    etcd: EtcdServer, etcd_client: EtcdClient
) -> None:
    start = committed(etcd_client, Put("/a/1", b""))
    before = threading.active_count()

    with following(etcd_client, {"/a/": start}) as follower:
        follower.wait_for("/a/", 1)
        assert watchers(etcd) == 1
        follower.stop.set()
        wait_until(lambda: not follower.is_alive(), what="the watch's end")
        assert follower.error is None

    wait_until(lambda: watchers(etcd) == 0, what="the stream's end")
    wait_until(lambda: threading.active_count() == before, what="its threads' end")


def test_a_generator_that_is_left_ends_its_thread_and_its_stream(
    etcd: EtcdServer, etcd_client: EtcdClient
) -> None:
    start = committed(etcd_client, Put("/a/1", b""))
    before = threading.active_count()
    changes: Any = etcd_client.watch({"/a/": start}, threading.Event())
    assert next(changes) == ("/a/", [Event("/a/1", b"", start)])

    changes.close()

    wait_until(lambda: watchers(etcd) == 0, what="the stream's end")
    wait_until(lambda: threading.active_count() == before, what="its threads' end")


def test_a_watch_that_was_to_stop_before_it_began_ends(
    etcd: EtcdServer, etcd_client: EtcdClient
) -> None:
    stop = threading.Event()
    stop.set()

    assert list(etcd_client.watch({"/a/": 1}, stop)) == []


def test_a_watch_goes_on_after_a_restart_from_the_next_revision(
    own_etcd: EtcdServer, etcd_client: EtcdClient
) -> None:
    with following(etcd_client, {"/a/": 1}) as follower:
        seen = committed(etcd_client, Put("/a/1", b"before"))
        follower.wait_for("/a/", 1)

        own_etcd.kill()
        error = follower.wait_for_error()

    assert isinstance(error, EtcdUnavailable)
    assert own_etcd.url in str(error)
    own_etcd.restart()
    made = committed(etcd_client, Put("/a/1", b"after"))
    with following(etcd_client, {"/a/": seen + 1}) as follower:
        assert follower.wait_for("/a/", 1) == [Event("/a/1", b"after", made)]


def test_a_quiet_watch_goes_on_and_its_silence_is_not_taken_for_death(
    etcd: EtcdServer, etcd_client: EtcdClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a watch for which time passes quickly, and which so often looks after its connection
    monkeypatch.setattr("ha_app.etcd.watch_stream.STOP_SECONDS", 0.01)
    monkeypatch.setattr("ha_app.etcd.watch_stream.monotonic", lambda: time.monotonic() * 1000)
    start = committed(etcd_client, Put("/a/1", b""))

    with following(etcd_client, {"/a/": start}) as follower:
        follower.wait_for("/a/", 1)
        reads = range_calls(etcd)

        # When nothing changes until it has looked some times
        wait_until(lambda: range_calls(etcd) >= reads + 3, what="three looks")

        # Then it is still there
        committed(etcd_client, Put("/a/2", b""))
        follower.wait_for("/a/", 2)


def test_a_connection_that_fell_silent_is_noticed(
    etcd: EtcdServer, etcd_client: EtcdClient, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a watch through a network that falls silent without a word
    start = committed(etcd_client, Put("/a/1", b""))
    with silent_proxy(etcd.port) as proxy:
        settings.ETCD_ENDPOINTS = [proxy.url, etcd.url]
        client = EtcdClient()
        with following(client, {"/a/": start}) as follower:
            follower.wait_for("/a/", 1)
            proxy.fall_silent()

            # When nobody changes anything
            with monkeypatch.context() as later:
                let_probe_come(later)
                follower.join(WAIT_SECONDS)

            # Then the watch ends all the same, and names the endpoint
            assert not follower.is_alive()
            assert isinstance(follower.error, EtcdUnavailable)
            assert str(follower.error) == f"{proxy.url}: no answer in time"

        # And the next one is at the other endpoint
        with following(client, {"/a/": start + 1}) as follower:
            made = committed(etcd_client, Put("/a/2", b""))
            assert follower.wait_for("/a/", 1) == [Event("/a/2", b"", made)]
        client.close()


def metric(etcd: EtcdServer, name: str) -> float:
    """Return the value of one of etcd's metrics."""
    [line] = [line for line in etcd.metrics().splitlines() if line.startswith(f"{name} ")]
    return float(line.rsplit(" ", 1)[1])


def watchers(etcd: EtcdServer) -> float:
    return metric(etcd, "etcd_debugging_mvcc_watcher_total")


def range_calls(etcd: EtcdServer) -> float:
    return metric(etcd, "etcd_mvcc_range_total")
