"""/schema and /docs: the OpenAPI description, and a page that shows it without the Internet."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import call_command
from django.test import Client
from drf_spectacular.generators import SchemaGenerator
from openapi_spec_validator import OpenAPIV30SpecValidator, OpenAPIV31SpecValidator

from gatekeeper_site.api.schema.views import schema_text
from tests.described import resolved, validator
from tests.fixtures import Api, assert_faults, assert_problem
from tests.processes import prepared_directory

pytestmark = pytest.mark.django_db

COMMITTED = Path(__file__).parents[2] / "docs" / "openapi.yaml"


@pytest.fixture
def schema(anonymous: Api) -> dict[str, Any]:
    """The schema as it is served."""
    document: dict[str, Any] = json.loads(anonymous.get("/schema").content)
    return document


def operations(schema: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    """Return path, method and description of every operation."""
    return [
        (path, method, operation)
        for path, methods in schema["paths"].items()
        for method, operation in methods.items()
    ]


def names_of_parameters(operation: dict[str, Any]) -> set[str]:
    """Return the names of an operation's parameters, headers among them."""
    return {parameter["name"] for parameter in operation["parameters"]}


def test_the_schema_is_valid_openapi(schema: dict[str, Any]) -> None:
    assert [fault.message for fault in OpenAPIV31SpecValidator(schema).iter_errors()] == []


def test_the_schema_is_generated_without_warnings(tmp_path: Path) -> None:
    # Whether it is valid is looked at above.
    call_command("spectacular", "--fail-on-warn", "--file", tmp_path / "schema")


def test_the_committed_schema_is_that_of_the_code() -> None:
    written = yaml.load(COMMITTED.read_text(), yaml.CSafeLoader)

    text, _ = schema_text("yaml", "3.1")

    if yaml.load(text, yaml.CSafeLoader) != written:
        # The file is of the code before: what differs is for `git diff` to say.
        pytest.fail(
            "docs/openapi.yaml is not what the code says. Run `make schema`, and commit it."
        )


def test_operation_ids_are_a_verb_and_a_noun_and_unique(schema: dict[str, Any]) -> None:
    ids = [operation["operationId"] for _, _, operation in operations(schema)]

    assert len(set(ids)) == len(ids)
    for name in ids:
        # Generated clients name functions by them, and number those that are alike.
        assert re.fullmatch(r"[a-z]+(_[a-z0-9]+)+", name) and not name.endswith("_2"), name


def test_every_operation_has_one_tag_that_is_described(schema: dict[str, Any]) -> None:
    told = {tag["name"] for tag in schema["tags"] if tag["description"]}

    for _, _, operation in operations(schema):
        (tag,) = operation["tags"]
        assert tag in told, operation["operationId"]


def test_every_body_is_json_and_cannot_be_left_out(schema: dict[str, Any]) -> None:
    bodies = {
        operation["operationId"]: operation["requestBody"]
        for _, _, operation in operations(schema)
        if "requestBody" in operation
    }

    assert {"create_request", "onboard_service", "patch_gateway"} <= bodies.keys()
    for name, body in bodies.items():
        assert (list(body["content"]), body["required"]) == (["application/json"], True), name


def test_every_endpoint_of_the_contract_is_described(schema: dict[str, Any]) -> None:
    described = {
        (method, re.sub(r"\{\w+}", "{id}", path)) for path, method, _ in operations(schema)
    }

    assert described >= {
        ("get", "/requests"),
        ("post", "/requests"),
        ("get", "/requests/{id}"),
        ("get", "/requests/{id}/events"),
        ("post", "/requests/{id}/cancel"),
        ("post", "/requests/{id}/retry"),
        ("post", "/requests/{id}/give-up"),
        ("get", "/requests/{id}/case"),
        ("patch", "/requests/{id}/case"),
        ("get", "/services"),
        ("post", "/services"),
        ("get", "/services/{id}"),
        ("delete", "/services/{id}"),
        ("get", "/functions"),
        ("post", "/functions"),
        ("get", "/functions/{id}"),
        ("delete", "/functions/{id}"),
        ("get", "/records/services"),
        ("get", "/records/services/{id}"),
        ("put", "/records/services/{id}"),
        ("get", "/records/functions"),
        ("get", "/records/functions/{id}"),
    }


