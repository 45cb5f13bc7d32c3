"""Failed work in the admin: cases of one cause together, and what is done to one or to many."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from gatekeeper_site.audit.models import AuditEntry
from records_app.models import ServiceDescriptor
from requests_app.models import Request
from requests_app.services import change_case
from requests_app.services.handover import begin_handover
from tests.adminsite.pages import list_of, listed, page_of, text_of
from tests.fixtures import OTHER_TENANT, many_requests, onboarded_service, submitted
from tests.requests_app.orders import says

PAGE = reverse("admin:requests_app_failed_work")
RESULTS = reverse("admin:requests_app_deed_results")


@pytest.fixture
def service(db: None) -> ServiceDescriptor:
    """A service of TENANT."""
    return onboarded_service()


@pytest.fixture
def failed(service: ServiceDescriptor) -> list[Request]:
    """Two requests that the MANO has refused for one reason, and one for another."""
    errors = ("no room", "no room", "no network")
    return [says(submitted(service), "ERROR", error=error) for error in errors]


def asked(word: str, **parameters: Any) -> str:
    """Return the address of the page that asks before something is done to many."""
    query = "&".join(f"{name}={value}" for name, value in parameters.items())
    return f"{reverse('admin:requests_app_deed', args=[word])}?{query}"


def of_one(word: str, request: Request) -> str:
    """Return the address of the page that asks before something is done to a request."""
    name = f"admin:requests_app_request_{word.replace('-', '_')}_one"
    return reverse(name, args=[request.pk])


def send_for_all(browser: Client, url: str, **fields: str) -> Any:
    """Confirm what a page asks, for the requests that it shows."""
    rows = browser.get(url).context["rows"]
    return browser.post(url, {"ids": [str(row.pk) for row in rows], **fields}, follow=True)


def test_cases_of_one_cause_are_shown_together(
    failed: list[Request], operating_staff: Client, viewing_staff: Client
) -> None:
    many_requests(1, status="ERROR", case_state="open", cause="theirs", tenant_id=OTHER_TENANT)

    page = operating_staff.get(PAGE)

    groups = [(group["cause"], group["number"]) for group in page.context["groups"]]
    assert groups == [("no room", 2), ("no network", 1)]
    text = text_of(page)
    assert re.search(
        r"2 requests , nobody’s · refused: the MANO said no · the oldest ordered \S+ \S+ UTC \d+ s",
        text,
    )
    assert "theirs" not in text
    # And each leads to its requests
    found = operating_staff.get(page.context["groups"][0]["url"])
    assert set(listed(found)) == {row.pk for row in failed[:2]}
    assert "Retry" not in text_of(viewing_staff.get(PAGE))


def test_a_group_is_retried_with_a_result_for_each(
    failed: list[Request], operating_staff: Client
) -> None:
    first = failed[0]
    operating_staff.post(of_one("retry", first))
    change_case(request_id=first.pk, actor="x", changes={"state": "open"})
    url = asked("retry", error_class="refused", cause="no room")
    assert Request.objects.filter(retry_of__isnull=False).count() == 1

    response = send_for_all(operating_staff, url)

    retry = Request.objects.get(retry_of=failed[1].pk)
    assert response.redirect_chain == [(RESULTS, 302)]
    text = text_of(response)
    assert "Retry: 1 of 2 done" in text
    assert f"CREATE protected 1.0 {failed[1].pk} done ordered once more, as {retry.pk}" in text
    assert f"CREATE protected 1.0 {first.pk} refused The request {first.pk} was retried" in text
    # Read again, nothing happens again
    operating_staff.get(RESULTS)
    assert Request.objects.filter(retry_of__isnull=False).count() == 2
    assert not Request.objects.filter(retry_of=failed[2].pk).exists()
    assert AuditEntry.objects.filter(action="retry", actor="oscar", via="admin").count() == 2


def test_cases_are_assigned_noted_and_closed_at_once(
    failed: list[Request], operating_staff: Client
) -> None:
    group = {"error_class": "refused", "cause": "no room"}
    refused = send_for_all(operating_staff, asked("assign", **group), assignee="stranger")
    assert "Assign: 0 of 2 done" in text_of(refused)
    send_for_all(operating_staff, asked("assign", **group), assignee="oscar")
    mine = operating_staff.get(f"{PAGE}?whose=mine").context["groups"]
    assert [(each["cause"], each["number"]) for each in mine] == [("no room", 2)]
    nobodys = operating_staff.get(f"{PAGE}?whose=nobodys").context["groups"]
    assert [each["cause"] for each in nobodys] == ["no network"]
    send_for_all(operating_staff, asked("note", **group), note="the rack is full")
    send_for_all(operating_staff, asked("close", **group), resolution="accepted", note="so be it")

    for row in failed[:2]:
        row.refresh_from_db()
        assert (row.case_state, row.resolution, row.assignee) == ("closed", "accepted", "oscar")
        notes = list(row.case_notes.values_list("by", "text"))
        assert notes == [("oscar", "the rack is full"), ("oscar", "so be it")]
    failed[2].refresh_from_db()
    assert failed[2].case_state == "open"
    left = operating_staff.get(PAGE).context["groups"]
    assert [each["cause"] for each in left] == ["no network"]
    assert "the rack is full" in text_of(operating_staff.get(page_of("requests", failed[0].pk)))


def test_ticked_requests_are_given_up_with_a_reason(
    service: ServiceDescriptor, operating_staff: Client
) -> None:
    going = says(submitted(service), "INSTANTIATING")
    new = submitted(service)

    asking = operating_staff.post(
        list_of("requests"), {"action": "give-up", "_selected_action": [going.pk, new.pk]}
    )
    url = asking["Location"]
    assert "Nobody stops the MANO" in text_of(operating_staff.get(url))
    without = send_for_all(operating_staff, url, reason="")
    assert "This field is required." in text_of(without)
    results = text_of(send_for_all(operating_staff, url, reason="it hangs"))

    assert "Give up: 1 of 2 done" in results
    for row in (going, new):
        row.refresh_from_db()
    assert (going.error, going.error_class) == ("given up by oscar: it hangs", "given_up")
    assert new.status == "NEW"


def test_a_requests_page_has_the_buttons_that_fit_it(
    service: ServiceDescriptor,
    failed: list[Request],
    operating_staff: Client,
    viewing_staff: Client,
) -> None:
    new, begun = submitted(service), submitted(service)
    begin_handover(begun.pk)
    change_case(
        request_id=failed[1].pk, actor="x", changes={"state": "closed", "resolution": "other"}
    )

    def buttons(browser: Client, row: Request) -> list[str]:
        page = browser.get(page_of("requests", row.pk))
        assert page.context["actions_detail"] == []
        return [button.text for button in page.context["buttons"]]

    assert buttons(operating_staff, new) == ["Cancel"]
    assert buttons(operating_staff, begun) == ["Give up"]
    assert buttons(operating_staff, failed[0]) == ["Retry", "Close case", "Assign", "Note"]
    assert buttons(operating_staff, failed[1]) == ["Retry", "Reopen case", "Note"]
    assert buttons(viewing_staff, failed[0]) == []


def test_each_button_asks_first(
    service: ServiceDescriptor, failed: list[Request], operating_staff: Client
) -> None:
    new = submitted(service)
    question = operating_staff.get(of_one("cancel", new))
    assert "The MANO has not been given the order" in text_of(question)
    new.refresh_from_db()
    assert new.status == "NEW"

    cancelled = operating_staff.post(of_one("cancel", new), follow=True)
    again = operating_staff.post(of_one("cancel", new), follow=True)

    assert cancelled.redirect_chain == [(page_of("requests", new.pk), 302)]
    assert "Cancel: cancelled." in text_of(cancelled)
    assert "The request is ERROR; only a NEW one can be cancelled." in text_of(again)
    text = text_of(cancelled)
    assert "cancelled: cancelled before the MANO got it" in text
    assert "open, nobody's" in text


def test_only_who_may_and_only_to_what_he_sees(
    failed: list[Request], viewing_staff: Client, operating_staff: Client
) -> None:
    [theirs] = many_requests(1, status="ERROR", case_state="open", tenant_id=OTHER_TENANT)
    row = failed[0]

    assert viewing_staff.post(of_one("close", row), {"resolution": "other"}).status_code == 403
    assert viewing_staff.get(asked("retry", ids=row.pk)).status_code == 403
    assert viewing_staff.get(RESULTS).status_code == 403
    assert operating_staff.get(of_one("close", theirs)).status_code == 404
    elsewhere = operating_staff.get(asked("close", ids=theirs.pk), follow=True)
    assert "There is nothing left to do that to." in text_of(elsewhere)
    assert operating_staff.get(asked("delete", ids=row.pk)).status_code == 404
    assert not Request.objects.filter(case_state="closed").exists()


def test_the_list_shows_the_services_name(
    failed: list[Request], service: ServiceDescriptor, superuser: Client
) -> None:
    text = text_of(superuser.get(list_of("requests")))

    assert text.count(f"{service.name} {service.version}") == len(failed)


def test_failed_work_stays_fresh(
    failed: list[Request], operating_staff: Client, staff_without_role: Client
) -> None:
    page = operating_staff.get(f"{PAGE}?whose=nobodys")
    part = f"{PAGE}groups/?whose=nobodys"
    assert f'data-live="{part}"' in page.content.decode()
    first = operating_staff.get(part)

    same = operating_staff.get(part, headers={"If-None-Match": first["ETag"]})
    change_case(request_id=failed[2].pk, actor="x", changes={"assignee": "oscar"})
    changed = operating_staff.get(part, headers={"If-None-Match": first["ETag"]})

    assert b"<html" not in first.content and "no network" in text_of(first)
    assert same.status_code == 304
    assert changed.status_code == 200 and "no network" not in text_of(changed)
    assert staff_without_role.get(part).status_code == 403
