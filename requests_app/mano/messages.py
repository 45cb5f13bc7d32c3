"""What is said to and by the SONATA MANO, as YAML (contract, requests-and-records.md, MANO)."""

from typing import Any
from uuid import UUID

import yaml

from gatekeeper_site.core.documents import DocumentError, DocumentTooLarge, read_message
from requests_app import states
from requests_app.mano.protocol import Order

MAX_MESSAGE_BYTES = 4 * 1024 * 1024


class Unreadable(Exception):
    """A message that cannot be read; the text says why.

    Args:
        label: the kind of fault, as it is counted.
        reason: why.
    """

    def __init__(self, label: str, reason: str) -> None:
        super().__init__(reason)
        self.label = label


class PlainDumper(yaml.CSafeDumper):
    """YAML of plain values, each written out: an alias is not everybody's to follow."""

    def ignore_aliases(self, data: Any) -> bool:
        """Write out what was there before."""
        return True


def order_body(order: Order) -> bytes:
    """Return the body of an order."""
    return yaml.dump(  # a safe dumper, of what came as JSON
        order_document(order), Dumper=PlainDumper, allow_unicode=True, sort_keys=False
    ).encode()


def order_document(order: Order) -> dict[str, Any]:
    """Return what an order says."""
    instance_id = str(order.service_instance_uuid)
    if order.request_type == states.UPDATE:
        return {"NSD": described(order.nsd), "Instance_id": instance_id}
    if order.request_type == states.TERMINATE:
        return {"instance_id": instance_id, "service_instance_uuid": instance_id}
    return {
        "NSD": described(order.nsd),
        **{f"VNFD{position}": described(vnfd) for position, vnfd in enumerate(order.vnfds)},
        "ingresses": order.ingresses,
        "egresses": order.egresses,
        "user_data": {
            "customer": {
                "email": order.customer_email,
                "phone": None,
                "keys": {"public": None, "private": None},
            },
            "developer": {"email": None, "phone": None},
        },
    }


def described(descriptor: dict[str, Any] | None) -> dict[str, Any] | None:
    """Return a descriptor with a description: SONATA's SLM dies of one without, after its work."""
    if descriptor is None or descriptor.get("description") is not None:
        return descriptor
    return descriptor | {"description": ""}


def read_body(body: bytes) -> Any:
    """Return what a message says, in types that JSON has.

    Whatever its content type is called, it is YAML, or JSON.

    Raises:
        Unreadable: it is neither, or too large, also by what it unfolds to.
    """
    if len(body) > MAX_MESSAGE_BYTES:
        reason = f"it has {len(body)} bytes, and at most {MAX_MESSAGE_BYTES} are read"
        raise Unreadable("too_large", reason)
    try:
        return read_message(body, MAX_MESSAGE_BYTES)
    except DocumentTooLarge as error:
        raise Unreadable("too_large", str(error)) from error
    except DocumentError as error:
        raise Unreadable("unparsable", str(error)) from error


def request_id_of(correlation_id: Any) -> UUID | None:
    """Return the request that a correlation id means, if it is a UUID."""
    try:
        return UUID(correlation_id) if isinstance(correlation_id, str) else None
    except ValueError:
        return None
