"""Follows a watch in a thread, as the watcher does."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from ha_app.etcd.client import Compacted, EtcdClient, EtcdUnavailable, Event
from tests.processes import WAIT_SECONDS, wait_until


class Follower(threading.Thread):
    """What a watch has sent so far, and with what it ended."""

    def __init__(self, client: EtcdClient, starts: Mapping[str, int]) -> None:
        super().__init__(name="follower")
        self.client = client
        self.starts = starts
        self.stop = threading.Event()
        self.events: dict[str, list[Event]] = {prefix: [] for prefix in starts}
        self.error: Compacted | EtcdUnavailable | None = None

    def run(self) -> None:
        try:
            for prefix, events in self.client.watch(self.starts, self.stop):
                self.events[prefix] += events
        except (Compacted, EtcdUnavailable) as error:
            self.error = error

    def wait_for(self, prefix: str, number: int) -> list[Event]:
        wait_until(
            lambda: self.error or len(self.events[prefix]) >= number,
            what=f"{number} changes below {prefix}",
        )
        assert self.error is None
        assert len(self.events[prefix]) == number
        return self.events[prefix]

    def wait_for_error(self) -> Compacted | EtcdUnavailable:
        self.join(WAIT_SECONDS)
        assert not self.is_alive() and self.error is not None
        return self.error


@contextmanager
def following(client: EtcdClient, starts: Mapping[str, int]) -> Iterator[Follower]:
    """Follow prefixes for as long as the block lasts."""
    follower = Follower(client, starts)
    follower.start()
    try:
        yield follower
    finally:
        follower.stop.set()
        follower.join(WAIT_SECONDS)
        assert not follower.is_alive()
