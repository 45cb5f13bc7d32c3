"""The admin's first page."""

import re

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from gatekeeper_site.core import clock
from gatekeeper_site.work.models import Worker
from tests.adminsite.pages import page_of, text_of
from tests.fixtures import OTHER_TENANT, many_requests


def test_the_first_page_counts_requests_by_state_and_links_to_them(superuser: Client) -> None:
    many_requests(3, status="READY")
    many_requests(2, status="INSTANTIATED", request_type="UPDATE")
    many_requests(4, status="TERMINATING", request_type="TERMINATE")

    page = superuser.get("/admin/")

    assert "NEW 0 IN_PROGRESS 4 SUCCEEDED 5 ERROR 0" in text_of(page)
    assert 'href="/admin/requests_app/request/?state=IN_PROGRESS"' in page.content.decode()


def test_the_first_page_links_to_the_newest_requests_in_error(superuser: Client) -> None:
    failed = many_requests(12, status="ERROR", error="no memory")

    page = superuser.get("/admin/").content.decode()

    links = re.findall(r"/admin/requests_app/request/([0-9a-f-]{36})/", page)
    assert links == [str(row.pk) for row in failed[:1:-1]]
    assert page.count("no memory") == 10
    assert page_of("requests", failed[-1].pk) in page


def test_the_first_page_shows_a_tenants_requests_to_its_staff(viewing_staff: Client) -> None:
    own = many_requests(1, status="ERROR")[0]
    other = many_requests(1, status="ERROR", tenant_id=OTHER_TENANT)[0]

    text = text_of(viewing_staff.get("/admin/"))

    assert "ERROR 1" in text
    assert str(own.pk) in text and str(other.pk) not in text
    assert "Tokens" not in text


def test_the_first_page_shows_the_workers(superuser: Client) -> None:
    now = clock.now()
    Worker.objects.create(name="host:1", started_at=now, seen_at=now)
    Worker.objects.create(name="host:2", started_at=now, seen_at=now.replace(year=now.year - 1))

    text = text_of(superuser.get("/admin/"))

    assert "host:1 working" in text
    assert "host:2 not seen" in text


def test_the_first_page_tells_who_has_no_role_so(staff_without_role: Client) -> None:
    many_requests(1, tenant_id="", status="ERROR", error="secret")

    text = text_of(staff_without_role.get("/admin/"))

    assert "Your user has no role yet" in text
    assert "secret" not in text


def test_every_query_of_the_first_page_is_bounded(superuser: Client) -> None:
    many_requests(30, status="ERROR")

    with CaptureQueriesContext(connection) as queries:
        superuser.get("/admin/")

    of_rows = [query["sql"] for query in queries][2:]
    assert len(of_rows) == 8
    assert all("LIMIT" in sql for sql in of_rows)
