"""What the tests of requests and records do again and again: be the MANO, the worker, the clock."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4, uuid5

from django.db import connection
from django.db.models import F, Model
from django.utils.module_loading import import_string
from django_q.models import OrmQ
from django_q.signing import SignedPackage

from gatekeeper_site.core import clock
from gatekeeper_site.work.cluster import SupervisedBroker
from records_app.models import ServiceDescriptor, ServiceRecord
from records_app.services import onboard_function, onboard_service
from requests_app.mano import simulator
from requests_app.models import CallbackDelivery, CallbackHost, Request, SimulatedOrder
from requests_app.services import (
    apply_answer,
    submit_request,
    sweep_callbacks,
    sweep_requests,
)
from requests_app.services.submit import NewRequest
from tests.fixtures import TENANT, caller, nsd, vnfd

# The times that something is awaited at.
AWAITED: dict[type[Model], tuple[str, ...]] = {
    Request: ("deadline_at", "due_at", "handover_began_at", "unheard_since"),
    SimulatedOrder: ("due_at",),
    CallbackDelivery: ("due_at", "sweep_at", "give_up_at"),
    CallbackHost: ("open_until", "probe_until"),
}
RECORDS = UUID("0c6f1e5e-64b1-4d0b-9a3a-6c8f8a1f4b52")


def onboarded(image: str, version: str = "1.0", tenant_id: str = TENANT) -> ServiceDescriptor:
    """Return a service whose one function runs an image, such as `simulator:fail`."""
    name = f"firewall of {image}"
    document = vnfd(name=name, version=version)
    document["virtual_deployment_units"][0]["vm_image"] = image
    onboard_function(document=document, tenant_id=tenant_id)
    function = {
        "vnf_id": "vnf_firewall",
        "vnf_vendor": "example",
        "vnf_name": name,
        "vnf_version": version,
    }
    return onboard_service(
        document=nsd(name=f"service of {image}", version=version, network_functions=[function]),
        tenant_id=tenant_id,
    )


def ordered(request_type: str, instance: ServiceRecord, **order: Any) -> Request:
    """Return a new request for an instance: TERMINATE, or UPDATE with its `latest_nsd_id`."""
    if request_type == "UPDATE":
        order = {"nsd_id": instance.descriptor_reference} | order
    return submit_request(
        order=NewRequest(request_type=request_type, service_instance_uuid=instance.pk, **order),
        caller=caller(),
        began_at=clock.now(),
    )


def vnfr(record_id: UUID | None = None, **members: Any) -> dict[str, Any]:
    """Return a function record as a MANO sends it."""
    return {"id": str(record_id or uuid4()), "status": "normal operation", "version": "2"} | members


def nsr(record_id: UUID | None = None, **members: Any) -> dict[str, Any]:
    """Return a service record as a MANO sends it."""
    return {"id": str(record_id or uuid4()), "status": "normal operation", "version": "1"} | members


def says(request: Request, status: str, **members: Any) -> Request:
    """Apply a message of the MANO to a request; return it as it is then."""
    assert apply_answer(request_id=request.pk, message={"status": status, "error": None} | members)
    request.refresh_from_db()
    return request


def created_records(request: Request) -> dict[str, Any]:
    """Return what the MANO says of the instance that it made of a request: always the same."""
    instance_id = uuid5(RECORDS, str(request.pk))
    functions = [uuid5(instance_id, name) for name in ("first", "second")]
    return {
        "nsr": nsr(
            instance_id,
            network_functions=[{"vnfr_id": str(function_id)} for function_id in functions],
        ),
        "vnfrs": [vnfr(function_id) for function_id in functions],
    }


def made_ready(request: Request) -> ServiceRecord:
    """Have the MANO accept and finish a CREATE; return the instance."""
    says(request, "INSTANTIATING")
    says(request, "READY", **created_records(request))
    assert request.status == "READY", request.error
    return ServiceRecord.objects.get(pk=request.service_instance_uuid)


def work() -> int:
    """Do what a worker does until its queue is empty; return how many tasks there were."""
    number = 0
    while (waiting := OrmQ.objects.order_by("id").first()) is not None:
        task = waiting.task
        waiting.delete()
        import_string(task["func"])(*task["args"], **task["kwargs"])
        number += 1
    return number


def run_next_task(broker: SupervisedBroker) -> bool:
    """Do what a worker's one process does next; tell whether there was anything."""
    tasks = broker.take_task()
    for key, payload in tasks:
        task = SignedPackage.loads(payload)
        import_string(task["func"])(*task["args"], **task["kwargs"])
        OrmQ.objects.filter(pk=key).delete()
    return bool(tasks)


def let_pass(seconds: float, more: dict[type[Model], tuple[str, ...]] | None = None) -> None:
    """Put every time that is awaited so far back, as if so much time had passed.

    Args:
        seconds: how much.
        more: columns of times beside those of requests and callbacks.
    """
    passed = timedelta(seconds=seconds)
    awaited = AWAITED | (more or {})
    if connection.vendor == "postgresql":
        # In one call: tests do this again and again.
        statements = [
            f"UPDATE {model._meta.db_table} SET "
            + ", ".join(f"{column} = {column} - %(passed)s" for column in columns)
            for model, columns in awaited.items()
        ]
        with connection.cursor() as cursor:
            cursor.execute("; ".join(statements), {"passed": passed})
        return
    for model, columns in awaited.items():
        model._default_manager.update(**{column: F(column) - passed for column in columns})


def sweep_and_work() -> None:
    """Do what a worker does in one round: look for due rows, then work."""
    sweep_requests()
    simulator.sweep()
    sweep_callbacks()
    work()


def steps(request: Request) -> list[tuple[str, str, str]]:
    """Return a request's events as (from, to, actor)."""
    return list(request.events.order_by("id").values_list("from_status", "to_status", "actor"))


def functions_of(instance: ServiceRecord) -> list[tuple[UUID, str, int]]:
    """Return an instance's function records as (uuid, status, version)."""
    return list(instance.functions.order_by("uuid").values_list("uuid", "status", "version"))


def state(instance: ServiceRecord) -> tuple[str, int, UUID | None]:
    """Return a service record's status, version and what it is an instance of."""
    instance.refresh_from_db()
    return instance.status, instance.version, instance.descriptor_reference


def expire(request: Request) -> Request:
    """Let a request's deadline pass, and a worker notice it."""
    let_pass(10_000)
    sweep_and_work()
    request.refresh_from_db()
    assert request.status == "ERROR"
    return request
