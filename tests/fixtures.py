"""What many tests begin with: callers, descriptors, requests, records. Loaded by conftest.py."""

import json
import math
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from copy import copy
from datetime import timedelta
from functools import cache, partial
from itertools import product
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.core.cache import cache as server_cache
from django.core.management import call_command
from django.db import transaction
from django.db.models import Model
from django.test import Client

from gatekeeper_site.access.caller import Caller
from gatekeeper_site.access.models import Role, Token, UserAccess
from gatekeeper_site.access.services import digest_of
from gatekeeper_site.audit.models import AuditEntry
from gatekeeper_site.core import clock
from gatekeeper_site.core.peers import peers
from gatekeeper_site.core.rates import parse_rate
from records_app.models import FunctionDescriptor, NetworkFunction, ServiceDescriptor, ServiceRecord
from records_app.services import onboard_function, onboard_service
from requests_app.mano import simulator
from requests_app.models import Request, SimulatedOrder
from requests_app.services import submit_request
from requests_app.services.handover import attend_request
from requests_app.services.submit import NewRequest

TENANT = "0b576f6f4cbf414f829cd12f008bf08f"
OTHER_TENANT = "ffffffffffffffffffffffffffffffff"
# The demo's service, by the id that SONATA's examples refer to.
DEMO_SERVICE = UUID("9df6a98f-9e11-4cb7-b3c0-b1375e7ca1a1")
VFOO = UUID("6a15313f-cb0a-4540-baa2-77cc6b3f1010")
VBAR = UUID("9df6a98f-9e11-4cb7-b3c0-b1375e7ca1a9")


class Api(Client):
    """A program that calls the server: bodies are JSON, and a failure of ours is an answer."""

    def __init__(self, token: str | None = None, **kwargs: Any) -> None:
        self.token = token
        headers = {} if token is None else {"authorization": f"Bearer {token}"}
        super().__init__(headers=headers, raise_request_exception=False, **kwargs)

    def send(
        self,
        method: str,
        path: str,
        body: Any = b"",
        content_type: str = "application/json",
        **headers: str,
    ) -> Any:
        """Call with a body, given as bytes or as what becomes JSON, and with more headers."""
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        return self.generic(method, path, data, content_type=content_type, headers=headers)

    def request(self, **request: Any) -> Any:
        """Call as Django's client does, without what it notes of templates at a third of the cost.

        A program has none.
        """
        response: Any = self.handler(self._base_environ(**request))  # type: ignore[attr-defined]
        response.json = partial(self._parse_json, response)  # type: ignore[attr-defined]
        self.cookies.update(response.cookies)
        return response

    def post(self, path: str, body: Any = b"", **kwargs: Any) -> Any:  # type: ignore[override]
        return self.send("POST", path, body, **kwargs)

    def put(self, path: str, body: Any = b"", **kwargs: Any) -> Any:  # type: ignore[override]
        return self.send("PUT", path, body, **kwargs)


def new_user(name: str = "customer", **fields: Any) -> User:
    """Return the user of this name, made if there is none."""
    # Most tests do this several times, and the query would be put together anew each time.
    found = list(User.objects.raw("SELECT * FROM auth_user WHERE username = %s", [name]))
    return found[0] if found else User.objects.create(username=name, **fields)


def new_api(role: str = Role.ADMIN, tenant_id: str = "", user: str = "customer") -> Api:
    """Return a caller with a token of this role and tenant.

    It counts as used just now, or each call that a test takes back would write so anew.
    """
    token = secrets.token_urlsafe(32)
    Token.objects.create(
        digest=digest_of(token),
        user=new_user(user),
        role=role,
        tenant_id=tenant_id,
        last_used_at=clock.now(),
    )
    return Api(token)


@pytest.fixture
def admin(db: None) -> Api:
    """An admin of every tenant."""
    return new_api(Role.ADMIN, user="admin")


@pytest.fixture
def operator(db: None) -> Api:
    """An operator of TENANT."""
    return new_api(Role.OPERATOR, TENANT, user="operator")


@pytest.fixture
def viewer(db: None) -> Api:
    """A viewer of TENANT."""
    return new_api(Role.VIEWER, TENANT, user="viewer")


@pytest.fixture
def other_operator(db: None) -> Api:
    """An operator of OTHER_TENANT."""
    return new_api(Role.OPERATOR, OTHER_TENANT, user="other")


@pytest.fixture
def anonymous(db: None) -> Api:
    """A caller without a token."""
    return Api()


@pytest.fixture
def person(db: None) -> Client:
    """A browser in which an operator of TENANT has logged in. It checks CSRF as a server does."""
    user = new_user("person")
    UserAccess.objects.create(user=user, role=Role.OPERATOR, tenant_id=TENANT)
    browser = Client(enforce_csrf_checks=True, raise_request_exception=False)
    browser.force_login(user)
    return browser


