"""The only writers of descriptors and records.

The functions that write records are called by `requests_app.services`, inside its transactions:
a record changes with the request that changes it, or not at all.
"""

from collections.abc import Iterable, Sequence
from typing import Any, TypeVar
from uuid import UUID

from django.db import DataError, IntegrityError, transaction
from django.db.models import PROTECT, F, Model

from gatekeeper_site.audit.services import entry, snapshot, write_audit_entries, write_audit_entry
from gatekeeper_site.core import clock
from gatekeeper_site.core.constraints import (
    violates_foreign_key,
    violates_primary_key,
    violates_unique,
)
from gatekeeper_site.core.parsing import parse_uuid
from gatekeeper_site.core.refusals import Conflict, Invalid, Precondition, no_precondition
from records_app.descriptor_schemas import descriptor_faults
from records_app.mano_records import UnstorableRecord, body_of, by_id, id_of, status_of, version_of
from records_app.models import (
    Descriptor,
    FunctionDescriptor,
    FunctionRecord,
    NetworkFunction,
    Record,
    RecordStatus,
    ServiceDescriptor,
    ServiceRecord,
)
from records_app.selectors import FunctionKey, functions_by_key

CONFLICTS = {
    "descriptor_exists": "A descriptor of this vendor, name and version exists.",
    "in_use": "Something else refers to the object.",
}
# SONATA's function records have been written twice when their service becomes ready.
FIRST_FUNCTION_VERSION = 2
# How the constraints of descriptors are named.
NOUNS: dict[type[Descriptor], str] = {FunctionDescriptor: "function", ServiceDescriptor: "service"}


DescriptorType = TypeVar("DescriptorType", bound=Descriptor)


# Descriptors


def onboard_service(
    *, document: dict[str, Any], tenant_id: str, descriptor_id: UUID | None = None
) -> ServiceDescriptor:
    """Check and store an NSD.

    Raises:
        Invalid: with every fault of the document.
        Conflict: `descriptor_exists`.
    """
    faults = [(fault.path, fault.message) for fault in descriptor_faults("nsd", document)]
    keys = function_keys(document.get("network_functions"))
    functions = functions_by_key(keys.values(), tenant_id=tenant_id)
    faults += [
        (
            f"network_functions[{index}]",
            f"There is no function descriptor {' '.join(key)}: onboard it first (POST /functions).",
        )
        for index, key in keys.items()
        if key not in functions
    ]
    if faults:
        raise Invalid(faults)
    with transaction.atomic():
        descriptor = create_descriptor(ServiceDescriptor, document, tenant_id, descriptor_id)
        NetworkFunction.objects.bulk_create(
            NetworkFunction(
                service=descriptor,
                function=functions[keys[index]],
                vnf_id=member["vnf_id"],
                position=index,
            )
            for index, member in enumerate(document["network_functions"])
        )
    return descriptor


def function_keys(network_functions: Any) -> dict[int, FunctionKey]:
    """Return the keys that an unchecked list of network functions names, by position."""
    members = network_functions if isinstance(network_functions, list) else []
    keys = {}
    for index, member in enumerate(members):
        match member:
            case {"vnf_vendor": str(vendor), "vnf_name": str(name), "vnf_version": str(version)}:
                keys[index] = FunctionKey(vendor, name, version)
    return keys


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
            descriptor = model._default_manager.create(
                **key,
                **optional,
                tenant_id=tenant_id,
                document=document,
                created_at=now,
                updated_at=now,
            )
            write_audit_entry(action="create", instance=descriptor, after=snapshot(descriptor))
            return descriptor
    except IntegrityError as error:
        if not violates_unique(error, model, f"{NOUNS[model]}_descriptor_is_unique"):
            raise
        raise Conflict(
            "descriptor_exists",
            f"There is a {model._meta.verbose_name} {' '.join(key.values())} already.",
        ) from error


