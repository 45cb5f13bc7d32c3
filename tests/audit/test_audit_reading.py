"""Who reads the audit, and how it is filtered; nobody writes it."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from gatekeeper_site.access.models import Role, UserAccess
from gatekeeper_site.audit.models import AuditEntry
from gatekeeper_site.core import clock
from gatekeeper_site.core.clock import iso_z
from tests.fixtures import OTHER_TENANT, TENANT, Api, assert_faults, assert_problem, links_of

pytestmark = pytest.mark.django_db

FIELDS = [
    "id",
    "at",
    "actor",
    "user_id",
    "token_id",
    "address",
    "via",
    "request_id",
    "traceparent",
    "tenant_id",
    "action",
    "object_type",
    "object_id",
    "changes",
]


def stored(actor: str = "alice", at: datetime | None = None, **columns: Any) -> AuditEntry:
    """Store an entry."""
    fields: dict[str, Any] = {
        "via": "api",
        "action": "create",
        "object_type": "request",
        "object_id": "95e9b668-5726-4998-8ed4-d8d7e7fd2225",
        "changes": {"status": [None, "NEW"]},
    }
    return AuditEntry.objects.create(actor=actor, at=at or clock.now(), **(fields | columns))


@pytest.fixture
def admin(admin: Api) -> Api:
    """An admin, of whose own token the audit has been told to forget."""
    admin.get("/tokens")
    AuditEntry.objects.all().delete()
    return admin


def test_entries_are_listed_newest_first_in_full(admin: Api) -> None:
    stored("alice")
    newer = stored("bob", user_id=5, token_id=7, address="192.0.2.7", tenant_id=TENANT)

    response = admin.get("/audit")

    assert (response.status_code, response["Record-Count"]) == (200, "2")
    first, second = response.json()
    assert list(first) == FIELDS
    assert (first["id"], first["at"], first["actor"]) == (newer.pk, iso_z(newer.at), "bob")
    assert (first["user_id"], first["token_id"], first["address"]) == (5, 7, "192.0.2.7")
    assert first["changes"] == {"status": [None, "NEW"]}
    assert first["tenant_id"] == TENANT
    for name in ("user_id", "token_id", "address", "request_id", "traceparent", "tenant_id"):
        assert second[name] is None


@pytest.mark.parametrize(
    ("query", "actors"),
    [
        ("actor=alice", ["alice"]),
        ("actor=alice&actor=bob", ["bob", "alice"]),
        ("action=delete", ["bob"]),
        ("object_type=ha_router", ["bob"]),
        ("object_id=12", ["carol"]),
        (f"tenant_id={TENANT}", ["alice"]),
        ("request_id=order-1", ["bob"]),
        ("via=mano&via=admin", ["carol", "bob"]),
        ("at__gte=2026-01-02T00:00:00Z", ["carol", "bob"]),
        ("at__gt=2026-01-02T00:00:00Z", ["carol"]),
        ("at__lte=2026-01-02T00:00:00Z", ["bob", "alice"]),
        ("at__lt=2026-01-02T00:00:00Z", ["alice"]),
        ("at=2026-01-02T00:00:00.000Z", ["bob"]),
        ("ordering=at&limit=2", ["alice", "bob"]),
        ("ordering=-id&offset=2", ["alice"]),
        ("actor=ali", []),
    ],
)
def test_the_list_is_filtered_and_ordered(admin: Api, query: str, actors: list[str]) -> None:
    days = [datetime(2026, 1, day, tzinfo=UTC) for day in (1, 2, 3)]
    stored("alice", days[0], tenant_id=TENANT)
    stored("bob", days[1], action="delete", object_type="ha_router", request_id="order-1")
    stored("carol", days[2], object_id="12", via="mano", tenant_id=OTHER_TENANT)
    AuditEntry.objects.filter(actor="bob").update(via="admin")

    response = admin.get(f"/audit?{query}")

    assert [row["actor"] for row in response.json()] == actors


def test_the_list_is_walked_by_cursor(admin: Api) -> None:
    moment = clock.now()
    made = [stored(at=moment).pk for _ in range(5)]
    found, url = [], "/audit?cursor=&limit=2&fields=id"
    while url:
        response = admin.get(url)
        found += response.json()
        url = links_of(response).get("next", "")

    assert found == [{"id": pk} for pk in reversed(made)]


def test_wrong_parameters_are_400s(admin: Api) -> None:
    response = admin.get("/audit?via=pigeon&at=yesterday&who=me&ordering=actor&fields=digest")

    assert_faults(response, "via", "at", "who", "ordering", "fields")


def test_the_list_costs_three_queries(admin: Api) -> None:
    for _ in range(5):
        stored()

    with CaptureQueriesContext(connection) as queries:
        admin.get("/audit")

    # Token, count, page; the count of the token's calls is elsewhere.
    assert len([each for each in queries if "core_throttlewindow" not in each["sql"]]) == 3


@pytest.mark.parametrize("name", ["viewer", "operator"])
def test_other_roles_do_not_read_it(name: str, request: pytest.FixtureRequest) -> None:
    api: Api = request.getfixturevalue(name)

    assert_problem(api.get("/audit"), 403, "permission_denied")
    assert_problem(api.get("/audit?who=me"), 403, "permission_denied")


def test_nobody_is_a_401(anonymous: Api) -> None:
    assert_problem(anonymous.get("/audit"), 401, "not_authenticated")


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_nobody_writes_it_by_the_api(admin: Api, method: str) -> None:
    entry = stored()

    assert_problem(admin.send(method, "/audit", {"actor": "me"}), 405, "method_not_allowed")
    assert admin.send(method, f"/audit/{entry.pk}", {"actor": "me"}).status_code == 404

    assert AuditEntry.objects.get().actor == "alice"


def test_a_person_reads_it_in_the_browsable_api(person: Client) -> None:
    UserAccess.objects.update(role=Role.ADMIN)
    stored("alice")

    page = person.get("/audit", headers={"accept": "text/html"})

    assert page.status_code == 200
    assert "alice" in page.content.decode()


# The admin


@pytest.fixture
def browser() -> Client:
    """A superuser's browser."""
    browser = Client()
    browser.force_login(User.objects.create(username="root", is_staff=True, is_superuser=True))
    return browser