def test_every_operation_names_its_problems_and_ways_to_authenticate(
    schema: dict[str, Any],
) -> None:
    for path, method, operation in operations(schema):
        if {} in operation["security"] or path in ("/sessions", "/api/v2/micro-services"):
            # Open to anyone; a session is ended without the cookie, and a password is no token.
            continue
        assert operation["security"] == [{"bearer": []}, {"authToken": []}, {"cookie": []}], path
        assert operation["responses"].keys() >= {"400", "401", "403"}, (path, method)
        if "{" in path:
            assert "404" in operation["responses"], (path, method)
        media_types = ["application/problem+json"]
        if "keystone" in operation["tags"]:
            media_types = ["application/json"]
        elif path.startswith(("/v2.0/", "/gohan/")):
            media_types.append("application/json")
        for status, answer in operation["responses"].items():
            if int(status) >= 400:
                assert list(resolved(answer)["content"]) == media_types, (path, status)


def test_what_is_open_to_anyone_is_described_with_its_answers(schema: dict[str, Any]) -> None:
    is_open = {
        (method, path): sorted(operation["responses"])
        for path, method, operation in operations(schema)
        if {} in operation["security"]
    }
    login = ["400", "401", "403", "406", "413", "415", "429", "500", "503"]
    subject = ["400", "401", "403", "404", "406", "413", "415", "429", "500", "503"]
    # Of what looks at nothing but the call.
    alone = ["400", "406", "413", "415", "500"]

    assert is_open == {
        ("get", "/healthz"): ["200", "400", "413", "415", "500"],
        ("get", "/readyz"): ["200", "400", "413", "415", "500", "503"],
        ("get", "/schema"): ["200", "304", *alone],
        ("get", "/docs"): ["200", *alone],
        ("post", "/sessions"): ["201", *login],
        ("get", "/"): ["300", "302", *alone],
        ("get", "/v3"): ["200", *alone],
        ("get", "/v2.0"): ["200", *alone],
        ("post", "/v3/auth/tokens"): ["201", *login],
        ("get", "/v3/auth/tokens"): ["200", *subject],
        ("delete", "/v3/auth/tokens"): ["204", *subject],
        ("post", "/v2.0/tokens"): ["200", *login],
        ("get", "/api/v2/micro-services/public-key"): ["200", *alone, "503"],
        ("get", "/api/v2/public-key"): ["200", *alone, "503"],
        ("post", "/api/v2/micro-services"): ["201", *login],
    }
    page = schema["paths"]["/docs"]["get"]["responses"]["200"]["content"]
    text = {"schema": {"type": "string"}}
    assert page == {"text/html": text, "application/javascript": text}
    assert schema["paths"]["/api/v2/micro-services"]["get"]["security"] == [{"basic": []}]
    only = schema["paths"]["/readyz"]["get"]["parameters"][0]
    assert (only["name"], only["in"], only["schema"]["enum"]) == ("only", "query", ["database"])


def test_what_sonatas_prefix_repeats_is_described_once(schema: dict[str, Any]) -> None:
    below = {path for path, _, _ in operations(schema) if path.startswith("/api/v2/")}

    assert below == {
        "/api/v2/micro-services",
        "/api/v2/micro-services/public-key",
        "/api/v2/public-key",
    }