@cache
def demo_rows() -> dict[type[Model], list[Any]]:
    """Return what `load_demo` stores, of which every test gets a copy: it takes long to check."""
    with rolled_back():
        last = AuditEntry.objects.order_by("id").last()
        call_command("load_demo")
        return {
            FunctionDescriptor: list(FunctionDescriptor.objects.filter(pk__in=[VFOO, VBAR])),
            ServiceDescriptor: list(ServiceDescriptor.objects.filter(pk=DEMO_SERVICE)),
            NetworkFunction: list(NetworkFunction.objects.filter(service=DEMO_SERVICE)),
            AuditEntry: list(AuditEntry.objects.filter(id__gt=last.id if last else 0)),
        }


@pytest.fixture
def demo(db: None) -> ServiceDescriptor:
    """The demo's descriptors, readable by every tenant."""
    for model, kept in demo_rows().items():
        rows = [copy(row) for row in kept]
        for row in rows:
            if isinstance(row.pk, int):
                row.pk = None
        model._default_manager.bulk_create(rows)
    return ServiceDescriptor.objects.get(pk=DEMO_SERVICE)


def vnfd(name: str = "firewall", version: str = "1.0", **members: Any) -> dict[str, Any]:
    """Return the smallest function descriptor."""
    unit = {
        "id": "vdu01",
        "vm_image": "http://images.example/firewall.img",
        "resource_requirements": {
            "cpu": {"vcpus": 1},
            "memory": {"size": 512},
            "storage": {"size": 1},
        },
        "connection_points": [{"id": "eth0"}],
    }
    return {
        "descriptor_version": "vnfd-schema-01",
        "vendor": "example",
        "name": name,
        "version": version,
        "virtual_deployment_units": [unit],
    } | members


def nsd(name: str = "protected", version: str = "1.0", **members: Any) -> dict[str, Any]:
    """Return the smallest service descriptor: of the function that `vnfd()` describes."""
    function = {
        "vnf_id": "vnf_firewall",
        "vnf_vendor": "example",
        "vnf_name": "firewall",
        "vnf_version": "1.0",
    }
    return {
        "descriptor_version": "nsd-schema-01",
        "vendor": "example",
        "name": name,
        "version": version,
        "network_functions": [function],
    } | members


def sol006_vnfd(name: str = "firewall", image: str = "ubuntu", **members: Any) -> dict[str, Any]:
    """Return a small function descriptor in SOL006, of two VDUs."""
    units = [
        {"id": "front", "sw-image-desc": image, "int-cpd": [{"id": "front-eth0"}]},
        {"id": "back", "sw-image-desc": "ubuntu"},
    ]
    described = {"id": name, "provider": "example", "version": "1.0", "df": [{"id": "default"}]}
    return {"vnfd": described | {"vdu": units} | members}


def sol006_nsd(name: str = "protected", *vnfd_ids: str, **members: Any) -> dict[str, Any]:
    """Return a small service descriptor in SOL006, of functions by their ids."""
    named = list(vnfd_ids) or ["firewall"]
    profiles = [{"id": str(number), "vnfd-id": each} for number, each in enumerate(named, 1)]
    described = {
        "id": name,
        "designer": "example",
        "version": "1.0",
        "vnfd-id": named,
        "df": [{"id": "default", "vnf-profile": profiles}],
    }
    return {"nsd": {"nsd": [described | members]}}


def sol006_service(
    image: str = "ubuntu", version: str = "1.0", tenant_id: str = TENANT
) -> ServiceDescriptor:
    """Return a service in SOL006 whose one function runs an image."""
    name = f"firewall of {image}"
    onboard_function(document=sol006_vnfd(name, image, version=version), tenant_id=tenant_id)
    document = sol006_nsd(f"service of {image}", name, version=version)
    return onboard_service(document=document, tenant_id=tenant_id)


def onboarded_function(tenant_id: str = TENANT, **members: Any) -> FunctionDescriptor:
    """Return a function descriptor of a tenant."""
    return onboard_function(document=vnfd(**members), tenant_id=tenant_id)


def onboarded_service(tenant_id: str = TENANT, **members: Any) -> ServiceDescriptor:
    """Return a service descriptor of a tenant, with its function's."""
    key = {"vendor": "example", "name": "firewall", "version": "1.0"}
    if not FunctionDescriptor.objects.filter(tenant_id=tenant_id, **key).exists():
        onboarded_function(tenant_id)
    return onboard_service(document=nsd(**members), tenant_id=tenant_id)


def caller(tenant_id: str = TENANT, role: str = Role.OPERATOR) -> Caller:
    """Return who calls a service function in a test."""
    return Caller(user=new_user(), role=role, tenant_id=tenant_id)


def submitted(service: ServiceDescriptor, tenant_id: str = TENANT, **order: Any) -> Request:
    """Return a new request to instantiate a service; the MANO has not got it."""
    role = Role.OPERATOR if tenant_id else Role.ADMIN
    return submit_request(
        order=NewRequest(service_uuid=service.pk, **order),
        caller=caller(tenant_id, role),
        began_at=clock.now(),
    )


def run_to_end(request: Request) -> Request:
    """Hand a request over and let the simulator take all its steps; return it as it is then."""
    attend_request(request_id=request.pk)
    while order := SimulatedOrder.objects.filter(pk=request.pk).first():
        simulator.take_step(request.pk, order.next_step)
    request.refresh_from_db()
    return request


