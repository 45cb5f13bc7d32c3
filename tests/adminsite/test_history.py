"""Who did what: an object's audit on its page, and all that one call has caused."""

import pytest
from django.test import Client
from django.urls import reverse

from gatekeeper_site.adminsite.history import changes_table
from gatekeeper_site.audit.models import AuditEntry
from records_app.models import ServiceDescriptor
from requests_app.models import Request
from tests.adminsite.pages import page_of, text_of
from tests.fixtures import OTHER_TENANT, TENANT, new_api, onboarded_service
from tests.requests_app.orders import made_ready

CALL = reverse("admin:audit_auditentry_call")


@pytest.fixture
def service(db: None) -> ServiceDescriptor:
    """A service of TENANT."""
    return onboarded_service()


@pytest.fixture
def row(service: ServiceDescriptor) -> Request:
    """A request that olga has ordered through the API, by a call of a known id."""
    api = new_api("operator", TENANT, user="olga")
    response = api.post("/requests", {"service_uuid": str(service.pk)}, **{"X-Request-ID": "r-17"})
    request = Request.objects.get(pk=response.json()["id"])
    made_ready(request)
    return request


def test_an_objects_page_tells_who_did_what(row: Request, viewing_staff: Client) -> None:
    page = viewing_staff.get(page_of("requests", row.pk))

    # The admin's own log, which knows nothing of all this, has no button beside it.
    assert reverse("admin:requests_app_request_history", args=[row.pk]) not in str(page.content)
    text = text_of(page)
    told = text[text.index("Who did what") :]
    assert "status : INSTANTIATING → READY" in told
    assert "status : NEW → INSTANTIATING" in told
    assert told.index("INSTANTIATING → READY") < told.index("NEW → INSTANTIATING")
    assert "olga, by the API request id r-17" in told and "mano request id r-17" in told


def test_a_call_leads_to_all_that_it_has_caused(row: Request, superuser: Client) -> None:
    page = superuser.get(CALL, {"request_id": "r-17"})

    html, text = page.content.decode(), text_of(page)
    assert row.service_instance_uuid is not None
    for models, pk in (("requests", row.pk), ("service records", row.service_instance_uuid)):
        assert page_of(models, pk) in html
    assert "by way of api" in text and "127.0.0.1" in text
    events = text[text.index("Events of what it made") :]
    assert "INSTANTIATING → READY mano" in events


def test_what_is_not_yours_is_not_told(
    row: Request, viewing_staff: Client, superuser: Client, staff_without_role: Client
) -> None:
    own = viewing_staff.get(CALL, {"request_id": "r-17"})
    assert "INSTANTIATING → READY" in text_of(own)
    assert "127.0.0.1" not in text_of(own)

    AuditEntry.objects.filter(request_id="r-17").update(tenant_id=OTHER_TENANT)
    foreign = viewing_staff.get(CALL, {"request_id": "r-17"})
    assert "nothing of this request id that is yours" in text_of(foreign)
    assert "The audit has nothing of it." in text_of(viewing_staff.get(page_of("requests", row.pk)))
    # What only admins have pages of is theirs
    AuditEntry.objects.filter(request_id="r-17").update(tenant_id=TENANT, object_type="token")
    foreign = viewing_staff.get(CALL, {"request_id": "r-17"})
    assert "nothing of this request id that is yours" in text_of(foreign)
    assert "token" in text_of(superuser.get(CALL, {"request_id": "r-17"}))
    assert staff_without_role.get(CALL, {"request_id": "r-17"}).status_code == 403


@pytest.mark.parametrize("request_id", ["", "\0", "x" * 300, "<b>"])
def test_any_request_id_is_looked_for(request_id: str, superuser: Client) -> None:
    response = superuser.get(CALL, {"request_id": request_id})

    assert response.status_code == 200
    assert b"<b>" not in response.content


def test_a_change_is_told_by_what_it_was_and_is() -> None:
    html = str(
        changes_table(
            {"status": ["A", "<b>"], "note": ["", None], "due_at": [None, "2026-01-01"], "odd": 5}
        )
    )

    assert "<b>status</b>: A → &lt;b&gt;" in html
    assert "<b>note</b>: empty → –" in html
    assert "<b>odd</b>: – → 5" in html
    assert "<summary>and 1 time</summary>" in html
    many = {f"member{index}": [None, index] for index in range(9)}
    assert "<summary>9 members</summary>" in str(changes_table(many))
    assert changes_table([]) == "–"
