"""The pieces that pages share: times, names with ids, parts that stay fresh."""

import re
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest
from django.test import Client, RequestFactory

from gatekeeper_site.adminsite.html import ago, moment, named
from gatekeeper_site.adminsite.live import live_answer
from gatekeeper_site.core import clock
from requests_app.models import Request
from tests.adminsite.pages import list_of, page_of
from tests.fixtures import many_requests

# A part with a time in it.
PART = "admin/requests_app/open_circuits.html"


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 s ago"),
        (59.9, "59 s ago"),
        (60, "1 min ago"),
        (3599, "59 min ago"),
        (3600, "1 h ago"),
        (86399, "23 h ago"),
        (86400 * 400, "400 d ago"),
        (-90, "in 1 min"),
    ],
)
def test_how_long_ago_is_said_in_one_unit(seconds: float, words: str) -> None:
    assert ago(seconds) == words


def test_a_moment_tells_its_zone_and_how_long_ago_it_was() -> None:
    at = datetime(2017, 9, 15, 13, 36, 4, 805_000, UTC)

    shown = moment(at)

    assert '<time datetime="2017-09-15T13:36:04.805Z"' in shown
    assert "2017-09-15 13:36:04 UTC" in shown
    assert re.search(r'<span class="gatekeeper-ago">\d+ d ago</span>', shown)
    assert moment(None) == "–"


def test_an_object_is_named_with_its_id_beside_it_and_escaped() -> None:
    pk = UUID(int=7)

    shown = named(Request, pk, "<b>sonata-demo</b>")

    assert f'<a href="{page_of("requests", pk)}"' in shown
    assert "&lt;b&gt;sonata-demo&lt;/b&gt;" in shown and "<b>" not in shown
    assert f"<code>{pk}</code>" in shown and f'data-copy="{pk}"' in shown
    assert f">{pk}</a>" in named(Request, pk, "") and "data-copy" not in named(Request, pk, "")
    assert named(Request, None, "gone") == "–"


def asked(**headers: str) -> HttpRequest:
    """Return a call of a browser that looks at a part."""
    request = RequestFactory().get("/admin/", headers=headers)
    request.user = AnonymousUser()
    return request


def test_a_part_is_sent_again_only_once_it_has_changed() -> None:
    now = clock.now()
    shown = {"open_circuits": [{"host": "a.example:80", "failures": 20, "open_until": now}]}
    first = live_answer(asked(), PART, shown)

    same = live_answer(asked(**{"If-None-Match": f"W/{first['ETag']}"}), PART, shown)
    later = {"open_circuits": [shown["open_circuits"][0] | {"failures": 21}]}
    changed = live_answer(asked(**{"If-None-Match": first["ETag"]}), PART, later)

    assert first.status_code == 200 and b"a.example:80" in first.getvalue()
    assert (same.status_code, same.getvalue(), same["ETag"]) == (304, b"", first["ETag"])
    assert changed.status_code == 200 and b"21 callbacks" in changed.getvalue()
    assert changed["ETag"] != first["ETag"]


def test_how_long_ago_something_was_changes_no_part(monkeypatch: pytest.MonkeyPatch) -> None:
    now = clock.now()
    shown = {"open_circuits": [{"host": "a.example:80", "failures": 20, "open_until": now}]}
    first = live_answer(asked(), PART, shown)

    monkeypatch.setattr(clock, "now", lambda: now + timedelta(minutes=3))
    again = live_answer(asked(**{"If-None-Match": first["ETag"]}), PART, shown)

    assert again.status_code == 304


def test_every_time_of_a_list_and_a_page_is_a_moment_and_lists_are_ordered_by_it(
    superuser: Client,
) -> None:
    first, second = many_requests(2)
    printed = clock.iso_z(first.created_at)

    rows = superuser.get(f"{list_of('requests')}?o=5")
    page = superuser.get(page_of("requests", first.pk))

    assert [row.pk for row in rows.context["cl"].result_list] == [first.pk, second.pk]
    assert f'<time datetime="{printed}"' in rows.content.decode()
    assert page.content.decode().count(f'<time datetime="{printed}"') >= 3
