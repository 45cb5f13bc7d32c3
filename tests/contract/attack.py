"""The two tenants of the scripted attack, and what an answer may not tell of the other."""

import json
from typing import Any
from uuid import UUID

from django.apps import apps
from django.db.models import Model

from gatekeeper_site.access.models import Role
from tests.contract.objects import Objects
from tests.fixtures import (
    OTHER_TENANT,
    TENANT,
    Api,
    new_api,
)

APPS = ("records_app", "requests_app", "ha_app")
# What the server would make up differs from call to call.
SAME_IDS = {
    "X-Request-ID": "same",
    "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
}
LISTS = {
    "/services": "uuid",
    "/functions": "uuid",
    "/requests": "id",
    "/records/services": "uuid",
    "/records/functions": "uuid",
    "/v2.0/ha_routers": "id",
    "/v2.0/ha_interfaces": "id",
    "/v2.0/gateways": "id",
}


class Theirs(Objects):
    """The objects that are attacked: OTHER_TENANT's."""

    def __init__(self) -> None:
        super().__init__(OTHER_TENANT)
        rows = [row for rows in rows_of(OTHER_TENANT).values() for row in rows]
        values = {value for row in rows for value in row.values() if isinstance(value, UUID)}
        # What an attacker must not be told.
        self.secrets = {OTHER_TENANT, *map(str, values)}


def attackers() -> list[Api]:
    return [new_api(Role.OPERATOR, TENANT, "attacker"), new_api(Role.VIEWER, TENANT, "attacker")]


def rows_of(tenant_id: str) -> dict[str, list[Any]]:
    """Return every row of a tenant's objects, and of what belongs to them."""
    rows: dict[str, list[Any]] = {}
    for label in APPS:
        for model in apps.get_app_config(label).get_models():
            if path := path_to_tenant(model):
                found = model._default_manager.filter(**{path: tenant_id}).order_by("pk")
                rows[model.__name__] = list(found.values())
    return rows


def path_to_tenant(model: type[Model]) -> str | None:
    """Return the lookup from a model to its tenant, directly or by what it belongs to."""
    fields = {field.name: field for field in model._meta.concrete_fields}
    if "tenant_id" in fields:
        return "tenant_id"
    for name, field in fields.items():
        related = field.related_model
        if related and any(each.name == "tenant_id" for each in related._meta.concrete_fields):
            return f"{name}__tenant_id"
    return None


def told(response: Any, theirs: "Theirs", *sent: Any) -> set[str]:
    """Return what of theirs an answer tells that the caller had not sent."""
    text = response.content.decode() + json.dumps(dict(response.items()))
    known = " ".join(map(str, sent))
    return {secret for secret in theirs.secrets if secret in text and secret not in known}


def same_answer(there: Any, unknown: Any, foreign_id: Any, unknown_id: Any) -> bool:
    """Tell whether two answers differ in nothing but the id that was asked for."""

    def parts(response: Any, object_id: Any) -> Any:
        headers = json.dumps(sorted(response.items())).replace(str(object_id), "ID")
        body = response.content.decode().replace(str(object_id), "ID")
        return response.status_code, headers, body

    return bool(parts(there, foreign_id) == parts(unknown, unknown_id))


def every_id(objects: Objects) -> list[UUID]:
    """Return the ids of all of a tenant's objects."""
    return [
        value.pk
        for value in vars(objects).values()
        if isinstance(value, Model) and isinstance(value.pk, UUID)
    ]