def test_keystones_errors_are_described_as_they_are(schema: dict[str, Any]) -> None:
    answers = schema["paths"]["/v3/auth/tokens"]["post"]["responses"]

    refusal = resolved(answers["401"])
    assert list(refusal["content"]) == ["application/json"]
    error = resolved(
        resolved(refusal["content"]["application/json"]["schema"])["properties"]["error"]
    )
    assert set(error["required"]) == {"code", "title", "message"}
    assert "WWW-Authenticate" in refusal["headers"]
    assert "X-Subject-Token" in answers["201"]["headers"]


def test_every_list_describes_its_parameters_and_headers(schema: dict[str, Any]) -> None:
    for path in ("/requests", "/services", "/functions", "/records/services", "/records/functions"):
        operation = schema["paths"][path]["get"]
        names = names_of_parameters(operation)
        assert names >= {"limit", "offset", "cursor", "ordering", "fields", "count"}
        headers = operation["responses"]["200"]["headers"]
        assert headers.keys() >= {"Record-Count", "X-Total-Count", "Record-Count-Exact", "Link"}
        answer = operation["responses"]["200"]["content"]["application/json"]["schema"]
        component = answer["$ref"].removeprefix("#/components/schemas/")
        assert schema["components"]["schemas"][component]["type"] == "array"


def test_the_headers_of_calls_are_described_where_they_are_taken(schema: dict[str, Any]) -> None:
    taken = {
        operation["operationId"]: names_of_parameters(operation)
        for _, _, operation in operations(schema)
    }
    orders = {name for name, names in taken.items() if "Idempotency-Key" in names}

    assert all({"X-Request-ID", "traceparent"} <= names for names in taken.values())
    assert {"create_request", "onboard_service", "create_gateway", "cancel_request"} <= orders
    assert "update_service_record" in orders
    assert (
        not {"create_session", "create_token", "create_keystone_token", "update_gateway"} & orders
    )
    for name in ("get_request", "get_service_record", "get_gateway", "get_token", "get_schema"):
        assert "If-None-Match" in taken[name]
    for name in ("update_service_record", "patch_gateway", "delete_service", "delete_token"):
        assert "If-Match" in taken[name]
    answer = schema["paths"]["/requests"]["post"]["responses"]["201"]
    assert answer["headers"].keys() >= {"ETag", "Location", "Idempotent-Replayed", "X-Request-ID"}
    throttled = resolved(schema["paths"]["/requests"]["post"]["responses"]["429"])
    assert resolved(throttled["headers"]["Retry-After"])["required"] is True


def test_the_filters_of_requests_are_described(schema: dict[str, Any]) -> None:
    names = names_of_parameters(schema["paths"]["/requests"]["get"])

    assert names >= {
        *("status", "state", "request_type", "service_uuid", "service_instance_uuid"),
        *(
            f"{name}{suffix}"
            for name in ("created_at", "updated_at")
            for suffix in ("", "__gte", "__gt", "__lte", "__lt")
        ),
    }


def test_every_code_of_a_problem_is_listed(schema: dict[str, Any]) -> None:
    codes = resolved(schema["components"]["schemas"]["Problem"]["properties"]["code"])["enum"]

    assert set(codes) >= {
        "validation_error",
        "not_found",
        "request_conflict",
        "instance_terminated",
        "not_cancellable",
        "not_retryable",
        "descriptor_exists",
        "in_use",
    }


def test_the_schema_is_served_in_the_format_that_is_asked_for(anonymous: Api) -> None:
    assert anonymous.get("/schema")["Content-Type"] == "application/vnd.oai.openapi+json"
    as_json = anonymous.get("/schema", headers={"accept": "application/json"})
    assert as_json["Content-Type"] == "application/json"
    as_yaml = anonymous.get("/schema?format=yaml")
    assert yaml.load(as_yaml.content, yaml.CSafeLoader) == json.loads(as_json.content)


def test_schema_and_docs_are_open_to_anyone_to_read_alone(anonymous: Api) -> None:
    for path in ("/schema", "/docs"):
        assert anonymous.get(path).status_code == 200
        response = anonymous.post(path)
        assert_problem(response, 405, "method_not_allowed")
        assert "GET" in response["Allow"]
    for path in ("/schema", "/docs"):
        response = anonymous.get(path, headers={"accept": "image/png"})
        assert_problem(response, 406, "not_acceptable")


