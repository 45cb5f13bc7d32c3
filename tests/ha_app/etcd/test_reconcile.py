"""Whatever differs between etcd and the database is named, and put right."""

import json
import threading
import tracemalloc
from io import StringIO
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.management import CommandError, call_command

from gatekeeper_site.work.models import OutboxEntry
from ha_app import services
from ha_app.etcd import client, comparison, reconcile
from ha_app.etcd.client import Delete, EtcdClient, Put
from ha_app.etcd.keys import config_key, state_key
from ha_app.models import EtcdMirror, HaRouter
from tests.etcd_server import EtcdServer
from tests.fixtures import caller
from tests.ha_app.etcd.objects import answer, config, mirror_all, monitor, put, term_of
from tests.ha_app.objects import UNKNOWN, new_gateway, new_interface, new_router, stored

pytestmark = pytest.mark.django_db

AGREE = "etcd and the database agree.\n"


@pytest.fixture(autouse=True)
def settled_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comparison, "SETTLE_SECONDS", 0)


@pytest.fixture
def router(etcd: EtcdServer, etcd_client: EtcdClient) -> HaRouter:
    """An HA router that is in etcd, as are the heat templates; nobody leads."""
    router = new_router(name="r1")
    reconcile.put_templates(etcd_client)
    term = term_of(etcd_client)
    mirror_all(etcd_client, term)
    etcd_client.revoke_lease(term.lease)
    return router


def dry_run() -> tuple[bool, str]:
    """Return whether the two sides agree, and what the command has printed."""
    out = StringIO()
    try:
        call_command("reconcile_etcd", "--dry-run", stdout=out)
    except CommandError:
        return False, out.getvalue()
    return True, out.getvalue()


def repaired() -> str:
    out = StringIO()
    call_command("reconcile_etcd", "--repair", stdout=out)
    return out.getvalue()


def test_what_agrees_has_no_difference(router: HaRouter) -> None:
    assert dry_run() == (True, AGREE)
    assert repaired() == AGREE


def test_a_missing_object_is_named_and_put_again(router: HaRouter, etcd_client: EtcdClient) -> None:
    key = config_key("ha_routers", router.pk)
    before = etcd_client.get(key)
    assert before is not None
    etcd_client.commit([Delete(key)])

    assert dry_run() == (False, f"{key}: missing\n")
    # A dry run has repaired nothing.
    assert etcd_client.get(key) is None
    assert not OutboxEntry.objects.exists()

    assert repaired() == f"{key}: missing\nRepaired: 1.\n{AGREE}"

    after = etcd_client.get(key)
    assert after is not None
    assert after.value == before.value
    assert not OutboxEntry.objects.exists()
    assert dry_run() == (True, AGREE)


def test_a_changed_object_is_named_member_by_member(
    router: HaRouter, etcd_client: EtcdClient
) -> None:
    key = config_key("ha_routers", router.pk)
    value = config(etcd_client, router)
    assert value is not None
    value["body"]["available_gateways"] = 7
    put(etcd_client, key, value | {"version": 9, "body": json.dumps(value["body"])})

    agrees, text = dry_run()

    assert not agrees
    assert text == (
        f"{key}: version is 9 in etcd, 1 in the database; "
        "available_gateways is 7 in etcd, 500 in the database\n"
    )
    repaired()
    assert dry_run() == (True, AGREE)
    value = config(etcd_client, router)
    assert value is not None
    assert (value["version"], value["body"]["available_gateways"]) == (1, 500)


@pytest.mark.parametrize("garbage", [b"\xff", b"[]", b'{"body": 1}', b'{"body": "[1]"}', b"{}"])
def test_garbage_in_the_place_of_an_object_is_replaced(
    router: HaRouter, etcd_client: EtcdClient, garbage: bytes
) -> None:
    key = config_key("ha_routers", router.pk)
    put(etcd_client, key, garbage)

    agrees, text = dry_run()

    assert not agrees
    assert text == f"{key}: not an object in the form that it should have\n"
    repaired()
    assert dry_run() == (True, AGREE)


