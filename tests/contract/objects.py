"""One of everything of a tenant, and the operations of the OpenAPI schema that reach it."""

import base64
from typing import Any
from uuid import uuid4

from gatekeeper_site.access.models import PlatformKey, Token
from gatekeeper_site.access.services import digest_of
from records_app.models import FunctionRecord, ServiceDescriptor, ServiceRecord, SyncVerdict
from requests_app.models import CallbackDelivery, InstanceCheck, OsmOrder, Request
from tests.described import schema
from tests.fixtures import (
    TENANT,
    instantiated,
    new_api,
    nsd,
    onboarded_function,
    onboarded_service,
    submitted,
    vnfd,
)
from tests.ha_app.objects import (
    interface_body,
    new_gateway,
    new_interface,
    new_router,
    router_body,
    vpn_body,
)

SOMEONE, PASSWORD = "someone", "a long password"
# Where one logs in by what a body has.
LOGINS = ("/sessions", "/v3/auth/tokens", "/v2.0/tokens", "/api/v2/micro-services")


def operations() -> list[tuple[str, str]]:
    """Return the method and path of every operation in the schema."""
    return [
        (method.upper(), path) for path, methods in schema()["paths"].items() for method in methods
    ]


class Objects:
    """One of everything of a tenant, by what the API does with it."""

    def __init__(self, tenant_id: str = TENANT) -> None:
        self.tenant_id = tenant_id
        self.service: ServiceDescriptor = onboarded_service(tenant_id)
        self.function = self.service.functions.get()
        self.newer_service = onboarded_service(tenant_id, version="2.0")
        self.unused_service = onboarded_service(tenant_id, name="unused")
        self.unused_function = onboarded_function(tenant_id, name="unused")
        self.record: ServiceRecord = instantiated(self.service, tenant_id)
        self.function_record: FunctionRecord = self.record.functions.get()
        self.new_request: Request = submitted(self.service, tenant_id)
        self.failed_request: Request = submitted(self.service, tenant_id)
        Request.objects.filter(pk=self.failed_request.pk).update(
            status="ERROR",
            error="it broke",
            error_class="refused",
            cause="it broke",
            case_state="open",
            deadline_at=None,
            due_at=None,
        )
        self.request_in_progress: Request = submitted(self.service, tenant_id)
        Request.objects.filter(pk=self.request_in_progress.pk).update(
            status="INSTANTIATING", handover="SENT"
        )
        OsmOrder.objects.create(request=self.failed_request, step="ended", instance_id=uuid4())
        now = self.record.created_at
        ServiceRecord.objects.filter(pk=self.record.pk).update(sync_verdict=SyncVerdict.DIFFERS)
        InstanceCheck.objects.create(
            record=self.record,
            created_at=now,
            checked_at=now,
            differences=[{"path": "made_up", "recorded": None, "running": 5}],
            running={
                "nsr": {"id": str(self.record.pk), "made_up": 5},
                "vnfrs": [],
                "status": "normal operation",
            },
        )
        # Of the new request, so that a path of its own leads to it.
        self.delivery = CallbackDelivery.objects.create(
            tenant_id=tenant_id,
            request=self.new_request,
            request_status="INSTANTIATING",
            url="http://receiver.example/changes",
            host="receiver.example:80",
            body="{}",
            created_at=self.new_request.created_at,
            outcome="FAILED",
            ended_at=self.new_request.created_at,
        )
        self.router = new_router(tenant_id, name="pair of edges")
        self.downlink = new_interface(self.router, name="north")
        self.uplink = new_interface(self.router, "uplink", name="south")
        self.gateway = new_gateway(self.router, name="way out")
        self.unused_router = new_router(tenant_id)
        self.unused_interface = new_interface(self.unused_router)
        self.empty_router = new_router(tenant_id)
        api = new_api(tenant_id=tenant_id, user=f"holder of {tenant_id}")
        self.secret = str(api.token)
        self.token = Token.objects.get(digest=digest_of(self.secret))
        # To make a real one takes long.
        PlatformKey.objects.get_or_create(private_key="none", public_key="none")

    def ids(self) -> dict[str, Any]:
        """Return the id that stands in each path, by "METHOD path" or the path's beginning."""
        return {
            "DELETE /services/": self.unused_service.pk,
            "DELETE /functions/": self.unused_function.pk,
            "POST /requests/{id}/retry": self.failed_request.pk,
            "POST /requests/{id}/clean-up": self.failed_request.pk,
            "POST /requests/{id}/give-up": self.request_in_progress.pk,
            "/requests/{id}/case": self.failed_request.pk,
            "DELETE /v2.0/ha_routers/": self.empty_router.pk,
            "DELETE /v2.0/ha_interfaces/": self.unused_interface.pk,
            "/services/": self.service.pk,
            "/functions/": self.function.pk,
            "/records/services/": self.record.pk,
            "/records/functions/": self.function_record.pk,
            "/requests/": self.new_request.pk,
            "/v2.0/ha_routers/": self.router.pk,
            "/v2.0/ha_interfaces/": self.downlink.pk,
            "/v2.0/gateways/": self.gateway.pk,
            "/tokens/": self.token.pk,
            "/gohan/v0.1/schemas/": "gateway",
        }

    def id_in(self, method: str, path: str) -> str:
        """Return the id of the object that an operation is to be tried on."""
        ids = self.ids()
        for start, object_id in ids.items():
            if f"{method} {path}".startswith(start) or path.startswith(start):
                return str(object_id)
        raise AssertionError(f"no object is there for {path}")

    def path(self, method: str, path: str, object_id: str | None = None) -> str:
        """Return an operation's path with the id of an object, or with another one."""
        path = path.replace("{delivery_id}", str(self.delivery.pk))
        if "{" not in path:
            return path
        start, rest = path.split("{")
        return f"{start}{object_id or self.id_in(method, path)}{rest.split('}')[1]}"

    def headers(self, method: str, path: str) -> dict[str, str]:
        """Return the headers that an operation needs."""
        credentials = base64.b64encode(f"{SOMEONE}:{PASSWORD}".encode()).decode()
        headers = {
            "GET /api/v2/micro-services": {"authorization": f"Basic {credentials}"},
            "GET /v3/auth/tokens": {"X-Subject-Token": self.secret},
            "DELETE /v3/auth/tokens": {"X-Subject-Token": self.secret},
        }
        return headers.get(f"{method} {path}", {})

    def body(self, method: str, path: str) -> dict[str, Any]:
        """Return a body that an operation takes; {} where it needs none."""
        update = {"nsd_id": str(self.service.pk), "latest_nsd_id": str(self.newer_service.pk)}
        credentials = {"username": SOMEONE, "password": PASSWORD}
        named = {"user": {"name": SOMEONE, "password": PASSWORD}}
        identity = {"methods": ["password"], "password": named}
        bodies: dict[str, dict[str, Any]] = {
            "POST /functions": vnfd(name="another"),
            "POST /services": nsd(name="another"),
            "POST /requests": {"service_uuid": str(self.service.pk)},
            "POST /requests/{id}/give-up": {"reason": "too slow"},
            "PATCH /requests/{id}/case": {"note": "looked at"},
            "PUT /records/services/{uuid}": update,
            "PUT /mano": {"state": "paused", "reason": "upgraded"},
            "POST /sessions": credentials,
            "POST /v3/auth/tokens": {"auth": {"identity": identity}},
            "POST /v2.0/tokens": {"auth": {"passwordCredentials": credentials}},
            "POST /api/v2/micro-services": {"clientId": SOMEONE, "secret": PASSWORD},
            "POST /tokens": {"user": self.token.user.get_username(), "role": "viewer"},
            "POST /v2.0/ha_routers": router_body(tenant_id=self.tenant_id),
            "POST /v2.0/ha_interfaces": interface_body(self.router, tenant_id=self.tenant_id),
            "POST /v2.0/gateways": vpn_body(self.downlink, self.uplink, tenant_id=self.tenant_id),
            "PUT /v2.0/ha_routers/{id}": {"maximum_gateways": 7},
            "PATCH /v2.0/ha_routers/{id}": {"description": "changed"},
            "PUT /v2.0/ha_interfaces/{id}": {"maximum_ga_bandwidth": 7},
            "PATCH /v2.0/ha_interfaces/{id}": {"admin_state_up": False},
            "PUT /v2.0/gateways/{id}": {"name": "changed"},
            "PATCH /v2.0/gateways/{id}": {"description": "changed"},
        }
        return bodies.get(f"{method} {path}", {})
