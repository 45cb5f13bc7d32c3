"""JSON for programs, the browsable API for people (contract: http.md, Paths and bodies)."""

import re
from html.parser import HTMLParser
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from gatekeeper_site.access.models import Role, UserAccess
from records_app.models import ServiceDescriptor
from requests_app.api.filters import RequestFilters
from requests_app.models import Request
from tests.fixtures import (
    Api,
    assert_faults,
    assert_problem,
    every_endpoint,
    instantiated,
    links_of,
    many_requests,
    new_user,
    onboarded_service,
    submitted,
)

pytestmark = pytest.mark.django_db

CHROME = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8"
JAVA = "text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2"
NO_JSON = ["text/html", CHROME, JAVA, "*", "application/xml", "application/json;q=0", "nonsense"]


def browser_of(role: str, tenant_id: str = "") -> Client:
    """Return a browser in which a user of this role has logged in, and which checks no CSRF."""
    user = new_user("person")
    UserAccess.objects.create(user=user, role=role, tenant_id=tenant_id)
    browser = Client(raise_request_exception=False)
    browser.force_login(user)
    return browser


@pytest.mark.parametrize(
    "accept",
    [
        None,
        "",
        "*/*",
        "application/*",
        "application/json",
        "application/json; indent=4",
        "Application/JSON;q=0.5",
        "application/json, text/html",
        "application/xml, application/json",
        "application/json; x*=nowhere'en'%41",
        ";;;, */*",
    ],
)
def test_a_program_gets_json(operator: Api, accept: str | None) -> None:
    headers = {} if accept is None else {"accept": accept}

    response = operator.get("/requests", headers=headers)

    assert (response.status_code, response["Content-Type"]) == (200, "application/json")
    assert response.content == b"[]"


@pytest.mark.parametrize("accept", NO_JSON)
@pytest.mark.parametrize("header", ["Authorization", "X-Auth-Token"])
def test_a_call_with_a_token_gets_json_whatever_it_accepts(
    operator: Api, demo: ServiceDescriptor, accept: str, header: str
) -> None:
    token = {"Authorization": f"Bearer {operator.token}", "X-Auth-Token": str(operator.token)}
    program = Api()

    def answer(method: str, path: str, body: Any = b"", value: str = token[header]) -> Any:
        return program.send(method, path, body, **{"Accept": accept, header: value})

    # Given an order, then it, its list, its refusals and its errors are JSON
    created = answer("POST", "/requests", {"service_uuid": str(demo.pk)})
    assert (created.status_code, created["Content-Type"]) == (201, "application/json")
    listed = answer("GET", "/requests")
    assert (listed.status_code, listed["Content-Type"]) == (200, "application/json")
    assert [row["id"] for row in listed.json()] == [created.json()["id"]]
    assert_faults(answer("POST", "/requests", {}), "service_uuid")
    assert_problem(answer("GET", f"/requests/{uuid4()}"), 404, "not_found")
    assert_problem(answer("DELETE", "/requests"), 405, "method_not_allowed")
    unknown = "Bearer unknown" if header == "Authorization" else "unknown"
    assert_problem(answer("GET", "/requests", value=unknown), 401, "not_authenticated")


@pytest.mark.parametrize("accept", ["application/xml", "image/png", "text/html;q=0", "nonsense"])
def test_without_a_token_what_is_neither_is_a_406(person: Client, accept: str) -> None:
    response = person.get("/requests", headers={"accept": accept})

    assert_problem(response, 406, "not_acceptable")


@pytest.mark.parametrize(
    "accept",
    [
        "text/html",
        CHROME,
        JAVA,
        "text/html, */*",
        "text/*",
        "application/json;q=0.9, text/html",
        "application/json;q=0, */*",
        "*;q=0.1, TEXT/HTML ; level=1 ; q=0.2",
    ],
)
def test_a_browser_gets_the_browsable_api(person: Client, accept: str) -> None:
    response = person.get("/requests", headers={"accept": accept})

    assert (response.status_code, response["Content-Type"]) == (200, "text/html; charset=utf-8")


def test_a_page_of_the_browsable_api_has_the_name_of_what_it_shows(person: Client) -> None:
    page = person.get("/v2.0/ha_routers", headers={"accept": "text/html"}).content.decode()

    assert "<title>HA routers – Gatekeeper</title>" in " ".join(page.split())
    assert "<h1>HA routers</h1>" in page


