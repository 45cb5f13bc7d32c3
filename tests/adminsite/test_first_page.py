"""The admin's first page: what needs a person, figures, health, and what to do first."""

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import DjangoAssertNumQueries

from gatekeeper_site.core import clock
from gatekeeper_site.core.counting import count_by_hour
from gatekeeper_site.work.models import Worker
from ha_app.models import EtcdMirror, HaInterface
from records_app.models import ServiceDescriptor, SyncVerdict
from requests_app.mano import dead_letters
from requests_app.models import CallbackDelivery, CallbackHost, Request
from requests_app.services import set_mano_state
from tests.adminsite.ha_rows import store_interfaces
from tests.adminsite.pages import list_of, listed, many_deliveries, many_records, page_of, text_of
from tests.fixtures import OTHER_TENANT, TENANT, many_requests

PAGE = "/admin/"
PART = "/admin/overview/"
FIRST_ORDER = "/admin/requests_app/request/first-order/"


def at_work() -> None:
    """Have a worker be seen now."""
    now = clock.now()
    Worker.objects.create(name="host:1", started_at=now, seen_at=now)


def concerns_of(page: Any) -> list[tuple[str, int | str]]:
    """Return what a first page says that needs a person."""
    return [(concern.title, concern.number) for concern in page.context["concerns"]]


def link_of(page: Any, title: str) -> str:
    """Return where one of its concerns leads."""
    [url] = [concern.url for concern in page.context["concerns"] if concern.title == title]
    return str(url)


def test_all_is_said_to_be_well_where_nothing_waits_for_a_person(superuser: Client) -> None:
    at_work()
    many_requests(3)

    page = superuser.get(PAGE)

    assert "All is well: nothing waits for a person." in text_of(page)
    assert concerns_of(page) == []
    assert [(part.name, part.is_well) for part in page.context["health"]] == [
        ("Workers", True),
        ("Web", True),
        ("MANO (simulator)", True),
        ("Callbacks", True),
    ]


def test_a_worker_that_is_not_seen_is_not_well(superuser: Client, viewing_staff: Client) -> None:
    now = clock.now()
    Worker.objects.create(name="host:2", started_at=now, seen_at=now - timedelta(hours=1))

    page = superuser.get(PAGE)

    assert "All is well" not in text_of(page)
    assert "Workers not well None is: orders wait, and nothing is swept." in text_of(page)
    assert list_of("workers") in page.content.decode()
    # Whose page the workers' is not is led to none.
    assert list_of("workers") not in viewing_staff.get(PAGE).content.decode()


def test_what_failed_and_is_nobodys_is_counted_with_its_age_and_its_list(
    superuser: Client, viewing_staff: Client
) -> None:
    fields: dict[str, Any] = {"status": "ERROR", "error_class": "refused", "cause": "no room"}
    own = many_requests(2, case_state="open", **fields)
    many_requests(1, case_state="open", assignee="adam", **fields)
    many_requests(1, case_state="closed", **fields)
    many_requests(1, case_state="open", tenant_id=OTHER_TENANT, **fields)

    page, tenants = superuser.get(PAGE), viewing_staff.get(PAGE)

    assert concerns_of(page) == [("Failed, and nobody’s", 3)]
    assert concerns_of(tenants) == [("Failed, and nobody’s", 2)]
    assert tenants.context["concerns"][0].oldest == own[0].created_at
    assert f'<time datetime="{clock.iso_z(own[0].created_at)}"' in tenants.content.decode()
    found = viewing_staff.get(link_of(tenants, "Failed, and nobody’s"))
    assert [group["number"] for group in found.context["groups"]] == [2]


