"""The packages of a service at OSM: those that are there are used, others are uploaded.

Source: contract, mano-osm.md, Calls and Hazards. A package's descriptor id is unique in a project,
whatever its version or content.
"""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any, NamedTuple

import yaml

from requests_app.mano.messages import PlainDumper
from requests_app.mano.osm.answers import text_of
from requests_app.mano.osm.nbi import Refused, Session, Unclear, id_in
from requests_app.mano.protocol import Order

OURS = "gatekeeper"
YAML = "application/yaml"
# What the NBI adds to the members of a descriptor when it lists packages.
ADDED = frozenset(
    {"onboardingState", "operationalState", "usageState", "nsdOnboardingState"}
    | {"nsdOperationalState", "nsdUsageState", "revision", "links", "userDefinedData"}
)


class Kind(NamedTuple):
    """Where packages of a kind are."""

    path: tuple[str, ...]
    content: str


FUNCTIONS = Kind(("vnfpkgm", "v1", "vnf_packages"), "package_content")
SERVICES = Kind(("nsd", "v1", "ns_descriptors"), "nsd_content")


class Package(NamedTuple):
    """A descriptor as OSM is to have it."""

    kind: Kind
    # Of our descriptor.
    uuid: str
    document: dict[str, Any]
    # The object in it that describes the function or service.
    described: dict[str, Any]


def packages_of(order: Order) -> list[Package]:
    """Return the packages that an order needs: the functions' before the service's."""
    functions = [
        Package(FUNCTIONS, each["uuid"], {"vnfd": each["vnfd"]}, each["vnfd"])
        for each in order.vnfds
    ]
    nsd: dict[str, Any] = order.nsd or {}
    return [*functions, Package(SERVICES, nsd["uuid"], {"nsd": nsd["nsd"]}, nsd["nsd"]["nsd"][0])]


def provide(
    session: Session, package: Package, pending: str, note_pending: Callable[[str], None]
) -> str:
    """Return the NBI's id of a package, which is uploaded if it is not there.

    Args:
        session: of calls.
        package: which.
        pending: the id of an empty package that an earlier try has made, or "".
        note_pending: keeps the id of one that is made, until there is something in it.

    Raises:
        NotDone, Unclear: it is not certain to be there.
        Refused: it is not taken, or another package has its id.
    """
    there = found(session, package)
    if there is not None:
        return there
    package_id = pending or created(session, package)
    note_pending(package_id)
    try:
        session.put(
            *package.kind.path,
            package_id,
            package.kind.content,
            body=yaml.dump(  # a safe dumper, of what came as JSON
                package.document, Dumper=PlainDumper, allow_unicode=True, sort_keys=False
            ).encode(),
            media_type=YAML,
        )
    except Refused as error:
        if error.status == HTTPStatus.NOT_FOUND and pending:
            note_pending("")
            raise Unclear(f"the package {package_id} is gone") from error
        session.delete(*package.kind.path, package_id)
        note_pending("")
        # An order that came together with this one may have been quicker.
        there = found(session, package) if error.status == HTTPStatus.CONFLICT else None
        if there is not None:
            return there
        raise Refused(error.status, f"{name_of(package)}: {error}") from error
    note_pending("")
    return package_id


def created(session: Session, package: Package) -> str:
    """Make an empty package that says whose it is; return its id."""
    marked = {"userDefinedData": {OURS: package.uuid}}
    return session.post(*package.kind.path, body=marked)


def found(session: Session, package: Package) -> str | None:
    """Return the id of a package that is there, None if there is none.

    Raises:
        Refused: another package has its descriptor id.
    """
    descriptor_id = package.described["id"]
    listed = session.listed(*package.kind.path, id=descriptor_id)
    named = [each for each in listed if each.get("id") == descriptor_id]
    if not named:
        return None
    for each in named:
        if is_ours(each, package) or has_content(each, package):
            return id_in(each, "_id", package.kind.path)
    raise Refused(
        HTTPStatus.CONFLICT,
        f"{name_of(package)}: OSM has another package of this id, "
        f"{text_of(named[0].get('_id'))} (version {text_of(named[0].get('version'))})",
    )


def is_ours(listed: dict[str, Any], package: Package) -> bool:
    """Tell whether a package carries our descriptor's uuid."""
    match listed:
        case {"_admin": {"userDefinedData": dict(data)}}:
            return data.get(OURS) == package.uuid
    return False


def has_content(listed: dict[str, Any], package: Package) -> bool:
    """Tell whether a package has the very content of our descriptor."""
    own = package.described
    added = {name for name in listed if name.startswith("_")} | ADDED
    return listed.keys() - added == own.keys() - added and all(
        listed[name] == value or (name == "version" and str(listed[name]) == str(value))
        for name, value in own.items()
        if name in listed
    )


def name_of(package: Package) -> str:
    """Return how people are told of a package."""
    kind = "VNF package" if package.kind is FUNCTIONS else "NS package"
    described = package.described
    return f"the {kind} {described['id']} {described['version']}"
