"""What a request's page tells, offers and links, and the part of it that stays fresh."""

import json
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from gatekeeper_site.audit.models import AuditEntry
from records_app.models import ServiceDescriptor, ServiceRecord
from requests_app.models import ManoAnswer, Request
from requests_app.services import set_mano_state
from requests_app.services.handover import begin_handover
from tests.adminsite.pages import page_of, text_of
from tests.fixtures import OTHER_TENANT, TENANT, new_api, onboarded_service, submitted
from tests.requests_app.orders import made_ready, says

# What a page asks of the database, whatever hangs on the request.
MOST_QUERIES = 22


@pytest.fixture
def service(db: None) -> ServiceDescriptor:
    """A service of TENANT."""
    return onboarded_service()


@pytest.fixture
def row(service: ServiceDescriptor) -> Request:
    """A CREATE that the MANO has not got."""
    return submitted(service)


@pytest.fixture
def instance(row: Request) -> ServiceRecord:
    """What came of it."""
    return made_ready(row)


def live_of(row: Request) -> str:
    """Return the address of the part that stays fresh."""
    return reverse("admin:requests_app_request_live", args=[row.pk])


def deed_of(instance: ServiceRecord, word: str) -> str:
    """Return the address of the form that orders something for an instance."""
    return reverse(f"admin:records_app_servicerecord_{word}_instance", args=[instance.pk])


def test_the_page_says_first_how_it_is_and_what_to_do(row: Request, viewing_staff: Client) -> None:
    def told() -> str:
        return text_of(viewing_staff.get(live_of(row)))

    assert "NEW It waits for a worker that hands it to the MANO. Its time is up at" in told()
    set_mano_state(state="paused", reason="upgrade", actor="x")
    assert "NEW It waits: the MANO is paused" in told()
    set_mano_state(state="running", reason=None, actor="x")
    begin_handover(row.pk)
    assert "NEW It has been handed to the MANO, which has not accepted it yet." in told()
    says(row, "INSTANTIATING")
    assert "INSTANTIATING The MANO works on it." in told()
    says(row, "ERROR", error="no room")
    text = told()
    assert "ERROR Mend what the MANO names, then retry. no room refused: the MANO said no" in text
    assert "Its time is up" not in text


def test_the_part_that_stays_fresh_is_sent_again_only_when_it_differs(
    row: Request, viewing_staff: Client
) -> None:
    # Of one that has ended, no time goes on
    says(row, "ERROR", error="no room")
    first = viewing_staff.get(live_of(row))
    same = viewing_staff.get(live_of(row), headers={"if-none-match": first["ETag"]})

    assert (first.status_code, same.status_code) == (200, 304)
    assert b"data-live-ended" in first.content
    ManoAnswer.objects.create(
        request=row, received_at=row.created_at, body='"hello"', outcome="nothing"
    )
    changed = viewing_staff.get(live_of(row), headers={"if-none-match": first["ETag"]})
    assert "it said hello" in text_of(changed)


def test_the_page_of_what_is_in_progress_is_fetched_again(
    row: Request, viewing_staff: Client
) -> None:
    page = viewing_staff.get(page_of("requests", row.pk), {"events-page": "2"}).content.decode()

    assert f'data-live="{live_of(row)}?events-page=2"' in page
    assert "data-live-ended" not in page


def test_the_page_tells_who_ordered_by_which_way(
    service: ServiceDescriptor, viewing_staff: Client
) -> None:
    api = new_api("operator", TENANT, user="olga")
    response = api.post("/requests", {"service_uuid": str(service.pk)}, **{"X-Request-ID": "r-17"})

    page = viewing_staff.get(page_of("requests", response.json()["id"]))

    assert "olga, by the API, with a token made for programs (" in text_of(page)
    assert "request id r-17" in text_of(page)
    assert "call/?request_id=r-17" in page.content.decode()


def test_the_order_is_shown_as_it_was_given_and_as_the_mano_is_sent_it(
    row: Request, viewing_staff: Client
) -> None:
    page = viewing_staff.get(page_of("requests", row.pk))
    order = reverse("admin:requests_app_request_order", args=[row.pk])
    sent = text_of(viewing_staff.get(order))

    assert f'"service_uuid": "{row.service_uuid}"' in text_of(page)
    assert order in page.content.decode()
    assert '"VNFD0": {' in sent and '"user_data": {' in sent
    Request.objects.update(tenant_id=OTHER_TENANT)
    assert viewing_staff.get(order).status_code == 404
    assert viewing_staff.get(live_of(row)).status_code == 404


