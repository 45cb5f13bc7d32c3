"""One open watch: what it sends, and the thread that ends it."""

import threading
from collections.abc import Iterator
from time import monotonic
from typing import Any

import grpc

from ha_app.etcd.connection import (
    BROKEN_ELSEWHERE,
    Connection,
    EtcdUnavailable,
    Metadata,
    is_refusal,
    reason,
)
from ha_app.etcd.messages import Event, event
from ha_app.etcd.protocol import etcd_pb2

# While a watch is open, the connection is tried this often, and has this long to answer.
PROBE_SECONDS = 3
# How soon a watch notices that it is to stop.
STOP_SECONDS = 0.2


class Compacted(Exception):
    """What was asked for is not kept any longer.

    Attributes:
        revision: the oldest that is left.
    """

    def __init__(self, revision: int) -> None:
        super().__init__(f"etcd has compacted what was before revision {revision}")
        self.revision = revision


class WatchGuard(threading.Thread):
    """Ends a watch when it is to stop, and when its connection is dead.

    Attributes:
        fault: why the connection is taken to be dead, or "".
    """

    def __init__(
        self,
        connection: Connection,
        call: Any,
        *,
        probe_key: str,
        metadata: Metadata,
        stop: threading.Event,
    ) -> None:
        super().__init__(name="etcd watch guard", daemon=True)
        self.connection = connection
        self.call = call
        self.probe_key = probe_key
        self.metadata = metadata
        self.stop = stop
        self.finished = threading.Event()
        self.fault = ""

    def run(self) -> None:
        """Read a key now and then, as etcd itself may have nothing to send for days."""
        probe = None
        due = monotonic() + PROBE_SECONDS
        while not (self.fault or self.stop.is_set() or self.finished.wait(STOP_SECONDS)):
            if probe is not None and probe.done():
                self.fault = fault_of(probe)
                probe = None
                due = monotonic() + PROBE_SECONDS
            elif probe is None and monotonic() > due:
                probe = self.probe()
        if probe is not None:
            probe.cancel()
        self.call.cancel()

    def probe(self) -> Any:
        """Begin a read; return None if there is no channel any longer."""
        request = etcd_pb2.RangeRequest(key=self.probe_key.encode())
        try:
            return self.connection.kv.Range.future(
                request, timeout=PROBE_SECONDS, metadata=self.metadata
            )
        except ValueError:
            if not self.connection.is_closed:
                raise
            self.fault = BROKEN_ELSEWHERE
            return None

    def finish(self) -> None:
        """End the thread and the watch."""
        self.finished.set()
        self.join()


def fault_of(probe: Any) -> str:
    """Return why a read had no answer, or "" if it had one, be it a refusal."""
    if probe.code() == grpc.StatusCode.OK or is_refusal(probe):
        return ""
    return reason(probe)


def watched(
    call: Any, prefixes: list[str], stop: threading.Event
) -> Iterator[tuple[str, list[Event]]]:
    """Return what a watch of prefixes sends, until it is to stop.

    Raises:
        Compacted: the first changes that are wanted are not kept any longer.
        EtcdUnavailable: etcd ended the watch.
        grpc.RpcError: the connection broke.
    """
    # etcd numbers the watches of a stream, and answers in the order in which they were asked for.
    waiting = iter(prefixes)
    prefix_of: dict[int, str] = {}
    for answer in call:
        if stop.is_set():
            return
        if answer.compact_revision:
            raise Compacted(answer.compact_revision)
        if answer.canceled:
            raise EtcdUnavailable(f"etcd ended the watch: {answer.cancel_reason or 'no reason'}")
        if answer.created:
            prefix_of[answer.watch_id] = next(waiting)
        if answer.events:
            yield prefix_of[answer.watch_id], [event(found) for found in answer.events]
    if not stop.is_set():
        raise EtcdUnavailable("etcd ended the watch")
