"""The calls of etcd that the mirror and the watcher need, on the generated stubs.

A call that gets no answer is made again on a new connection, to the next endpoint, once round all
of them. etcd's own refusals are not.
"""

import queue
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

import grpc
from django.conf import settings

from ha_app.etcd.connection import (
    BROKEN_ELSEWHERE,
    Connection,
    EtcdRefused,
    EtcdUnavailable,
    Metadata,
    TooLarge,
    is_refusal,
    is_token_fault,
    reason,
    refusal,
)
from ha_app.etcd.keys import LEADER
from ha_app.etcd.messages import (
    Delete,
    Event,
    IfCreatedAt,
    KeyValue,
    Put,
    Reading,
    comparison,
    end_of,
    key_value,
    request_op,
    watch_request,
)
from ha_app.etcd.protocol import etcd_pb2
from ha_app.etcd.watch_stream import Compacted, WatchGuard, watched

__all__ = [
    "Compacted",
    "Delete",
    "EtcdClient",
    "EtcdRefused",
    "EtcdUnavailable",
    "Event",
    "IfCreatedAt",
    "KeyValue",
    "Put",
    "Reading",
    "TooLarge",
]

# How long a call may take at one endpoint, and the one that asks whether etcd is there.
CALL_SECONDS = 3
CHECK_SECONDS = 1
PAGE = 500
# How many keys are asked for at once.
MAX_READS = 100

# Makes a call on a connection, with metadata and a deadline in seconds; raises grpc.RpcError.
Send = Callable[[Connection, Metadata, float], Any]


