"""The only writers of descriptors and records.

The functions that write records are called by `requests_app.services`, inside its transactions:
a record changes with the request that changes it, or not at all.
"""

from typing import Any, TypeVar
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F, Model

from gatekeeper_site.core import clock
from gatekeeper_site.core.api.filters import parse_uuid
from gatekeeper_site.core.api.problems import Conflict, Invalid
from records_app.descriptor_schemas import descriptor_faults
from records_app.models import (
    Descriptor,
    FunctionDescriptor,
    FunctionRecord,
    NetworkFunction,
    RecordStatus,
    ServiceDescriptor,
    ServiceRecord,
)
from records_app.selectors import FunctionKey, functions_by_key

CONFLICTS = {
    "descriptor_exists": "A descriptor of this vendor, name and version exists.",
    "in_use": "Something else refers to the object.",
}
# Members of a record that are columns here; the others are kept as the MANO sent them.
OWN_MEMBERS = frozenset(
    {"id", "uuid", "created_at", "updated_at", "status", "version", "descriptor_reference"}
)
# SONATA's function records have been written twice when their service becomes ready.
FIRST_FUNCTION_VERSION = 2


DescriptorType = TypeVar("DescriptorType", bound=Descriptor)


class UnstorableRecord(Exception):
    """A record from the MANO cannot be stored at all; the text says why."""


# Descriptors


def onboard_service(
    *, document: dict[str, Any], tenant_id: str, descriptor_id: UUID | None = None
) -> ServiceDescriptor:
    """Check and store an NSD.

    Raises:
        Invalid: with every fault of the document.
        Conflict: `descriptor_exists`.
    """
    faults = list(descriptor_faults("nsd", document))
    if faults:
        raise Invalid([(fault.path, fault.message) for fault in faults])
    keys = [
        FunctionKey(member["vnf_vendor"], member["vnf_name"], member["vnf_version"])
        for member in document["network_functions"]
    ]
    functions = functions_by_key(keys, tenant_id=tenant_id)
    unknown = [
        (
            f"network_functions[{index}]",
            f"There is no function descriptor {' '.join(key)}: onboard it first (POST /functions).",
        )
        for index, key in enumerate(keys)
        if key not in functions
    ]
    if unknown:
        raise Invalid(unknown)
    with transaction.atomic():
        descriptor = create_descriptor(ServiceDescriptor, document, tenant_id, descriptor_id)
        NetworkFunction.objects.bulk_create(
            NetworkFunction(
                service=descriptor, function=functions[key], vnf_id=member["vnf_id"], position=index
            )
            for index, (key, member) in enumerate(
                zip(keys, document["network_functions"], strict=True)
            )
        )
    return descriptor


def onboard_function(
    *, document: dict[str, Any], tenant_id: str, descriptor_id: UUID | None = None
) -> FunctionDescriptor:
    """Check and store a VNFD.

    Raises:
        Invalid: with every fault of the document.
        Conflict: `descriptor_exists`.
    """
    faults = list(descriptor_faults("vnfd", document))
    if faults:
        raise Invalid([(fault.path, fault.message) for fault in faults])
    return create_descriptor(FunctionDescriptor, document, tenant_id, descriptor_id)


def create_descriptor(
    model: type[DescriptorType],
    document: dict[str, Any],
    tenant_id: str,
    descriptor_id: UUID | None,
) -> DescriptorType:
    """Store a checked document; the database guarantees that there is one of its name and version.

    Raises:
        Conflict: `descriptor_exists`.
    """
    key = {name: document[name] for name in ("vendor", "name", "version")}
    now = clock.now()
    optional = {} if descriptor_id is None else {"uuid": descriptor_id}
    try:
        with transaction.atomic():
            return model._default_manager.create(
                **key,
                **optional,
                tenant_id=tenant_id,
                document=document,
                created_at=now,
                updated_at=now,
            )
    except IntegrityError as error:
        raise Conflict(
            "descriptor_exists",
            f"There is a {model._meta.verbose_name} {' '.join(key.values())} already.",
        ) from error


