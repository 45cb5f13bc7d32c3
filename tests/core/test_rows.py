"""Rows locked and written by SQL that is made once: as Django would, and in fewer calls."""

from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.transaction import TransactionManagementError
from django.test.utils import CaptureQueriesContext

from gatekeeper_site.audit.models import AuditEntry
from gatekeeper_site.core import rows
from gatekeeper_site.work.models import OutboxEntry
from ha_app.models import HaRouter
from requests_app.models import Request
from tests.fixtures import OTHER_TENANT, TENANT
from tests.ha_app.objects import new_router, stored

AT = datetime(2026, 1, 2, 3, 4, 5, 678000, UTC)
pytestmark = pytest.mark.django_db


def a_router(**fields: object) -> HaRouter:
    devices = {"primary_router_id": uuid4(), "secondary_router_id": uuid4()}
    return HaRouter(tenant_id=TENANT, **(devices | fields))


def an_entry(**fields: object) -> AuditEntry:
    columns = {"at": AT, "actor": "me", "via": "api", "tenant_id": TENANT, "action": "create"}
    return AuditEntry(**(columns | {"object_type": "x", "object_id": "1", "changes": {}} | fields))


def test_what_is_written_is_what_django_reads() -> None:
    # Given objects with every type of column, and texts that SQL could take for its own
    text = "it's 100% %s \\ \" ; -- ☃"
    router = a_router(name=text, confirm_by=AT, marked_for_deletion=True)
    request = Request(
        tenant_id=TENANT,
        request_type="CREATE",
        ingresses=[{"location": text, "nap": "é"}],
        callback=None,
        began_at=AT,
        created_at=AT,
        updated_at=AT,
        origin={"via": "api"},
    )
    entries = [an_entry(changes={"name": [None, text]}, user_id=7), an_entry(object_id="2")]

    with transaction.atomic():
        rows.write([router, request, *entries])

    for each in (router, request):
        again = type(each)._default_manager.get(pk=each.pk)
        for field in each._meta.concrete_fields:
            assert getattr(again, field.attname) == getattr(each, field.attname), field.attname
    first, second = AuditEntry.objects.order_by("id")
    assert (first.changes, first.user_id, first.at) == ({"name": [None, text]}, 7, AT)
    assert (second.object_id, second.token_id) == ("2", None)
    # And it counts as stored: saving it again is an update.
    router.name = "another"
    router.save()
    assert stored(router).name == "another"


def test_of_what_is_changed_only_the_named_columns_are_written() -> None:
    router, other = new_router(name="old"), new_router(name="other")
    HaRouter.objects.filter(pk=router.pk).update(description="by somebody else")
    router.name, router.available_gateways, router.maximum_gateways = "new", 3, 9

    with transaction.atomic():
        rows.write([], [(router, ["available_gateways", "maximum_gateways"])])

    again = stored(router)
    assert (again.available_gateways, again.maximum_gateways) == (3, 9)
    assert (again.name, again.description) == ("old", "by somebody else")
    assert (stored(other).name, stored(other).available_gateways) == ("other", 500)


@pytest.mark.skipif(connection.vendor == "sqlite", reason="it takes one statement at a time")
def test_what_belongs_together_is_one_call_of_the_database() -> None:
    router, other = new_router(), new_router()
    outbox = [OutboxEntry(object_type="x", object_id=uuid4(), created_at=AT) for _ in range(3)]

    with transaction.atomic(), CaptureQueriesContext(connection) as queries:
        rows.write(
            [*outbox, an_entry(), an_entry()],
            [(router, ["available_gateways"]), (other, ["name"])],
        )

    assert len(queries) == 1
    assert queries[0]["sql"].count("INSERT INTO") == 2
    assert queries[0]["sql"].count("UPDATE ") == 2
    assert (OutboxEntry.objects.count(), AuditEntry.objects.filter(actor="me").count()) == (3, 2)


def test_a_violated_constraint_leaves_nothing_of_what_was_written_with_it() -> None:
    before = AuditEntry.objects.count()
    first = a_router()

    with pytest.raises(IntegrityError), transaction.atomic():
        rows.write([an_entry(), first, a_router(pk=first.pk)])

    assert AuditEntry.objects.count() == before
    assert not HaRouter.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_without_a_transaction_nothing_is_written() -> None:
    with pytest.raises(TransactionManagementError, match="in the transaction of its change"):
        rows.write([an_entry()])
    assert not AuditEntry.objects.exists()


def test_objects_are_locked_in_the_order_of_their_ids_and_as_django_reads_them() -> None:
    routers = [new_router(name=str(number)) for number in range(4)]
    wanted = {each.pk for each in routers[:3]} | {UUID(int=0)}

    with transaction.atomic(), CaptureQueriesContext(connection) as queries:
        found = rows.locked(HaRouter, wanted)

    assert list(found) == sorted(each.pk for each in routers[:3])
    for each in routers[:3]:
        again = found[each.pk]
        assert again == each
        for field in each._meta.concrete_fields:
            assert getattr(again, field.attname) == getattr(each, field.attname)
    assert len(queries) == 1
    if connection.vendor == "postgresql":
        assert queries[0]["sql"].endswith("FOR UPDATE")
    assert rows.locked(HaRouter, []) == {}


def test_columns_of_objects_by_their_ids() -> None:
    ours, theirs = new_router(name="ours"), new_router(OTHER_TENANT)

    found = rows.columns_of(HaRouter, ("tenant_id", "name"), [ours.pk, theirs.pk, uuid4()])

    assert {key: tuple(values) for key, values in found.items()} == {
        ours.pk: (TENANT, "ours"),
        theirs.pk: (OTHER_TENANT, ""),
    }
