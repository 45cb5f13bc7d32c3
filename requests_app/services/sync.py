"""Whether what is recorded of instances is what runs (contract: mano-osm.md, the section of it)."""

import logging
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef

from gatekeeper_site.core import clock
from gatekeeper_site.core.differences import Difference
from gatekeeper_site.core.differences import differences as between
from gatekeeper_site.core.documents import written_path
from gatekeeper_site.core.refusals import Conflict
from gatekeeper_site.work.queue import claim_due, enqueue, is_any_due
from records_app import services as records
from records_app.mano_records import UnstorableRecord, body_of, by_id
from records_app.models import RecordStatus, ServiceRecord, SyncVerdict
from requests_app import states
from requests_app.mano import driver
from requests_app.mano.protocol import CannotTell, Running
from requests_app.models import InstanceCheck, Request
from requests_app.services.callbacks import put_callback
from requests_app.services.submit import terminated
from requests_app.services.transitions import refuse_second_request

logger = logging.getLogger(__name__)

CONFLICTS = {
    "nothing_to_adopt": "What is recorded is what runs, or it is not known what does.",
}
# What the MANO says of these is written; it is not asked to judge the others.
JUDGED = (
    RecordStatus.NORMAL_OPERATION,
    RecordStatus.DEGRADED_OPERATION,
    RecordStatus.OFFLINE,
    RecordStatus.FAILED,
)
MAX_DIFFERENCES = 100
# How many instances are asked for by one task, which has as long as any other.
INSTANCES_PER_TASK = 20
NEW_INSTANCES_PER_SWEEP = 1000
# How much older than one that shows already a record may be that does not yet.
COMMITTED_WITHIN = timedelta(minutes=2)
BEGINNING = datetime(1970, 1, 2, tzinfo=UTC)


def sweep_new_instances() -> int:
    """Have instances asked for that have not been yet, spread over the time between two checks."""
    if not is_swept():
        return 0
    # One that an operator has asked for, before its turn, has no next check yet.
    planned = InstanceCheck.objects.filter(due_at__isnull=False)
    newest = planned.order_by("-created_at").values_list("created_at", flat=True)
    # Those before the newest have been found, but for what was committed late.
    since = (newest.first() or BEGINNING) - COMMITTED_WITHIN
    later = ServiceRecord.objects.filter(created_at__gte=since)
    instances = later.exclude(status=RecordStatus.TERMINATED)
    has_check = Exists(planned.filter(pk=OuterRef("pk")))
    without = instances.exclude(has_check).order_by("created_at", "uuid")
    found = list(without.values_list("pk", "created_at")[:NEW_INSTANCES_PER_SWEEP])
    now, milliseconds = clock.now(), int(settings.MANO_SYNC_SECONDS * 1000)
    InstanceCheck.objects.bulk_create(
        (
            InstanceCheck(
                record_id=key,
                created_at=created_at,
                due_at=now + timedelta(milliseconds=key.int % max(1, milliseconds)),
            )
            for key, created_at in found
        ),
        update_conflicts=True,
        unique_fields=["record"],
        update_fields=["due_at"],
    )
    return len(found)


def sweep_checks() -> int:
    """Enqueue the checks whose time has come, the longest due first; return how many came."""
    if not is_swept() or not is_any_due(InstanceCheck.objects.all(), field="due_at"):
        return 0
    with transaction.atomic():
        due = claim_due(
            InstanceCheck.objects.all(), field="due_at", lease_seconds=settings.MANO_SYNC_SECONDS
        )
        for start in range(0, len(due), INSTANCES_PER_TASK):
            enqueue(check_instances, due[start : start + INSTANCES_PER_TASK], is_new_work=True)
    return len(due)


def is_swept() -> bool:
    """Tell whether instances are asked for by themselves."""
    return settings.MANO_SYNC_SECONDS > 0 and driver().CAN_BE_ASKED


def unable_to_ask() -> str | None:
    """Return why the MANO can't be asked, if it can't."""
    if driver().CAN_BE_ASKED:
        return None
    return f"The MANO ({settings.MANO_DRIVER}) can't be asked what runs of an instance."


def check_instances(record_ids: Sequence[UUID]) -> None:
    """Ask the MANO what runs of instances, and note the verdicts. Safe to repeat."""
    found = ServiceRecord.objects.filter(pk__in=record_ids).select_related("descriptor")
    asked = [record for record in found if record.status != RecordStatus.TERMINATED]
    for record, told in driver().running(asked):
        note_verdict(record.pk, told)


