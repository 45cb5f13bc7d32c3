"""A request's page: what happened, what the MANO said; its status set by hand, by admins."""

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client

from records_app.models import ServiceDescriptor, ServiceRecord
from requests_app.models import ManoAnswer, Request, RequestEvent
from requests_app.services import retry_request, set_status
from tests.adminsite.pages import list_of, page_of, request_status_page, store_many, text_of
from tests.fixtures import OTHER_TENANT, TENANT, caller, onboarded_service, submitted
from tests.requests_app.orders import made_ready, ordered, says, steps


@pytest.fixture
def service(db: None) -> ServiceDescriptor:
    """A service of TENANT."""
    return onboarded_service()


@pytest.fixture
def new_request(service: ServiceDescriptor) -> Request:
    """A CREATE that the MANO has not got."""
    return submitted(service)


@pytest.fixture
def instance(new_request: Request) -> ServiceRecord:
    """An instance of the service."""
    return made_ready(new_request)


def set_by(browser: Client, request: Request, **fields: str) -> Any:
    """Send the form that sets a status; return the page that follows."""
    return browser.post(request_status_page(request.pk), fields, follow=True)


def test_a_requests_page_tells_its_order_events_and_raw_answers(
    new_request: Request, viewing_staff: Client
) -> None:
    says(new_request, "INSTANTIATING")
    says(new_request, "ERROR", error="No more memory <b>here</b>")

    page = viewing_staff.get(page_of("requests", new_request.pk))

    text = text_of(page)
    assert f"CREATE protected 1.0 ({str(new_request.pk)[:8]})" in text
    assert f"example protected 1.0 {new_request.service_uuid}" in text
    assert "NEW → INSTANTIATING mano" in text
    assert "error No more memory <b>here</b>" in text
    assert "INSTANTIATING → ERROR mano No more memory <b>here</b>" in text
    assert '"error": "No more memory <b>here</b>"' in text
    assert b"<b>here</b>" not in page.content


def test_a_requests_page_shows_a_bounded_number_of_events_and_answers(
    new_request: Request, superuser: Client
) -> None:
    now = new_request.created_at
    RequestEvent.objects.bulk_create(
        RequestEvent(request=new_request, at=now, to_status="NEW", actor="x", message=f"event {i}.")
        for i in range(1, 200)
    )
    ManoAnswer.objects.bulk_create(
        ManoAnswer(request=new_request, received_at=now, body="{}", outcome=f"outcome {i}.")
        for i in range(1, 200)
    )
    page = page_of("requests", new_request.pk)

    text = text_of(superuser.get(page))
    assert "event 49." in text and "event 50." not in text
    assert "outcome 20." in text and "outcome 21." not in text
    assert "event 51." in text_of(superuser.get(page, {"events-page": 2}))


def test_a_requests_page_leads_to_its_retry_and_back(
    new_request: Request, superuser: Client
) -> None:
    failed = says(new_request, "ERROR")
    retry = retry_request(request=failed, caller=caller(), began_at=failed.began_at)

    old, new = (superuser.get(page_of("requests", each.pk)) for each in (failed, retry))

    assert f'{page_of("requests", retry.pk)}"' in old.content.decode()
    assert f'{page_of("requests", failed.pk)}"' in new.content.decode()


def test_a_status_is_set_along_an_arrow(new_request: Request, superuser: Client) -> None:
    response = set_by(superuser, new_request, status="INSTANTIATING", reason="seen in its log")

    assert response.redirect_chain == [(page_of("requests", new_request.pk), 302)]
    assert "The status is set: NEW → INSTANTIATING." in text_of(response)
    new_request.refresh_from_db()
    assert new_request.status == "INSTANTIATING"
    event = new_request.events.last()
    assert (event.actor, event.message) == ("olivia", "seen in its log")
    assert LogEntry.objects.get().change_message == "NEW → INSTANTIATING seen in its log"


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"status": "READY"}, "No arrow leads from NEW to READY: force it, with a reason."),
        ({"status": "READY", "force": "on"}, "A forced status needs a reason."),
        ({"status": "READY", "reason": "x"}, "No arrow leads from NEW to READY"),
        ({"status": "READY", "force": "on", "reason": " "}, "A forced status needs a reason."),
        ({"status": "UPDATING", "force": "on", "reason": "x"}, "UPDATING is not one of the"),
        ({"force": "on", "reason": "x"}, "This field is required."),
    ],
)
def test_a_status_that_no_arrow_leads_to_is_refused_and_nothing_changes(
    fields: dict[str, str], message: str, new_request: Request, superuser: Client
) -> None:
    response = set_by(superuser, new_request, **fields)

    assert message in text_of(response)
    new_request.refresh_from_db()
    assert new_request.status == "NEW"
    assert steps(new_request) == [("", "NEW", "customer")]
    assert not LogEntry.objects.exists()