def delete_descriptor(*, descriptor: Descriptor) -> None:
    """Delete a descriptor that nothing refers to.

    Raises:
        Conflict: `in_use`, naming what refers to it.
    """
    try:
        with transaction.atomic():
            for relation in descriptor._meta.related_objects:
                if relation.on_delete is not None and relation.on_delete.__name__ == "PROTECT":
                    refuse_if_used(descriptor, relation)
            descriptor.delete()
    except IntegrityError as error:
        # Something came to refer to it between the look and the commit.
        raise Conflict("in_use", f"{descriptor} is in use.") from error


def refuse_if_used(descriptor: Descriptor, relation: Any) -> None:
    """Look for one row that refers to a descriptor; Django would load them all.

    Raises:
        Conflict: `in_use`.
    """
    model: type[Model] = relation.related_model
    user = model._default_manager.filter(**{relation.field.name: descriptor}).first()
    if user is not None:
        name = getattr(user, "service", user) if isinstance(user, NetworkFunction) else user
        raise Conflict("in_use", f"{descriptor} is in use by the {name._meta.verbose_name} {name}.")


# Records


def lock_service_record(record_id: UUID) -> ServiceRecord | None:
    """Return a service record, locked until the transaction ends, or None if there is none."""
    return ServiceRecord.objects.select_for_update().filter(pk=record_id).first()


def store_instance(
    *,
    tenant_id: str,
    descriptor_id: UUID | None,
    descriptor_reference: UUID,
    nsr: dict[str, Any],
    vnfrs: list[dict[str, Any]],
) -> ServiceRecord:
    """Store the records of a new service instance.

    Args:
        tenant_id: the request's.
        descriptor_id: the NSD's uuid, if it is still there.
        descriptor_reference: the NSD's uuid.
        nsr: the service record as the MANO sent it.
        vnfrs: the function records as the MANO sent them.

    Raises:
        UnstorableRecord: an id is missing, malformed or taken; nothing was stored.
    """
    service_id = id_of(nsr, "nsr")
    ids = [id_of(vnfr, f"vnfrs[{index}]") for index, vnfr in enumerate(vnfrs)]
    refuse_double_ids(ids)
    now = clock.now()
    try:
        with transaction.atomic():
            service = ServiceRecord.objects.create(
                uuid=service_id,
                tenant_id=tenant_id,
                status=RecordStatus.NORMAL_OPERATION,
                version=1,
                descriptor_id=descriptor_id,
                descriptor_reference=descriptor_reference,
                body=body_of(nsr),
                created_at=now,
                updated_at=now,
            )
            FunctionRecord.objects.bulk_create(
                new_function_records(
                    dict(zip(ids, vnfrs, strict=True)), service, FIRST_FUNCTION_VERSION
                )
            )
    except IntegrityError as error:
        raise UnstorableRecord(f"a record of one of the ids exists: {service_id}, {ids}") from error
    return service


def begin_update(*, record: ServiceRecord) -> None:
    """Note that the MANO has accepted an update of a (locked) service record."""
    write_record(record, status=RecordStatus.UPDATING)


def abandon_update(*, record: ServiceRecord) -> None:
    """Note that an accepted update of a (locked) service record has failed."""
    write_record(record, status=RecordStatus.NORMAL_OPERATION)


def finish_update(
    *,
    record: ServiceRecord,
    descriptor_id: UUID | None,
    descriptor_reference: UUID,
    nsr: dict[str, Any] | None,
    vnfrs: list[dict[str, Any]],
    status: str = RecordStatus.NORMAL_OPERATION,
) -> None:
    """Store what an update has made of a (locked) service record.

    Args:
        record: the service record.
        descriptor_id: the new NSD's uuid, if it is still there.
        descriptor_reference: the new NSD's uuid.
        nsr: the service record as the MANO sent it; None leaves its members as they are.
        vnfrs: the function records as the MANO sent them: known ones change, others are added.
        status: what the service record becomes.

    Raises:
        UnstorableRecord: a function record's id is missing, malformed or another service's;
            nothing was stored.
    """
    ids = [id_of(vnfr, f"vnfrs[{index}]") for index, vnfr in enumerate(vnfrs)]
    refuse_double_ids(ids)
    by_id = dict(zip(ids, vnfrs, strict=True))
    known = FunctionRecord.objects.select_for_update().filter(pk__in=ids).order_by("pk")
    for function in known:
        if function.service_id != record.pk:
            raise UnstorableRecord(f"function record {function.pk} is another service's")
    try:
        with transaction.atomic():
            for function in known:
                change_function_record(function, by_id.pop(function.pk))
            FunctionRecord.objects.bulk_create(
                new_function_records(by_id, record, FIRST_FUNCTION_VERSION)
            )
    except IntegrityError as error:
        raise UnstorableRecord(f"a function record of one of the ids exists: {ids}") from error
    changes: dict[str, Any] = {} if nsr is None else {"body": body_of(nsr)}
    write_record(
        record,
        status=status,
        descriptor_id=descriptor_id,
        descriptor_reference=descriptor_reference,
        **changes,
    )