@pytest.mark.parametrize(
    "accept",
    ["*", "*/*", "*; q=.2", "application/json, text/html", "text/html;q=.5, *", "text/html;q=x, *"],
)
def test_a_script_of_a_person_gets_json_unless_it_prefers_html(person: Client, accept: str) -> None:
    response = person.get("/requests", headers={"accept": accept})

    expected = "text/html; charset=utf-8" if "q=x" in accept else "application/json"
    assert (response.status_code, response["Content-Type"]) == (200, expected)


def test_format_api_forces_the_browsable_api_also_on_a_program(operator: Api) -> None:
    response = operator.get("/requests?format=api", headers={"accept": "application/json"})

    assert (response.status_code, response["Content-Type"]) == (200, "text/html; charset=utf-8")


def test_format_json_forces_json_also_on_a_browser(operator: Api) -> None:
    response = operator.get("/requests?format=json", headers={"accept": CHROME})

    assert (response["Content-Type"], response.content) == ("application/json", b"[]")


def test_an_unknown_format_is_a_400_that_names_it(operator: Api) -> None:
    faults = assert_faults(operator.get("/requests?format=xml"), "format")

    assert faults["format"] == "'xml' is not one of: json, api."

    faults = assert_faults(operator.get("/schema?format=xml"), "format")

    assert faults["format"] == "'xml' is not one of: json, yaml."


def test_a_head_has_the_headers_of_the_get_and_no_body(operator: Api) -> None:
    got, head = operator.get("/requests"), operator.head("/requests")

    assert (head.status_code, head.content) == (200, b"")
    assert head["Record-Count"] == got["Record-Count"] == "0"
    assert head["Link"] == got["Link"]


def test_options_answers_everywhere_and_changes_nothing(
    admin: Api, demo: ServiceDescriptor
) -> None:
    request = submitted(demo)
    for object_id in (str(request.pk), str(demo.pk), "malformed"):
        for _, path in every_endpoint(object_id):
            assert admin.options(path).status_code in (200, 404), path
    request.refresh_from_db()
    assert request.status == "NEW"


# What a person sees


def test_every_endpoint_shows_a_page(demo: ServiceDescriptor) -> None:
    browser = browser_of(Role.ADMIN)
    record = instantiated(demo)
    request = Request.objects.get()
    function = record.functions.first()
    assert function is not None
    for path in (
        "/requests",
        f"/requests/{request.pk}",
        f"/requests/{request.pk}/events",
        "/services",
        f"/services/{demo.pk}",
        "/functions",
        f"/functions/{function.descriptor_id}",
        "/records/services",
        f"/records/services/{record.pk}",
        "/records/functions",
        f"/records/functions/{function.pk}",
    ):
        response = browser.get(path, headers={"accept": CHROME})
        assert response.status_code == 200, path
        assert response["Content-Type"].startswith("text/html")
        # The raw JSON is one click away.
        assert "format=json" in response.content.decode()


def test_every_error_is_a_page_too(anonymous: Api, demo: ServiceDescriptor) -> None:
    browser = browser_of(Role.ADMIN)
    absent = str(uuid4())
    for method, path in every_endpoint(absent):
        response = browser.generic(method, path, headers={"accept": CHROME})
        expected = 404 if absent in path else 200 if method == "GET" else 400
        assert response.status_code == expected, (method, path)
        assert response["Content-Type"].startswith("text/html")
        assert anonymous.generic(method, path, headers={"accept": CHROME}).status_code == 401
    wrong = browser.get("/requests?limit=0&status=LOST", headers={"accept": CHROME})
    assert wrong.status_code == 400
    assert "There is no such parameter" not in wrong.content.decode()


def test_a_page_of_a_list_links_to_its_neighbours(person: Client, demo: ServiceDescriptor) -> None:
    for _ in range(5):
        submitted(demo)

    page = person.get("/requests?limit=2&offset=2", headers={"accept": CHROME}).content.decode()

    for relation, offset in (("first", 0), ("prev", 0), ("next", 4), ("last", 4)):
        url = f"http://testserver/requests?limit=2&amp;offset={offset}"
        assert f'<a href="{url}" rel="{relation}">' in page
    assert "5 in all" in page
    # And back to the beginning
    assert re.search(r'<a href="/">\s*Gatekeeper\s*</a>', page)


def test_a_page_of_a_list_has_filter_controls(person: Client, demo: ServiceDescriptor) -> None:
    submitted(demo)

    page = person.get("/requests?status=ERROR", headers={"accept": CHROME}).content.decode()

    assert "filtersModal" in page
    for name in ("status", "state", "request_type", "service_uuid", "created_at__gte"):
        assert f'name="{name}"' in page
    assert "0 in all" in page


