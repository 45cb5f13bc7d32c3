"""The templates that tell the agents how to monitor HA objects (contract: ha.md, etcd)."""

from ha_app.etcd.codec import envelope
from ha_app.etcd.keys import config_key

# Of each template: what its devices are called in etcd, and the property that names each.
MONITORED = {
    "ha_router_monitoring": (
        "edge_router",
        {
            "primary_device_id": "primary_router_id",
            "secondary_device_id": "secondary_router_id",
        },
    ),
    "ha_interface_monitoring": (
        "er_physical_interface",
        {
            "primary_interface_id": "primary_interface_id",
            "secondary_interface_id": "secondary_interface_id",
        },
    ),
}


def heat_templates() -> dict[str, bytes]:
    """Return the templates' keys and values."""
    return {
        config_key("heat_templates", template_id): template_value(
            template_id, etcd_type, properties
        )
        for template_id, (etcd_type, properties) in MONITORED.items()
    }


def template_value(template_id: str, etcd_type: str, properties: dict[str, str]) -> bytes:
    """Return a template in its envelope.

    Args:
        template_id: its id.
        etcd_type: what kind of device its parts are.
        properties: of each parameter the object's property that it takes its value from.
    """
    body = {
        "id": template_id,
        "handler": "monitoring_worker",
        "watch": [],
        "parameter_mappings": {
            parameter: {"field": field} for parameter, field in properties.items()
        },
        "template_file": "".join(
            template_entry(parameter.partition("_")[0], etcd_type, parameter)
            for parameter in properties
        ),
    }
    return envelope(body, version=1)


def template_entry(name: str, etcd_type: str, parameter: str) -> str:
    """Return an entry of a template: YAML once the parameter is filled in."""
    return (
        f"{name}:\n"
        f"  type: etcd_reader\n"
        f"  etcd_type: {etcd_type}\n"
        f"  etcd_id: {{{{ {parameter} }}}}\n"
    )
