"""HA routers, HA interfaces and gateways."""

from enum import StrEnum
from typing import Annotated, Any

import typer

from gatekeeper_cli.completion import complete
from gatekeeper_cli.faults import WrongUse
from gatekeeper_cli.following import await_object, await_removal
from gatekeeper_cli.names import find
from gatekeeper_cli.nouns import GATEWAY, HA_INTERFACE, HA_ROUTER, Noun
from gatekeeper_cli.session import Session, command, group
from gatekeeper_cli.verbs import add_list, add_show, argument, unwrapped

HA_GROUPS = (
    (HA_ROUTER, "HA routers: pairs of edge routers."),
    (HA_INTERFACE, "HA interfaces: their VLANs and bandwidth."),
    (GATEWAY, "Gateways: what takes VLANs and bandwidth."),
)


class LinkType(StrEnum):
    """Where an interface leads."""

    UPLINK = "uplink"
    DOWNLINK = "downlink"


class ServiceType(StrEnum):
    """What a gateway leads to."""

    INTERNET = "internet"
    COMMON_FUNCTION = "common_function"
    VPN = "vpn"
    AWS = "aws"
    AZURE = "azure"
    GCP = "gcp"
    INTERDC = "interdc"


class QosType(StrEnum):
    """Which bandwidth a gateway takes."""

    GUARANTEE = "guarantee"
    BESTEFFORT = "besteffort"
    NONE = "none"


NAME = Annotated[str | None, typer.Option("--name", help="Its name.")]
DESCRIPTION = Annotated[str | None, typer.Option("--description", help="What people should know.")]
TENANT = Annotated[
    str | None,
    typer.Option("--tenant", metavar="ID", help="Whose it is; the token's tenant if not given."),
]
WAIT = Annotated[bool, typer.Option("--wait", help="Wait until it is confirmed, or ERROR.")]
MAXIMUM_GATEWAYS = Annotated[
    int | None, typer.Option("--maximum-gateways", min=0, help="How many gateways it may have.")
]
GUARANTEED = Annotated[
    int | None,
    typer.Option("--maximum-ga-bandwidth", min=0, help="Mbit/s that can be guaranteed."),
]
BEST_EFFORT = Annotated[
    int | None, typer.Option("--maximum-be-bandwidth", min=0, help="Mbit/s of best effort.")
]
ENABLED = Annotated[
    bool | None,
    typer.Option("--enable/--disable", help="Whether it takes new gateways (admin_state_up)."),
]
QOS = Annotated[
    QosType | None, typer.Option("--qos-type", help="Which bandwidth it takes; none for none.")
]
BANDWIDTH = Annotated[
    int | None, typer.Option("--bandwidth", min=0, help="Mbit/s, with --qos-type.")
]
VLAN = {"min": 0, "max": 4095, "metavar": "VLAN"}


def add_to(app: typer.Typer) -> None:
    """Add the commands."""
    groups = {}
    for noun, text in HA_GROUPS:
        nouns = groups[noun] = group(app, noun.name, text)
        add_list(nouns, noun)
        add_show(nouns, noun)
        add_events(nouns, noun)
        add_delete(nouns, noun)
    command(groups[HA_ROUTER], "create", is_order=True)(create_router)
    command(groups[HA_ROUTER], "set")(set_router)
    command(groups[HA_INTERFACE], "create", is_order=True)(create_interface)
    command(groups[HA_INTERFACE], "set")(set_interface)
    command(groups[HA_INTERFACE], "vlans")(vlans)
    command(groups[GATEWAY], "create", is_order=True)(create_gateway)
    command(groups[GATEWAY], "set")(set_gateway)


def add_events(app: typer.Typer, noun: Noun) -> None:
    """Add the command that lists changes of status."""

    def run(session: Session, which: Annotated[str, argument(noun)]) -> None:
        key = find(session, noun, which)
        rows = session.call(f"{noun.tag}.list_{noun.one}_events", key, limit=1000).data
        session.rows(rows, ("at", "from_status", "to_status", "actor", "message"))

    command(app, "events", help=f"List {noun.with_article}'s changes of status, oldest first.")(run)