def test_a_request_is_late_by_what_its_own_service_takes(superuser: Client) -> None:
    quick, slow = uuid4(), uuid4()
    now = clock.now()

    def taking(seconds: int) -> Any:
        return {
            "began_at": now - timedelta(hours=1),
            "updated_at": now - timedelta(hours=1) + timedelta(seconds=seconds),
        }

    many_requests(19, service_uuid=quick, **taking(10))
    many_requests(1, service_uuid=quick, **taking(50))
    many_requests(20, service_uuid=slow, **taking(100))
    open_ones: dict[str, Any] = {"status": "INSTANTIATING", "began_at": now - timedelta(seconds=30)}
    [late] = many_requests(1, service_uuid=quick, **open_ones)
    many_requests(1, service_uuid=slow, **open_ones)
    many_requests(1, service_uuid=uuid4(), **open_ones)
    [overdue] = many_requests(
        1, status="NEW", service_uuid=slow, deadline_at=now - timedelta(seconds=1)
    )

    page = superuser.get(PAGE)

    assert concerns_of(page) == [("Past their expected time", 2)]
    since = page.context["concerns"][0].oldest
    assert since == late.began_at + timedelta(seconds=10 + 5)
    rows = superuser.get(link_of(page, "Past their expected time"))
    assert set(listed(rows)) == {late.pk, overdue.pk}


def test_what_waits_for_a_paused_mano_is_not_late(superuser: Client) -> None:
    many_requests(1, status="NEW", deadline_at=clock.now() - timedelta(seconds=1))
    set_mano_state(state="paused", reason="upgraded", actor="olivia")

    page = superuser.get(PAGE)

    assert concerns_of(page) == []
    assert "MANO (simulator) not well It is paused: orders wait in NEW." in text_of(page)


def test_hosts_that_take_no_callbacks_and_callbacks_given_up_need_a_person(
    superuser: Client, viewing_staff: Client
) -> None:
    many_deliveries(2, outcome="FAILED")
    many_deliveries(1, host="away.example:80", outcome="PENDING", tenant_id=OTHER_TENANT)
    now = clock.now()
    CallbackHost.objects.create(host="away.example:80", failures=20, failed_at=now, open_until=now)
    CallbackHost.objects.create(host="slow.example:80", failures=2, failed_at=now)
    CallbackDelivery.objects.filter(outcome="PENDING").update(due_at=now - timedelta(minutes=2))

    page = superuser.get(PAGE)

    assert concerns_of(page) == [
        ("Hosts that take no callbacks", 1),
        ("Callbacks given up today", 2),
    ]
    assert "Callbacks not well" in text_of(page)
    assert concerns_of(viewing_staff.get(PAGE)) == [("Callbacks given up today", 2)]
    assert len(listed(superuser.get(link_of(page, "Callbacks given up today")))) == 2


def test_instances_that_differ_from_their_records_need_a_person(
    superuser: Client, viewing_staff: Client
) -> None:
    differs = {"sync_verdict": SyncVerdict.DIFFERS}
    own, others = many_records(1, **differs) + many_records(1, tenant_id=OTHER_TENANT, **differs)
    many_records(1, sync_verdict=SyncVerdict.IN_SYNC)

    page = superuser.get(PAGE)

    assert concerns_of(page) == [("Instances that are not as recorded", 2)]
    assert concerns_of(viewing_staff.get(PAGE)) == [("Instances that are not as recorded", 1)]
    found = listed(superuser.get(link_of(page, "Instances that are not as recorded")))
    assert set(found) == {own.pk, others.pk}


def test_full_pools_need_a_person_and_the_fullest_come_first(
    superuser: Client, viewing_staff: Client
) -> None:
    full, half, free = store_interfaces(3)
    for interface, name, used in ((full, "full", 96), (half, "half", 50), (free, "free", 0)):
        HaInterface.objects.filter(pk=interface.pk).update(
            name=name,
            vlan_ids_available=100 - used,
            gateway_instances_count=used,
            maximum_ga_bandwidth=500,
            available_ga_bandwidth=500 - used,
        )

    page = superuser.get(PAGE)

    assert concerns_of(page) == [("Nearly full: VLANs", 1)]
    assert listed(superuser.get(link_of(page, "Nearly full: VLANs"))) == [full.pk]
    owners = [re.sub("<.*?>", "", use.owner) for use in page.context["uses"]["VLANs"]]
    assert owners == ["full", "half"]
    assert set(page.context["uses"]) == {"VLANs", "guaranteed bandwidth"}
    assert page_of("HA interfaces", full.pk) in page.content.decode()
    HaInterface.objects.update(tenant_id=OTHER_TENANT)
    assert concerns_of(viewing_staff.get(PAGE)) == []


