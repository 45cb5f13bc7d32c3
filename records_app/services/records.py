"""Records of instances, as the MANO tells them.

`requests_app.services` calls these functions inside its transactions: a record changes with the
request that changes it, or not at all.
"""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db import DataError, IntegrityError, transaction
from django.db.models import F, QuerySet

from gatekeeper_site.audit.models import AuditEntry
from gatekeeper_site.audit.services import entry, snapshot, write_audit_entries
from gatekeeper_site.core import clock, rows
from gatekeeper_site.core.constraints import violates_primary_key
from gatekeeper_site.core.parsing import parse_uuid
from records_app.mano_records import UnstorableRecord, body_of, by_id, id_of, status_of, version_of
from records_app.models import (
    FunctionDescriptor,
    FunctionRecord,
    Record,
    RecordStatus,
    ServiceRecord,
    SyncVerdict,
)
from records_app.services.former_versions import forget_oldest, former_versions

# SONATA's function records have been written twice when their service becomes ready.
FIRST_FUNCTION_VERSION = 2


def lock_service_record(record_id: UUID) -> ServiceRecord | None:
    """Return a service record, locked until the transaction ends, or None if there is none."""
    return ServiceRecord.objects.select_for_update().filter(pk=record_id).first()


def lock_service_records(record_ids: Iterable[UUID]) -> dict[UUID | None, ServiceRecord]:
    """Return those of some service records that there are by their ids, locked in that order."""
    locked = ServiceRecord.objects.select_for_update().filter(pk__in=list(record_ids))
    return {record.pk: record for record in locked.order_by("pk")}


def store_instance(
    *,
    tenant_id: str,
    descriptor_id: UUID | None,
    descriptor_reference: UUID | None,
    nsr: Any,
    vnfrs: Any,
    status: str = RecordStatus.NORMAL_OPERATION,
) -> ServiceRecord:
    """Store the records of a new service instance.

    Args:
        tenant_id: the request's.
        descriptor_id: the NSD's uuid, if it is still there.
        descriptor_reference: the NSD's uuid.
        nsr: the service record as the MANO sent it.
        vnfrs: the function records as the MANO sent them.
        status: what the service record begins with.

    Raises:
        UnstorableRecord: an id is missing, malformed or taken, or a record is none that the
            database has a place for; nothing was stored.
    """
    service_id = id_of(nsr, "nsr")
    functions = by_id(vnfrs)
    now = clock.now()
    try:
        with transaction.atomic():
            service = ServiceRecord(
                uuid=service_id,
                tenant_id=tenant_id,
                status=status,
                version=1,
                descriptor_id=descriptor_id,
                descriptor_reference=descriptor_reference,
                body=body_of(nsr, "nsr"),
                created_at=now,
                updated_at=now,
            )
            added = [service, *new_function_records(functions, service)]
            rows.write([*added, *creations(added)])
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
    verdict: SyncVerdict = SyncVerdict.NOT_KNOWN,
) -> None:
    """Store what an update has made of a (locked) service record.

    Args:
        record: the service record.
        descriptor_id: the new NSD's uuid, if it is still there.
        descriptor_reference: the new NSD's uuid.
        nsr: the service record as the MANO sent it; None leaves its members as they are.
        vnfrs: the function records as the MANO sent them: known ones change, others are added.
        status: what the service record becomes.
        verdict: whether that runs. What ran before an update tells nothing of it.

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
            change_function_records(record, {each: functions.pop(each.pk) for each in known})
            added = new_function_records(functions, record)
            for function in added:
                function.status = status_of(functions[function.pk])
                function.version = version_of(functions[function.pk]) or function.version
            FunctionRecord.objects.bulk_create(added)
            write_audit_entries(creations(added))
            write_record(
                record,
                status=status,
                descriptor_id=descriptor_id,
                descriptor_reference=descriptor_reference,
                sync_verdict=verdict,
                **changes,
            )
    except DataError as error:
        record.refresh_from_db()
        raise UnstorableRecord(f"the database refuses them: {error}") from error


def note_status(*, record: ServiceRecord, status: str) -> None:
    """Write how a (locked) service record's instance is, as the MANO has said when it was asked."""
    write_record(record, status=status)


def note_verdict(*, record: ServiceRecord, verdict: SyncVerdict) -> None:
    """Write whether what a (locked) service record says is what runs: no change of the record."""
    if record.sync_verdict != verdict:
        record.sync_verdict = verdict
        record.save(update_fields=["sync_verdict"])


def adopt_instance(
    *, record: ServiceRecord, nsr: dict[str, Any], vnfrs: list[dict[str, Any]], status: str
) -> None:
    """Store what runs of a (locked) service record's instance; functions that are gone end.

    Args:
        record: the service record.
        nsr: the service record as the MANO tells it now.
        vnfrs: the function records as the MANO tells them now.
        status: what the service record becomes.

    Raises:
        UnstorableRecord: they cannot be stored; nothing was.
    """
    # The next version is ours to count: the MANO tells the first one.
    own = [{name: each[name] for name in each if name != "version"} for each in vnfrs]
    with transaction.atomic():
        finish_update(
            record=record,
            descriptor_id=record.descriptor_id,
            descriptor_reference=record.descriptor_reference,
            nsr=nsr,
            vnfrs=own,
            status=status,
            verdict=SyncVerdict.IN_SYNC,
        )
        end_functions(record, record.functions.exclude(pk__in=by_id(own)))


def end_functions(record: ServiceRecord, functions: QuerySet[FunctionRecord]) -> None:
    """End those of some function records that have not ended, at the time of their service's."""
    running = functions.exclude(status=RecordStatus.TERMINATED)
    ended = list(running.only("service", "tenant_id", "status", "version"))
    running.update(
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


def terminate_instance(*, record: ServiceRecord) -> None:
    """End a (locked) service record and its functions' records. Doing it again changes nothing."""
    if record.status == RecordStatus.TERMINATED:
        return
    write_record(
        record,
        action="terminate",
        status=RecordStatus.TERMINATED,
        sync_verdict=SyncVerdict.NOT_KNOWN,
    )
    end_functions(record, record.functions.all())


def creations(added: Sequence[Record]) -> list[AuditEntry]:
    """Return the audit entries of new records."""
    return [entry(action="create", instance=each, after=snapshot(each)) for each in added]


def write_record(
    record: ServiceRecord, *, action: str = "update", actor: str = "", **changes: Any
) -> None:
    """Write changes to a service record, its next version, the time, and the audit entry.

    What it was is kept.
    """
    before = snapshot(record)
    is_body_replaced = changes.get("body", record.body) != record.body
    former = former_versions(record, [(record, is_body_replaced)])
    changes |= {"version": record.version + 1, "updated_at": clock.now()}
    for name, value in changes.items():
        setattr(record, name, value)
    record.save(update_fields=list(changes))
    after = snapshot(record)
    audit = entry(action=action, instance=record, before=before, after=after, actor=actor)
    rows.write([*former, audit])
    forget_oldest(record)


def change_function_records(
    service: ServiceRecord, vnfrs: dict[FunctionRecord, dict[str, Any]]
) -> None:
    """Write (locked) function records of a service as the MANO returned them from an update.

    What those were is kept whose bodies change.
    """
    before = {function.pk: snapshot(function) for function in vnfrs}
    bodies = {each.pk: body_of(vnfr, f"function record {each.pk}") for each, vnfr in vnfrs.items()}
    replaced = [(function, True) for function in vnfrs if bodies[function.pk] != function.body]
    rows.write(former_versions(service, replaced))
    for function, vnfr in vnfrs.items():
        function.body = bodies[function.pk]
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
