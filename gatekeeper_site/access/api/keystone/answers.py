"""What Keystone's clients get: tokens, the catalogue, versions."""

from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from rest_framework import serializers

from gatekeeper_site.access.api.keystone.bodies import (
    APPLICATION_CREDENTIAL,
    METHODS,
    PASSWORD,
    TOKEN,
)
from gatekeeper_site.access.models import Token

DOMAIN = {"id": "default", "name": "Default"}
SERVICES = ("gohan", "nfv-orchestration")
INTERFACES = ("public", "internal", "admin")
# Of a token that works until it is revoked, as every token has a time.
NEVER = datetime.max.replace(tzinfo=UTC)
# What clients compare is the id; when that version came is Keystone's own matter.
VERSIONS = (("v3.14", "v3", "2020-04-07T00:00:00Z"), ("v2.0", "v2.0", "2014-04-17T00:00:00Z"))


def microseconds(moment: datetime) -> str:
    """Print a time as v3 does."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S.%f}Z"


def seconds(moment: datetime) -> str:
    """Print a time as v2.0 does."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S}Z"


def method_of(token: Token) -> str:
    """Return by what a token was got; one that was made as such is a credential itself."""
    if token.source is None:
        return PASSWORD if token.login_digest else APPLICATION_CREDENTIAL
    return TOKEN if token.source.login_digest else APPLICATION_CREDENTIAL


def v3_token(token: Token, url: str, method: str | None = None) -> dict[str, Any]:
    """Print a token as v3 does, never the token itself.

    Args:
        token: with its user and source.
        url: by which the caller reached this server.
        method: by which it was got just now; None: as far as is known of it later.
    """
    user = {"id": str(token.user_id), "name": token.user.get_username(), "domain": DOMAIN}
    printed: dict[str, Any] = {
        "methods": [method or method_of(token)],
        "issued_at": microseconds(token.created_at),
        "expires_at": microseconds(token.expires_at or NEVER),
        # By it the audit names the token.
        "audit_ids": [str(token.pk)],
        "user": user,
        "roles": [{"id": token.role, "name": token.role}],
        "catalog": [v3_service(name, url) for name in SERVICES],
    }
    if token.tenant_id:
        tenant = {"id": token.tenant_id, "name": token.tenant_id, "domain": DOMAIN}
        printed["project"] = tenant
    return {"token": printed}


def v3_service(name: str, url: str) -> dict[str, Any]:
    """Return a service of the catalogue, as v3 has it."""
    region = settings.KEYSTONE_REGION
    endpoints = [
        {
            "id": f"{name}-{interface}",
            "interface": interface,
            "region": region,
            "region_id": region,
            "url": url,
        }
        for interface in INTERFACES
    ]
    return {"id": name, "type": name, "name": name, "endpoints": endpoints}


def v2_access(token: Token, secret: str, url: str) -> dict[str, Any]:
    """Print a token as v2.0 does, with the token.

    Args:
        token: with its user.
        secret: the token itself.
        url: by which the caller reached this server.
    """
    name = token.user.get_username()
    printed: dict[str, Any] = {
        "id": secret,
        "expires": seconds(token.expires_at or NEVER),
        "issued_at": microseconds(token.created_at),
    }
    if token.tenant_id:
        printed["tenant"] = v2_tenant(token.tenant_id)
    user = {
        "id": str(token.user_id),
        "name": name,
        "username": name,
        "roles": [{"name": token.role}],
        "roles_links": [],
    }
    catalogue = [v2_service(name, url) for name in SERVICES]
    return {"access": {"token": printed, "serviceCatalog": catalogue, "user": user}}


def v2_service(name: str, url: str) -> dict[str, Any]:
    """Return a service of the catalogue, as v2.0 has it."""
    endpoint = {f"{interface}URL": url for interface in INTERFACES}
    endpoint |= {"id": name, "region": settings.KEYSTONE_REGION}
    return {"type": name, "name": name, "endpoints": [endpoint], "endpoints_links": []}


def v2_tenant(tenant_id: str) -> dict[str, Any]:
    """Print a tenant as v2.0 does."""
    return {"id": tenant_id, "name": tenant_id, "enabled": True, "description": ""}


def versions(url: str) -> list[dict[str, Any]]:
    """Return v3 and v2.0, each with its own URL."""
    return [
        {
            "id": version_id,
            # v2.0 too: gohan's client takes no other status, and Keystone's deprecated it long ago.
            "status": "stable",
            "updated": updated,
            "links": [{"rel": "self", "href": f"{url}/{path}/"}],
            "media-types": [
                {
                    "base": "application/json",
                    "type": f"application/vnd.openstack.identity-{path}+json",
                }
            ],
        }
        for version_id, path, updated in VERSIONS
    ]


# For the schema


class KeystoneNamedSerializer(serializers.Serializer[Any]):
    """Something by its id and its name."""

    id = serializers.CharField()
    name = serializers.CharField()