def test_objects_that_do_not_exist_are_removed(router: HaRouter, etcd_client: EtcdClient) -> None:
    unknown, nameless = config_key("ha_routers", UNKNOWN), config_key("gateways", "no-id")
    other = f"/config/v2.0/networks/{UNKNOWN}"
    for key in (unknown, nameless, other, state_key("ha_routers", UNKNOWN)):
        put(etcd_client, key, b"garbage")

    agrees, text = dry_run()

    assert not agrees
    assert sorted(text.splitlines()) == [
        f"{nameless}: of an object that does not exist",
        f"{unknown}: of an object that does not exist",
    ]
    repaired()
    assert dry_run() == (True, AGREE)
    assert etcd_client.get(unknown) is None
    assert etcd_client.get(nameless) is None
    # What is not ours stays.
    assert etcd_client.get(other) is not None
    assert config(etcd_client, router) is not None


def test_a_heat_template_is_put_again(router: HaRouter, etcd_client: EtcdClient) -> None:
    key = config_key("heat_templates", "ha_router_monitoring")
    before = etcd_client.get(key)
    assert before is not None
    etcd_client.commit([Put(key, b"{}")])

    assert dry_run()[0] is False
    repaired()

    after = etcd_client.get(key)
    assert after is not None
    assert after.value == before.value
    assert dry_run() == (True, AGREE)


def test_answers_that_nobody_applied_are_applied(router: HaRouter, etcd_client: EtcdClient) -> None:
    HaRouter.objects.filter(pk=router.pk).update(status="PENDING_CREATE")
    monitored, failed = new_router(), new_router()
    interface = new_interface(monitored)
    reconcile.empty_outbox(etcd_client)
    repaired()
    answer(etcd_client, router, "CREATE_COMPLETED")
    monitor(etcd_client, monitored, primary="DOWN")
    answer(etcd_client, failed, "", error="no route")
    answer(etcd_client, interface, "CREATE_COMPLETED", version=9)

    agrees, text = dry_run()

    assert not agrees
    lines = text.splitlines()
    assert len(lines) == 3
    assert (
        f"/state/v2.0/ha_routers/{router.pk}: the object is PENDING_CREATE and should be ACTIVE: "
        "confirmed: CREATE_COMPLETED" in lines
    )
    repaired()
    assert stored(router).status == "ACTIVE"
    assert stored(monitored).status == "DOWN"
    assert stored(failed).status == "ERROR"
    assert stored(interface).status == "ACTIVE"
    assert dry_run() == (True, AGREE)


def test_a_confirmed_deletion_that_nobody_applied_is_done(
    router: HaRouter, etcd_client: EtcdClient
) -> None:
    downlink = new_interface(router)
    gateway = new_gateway(router)
    services.delete_ha_object(ha_object=gateway, caller=caller(router.tenant_id))
    reconcile.empty_outbox(etcd_client)
    answer(etcd_client, gateway, "DELETE_COMPLETED", version=2)

    assert dry_run()[0] is False
    repaired()

    assert config(etcd_client, gateway) is None
    assert etcd_client.get(state_key("gateways", gateway.pk)) is None
    assert stored(downlink).vlan_ids_available == 4094
    assert dry_run() == (True, AGREE)


def test_what_waits_for_the_mirror_is_a_difference_but_no_drift(
    router: HaRouter, etcd_client: EtcdClient
) -> None:
    EtcdMirror.objects.create(pk=1)
    services.update_ha_router(ha_object=router, caller=caller(router.tenant_id), description="new")

    assert dry_run()[0] is False
    reconcile.note_drift(etcd_client, "")

    assert EtcdMirror.objects.get().drift == 0
    repaired()
    assert dry_run() == (True, AGREE)

    etcd_client.commit([Delete(config_key("ha_routers", router.pk))])
    reconcile.note_drift(etcd_client, "")

    assert EtcdMirror.objects.get().drift == 1


def test_answers_that_were_missed_are_no_drift_but_applied(
    router: HaRouter, etcd_client: EtcdClient
) -> None:
    # Monitoring that came before the state that makes an object ACTIVE
    monitor(etcd_client, router, primary="DOWN")
    EtcdMirror.objects.create(pk=1)

    reconcile.note_drift(etcd_client, "")

    assert stored(router).status == "DOWN"
    assert EtcdMirror.objects.get().drift == 0


