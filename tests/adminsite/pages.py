"""What the tests of the admin do again and again: find pages, store rows, read answers."""

import html
import re
from typing import Any
from uuid import UUID, uuid4

from django.contrib.auth.models import User
from django.urls import reverse

from gatekeeper_site.access.models import Token
from gatekeeper_site.audit.models import AuditEntry
from gatekeeper_site.core import clock
from gatekeeper_site.work.models import Worker
from records_app.models import (
    FunctionDescriptor,
    FunctionRecord,
    RecordStatus,
    ServiceDescriptor,
    ServiceRecord,
)
from requests_app.models import CallbackDelivery
from tests.adminsite.ha_rows import STORE_HA_OBJECTS
from tests.fixtures import TENANT, many_requests, new_user

MODELS = {
    "requests": "requests_app_request",
    "callbacks": "requests_app_callbackdelivery",
    "service records": "records_app_servicerecord",
    "function records": "records_app_functionrecord",
    "service descriptors": "records_app_servicedescriptor",
    "function descriptors": "records_app_functiondescriptor",
    "HA routers": "ha_app_harouter",
    "HA interfaces": "ha_app_hainterface",
    "gateways": "ha_app_gateway",
    "tokens": "access_token",
    "users": "auth_user",
    "workers": "work_worker",
    "audit entries": "audit_auditentry",
}


def list_of(models: str) -> str:
    """Return the address of a list."""
    return reverse(f"admin:{MODELS[models]}_changelist")


def page_of(models: str, pk: Any) -> str:
    """Return the address of an object's page."""
    return reverse(f"admin:{MODELS[models]}_change", args=[pk])


def text_of(response: Any) -> str:
    """Return what a page says, without its tags, in one line."""
    page = response.content.decode()
    without_code = re.sub(r"<(script|style).*?</\1>", " ", page, flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]*>", " ", without_code)).split())


def listed(response: Any) -> list[Any]:
    """Return the keys of the rows that a list shows, in its order."""
    return [row.pk for row in response.context["cl"].result_list]


def many_records(number: int, **columns: Any) -> list[ServiceRecord]:
    """Store service records."""
    fields: dict[str, Any] = {
        "tenant_id": TENANT,
        "status": RecordStatus.NORMAL_OPERATION,
        "version": 1,
        "body": {"large": "body"},
    }
    return ServiceRecord.objects.bulk_create(
        ServiceRecord(uuid=uuid4(), **(fields | columns)) for _ in range(number)
    )


def many_deliveries(number: int, **columns: Any) -> list[CallbackDelivery]:
    """Store ended deliveries, each of a request of its own."""
    fields: dict[str, Any] = {
        "tenant_id": TENANT,
        "request_status": "READY",
        "url": "http://receiver.example/changes",
        "host": "receiver.example:80",
        "body": '{"large":"body"}',
        "outcome": "DELIVERED",
    }
    return CallbackDelivery.objects.bulk_create(
        CallbackDelivery(request=row, created_at=row.created_at, **(fields | columns))
        for row in many_requests(number)
    )


def many_descriptors(model: type[Any], number: int, **columns: Any) -> list[Any]:
    """Store descriptors of plain rows."""
    fields: dict[str, Any] = {
        "tenant_id": TENANT,
        "vendor": "example",
        "version": "1.0",
        "document": {"large": "document"},
    }
    return list(
        model.objects.bulk_create(
            model(**(fields | {"name": f"function-{index}"} | columns)) for index in range(number)
        )
    )


def store_many(models: str, number: int) -> None:
    """Store as many rows of what a list shows."""
    plain = {
        "requests": many_requests,
        "callbacks": many_deliveries,
        "service records": many_records,
        **STORE_HA_OBJECTS,
    }
    if models in plain:
        plain[models](number)
    elif models == "function records":
        service = many_records(1)[0]
        FunctionRecord.objects.bulk_create(
            FunctionRecord(
                uuid=uuid4(), service=service, tenant_id=TENANT, status="failed", version=2, body={}
            )
            for _ in range(number)
        )
    elif models == "service descriptors":
        many_descriptors(ServiceDescriptor, number)
    elif models == "function descriptors":
        many_descriptors(FunctionDescriptor, number)
    elif models == "tokens":
        user = new_user()
        Token.objects.bulk_create(
            Token(digest=uuid4().hex, user=user, role="viewer") for _ in range(number)
        )
    elif models == "users":
        User.objects.bulk_create(User(username=f"user-{index:03}") for index in range(number))
    elif models == "audit entries":
        AuditEntry.objects.bulk_create(
            AuditEntry(
                at=clock.now(),
                actor="customer",
                via="api",
                action="create",
                object_type="request",
                object_id=str(uuid4()),
                changes={"large": [None, "value"]},
            )
            for _ in range(number)
        )
    else:
        now = clock.now()
        Worker.objects.bulk_create(
            Worker(name=f"host:{index}", started_at=now, seen_at=now) for index in range(number)
        )


def request_status_page(request_id: UUID) -> str:
    """Return the address of the form that sets a request's status."""
    return reverse("admin:requests_app_request_set_status", args=[request_id])
