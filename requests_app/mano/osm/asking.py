"""What runs of instances, as OSM says when it is asked.

Source: contract, mano-osm.md, Is what is recorded what runs?
"""

from collections.abc import Iterator, Sequence
from http import HTTPStatus
from typing import Any

from records_app.models import NetworkFunction, RecordStatus, ServiceRecord
from requests_app.mano.osm import orders
from requests_app.mano.osm.answers import (
    function_records,
    health_of,
    service_record,
    text_of,
)
from requests_app.mano.osm.delivery import INSTANCES, VNF_INSTANCES
from requests_app.mano.osm.nbi import NotDone, Refused, Session, Unclear
from requests_app.mano.protocol import CannotTell, Running, Told

# Of `nsState`.
GONE = ("NOT_INSTANTIATED", "TERMINATED")
CHANGING = ("BUILDING", "TERMINATING", "SCALING", "HEALING", "UPDATING", "MIGRATING")


def running(records: Sequence[ServiceRecord]) -> Iterator[Told]:
    """Yield what runs of instances, each asked for by two calls."""
    session = Session(orders.session_seconds())
    try:
        for record in records:
            try:
                yield record, running_of(session, record)
            except (NotDone, Unclear, Refused) as error:
                yield record, CannotTell(f"OSM does not say: {error}")
    finally:
        session.close()


def running_of(session: Session, record: ServiceRecord) -> Running | CannotTell:
    """Return what runs of an instance.

    Raises:
        NotDone, Unclear, Refused: the NBI does not say.
    """
    instance_id = str(record.pk)
    try:
        instance = session.object(*INSTANCES, instance_id)
    except Refused as error:
        if error.status != HTTPStatus.NOT_FOUND:
            raise
        return Running(None, [], RecordStatus.OFFLINE)
    state = text_of(instance.get("nsState"))
    if state in GONE:
        return Running(None, [], RecordStatus.OFFLINE)
    if state in CHANGING:
        return CannotTell(f"OSM works on it: {state}.")
    health = health_of(instance)
    if health is None:
        told = f"its nsState is {state[:100]}" if state else "it has no nsState"
        return CannotTell(f"OSM's answer does not say how the instance is: {told}.")
    listed = session.listed(*VNF_INSTANCES, **{"nsr-id-ref": instance_id})
    message: dict[str, Any] = {
        "instance_id": instance_id,
        "operation": {},
        "ns_instance": instance,
        "vnf_instances": [
            each for each in listed if each.get("nsr-id-ref", instance_id) == instance_id
        ],
        "descriptors": {"nsd": instance_id, "functions": functions_of(record)},
    }
    return Running(service_record(message), function_records(message), health)


def functions_of(record: ServiceRecord) -> dict[str, str]:
    """Return the uuids of our VNFDs that an instance is made of, by their ids."""
    functions = NetworkFunction.objects.filter(service=record.descriptor_id)
    return {name: str(pk) for name, pk in functions.values_list("vnf_id", "function_id")}
