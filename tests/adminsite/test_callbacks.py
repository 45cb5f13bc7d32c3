"""Callbacks in the admin: on their request's page, in a list, and sent anew by those who write."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse

from gatekeeper_site.audit.models import AuditEntry
from gatekeeper_site.core import clock
from requests_app.models import CallbackAttempt, CallbackDelivery, CallbackHost
from tests.adminsite.pages import list_of, listed, many_deliveries, page_of, text_of
from tests.fixtures import OTHER_TENANT

pytestmark = pytest.mark.django_db


@pytest.fixture
def failed(db: None) -> CallbackDelivery:
    """A delivery that has failed after two tries."""
    [delivery] = many_deliveries(1, outcome="FAILED", request_status="ERROR")
    for status, error in ((503, "answered 503"), (None, "refused <b>it</b>")):
        CallbackAttempt.objects.create(
            delivery=delivery, at=delivery.created_at, status=status, milliseconds=7, error=error
        )
    return delivery


def select(browser: Client, *rows: CallbackDelivery) -> Any:
    """Have ticked rows redelivered; return the list that follows."""
    keys = [str(row.pk) for row in rows]
    fields = {"action": "redeliver_selected", "_selected_action": keys}
    return browser.post(list_of("callbacks"), fields, follow=True)


def test_a_requests_page_tells_its_callbacks_with_their_tries(
    failed: CallbackDelivery, viewing_staff: Client
) -> None:
    page = viewing_staff.get(page_of("requests", failed.request_id))

    text = text_of(page)
    at = f"{failed.created_at:%Y-%m-%d %H:%M:%S} UTC"
    assert re.search(rf"{at} \d+ s ago ERROR FAILED", text)
    assert "answered 503 in 7 ms, " in text
    assert "refused <b>it</b> in 7 ms, " in text
    assert b"<b>it</b>" not in page.content
    assert page_of("callbacks", failed.pk) in page.content.decode()


def test_a_requests_page_takes_the_same_queries_however_many_callbacks_it_has(
    failed: CallbackDelivery, superuser: Client, django_assert_max_num_queries: Any
) -> None:
    rows = CallbackDelivery.objects.bulk_create(
        CallbackDelivery(
            request=failed.request,
            tenant_id=failed.tenant_id,
            request_status="READY",
            url="http://receiver.example/",
            host="receiver.example:80",
            body="{}",
            created_at=failed.created_at + timedelta(milliseconds=index),
        )
        for index in range(1, 60)
    )
    CallbackAttempt.objects.bulk_create(
        CallbackAttempt(delivery=row, at=row.created_at, status=200, milliseconds=1) for row in rows
    )

    with django_assert_max_num_queries(20):
        text = text_of(superuser.get(page_of("requests", failed.request_id)))

    assert text.count("answered 200") == 19


def test_a_callbacks_page_tells_what_is_sent_and_every_try(
    failed: CallbackDelivery, viewing_staff: Client
) -> None:
    text = text_of(viewing_staff.get(page_of("callbacks", failed.pk)))

    assert '{"large":"body"}' in text
    assert "http://receiver.example/changes" in text
    assert "503 7 answered 503" in text and "refused <b>it</b>" in text


def test_the_list_is_filtered_by_outcome_and_host(
    failed: CallbackDelivery, viewing_staff: Client
) -> None:
    [elsewhere] = many_deliveries(1, host="other.example:443")
    page = list_of("callbacks")

    assert listed(viewing_staff.get(page, {"outcome__exact": "FAILED"})) == [failed.pk]
    assert listed(viewing_staff.get(page, {"host": "other.example:443"})) == [elsewhere.pk]
    assert listed(viewing_staff.get(page, {"q": "other.example:443"})) == [elsewhere.pk]
    assert listed(viewing_staff.get(page, {"q": str(failed.request_id)})) == [failed.pk]
    assert listed(viewing_staff.get(page, {"q": str(failed.pk)})) == [failed.pk]
    assert listed(viewing_staff.get(page, {"q": "other"})) == []


def test_another_tenants_callbacks_hosts_and_circuits_are_not_shown(
    failed: CallbackDelivery, viewing_staff: Client, superuser: Client
) -> None:
    many_deliveries(1, tenant_id=OTHER_TENANT, host="secret.example:443")
    for host in ("secret.example:443", failed.host):
        CallbackHost.objects.create(
            host=host, failures=23, failed_at=clock.now(), open_until=clock.now()
        )
    CallbackHost.objects.create(host="well.example:80", failures=3, failed_at=clock.now())

    text = text_of(viewing_staff.get(list_of("callbacks")))
    assert "secret.example" not in text
    assert f"{failed.host} did not take the last 23 callbacks" in text
    every = text_of(superuser.get(list_of("callbacks")))
    assert "secret.example:443 did not take the last 23 callbacks" in every
    assert "well.example" not in every


def test_ticked_callbacks_are_sent_anew(failed: CallbackDelivery, operating_staff: Client) -> None:
    [pending] = many_deliveries(1, outcome="PENDING")

    text = text_of(select(operating_staff, failed, pending))

    assert f"The callback {failed.pk} is sent anew." in text
    assert f"The callback {pending.pk} is PENDING" in text
    failed.refresh_from_db()
    assert (failed.outcome, failed.attempts.count()) == ("PENDING", 2)
    assert AuditEntry.objects.get(action="redeliver").actor == "oscar"
    assert LogEntry.objects.get().object_id == str(failed.pk)


def test_a_callback_is_sent_anew_from_its_page_once_that_is_confirmed(
    failed: CallbackDelivery, operating_staff: Client
) -> None:
    url = reverse("admin:requests_app_callbackdelivery_redeliver", args=[failed.pk])

    asked = text_of(operating_staff.get(url))
    failed.refresh_from_db()
    assert f"Send the callback {failed.pk} to {failed.host} anew?" in asked
    assert failed.outcome == "FAILED"

    response = operating_staff.post(url, follow=True)
    assert response.redirect_chain == [(page_of("callbacks", failed.pk), 302)]
    failed.refresh_from_db()
    assert failed.outcome == "PENDING"


def test_who_only_reads_sends_nothing_anew(failed: CallbackDelivery, viewing_staff: Client) -> None:
    url = reverse("admin:requests_app_callbackdelivery_redeliver", args=[failed.pk])

    select(viewing_staff, failed)
    assert viewing_staff.post(url).status_code == 403
    failed.refresh_from_db()
    assert failed.outcome == "FAILED"


def test_another_tenants_callback_is_not_sent_anew(operating_staff: Client) -> None:
    [theirs] = many_deliveries(1, tenant_id=OTHER_TENANT, outcome="FAILED")
    url = reverse("admin:requests_app_callbackdelivery_redeliver", args=[theirs.pk])

    select(operating_staff, theirs)
    assert operating_staff.post(url).status_code == 404
    theirs.refresh_from_db()
    assert theirs.outcome == "FAILED"
