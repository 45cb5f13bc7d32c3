"""No call, and no work of the worker's, goes through all rows of a large table.

Every statement of each is explained, with some 20,000 rows in the tables that grow. What does so
all the same stands in SCANS.
"""

from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

import gatekeeper_site.urls  # noqa: F401 - it says which reads there are
from benchmarks.rows import TENANT, fill
from gatekeeper_site.access.caller import Caller
from gatekeeper_site.access.models import Role
from gatekeeper_site.api.filters import (
    AnyOfBooleanField,
    AnyOfChoiceField,
    AnyOfField,
    AnyOfIntegerField,
    AnyOfTimeField,
    AnyOfUUIDField,
)
from gatekeeper_site.api.hot_reads.resources import resources as hot_resources
from gatekeeper_site.api.sonata_paths import prefix_of
from gatekeeper_site.audit.api.views import AuditViewSet
from gatekeeper_site.core import clock, registry
from ha_app.models import Gateway, HaInterface
from ha_app.services.pending import expire_unconfirmed
from records_app.models import ServiceDescriptor, ServiceRecord
from requests_app.admin.sync import SyncPages
from requests_app.mano import simulator
from requests_app.models import Request
from requests_app.services.handover import attend_request
from tests.fixtures import (
    DEMO_SERVICE,
    instantiated,
    new_api,
    new_user,
    rolled_back,
)
from tests.wsgi import wsgi_caller

pytestmark = pytest.mark.skipif(connection.vendor != "postgresql", reason="it is PostgreSQL's plan")

ROWS = 20_000
LARGE = {
    "requests_app_request",
    "requests_app_requestevent",
    "requests_app_manoanswer",
    "requests_app_callbackdelivery",
    "records_app_servicerecord",
    "records_app_functionrecord",
    "ha_app_gateway",
    "ha_app_gatewayevent",
    "ha_app_vlanallocation",
    "core_auditentry",
    "core_token",
    "core_idempotentanswer",
}
# Parts of a plan that read all rows unless they have a condition of an index.
READING = ("Seq Scan", "Index Scan", "Index Only Scan")
# Parts of a plan that read no more than is asked of them.
PASSING = ("LockRows", "Subquery Scan")
# By what lists are filtered and ordered so that all rows are read. These questions are rare, and
# each insertion would pay for an index that answers them. Of a million requests, those of a type
# are counted in about 0.3 s, and sorted by type or status in 0.8 s; of 200,000 gateways, those with
# a VLAN are found in 0.03 s.
SCANS = {
    "/requests": {"request_type", "ordering=request_type", "ordering=status"},
    "/records/services": {"ordering=status"},
    "/records/functions": {"ordering=status"},
    "/v2.0/gateways": {
        "bandwidth",
        "description",
        "qos_type",
        "service_type",
        "uplink_vlan_id",
        "vlan_id",
        "vrf_name",
        "ordering=bandwidth",
        "ordering=description",
        "ordering=name",
        "ordering=qos_type",
        "ordering=service_type",
        "ordering=status",
        "ordering=tenant_id",
        "ordering=uplink_interface_id",
        "ordering=uplink_vlan_id",
        "ordering=vlan_id",
        "ordering=vrf_name",
    },
    "/audit": set[str](),
}