@pytest.fixture
def collected_static_files(settings: Any) -> None:
    """The static files, as `manage.py prepare` lays them out."""
    settings.STATIC_ROOT = prepared_directory() / "static"


@pytest.mark.parametrize("path", ["/docs", "/requests", "/services", "/api-auth/login/"])
def test_every_asset_of_a_page_comes_from_this_server(
    person: Client, collected_static_files: None, path: str
) -> None:
    page = person.get(path, headers={"accept": "text/html"}).content.decode()

    assets = re.findall(r'<(?:script|img|link)\b[^>]*?\b(?:src|href)="([^"]*)"', page)
    assert assets
    for asset in assets:
        assert asset.startswith("/") and not asset.startswith("//"), asset
        response = person.get(asset)
        assert response.status_code == 200, asset
        # Nor do style sheets fetch anything from elsewhere.
        if asset.endswith(".css"):
            style = b"".join(response.streaming_content)
            assert not re.search(rb"(?:@import|url\()\s*['\"]?(?:https?:)?//", style), asset


# Of these, what is answered is the document itself, or no JSON.
WITHOUT_EXAMPLES = {"get_schema", "get_docs", "get_metrics"}


def test_everything_that_is_sent_and_answered_has_an_example_that_fits(
    schema: dict[str, Any],
) -> None:
    answers = list(schema["components"]["responses"].items())
    for _, _, operation in operations(schema):
        name = operation["operationId"]
        if name not in WITHOUT_EXAMPLES:
            parts = [("request", operation.get("requestBody", {})), *operation["responses"].items()]
            answers += [(f"{name} {part}", answer) for part, answer in parts]

    for name, answer in answers:
        for content in answer.get("content", {}).values():
            assert "example" in content, f"{name}: api/examples.yaml has no example"
            checker = validator(json.dumps(content["schema"]), has_some_fields=False)
            assert checker.is_valid(content["example"]), (name, list(checker.iter_errors(content)))


def test_every_enumeration_is_there_once(schema: dict[str, Any]) -> None:
    schemas = schema["components"]["schemas"]
    words = [tuple(each["enum"]) for each in schemas.values() if "enum" in each]
    parameters = [
        parameter["schema"].get("items", parameter["schema"])
        for _, _, operation in operations(schema)
        for parameter in operation["parameters"]
    ]

    assert len(set(words)) == len(words)
    assert schemas["RequestState"]["enum"] == ["NEW", "IN_PROGRESS", "SUCCEEDED", "ERROR"]
    assert schemas["Request"]["properties"]["state"] == {
        "$ref": "#/components/schemas/RequestState"
    }
    assert {"$ref": "#/components/schemas/RequestState"} in parameters
    assert not [each for each in parameters if tuple(each.get("enum", ())) in words]


def test_no_word_has_a_null_of_its_own_type(schema: dict[str, Any], anonymous: Api) -> None:
    older = anonymous.get("/schema?version=3.0").json()

    reference = {"$ref": "#/components/schemas/QosType"}
    assert not {"NullEnum", "BlankEnum"} & set(schema["components"]["schemas"])
    properties = schema["components"]["schemas"]["Gateway"]["properties"]
    assert properties["qos_type"] == {"oneOf": [reference, {"type": "null"}]}
    assert properties["uplink_vlan_id"] == {"type": ["integer", "null"]}
    properties = older["components"]["schemas"]["Gateway"]["properties"]
    assert properties["qos_type"] == {"allOf": [reference], "nullable": True}
    assert properties["uplink_vlan_id"] == {"type": "integer", "nullable": True}


