"""Hands orders to OSM: what may have been done is looked up before it is asked for again.

Source: contract, mano-osm.md, Calls and Hazards: a second instantiate deploys twice, and a DELETE
amid an operation forgets what runs.
"""

from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.conf import settings

from gatekeeper_site.core import clock
from gatekeeper_site.core.parsing import parse_uuid
from requests_app import states
from requests_app.mano.osm.answers import is_ended, text_of
from requests_app.mano.osm.nbi import NotDone, Refused, Session, Unclear, id_in
from requests_app.mano.osm.orders import note, note_sending, session_seconds, settles_at
from requests_app.mano.osm.packages import packages_of, provide
from requests_app.mano.protocol import Order
from requests_app.models import OsmOrder

INSTANCES = ("nslcm", "v1", "ns_instances")
OPERATIONS = ("nslcm", "v1", "ns_lcm_op_occs")
VNF_INSTANCES = ("nslcm", "v1", "vnf_instances")
VIM_ACCOUNTS = ("admin", "v1", "vim_accounts")
NOT_INSTANTIATED = "NOT_INSTANTIATED"
# No operation is asked for that could not be answered in this part of a session's time.
SHARE_OF_A_CALL = 0.25


class Gone(Exception):
    """There is no instance any more, or it has never run: nothing is to be ended."""


class UnknownVimAccount(Refused):
    """OSM does not know the VIM account that the settings name."""


def instantiate(session: Session, row: OsmOrder, order: Order) -> str:
    """Have a service instantiated, once; return the id of the operation.

    Raises:
        NotDone, Unclear: it is not certain to go on; who calls again gets it further.
        Refused: it is not done.
        TooLate: the request has ended meanwhile.
    """
    if row.operation_id:
        return row.operation_id
    if row.sent_at is not None:
        if found := operation_of(session, row):
            return found
        refuse_until_settled(row, "sent_at")
    nsd_id = vim_id = None
    if row.instance_id is None and row.asked_at is not None:
        look_up_instance(session, row)
    if row.instance_id is None:
        were_seen = bool(row.packages)
        nsd_id = packages(session, row, order)
        vim_id = vim_account(session)
        note_sending(row, asked_at=clock.now())
        body = instance_body(row, nsd_id, vim_id)
        try:
            note_instance(row, session.post(*INSTANCES, body=body))
        except Refused as error:
            if error.status == HTTPStatus.NOT_FOUND and were_seen:
                note(row, packages=[], asked_at=None)
                raise Unclear("its package was there, and is gone") from error
            raise
    nsd_id = nsd_id or packages(session, row, order)
    vim_id = vim_id or vim_account(session)
    refuse_without_time(session)
    note_sending(row, sent_at=clock.now())
    path = (*INSTANCES, str(row.instance_id), "instantiate")
    return begun(session, row, path, instance_body(row, nsd_id, vim_id))


def terminate(session: Session, row: OsmOrder) -> str:
    """Have an instance ended, once; return the id of the operation.

    Raises:
        Gone: there is nothing to end.
        NotDone, Unclear, Refused, TooLate: as `instantiate`.
    """
    if row.operation_id:
        return row.operation_id
    if row.sent_at is not None:
        if found := operation_of(session, row):
            return found
        refuse_until_settled(row, "sent_at")
    known = operations_of(session, row)
    under_way = next((each for each in known if is_termination(each) and not is_ended(each)), None)
    if under_way is not None:
        # Somebody else's, or of a request that has ended.
        return operation_id_of(under_way)
    refuse_without_time(session)
    ids = [operation_id_of(each) for each in known]
    note_sending(row, sent_at=clock.now(), known_operations=ids)
    path = (*INSTANCES, str(row.instance_id), "terminate")
    try:
        return begun(session, row, path, {"autoremove": False})
    except Refused as error:
        if error.status == HTTPStatus.NOT_FOUND:
            raise Gone(f"OSM has no instance {row.instance_id}") from error
        if error.status == HTTPStatus.CONFLICT and never_ran(session, row):
            session.delete(*INSTANCES, str(row.instance_id))
            raise Gone(f"The instance {row.instance_id} was never instantiated") from error
        raise


def begun(session: Session, row: OsmOrder, path: tuple[str, ...], body: dict[str, Any]) -> str:
    """Ask for an operation; return its id.

    Raises:
        NotDone, Refused: it is certainly not begun.
        Unclear: it may have been.
    """
    try:
        return session.post(*path, body=body)
    except Refused as error:
        # By a call whose answer was lost, and that was carried out late.
        if error.status == HTTPStatus.CONFLICT and (found := operation_of(session, row)):
            return found
        note(row, sent_at=None)
        raise
    except NotDone:
        note(row, sent_at=None)
        raise
    except Unclear:
        # It may be carried out yet: from now on, as that call has ended by now.
        note(row, sent_at=clock.now())
        raise


