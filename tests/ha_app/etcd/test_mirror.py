"""Objects come into etcd as they are, once each, and only by whoever leads."""

import pytest
from django.db import transaction

from gatekeeper_site.core.counters import EventCount
from gatekeeper_site.work.models import OutboxEntry
from ha_app import services
from ha_app.etcd.client import Delete, EtcdClient
from ha_app.etcd.keys import LEADER, config_key, monitoring_key, state_key
from ha_app.etcd.leader import LeadershipLostError, campaign, leads
from ha_app.etcd.mirror import mirror_batch, waiting_changes
from ha_app.verdicts import StateAnswer
from tests.etcd_server import EtcdServer
from tests.fixtures import caller
from tests.ha_app.etcd.objects import answer, config, mirror_all, monitor, put, term_of
from tests.ha_app.objects import apply_answer, new_gateway, new_interface, new_router, stored

pytestmark = pytest.mark.django_db


def test_a_new_object_is_in_etcd_at_version_1(etcd: EtcdServer, etcd_client: EtcdClient) -> None:
    router = new_router(name="r1")

    mirror_all(etcd_client, term_of(etcd_client))

    value = config(etcd_client, router)
    assert value is not None
    assert (value["version"], value["marked_for_deletion"]) == (1, False)
    assert value["body"]["name"] == "r1"
    assert value["body"]["available_gateways"] == 500


def test_a_gateway_refreshes_the_counters_of_others_at_their_version(
    etcd: EtcdServer, etcd_client: EtcdClient
) -> None:
    router = new_router()
    downlink = new_interface(router, restricted_vlans="0-1024,4094", maximum_ga_bandwidth=500)
    term = term_of(etcd_client)
    mirror_all(etcd_client, term)

    gateway = new_gateway(router, qos_type="guarantee", bandwidth=10)
    mirror_all(etcd_client, term)

    mirrored = config(etcd_client, gateway)
    assert mirrored is not None
    assert (mirrored["version"], mirrored["body"]["vlan_id"]) == (1, 1025)
    interface_value, router_value = config(etcd_client, downlink), config(etcd_client, router)
    assert interface_value is not None and router_value is not None
    assert (interface_value["version"], router_value["version"]) == (1, 1)
    assert interface_value["body"]["vlan_ids_available"] == 3068
    assert interface_value["body"]["available_ga_bandwidth"] == 490
    assert router_value["body"]["available_gateways"] == 499


def test_several_changes_of_an_object_become_one_put(
    etcd: EtcdServer, etcd_client: EtcdClient
) -> None:
    router = new_router()
    for number in range(3):
        router = services.update_ha_router(
            ha_object=router, caller=caller(router.tenant_id), description=f"change {number}"
        )
    assert OutboxEntry.objects.filter(object_id=router.pk).count() == 4

    changes = waiting_changes()
    done = mirror_all(etcd_client, term_of(etcd_client))

    assert len(changes) == 1
    assert done == 4
    found = etcd_client.get(config_key("ha_routers", router.pk))
    assert found is not None
    # It was put once: it is as it was created.
    assert found.create_revision == found.mod_revision
    value = config(etcd_client, router)
    assert value is not None
    assert (value["version"], value["body"]["description"]) == (4, "change 2")


def test_a_change_that_is_rolled_back_is_not_mirrored(
    etcd: EtcdServer, etcd_client: EtcdClient
) -> None:
    router = new_router()
    term = term_of(etcd_client)
    mirror_all(etcd_client, term)

    with transaction.atomic():
        services.update_ha_router(
            ha_object=router, caller=caller(router.tenant_id), description="never"
        )
        transaction.set_rollback(True)

    assert mirror_batch(etcd_client, term) == 0
    value = config(etcd_client, router)
    assert value is not None
    assert (value["version"], value["body"]["description"]) == (1, "")


