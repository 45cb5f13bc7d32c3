"""/metrics (contract: http.md, Who may call; ha.md, etcd)."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from prometheus_client.parser import text_string_to_metric_families

from gatekeeper_site.core import clock
from gatekeeper_site.core.counters import count_event
from gatekeeper_site.work.models import OutboxEntry, Worker
from ha_app.models import EtcdMirror, HaRouter, Status
from tests.adminsite.ha_rows import store_gateways, store_routers
from tests.fixtures import Api, assert_problem

pytestmark = pytest.mark.django_db

Sample = tuple[str, frozenset[tuple[str, str]]]


def scraped(api: Api) -> dict[Sample, float]:
    """Return every figure, by its name and labels."""
    response = api.get("/metrics")
    assert response.status_code == 200
    return {
        (sample.name, frozenset(sample.labels.items())): sample.value
        for family in text_string_to_metric_families(response.content.decode())
        for sample in family.samples
    }


def named(name: str, **labels: str) -> Sample:
    return name, frozenset(labels.items())


@pytest.fixture
def with_etcd(settings: Any) -> None:
    """An etcd is configured; nothing asks it."""
    settings.ETCD_ENDPOINTS = ["http://127.0.0.1:1"]


def test_the_figures_are_in_prometheus_text_whatever_is_accepted(admin: Api) -> None:
    openmetrics = "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5"
    for accept in ("*/*", "text/plain", openmetrics, "application/json", "text/html"):
        response = admin.get("/metrics", headers={"accept": accept})

        assert response.status_code == 200, accept
        assert response["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
        assert b"# TYPE gatekeeper_workers gauge\n" in response.content


def test_they_are_for_the_role_admin_and_refusals_are_problems(
    anonymous: Api, viewer: Api, operator: Api, person: Client
) -> None:
    assert_problem(anonymous.get("/metrics"), 401, "not_authenticated")
    for caller in (viewer, operator, person):
        assert_problem(caller.get("/metrics"), 403, "permission_denied")


def test_they_are_only_read(admin: Api) -> None:
    assert_problem(admin.post("/metrics"), 405, "method_not_allowed")


def test_workers_are_counted_that_were_seen_lately(admin: Api) -> None:
    now = clock.now()
    for name, seconds in (("host:1", 1), ("host:2", 3), ("host:3", 60)):
        seen_at = now - timedelta(seconds=seconds)
        Worker.objects.create(name=name, started_at=now, seen_at=seen_at)

    assert scraped(admin)[named("gatekeeper_workers")] == 2


def test_ha_objects_are_counted_by_type_and_status(admin: Api) -> None:
    # One router comes with the gateways.
    store_routers(2)
    store_gateways(3)
    one = HaRouter.objects.first()
    assert one is not None
    HaRouter.objects.filter(pk=one.pk).update(status=Status.ERROR)

    figures = scraped(admin)

    def count(plural: str, status: str) -> float:
        return figures[named("gatekeeper_ha_objects", type=plural, status=status)]

    assert count("ha_routers", "PENDING_CREATE") == 2
    assert count("ha_routers", "ERROR") == 1
    assert count("ha_interfaces", "PENDING_CREATE") == 1
    assert count("gateways", "PENDING_CREATE") == 3
    # A status that nothing has is told as well.
    assert count("gateways", "DOWN") == 0


def test_without_etcd_nothing_is_told_of_it(admin: Api) -> None:
    EtcdMirror.objects.create(pk=1, leader="host:1", drift=3)
    count_event("etcd_refused")

    assert not [name for name, _ in scraped(admin) if name.startswith("gatekeeper_etcd")]


@pytest.mark.usefixtures("with_etcd")
def test_the_mirror_tells_its_lag_revisions_leader_and_drift(admin: Api) -> None:
    now = clock.now()
    EtcdMirror.objects.create(
        pk=1,
        leader="host:7",
        leader_since=now,
        seen_at=now,
        revisions={"/state/v2.0/": 41, "/monitoring/v2.0/": 40},
        drift=3,
        drift_at=now - timedelta(seconds=30),
    )
    for seconds in (90, 10):
        OutboxEntry.objects.create(
            object_type="gateways", object_id=uuid4(), created_at=now - timedelta(seconds=seconds)
        )
    count_event("etcd_refused")
    for reason in ("malformed_state", "malformed_state", "newer_state"):
        count_event("etcd_ignored", reason)

    figures = scraped(admin)

    expected = {
        named("gatekeeper_etcd_outbox_entries"): 2,
        named("gatekeeper_etcd_last_revision", prefix="/state/v2.0/"): 41,
        named("gatekeeper_etcd_last_revision", prefix="/monitoring/v2.0/"): 40,
        named("gatekeeper_etcd_leader_info", leader="host:7"): 1,
        named("gatekeeper_etcd_drift_objects"): 3,
        named("gatekeeper_etcd_refused_total"): 1,
        named("gatekeeper_etcd_ignored_answers_total", reason="malformed_state"): 2,
        named("gatekeeper_etcd_ignored_answers_total", reason="newer_state"): 1,
    }
    assert {name: figures[name] for name in expected} == expected
    assert figures[named("gatekeeper_etcd_lag_seconds")] >= 90
    seen_at = figures[named("gatekeeper_etcd_leader_seen_timestamp_seconds")]
    checked_at = figures[named("gatekeeper_etcd_drift_checked_timestamp_seconds")]
    assert seen_at == pytest.approx(now.timestamp())
    assert checked_at == pytest.approx(now.timestamp() - 30)


@pytest.mark.usefixtures("with_etcd")
def test_what_no_mirror_has_told_yet_has_no_figure(admin: Api) -> None:
    figures = scraped(admin)

    assert {name for name, _ in figures if name.startswith("gatekeeper_etcd")} == {
        "gatekeeper_etcd_outbox_entries",
        "gatekeeper_etcd_lag_seconds",
        "gatekeeper_etcd_refused_total",
    }
    assert figures[named("gatekeeper_etcd_outbox_entries")] == 0
    assert figures[named("gatekeeper_etcd_lag_seconds")] == 0
    assert figures[named("gatekeeper_etcd_refused_total")] == 0
    # Reading writes nothing.
    assert not EtcdMirror.objects.exists()