def terminate_instance(*, record: ServiceRecord) -> None:
    """End a (locked) service record and its functions' records. Doing it again changes nothing."""
    if record.status == RecordStatus.TERMINATED:
        return
    write_record(record, status=RecordStatus.TERMINATED)
    record.functions.exclude(status=RecordStatus.TERMINATED).update(
        status=RecordStatus.TERMINATED, version=F("version") + 1, updated_at=record.updated_at
    )


def write_record(record: ServiceRecord, **changes: Any) -> None:
    """Write changes to a service record, its next version and the time."""
    changes |= {"version": record.version + 1, "updated_at": clock.now()}
    for name, value in changes.items():
        setattr(record, name, value)
    record.save(update_fields=list(changes))


def change_function_record(function: FunctionRecord, vnfr: dict[str, Any]) -> None:
    """Write a function record as the MANO returned it from an update."""
    function.body = body_of(vnfr)
    function.status = status_of(vnfr)
    function.version = version_of(vnfr) or function.version + 1
    function.descriptor_reference = (
        parse_uuid(vnfr.get("descriptor_reference")) or function.descriptor_reference
    )
    onboarded = FunctionDescriptor.objects.filter(pk__in=[function.descriptor_reference])
    function.descriptor_id = onboarded.values_list("pk", flat=True).first()
    function.updated_at = clock.now()
    function.save()


def new_function_records(
    vnfrs: dict[UUID, dict[str, Any]], service: ServiceRecord, version: int
) -> list[FunctionRecord]:
    """Return unsaved function records of a service, as it was written last."""
    references = {
        function_id: parse_uuid(vnfr.get("descriptor_reference"))
        for function_id, vnfr in vnfrs.items()
    }
    onboarded = set(
        FunctionDescriptor.objects.filter(pk__in=filter(None, references.values())).values_list(
            "pk", flat=True
        )
    )
    return [
        FunctionRecord(
            uuid=function_id,
            tenant_id=service.tenant_id,
            service=service,
            status=RecordStatus.NORMAL_OPERATION,
            version=version,
            descriptor_id=reference if reference in onboarded else None,
            descriptor_reference=reference,
            body=body_of(vnfrs[function_id]),
            created_at=service.updated_at,
            updated_at=service.updated_at,
        )
        for function_id, reference in references.items()
    ]


def id_of(record: dict[str, Any], name: str) -> UUID:
    """Return a MANO record's id.

    Raises:
        UnstorableRecord: it has none that is a UUID.
    """
    given = record.get("id")
    found = parse_uuid(given)
    if found is None:
        raise UnstorableRecord(f"the id of {name} is {given!r}, not a UUID")
    return found


def refuse_double_ids(ids: list[UUID]) -> None:
    """Check that no function record came twice.

    Raises:
        UnstorableRecord: one did.
    """
    if len(set(ids)) < len(ids):
        raise UnstorableRecord(f"a function record's id stands twice in {[str(i) for i in ids]}")


def body_of(record: dict[str, Any]) -> dict[str, Any]:
    """Return the members that are kept as given."""
    return {
        name: value
        for name, value in record.items()
        if name not in OWN_MEMBERS or (name == "descriptor_reference" and parse_uuid(value) is None)
    }


def status_of(vnfr: dict[str, Any]) -> str:
    """Return a function record's status as the MANO says it, if it is one of the words."""
    given = vnfr.get("status")
    return given if given in RecordStatus.values else RecordStatus.NORMAL_OPERATION


def version_of(vnfr: dict[str, Any]) -> int | None:
    """Return a function record's version as the MANO says it, if it is a number."""
    given = str(vnfr.get("version", ""))
    return int(given) if given.isascii() and given.isdigit() and len(given) < 9 else None
