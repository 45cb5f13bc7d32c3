"""A peer that does what gohan's client does: it knows no resource but from the server's schemas.

As that client it asks with a body, `{}`, also where there is nothing to say, accepts JSON alone,
looks an object up by its id before it does by its name, and prints of an error what it meets first.
"""

import json
import shlex
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote_plus

from tests.fixtures import Api

# By method: what the client takes for an answer. Of anything else it says the status alone.
TAKEN = {"GET": (200,), "POST": (201, 202, 400), "PUT": (200, 201, 202, 400), "DELETE": (202, 204)}
NOT_FOUND = "Resource not found"


class ClientError(Exception):
    """What the client ends with."""


class GohanClient:
    """gohan's client, by its environment."""

    def __init__(self, environ: Mapping[str, str]) -> None:
        self.api = Api()
        self.token, catalog = self.log_in(environ)
        self.token = environ.get("OS_TOKEN_ID", self.token)
        self.endpoint = environ.get("GOHAN_ENDPOINT_URL") or endpoint_in(catalog, environ)
        described = self.call("GET", environ["GOHAN_SCHEMA_URL"])
        self.schemas = {each["id"]: each for each in described["schemas"]}
        self.fields: list[str] = []
        self.usual_format = self.output_format = environ.get("GOHAN_OUTPUT_FORMAT", "table")

    def log_in(self, environ: Mapping[str, str]) -> tuple[str, list[dict[str, Any]]]:
        """Log in where Keystone is said to be; return the token and the catalogue.

        Raises:
            ClientError: it is refused.
        """
        domain = {"name": environ["OS_DOMAIN_NAME"]}
        user = {"name": environ["OS_USERNAME"], "password": environ["OS_PASSWORD"]}
        password = {"user": user | {"domain": domain}}
        auth: dict[str, Any] = {"identity": {"methods": ["password"], "password": password}}
        if tenant_id := environ.get("OS_TENANT_ID"):
            auth["scope"] = {"project": {"id": tenant_id}}
        path = f"{environ['OS_AUTH_URL']}/auth/tokens"
        answer = self.api.post(path, {"auth": auth}, Accept="application/json")
        if answer.status_code != 201:
            raise unexpected(answer)
        return answer["X-Subject-Token"], answer.json()["token"]["catalog"]

    def run(self, line: str) -> str:
        """Return what a command prints.

        Args:
            line: as it stands after `gohan client`, such as `ha_router show edge`.

        Raises:
            ClientError: it fails.
        """
        self.fields, self.output_format = [], self.usual_format
        resource, command, *words = shlex.split(line)
        schema = self.schemas[resource]
        target = words.pop() if len(words) % 2 else ""
        if (command in ("show", "set", "delete")) != bool(target):
            raise ClientError("Wrong number of arguments")
        arguments = self.arguments(schema, words)
        path = schema["url"]
        if command == "list":
            return self.printed(schema, self.call("GET", path + self.asked_for()))
        if command == "create":
            return self.printed(schema, self.call("POST", path, arguments))
        path += f"/{self.id_of(schema, target)}"
        if command == "show":
            return self.printed(schema, self.call("GET", path + self.asked_for()))
        if command == "set":
            return self.printed(schema, self.call("PUT", path, arguments))
        return self.printed(schema, self.call("DELETE", path))

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """Return what a call is answered with.

        Raises:
            ClientError: it is answered otherwise than expected.
        """
        headers = {"X-Auth-Token": self.token, "Accept": "application/json"}
        answer = self.api.send(method, self.endpoint + path, body or {}, **headers)
        if answer.status_code == 404:
            raise ClientError(NOT_FOUND)
        if answer.status_code not in TAKEN[method]:
            raise unexpected(answer)
        return json.loads(answer.content) if answer.content else None

    def arguments(self, schema: dict[str, Any], words: list[str]) -> dict[str, Any]:
        """Return the members of a body that `--name value …` gives, each of its property's type."""
        members = {}
        properties = schema["schema"]["properties"]
        for option, text in zip(words[::2], words[1::2], strict=True):
            name = option.removeprefix("--")
            if name == "fields":
                self.fields = text.split(",")
            elif name == "output-format":
                self.output_format = text
            elif name in properties:
                members[name] = typed(properties[name], text)
            else:
                related = properties.get(f"{name}_id", {}).get("relation")
                key, value = (
                    (name, text)
                    if related is None
                    else (
                        f"{name}_id",
                        self.id_of(self.schemas[related], text),
                    )
                )
                members[key] = value
        return members

    def id_of(self, schema: dict[str, Any], identifier: str) -> str:
        """Return the id of what is called by its id or its name.

        Raises:
            ClientError: there is none, or more than one.
        """
        word = quote_plus(identifier)
        try:
            self.call("GET", f"{schema['url']}/{word}")
        except ClientError:
            found = self.call("GET", f"{schema['url']}?name={word}")[schema["plural"]]
        else:
            return identifier
        if len(found) > 1:
            raise ClientError(f"Multiple {schema['plural']} with name '{identifier}' found")
        if not found:
            raise ClientError(NOT_FOUND)
        return str(found[0]["id"])

    def asked_for(self) -> str:
        """Return the query that asks for some fields."""
        query = "&".join(f"_fields={name}" for name in self.fields)
        return f"?{query}" if query else ""

    def printed(self, schema: dict[str, Any], result: Any) -> str:
        """Return what is printed of an answer: JSON, a table, or the first scalar there is."""
        if result is None:
            return ""
        if self.output_format == "json":
            return json.dumps(result)
        # Members come to that client in any order, and a scalar is printed alone.
        for value in result.values():
            if not isinstance(value, (dict, list)):
                return str(value)
        (shown,) = result.values()
        rows = shown if isinstance(shown, list) else [shown]
        return "\n".join(self.line(schema, row) for row in rows)

    def line(self, schema: dict[str, Any], row: dict[str, Any]) -> str:
        """Return an object with the titles of its properties, in the schema's order."""
        described = schema["schema"]
        prefix = f"{schema['id']}."
        asked = {name.removeprefix(prefix) for name in self.fields} or described["properties"]
        return " | ".join(
            f"{described['properties'][name]['title']}: {row[name]}"
            for name in described["propertiesOrder"]
            if name in asked
        )


def unexpected(answer: Any) -> ClientError:
    """Return the error of an answer that the client has no use for."""
    return ClientError(f"Unexpected response: {answer.status_code} {answer.reason_phrase}")


def endpoint_in(catalog: list[dict[str, Any]], environ: Mapping[str, str]) -> str:
    """Return the one address, for admins, that a catalogue has of gohan in the region."""
    wanted = ("admin", environ["GOHAN_REGION"])
    (url,) = (
        endpoint["url"]
        for service in catalog
        if service["type"] == environ["GOHAN_SERVICE_NAME"]
        for endpoint in service["endpoints"]
        if (endpoint["interface"], endpoint["region"]) == wanted
    )
    return str(url).rstrip("/")


def typed(described: dict[str, Any], text: str) -> Any:
    """Return an option's value: of the property's type other than null."""
    if text == "<null>":
        return None
    kind = described["type"]
    if isinstance(kind, list):
        (kind,) = (each for each in kind if each != "null")
    if kind == "integer":
        return int(text)
    if kind == "boolean":
        return {"true": True, "false": False}[text]
    return text