def test_a_status_is_forced_with_a_reason(new_request: Request, superuser: Client) -> None:
    set_by(superuser, new_request, status="READY", force="on", reason="done by hand")

    assert steps(new_request)[-1] == ("NEW", "READY", "olivia")
    assert new_request.events.last().message == "done by hand"


def test_the_form_tells_arrows_from_what_is_forced(new_request: Request, superuser: Client) -> None:
    choices = superuser.get(request_status_page(new_request.pk)).context["form"]["status"].field

    assert choices.choices == [
        ("", "Choose"),
        (
            "NEW → along the arrows",
            [("INSTANTIATING", "INSTANTIATING"), ("ERROR", "ERROR")],
        ),
        ("Only by force", [("READY", "READY")]),
    ]


def test_reopening_beside_an_open_request_is_an_error_of_the_form(
    instance: ServiceRecord, superuser: Client
) -> None:
    ended = ordered("TERMINATE", instance)
    set_status(request_id=ended.pk, status="ERROR", actor="olivia")
    open_request = ordered("TERMINATE", instance)

    response = set_by(superuser, ended, status="NEW", force="on", reason="again")

    assert f"The request {open_request.pk} (TERMINATE, NEW)" in text_of(response)
    ended.refresh_from_db()
    assert ended.status == "ERROR"


def test_operators_and_viewers_set_no_status(
    new_request: Request, operating_staff: Client, viewing_staff: Client, admin_of_all: Client
) -> None:
    for browser in (operating_staff, viewing_staff):
        assert "Set status" not in text_of(browser.get(page_of("requests", new_request.pk)))
        assert browser.get(request_status_page(new_request.pk)).status_code == 403
        assert set_by(browser, new_request, status="INSTANTIATING").status_code == 403
    new_request.refresh_from_db()
    assert new_request.status == "NEW"

    assert "Set status" in text_of(admin_of_all.get(page_of("requests", new_request.pk)))
    assert set_by(admin_of_all, new_request, status="INSTANTIATING").status_code == 200
    new_request.refresh_from_db()
    assert new_request.status == "INSTANTIATING"


@pytest.mark.parametrize("request_id", ["nonsense", "00000000-0000-0000-0000-000000000000"])
def test_no_status_of_what_is_not_there(request_id: Any, superuser: Client) -> None:
    assert superuser.get(request_status_page(request_id)).status_code == 404


def test_a_record_shows_its_functions_and_that_it_is_terminating(
    instance: ServiceRecord, viewing_staff: Client
) -> None:
    pages = (list_of("service records"), page_of("service records", instance.pk))
    for path in pages:
        text = text_of(viewing_staff.get(path))
        assert "normal operation" in text and "Terminating" not in text

    request = ordered("TERMINATE", instance)
    for path in pages:
        assert "Terminating" not in text_of(viewing_staff.get(path))

    says(request, "TERMINATING")
    for path in pages:
        assert "Terminating" in text_of(viewing_staff.get(path))
    text = text_of(viewing_staff.get(pages[1]))
    assert f"TERMINATE, TERMINATING: {request.pk}" in text
    for function_id in instance.functions.values_list("pk", flat=True):
        assert f"{function_id}: normal operation" in text

    says(request, "READY")
    for path in pages:
        text = text_of(viewing_staff.get(path))
        assert "terminated" in text and "Terminating" not in text


def test_a_records_page_has_a_bounded_number_of_links(
    instance: ServiceRecord, superuser: Client
) -> None:
    store_many("function records", 60)
    instance.functions.model.objects.update(service=instance)

    page = superuser.get(page_of("service records", instance.pk))

    assert page.content.decode().count("/admin/records_app/functionrecord/") < 100
    assert f"functionrecord/?q={instance.pk}" in page.content.decode()


def test_staff_open_their_tenants_requests_only(
    new_request: Request, viewing_staff: Client, admin_of_all: Client
) -> None:
    assert new_request.tenant_id == TENANT
    Request.objects.update(tenant_id=OTHER_TENANT)

    page = page_of("requests", new_request.pk)
    assert viewing_staff.get(page).status_code == 302
    assert admin_of_all.get(page).status_code == 200


def test_a_status_that_somebody_else_has_changed_meanwhile_is_left(
    new_request: Request, superuser: Client
) -> None:
    form = superuser.get(request_status_page(new_request.pk)).context["form"]
    assert form.initial["seen"] == "NEW"
    says(new_request, "INSTANTIATING")

    response = set_by(superuser, new_request, status="READY", seen="NEW")

    assert "The request is INSTANTIATING by now, and not NEW any more." in text_of(response)
    new_request.refresh_from_db()
    assert new_request.status == "INSTANTIATING"
