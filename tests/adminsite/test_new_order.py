"""A service is ordered in the admin, by a form."""

from typing import Any

import pytest
from django.test import Client

from records_app.models import ServiceDescriptor
from requests_app.models import Request
from tests.adminsite.pages import page_of, text_of
from tests.fixtures import OTHER_TENANT, TENANT, onboarded_service

pytestmark = pytest.mark.django_db
FORM = "/admin/requests_app/request/add/"


def order(service: ServiceDescriptor, **fields: Any) -> dict[str, Any]:
    """Return what the form sends."""
    return {
        "service_uuid": str(service.pk),
        "ingresses": "",
        "egresses": "",
        "callback": "",
    } | fields


def test_an_operator_orders_a_service(operating_staff: Client) -> None:
    service = onboarded_service(name="branch")
    page = operating_staff.get(FORM, {"service_uuid": str(service.pk)})
    assert f'<option value="{service.pk}" selected>' in page.content.decode()

    response = operating_staff.post(
        FORM,
        order(
            service,
            ingresses="Frankfurt am Main 10.0.0.1\nParis 10.0.0.2",
            callback="https://receiver.example/x",
        ),
        follow=True,
    )

    [request] = Request.objects.all()
    assert response.redirect_chain == [(page_of("requests", request.pk), 302)]
    assert "The service is ordered." in text_of(response)
    assert (request.status, request.request_type, request.tenant_id) == ("NEW", "CREATE", TENANT)
    assert request.service_uuid == service.pk
    assert request.ingresses == [
        {"location": "Frankfurt am Main", "nap": "10.0.0.1"},
        {"location": "Paris", "nap": "10.0.0.2"},
    ]
    assert request.egresses == []
    assert request.callback == "https://receiver.example/x"


def test_what_is_wrong_is_said_at_its_field_and_nothing_is_ordered(
    operating_staff: Client,
) -> None:
    service = onboarded_service()

    response = operating_staff.post(
        FORM, order(service, service_uuid="", egresses="Paris 10.0.0.2\nRome", callback="ftp://x")
    )

    faults = response.context["form"].errors
    assert faults["service_uuid"] == ["This field is required."]
    assert faults["egresses"] == ["Line 2 has one word, “Rome”: it needs a location and a NAP."]
    assert "callback" in faults
    assert not Request.objects.exists()


def test_a_nul_is_no_part_of_an_endpoint(operating_staff: Client) -> None:
    response = operating_staff.post(FORM, order(onboarded_service(), egresses="Paris 10.0.0.2\0"))

    faults = response.context["form"].errors
    assert faults == {"egresses": ["A NUL character is not part of any text."]}
    assert not Request.objects.exists()


def test_only_ones_own_services_are_offered_to_who_may_order(
    operating_staff: Client, viewing_staff: Client
) -> None:
    mine = onboarded_service(name="mine")
    theirs = onboarded_service(name="theirs", tenant_id=OTHER_TENANT)

    page = operating_staff.get(FORM, {"service_uuid": str(theirs.pk)}).content.decode()

    assert str(mine.pk) in page
    assert "example theirs" not in page
    assert operating_staff.post(FORM, order(theirs)).status_code == 200
    assert viewing_staff.get(FORM).status_code == 403
    assert viewing_staff.post(FORM, order(mine)).status_code == 403
    assert FORM not in viewing_staff.get("/admin/requests_app/request/").content.decode()
    assert not Request.objects.exists()
