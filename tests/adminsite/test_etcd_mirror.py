"""The admin's page of the mirror in etcd, and what the first page tells of it."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.test import Client

from gatekeeper_site.core import clock
from gatekeeper_site.core.counters import count_event
from gatekeeper_site.work.models import OutboxEntry
from ha_app.models import EtcdMirror, HaRouter, Status
from tests.adminsite.pages import list_of, page_of, text_of
from tests.fixtures import OTHER_TENANT
from tests.ha_app.objects import new_router

MIRROR = "/admin/ha_app/etcdmirror/"

pytestmark = pytest.mark.django_db


@pytest.fixture
def with_etcd(settings: Any) -> None:
    """An etcd is configured; nothing asks it."""
    settings.ETCD_ENDPOINTS = ["http://127.0.0.1:1"]


@pytest.fixture(autouse=True)
def standing_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have how long ago something was not depend on how long a test takes."""
    now = clock.now()
    monkeypatch.setattr(clock, "now", lambda: now)


def wait_in_outbox(object_id: UUID, *, seconds: float = 5, error: str = "") -> None:
    """Store an outbox row of an HA router that has been waiting for so long."""
    OutboxEntry.objects.create(
        object_type="ha_routers",
        object_id=object_id,
        created_at=clock.now() - timedelta(seconds=seconds),
        error=error,
    )


def store_mirror(*, seen_seconds_ago: float = 1, drift: int | None = 0) -> None:
    now = clock.now()
    EtcdMirror.objects.create(
        pk=1,
        leader="host:7",
        leader_since=now,
        seen_at=now - timedelta(seconds=seen_seconds_ago),
        cluster_id="cdf818194e3a8c32",
        revisions={"/state/v2.0/": 41, "/monitoring/v2.0/": 40},
        drift=drift,
        drift_at=None if drift is None else now - timedelta(seconds=30),
        error="etcd-1.internal:2379: connection refused",
    )


@pytest.mark.usefixtures("with_etcd")
def test_the_page_shows_lag_drift_leader_and_what_waits(superuser: Client) -> None:
    OutboxEntry.objects.all().delete()
    store_mirror(drift=2)
    router = uuid4()
    wait_in_outbox(router, seconds=7200, error="etcdserver: request is too large")
    count_event("etcd_ignored", "malformed_state")

    response = superuser.get(MIRROR)

    text = text_of(response)
    assert "lag 2 hours changes waiting: 1" in text
    assert "drift 2 differences, 30 s ago" in text
    assert "leader host:7 seen 1 s ago" in text
    assert "last revision of /state/v2.0/ 41" in text
    assert "etcd cluster cdf818194e3a8c32" in text
    assert "etcd-1.internal:2379: connection refused" in text
    assert f"ha_routers {router} 2 hours at once etcdserver: request is too large" in text
    assert page_of("HA routers", router) in response.content.decode()
    assert "malformed_state 1" in text


@pytest.mark.usefixtures("with_etcd")
def test_a_mirror_that_nobody_leads_and_that_was_never_compared_is_shown(
    superuser: Client,
) -> None:
    text = text_of(superuser.get(MIRROR))

    assert "lag 0 s changes waiting: 0" in text
    assert "drift unknown differences, never" in text
    assert "leader nobody seen never" in text
    assert not EtcdMirror.objects.exists()


@pytest.mark.usefixtures("with_etcd")
@pytest.mark.parametrize(("seconds", "colour"), [(5, "green"), (60, "red")])
def test_a_leader_that_was_not_seen_lately_is_red(
    seconds: float, colour: str, superuser: Client
) -> None:
    store_mirror(seen_seconds_ago=seconds)

    badges = {
        "green" if "bg-green" in card["badge"] else "red"
        for card in superuser.get(MIRROR).context["cards"]
        if ">leader<" in card["badge"]
    }

    assert badges == {colour}


@pytest.mark.usefixtures("with_etcd")
def test_a_tenants_staff_sees_the_changes_of_its_objects_alone(viewing_staff: Client) -> None:
    own, other, gone = new_router(), new_router(OTHER_TENANT), uuid4()
    OutboxEntry.objects.all().delete()
    for object_id in (own.pk, other.pk, gone):
        wait_in_outbox(object_id)
    store_mirror()

    text = text_of(viewing_staff.get(MIRROR))

    assert str(own.pk) in text
    assert str(other.pk) not in text and str(gone) not in text
    # How all of the mirror is, is no secret; where etcd is, is one.
    assert "changes waiting: 3" in text
    assert "etcd-1.internal" not in text


def test_without_etcd_the_page_says_who_confirms_changes(viewing_staff: Client) -> None:
    store_mirror()

    text = text_of(viewing_staff.get(MIRROR))

    assert "No mirror is configured" in text
    assert "the worker confirms the changes of HA objects" in text
    assert "host:7" not in text


def test_who_has_no_role_does_not_see_it(staff_without_role: Client) -> None:
    assert staff_without_role.get(MIRROR).status_code == 403
    assert MIRROR not in staff_without_role.get("/admin/").content.decode()


def test_nobody_changes_it(superuser: Client) -> None:
    store_mirror()

    assert superuser.get(f"{MIRROR}1/change/").status_code == 404
    assert superuser.get(f"{MIRROR}add/").status_code == 404
    superuser.post(MIRROR, {"action": "delete_selected", "_selected_action": ["1"]})
    assert EtcdMirror.objects.filter(pk=1).exists()


def test_the_sidebar_leads_to_it(viewing_staff: Client) -> None:
    assert f'href="{MIRROR}"' in viewing_staff.get("/admin/").content.decode()


@pytest.mark.usefixtures("with_etcd")
def test_the_first_page_tells_lag_and_leader_and_drift_where_there_is_one(
    viewing_staff: Client,
) -> None:
    store_mirror(drift=None)
    text = text_of(viewing_staff.get("/admin/"))
    assert "changes wait, the first for" in text
    assert "Nobody leads" not in text
    assert "Objects that differ in etcd" not in text

    EtcdMirror.objects.update(drift=3, drift_at=clock.now())
    text = text_of(viewing_staff.get("/admin/"))
    assert "Objects that differ in etcd" in text, text[400:1500]


def test_the_first_page_tells_nothing_of_a_mirror_that_is_not_there(superuser: Client) -> None:
    store_mirror()

    assert "host:7" not in text_of(superuser.get("/admin/"))


def test_an_object_whose_deletion_failed_is_marked(superuser: Client) -> None:
    failed, pending, active = (new_router() for _ in range(3))
    routers = HaRouter.objects
    routers.filter(pk=failed.pk).update(status=Status.ERROR, marked_for_deletion=True)
    routers.filter(pk=pending.pk).update(status=Status.PENDING_DELETE, marked_for_deletion=True)

    shown = [text_of(superuser.get(page_of("HA routers", each.pk))) for each in (failed, pending)]

    assert "ERROR marked for deletion" in shown[0]
    assert "marked for deletion" not in shown[1]
    assert text_of(superuser.get(list_of("HA routers"))).count("marked for deletion") == 1
    assert "marked for deletion" not in text_of(superuser.get(page_of("HA routers", active.pk)))
