"""Reads of descriptors that are more than a queryset."""

import functools
import operator
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection
from django.db.models import BooleanField, Func, JSONField, Q, QuerySet
from django.db.models.expressions import RawSQL

from gatekeeper_site.access.caller import Caller, sees, visible_to
from gatekeeper_site.core import rows
from gatekeeper_site.core.parsing import parse_uuid
from records_app.models import (
    DescriptorFormat,
    FunctionDescriptor,
    FunctionRecord,
    NetworkFunction,
    ServiceDescriptor,
    ServiceRecord,
)


class Addresses(Func):
    """Each member of a record whose name has "address" in it, at any depth; PostgreSQL's alone.

    An index has this expression (migration 0003).
    """

    function = "jsonb_path_query_array"
    template = (
        "%(function)s(%(expressions)s, "
        """'$.** ? (@.type() == "object").keyvalue() ? (@.key like_regex "address").value')"""
    )
    output_field = JSONField()


# The same in SQLite.
HAS_ADDRESS = """
    EXISTS (
        SELECT 1 FROM json_tree(records_app_functionrecord.body)
        WHERE key LIKE '%%address%%' AND lower(atom) = %s
    )
"""


class FunctionKey(NamedTuple):
    """How a service descriptor names a function descriptor."""

    vendor: str
    name: str
    version: str


def visible_service_descriptors(caller: Caller) -> QuerySet[ServiceDescriptor]:
    """Return the NSDs that a caller may instantiate."""
    return visible_to(caller, ServiceDescriptor.objects.all(), shared=True)


# What there is to know of a service that is ordered.
ORDERABLE_COLUMNS = ("tenant_id", "format")


def orderable_service(service_uuid: UUID | None, caller: Caller) -> ServiceDescriptor | None:
    """Return the NSD of an id that a caller may instantiate, without its document; None if none."""
    if service_uuid is None:
        return None
    found = rows.columns_of(ServiceDescriptor, ORDERABLE_COLUMNS, [service_uuid])
    return service_seen(service_uuid, found.get(service_uuid), caller)


def service_seen(
    service_uuid: UUID | None, columns: Sequence[Any] | None, caller: Caller
) -> ServiceDescriptor | None:
    """Return the NSD that has these ORDERABLE_COLUMNS; None if a caller may not instantiate it."""
    if columns is None or not sees(caller, columns[0], shared=True):
        return None
    names = ["uuid", *ORDERABLE_COLUMNS]
    return ServiceDescriptor.from_db(connection.alias, names, [service_uuid, *columns])


def visible_service_records(caller: Caller) -> QuerySet[ServiceRecord]:
    """Return the service instances that a caller may see."""
    return visible_to(caller, ServiceRecord.objects.all())


def functions_by_key(
    keys: Iterable[FunctionKey], *, tenant_id: str
) -> dict[FunctionKey, FunctionDescriptor]:
    """Return the VNFDs that a tenant's service means by its keys, its own before shared ones."""
    wanted = set(keys)
    names = {key.name for key in wanted}
    found = FunctionDescriptor.objects.filter(name__in=names, tenant_id__in=("", tenant_id))
    found = found.exclude(format=DescriptorFormat.SOL006)
    # "" sorts before any tenant, so that a tenant's own replaces the shared one.
    ordered = found.defer("document").order_by("tenant_id")
    by_key = {FunctionKey(row.vendor, row.name, row.version): row for row in ordered}
    return {key: row for key, row in by_key.items() if key in wanted}


def functions_by_id(ids: Iterable[str], *, tenant_id: str) -> dict[str, FunctionDescriptor]:
    """Return the newest VNFD in SOL006 of each id, of those that a tenant's service may mean."""
    found = FunctionDescriptor.objects.filter(
        format=DescriptorFormat.SOL006, name__in=set(ids), tenant_id__in=("", tenant_id)
    )
    return {row.name: row for row in found.defer("document").order_by("created_at", "uuid")}


def service_document(descriptor: ServiceDescriptor) -> dict[str, Any]:
    """Return an NSD as the MANO is sent it: with its `uuid`."""
    document: dict[str, Any] = descriptor.document
    return document | {"uuid": str(descriptor.pk)}


def function_documents(descriptor: ServiceDescriptor) -> list[dict[str, Any]]:
    """Return the VNFDs of an NSD in the order of its `network_functions`, each with its `uuid`."""
    rows = NetworkFunction.objects.filter(service=descriptor).order_by("position")
    return [
        document | {"uuid": str(function_id)}
        for function_id, document in rows.values_list("function_id", "function__document")
    ]


def latest_service_descriptor(
    current: ServiceRecord | None, latest_nsd_id: str, *, caller: Caller
) -> ServiceDescriptor | None:
    """Return the NSD that an update means by `latest_nsd_id`.

    It is an NSD's uuid, or a version of the same vendor and name as the record's own NSD. Also an
    admin updates an instance to an NSD of its own tenant or a shared one, never to another's.
    """
    visible = visible_service_descriptors(caller)
    if current is not None:
        visible = visible.filter(tenant_id__in=("", current.tenant_id))
    descriptor_id: UUID | None = parse_uuid(latest_nsd_id)
    if descriptor_id is not None:
        return visible.filter(pk=descriptor_id).first()
    if current is None or current.descriptor is None:
        return None
    own = current.descriptor
    same = visible.filter(vendor=own.vendor, name=own.name, version=latest_nsd_id)
    # A tenant's own comes before the shared one of the same version.
    return same.order_by("-tenant_id").first()


def having_address(records: QuerySet[FunctionRecord], address: str) -> QuerySet[FunctionRecord]:
    """Return the function records in which an IP or MAC address stands.

    Args:
        records: of which.
        address: in full, in any case.
    """
    if connection.vendor != "postgresql":
        return records.filter(RawSQL(HAS_ADDRESS, [address.lower()], output_field=BooleanField()))  # noqa: S611 - no text of the caller's is in it
    in_body = records.alias(addresses=Addresses("body"))
    spellings = {address, address.lower(), address.upper()}
    matches = [Q(addresses__contains=[spelling]) for spelling in sorted(spellings)]
    return in_body.filter(functools.reduce(operator.or_, matches))
