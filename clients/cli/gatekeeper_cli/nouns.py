"""What the commands are about: of each noun, the client's operations and a table's columns."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Noun:
    """A resource of the server."""

    name: str
    plural: str
    # Of the generated client's operations: their tag, and what their names call one of them.
    tag: str
    one: str
    columns: tuple[str, ...]
    key: str = "id"
    # By which else it is found; empty if by its key alone.
    names: tuple[str, ...] = ()
    # What they call several; one's name with an s if not given.
    many: str = ""
    # Whether bodies and answers have it in an object of its own.
    is_wrapped: bool = False
    # What a table of one object leaves out.
    hidden: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """What people call it in a sentence."""
        return self.name.replace("-", " ").replace("ha ", "HA ")

    @property
    def with_article(self) -> str:
        """What people call one of them in a sentence."""
        return f"{'an' if self.title.startswith('HA ') else 'a'} {self.title}"

    def operation(self, verb: str) -> str:
        """Return the operation of the generated client that does this."""
        return f"{self.tag}.{verb}_{(self.many or f'{self.one}s') if verb == 'list' else self.one}"


SERVICE = Noun(
    "service",
    "services",
    "descriptors",
    "service",
    ("uuid", "name", "version", "vendor", "status", "created_at"),
    key="uuid",
    names=("vendor", "name", "version"),
)
FUNCTION = Noun(
    "function",
    "functions",
    "descriptors",
    "function",
    ("uuid", "name", "version", "vendor", "status", "created_at"),
    key="uuid",
    names=("vendor", "name", "version"),
)
REQUEST = Noun(
    "request",
    "requests",
    "requests",
    "request",
    (
        "id",
        "request_type",
        "status",
        "created_at",
        "service_uuid",
        "service_instance_uuid",
        "error",
    ),
)
SERVICE_RECORD = Noun(
    "service record",
    "service records",
    "records",
    "service_record",
    ("uuid", "status", "version", "updated_at", "descriptor_reference"),
    key="uuid",
)
FUNCTION_RECORD = Noun(
    "function record",
    "function records",
    "records",
    "function_record",
    ("uuid", "status", "version", "updated_at", "descriptor_reference"),
    key="uuid",
)
HA_ROUTER = Noun(
    "ha-router",
    "HA routers",
    "ha_routers",
    "ha_router",
    ("id", "name", "status", "available_gateways", "maximum_gateways", "description"),
    names=("name",),
    is_wrapped=True,
)
HA_INTERFACE = Noun(
    "ha-interface",
    "HA interfaces",
    "ha_interfaces",
    "ha_interface",
    ("id", "name", "status", "link_type", "vlan_ids_available", "gateway_instances_count"),
    names=("name",),
    is_wrapped=True,
    hidden=("vlan_pool_state",),
)
GATEWAY = Noun(
    "gateway",
    "gateways",
    "gateways",
    "gateway",
    ("id", "name", "status", "service_type", "vlan_id", "vrf_name"),
    names=("name",),
    is_wrapped=True,
)
TOKEN = Noun(
    "token",
    "tokens",
    "tokens",
    "token",
    ("id", "user", "role", "expires_at", "last_used_at", "revoked_at", "tenant_id"),
)
AUDIT = Noun(
    "audit entry",
    "audit entries",
    "audit",
    "audit_entry",
    ("at", "actor", "action", "object_type", "object_id", "via", "request_id"),
    many="audit_entries",
)
HA_NOUNS = {noun.one: noun for noun in (HA_ROUTER, HA_INTERFACE, GATEWAY)}
# Members that hold the id of something that has a name.
REFERENCES = {
    "service_uuid": SERVICE,
    "ha_router_id": HA_ROUTER,
    "downlink_interface_id": HA_INTERFACE,
    "uplink_interface_id": HA_INTERFACE,
}
