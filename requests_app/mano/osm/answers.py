"""What OSM's answers mean for a request, and the records that are made of them.

Source: contract, mano-osm.md; the shapes are those of SONATA's records. All that comes from the NBI
is of any type: what is not as it should be is left out.
"""

from typing import Any

from gatekeeper_site.core.parsing import storable
from records_app.models import RecordStatus
from requests_app import states
from requests_app.mano.protocol import Answer, UnusableAnswer

# Of an operation; it goes on in these, and in any other that is none of the ends.
ENDS = ("COMPLETED", "PARTIALLY_COMPLETED", "FAILED_TEMP", "FAILED", "ROLLED_BACK")
MAX_TEXT_LENGTH = 2000


def text_of(value: Any) -> str:
    """Return a text of OSM's as a column holds it and people read it; "" if it is none."""
    return storable(value)[:MAX_TEXT_LENGTH] if isinstance(value, str) else ""


def is_ended(operation: dict[str, Any]) -> bool:
    """Tell whether an operation goes on no more."""
    return operation.get("operationState") in ENDS


def read_osm(message: Any, request_type: str) -> Answer:
    """Return what a message means, which holds what the NBI has answered of a request.

    Raises:
        UnusableAnswer: it holds nothing that we know.
    """
    if "refused" in message:
        return Answer(kind="failed", error=message["refused"])
    if "gone" in message:
        if request_type == states.TERMINATE:
            return Answer(kind="succeeded")
        return Answer(kind="failed", error=message["gone"])
    operation = message["operation"]
    state = operation.get("operationState")
    if "accepted" in message:
        return Answer(kind="accepted")
    succeeds = ("COMPLETED", "PARTIALLY_COMPLETED")
    if request_type == states.TERMINATE and state == "COMPLETED":
        return Answer(kind="succeeded")
    if request_type == states.CREATE and state in succeeds:
        nsr = service_record(message)
        return Answer(
            kind="succeeded", nsr=nsr, vnfrs=function_records(message), record_status=nsr["status"]
        )
    if state in ENDS:
        return Answer(kind="failed", error=failure_of(operation))
    raise UnusableAnswer(f"the operation is {text_of(state) or 'without a state'}")


def failure_of(operation: dict[str, Any]) -> str:
    """Return why an operation has failed, for people."""
    texts = (text_of(operation.get(name)) for name in ("errorMessage", "detailed-status"))
    said = next((text for text in texts if text), None)
    return said or f"OSM's operation ended {text_of(operation.get('operationState'))}."


def progress_of(operation: dict[str, Any]) -> tuple[str, int | None]:
    """Return an operation's stage, "" if it has none, and its place in a queue, if it has one."""
    place = operation.get("queuePosition")
    is_place = isinstance(place, int) and not isinstance(place, bool) and 0 < place < 2**31
    return text_of(operation.get("stage")).strip(), place if is_place else None


def stage_text(stage: str) -> str:
    """Return a stage as an event tells it: `stage 2/5: …`."""
    if stage.lower().startswith("stage"):
        return stage[0].lower() + stage[1:]
    return f"stage {stage}"


def health_of(instance: dict[str, Any]) -> str | None:
    """Return how an instance is, in a record's words; None if it does not say."""
    words = [text_of(instance.get(name)) for name in ("operational-status", "config-status")]
    state = text_of(instance.get("nsState"))
    if state == "BROKEN" or "failed" in words:
        return RecordStatus.FAILED
    if state == "DEGRADED" or "degraded" in words:
        return RecordStatus.DEGRADED_OPERATION
    return RecordStatus.NORMAL_OPERATION if state == "READY" else None


def service_record(message: dict[str, Any]) -> dict[str, Any]:
    """Return the service record that an instance's answers make."""
    functions = message["vnf_instances"]
    is_partial = message["operation"].get("operationState") == "PARTIALLY_COMPLETED"
    status = RecordStatus.DEGRADED_OPERATION if is_partial else RecordStatus.NORMAL_OPERATION
    return {
        "id": message["instance_id"],
        "descriptor_version": "nsr-schema-01",
        "descriptor_reference": message["descriptors"].get("nsd"),
        "status": str(status),
        "version": "1",
        "network_functions": [{"vnfr_id": each.get("_id")} for each in functions],
        "virtual_links": virtual_links(functions),
        "forwarding_graphs": [],
    }


def virtual_links(functions: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the links of a service that its functions' interfaces hang on."""
    points: dict[str, list[str]] = {}
    for function in functions:
        member = text_of(function.get("member-vnf-index-ref"))
        for unit in objects_in(function, "vdur"):
            for interface in objects_in(unit, "interfaces"):
                link = text_of(interface.get("ns-vld-id"))
                if link:
                    name = f"{member}:{text_of(interface.get('name'))}"
                    points.setdefault(link, []).append(name)
    return [{"id": link, "connection_points_reference": names} for link, names in points.items()]


def function_records(message: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the function records that an instance's answers make."""
    return [
        {
            "id": function.get("_id"),
            "descriptor_version": "vnfr-schema-01",
            "descriptor_reference": message["descriptors"]["functions"].get(
                text_of(function.get("vnfd-ref"))
            ),
            "status": str(RecordStatus.NORMAL_OPERATION),
            "version": "2",
            "member_vnf_index": text_of(function.get("member-vnf-index-ref")),
            "virtual_deployment_units": units_of(function),
            "virtual_links": [],
            "connection_points": [
                point_of(each, "name", "connection-point-id", "id")
                for each in objects_in(function, "connection-point")
            ],
        }
        for function in message["vnf_instances"]
    ]


def units_of(function: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the units of a function, each with what runs of it."""
    machines: dict[str, list[dict[str, Any]]] = {}
    for machine in objects_in(function, "vdur"):
        machines.setdefault(text_of(machine.get("vdu-id-ref")), []).append(machine)
    name = text_of(function.get("vnfd-ref"))
    return [
        {
            "id": unit,
            "vdu_reference": f"{name}:{unit}",
            "number_of_instances": len(running),
            "vnfc_instance": [component_of(each, function) for each in running],
        }
        for unit, running in machines.items()
    ]


def component_of(machine: dict[str, Any], function: dict[str, Any]) -> dict[str, Any]:
    """Return what runs of a unit, with a connection point for each interface."""
    count = machine.get("count-index")
    component = {
        "id": str(count) if isinstance(count, int) else text_of(count) or "0",
        "vc_id": text_of(machine.get("vim-id")),
        "vim_id": text_of(function.get("vim-account-id")),
        "connection_points": [point_of(each, "name") for each in objects_in(machine, "interfaces")],
    }
    for name, member in (("status", "status"), ("address", "ip-address")):
        if text := text_of(machine.get(member)):
            component[name] = text
    return component


def point_of(point: dict[str, Any], *names: str) -> dict[str, Any]:
    """Return a connection point, by the first name that it has."""
    name = next((text for text in (text_of(point.get(each)) for each in names) if text), "")
    interface = {"address": "ip-address", "hardware_address": "mac-address"}
    addresses = {each: text_of(point.get(member)) for each, member in interface.items()}
    return {"id": name, "interface": {each: text for each, text in addresses.items() if text}}


def objects_in(holder: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """Return the objects of a list that there may be."""
    members = holder.get(name)
    return [each for each in members if isinstance(each, dict)] if isinstance(members, list) else []