def instantiated(service: ServiceDescriptor, tenant_id: str = TENANT) -> ServiceRecord:
    """Return the record of a new instance of a service."""
    request = run_to_end(submitted(service, tenant_id))
    return ServiceRecord.objects.get(pk=request.service_instance_uuid)


def many_requests(number: int, **columns: Any) -> list[Request]:
    """Store plain rows of requests, a millisecond apart, for tests of lists.

    A column is given by its value, or by a function of the row's index.
    """
    now = clock.now()
    rows = []
    for index in range(number):
        moment = now + timedelta(milliseconds=index)
        fields: dict[str, Any] = {
            "tenant_id": TENANT,
            "request_type": "CREATE",
            "status": "READY",
            "began_at": moment,
            "created_at": moment,
            "updated_at": moment,
        }
        for name, value in columns.items():
            fields[name] = value(index) if callable(value) else value
        rows.append(Request(**fields))
    return Request.objects.bulk_create(rows)


@contextmanager
def rolled_back() -> Iterator[None]:
    """Undo at the end what was written in between: for each of Hypothesis' examples."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="session", autouse=True)
def static_root() -> Iterator[None]:
    """See that the directory of static files stays empty, in all of the run's processes.

    A test's client is a server that starts, and would read whatever is there.
    """
    yield
    assert not any(settings.STATIC_ROOT.iterdir()), "a test has collected the static files there"


@pytest.fixture
def no_static_files(settings: Any) -> None:
    """Leave them out of a preparation, which takes longer for them than for all else."""
    settings.STATICFILES_FINDERS = []


@pytest.fixture
def unthrottled(settings: Any) -> None:
    """Let a token call as often as it likes, and its calls be counted nowhere."""
    settings.THROTTLE_PER_TOKEN = parse_rate("0")


def forget_peers() -> None:
    """Have the next `/readyz` ask every peer."""
    for peer in peers().values():
        peer.asked_at = -math.inf


@pytest.fixture(autouse=True)
def nothing_remembered() -> Iterator[None]:
    """Forget what a test has left in the cache, and what peers have answered it."""
    yield
    server_cache.clear()
    forget_peers()


def assert_problem(response: Any, status: int, code: str) -> dict[str, Any]:
    """Check that an answer is a problem with every member of the contract; return it."""
    assert response.status_code == status, response.content[:2000]
    assert response["Content-Type"] == "application/problem+json"
    problem: dict[str, Any] = json.loads(response.content)
    assert problem["type"] == "about:blank"
    assert problem["title"] and isinstance(problem["title"], str)
    assert problem["status"] == status
    assert problem["detail"] and isinstance(problem["detail"], str)
    assert problem["instance"].startswith("/")
    assert problem["code"] == code
    assert problem["error"] == {"code": status, "message": problem["detail"]}
    if status == 400:
        assert problem["errors"]
        for fault in problem["errors"]:
            assert set(fault) == {"field", "message"}
            assert isinstance(fault["field"], str) and fault["message"]
    else:
        assert "errors" not in problem
    return problem


def assert_faults(response: Any, *fields: str) -> dict[str, str]:
    """Check that an answer is a 400 with a fault of each field and no other; return them."""
    problem = assert_problem(response, 400, "validation_error")
    faults = {fault["field"]: fault["message"] for fault in problem["errors"]}
    assert sorted(faults) == sorted(fields)
    return faults


def links_of(response: Any) -> dict[str, str]:
    """Return the URLs of a `Link` header by relation (RFC 8288)."""
    found = re.findall(r'<([^<>]*)>\s*;\s*rel="(\w+)"', response["Link"])
    assert ", ".join(f'<{url}>; rel="{name}"' for url, name in found) == response["Link"]
    return {name: url for url, name in found}


def ids_of(response: Any) -> list[str]:
    """Return the ids of the rows of a page of requests."""
    return [row["id"] for row in response.json()]


def every_endpoint(object_id: str | None = None) -> list[tuple[str, str]]:
    """Return the method and path of every operation of the API."""
    one = object_id or str(uuid4())
    lists = ["/requests", "/services", "/functions", "/records/services", "/records/functions"]
    return [
        *product(["GET"], lists),
        *product(["GET"], [f"{path}/{one}" for path in lists]),
        ("GET", f"/requests/{one}/events"),
        ("GET", f"/requests/{one}/callbacks"),
        ("POST", "/requests"),
        ("POST", "/services"),
        ("POST", "/functions"),
        ("POST", f"/requests/{one}/cancel"),
        ("POST", f"/requests/{one}/retry"),
        ("POST", f"/requests/{one}/give-up"),
        ("GET", f"/requests/{one}/case"),
        ("PATCH", f"/requests/{one}/case"),
        ("POST", f"/requests/{one}/callbacks/{one}/redeliver"),
        ("PUT", f"/records/services/{one}"),
        ("GET", "/mano"),
        ("DELETE", f"/services/{one}"),
        ("DELETE", f"/functions/{one}"),
    ]
