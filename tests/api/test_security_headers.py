"""What answers allow browsers and caches, by default and as configured."""

import base64
import hashlib
import html
import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from gatekeeper_site.access.models import Role, UserAccess
from tests.fixtures import Api
from tests.processes import environment_for, finished

STRICT = "default-src 'none'; frame-ancestors 'none'"


def directives(response: Any) -> dict[str, list[str]]:
    """Return the parts of an answer's Content-Security-Policy."""
    parts = (part.split() for part in response["Content-Security-Policy"].split(";"))
    return {name: values for name, *values in parts}


@pytest.mark.django_db
@pytest.mark.parametrize(
    "path", ["/requests", "/requests/x", "/nowhere", "/healthz", "/schema", "/tokens", "/services"]
)
def test_an_answer_for_programs_allows_a_browser_nothing(viewer: Api, path: str) -> None:
    response = viewer.get(path)

    assert response["Content-Security-Policy"] == STRICT
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["X-Frame-Options"] == "DENY"
    assert response["Referrer-Policy"] == "same-origin"
    assert response["Cache-Control"] == "private, no-cache"
    assert "Strict-Transport-Security" not in response


PAGES = ["/docs", "/requests", "/services", "/tokens", "/sessions", "/admin/", "/api-auth/login/"]


@pytest.fixture
def browser(person: Client) -> Client:
    """A browser in which an admin has logged in."""
    UserAccess.objects.update(role=Role.ADMIN)
    person.defaults["HTTP_ACCEPT"] = "text/html"
    return person


@pytest.mark.django_db
@pytest.mark.parametrize("path", PAGES)
def test_a_page_may_load_from_this_server_alone(browser: Client, path: str) -> None:
    response = browser.get(path)

    assert response["Content-Type"].startswith("text/html")
    policy = directives(response)
    assert policy["default-src"] == ["'self'"]
    assert policy["frame-ancestors"] == ["'none'"]
    assert policy["object-src"] == ["'none'"]
    assert policy["base-uri"] == policy["form-action"] == ["'self'"]
    assert policy["script-src"][0] == "'self'"
    assert "'unsafe-inline'" not in policy["script-src"]
    # Alpine.js, of the admin's theme, cannot do without.
    assert ("'unsafe-eval'" in policy["script-src"]) == path.startswith("/admin")


@pytest.mark.django_db
@pytest.mark.parametrize("path", PAGES)
def test_a_page_needs_no_more_than_its_policy_allows(browser: Client, path: str) -> None:
    response = browser.get(path)

    page, policy = response.content.decode(), directives(response)["script-src"]
    for attributes in re.findall(r"<script([^>]*)>", page):
        assert "src=" in attributes or "application/json" in attributes, attributes
    for _, handler in re.findall(r"""\son\w+=(["'])(.*?)\1""", page):
        digest = hashlib.sha256(html.unescape(handler).encode()).digest()
        assert f"'sha256-{base64.b64encode(digest).decode()}'" in policy, handler


@pytest.mark.django_db
def test_a_page_of_the_admin_is_not_stored(browser: Client) -> None:
    assert "no-store" in browser.get("/admin/")["Cache-Control"]


# By default, and as the environment says

CALLS = """
import json
import django
django.setup()
from django.conf import settings
from django.test import Client
settings.STATIC_ROOT.mkdir(exist_ok=True)
answers = []
for method, headers in json.loads({calls!r}):
    response = Client().generic(method, "/healthz", headers=headers)
    answers.append([response.status_code, dict(response.headers)])
from gatekeeper_site.api.hot_reads.resources import VARY
cookies = settings.SESSION_COOKIE_SECURE, settings.CSRF_COOKIE_SECURE
print(json.dumps([answers, dict([VARY]), *cookies]))
"""


def answers(directory: Path, *calls: tuple[str, dict[str, str]], **environment: str) -> Any:
    """Call in a process with this environment.

    Returns:
        The answers, what those of the short way vary by, and whether cookies need TLS.
    """
    result = finished(
        environment_for(directory, **environment), "-c", CALLS.format(calls=json.dumps(calls))
    )
    assert result.returncode == 0, result.stderr
    return json.loads(result.stdout)


PORTAL = "https://portal.example"
PREFLIGHT = {"Origin": PORTAL, "Access-Control-Request-Method": "POST"}


@pytest.mark.processes
def test_by_default_no_other_site_may_call_and_nothing_is_said_of_tls(tmp_path: Path) -> None:
    called, varying, *cookies = answers(
        tmp_path,
        ("OPTIONS", PREFLIGHT),
        ("GET", {"Origin": PORTAL}),
        ("GET", {"X-Forwarded-Proto": "https"}),
    )

    assert [status for status, _ in called] == [405, 200, 200]
    for _, headers in called:
        assert not [name for name in headers if name.startswith("Access-Control-")]
        assert "Strict-Transport-Security" not in headers
        assert headers["Vary"] == varying["Vary"] == "Accept"
    assert cookies == [False, False]


@pytest.mark.processes
def test_named_sites_may_call_and_tls_is_insisted_on_where_configured(tmp_path: Path) -> None:
    called, varying, *cookies = answers(
        tmp_path,
        ("OPTIONS", PREFLIGHT),
        ("GET", {"Origin": PORTAL}),
        ("GET", {"Origin": "https://other.example"}),
        ("GET", {"X-Forwarded-Proto": "https"}),
        CORS_ALLOWED_ORIGINS=PORTAL,
        SERVED_OVER_TLS="true",
        TRUSTED_PROXIES="1",
    )

    (_, preflight), (_, same), (_, other), (_, over_tls) = called
    assert preflight["access-control-allow-origin"] == PORTAL
    allowed = preflight["access-control-allow-headers"].split(", ")
    assert {"authorization", "x-auth-token", "idempotency-key", "if-match"} <= set(allowed)
    assert same["access-control-allow-origin"] == PORTAL
    exposed = same["access-control-expose-headers"].split(", ")
    assert {"Record-Count", "Link", "ETag", "X-Request-ID", "Retry-After"} <= set(exposed)
    # Of gohan's WebUI: how many rows there are, and the token that it logs in for.
    assert {"X-Total-Count", "X-Subject-Token"} <= set(exposed)
    assert "access-control-allow-credentials" not in same
    assert "access-control-allow-origin" not in other
    assert same["Vary"] == other["Vary"] == varying["Vary"] == "Accept, origin"
    assert over_tls["Strict-Transport-Security"] == "max-age=31536000"
    assert "Strict-Transport-Security" not in same
    assert cookies == [True, True]
