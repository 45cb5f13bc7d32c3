"""Somebody searches from any page, by the keyboard alone."""

from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

from requests_app.models import Request
from tests.browser.accessibility import barriers
from tests.browser.conftest import enter
from tests.fixtures import instantiated, onboarded_service


def test_a_person_finds_an_instance_by_the_beginning_of_its_uuid(
    page: Page, superuser: User
) -> None:
    record = instantiated(onboarded_service())
    request = Request.objects.get(service_instance_uuid=record.pk)
    enter(page, superuser)
    page.goto("/admin/")

    page.keyboard.press("Control+k")
    page.keyboard.type(str(record.pk))
    expect(page.get_by_role("option").first).to_contain_text(str(request.pk))
    expect(page.get_by_role("option", selected=True)).to_have_count(1)
    assert barriers(page) == []
    page.keyboard.press("ArrowDown")
    expect(page.get_by_role("option", selected=True)).to_contain_text(str(record.pk))
    page.keyboard.press("Enter")

    expect(page).to_have_url(
        f"{page.url.split('/admin/')[0]}/admin/records_app/servicerecord/{record.pk}/change/"
    )

    page.wait_for_load_state()

    # What nothing is called leads to the page of the search.
    page.keyboard.press("Control+k")
    page.keyboard.type("no such thing")
    expect(page.get_by_role("status").filter(has_text="Nothing is called")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.get_by_text("It is searched for UUIDs")).to_be_visible()
    page.keyboard.press("Control+k")
    page.keyboard.type("edge")
    page.keyboard.press("Escape")
    expect(page.locator("#gatekeeper-search")).to_be_hidden()
