"""What Keystone's clients send, and how its errors look."""

import json
from typing import Any

from django.contrib.auth.models import User

from gatekeeper_site.access.models import Role
from gatekeeper_site.access.services import create_token
from tests.fixtures import TENANT, Api

PASSWORD = " correct horse "
WRONG = "The user name or the password is wrong."
THIRD_TENANT = "3" * 32
DOMAIN = {"id": "default", "name": "Default"}


def by_password(project: Any = None, *, secret: str = PASSWORD, **user: str) -> dict[str, Any]:
    """Return v3's order to log in by a password, for the project that a scope names."""
    named = {"password": secret, "domain": {"name": "Default"}} | (user or {"name": "ann"})
    auth: dict[str, Any] = {"identity": {"methods": ["password"], "password": {"user": named}}}
    if project is not None:
        auth["scope"] = {"project": project}
    return {"auth": auth}


def by_token(token: str, project: Any = None) -> dict[str, Any]:
    auth: dict[str, Any] = {"identity": {"methods": ["token"], "token": {"id": token}}}
    if project is not None:
        auth["scope"] = {"project": project}
    return {"auth": auth}


def log_in(body: dict[str, Any], **environ: Any) -> Any:
    return Api(**environ).post("/v3/auth/tokens", body)


def log_in_v2(**auth: Any) -> Any:
    return Api().post("/v2.0/tokens", {"auth": auth})


def token_of(response: Any) -> str:
    assert response.status_code == 201, response.content
    token: str = response["X-Subject-Token"]
    return token


def assert_error(response: Any, status: int, title: str) -> str:
    """Check that an answer is an error as Keystone tells it; return its message."""
    assert response.status_code == status, response.content[:2000]
    assert response["Content-Type"] == "application/json"
    assert int(response["Content-Length"]) == len(response.content)
    error = json.loads(response.content)["error"]
    assert error == {"code": status, "title": title, "message": error["message"]}
    assert error["message"]
    return str(error["message"])


def made_token(user: User, role: str = Role.OPERATOR, tenant_id: str = TENANT, **more: Any) -> str:
    return create_token(user=user, role=role, tenant_id=tenant_id, **more)


def ask(api: Api, subject: str | None, method: str = "GET") -> Any:
    headers = {} if subject is None else {"X-Subject-Token": subject}
    return api.send(method, "/v3/auth/tokens", **headers)