class EtcdClient:
    """A client of the etcd that the settings name.

    It connects at the first call. Threads may share it; a process must not use one that was made
    before its fork.

    Every method raises EtcdUnavailable when no endpoint answers in time, and EtcdRefused when
    etcd answers that it will not, for example for lack of permission.
    """

    def __init__(self) -> None:
        self._addresses: list[str] = list(settings.ETCD_ENDPOINTS)
        self._lock = threading.Lock()
        self._connection: Connection | None = None
        self._position = 0

    def get(self, key: str) -> KeyValue | None:
        """Return what a key has, or None if it is not there."""
        answer = self._ask(lambda at: at.kv.Range, etcd_pb2.RangeRequest(key=key.encode()))
        return key_value(answer.kvs[0]) if answer.kvs else None

    def read_prefixes(self, *prefixes: str) -> Reading:
        """Return everything whose key begins with one of the prefixes, all at one revision."""
        while True:
            try:
                return self._read_prefixes(prefixes)
            except EtcdRefused as error:
                # The revision was compacted between two pages: the newest one is not.
                if error.code != grpc.StatusCode.OUT_OF_RANGE.name:
                    raise

    def read_range(self, start: bytes, end: bytes) -> Iterator[KeyValue]:
        """Give what there is from a key up to another, a page at a time and each as it is then."""
        has_more = True
        while has_more:
            request = etcd_pb2.RangeRequest(key=start, range_end=end, limit=PAGE)
            answer = self._ask(lambda at: at.kv.Range, request)
            yield from map(key_value, answer.kvs)
            has_more = answer.more
            if has_more:
                start = answer.kvs[-1].key + b"\0"

    def find(self, keys: Iterable[str]) -> Iterator[KeyValue]:
        """Give those of some keys that are there, each as it is then.

        Many are asked for at once, but not in a transaction: of one that only reads, an etcd before
        3.5.5 ends when its caller goes away (https://github.com/etcd-io/etcd/issues/14110).
        """
        wanted = iter(keys)
        while page := list(islice(wanted, MAX_READS)):
            for answer in self._ask_for(page):
                yield from map(key_value, answer.kvs)

    def get_all(self, keys: Iterable[str]) -> dict[str, bytes]:
        """Return what those of some keys have that are there."""
        return {found.key: found.value for found in self.find(keys)}

    def commit(
        self, operations: Sequence[Put | Delete], *, only_if: IfCreatedAt | None = None
    ) -> int | None:
        """Do all of this in one etcd transaction, or nothing.

        When the answer is lost, a transaction without a condition is sent again, although it may
        have been done: doing its operations twice is to be like doing them once. One with a
        condition is not: it may be done at any later time, for as long as the condition holds.

        Args:
            operations: each on a key of its own; etcd takes 128 and 1.5 MB at most.
            only_if: the condition under which they are done.

        Returns:
            The revision that they made, or None: the condition did not hold, nothing was done.

        Raises:
            TooLarge: etcd does not take so much.
            EtcdUnavailable: it is not known whether they are done.
        """
        request = etcd_pb2.TxnRequest(
            compare=[comparison(only_if)] if only_if else [],
            success=[request_op(operation) for operation in operations],
        )
        answer = self._ask(lambda at: at.kv.Txn, request, is_repeatable=only_if is None)
        revision: int = answer.header.revision
        return revision if answer.succeeded else None

    def grant_lease(self, seconds: int) -> int:
        """Return a new lease that lasts this long from its last sign of life."""
        answer = self._ask(lambda at: at.lease.LeaseGrant, etcd_pb2.LeaseGrantRequest(TTL=seconds))
        lease: int = answer.ID
        return lease

    def keep_lease_alive(self, lease: int) -> bool:
        """Have a lease last its whole time again; return False if it is gone."""
        request = etcd_pb2.LeaseKeepAliveRequest(ID=lease)

        def send(connection: Connection, metadata: Metadata, seconds: float) -> Any:
            answers = connection.lease.LeaseKeepAlive(
                iter([request]), timeout=seconds, metadata=metadata
            )
            answer = next(answers, None)
            answers.cancel()
            return answer

        answer = self._call(send)
        if answer is None:
            raise EtcdUnavailable(f"etcd did not say whether lease {lease:x} is there")
        return bool(answer.TTL > 0)

    def revoke_lease(self, lease: int) -> None:
        """End a lease, and remove the keys that it held; it may be gone already."""
        try:
            self._ask(lambda at: at.lease.LeaseRevoke, etcd_pb2.LeaseRevokeRequest(ID=lease))
        except EtcdRefused as error:
            if error.code != grpc.StatusCode.NOT_FOUND.name:
                raise

    def compact(self, revision: int) -> None:
        """Have etcd forget what was before a revision; it may have done so already."""
        try:
            self._ask(lambda at: at.kv.Compact, etcd_pb2.CompactionRequest(revision=revision))
        except EtcdRefused as error:
            if "has been compacted" not in str(error):
                raise

    def check(self) -> None:
        """Ask whether a majority of etcd's members is there, for up to 1 s at each endpoint.

        Raises:
            EtcdUnavailable: it is not, or does not let this user read.
        """
        request = etcd_pb2.RangeRequest(key=LEADER.encode())
        try:
            self._ask(lambda at: at.kv.Range, request, CHECK_SECONDS)
        except EtcdRefused as error:
            raise EtcdUnavailable(str(error)) from error

    def watch(
        self, starts: Mapping[str, int], stop: threading.Event
    ) -> Iterator[tuple[str, list[Event]]]:
        """Return the changes below some prefixes, as they come.

        Args:
            starts: the first revision that is wanted of each prefix.
            stop: set it to end this, within half a second once the watch is open.

        Returns:
            A prefix and its next changes, in the order of their revisions. What was made at one
            revision comes together.

        Raises:
            Compacted: the first changes that are wanted are not kept any longer.
            EtcdUnavailable: the connection broke, also when only its silence tells (within about
                6 s), or etcd ended the watch.
        """

        def probe(connection: Connection, metadata: Metadata, seconds: float) -> Any:
            for prefix in starts:
                request = etcd_pb2.RangeRequest(key=prefix.encode())
                connection.kv.Range(request, timeout=seconds, metadata=metadata)
            return connection, metadata

        # A member that answers is found first, and an old token is replaced.
        connection, metadata = self._call(probe)
        requests: queue.SimpleQueue[Any] = queue.SimpleQueue()
        for prefix, revision in starts.items():
            requests.put(watch_request(prefix, revision))
        try:
            # With "hasleader" a member that has lost the others ends the watch.
            call = connection.watch.Watch(
                iter(requests.get, None), metadata=(*metadata, ("hasleader", "true"))
            )
        except ValueError as error:
            if not connection.is_closed:
                raise
            raise EtcdUnavailable(f"{connection.address}: {BROKEN_ELSEWHERE}") from error
        guard = WatchGuard(
            connection, call, probe_key=next(iter(starts)), metadata=metadata, stop=stop
        )
        guard.start()
        try:
            yield from watched(call, list(starts), stop)
        except grpc.RpcError as error:
            if not stop.is_set():
                self._replace(connection)
                fault = guard.fault or reason(error)
                raise EtcdUnavailable(f"{connection.address}: {fault}") from error
        finally:
            guard.finish()
            requests.put(None)

    def close(self) -> None:
        """End the connection; a later call makes a new one."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    def _read_prefixes(self, prefixes: Sequence[str]) -> Reading:
        """Return what is below the prefixes, at the revision of the first answer."""
        items: list[KeyValue] = []
        revision = cluster_id = 0
        for prefix in prefixes:
            start, end = prefix.encode(), end_of(prefix.encode())
            has_more = True
            while has_more:
                request = etcd_pb2.RangeRequest(
                    key=start, range_end=end, limit=PAGE, revision=revision
                )
                answer = self._ask(lambda at: at.kv.Range, request)
                revision = revision or answer.header.revision
                cluster_id = answer.header.cluster_id
                items.extend(key_value(found) for found in answer.kvs)
                has_more = answer.more
                if has_more:
                    start = answer.kvs[-1].key + b"\0"
        return Reading(items, revision, f"{cluster_id:x}")

    def _ask(
        self,
        method: Callable[[Connection], Any],
        request: Any,
        seconds: float = CALL_SECONDS,
        *,
        is_repeatable: bool = True,
    ) -> Any:
        """Return the answer of one of the methods that have one answer."""

        def send(connection: Connection, metadata: Metadata, seconds: float) -> Any:
            return method(connection)(request, timeout=seconds, metadata=metadata)

        return self._call(send, seconds, is_repeatable=is_repeatable)

    def _ask_for(self, keys: list[str]) -> list[Any]:
        """Return the answers to reads of some keys, which are sent together."""

        def send(connection: Connection, metadata: Metadata, seconds: float) -> list[Any]:
            calls = [
                connection.kv.Range.future(
                    etcd_pb2.RangeRequest(key=key.encode()), timeout=seconds, metadata=metadata
                )
                for key in keys
            ]
            try:
                return [call.result() for call in calls]
            finally:
                for call in calls:
                    call.cancel()

        answers: list[Any] = self._call(send)
        return answers

    def _call(
        self, send: Send, seconds: float = CALL_SECONDS, *, is_repeatable: bool = True
    ) -> Any:
        """Return the answer to a call, from the first endpoint that gives one."""
        reasons: dict[str, str] = {}
        connection = self._connect()
        # One that has worked may be broken by a restart of its server, which is then asked again.
        attempts = len(self._addresses) + connection.has_answered if is_repeatable else 1
        for _ in range(attempts):
            try:
                answer = send_with_token(connection, send, seconds)
            except grpc.RpcError as error:
                if is_refusal(error):
                    raise refusal(connection.address, error) from error
                reasons[connection.address] = reason(error)
            except ValueError:
                # So gRPC says that another thread closed the channel.
                if not connection.is_closed:
                    raise
                reasons[connection.address] = BROKEN_ELSEWHERE
            else:
                connection.has_answered = True
                return answer
            connection = self._replace(connection)
        raise EtcdUnavailable("; ".join(f"{address}: {why}" for address, why in reasons.items()))

    def _connect(self) -> Connection:
        """Return the connection, which is made if there is none."""
        with self._lock:
            if self._connection is None:
                address = self._addresses[self._position % len(self._addresses)]
                self._connection = Connection(address)
            return self._connection

    def _replace(self, failed: Connection) -> Connection:
        """Return another connection than one that failed: to the next endpoint."""
        with self._lock:
            if self._connection is failed:
                self._connection = None
                self._position += 1
                failed.close()
        return self._connect()


def send_with_token(connection: Connection, send: Send, seconds: float) -> Any:
    """Make a call, and again with a new token if etcd does not know the old one."""
    try:
        return send(connection, connection.metadata(seconds), seconds)
    except grpc.RpcError as error:
        if not (connection.token and is_token_fault(error)):
            raise
    connection.token = ""
    return send(connection, connection.metadata(seconds), seconds)
