"""Descriptors in the admin: read, onboarded and deleted through the services."""

import json

import pytest
import yaml
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from records_app.models import FunctionDescriptor, ServiceDescriptor
from tests.adminsite.pages import many_records, page_of, text_of
from tests.fixtures import TENANT, nsd, onboarded_function, onboarded_service, submitted, vnfd

ONBOARD_FUNCTION = "/admin/records_app/functiondescriptor/add/"
ONBOARD_SERVICE = "/admin/records_app/servicedescriptor/add/"


def delete_page(descriptor: ServiceDescriptor | FunctionDescriptor) -> str:
    """Return the address of the page that deletes a descriptor."""
    name = descriptor._meta.model_name
    return reverse(f"admin:records_app_{name}_delete", args=[descriptor.pk])


def test_a_descriptors_page_shows_its_document_and_what_it_is_made_of(superuser: Client) -> None:
    service = onboarded_service(description="Keeps <script>alert(1)</script> out.")

    page = superuser.get(page_of("service descriptors", service.pk))

    text = text_of(page)
    assert '"description": "Keeps' in text
    assert b"<script>alert" not in page.content
    assert "vnf_firewall: example firewall 1.0" in text
    function = service.functions.get()
    function_page = text_of(superuser.get(page_of("function descriptors", function.pk)))
    assert "example protected 1.0" in function_page


@pytest.mark.parametrize("write", [json.dumps, yaml.safe_dump])
def test_a_descriptor_is_onboarded(write, superuser: Client) -> None:
    response = superuser.post(
        ONBOARD_FUNCTION, {"document": write(vnfd()), "tenant_id": TENANT}, follow=True
    )

    stored = FunctionDescriptor.objects.get()
    assert (stored.document, stored.tenant_id) == (vnfd(), TENANT)
    assert response.redirect_chain == [(page_of("function descriptors", stored.pk), 302)]
    assert "example firewall 1.0 is onboarded." in text_of(response)


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ("", "Paste a descriptor, or choose a file."),
        ("  ", "Paste a descriptor, or choose a file."),
        ("[1", "The body is neither JSON nor YAML"),
        ("{}", "descriptor_version"),
        (json.dumps(vnfd(version="one")), "version:"),
    ],
)
def test_a_bad_descriptor_is_refused_with_its_faults(
    document: str, message: str, superuser: Client
) -> None:
    response = superuser.post(ONBOARD_FUNCTION, {"document": document})

    assert response.status_code == 200
    assert message in text_of(response)
    assert not FunctionDescriptor.objects.exists()


def test_each_fault_is_told_with_its_line(superuser: Client) -> None:
    text = yaml.safe_dump(nsd(network_functions=[{"vnf_id": 7, "vnf_vendor": "example"}]))
    line = next(
        number for number, each in enumerate(text.splitlines(), 1) if each.startswith("- vnf_id")
    )

    page = superuser.post(ONBOARD_SERVICE, {"document": text})

    faults = page.context["form"].errors["document"]
    assert any(
        fault.startswith(f"Line {line}, “- vnf_id: 7”: network_functions[0]") for fault in faults
    ), faults
    assert not ServiceDescriptor.objects.exists()


def test_a_file_is_onboarded_and_a_wrong_one_mended_in_the_text(superuser: Client) -> None:
    wrong = SimpleUploadedFile("wrong.yml", yaml.safe_dump(vnfd(version="one")).encode())
    page = superuser.post(ONBOARD_FUNCTION, {"document": "", "file": wrong, "tenant_id": TENANT})
    assert "version: one" in page.context["form"]["document"].value()
    assert not FunctionDescriptor.objects.exists()

    binary = SimpleUploadedFile("descriptor.zip", b"PK\xff\xfe")
    page = superuser.post(ONBOARD_FUNCTION, {"file": binary})
    assert page.context["form"].errors["file"] == ["It is not UTF-8 from its byte 2 on."]

    right = SimpleUploadedFile("right.json", json.dumps(vnfd()).encode())
    superuser.post(ONBOARD_FUNCTION, {"document": "old", "file": right, "tenant_id": TENANT})
    assert FunctionDescriptor.objects.get().document == vnfd()


def test_a_descriptor_that_exists_is_refused(superuser: Client) -> None:
    onboarded_function()

    response = superuser.post(
        ONBOARD_FUNCTION, {"document": json.dumps(vnfd()), "tenant_id": TENANT}
    )

    assert "There is a function descriptor example firewall 1.0 already." in text_of(response)
    assert FunctionDescriptor.objects.count() == 1


def test_operators_onboard_in_their_tenant_whatever_they_ask_for(operating_staff: Client) -> None:
    fields = {"document": json.dumps(vnfd()), "tenant_id": ""}

    operating_staff.post(ONBOARD_FUNCTION, fields)

    assert FunctionDescriptor.objects.get().tenant_id == TENANT


def test_viewers_neither_onboard_nor_delete(viewing_staff: Client) -> None:
    descriptor = onboarded_function()

    assert viewing_staff.get(ONBOARD_SERVICE).status_code == 403
    assert viewing_staff.post(ONBOARD_FUNCTION, {"document": "{}"}).status_code == 403
    assert viewing_staff.post(delete_page(descriptor), {"post": "yes"}).status_code == 403
    assert FunctionDescriptor.objects.count() == 1


def test_a_descriptor_that_nothing_uses_is_deleted(operating_staff: Client) -> None:
    descriptor = onboarded_function()
    assert "example firewall 1.0" in text_of(operating_staff.get(delete_page(descriptor)))

    operating_staff.post(delete_page(descriptor), {"post": "yes"})

    assert not FunctionDescriptor.objects.exists()


def test_a_shared_descriptor_is_an_admins_to_delete(
    operating_staff: Client, admin_of_all: Client
) -> None:
    descriptor = onboarded_function(tenant_id="")

    assert operating_staff.post(delete_page(descriptor), {"post": "yes"}).status_code == 403
    assert FunctionDescriptor.objects.exists()
    admin_of_all.post(delete_page(descriptor), {"post": "yes"})
    assert not FunctionDescriptor.objects.exists()


def test_a_descriptor_in_use_stays_and_the_page_says_why(superuser: Client) -> None:
    service = onboarded_service()
    request = submitted(service)
    function = service.functions.get()

    kept = superuser.post(delete_page(service), {"post": "yes"}, follow=True)
    kept_function = superuser.post(delete_page(function), {"post": "yes"}, follow=True)

    assert f"in use by the request CREATE {request.pk}" in text_of(kept)
    assert "in use by the service descriptor example protected 1.0" in text_of(kept_function)
    assert ServiceDescriptor.objects.exists() and FunctionDescriptor.objects.exists()


def test_the_deletion_of_a_descriptor_in_use_loads_none_of_its_records(superuser: Client) -> None:
    service = onboarded_service()
    many_records(30, descriptor=service)

    with CaptureQueriesContext(connection) as queries:
        superuser.get(delete_page(service))
        superuser.post(delete_page(service), {"post": "yes"})

    of_records = [q["sql"] for q in queries if 'FROM "records_app_servicerecord"' in q["sql"]]
    assert len(of_records) == 1
    assert of_records[0].endswith("LIMIT 1")
