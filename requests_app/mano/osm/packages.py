"""The packages of a service at OSM: those that are there are used, others are uploaded.

Source: contract, mano-osm.md, Calls and Hazards. A package's descriptor id is unique in a project,
whatever its version or content.
"""

from http import HTTPStatus
from typing import Any, NamedTuple
from uuid import UUID

import yaml

from requests_app.mano.messages import PlainDumper
from requests_app.mano.osm.answers import text_of
from requests_app.mano.osm.nbi import NotDone, Refused, Session, Unclear, id_in
from requests_app.mano.osm.orders import note
from requests_app.mano.protocol import Order
from requests_app.models import OsmOrder

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


def provide(session: Session, package: Package, row: OsmOrder) -> str:
    """Return the NBI's id of a package, which is uploaded if it is not there.

    Args:
        session: of calls.
        package: which.
        row: of the order, which notes what is made until there is something in it.

    Raises:
        NotDone, Unclear: it is not certain to be there.
        Refused: it is not taken, or another package has its id.
    """
    there = found(session, package)
    if there is None:
        return uploaded(session, package, row)
    if row.package_of == UUID(package.uuid):
        # Somebody was quicker, or the answer to our upload was lost.
        if row.package_id not in ("", there):
            session.delete(*package.kind.path, row.package_id)
        note(row, package_of=None, package_id="")
    return there


def uploaded(session: Session, package: Package, row: OsmOrder) -> str:
    """Upload a package; return the NBI's id of it, or of one that somebody else was quicker with.

    Raises:
        NotDone, Unclear, Refused: as `provide`.
    """
    package_id = empty_package(session, package, row)
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
        if error.status == HTTPStatus.NOT_FOUND:
            note(row, package_of=None, package_id="")
            raise Unclear(f"the package {package_id} is gone") from error
        there = None
        refusal = Refused(error.status, f"{name_of(package)}: {error}")
        if error.status == HTTPStatus.CONFLICT:
            try:
                there = found(session, package)
            except Refused as another:
                refusal = another
        if there != package_id:
            session.delete(*package.kind.path, package_id)
        note(row, package_of=None, package_id="")
        if there is None:
            raise refusal from error
        return there
    note(row, package_of=None, package_id="")
    return package_id


def empty_package(session: Session, package: Package, row: OsmOrder) -> str:
    """Return the id of a package without content that says whose it is: a new one, or one left.

    Raises:
        NotDone, Unclear: there may be none.
        Refused: there is none.
    """
    is_known = row.package_of == UUID(package.uuid)
    package_id = row.package_id if is_known else ""
    if is_known and not package_id:
        package_id = left_empty(session, package)
    if not package_id:
        note(row, package_of=UUID(package.uuid), package_id="")
        marked = {"userDefinedData": {OURS: package.uuid}}
        try:
            package_id = session.post(*package.kind.path, body=marked)
        except (NotDone, Refused):
            note(row, package_of=None)
            raise
    if package_id != row.package_id:
        note(row, package_id=package_id)
    return package_id


def left_empty(session: Session, package: Package) -> str:
    """Return the id of an empty package that was made though its answer was lost; "" if none shows.

    Another order may be about to fill it: both have the same content for it.

    Raises:
        NotDone, Unclear: it is not known.
    """
    try:
        listed = session.listed(
            *package.kind.path, **{f"_admin.userDefinedData.{OURS}": package.uuid}
        )
    except Refused:
        # It is not to be found by its mark, and does no harm.
        return ""
    empty = (each for each in listed if is_ours(each, package) and "id" not in each)
    return next((id_in(each, "_id", package.kind.path) for each in empty), "")


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
