"""A person uses the API in a browser."""

import json
import re

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

from records_app.models import FunctionDescriptor, ServiceRecord
from requests_app.models import Request
from requests_app.services.handover import begin_handover
from tests.browser.accessibility import barriers
from tests.browser.conftest import PASSWORD, enter
from tests.fixtures import (
    instantiated,
    many_requests,
    onboarded_function,
    onboarded_service,
    submitted,
    vnfd,
)


@pytest.fixture
def page(page: Page, superuser: User) -> Page:
    """The page, in which the superuser has logged in."""
    enter(page, superuser)
    return page


def answer(page: Page) -> str:
    """Return what the server answered, as the page shows it."""
    return page.locator(".response-info").inner_text()


def test_a_person_logs_in_submits_a_request_and_sees_it(page: Page, superuser: User) -> None:
    service = onboarded_service(tenant_id="")
    page.context.clear_cookies()
    page.goto("/api-auth/login/")
    page.get_by_label("Username").fill("olivia")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page).to_have_url(re.compile("/requests$"))

    form = page.locator("#post-object-form")
    form.locator("[name=service_uuid]").fill(str(service.pk))
    form.locator("[name=ingresses]").fill('[{"location": "Athens", "nap": "10.0.0.1"}]')
    form.get_by_role("button", name="POST").click()

    expect(page.locator(".response-info")).to_contain_text("HTTP 201 Created")
    stored = Request.objects.get()
    assert (stored.status, stored.requested_by) == ("NEW", superuser)
    assert stored.ingresses == [{"location": "Athens", "nap": "10.0.0.1"}]
    # Reloaded once its scripts have run, the page shows what was ordered, and orders nothing again
    page.wait_for_load_state()
    page.reload()
    expect(page).to_have_url(re.compile(f"/requests/{stored.pk}$"))
    expect(page.locator(".response-info")).to_contain_text("HTTP 200 OK")
    assert Request.objects.count() == 1
    assert '"status": "NEW"' in answer(page)
    assert '"location": "Athens"' in answer(page)


def test_a_person_filters_turns_pages_and_reads_the_raw_json(page: Page) -> None:
    many_requests(60)
    failed = many_requests(1, status="ERROR")[0]
    page.goto("/requests")
    expect(page.get_by_text("61 in all")).to_be_visible()

    page.get_by_role("link", name="next").click()
    assert answer(page).count('"id"') == 11

    page.get_by_role("button", name="Filters").click()
    page.locator("#filtersModal").get_by_label("status").select_option("ERROR")
    page.get_by_role("button", name="Filter", exact=True).click()
    expect(page.get_by_text("1 in all")).to_be_visible()
    assert str(failed.pk) in answer(page)

    page.get_by_role("link", name="The raw JSON").click()
    rows = json.loads(page.locator("body").inner_text())
    assert [row["id"] for row in rows] == [str(failed.pk)]


def test_a_person_orders_an_update_with_raw_data(page: Page) -> None:
    service = onboarded_service(tenant_id="")
    newer = onboarded_service(tenant_id="", version="2.0")
    record = instantiated(service, tenant_id="")

    page.goto(f"/records/services/{record.pk}")
    order = {"nsd_id": str(service.pk), "latest_nsd_id": "2.0"}
    page.get_by_role("link", name="Raw data").click()
    form = page.locator("#put-generic-content-form")
    form.locator("[name=_content]").fill(json.dumps(order))
    form.get_by_role("button", name="PUT").click()

    expect(page.locator(".response-info")).to_contain_text("HTTP 201 Created")
    update = Request.objects.get(request_type="UPDATE")
    assert (update.service_instance_uuid, update.service_uuid) == (record.pk, newer.pk)
    assert ServiceRecord.objects.get().status == "normal operation"


def test_a_person_onboards_and_deletes_a_descriptor(page: Page) -> None:
    page.goto("/functions")
    page.locator("[name=_content]").fill(json.dumps(vnfd()))
    page.get_by_role("button", name="POST").click()
    expect(page.locator(".response-info")).to_contain_text("HTTP 201 Created")
    stored = FunctionDescriptor.objects.get()

    page.goto(f"/functions/{stored.pk}")
    page.get_by_role("button", name="DELETE").click()
    page.locator("#deleteModal .btn-danger").click()
    expect(page.locator(".response-info")).to_contain_text("HTTP 204 No Content")
    assert not FunctionDescriptor.objects.exists()


def test_every_asset_of_a_page_comes_from_this_server(page: Page) -> None:
    onboarded_function()
    for path in ("/requests", "/records/services", "/functions"):
        page.goto(path)

        expect(page.locator("body")).to_contain_text("Gatekeeper")
        page.wait_for_load_state("networkidle")


def test_a_refused_order_keeps_what_was_typed_and_says_what_is_wrong(
    page: Page, superuser: User
) -> None:
    submitted(onboarded_service())
    # With the form comes the token that it is sent with.
    page.request.get("/requests", headers={"Accept": "text/html"})

    response = page.request.post(
        "/requests",
        multipart={"service_uuid": "nonsense", "egresses": "[]"},
        headers={
            "Accept": "text/html",
            "X-CSRFToken": next(
                cookie["value"]
                for cookie in page.context.cookies()
                if cookie["name"] == "csrftoken"
            ),
        },
    )

    assert response.status == 400
    text = response.text()
    assert 'value="nonsense"' in text
    assert text.count("is not a UUID.") >= 2
    assert Request.objects.count() == 1


def test_a_person_cancels_and_retries_by_buttons(page: Page) -> None:
    request = submitted(onboarded_service(tenant_id=""), "")
    page.goto(f"/requests/{request.pk}")
    expect(page.get_by_role("link", name="Cancel")).to_have_count(0)

    page.get_by_role("button", name="Cancel the request").click()
    expect(page.locator(".response-info")).to_contain_text("cancelled by olivia")
    page.wait_for_load_state()
    page.reload()
    expect(page).to_have_url(re.compile(f"/requests/{request.pk}$"))
    page.get_by_role("button", name="Order the same once more").click()
    expect(page.locator(".response-info")).to_contain_text("HTTP 201 Created")
    page.wait_for_load_state()
    page.reload()

    retry = Request.objects.get(retry_of=request.pk)
    expect(page).to_have_url(re.compile(f"/requests/{retry.pk}$"))
    assert Request.objects.count() == 2
    begin_handover(retry.pk)
    page.get_by_label("Why it is given up").fill("It hangs.")
    page.get_by_role("button", name="Give it up").click()
    expect(page.locator(".response-info")).to_contain_text("given up by olivia: It hangs.")


def test_axe_finds_nothing_in_the_browsable_api(page: Page) -> None:
    request = submitted(onboarded_service(tenant_id=""), "")

    for path in ("/requests", f"/requests/{request.pk}", "/v2.0/gateways"):
        page.goto(path)
        expect(page.locator(".response-info")).to_contain_text("HTTP 200 OK")
        assert barriers(page) == []


def test_the_page_of_the_api_leads_to_the_other_places_for_people(page: Page) -> None:
    page.goto("/")
    expect(page).to_have_url(re.compile("/docs$"))
    expect(page.locator("body")).to_contain_text("Gatekeeper")
    # It, too, has asked no other server for anything.
    page.wait_for_load_state("networkidle")
    expect(page.get_by_role("link", name="The guide")).to_have_attribute("href", "/guide/")
    expect(page.get_by_role("link", name="The API in a browser")).to_be_visible()

    page.get_by_role("link", name="The operators’ site").click()

    expect(page).to_have_title("Overview | Gatekeeper")