EVENTS = """
UPDATE records_app_servicerecord SET sync_verdict = 1;
INSERT INTO requests_app_requestevent (at, from_status, to_status, actor, message, request_id)
SELECT created_at, 'NEW', 'READY', 'mano', '', id FROM requests_app_request;
INSERT INTO requests_app_manoanswer (request_id, received_at, body, outcome)
SELECT id, created_at, '', '' FROM requests_app_request;
INSERT INTO requests_app_callbackdelivery (
    id, tenant_id, request_id, request_status, url, host, body, created_at, outcome, tries
)
SELECT gen_random_uuid(), tenant_id, id, 'READY', '', 'example.org', '', created_at, 'DELIVERED', 0
FROM requests_app_request;
INSERT INTO ha_app_gatewayevent (at, from_status, to_status, actor, message, ha_object_id)
SELECT created_at, '', 'ACTIVE', 'etcd', '', id FROM ha_app_gateway;
INSERT INTO core_auditentry (
    at, actor, address, via, request_id, traceparent, tenant_id, action, object_type, object_id,
    changes
)
SELECT created_at, 'gatekeeper', '', 'task', id, '', tenant_id, 'change', 'request', id, '{}'
FROM requests_app_request;
INSERT INTO core_token (digest, user_id, role, tenant_id, login_digest, created_at)
SELECT md5(request.id::text), person.id, 'viewer', tenant_id, '', created_at
FROM requests_app_request AS request, (SELECT id FROM auth_user LIMIT 1) AS person;
INSERT INTO core_idempotentanswer (
    user_id, tenant_id, key, method, path, body_digest, status, headers, body, content_type,
    created_at
)
SELECT person.id, tenant_id, request.id, 'POST', '/requests', '', 201, '{}', '', '', now()
FROM requests_app_request AS request, (SELECT id FROM auth_user LIMIT 1) AS person;
"""
# Of each kind of filter, a value that few rows have.
RARE: dict[type[AnyOfField], Callable[[Any, str], str]] = {
    AnyOfField: lambda field, lookup: "nothing",
    AnyOfUUIDField: lambda field, lookup: str(uuid4()),
    AnyOfIntegerField: lambda field, lookup: "4095",
    AnyOfBooleanField: lambda field, lookup: "false",
    AnyOfChoiceField: lambda field, lookup: field.words[-1],
    AnyOfTimeField: lambda field, lookup: (
        "2026-01-01T00:00:01.000Z" if lookup in ("lt", "lte") else "2026-01-01T00:02:19.000Z"
    ),
}


@pytest.fixture(scope="module")
def token(django_db_setup: None, django_db_blocker: Any) -> Iterator[str]:
    """An admin's token, with many rows in every table that grows."""
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        # What other tests have rolled back leaves tables and indexes large, and the planner
        # chooses by that.
        for table in sorted(LARGE):
            cursor.execute(f"VACUUM FULL {table}")
    with django_db_blocker.unblock(), rolled_back():
        api = new_api("admin")
        call_command("load_demo")
        instantiated(ServiceDescriptor.objects.get(pk=DEMO_SERVICE))
        with connection.cursor() as cursor:
            fill(cursor, 0, ROWS)
            cursor.execute(EVENTS)
            cursor.execute("ANALYZE")
        assert api.token is not None
        yield api.token


def scanned_by(action: Callable[[], object]) -> set[str]:
    """Return the large tables of which statements of an action go through all rows."""
    with CaptureQueriesContext(connection) as queries:
        action()
        statements = [query["sql"] for query in queries]
    scanned = set()
    with connection.cursor() as cursor:
        for statement in statements:
            if statement.split()[0] in ("SELECT", "UPDATE", "DELETE", "WITH", "EXECUTE"):
                cursor.execute(f"EXPLAIN (FORMAT JSON) {statement}")
                [[plan]] = cursor.fetchone()
                scanned |= scanned_in(plan["Plan"])
    return scanned


def scanned_in(plan: dict[str, Any], *, is_bounded: bool = False) -> set[str]:
    """Return the large tables of which a plan reads all rows, however many there are.

    Args:
        plan: or a part of one.
        is_bounded: whether what is above it stops when it has enough.
    """
    name = plan["Node Type"]
    is_found = name not in READING or "Index Cond" in plan
    is_page = is_bounded and "Filter" not in plan
    own = set() if is_found or is_page else {plan.get("Relation Name")} & LARGE
    stops = name == "Limit" or (is_bounded and is_passing(plan))
    return own.union(*(scanned_in(each, is_bounded=stops) for each in plan.get("Plans", [])))


def is_passing(plan: dict[str, Any]) -> bool:
    """Tell whether a part of a plan reads no more than is asked of it, or little more."""
    if plan["Node Type"] == "Incremental Sort":
        # Ties are sorted before the first row is there.
        return bool(plan["Startup Cost"] < plan["Total Cost"] / 10)
    return plan["Node Type"] in PASSING


def succeeding(call: Callable[[], str]) -> Callable[[], None]:
    """Return a call that is to be answered by a 2xx."""

    def checked() -> None:
        status = call()
        assert status.startswith("2"), status

    return checked


def lists() -> dict[str, Any]:
    """Return the view of each list of a large table."""
    views = {
        path: resource.view
        for path, resource in hot_resources.items()
        # Where they are as well, they are the same.
        if not prefix_of(path)
    }
    views["/audit"] = AuditViewSet
    return {path: view for path, view in views.items() if view.model._meta.db_table in LARGE}


def questions(view: Any) -> dict[str, set[str]]:
    """Return what a list may be asked, each with the parameters that ask it."""
    filters = view.filterset_class.base_filters
    asked = {
        name: {f"{name}={RARE[each.field_class](each.field, each.lookup_expr)}"}
        for name, each in filters.items()
    }
    for name in view.ordering_fields:
        asked[f"ordering={name}"] = {f"ordering={name}", f"ordering=-{name}"}
    return asked | {"nothing": {"", "cursor="}}


