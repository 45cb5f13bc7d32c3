"""A connection to one etcd member, and what its refusals mean."""

from pathlib import Path

import grpc
from django.conf import settings

from ha_app.etcd.endpoints import parse_endpoint
from ha_app.etcd.protocol import etcd_pb2, etcd_pb2_grpc

Metadata = tuple[tuple[str, str], ...]

CHANNEL_OPTIONS = (
    # Of a page of large bodies or of a watch that has much to catch up with.
    ("grpc.max_receive_message_length", -1),
    # A new channel is a new connection, and does not wait because others have failed.
    ("grpc.use_local_subchannel_pool", 1),
    # etcd is not reached through the proxy that the environment names for the web.
    ("grpc.enable_http_proxy", 0),
)
# Any other code may be different the next time, or at the next endpoint.
REFUSALS = {
    grpc.StatusCode.INVALID_ARGUMENT,
    grpc.StatusCode.NOT_FOUND,
    grpc.StatusCode.ALREADY_EXISTS,
    grpc.StatusCode.PERMISSION_DENIED,
    grpc.StatusCode.UNAUTHENTICATED,
    grpc.StatusCode.RESOURCE_EXHAUSTED,
    grpc.StatusCode.FAILED_PRECONDITION,
    grpc.StatusCode.OUT_OF_RANGE,
    grpc.StatusCode.DATA_LOSS,
}
PASSING_TEXTS = ("too many requests", "not leader")
SIZE_TEXTS = ("request is too large", "larger than max", "too many operations")
BROKEN_ELSEWHERE = "the connection broke in another call"
TOKEN_TEXTS = ("invalid auth token", "revision of auth store is old")


class EtcdUnavailable(Exception):
    """No endpoint answered in time; the text names each and says why."""


class EtcdRefused(Exception):
    """etcd answered that it does not do this; another endpoint would say the same.

    Attributes:
        code: the gRPC status, such as `PERMISSION_DENIED`.
    """

    def __init__(self, text: str, code: str) -> None:
        super().__init__(text)
        self.code = code


class TooLarge(EtcdRefused):
    """etcd does not take the request for its size, in bytes or in operations."""


class Connection:
    """A channel to one endpoint, and the token that stands for the user there."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.channel = open_channel(address)
        self.kv = etcd_pb2_grpc.KVStub(self.channel)
        self.lease = etcd_pb2_grpc.LeaseStub(self.channel)
        self.watch = etcd_pb2_grpc.WatchStub(self.channel)
        self.auth = etcd_pb2_grpc.AuthStub(self.channel)
        self.token = ""
        self.has_answered = False
        self.is_closed = False

    def metadata(self, seconds: float) -> Metadata:
        """Return what goes with each call; the first time it asks etcd for a token.

        Raises:
            grpc.RpcError: etcd gave none.
        """
        if not settings.ETCD_USERNAME:
            return ()
        token = self.token
        if not token:
            request = etcd_pb2.AuthenticateRequest(
                name=settings.ETCD_USERNAME, password=settings.ETCD_PASSWORD
            )
            token = self.token = self.auth.Authenticate(request, timeout=seconds).token
        return (("token", token),)

    def close(self) -> None:
        """End the connection; calls that wait for an answer fail, in whatever thread."""
        self.is_closed = True
        self.channel.close()


def open_channel(address: str) -> grpc.Channel:
    """Return a channel to an endpoint; nothing is sent yet.

    Raises:
        EtcdUnavailable: a certificate cannot be read.
    """
    endpoint = parse_endpoint(address)
    if not endpoint.is_tls:
        return grpc.insecure_channel(endpoint.target, CHANNEL_OPTIONS)
    credentials = grpc.ssl_channel_credentials(
        root_certificates=pem("ETCD_CA_CERT"),
        private_key=pem("ETCD_KEY"),
        certificate_chain=pem("ETCD_CERT"),
    )
    return grpc.secure_channel(endpoint.target, credentials, CHANNEL_OPTIONS)


def pem(setting: str) -> bytes | None:
    """Return the content of the file that a setting names, or None if it names none.

    Raises:
        EtcdUnavailable: the file cannot be read.
    """
    name = getattr(settings, setting)
    if not name:
        return None
    try:
        return Path(name).read_bytes()
    except OSError as error:
        raise EtcdUnavailable(f"{setting} cannot be read: {error}") from error


def is_refusal(error: grpc.RpcError) -> bool:
    """Return whether etcd answered, and would answer the same again."""
    return error.code() in REFUSALS and not contains(error.details(), PASSING_TEXTS)


def is_token_fault(error: grpc.RpcError) -> bool:
    """Return whether a new token may help: they expire, and a restarted server knows none."""
    unauthenticated = error.code() == grpc.StatusCode.UNAUTHENTICATED
    return unauthenticated or contains(error.details(), TOKEN_TEXTS)


def refusal(address: str, error: grpc.RpcError) -> EtcdRefused:
    """Return the exception for an answer that is a refusal."""
    user = f" to user {settings.ETCD_USERNAME!r}" if settings.ETCD_USERNAME else ""
    kind = TooLarge if contains(error.details(), SIZE_TEXTS) else EtcdRefused
    return kind(f"etcd at {address} says no{user}: {error.details()}", error.code().name)


def reason(error: grpc.RpcError) -> str:
    """Return why a call got no answer."""
    if error.code() == grpc.StatusCode.DEADLINE_EXCEEDED:
        return "no answer in time"
    return f"{error.details()} ({error.code().name})"


def contains(text: str | None, parts: tuple[str, ...]) -> bool:
    """Return whether one of the parts is in the text."""
    return any(part in (text or "") for part in parts)