def add_delete(app: typer.Typer, noun: Noun) -> None:
    """Add the command that deletes, which agents may have to confirm."""

    def run(
        session: Session,
        which: Annotated[str, argument(noun)],
        wait: Annotated[bool, typer.Option("--wait", help="Wait until it is gone.")] = False,
    ) -> None:
        key = find(session, noun, which)
        session.call(noun.operation("delete"), key)
        if wait:
            await_removal(session, noun, key)

    command(app, "delete", has_output=False, help=f"Delete {noun.with_article}.")(run)


def create_router(
    session: Session,
    primary: Annotated[
        str, typer.Option("--primary-router", metavar="UUID", help="The first edge router.")
    ],
    secondary: Annotated[
        str, typer.Option("--secondary-router", metavar="UUID", help="The second edge router.")
    ],
    name: NAME = None,
    description: DESCRIPTION = None,
    maximum_gateways: MAXIMUM_GATEWAYS = None,
    tenant: TENANT = None,
    wait: WAIT = False,
) -> None:
    """Create an HA router of two edge routers."""
    body = {
        "name": name,
        "description": description,
        "primary_router_id": primary,
        "secondary_router_id": secondary,
        "maximum_gateways": maximum_gateways,
        "tenant_id": tenant,
    }
    create(session, HA_ROUTER, body, is_awaited=wait)


def create_interface(
    session: Session,
    router: Annotated[
        str,
        typer.Option(
            "--ha-router",
            metavar="NAME|ID",
            help="The HA router that it belongs to.",
            autocompletion=complete(HA_ROUTER),
        ),
    ],
    link_type: Annotated[LinkType, typer.Option("--link-type", help="Where it leads.")],
    primary: Annotated[
        str, typer.Option("--primary-interface", metavar="UUID", help="The first interface.")
    ],
    secondary: Annotated[
        str, typer.Option("--secondary-interface", metavar="UUID", help="The second interface.")
    ],
    name: NAME = None,
    description: DESCRIPTION = None,
    restricted_vlans: Annotated[
        str | None,
        typer.Option(
            "--restricted-vlans",
            metavar="RANGES",
            help="VLANs that it never hands out, such as 0-1024,4094.",
        ),
    ] = None,
    maximum_ga_bandwidth: GUARANTEED = None,
    maximum_be_bandwidth: BEST_EFFORT = None,
    enable: ENABLED = None,
    tenant: TENANT = None,
    wait: WAIT = False,
) -> None:
    """Create an HA interface of two physical interfaces."""
    body = {
        "name": name,
        "description": description,
        "ha_router_id": find(session, HA_ROUTER, router),
        "link_type": link_type,
        "primary_interface_id": primary,
        "secondary_interface_id": secondary,
        "restricted_vlans": restricted_vlans,
        "maximum_ga_bandwidth": maximum_ga_bandwidth,
        "maximum_be_bandwidth": maximum_be_bandwidth,
        "admin_state_up": enable,
        "tenant_id": tenant,
    }
    create(session, HA_INTERFACE, body, is_awaited=wait)


def create_gateway(
    session: Session,
    service_type: Annotated[ServiceType, typer.Option("--service-type", help="What it leads to.")],
    router: Annotated[
        str | None,
        typer.Option(
            "--ha-router",
            metavar="NAME|ID",
            help="Its HA router, unless an interface is given.",
            autocompletion=complete(HA_ROUTER),
        ),
    ] = None,
    downlink: Annotated[
        str | None,
        typer.Option(
            "--downlink",
            metavar="NAME|ID",
            help="Its downlink interface; that with the most free VLANs if not given.",
            autocompletion=complete(HA_INTERFACE),
        ),
    ] = None,
    vlan: Annotated[
        int | None, typer.Option("--vlan", help="The downlink's VLAN; the lowest free.", **VLAN)
    ] = None,
    uplink: Annotated[
        str | None,
        typer.Option(
            "--uplink",
            metavar="NAME|ID",
            help="Its uplink interface, for vpn, aws, azure, gcp and interdc.",
            autocompletion=complete(HA_INTERFACE),
        ),
    ] = None,
    uplink_vlan: Annotated[
        int | None, typer.Option("--uplink-vlan", help="The uplink's VLAN.", **VLAN)
    ] = None,
    name: NAME = None,
    description: DESCRIPTION = None,
    qos_type: QOS = None,
    bandwidth: BANDWIDTH = None,
    tenant: TENANT = None,
    wait: WAIT = False,
) -> None:
    """Create a gateway, which takes a VLAN, and bandwidth if it has a QoS type."""
    body = {
        "name": name,
        "description": description,
        "service_type": service_type,
        "ha_router_id": router and find(session, HA_ROUTER, router),
        "downlink_interface_id": downlink and find(session, HA_INTERFACE, downlink),
        "vlan_id": vlan,
        "uplink_interface_id": uplink and find(session, HA_INTERFACE, uplink),
        "uplink_vlan_id": uplink_vlan,
        "qos_type": None if qos_type == QosType.NONE else qos_type,
        "bandwidth": bandwidth,
        "tenant_id": tenant,
    }
    create(session, GATEWAY, body, is_awaited=wait)