class KeystoneScopedSerializer(KeystoneNamedSerializer):
    """A user, or the tenant as a project, with the domain that there is."""

    domain = KeystoneNamedSerializer()


class KeystoneEndpointSerializer(serializers.Serializer[Any]):
    """Where a service is."""

    id = serializers.CharField()
    interface = serializers.ChoiceField(choices=INTERFACES)
    region = serializers.CharField()
    region_id = serializers.CharField()
    url = serializers.CharField()


class KeystoneServiceSerializer(KeystoneNamedSerializer):
    """A service of the catalogue."""

    type = serializers.ChoiceField(choices=SERVICES)
    endpoints = KeystoneEndpointSerializer(many=True)


class KeystoneTokenSerializer(serializers.Serializer[Any]):
    """What a token is, and never the token."""

    methods = serializers.ListField(child=serializers.ChoiceField(choices=METHODS))
    issued_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField()
    audit_ids = serializers.ListField(child=serializers.CharField())
    user = KeystoneScopedSerializer()
    project = KeystoneScopedSerializer(required=False, help_text="The tenant, if there is one.")
    roles = KeystoneNamedSerializer(many=True)
    catalog = KeystoneServiceSerializer(many=True)


class KeystoneTokenEnvelopeSerializer(serializers.Serializer[Any]):
    """The envelope of a token's data."""

    token = KeystoneTokenSerializer()


class KeystoneTenantSerializer(KeystoneNamedSerializer):
    """A tenant."""

    enabled = serializers.BooleanField()
    description = serializers.CharField()


class KeystoneV2TokenSerializer(serializers.Serializer[Any]):
    """A token."""

    id = serializers.CharField(help_text="The token.")
    expires = serializers.DateTimeField()
    issued_at = serializers.DateTimeField()
    tenant = KeystoneTenantSerializer(required=False)


class KeystoneV2EndpointSerializer(serializers.Serializer[Any]):
    """Where a service is."""

    id = serializers.CharField()
    region = serializers.CharField()
    publicURL = serializers.CharField()  # noqa: N815 - Keystone's
    internalURL = serializers.CharField()  # noqa: N815 - Keystone's
    adminURL = serializers.CharField()  # noqa: N815 - Keystone's


class KeystoneV2ServiceSerializer(serializers.Serializer[Any]):
    """A service of the catalogue."""

    type = serializers.ChoiceField(choices=SERVICES)
    name = serializers.CharField()
    endpoints = KeystoneV2EndpointSerializer(many=True)
    endpoints_links = serializers.ListField(child=serializers.DictField())


class KeystoneV2RoleSerializer(serializers.Serializer[Any]):
    """A role."""

    name = serializers.CharField()


class KeystoneV2UserSerializer(KeystoneNamedSerializer):
    """A user."""

    username = serializers.CharField()
    roles = KeystoneV2RoleSerializer(many=True)
    roles_links = serializers.ListField(child=serializers.DictField())


class KeystoneV2AccessSerializer(serializers.Serializer[Any]):
    """A token with its user."""

    token = KeystoneV2TokenSerializer()
    serviceCatalog = KeystoneV2ServiceSerializer(many=True)  # noqa: N815 - Keystone's
    user = KeystoneV2UserSerializer()


class KeystoneV2AccessEnvelopeSerializer(serializers.Serializer[Any]):
    """The envelope of a token with its user."""

    access = KeystoneV2AccessSerializer()


class KeystoneTenantListSerializer(serializers.Serializer[Any]):
    """What `GET /v2.0/tenants` answers."""

    tenants = KeystoneTenantSerializer(many=True)


class KeystoneLinkSerializer(serializers.Serializer[Any]):
    """A link."""

    rel = serializers.CharField()
    href = serializers.CharField()


class KeystoneMediaTypeSerializer(serializers.Serializer[Any]):
    """A media type."""

    base = serializers.CharField()
    type = serializers.CharField()


class KeystoneVersionSerializer(serializers.Serializer[Any]):
    """One version of the identity API."""

    id = serializers.CharField()
    status = serializers.CharField()
    updated = serializers.DateTimeField()
    links = KeystoneLinkSerializer(many=True)

    def get_fields(self) -> dict[str, Any]:
        """Return the fields, with the one whose name is no name in Python."""
        return super().get_fields() | {"media-types": KeystoneMediaTypeSerializer(many=True)}


class KeystoneVersionEnvelopeSerializer(serializers.Serializer[Any]):
    """The envelope of a version."""

    version = KeystoneVersionSerializer()


class KeystoneVersionValuesSerializer(serializers.Serializer[Any]):
    """All versions."""

    values = KeystoneVersionSerializer(many=True)


class KeystoneVersionListSerializer(serializers.Serializer[Any]):
    """The envelope of all versions."""

    versions = KeystoneVersionValuesSerializer()
