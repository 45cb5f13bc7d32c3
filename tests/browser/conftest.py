"""Chromium, and a page in it that complains of what a person would not see."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    Error,
    Page,
    Request,
    ViewportSize,
    expect,
    sync_playwright,
)

# The first of them that there is: what has no windows takes a quarter less processor time than what
# shows none.
BROWSERS = (Path("/usr/bin/chromium-headless-shell"), Path("/usr/bin/chromium"))
ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # No script of a page runs for so long that it is worth while to compile it well, axe included.
    "--js-flags=--no-maglev --no-turbofan",
]
PASSWORD = "correct horse battery"
DESK = ViewportSize(width=1280, height=900)
PHONE = ViewportSize(width=390, height=844)
# On a machine that does other things too.
PATIENCE_MILLISECONDS = 60_000
expect.set_options(timeout=PATIENCE_MILLISECONDS)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    skips = os.environ.get("GATEKEEPER_TEST_SKIP_BROWSER") == "1"
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            if skips:
                item.add_marker(pytest.mark.skip(reason="GATEKEEPER_TEST_SKIP_BROWSER=1"))


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """The browser."""
    found = next((browser for browser in BROWSERS if browser.exists()), None)
    assert found is not None, (
        f"There is no {BROWSERS[0]}: install the package chromium-headless-shell (or chromium), or "
        "leave these tests out by GATEKEEPER_TEST_SKIP_BROWSER=1"
    )
    driver = subprocess.run(
        [sys.executable, "-m", "playwright", "--version"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert driver.returncode == 0, (
        "Playwright's driver does not run (it may need the package libatomic1); leave these tests "
        f"out by GATEKEEPER_TEST_SKIP_BROWSER=1, or mend it: {driver.stderr}"
    )
    with pytest.MonkeyPatch.context() as patch:
        # Playwright runs an event loop in this thread; Django takes that for asynchronous code.
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=found, args=ARGUMENTS)
            yield browser
            browser.close()


@pytest.fixture
def superuser(transactional_db: None) -> User:
    """Who uses the browser."""
    return User.objects.create_superuser("olivia", password=PASSWORD)


def enter(page: Page, user: User) -> None:
    """Have the browser be logged in, without the pages that lead to that."""
    client = Client()
    client.force_login(user)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value
    cookie = {"name": settings.SESSION_COOKIE_NAME, "value": session, "domain": "localhost"}
    page.context.add_cookies([{**cookie, "path": "/"}])


@dataclass
class Tab:
    """A page of the browser, and what it has done that it should not."""

    page: Page
    url: str
    foreign: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def note_request(self, request: Request) -> None:
        if not request.url.startswith((f"{self.url}/", "data:", "blob:")):
            self.foreign.append(request.url)

    def note_message(self, message: ConsoleMessage) -> None:
        if message.type == "error":
            self.errors.append(f"{message.text} {message.location}")

    def note_error(self, error: Error) -> None:
        self.errors.append(str(error))


@contextmanager
def new_tab(chromium: Browser, url: str) -> Iterator[Tab]:
    """A tab of a person who has never been on the site of that address."""
    context = chromium.new_context(base_url=url)
    context.set_default_timeout(PATIENCE_MILLISECONDS)
    tab = Tab(context.new_page(), url)
    tab.page.on("request", tab.note_request)
    tab.page.on("console", tab.note_message)
    tab.page.on("pageerror", tab.note_error)
    yield tab
    context.close()


@pytest.fixture(scope="package")
def tab(chromium: Browser, live_server: Any) -> Iterator[Tab]:
    """What most tests have a page of: another takes longer than to show it a dozen pages."""
    with new_tab(chromium, live_server.url) as tab:
        yield tab


@pytest.fixture
def page(tab: Tab, superuser: User) -> Iterator[Page]:
    """A page whose console stays free of errors and that asks no other server for anything."""
    tab.page.set_viewport_size(DESK)
    tab.page.emulate_media(color_scheme="light")
    yield tab.page
    foreign, errors = list(tab.foreign), list(tab.errors)
    # To where nothing goes on, and where what the browser keeps of the site is within reach
    tab.page.goto("/healthz")
    tab.page.evaluate("localStorage.clear(); sessionStorage.clear()")
    tab.page.context.clear_cookies()
    tab.foreign.clear()
    tab.errors.clear()
    assert foreign == []
    assert errors == []