@pytest.mark.parametrize(("page", "batch"), [(1, 1), (2, 3), (500, 1000)])
def test_however_many_are_read_at_once_each_difference_is_found_once(
    router: HaRouter,
    etcd_client: EtcdClient,
    monkeypatch: pytest.MonkeyPatch,
    page: int,
    batch: int,
) -> None:
    # Given more objects than a page has, of two kinds
    monkeypatch.setattr(comparison, "PAGE", page)
    monkeypatch.setattr(client, "PAGE", page)
    monkeypatch.setattr(client, "MAX_READS", page)
    monkeypatch.setattr(comparison, "BATCH", batch)
    routers = sorted([router, *(new_router() for _ in range(4))], key=lambda each: str(each.pk))
    new_interface(router)
    reconcile.empty_outbox(etcd_client)
    assert dry_run() == (True, AGREE)

    # When some are missing, wrong, in excess or not answered, at the ends and in between
    missing, wrong, unanswered = routers[0], routers[2], routers[4]
    etcd_client.commit([Delete(config_key("ha_routers", missing.pk))])
    put(etcd_client, config_key("ha_routers", wrong.pk), b"garbage")
    answer(etcd_client, unanswered, "", error="no route")
    lowest, highest = UUID(int=0), UUID(int=2**128 - 1)
    for object_id in (lowest, highest):
        for plural in ("ha_routers", "gateways"):
            put(etcd_client, config_key(plural, object_id), b"{}")
            put(etcd_client, state_key(plural, object_id), b"{}")

    # Then each is found once, and repaired
    agrees, text = dry_run()
    assert not agrees
    keys = [line.partition(": ")[0] for line in text.splitlines()]
    assert sorted(keys) == sorted(
        [
            config_key("ha_routers", missing.pk),
            config_key("ha_routers", wrong.pk),
            state_key("ha_routers", unanswered.pk),
            *(
                config_key(plural, object_id)
                for object_id in (lowest, highest)
                for plural in ("ha_routers", "gateways")
            ),
        ]
    )
    assert "Repaired: 7.\n" in repaired()
    assert dry_run() == (True, AGREE)


def test_what_starts_to_lead_puts_again_what_is_stale_in_pages(
    router: HaRouter, etcd_client: EtcdClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(comparison, "PAGE", 2)
    monkeypatch.setattr(comparison, "BATCH", 1)
    routers = [router, *(new_router() for _ in range(4))]
    reconcile.empty_outbox(etcd_client)
    etcd_client.commit([Delete(config_key("ha_routers", each.pk)) for each in routers[1:]])

    reconcile.queue_stale_objects(etcd_client)

    queued = OutboxEntry.objects.values_list("object_type", "object_id")
    assert sorted(queued) == sorted(("ha_routers", each.pk) for each in routers[1:])


def test_a_term_that_is_over_ends_the_comparison_and_notes_nothing(
    router: HaRouter, etcd_client: EtcdClient
) -> None:
    EtcdMirror.objects.create(pk=1)
    etcd_client.commit([Delete(config_key("ha_routers", router.pk))])
    is_over = threading.Event()
    is_over.set()

    reconcile.note_drift(etcd_client, "", is_over)
    reconcile.queue_stale_objects(etcd_client, is_over)

    assert EtcdMirror.objects.get().drift is None
    assert not OutboxEntry.objects.exists()


def test_the_memory_that_it_takes_does_not_grow_with_what_there_is(
    router: HaRouter, etcd_client: EtcdClient
) -> None:
    # Given 12 MB below /state that are of nothing that there is
    value = b"x" * 2000
    for _ in range(60):
        etcd_client.commit([Put(state_key("ha_routers", uuid4()), value) for _ in range(100)])

    tracemalloc.start()
    try:
        assert list(comparison.differences(etcd_client)) == []
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()

    assert most < 6_000_000


def test_without_etcd_the_command_says_so(
    router: HaRouter, etcd: EtcdServer, settings: Any
) -> None:
    settings.ETCD_ENDPOINTS = ["http://127.0.0.1:1"]

    with pytest.raises(CommandError, match=r"127\.0\.0\.1:1"):
        call_command("reconcile_etcd")

    settings.ETCD_ENDPOINTS = []

    with pytest.raises(CommandError, match="ETCD_ENDPOINTS is empty"):
        call_command("reconcile_etcd")