@transaction.atomic
def note_verdict(record_id: UUID, told: Running | CannotTell) -> None:
    """Note what the MANO has said of an instance, unless a request is about to change it.

    How it is becomes its record's status; what runs of it does not become its record, but by an
    operator's word.
    """
    record = records.lock_service_record(record_id)
    if record is None or record.status == RecordStatus.TERMINATED:
        InstanceCheck.objects.filter(pk=record_id).delete()
        return
    if has_open_request(record_id):
        return
    check = InstanceCheck.objects.filter(pk=record_id).first() or InstanceCheck(
        record=record, created_at=record.created_at
    )
    check.checked_at = clock.now()
    verdict = compare(check, record, told)
    check.save()
    if verdict == SyncVerdict.DIFFERS:
        logger.warning("The service instance %s is not as recorded", record_id)
        if settings.CALLBACK_INSTANCE_DRIFTED and record.sync_verdict != verdict:
            tell_customer(record_id, check)
    records.note_verdict(record=record, verdict=verdict)
    if verdict == SyncVerdict.NOT_KNOWN or isinstance(told, CannotTell):
        return
    if record.status in JUDGED and record.status != told.status:
        records.note_status(record=record, status=told.status)


def compare(check: InstanceCheck, record: ServiceRecord, told: Running | CannotTell) -> SyncVerdict:
    """Fill a check with what the MANO has said of a record's instance; return the verdict."""
    check.differences, check.error, check.running = [], "", None
    if isinstance(told, CannotTell):
        check.error = str(told)
        return SyncVerdict.NOT_KNOWN
    try:
        check.differences = list(islice(differences(record, told), MAX_DIFFERENCES))
    except UnstorableRecord as reason:
        check.error = f"What runs can't be compared: {reason}."
        return SyncVerdict.NOT_KNOWN
    if not check.differences:
        return SyncVerdict.IN_SYNC
    check.running = {"nsr": told.nsr, "vnfrs": told.vnfrs, "status": str(told.status)}
    return SyncVerdict.DIFFERS


def tell_customer(record_id: UUID, check: InstanceCheck) -> None:
    """Tell the customer of a (locked) instance that it is not as recorded, if he is to be told."""
    creations = Request.objects.select_for_update().filter(
        service_instance_uuid=record_id, request_type=states.CREATE
    )
    request = creations.order_by("created_at").last()
    if request is not None and check.checked_at is not None:
        event = {
            "event": "instance.drifted",
            "service_instance_uuid": str(record_id),
            "checked_at": clock.iso_z(check.checked_at),
            "differences": check.differences,
        }
        put_callback(request, check.checked_at, event=event)


def has_open_request(record_id: UUID) -> bool:
    """Tell whether a request for an instance is under way."""
    requests = Request.objects.filter(service_instance_uuid=record_id)
    return requests.filter(status__in=states.OPEN_STATUSES).exists()


def differences(record: ServiceRecord, told: Running) -> Iterator[dict[str, Any]]:
    """Yield where what runs of an instance is not what is recorded.

    Raises:
        UnstorableRecord: what runs has no shape of records.
    """
    if told.nsr is None:
        # Not how it was recorded to be, which a check changes.
        yield printed([], Difference([], str(record.pk), None))
        return
    for each in between(record.body, body_of(told.nsr, "nsr")):
        yield printed([], each)
    functions = record.functions.exclude(status=RecordStatus.TERMINATED).order_by("pk")
    recorded = {function.pk: function.body for function in functions}
    running = {pk: body_of(vnfr, "vnfr") for pk, vnfr in by_id(told.vnfrs).items()}
    for pk in sorted(recorded.keys() | running.keys()):
        for each in between(recorded.get(pk), running.get(pk)):
            yield printed(["functions", str(pk)], each)


def printed(place: list[str | int], difference: Difference) -> dict[str, Any]:
    """Return a difference as it is printed.

    Args:
        place: where what is compared lies.
        difference: from there on.
    """
    path, recorded, running = difference
    return {"path": written_path([*place, *path]), "recorded": recorded, "running": running}


@transaction.atomic
def order_check(*, record: ServiceRecord) -> None:
    """Have an instance asked for now.

    Raises:
        Conflict: `unsupported_by_mano`, `instance_terminated`.
    """
    if unable := unable_to_ask():
        raise Conflict("unsupported_by_mano", unable)
    if record.status == RecordStatus.TERMINATED:
        raise terminated(record.pk)
    enqueue(check_instances, [record.pk])


@transaction.atomic
def adopt_running(*, record: ServiceRecord) -> None:
    """Store what runs of an instance, as the last check has seen it; end a vanished one's records.

    Raises:
        Conflict: `instance_terminated`, `request_conflict`, `nothing_to_adopt`.
    """
    locked = records.lock_service_record(record.pk)
    if locked is None or locked.status == RecordStatus.TERMINATED:
        raise terminated(record.pk)
    refuse_second_request(locked.pk)
    check = InstanceCheck.objects.select_for_update().filter(pk=locked.pk).first()
    if check is None or check.running is None:
        is_in_sync = locked.sync_verdict == SyncVerdict.IN_SYNC
        known = "as recorded" if is_in_sync else "not known"
        raise Conflict(
            "nothing_to_adopt", f"What runs of the service instance {locked.pk} is {known}."
        )
    running = check.running
    if running["nsr"] is None:
        records.terminate_instance(record=locked)
        check.delete()
        return
    records.adopt_instance(
        record=locked, nsr=running["nsr"], vnfrs=running["vnfrs"], status=running["status"]
    )
    check.differences, check.running = [], None
    check.save()