def test_lists_are_found_by_an_index(token: str) -> None:
    scans = {
        path: {
            name
            for name, parameters in questions(view).items()
            for each in parameters
            if scanned_by(succeeding(wsgi_caller(token, "GET", f"{path}?{each}")))
        }
        for path, view in lists().items()
    }

    assert scans == SCANS


def test_the_search_over_everything_goes_by_indexes(token: str) -> None:
    browser, record = Client(), ServiceRecord.objects.all()[0]
    browser.force_login(new_user("olivia", is_staff=True, is_superuser=True))
    terms = (str(record.pk), str(record.pk)[:8], TENANT, "fa:16:3e:01:02:03", "10.0.0.1", "night-9")
    found = {
        term: scanned_by(lambda term=term: browser.get("/admin/search/", {"s": term, "part": "1"}))
        for term in (*terms, "VLAN 5", "no such name")
    }

    # Of 200,000 gateways, those whose name has a text in it are found in 0.03 s, likewise VLANs.
    gateways = "ha_app_gateway"
    assert found.pop("VLAN 5") == {gateways, "ha_app_vlanallocation"}
    assert {term: scanned for term, scanned in found.items() if scanned - {gateways}} == {}


def test_what_comes_again_and_again_is_found_by_an_index(token: str) -> None:
    request, record = Request.objects.filter(status="READY")[0], ServiceRecord.objects.all()[0]
    gateway, interface = Gateway.objects.all()[0], HaInterface.objects.all()[0]
    order = {"service_uuid": str(DEMO_SERVICE)}
    end = {"request_type": "TERMINATE", "service_instance_uuid": str(record.pk)}
    new_gateway = {
        "service_type": "internet",
        "tenant_id": TENANT,
        "downlink_interface_id": str(interface.pk),
    }
    caller = partial(wsgi_caller, token)
    keys = {"idempotency-key": "once"}
    tenants_token = new_api("operator", TENANT).token
    calls = {
        "an object": caller("GET", f"/requests/{request.pk}"),
        "a tenant's list": wsgi_caller(tenants_token, "GET", "/requests"),
        "events": caller("GET", f"/requests/{request.pk}/events"),
        "callbacks": caller("GET", f"/requests/{request.pk}/callbacks"),
        "a gateway's events": caller("GET", f"/v2.0/gateways/{gateway.pk}/events"),
        "an order": caller("POST", "/requests", order),
        "an order once": caller("POST", "/requests", order, **keys),
        "the end of an instance": caller("POST", "/requests", end),
        "a gateway": caller("POST", "/v2.0/gateways", {"gateway": new_gateway}),
        "a gateway's end": caller("DELETE", f"/v2.0/gateways/{gateway.pk}"),
    }
    work = {name: succeeding(call) for name, call in calls.items()}

    found = {name: scanned_by(action) for name, action in work.items()}
    new = Request.objects.filter(status="NEW", request_type="CREATE")[0]
    found["an order's handover"] = scanned_by(lambda: attend_request(new.pk))
    found["what differs first"] = scanned_by(
        lambda: list(ServiceRecord.objects.order_by(*SyncPages.ordering)[:100])
    )
    found["an answer"] = scanned_by(lambda: simulator.take_step(new.pk, 0))
    for role, tenant_id in ((Role.ADMIN, ""), (Role.VIEWER, TENANT)):
        person = Caller(user=new_user(), role=role, tenant_id=tenant_id)
        for cards in registry.dashboard_cards:
            name = f"the first page of the {role}: {cards.__module__}"
            found[name] = scanned_by(lambda cards=cards, person=person: list(cards(person)))
    for sweep in registry.sweeps:
        found[sweep.__name__] = scanned_by(sweep)
    found["agents that are silent"] = scanned_by(lambda: expire_unconfirmed(Gateway))
    before = clock.now() - timedelta(days=1000)
    for name, old_rows in registry.retention.items():
        found[f"purge of {name}"] = scanned_by(lambda old=old_rows: list(old(before)[:1000]))

    # Those that expired or were revoked, by two columns, once a day.
    assert found.pop("purge of tokens") == {"core_token"}
    assert {name: scanned for name, scanned in found.items() if scanned} == {}
    assert Request.objects.filter(pk=new.pk).exclude(status="NEW").exists()
