"""The guide is built without a warning, loads nothing from outside, and is served at /guide."""

import os
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest
import yaml
from django.conf import LazySettings
from django.test import Client

from gatekeeper_site.operations.guide import NOT_BUILT
from gatekeeper_site.version import VERSION
from ha_app.models import Status
from requests_app import states
from tests.fixtures import assert_problem
from tests.processes import PROJECT, made_once

# What makes a browser load something, by its tag.
LOADED = {"script": "src", "img": "src", "iframe": "src", "link": "href", "source": "src"}


@pytest.fixture(scope="module")
def site() -> Path:
    """What `make docs` makes, made once in a run."""
    site = Path(os.environ["GATEKEEPER_DATA_DIR"]) / "site"
    with made_once("site") as is_made:
        if not is_made:
            options = ("-W", "--keep-going", "-q", "-b", "html", "-d", f"{site}-doctrees")
            built = subprocess.run(
                [sys.executable, "-m", "sphinx", *options, "docs", f"{site}/guide"],
                cwd=PROJECT,
                capture_output=True,
                text=True,
                check=False,
            )
            assert (built.returncode, built.stderr) == (0, "")
    return site


class Page(HTMLParser):
    """What a page of the guide loads, and the scripts that stand in it."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.loads: list[str] = []
        self.inline: list[dict[str, str | None]] = []
        self.handlers: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        self.handlers += [name for name in attributes if name.startswith("on")]
        if tag in LOADED and attributes.get("rel") not in ("next", "prev", "search"):
            self.loads.append(attributes.get(LOADED[tag]) or "")
        if tag == "script" and "src" not in attributes:
            self.inline.append(attributes)


def test_no_page_loads_anything_from_outside_or_has_a_script_in_it(site: Path) -> None:
    files = sorted(site.rglob("*.html"))
    assert len(files) > 30

    for file in files:
        page = Page(file.read_text())
        assert page.inline == page.handlers == [], file.name
        for url in page.loads:
            path, _, _ = url.partition("?")
            assert (file.parent / path).is_file(), f"{file.name}: {url}"
    for file in site.rglob("*.css"):
        outside = re.findall(r"url\(\s*[\"']?(?!data:)([a-z]+:|//)|@import", file.read_text())
        assert outside == [], file.name


def test_the_diagrams_have_every_status(site: Path) -> None:
    text = (site / "guide/concepts.html").read_text()
    drawings = re.findall(r"<svg role=.*?</svg>", text, re.DOTALL)

    drawn = set(re.findall(r"<text x[^>]*>([^<]+)</text>", "".join(drawings)))

    assert len(drawings) == 6
    assert drawn == set(Status) | set(states.STATUSES) | {"(none)", "(gone)"}
    assert "READY" in drawings[0] and "INSTANTIATED" in drawings[1]
    assert "PENDING_DELETE to (gone): agents are done" in drawings[4]
    # A diagram says to who cannot see it what it shows.
    assert all("<desc>" in drawing and "aria-label" in drawing for drawing in drawings)


def test_the_reference_has_every_operation(site: Path) -> None:
    document = yaml.load((PROJECT / "docs/openapi.yaml").read_text(), Loader=yaml.CSafeLoader)
    text = (site / "guide/generated/api/index.html").read_text()

    listed = set(re.findall(r"(?:GET|POST|PUT|PATCH|DELETE) /\S*", re.sub(r"<[^>]+>", "", text)))

    operations = {
        f"{method.upper()} {path}"
        for path, each in document["paths"].items()
        for method in each
        if method != "parameters"
    }
    assert listed == operations


# Served


@pytest.fixture
def client(site: Path, settings: LazySettings) -> Client:
    """Somebody without a token, of a server that has the guide."""
    settings.WHITENOISE_ROOT = site
    return Client()


def test_the_guide_is_served_to_everybody(client: Client) -> None:
    # When somebody asks for it, he is led to its first page
    led = client.get("/guide")
    assert (led.status_code, led["Location"]) == (302, "guide/")

    page = client.get("/guide/")

    assert page.status_code == 200
    assert page["Content-Type"] == 'text/html; charset="utf-8"'
    assert page["Cache-Control"] == "max-age=60, public"
    assert f"Gatekeeper {VERSION}" in page.getvalue().decode()
    # Whoever has it need not load it again, and none of its scripts is evaluated text
    again = client.get("/guide/", headers={"If-None-Match": page["ETag"]})
    assert (again.status_code, again.getvalue()) == (304, b"")
    assert "'unsafe-eval'" not in page["Content-Security-Policy"]
    style = client.get("/guide/_static/guide.css")
    assert (style.status_code, style["Content-Type"]) == (200, 'text/css; charset="utf-8"')
    assert client.post("/guide/").status_code == 405


@pytest.mark.parametrize(
    "path",
    [
        "/guide/nowhere.html",
        "/guide/../settings.html",
        "/guide/%2e%2e/%2e%2e/data/secret_key",
        "/guide//etc/passwd",
        "/guide/..%2f..%2fsecret_key",
        "/guide/_static",
        "/guide/_static/",
        "/guide/index.html%00",
    ],
)
def test_what_is_no_page_of_the_guide_is_a_404(client: Client, path: str) -> None:
    assert_problem(client.get(path), 404, "not_found")


@pytest.mark.parametrize("path", ["/guide", "/guide/", "/guide/quick-start.html"])
def test_without_a_guide_a_sentence_says_how_to_have_it(path: str) -> None:
    # Given a server beside which nobody has built it
    problem = assert_problem(Client().get(path), 404, "not_found")

    assert problem["detail"] == NOT_BUILT


# What the pages say


def test_each_alert_has_its_runbook_and_names_figures_that_there_are() -> None:
    groups = yaml.load((PROJECT / "deploy/alerts.yaml").read_text(), yaml.CSafeLoader)["groups"]
    rules = [rule for group in groups for rule in group["rules"]]
    page = (PROJECT / "docs/alerts.md").read_text()
    figures = (PROJECT / "docs/operations.md").read_text() + (PROJECT / "docs/etcd.md").read_text()

    assert [rule["alert"] for rule in rules] == re.findall(r"^## (\w+)$", page, re.MULTILINE)
    for rule in rules:
        names = set(re.findall(r"\bgatekeeper_\w+", rule["expr"]))
        assert names or rule["alert"] == "GatekeeperIsDown"
        assert all(name in figures for name in names), rule["alert"]


def test_the_changelog_ends_with_the_version_that_there_is() -> None:
    text = (PROJECT / "CHANGELOG.md").read_text()

    versions = re.findall(r"^## (\S+)", text, re.MULTILINE)

    assert versions[0] == "Unreleased"
    assert versions[1] == VERSION
    kinds = set(re.findall(r"^### (\w+)", text, re.MULTILINE))
    assert kinds <= {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}