def test_a_deletion_is_marked_and_its_keys_go_with_the_row(
    etcd: EtcdServer, etcd_client: EtcdClient
) -> None:
    router, other = new_router(), new_router()
    term = term_of(etcd_client)
    mirror_all(etcd_client, term)
    answer(etcd_client, router, "CREATE_COMPLETED")
    monitor(etcd_client, router, primary="UP")

    services.delete_ha_object(ha_object=router, caller=caller(router.tenant_id))
    mirror_all(etcd_client, term)

    value = config(etcd_client, router)
    assert value is not None
    assert (value["version"], value["marked_for_deletion"]) == (2, True)
    assert value["body"]["status"] == "PENDING_DELETE"

    apply_answer("ha_routers", router.pk, StateAnswer(2, "", "DELETE_COMPLETED"))
    mirror_all(etcd_client, term)

    for key in (state_key, monitoring_key, config_key):
        assert etcd_client.get(key("ha_routers", router.pk)) is None
    assert config(etcd_client, other) is not None


def test_whoever_leads_no_longer_writes_nothing(etcd: EtcdServer, etcd_client: EtcdClient) -> None:
    router = new_router()
    term = term_of(etcd_client)
    etcd_client.revoke_lease(term.lease)
    successor = term_of(etcd_client, "successor")

    with pytest.raises(LeadershipLostError):
        mirror_batch(etcd_client, term)

    assert config(etcd_client, router) is None
    assert OutboxEntry.objects.filter(object_id=router.pk).count() == 1
    mirror_all(etcd_client, successor)
    assert config(etcd_client, router) is not None


def test_one_of_two_leads_and_the_other_follows_it(
    etcd: EtcdServer, etcd_client: EtcdClient
) -> None:
    first = campaign(etcd_client, "first")

    assert first is not None
    assert campaign(etcd_client, "second") is None
    found = etcd_client.get(LEADER)
    assert found is not None
    assert (found.value, found.lease) == (b"first", first.lease)

    etcd_client.revoke_lease(first.lease)
    second = campaign(etcd_client, "second")

    assert second is not None
    assert second.name == "second"
    assert second.revision > first.revision


def test_an_object_that_etcd_does_not_take_waits_and_keeps_no_other_waiting(
    etcd: EtcdServer, etcd_client: EtcdClient
) -> None:
    large = new_router(description="x" * 2_000_000)
    small = new_router(description="small")
    term = term_of(etcd_client)

    assert mirror_batch(etcd_client, term) == 1

    assert config(etcd_client, small) is not None
    assert config(etcd_client, large) is None
    waiting = OutboxEntry.objects.get()
    assert waiting.object_id == large.pk
    assert waiting.not_before is not None
    assert waiting.error
    assert EventCount.objects.get(name="etcd_refused").count == 1
    # A change makes it smaller.
    services.update_ha_router(ha_object=large, caller=caller(large.tenant_id), description="y")
    assert mirror_batch(etcd_client, term) == 2
    assert not OutboxEntry.objects.exists()
    value = config(etcd_client, large)
    assert value is not None
    assert value["body"]["description"] == "y"


def test_a_hundred_and_more_objects_are_mirrored(etcd: EtcdServer, etcd_client: EtcdClient) -> None:
    routers = [new_router(name=f"r{number}") for number in range(130)]

    mirror_all(etcd_client, term_of(etcd_client))

    for router in routers:
        value = config(etcd_client, router)
        assert value is not None
        assert value["body"]["name"] == stored(router).name


def test_a_leader_that_comes_back_begins_a_new_term(
    etcd: EtcdServer, etcd_client: EtcdClient
) -> None:
    router = new_router()
    first = term_of(etcd_client, "first")
    assert campaign(etcd_client, "second") is None

    again = term_of(etcd_client, "first")

    assert again.revision > first.revision
    # What the former term has sent and may come late finds no leader's key of its own.
    with pytest.raises(LeadershipLostError):
        mirror_batch(etcd_client, first)
    mirror_all(etcd_client, again)
    assert config(etcd_client, router) is not None


def test_a_leader_s_key_without_a_lease_is_removed(
    etcd: EtcdServer, etcd_client: EtcdClient
) -> None:
    put(etcd_client, LEADER, b"by hand")

    term = term_of(etcd_client)

    assert leads(etcd_client, term)
    etcd_client.commit([Delete(LEADER)])
    assert not leads(etcd_client, term)
