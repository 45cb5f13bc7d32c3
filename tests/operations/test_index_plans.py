"""What is asked again and again, or of long tables, is found by an index."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.db.models import QuerySet

from gatekeeper_site.audit.models import AuditEntry
from gatekeeper_site.core import clock
from ha_app.models import PENDING_STATUSES, HaRouter, HaRouterEvent
from ha_app.services.retention import old_ha_router_events
from tests.fixtures import TENANT

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "postgresql", reason="it is PostgreSQL's plan"),
]

ROWS = 3000


@pytest.fixture
def rows(db: None) -> None:
    """HA routers that wait for agents, with an event each, and entries of as many actors."""
    now = clock.now()
    routers = HaRouter.objects.bulk_create(
        HaRouter(
            tenant_id=TENANT,
            primary_router_id=uuid4(),
            secondary_router_id=uuid4(),
            confirm_by=now + timedelta(seconds=600),
        )
        for _ in range(ROWS)
    )
    HaRouterEvent.objects.bulk_create(
        HaRouterEvent(ha_object=router, at=now - timedelta(days=index % 100), to_status="ACTIVE")
        for index, router in enumerate(routers)
    )
    AuditEntry.objects.bulk_create(
        AuditEntry(
            at=now - timedelta(seconds=index),
            actor=f"user {index % 500}",
            action=f"action {index % 500}",
            via="api",
            object_type="request",
            object_id=str(index),
            changes={},
        )
        for index in range(ROWS)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE ha_app_harouter, ha_app_harouterevent, core_auditentry")


@pytest.mark.parametrize(
    ("query", "index"),
    [
        (
            lambda: HaRouter.objects.filter(
                status__in=PENDING_STATUSES, confirm_by__lte=clock.now()
            ),
            "ha_router_by_deadline",
        ),
        (
            lambda: old_ha_router_events(clock.now() - timedelta(days=98))[:1000],
            "harouterevent_by_time",
        ),
        (
            lambda: AuditEntry.objects.filter(actor__in=["user 7"]).order_by("-at", "-id")[:51],
            "audit_by_actor",
        ),
        (
            lambda: AuditEntry.objects.filter(action__in=["action 7"]).order_by("-at", "-id")[:51],
            "audit_by_action",
        ),
        (
            lambda: AuditEntry.objects.filter(object_type__in=["user"]).order_by("-at", "-id")[:51],
            "audit_by_object_type",
        ),
        (
            lambda: AuditEntry.objects.filter(via="etcd").order_by("-at", "-id")[:51],
            "audit_by_via",
        ),
    ],
)
def test_it_is_found_by_its_index(
    rows: None, query: Callable[[], QuerySet[Any]], index: str
) -> None:
    assert index in query().explain()
