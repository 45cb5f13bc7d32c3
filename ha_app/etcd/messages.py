"""What is said to etcd and what it answers, without gRPC's classes around it."""

from dataclasses import dataclass
from typing import Any

from ha_app.etcd.protocol import etcd_pb2


@dataclass(frozen=True)
class KeyValue:
    """A key that is there; bytes of its name that are no UTF-8 are written as backslash, x, hex."""

    key: str
    value: bytes
    create_revision: int
    mod_revision: int
    lease: int


@dataclass(frozen=True)
class Reading:
    """What was below some prefixes at one revision; `cluster_id` in hexadecimal."""

    items: list[KeyValue]
    revision: int
    cluster_id: str


@dataclass(frozen=True)
class Event:
    """A change of a key; `value` is None when it was deleted."""

    key: str
    value: bytes | None
    mod_revision: int


@dataclass(frozen=True)
class Put:
    """Give a key a value, for as long as the lease lasts if it is not 0."""

    key: str
    value: bytes
    lease: int = 0


@dataclass(frozen=True)
class Delete:
    """Remove a key, if it is there."""

    key: str


@dataclass(frozen=True)
class IfCreatedAt:
    """The key is there and was created at this revision; 0: it is not there."""

    key: str
    revision: int


def end_of(prefix: bytes) -> bytes:
    """Return the first key after all those that begin with a prefix of ASCII characters."""
    return prefix[:-1] + bytes([prefix[-1] + 1])


def watch_request(prefix: str, revision: int) -> Any:
    """Return the request to watch a prefix from a revision."""
    start = prefix.encode()
    create = etcd_pb2.WatchCreateRequest(
        key=start, range_end=end_of(start), start_revision=revision
    )
    return etcd_pb2.WatchRequest(create_request=create)


def request_op(operation: Put | Delete) -> Any:
    """Return an operation as etcd's transactions contain it."""
    key = operation.key.encode()
    match operation:
        case Put(value=value, lease=lease):
            put = etcd_pb2.PutRequest(key=key, value=value, lease=lease)
            return etcd_pb2.RequestOp(request_put=put)
        case Delete():
            return etcd_pb2.RequestOp(request_delete_range=etcd_pb2.DeleteRangeRequest(key=key))


def comparison(condition: IfCreatedAt) -> Any:
    """Return a condition as etcd's transactions contain it."""
    return etcd_pb2.Compare(
        key=condition.key.encode(),
        target=etcd_pb2.Compare.CREATE,
        result=etcd_pb2.Compare.EQUAL,
        create_revision=condition.revision,
    )


def key_value(found: Any) -> KeyValue:
    """Return a key as etcd has it."""
    return KeyValue(
        text(found.key), found.value, found.create_revision, found.mod_revision, found.lease
    )


def event(found: Any) -> Event:
    """Return a change as etcd tells it."""
    is_deleted = found.type == etcd_pb2.Event.DELETE
    return Event(text(found.kv.key), None if is_deleted else found.kv.value, found.kv.mod_revision)


def text(key: bytes) -> str:
    """Return a key's name, whatever bytes somebody has put into it."""
    return key.decode(errors="backslashreplace")
