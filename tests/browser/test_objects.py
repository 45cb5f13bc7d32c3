"""A request is watched until it ends; how its instance hangs together is read by keyboard."""

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

from records_app.models import ServiceDescriptor
from requests_app.services.handover import begin_handover
from tests.browser.accessibility import barriers
from tests.browser.conftest import enter
from tests.fixtures import instantiated, onboarded_service, submitted
from tests.requests_app.orders import made_ready, says


@pytest.fixture
def page(page: Page, superuser: User) -> Page:
    """The page, in which the superuser has logged in."""
    enter(page, superuser)
    return page


def test_a_person_watches_a_request_until_it_ends_and_looks_into_it(page: Page) -> None:
    request = submitted(onboarded_service())
    page.goto(f"/admin/requests_app/request/{request.pk}/change/")
    expect(page.get_by_text("It waits for a worker that hands it to the MANO.")).to_be_visible()
    expect(page.get_by_role("link", name="Cancel", exact=True)).to_be_visible()

    begin_handover(request.pk)
    says(request, "INSTANTIATING")
    expect(page.get_by_text("The MANO works on it.")).to_be_visible()
    # What fits it no more is no longer offered, and what was unfolded stays so
    expect(page.get_by_role("link", name="Give up")).to_be_visible()
    expect(page.get_by_role("link", name="Cancel", exact=True)).to_have_count(0)
    page.get_by_text("As it came").click()
    record = made_ready(request)
    expect(page.get_by_text("It is done.")).to_be_visible()
    expect(page.locator("details[open]")).to_have_count(1)
    phases = page.get_by_role("region", name="Time line").get_by_role("listitem")
    expect(phases).to_have_count(3)

    assert barriers(page) == []
    page.set_viewport_size({"width": 390, "height": 844})
    page.emulate_media(color_scheme="dark")
    assert barriers(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390

    page.get_by_role("link", name=str(record.pk)).first.click()
    expect(page.get_by_role("heading", name="Topology")).to_be_visible()


def test_a_person_steps_through_a_service_by_keyboard(page: Page, demo: ServiceDescriptor) -> None:
    record = instantiated(demo)
    page.goto(f"/admin/records_app/servicerecord/{record.pk}/change/")
    drawing = page.locator("#topology")
    expect(drawing.get_by_role("link", name="vnf_vbar")).to_be_visible()
    size = drawing.evaluate("svg => svg.clientWidth")

    page.get_by_role("button", name="Larger").focus()
    page.keyboard.press("Enter")
    assert drawing.evaluate("svg => svg.clientWidth") > size
    page.get_by_role("button", name="Next step").focus()
    for _ in range(2):
        page.keyboard.press("Enter")
    expect(page.get_by_text("Step 2 of 6: vnf_vbar:input")).to_be_visible()
    expect(drawing.locator(".at-step")).to_have_count(2)
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Step 1 of 6: input")).to_be_visible()

    page.get_by_text("As a table").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("cell", name="vbar-2-vfoo")).to_be_visible()
    assert barriers(page) == []
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size({"width": 390, "height": 844})
    assert barriers(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