def test_a_long_answer_is_cut_and_has_a_page_of_its_own(
    row: Request, viewing_staff: Client
) -> None:
    body = json.dumps({"status": "READY", "filler": "x" * 100_000})
    answer = ManoAnswer.objects.create(
        request=row, received_at=row.created_at, body=body, outcome="nothing"
    )
    page = viewing_staff.get(page_of("requests", row.pk))
    own = reverse("admin:requests_app_manoanswer_raw", args=[row.pk, answer.pk])

    assert own in page.content.decode()
    assert len(page.content) < 100_000
    assert viewing_staff.get(own).json() == json.loads(body)
    other = reverse("admin:requests_app_manoanswer_raw", args=[row.pk, answer.pk + 1])
    assert viewing_staff.get(other).status_code == 404


def test_a_long_error_is_cut(row: Request, viewing_staff: Client) -> None:
    says(row, "ERROR", error="no room " * 20_000)

    page = viewing_staff.get(page_of("requests", row.pk))

    assert "no room no room" in text_of(page)
    assert len(page.content) < 120_000


def test_an_instance_is_terminated_from_its_page_and_that_of_its_request(
    row: Request, instance: ServiceRecord, operating_staff: Client
) -> None:
    page = operating_staff.get(page_of("requests", row.pk))
    lead = reverse("admin:requests_app_request_terminate_instance", args=[row.pk])
    assert lead in page.content.decode()
    assert operating_staff.get(lead)["Location"] == deed_of(instance, "terminate")

    asked = text_of(operating_staff.get(deed_of(instance, "terminate")))
    assert "of example protected 1.0? The MANO ends it and its 2 functions" in asked
    assert not Request.objects.filter(request_type="TERMINATE").exists()
    done = operating_staff.post(deed_of(instance, "terminate"), {"callback": ""}, follow=True)

    ordered = Request.objects.get(request_type="TERMINATE")
    assert done.redirect_chain == [(page_of("requests", ordered.pk), 302)]
    assert (ordered.service_instance_uuid, ordered.callback) == (instance.pk, None)
    entry = AuditEntry.objects.get(object_id=str(ordered.pk))
    assert (entry.actor, entry.via, entry.action) == ("oscar", "admin", "create")
    # Nothing else can be ordered for it meanwhile
    assert lead not in operating_staff.get(page_of("requests", row.pk)).content.decode()
    again = operating_staff.post(deed_of(instance, "terminate"), {"callback": ""})
    assert f"The request {ordered.pk} (TERMINATE, NEW)" in text_of(again)


def test_an_instance_is_updated_to_a_version_that_is_chosen_by_name(
    instance: ServiceRecord, operating_staff: Client
) -> None:
    newer = onboarded_service(version="2.0")
    form = operating_staff.get(deed_of(instance, "update")).context["form"]
    (_, own) = form.fields["latest_nsd_id"].choices[1]
    assert {name for _, name in own} == {
        "example protected 1.0 (what it is of now)",
        "example protected 2.0",
    }

    fields = {"latest_nsd_id": str(newer.pk), "nsd_id": str(instance.descriptor_reference)}
    refused = operating_staff.post(
        deed_of(instance, "update"), fields | {"callback": "http://127.0.0.1/x"}
    )
    assert "127.0.0.1" in text_of(refused)
    assert not Request.objects.filter(request_type="UPDATE").exists()
    stale = operating_staff.post(deed_of(instance, "update"), fields | {"nsd_id": str(newer.pk)})
    assert "not of" in text_of(stale)
    operating_staff.post(deed_of(instance, "update"), fields)

    ordered = Request.objects.get(request_type="UPDATE")
    assert (ordered.service_uuid, ordered.service_instance_uuid) == (newer.pk, instance.pk)


def test_who_only_reads_orders_nothing(
    row: Request, instance: ServiceRecord, viewing_staff: Client
) -> None:
    page = viewing_staff.get(page_of("service records", instance.pk))

    assert "Terminate" not in text_of(page)
    assert viewing_staff.get(page_of("requests", row.pk)).context["buttons"] == []
    for word in ("terminate", "update"):
        assert viewing_staff.get(deed_of(instance, word)).status_code == 403
        assert viewing_staff.post(deed_of(instance, word)).status_code == 403
    assert Request.objects.count() == 1


def test_a_foreign_instance_is_as_none(instance: ServiceRecord, operating_staff: Client) -> None:
    ServiceRecord.objects.update(tenant_id=OTHER_TENANT)

    assert operating_staff.post(deed_of(instance, "terminate")).status_code == 404
    assert Request.objects.count() == 1


def test_what_the_page_costs(
    row: Request,
    instance: ServiceRecord,
    operating_staff: Client,
    django_assert_max_num_queries: Any,
) -> None:
    with django_assert_max_num_queries(MOST_QUERIES):
        operating_staff.get(page_of("requests", row.pk))
    with django_assert_max_num_queries(MOST_QUERIES - 5):
        operating_staff.get(live_of(row))