def delete_descriptor(
    *, descriptor: Descriptor, precondition: Precondition = no_precondition
) -> None:
    """Delete a descriptor that nothing refers to.

    Raises:
        ObjectDoesNotExist: it is gone.
        Conflict: `in_use`, naming what refers to it.
    """
    try:
        with transaction.atomic():
            locked = type(descriptor)._default_manager.select_for_update().get(pk=descriptor.pk)
            precondition(locked)
            for relation in descriptor._meta.related_objects:
                if getattr(relation, "on_delete", None) is PROTECT:
                    refuse_if_used(descriptor, relation)
            write_audit_entry(action="delete", instance=locked, before=snapshot(locked))
            descriptor.delete()
    except IntegrityError as error:
        if not violates_foreign_key(error):
            raise
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
    descriptor_reference: UUID | None,
    nsr: Any,
    vnfrs: Any,
) -> ServiceRecord:
    """Store the records of a new service instance.

    Args:
        tenant_id: the request's.
        descriptor_id: the NSD's uuid, if it is still there.
        descriptor_reference: the NSD's uuid.
        nsr: the service record as the MANO sent it.
        vnfrs: the function records as the MANO sent them.

    Raises:
        UnstorableRecord: an id is missing, malformed or taken, or a record is none that the
            database has a place for; nothing was stored.
    """
    service_id = id_of(nsr, "nsr")
    functions = by_id(vnfrs)
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
                body=body_of(nsr, "nsr"),
                created_at=now,
                updated_at=now,
            )
            added = FunctionRecord.objects.bulk_create(new_function_records(functions, service))
            note_creations([service, *added])
    except IntegrityError as error:
        if not any(violates_primary_key(error, model) for model in (ServiceRecord, FunctionRecord)):
            raise
        ids = ", ".join(str(record_id) for record_id in (service_id, *functions))
        raise UnstorableRecord(f"there is a record of one of these ids already: {ids}") from error
    except DataError as error:
        raise UnstorableRecord(f"the database refuses them: {error}") from error
    return service


def begin_update(*, record: ServiceRecord) -> None:
    """Note that the MANO has accepted an update of a (locked) service record.

    One that was terminated stays so, whatever the MANO accepts.
    """
    if record.status != RecordStatus.TERMINATED:
        write_record(record, status=RecordStatus.UPDATING)


def abandon_update(*, record: ServiceRecord, actor: str) -> None:
    """Note that an accepted update of a (locked) service record has failed.

    Args:
        record: the service record.
        actor: who says so; every other change of a record is the MANO's.
    """
    write_record(record, actor=actor, status=RecordStatus.NORMAL_OPERATION)