def set_router(
    session: Session,
    which: Annotated[str, argument(HA_ROUTER)],
    description: DESCRIPTION = None,
    maximum_gateways: MAXIMUM_GATEWAYS = None,
    wait: WAIT = False,
) -> None:
    """Change an HA router."""
    body = {"description": description, "maximum_gateways": maximum_gateways}
    change(session, HA_ROUTER, which, body, is_awaited=wait)


def set_interface(
    session: Session,
    which: Annotated[str, argument(HA_INTERFACE)],
    description: DESCRIPTION = None,
    maximum_ga_bandwidth: GUARANTEED = None,
    maximum_be_bandwidth: BEST_EFFORT = None,
    enable: ENABLED = None,
    wait: WAIT = False,
) -> None:
    """Change an HA interface."""
    body = {
        "description": description,
        "maximum_ga_bandwidth": maximum_ga_bandwidth,
        "maximum_be_bandwidth": maximum_be_bandwidth,
        "admin_state_up": enable,
    }
    change(session, HA_INTERFACE, which, body, is_awaited=wait)


def set_gateway(
    session: Session,
    which: Annotated[str, argument(GATEWAY)],
    name: NAME = None,
    description: DESCRIPTION = None,
    qos_type: QOS = None,
    bandwidth: BANDWIDTH = None,
    wait: WAIT = False,
) -> None:
    """Change a gateway."""
    body = {
        "name": name,
        "description": description,
        "qos_type": qos_type,
        "bandwidth": bandwidth,
    }
    change(session, GATEWAY, which, body, is_awaited=wait)


def create(session: Session, noun: Noun, body: dict[str, Any], *, is_awaited: bool) -> None:
    """Order an object with what was given, and print it."""
    body = {name: value for name, value in body.items() if value is not None}
    answer = session.call(noun.operation("create"), body={noun.one: body}, key=session.order_key())
    print_changed(session, noun, answer.data, is_awaited=is_awaited)


def change(
    session: Session, noun: Noun, which: str, body: dict[str, Any], *, is_awaited: bool
) -> None:
    """Change of an object what was given, and print it."""
    body = {name: value for name, value in body.items() if value is not None}
    if not body:
        raise WrongUse("Say what to change: see --help.")
    if body.get("qos_type") == QosType.NONE:
        body["qos_type"] = None
    key = find(session, noun, which)
    answer = session.call(noun.operation("patch"), key, body={noun.one: body})
    print_changed(session, noun, answer.data, is_awaited=is_awaited)


def print_changed(session: Session, noun: Noun, data: Any, *, is_awaited: bool) -> None:
    """Print an object, at once or when its change is confirmed."""
    changed = unwrapped(noun, data)
    if is_awaited:
        changed = await_object(session, noun, str(changed.get("id")))
    session.show(changed, hidden=noun.hidden)


def vlans(session: Session, which: Annotated[str, argument(HA_INTERFACE)]) -> None:
    """Show which VLANs of an HA interface are free: on a terminal, as a map."""
    from gatekeeper_cli import tables, vlan_map

    key = find(session, HA_INTERFACE, which)
    data = session.call("ha_interfaces.get_ha_interface_vlans", key).data
    if session.form == "table" and not session.fields and tables.is_terminal():
        vlan_map.print_map(data)
    else:
        session.show(data)
