"""Chromium, and a page in it that complains of what a person would not see."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    Page,
    Request,
    expect,
    sync_playwright,
)

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PASSWORD = "correct horse battery"
# On a machine that does other things too.
PATIENCE_MILLISECONDS = 15_000
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
    assert CHROMIUM.exists(), (
        f"There is no {CHROMIUM}: install the package chromium, or leave these tests out by "
        "GATEKEEPER_TEST_SKIP_BROWSER=1"
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
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
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


@pytest.fixture
def page(chromium: Browser, live_server: Any, superuser: User) -> Iterator[Page]:
    """A page whose console stays free of errors and that asks no other server for anything."""
    foreign: list[str] = []
    errors: list[str] = []

    def note_request(request: Request) -> None:
        if not request.url.startswith((f"{live_server.url}/", "data:", "blob:")):
            foreign.append(request.url)

    def note_message(message: ConsoleMessage) -> None:
        if message.type == "error":
            errors.append(f"{message.text} {message.location}")

    context = chromium.new_context(base_url=live_server.url)
    context.set_default_timeout(PATIENCE_MILLISECONDS)
    page = context.new_page()
    page.on("request", note_request)
    page.on("console", note_message)
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    context.close()
    assert foreign == []
    assert errors == []