def test_ha_objects_in_error_and_what_differs_in_etcd_need_a_person(
    superuser: Client, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.ETCD_ENDPOINTS = ["http://127.0.0.1:1"]
    monkeypatch.setattr("gatekeeper_site.core.peers.Peer.known", lambda peer: "does not answer")
    store_interfaces(2)
    HaInterface.objects.update(status="ERROR")
    EtcdMirror.objects.create(pk=1, drift=3, drift_at=clock.now())

    page = superuser.get(PAGE)

    assert concerns_of(page) == [("HA interfaces in ERROR", 2), ("Objects that differ in etcd", 3)]
    assert "etcd not well It does not answer." in text_of(page)
    assert "etcd mirror not well Nobody leads; start manage.py sync_etcd." in text_of(page)


def test_dead_letters_are_the_admins_to_see(
    superuser: Client, viewing_staff: Client, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.MANO_DRIVER = "sonata"
    monkeypatch.setattr("gatekeeper_site.core.peers.Peer.known", lambda peer: "7")
    monkeypatch.setattr(dead_letters, "number_of_dead_letters", lambda: 7)

    assert ("Dead letters of the MANO", 7) in concerns_of(superuser.get(PAGE))
    assert concerns_of(viewing_staff.get(PAGE)) == []


def test_requests_are_counted_by_state_for_a_day_and_a_week_of_the_tenants_own(
    superuser: Client, viewing_staff: Client
) -> None:
    now = clock.now()
    many_requests(3)
    many_requests(2, status="TERMINATING", request_type="TERMINATE")
    many_requests(4, status="ERROR", created_at=now - timedelta(days=2))
    many_requests(5, created_at=now - timedelta(days=8))
    many_requests(1, tenant_id=OTHER_TENANT, status="ERROR")

    page, tenants = superuser.get(PAGE), viewing_staff.get(PAGE)

    def totals(response: Any) -> list[Any]:
        return [drawing.totals for drawing in response.context["charts"]]

    assert totals(page) == [[0, 2, 3, 1], [0, 2, 3, 5]]
    assert totals(tenants) == [[0, 2, 3, 0], [0, 2, 3, 4]]
    day = page.context["charts"][0]
    assert (day.kinds, day.most) == (["NEW", "IN_PROGRESS", "SUCCEEDED", "ERROR"], 6)
    assert len(day.bars) == 24 and len(page.context["charts"][1].bars) == 28
    # The table's row leads to the requests of its hour.
    assert len(listed(superuser.get(day.bars[-1].url))) == 6
    assert "In all 0 2 3 1" in text_of(page)


def test_figures_tell_how_orders_fare(superuser: Client) -> None:
    now = clock.now()
    for seconds in (1, 2, 60, 200):
        many_requests(1, began_at=now, updated_at=now + timedelta(seconds=seconds))
    many_requests(1, status="ERROR")
    many_requests(2, status="NEW")

    text = text_of(superuser.get(PAGE))

    assert "Success rate, 24 h 80.0 % of 5 that ended" in text
    assert "Time to READY 2.0 s · 3 min 20 s median · p95 of 4 created in 24 h" in text
    assert re.search(r"Waiting for the MANO 2 \S+ \S+ UTC \d+ s ago", text)
    assert "Tasks in the queue 0 None waits." in text


def test_more_than_can_be_counted_is_estimated(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    many_requests(40)
    exact = count_by_hour(Request.objects.filter(status="READY"), "created_at")
    monkeypatch.setattr("gatekeeper_site.core.counting.EXACT_UP_TO", 20)
    monkeypatch.setattr("gatekeeper_site.core.counting.planned_rows", lambda *statement: 40)

    counts, is_exact = count_by_hour(Request.objects.filter(status="READY"), "created_at")

    assert exact[1] and sum(exact[0].values()) == 40
    # All of so few rows are in the sample.
    assert counts == exact[0]
    assert is_exact == (connection.vendor != "postgresql")


def test_who_has_no_role_is_told_so(staff_without_role: Client) -> None:
    many_requests(1, tenant_id="", status="ERROR", error="secret", case_state="open")

    text = text_of(staff_without_role.get(PAGE))

    assert "Your user has no role yet" in text
    assert "Failed" not in text.replace("Failed work", "")
    assert "ERROR" not in text_of(staff_without_role.get(PART))


def test_the_page_stays_fresh_by_a_part_that_is_sent_when_it_has_changed(
    superuser: Client,
) -> None:
    at_work()
    many_requests(1)
    assert f'data-live="{PART}"' in superuser.get(PAGE).content.decode()
    first = superuser.get(PART)

    same = superuser.get(PART, headers={"If-None-Match": first["ETag"]})
    many_requests(1, status="ERROR", error_class="refused", case_state="open")
    changed = superuser.get(PART, headers={"If-None-Match": first["ETag"]})

    assert b"<html" not in first.content and "All is well" in text_of(first)
    assert (same.status_code, same.content) == (304, b"")
    assert changed.status_code == 200 and "Failed, and nobody’s: 1" in text_of(changed)
    expired = Client().get(PART)
    assert expired.status_code == 302 and "/admin/login/" in expired["Location"]


def test_the_first_page_takes_few_queries_and_fewer_again(
    superuser: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    at_work()
    many_requests(30, status="ERROR", error_class="refused", case_state="open")
    store_interfaces(5)

    with django_assert_max_num_queries(41):
        superuser.get(PAGE)
    with django_assert_max_num_queries(24):
        superuser.get(PART)
    with CaptureQueriesContext(connection) as queries:
        superuser.get(PART)
    # Of all that is kept, nothing is read again.
    assert not any("AS selected GROUP BY" in query["sql"] for query in queries)


def test_who_has_ordered_nothing_yet_is_told_what_to_do_first(
    superuser: Client, viewing_staff: Client
) -> None:
    page = superuser.get(PAGE)

    assert [step.button for step in page.context["steps"]] == [
        "Order the demo service",
        "Onboard a VNFD",
    ]
    assert "Begin here" in text_of(page)
    assert "Begin here" not in text_of(viewing_staff.get(PAGE))
    many_requests(1)
    assert "Begin here" not in text_of(superuser.get(PAGE))


def test_with_a_mano_that_is_not_simulated_the_first_order_is_made_by_the_form(
    superuser: Client, settings: Any
) -> None:
    settings.MANO_DRIVER = "osm"
    settings.OSM_URL = "https://osm.example/osm"

    step = superuser.get(PAGE).context["steps"][0]

    assert (step.title, step.button) == ("Order a service", "Open the form")
    assert "It goes to the MANO (osm)." in step.words
    assert step.url == "/admin/requests_app/request/add/"
    assert superuser.get(step.url).status_code == 200


def test_the_demo_service_is_ordered_by_one_click(superuser: Client) -> None:
    response = superuser.post(FIRST_ORDER, follow=True)

    request = Request.objects.get()
    assert response.redirect_chain == [(page_of("requests", request.pk), 302)]
    assert "The demo service is ordered." in text_of(response)
    demo = ServiceDescriptor.objects.get()
    assert (demo.name, demo.tenant_id) == ("sonata-demo", "")
    assert (request.status, request.service_uuid) == ("NEW", demo.pk)
    assert superuser.get(FIRST_ORDER).status_code == 405


def test_the_demo_service_is_ordered_for_ones_tenant_and_not_by_viewers(
    operating_staff: Client, viewing_staff: Client, demo: ServiceDescriptor, settings: Any
) -> None:
    assert viewing_staff.post(FIRST_ORDER).status_code == 403
    operating_staff.post(FIRST_ORDER)
    assert Request.objects.get().tenant_id == TENANT
    # A real MANO would start it; and an operator onboards nothing for everybody.
    settings.MANO_DRIVER = "osm"
    assert operating_staff.post(FIRST_ORDER).status_code == 403
    settings.MANO_DRIVER = "simulator"
    Request.objects.all().delete()
    demo.delete()

    assert operating_staff.post(FIRST_ORDER).status_code == 403
    assert not Request.objects.exists()


def test_a_page_that_is_not_there_or_not_ones_own_says_so_and_leads_back(
    superuser: Client, viewing_staff: Client
) -> None:
    gone = superuser.get("/admin/nothing/")
    refused = viewing_staff.get(list_of("tokens"))

    assert (gone.status_code, refused.status_code) == (404, 403)
    assert "There is nothing here /admin/nothing/ leads nowhere" in text_of(gone)
    assert "This is not yours to see or do Your role or tenant does not allow it" in text_of(
        refused
    )
    assert b'<a href="/admin/">' in gone.content and b'<a href="/admin/">' in refused.content