def finish_update(
    *,
    record: ServiceRecord,
    descriptor_id: UUID | None,
    descriptor_reference: UUID | None,
    nsr: Any,
    vnfrs: Any,
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
        UnstorableRecord: the service is terminated, a function record's id is missing,
            malformed or another service's, or a record is none that the database has a place
            for; nothing was stored.
    """
    if record.status == RecordStatus.TERMINATED:
        raise UnstorableRecord(f"the service instance {record.pk} is terminated")
    changes: dict[str, Any] = {} if nsr is None else {"body": body_of(nsr, "nsr")}
    functions = by_id(vnfrs)
    known = FunctionRecord.objects.select_for_update().filter(pk__in=functions).order_by("pk")
    for function in known:
        if function.service_id != record.pk:
            raise UnstorableRecord(f"function record {function.pk} is another service's")
    try:
        with transaction.atomic():
            change_function_records({each: functions.pop(each.pk) for each in known})
            added = new_function_records(functions, record)
            for function in added:
                function.status = status_of(functions[function.pk])
                function.version = version_of(functions[function.pk]) or function.version
            FunctionRecord.objects.bulk_create(added)
            note_creations(added)
            write_record(
                record,
                status=status,
                descriptor_id=descriptor_id,
                descriptor_reference=descriptor_reference,
                **changes,
            )
    except DataError as error:
        record.refresh_from_db()
        raise UnstorableRecord(f"the database refuses them: {error}") from error


def terminate_instance(*, record: ServiceRecord) -> None:
    """End a (locked) service record and its functions' records. Doing it again changes nothing."""
    if record.status == RecordStatus.TERMINATED:
        return
    write_record(record, action="terminate", status=RecordStatus.TERMINATED)
    functions = record.functions.exclude(status=RecordStatus.TERMINATED)
    ended = list(functions.only("service", "tenant_id", "status", "version"))
    functions.update(
        status=RecordStatus.TERMINATED, version=F("version") + 1, updated_at=record.updated_at
    )
    write_audit_entries(
        entry(
            action="terminate",
            instance=function,
            before={"status": function.status, "version": function.version},
            after={"status": RecordStatus.TERMINATED, "version": function.version + 1},
        )
        for function in ended
    )


def note_creations(added: Sequence[Record]) -> None:
    """Write the audit entries of new records."""
    write_audit_entries(
        entry(action="create", instance=each, after=snapshot(each)) for each in added
    )


def write_record(
    record: ServiceRecord, *, action: str = "update", actor: str = "", **changes: Any
) -> None:
    """Write changes to a service record, its next version, the time, and the audit entry."""
    before = snapshot(record)
    changes |= {"version": record.version + 1, "updated_at": clock.now()}
    for name, value in changes.items():
        setattr(record, name, value)
    record.save(update_fields=list(changes))
    after = snapshot(record)
    write_audit_entry(action=action, instance=record, before=before, after=after, actor=actor)


def change_function_records(vnfrs: dict[FunctionRecord, dict[str, Any]]) -> None:
    """Write (locked) function records as the MANO returned them from an update."""
    before = {function.pk: snapshot(function) for function in vnfrs}
    for function, vnfr in vnfrs.items():
        function.body = body_of(vnfr, f"function record {function.pk}")
        function.status = status_of(vnfr)
        function.version = version_of(vnfr) or function.version + 1
        function.descriptor_reference = reference_of(vnfr) or function.descriptor_reference
        function.updated_at = clock.now()
    onboarded = onboarded_functions(function.descriptor_reference for function in vnfrs)
    for function in vnfrs:
        reference = function.descriptor_reference
        function.descriptor_id = reference if reference in onboarded else None
    changed = ("body", "status", "version", "descriptor_reference", "descriptor", "updated_at")
    FunctionRecord.objects.bulk_update(vnfrs, changed)
    write_audit_entries(
        entry(action="update", instance=each, before=before[each.pk], after=snapshot(each))
        for each in vnfrs
    )


def reference_of(vnfr: dict[str, Any]) -> UUID | None:
    """Return the VNFD that a function record of the MANO names, if it names one."""
    return parse_uuid(vnfr.get("descriptor_reference"))


def onboarded_functions(references: Iterable[UUID | None]) -> set[UUID]:
    """Return those of some references whose VNFDs there are."""
    wanted = set(filter(None, references))
    onboarded = FunctionDescriptor.objects.filter(pk__in=wanted).values_list("pk", flat=True)
    return set(onboarded)


def new_function_records(
    vnfrs: dict[UUID, dict[str, Any]], service: ServiceRecord
) -> list[FunctionRecord]:
    """Return unsaved function records of a service, as it was written last."""
    references = {function_id: reference_of(vnfr) for function_id, vnfr in vnfrs.items()}
    onboarded = onboarded_functions(references.values())
    return [
        FunctionRecord(
            uuid=function_id,
            tenant_id=service.tenant_id,
            service=service,
            status=RecordStatus.NORMAL_OPERATION,
            version=FIRST_FUNCTION_VERSION,
            descriptor_id=reference if reference in onboarded else None,
            descriptor_reference=reference,
            body=body_of(vnfrs[function_id], f"function record {function_id}"),
            created_at=service.updated_at,
            updated_at=service.updated_at,
        )
        for function_id, reference in references.items()
    ]
