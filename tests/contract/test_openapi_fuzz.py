"""Schemathesis sends what the schema allows, and what it does not, and holds us to its answers."""

import json
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from gatekeeper_site.wsgi import application
from records_app.models import ServiceDescriptor
from tests.contract.objects import LOGINS, operations
from tests.fixtures import Api, instantiated, rolled_back, submitted

CHECKS = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
)


ten_examples = settings(
    max_examples=10,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)

# In which nothing could be wrong, but for who calls.
TAKES_NOTHING = (
    *("GET /healthz", "GET /docs", "GET /", "GET /v3", "GET /v2.0", "GET /v2.0/tenants"),
    *("GET /api/v2/public-key", "GET /api/v2/micro-services/public-key"),
    *("GET /api/v2/micro-services", "DELETE /sessions"),
    *("GET /gohan/v0.1/version", "GET /gohan/v0.1/schemas", "GET /gohan/v0.1/schemas/{id}"),
)
# Of the operations, each tried by a test of its own, so that several processes do it.
SHARES = 8


@cache
def served_schema() -> Any:
    """Return the schema; it takes long to read, and does not change."""
    # Who calls is said by a header of ours, which would replace what is generated.
    config = SchemathesisConfig.from_dict({"generation": {"with-security-parameters": False}})
    return schemathesis.openapi.from_wsgi("/schema", application, config=config)


@pytest.mark.django_db
@pytest.mark.usefixtures("unthrottled", "lasting_worker")
@pytest.mark.parametrize("share", range(SHARES))
def test_every_operation_answers_as_its_schema_says(
    admin: Api,
    demo: ServiceDescriptor,
    row_counts: Callable[[], dict[str, int]],
    share: int,
) -> None:
    instantiated(demo)
    submitted(demo)
    admin.get("/requests")

    def answers_as_its_schema_says(case: schemathesis.Case) -> None:
        before = row_counts()
        with rolled_back():
            response = case.call(headers={"Authorization": f"Bearer {admin.token}"})
            case.validate_response(response, checks=CHECKS)
            is_login = case.method == "POST" and case.operation.path in LOGINS
            if is_login and response.status_code == 401:
                before["core_auditentry"] += 1
            if response.status_code >= 400:
                after = row_counts()
                # Kept for the next call with the Idempotency-Key, and no effect.
                kept = after.pop("core_idempotentanswer") - before.pop("core_idempotentanswer")
                assert kept in (0, 1)
                assert after == before
                assert json.loads(response.content)["error"]["code"] == response.status_code

    for method, path in operations()[share::SHARES]:
        if method == "GET" and "{" not in path:
            # What the first call makes, as the platform's key, is not made anew for each example.
            admin.get(path)
        operation = served_schema()[path][method]
        for mode in GenerationMode:
            if f"{method} {path}" in TAKES_NOTHING and mode is GenerationMode.NEGATIVE:
                continue
            cases = given(case=operation.as_strategy(generation_mode=mode))
            ten_examples(cases(answers_as_its_schema_says))()