def test_the_admin_shows_who_what_before_and_after(browser: Client) -> None:
    entry = stored("alice", changes={"status": ["NEW", "<b>ERROR"]})

    assert "alice" in browser.get("/admin/audit/auditentry/").content.decode()
    page = browser.get(f"/admin/audit/auditentry/{entry.pk}/change/").content.decode()

    assert "<b>status</b>: NEW → &lt;b&gt;ERROR" in page


def test_the_admin_appends_changes_and_deletes_nothing(browser: Client) -> None:
    entry = stored("alice")
    page = f"/admin/audit/auditentry/{entry.pk}"

    assert browser.get("/admin/audit/auditentry/add/").status_code == 403
    assert browser.post("/admin/audit/auditentry/add/", {"actor": "me"}).status_code == 403
    assert browser.post(f"{page}/change/", {"actor": "me"}).status_code == 403
    assert browser.post(f"{page}/delete/", {"post": "yes"}).status_code == 403
    chosen = {"action": "delete_selected", "_selected_action": [entry.pk], "post": "yes"}
    browser.post("/admin/audit/auditentry/", chosen)

    assert list(AuditEntry.objects.values_list("pk", "actor")) == [(entry.pk, "alice")]


@pytest.mark.parametrize("term", ["order-1", "95e9b668-5726-4998-8ed4-d8d7e7fd2225", TENANT])
def test_the_admin_finds_the_entries_of_an_object_a_request_or_a_tenant(
    browser: Client, term: str
) -> None:
    found = stored(request_id="order-1", tenant_id=TENANT)
    stored(object_id="12", tenant_id=OTHER_TENANT)

    response = browser.get("/admin/audit/auditentry/", {"q": term})

    assert [row.pk for row in response.context["cl"].result_list] == [found.pk]
