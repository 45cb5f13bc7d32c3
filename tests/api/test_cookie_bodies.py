"""Bodies under the session cookie: the browsable API's forms, and CSRF (contract: http.md)."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from records_app.models import ServiceDescriptor
from requests_app.models import Request
from tests.fixtures import (
    TENANT,
    assert_faults,
    assert_problem,
)
from tests.ha_app.objects import new_router

pytestmark = pytest.mark.django_db

ORDER = b'{"service_uuid": "9df6a98f-9e11-4cb7-b3c0-b1375e7ca1a1"}'


@pytest.fixture
def csrf_token(person: Client) -> str:
    """The token that the browsable API's pages carry in their forms."""
    person.get("/requests", headers={"accept": "text/html"})
    return person.cookies["csrftoken"].value


def test_a_form_under_the_session_cookie_is_read_as_one(
    person: Client, csrf_token: str, demo: ServiceDescriptor
) -> None:
    # Given every field of the browsable API's form, most of them empty
    form = {
        "request_type": "CREATE",
        "service_uuid": str(demo.pk),
        "service_instance_uuid": "",
        "nsd_id": "",
        "latest_nsd_id": "",
        "ingresses": "[]",
        "egresses": '[{"location": "porto", "nap": "10.1.0.0/16"}]',
        "callback": "",
        "csrfmiddlewaretoken": csrf_token,
    }

    response = person.post("/requests", form)

    assert response.status_code == 201, response.content
    request = Request.objects.get()
    assert request.tenant_id == TENANT
    assert request.ingresses == []
    assert request.egresses == [{"location": "porto", "nap": "10.1.0.0/16"}]
    assert request.callback is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (r'[{"location": "\u0000", "nap": "a"}]', "[0].location: A string has no NUL character."),
        (r'[{"location": "\ud800", "nap": "a"}]', "[0].location: A string has no half of a"),
        ('[{"location": "a", "nap": "a", "nap": "b"}]', "[0].nap: This key stands twice"),
        ('[{"location": "a", "nap": NaN}]', "[0].nap: Neither NaN nor infinity"),
        ("[" * 100_000, "The body is nested deeper than 64 levels."),
        ("[{", "This is not JSON."),
        ("", "This is not JSON."),
        ("{}", "This must be a list."),
    ],
    ids=["NUL", "surrogate", "double key", "NaN", "depth", "no JSON", "empty", "no list"],
)
def test_json_in_a_form_is_taken_as_json_in_a_body_is(
    person: Client, csrf_token: str, demo: ServiceDescriptor, text: str, message: str
) -> None:
    form = {"service_uuid": str(demo.pk), "ingresses": text, "egresses": "[]"}

    response = person.post("/requests", form | {"csrfmiddlewaretoken": csrf_token})

    assert assert_faults(response, "ingresses")["ingresses"].startswith(message)
    assert not Request.objects.exists()


def test_a_file_in_a_form_is_no_text(
    person: Client, csrf_token: str, demo: ServiceDescriptor
) -> None:
    form = {"service_uuid": str(demo.pk), "csrfmiddlewaretoken": csrf_token}
    file = SimpleUploadedFile("callback.txt", b"https://example.org/")

    response = person.post("/requests", {**form, "callback": file})

    faults = assert_faults(response, "callback")
    assert faults["callback"] == "This is a file; text is expected."
    file.seek(0)
    page = person.post("/requests", {**form, "callback": file}, headers={"accept": "text/html"})
    assert page.status_code == 400
    assert str(demo.pk) in page.content.decode()
    assert not Request.objects.exists()


def test_json_under_the_session_cookie_is_read(
    person: Client, csrf_token: str, demo: ServiceDescriptor
) -> None:
    for content_type in ("application/json", "application/x-www-form-urlencoded", "text/plain"):
        response = person.post(
            "/requests", ORDER, content_type=content_type, headers={"x-csrftoken": csrf_token}
        )
        assert response.status_code == 201, response.content


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/json", ORDER),
        ("multipart/form-data; boundary=x", b"--x--"),
        ("application/x-www-form-urlencoded", b"service_uuid=1"),
    ],
)
def test_a_write_under_the_session_cookie_needs_the_csrf_token(
    person: Client, demo: ServiceDescriptor, content_type: str, body: bytes
) -> None:
    response = person.post("/requests", body, content_type=content_type)

    assert "CSRF" in assert_problem(response, 403, "permission_denied")["detail"]
    assert not Request.objects.exists()


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("application/x-www-form-urlencoded", b"a&" * 1001),
        ("multipart/form-data", b"--x--"),
        ("multipart/form-data; boundary=x", b"garbage"),
        ("multipart/form-data; boundary=" + "x" * 300, b"--x--"),
        ("application/json", b""),
        ("application/json", b"\xff"),
    ],
)
@pytest.mark.parametrize("path", ["/requests", "/services"])
def test_a_malformed_body_under_the_session_cookie_is_a_400(
    person: Client, csrf_token: str, path: str, content_type: str, body: bytes
) -> None:
    response = person.post(
        path, body, content_type=content_type, headers={"x-csrftoken": csrf_token}
    )

    problem = assert_problem(response, 400, "validation_error")
    if content_type == "multipart/form-data":
        assert problem["detail"].startswith("The form is malformed: ")
    if body.startswith(b"a&"):
        assert problem["detail"].startswith("At most 1000 parameters, or fields of a form, ")


def test_a_malformed_form_that_changes_something_is_a_400_too(
    person: Client, csrf_token: str
) -> None:
    response = person.generic(
        "PUT",
        f"/v2.0/ha_routers/{new_router().pk}",
        b"garbage",
        content_type="multipart/form-data",
        headers={"x-csrftoken": csrf_token},
    )

    detail = assert_problem(response, 400, "validation_error")["detail"]
    assert detail == "The form is malformed: multipart/form-data is read as browsers send it."


def test_a_nul_in_a_form_is_a_400_that_names_the_field(person: Client, csrf_token: str) -> None:
    form = {"latest_nsd_id": "1.0\0", "callback": "http://a.example\0", "request_type": "UPDATE"}

    response = person.post("/requests", form, headers={"x-csrftoken": csrf_token})

    faults = assert_faults(response, "latest_nsd_id", "callback", "service_instance_uuid", "nsd_id")
    assert faults["latest_nsd_id"] == "A NUL character is not part of any text."


def test_a_delete_under_the_session_cookie_needs_the_csrf_token(
    person: Client, csrf_token: str
) -> None:
    path = "/services/95e9b668-5726-4998-8ed4-d8d7e7fd2225"

    assert_problem(person.delete(path), 403, "permission_denied")
    assert_problem(person.delete(path, headers={"x-csrftoken": csrf_token}), 404, "not_found")