def test_the_schema_is_served_in_both_versions_of_openapi(anonymous: Api) -> None:
    newer, older = (anonymous.get(f"/schema?version={version}") for version in ("3.1", "3.0"))

    assert newer.content == anonymous.get("/schema").content
    assert (newer.json()["openapi"], older.json()["openapi"]) == ("3.1.1", "3.0.3")
    assert [fault.message for fault in OpenAPIV30SpecValidator(older.json()).iter_errors()] == []
    assert newer["ETag"] != older["ETag"]
    assert newer.json()["paths"].keys() == older.json()["paths"].keys()
    as_yaml = anonymous.get("/schema?version=3.0&format=yaml")
    assert yaml.load(as_yaml.content, yaml.CSafeLoader) == older.json()
    assert_faults(anonymous.get("/schema?version=2.0"), "version")
    assert_faults(anonymous.get("/schema?version=3.1&version=3.0"), "version")


def test_clients_are_not_led_to_send_what_excludes_each_other(schema: dict[str, Any]) -> None:
    for _, _, operation in operations(schema):
        for parameter in operation["parameters"]:
            # A generated client sends the default of a parameter that it is not given.
            assert "default" not in parameter["schema"], operation["operationId"]


def test_the_schema_is_made_once(anonymous: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    first = anonymous.get("/schema")
    monkeypatch.setattr(SchemaGenerator, "get_schema", None)

    again = anonymous.get("/schema")
    as_yaml = anonymous.get("/schema?format=yaml")
    known = anonymous.get("/schema", headers={"If-None-Match": first["ETag"]})
    head = anonymous.head("/schema")

    assert again.content == first.content
    assert yaml.load(as_yaml.content, yaml.CSafeLoader) == json.loads(first.content)
    assert as_yaml["ETag"] != first["ETag"] == again["ETag"] == head["ETag"]
    assert (known.status_code, known.content, known["ETag"]) == (304, b"", first["ETag"])
    assert (head.status_code, head.content) == (200, b"")


@pytest.mark.parametrize("path", ["/schema", "/docs"])
def test_an_unknown_parameter_of_the_schema_or_its_page_is_a_400(anonymous: Api, path: str) -> None:
    assert_faults(anonymous.get(f"{path}?lang=de&words=2"), "lang", "words")


def test_the_page_fetches_its_script_from_where_it_is(anonymous: Api) -> None:
    script = anonymous.get("/docs?script=")

    assert 'src="/docs?script="' in anonymous.get("/docs").content.decode()
    assert (script.status_code, script["Content-Type"]) == (200, "application/javascript")
    assert b'"/schema"' in script.content


def test_a_problem_of_the_schema_is_json_whatever_was_asked_for(anonymous: Api) -> None:
    assert_faults(anonymous.get("/schema?lang=de&format=yaml"), "lang")
    as_yaml = {"accept": "application/yaml"}
    assert_faults(anonymous.get("/schema?lang=de", headers=as_yaml), "lang")
    assert_problem(anonymous.post("/schema", headers=as_yaml), 405, "method_not_allowed")


def test_the_schema_describes_each_format_of_its_own(schema: dict[str, Any]) -> None:
    assert set(schema["paths"]["/schema"]["get"]["responses"]["200"]["content"]) == {
        "application/json",
        "application/vnd.oai.openapi",
        "application/vnd.oai.openapi+json",
        "application/yaml",
    }


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("*/*", "application/vnd.oai.openapi+json"),
        ("text/html, image/gif, image/jpeg, *; q=.2", "application/vnd.oai.openapi+json"),
        ("application/json", "application/json"),
        ("application/yaml", "application/yaml"),
    ],
)
def test_the_schema_comes_as_it_is_asked_for(
    anonymous: Api, operator: Api, accept: str, media_type: str
) -> None:
    for api in (anonymous, operator):
        response = api.get("/schema", headers={"accept": accept})
        assert (response.status_code, response["Content-Type"]) == (200, media_type)
    # A program gets something whatever it accepts.
    assert operator.get("/schema", headers={"accept": "text/html"}).status_code == 200
