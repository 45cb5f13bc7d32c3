"""An operator looks at the first page, and somebody comes to an empty site."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from playwright.sync_api import Browser, Page, expect

from gatekeeper_site.core import clock
from gatekeeper_site.work.models import Worker
from requests_app.models import Request
from tests.browser.accessibility import barriers
from tests.browser.conftest import Tab, enter, new_tab
from tests.fixtures import many_requests

MORE_THAN_A_ROUND = 8000


@pytest.fixture
def other_tab(chromium: Browser, live_server: Any) -> Iterator[Tab]:
    """A tab whose clock may be stopped, which cannot be taken back."""
    with new_tab(chromium, live_server.url) as tab:
        yield tab
    assert tab.foreign == []
    assert tab.errors == []


def test_the_first_page_stays_fresh_and_takes_nothing_from_who_reads_it(
    other_tab: Tab, superuser: User
) -> None:
    page = other_tab.page
    now = clock.now()
    Worker.objects.create(name="host:1", started_at=now, seen_at=now)
    many_requests(1)
    enter(page, superuser)
    page.clock.install()
    page.goto("/admin/")
    expect(page.get_by_text("All is well: nothing waits for a person.")).to_be_visible()
    page.get_by_text("As a table").first.click()
    row = page.locator("#table-created_at-24 tbody tr").last.get_by_role("link")
    row.focus()

    many_requests(1, status="ERROR", error_class="refused", case_state="open")
    page.clock.run_for(MORE_THAN_A_ROUND)

    expect(page.get_by_role("link", name="Failed, and nobody’s: 1")).to_be_visible()
    expect(row).to_be_focused()
    expect(row).to_be_visible()
    # Who does not see it hears it, once.
    expect(page.locator(".gatekeeper-spoken")).to_have_text("Failed, and nobody’s: 1")
    assert barriers(page) == []

    Session.objects.all().delete()
    page.clock.run_for(MORE_THAN_A_ROUND)

    note = page.locator(".gatekeeper-live-note")
    expect(note).to_have_text("Not up to date: you are not logged in any more. Log in")
    expect(note.get_by_role("link")).to_have_attribute("href", "/admin/login/?next=%2Fadmin%2F")


def test_who_comes_to_an_empty_site_orders_the_demo_service_by_keyboard(
    page: Page, superuser: User
) -> None:
    page.emulate_media(color_scheme="dark")
    page.set_viewport_size({"width": 390, "height": 800})
    enter(page, superuser)
    page.goto("/admin/")
    expect(page.get_by_role("heading", name="Begin here")).to_be_visible()
    assert barriers(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") == 390

    page.get_by_role("button", name="Order the demo service").focus()
    page.keyboard.press("Enter")

    expect(page.get_by_text("The demo service is ordered.")).to_be_visible()
    assert Request.objects.get().status == "NEW"
    page.goto("/admin/")
    expect(page.get_by_role("heading", name="Needs a person")).to_be_visible()
    expect(page.get_by_role("heading", name="Begin here")).to_be_hidden()