def never_ran(session: Session, row: OsmOrder) -> bool:
    """Tell whether an instance is a mere record, and nothing is about to change that."""
    try:
        instance = session.object(*INSTANCES, str(row.instance_id))
    except Refused as error:
        if error.status != HTTPStatus.NOT_FOUND:
            raise
        return True
    if text_of(instance.get("nsState")) != NOT_INSTANTIATED:
        return False
    return all(is_ended(each) for each in operations_of(session, row))


def operations_of(session: Session, row: OsmOrder) -> list[dict[str, Any]]:
    """Return the operations of an order's instance."""
    instance_id = str(row.instance_id)
    try:
        listed = session.listed(*OPERATIONS, nsInstanceId=instance_id)
    except Refused as error:
        if error.status != HTTPStatus.NOT_FOUND:
            raise
        return []
    return [each for each in listed if each.get("nsInstanceId", instance_id) == instance_id]


def operation_of(session: Session, row: OsmOrder) -> str | None:
    """Return the id of the operation that an order has begun, if it has."""
    is_creation = row.request.request_type == states.CREATE and not row.is_clean_up
    for each in operations_of(session, row):
        is_new = operation_id_of(each) not in row.known_operations
        if is_new and is_termination(each, unknown=not is_creation) != is_creation:
            return operation_id_of(each)
    return None


def is_termination(operation: dict[str, Any], *, unknown: bool = False) -> bool:
    """Tell whether an operation ends an instance; `unknown` if it does not say what it is."""
    kind = text_of(operation.get("lcmOperationType"))
    return kind == "terminate" if kind else unknown


def operation_id_of(operation: Any) -> str:
    """Return the id of an operation.

    Raises:
        Unclear: it has none.
    """
    name = "id" if isinstance(operation, dict) and "id" in operation else "_id"
    return id_in(operation, name, OPERATIONS)


def look_up_instance(session: Session, row: OsmOrder) -> None:
    """Look for an instance that may have been made, by its name: the request's id.

    Raises:
        Unclear: it is not there, and may yet come.
    """
    name = str(row.pk)
    listed = session.listed(*INSTANCES, name=name)
    named = [each for each in listed if each.get("name", each.get("nsName", name)) == name]
    if named:
        note_instance(row, id_in(named[0], "id" if "id" in named[0] else "_id", INSTANCES))
    else:
        refuse_until_settled(row, "asked_at")


def refuse_until_settled(row: OsmOrder, member: str) -> None:
    """Let what may have been sent have its time to show, before it is taken for not done.

    Raises:
        Unclear: it is too early.
    """
    if clock.now() < settles_at(getattr(row, member)):
        raise Unclear("it may have been carried out, and is looked up once more")
    note(row, **{member: None})


def refuse_without_time(session: Session) -> None:
    """Do not begin what would be cut off.

    Raises:
        NotDone: too little time is left.
    """
    if session.seconds_left() < SHARE_OF_A_CALL * session_seconds():
        raise NotDone("the NBI is slow; it goes on with the next try")


def note_instance(row: OsmOrder, text: str) -> None:
    """Note the id of the instance that was made.

    Raises:
        Refused: it is no UUID, as a record's id is.
    """
    instance_id = parse_uuid(text)
    if instance_id is None:
        raise Refused(HTTPStatus.OK, f"OSM's instance has the id {text[:100]}, no UUID")
    note(row, instance_id=instance_id, asked_at=None)


def packages(session: Session, row: OsmOrder, order: Order) -> str:
    """Have all packages of an order there; return the NBI's id of the service's.

    Those that an earlier try has seen are not looked up again: a slow NBI would never get further.
    """
    for package in packages_of(order)[len(row.packages) :]:
        note(row, packages=[*row.packages, provide(session, package, row)])
    package_id: str = row.packages[-1]
    return package_id


def vim_account(session: Session) -> str:
    """Return the id of the VIM account that the settings name, by its name or id.

    Raises:
        UnknownVimAccount: OSM does not know it.
    """
    wanted = settings.OSM_VIM_ACCOUNT
    listed = session.listed(*VIM_ACCOUNTS)
    for member in ("_id", "name"):
        for each in listed:
            if each.get(member) == wanted:
                return id_in(each, "_id", VIM_ACCOUNTS)
    raise UnknownVimAccount(
        HTTPStatus.NOT_FOUND, f"OSM has no VIM account {wanted} (OSM_VIM_ACCOUNT)"
    )


def instance_body(row: OsmOrder, nsd_id: str, vim_id: str) -> dict[str, Any]:
    """Return what the NBI takes of an instance: these members and no other."""
    return {
        "nsdId": nsd_id,
        "nsName": str(row.pk),
        "nsDescription": f"of the request {row.pk} at Gatekeeper",
        "vimAccountId": vim_id,
    }


def instance_of(order: Order) -> UUID:
    """Return the instance that an order to terminate is for."""
    if order.service_instance_uuid is None:
        raise ValueError(f"The request {order.request_id} is for no instance.")
    return order.service_instance_uuid