def test_filters_that_nobody_filled_in_are_left_out_by_the_form(
    person: Client, demo: ServiceDescriptor
) -> None:
    waiting, ended = submitted(demo), many_requests(1, status="ERROR")[0]
    filters = dict.fromkeys(RequestFilters.base_filters, "") | {"status": "NEW"}

    response = person.get("/requests", filters | {"limit": 1}, headers={"accept": CHROME})

    page = response.content.decode()
    assert response.status_code == 200
    assert str(waiting.pk) in page and str(ended.pk) not in page
    # And so by the links of the page, also the one to the raw JSON.
    assert links_of(response)["first"] == "http://testserver/requests?status=NEW&limit=1&offset=0"
    assert "/requests?format=json&amp;limit=1&amp;status=NEW" in page
    # But a script's are a fault, though it be a person's.
    assert_faults(person.get("/requests", filters), *(filters.keys() - {"status", "assignee"}))


@pytest.mark.parametrize("query", ["status=ERROR&limit=1&offset=3", "format=api", "state=", "x=y"])
def test_a_form_works_on_a_page_of_whatever_address(
    person: Client, demo: ServiceDescriptor, query: str
) -> None:
    fields = form_on(person.get("/requests", headers={"accept": CHROME}))

    response = person.post(
        f"/requests?{query}",
        fields | {"service_uuid": str(demo.pk)},
        headers={"accept": CHROME},
    )

    assert response.status_code == 201, response.content.decode()
    assert Request.objects.get().service_uuid == demo.pk


class Form(HTMLParser):
    """Reads the fields of the page's form that is sent as multipart, as a browser fills them."""

    def __init__(self) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self.is_open = False
        self.textarea = self.select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        name = values.get("name") or ""
        if tag == "form":
            self.is_open = values.get("enctype") == "multipart/form-data"
        if not self.is_open:
            return
        if tag == "input" and name:
            self.fields[name] = values.get("value") or ""
        elif tag == "textarea":
            self.textarea = name
            self.fields[name] = ""
        elif tag == "select":
            self.select = name
        elif tag == "option" and ("selected" in values or self.select not in self.fields):
            self.fields[self.select] = values.get("value") or ""

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.is_open = False
        elif tag == "textarea":
            self.textarea = ""
        elif tag == "select":
            self.select = ""

    def handle_data(self, data: str) -> None:
        if self.is_open and self.textarea:
            self.fields[self.textarea] += data.strip("\n")


def form_on(response: Any) -> dict[str, str]:
    form = Form()
    form.feed(response.content.decode())
    return form.fields


def test_the_form_of_requests_works_as_it_is_shown(person: Client, demo: ServiceDescriptor) -> None:
    # Given the form, in which the person fills in the service alone
    fields = form_on(person.get("/requests", headers={"accept": CHROME}))
    assert fields.keys() >= {"service_uuid", "request_type", "callback", "csrfmiddlewaretoken"}
    fields["service_uuid"] = str(demo.pk)

    # When it is sent
    response = person.post("/requests", fields, headers={"accept": CHROME})

    # Then there is a request, and the page shows it
    assert response.status_code == 201, response.content.decode()
    request = Request.objects.get()
    assert str(request.pk) in response.content.decode()
    assert (request.request_type, request.ingresses, request.callback) == ("CREATE", [], None)


def test_the_form_of_requests_shows_its_faults(person: Client, demo: ServiceDescriptor) -> None:
    fields = form_on(person.get("/requests", headers={"accept": CHROME}))

    response = person.post("/requests", fields | {"service_uuid": "x"}, headers={"accept": CHROME})

    assert response.status_code == 400
    assert "is not a UUID" in response.content.decode()
    assert not Request.objects.exists()


def test_who_is_logged_in_sees_his_tenant_alone(person: Client, demo: ServiceDescriptor) -> None:
    own = submitted(demo)
    foreign = submitted(onboarded_service("f" * 32), "f" * 32)

    page = person.get("/requests", headers={"accept": CHROME}).content.decode()

    assert str(own.pk) in page
    assert str(foreign.pk) not in page


def test_who_is_not_logged_in_sees_where_to_do_so(anonymous: Api) -> None:
    response = anonymous.get("/requests", headers={"accept": CHROME})

    assert (response.status_code, response["WWW-Authenticate"]) == (401, "Bearer")
    assert "/api-auth/login/" in response.content.decode()
    assert anonymous.get("/api-auth/login/").status_code == 200


@pytest.mark.parametrize("accept", ["text/html", "application/xml", "text/html,*/*;q=0.8"])
def test_a_format_is_forced_whatever_is_accepted(operator: Api, accept: str) -> None:
    answer = operator.get("/requests?format=json", headers={"Accept": accept})
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/json"
    assert answer.json() == []
