"""Descriptors are onboarded and deleted, and never changed."""

from typing import Any, Literal, NamedTuple, TypeVar
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import PROTECT, Model

from gatekeeper_site.audit.services import snapshot, write_audit_entry
from gatekeeper_site.core import clock
from gatekeeper_site.core.constraints import violates_foreign_key, violates_unique
from gatekeeper_site.core.documents import Fault, printable
from gatekeeper_site.core.refusals import Conflict, Invalid, Precondition, no_precondition
from records_app.descriptor_schemas import Heading, descriptor_faults
from records_app.models import (
    Descriptor,
    DescriptorFormat,
    FunctionDescriptor,
    NetworkFunction,
    ServiceDescriptor,
)
from records_app.selectors import FunctionKey, functions_by_id, functions_by_key
from records_app.sol006 import function_ids, heading_of, sol006_faults

CONFLICTS = {
    "descriptor_exists": "A descriptor of this vendor, name and version exists.",
    "in_use": "Something else refers to the object.",
}
ONBOARD_IT = "onboard it first (POST /functions)."
# How the constraints of descriptors are named.
NOUNS: dict[type[Descriptor], str] = {FunctionDescriptor: "function", ServiceDescriptor: "service"}

DescriptorType = TypeVar("DescriptorType", bound=Descriptor)


def onboard_service(
    *, document: dict[str, Any], tenant_id: str, descriptor_id: UUID | None = None
) -> ServiceDescriptor:
    """Check and store an NSD.

    Raises:
        Invalid: with every fault of the document.
        Conflict: `descriptor_exists`.
    """
    written_in = format_of(document)
    named = named_functions(document, tenant_id, written_in)
    faults = [(fault.path, fault.message) for fault in faults_of("nsd", document, written_in)]
    faults += [
        (each.path, f"There is no function descriptor {each.name}: {ONBOARD_IT}")
        for each in named
        if each.function is None
    ]
    if faults:
        raise Invalid(faults)
    with transaction.atomic():
        descriptor = create_descriptor(
            ServiceDescriptor, "nsd", document, tenant_id, descriptor_id, written_in
        )
        NetworkFunction.objects.bulk_create(
            NetworkFunction(
                service=descriptor, function=each.function, vnf_id=each.vnf_id, position=position
            )
            for position, each in enumerate(named)
        )
    return descriptor


def format_of(document: dict[str, Any]) -> DescriptorFormat:
    """Return in whose form an unchecked descriptor is written."""
    if "descriptor_schema" in document:
        return DescriptorFormat.FIVE_G_TANGO
    if "descriptor_version" not in document and ("vnfd" in document or "nsd" in document):
        return DescriptorFormat.SOL006
    if "cloudnative_deployment_units" in document:
        return DescriptorFormat.FIVE_G_TANGO
    return DescriptorFormat.SONATA


def faults_of(
    kind: Literal["nsd", "vnfd"], document: dict[str, Any], written_in: DescriptorFormat
) -> list[Fault]:
    """Return everything that is wrong with a descriptor by itself."""
    if written_in == DescriptorFormat.SOL006:
        return sol006_faults(kind, document)
    return descriptor_faults(kind, document)


class NamedFunction(NamedTuple):
    """A function that an unchecked service names."""

    path: str
    # How people are told of it.
    name: str
    vnf_id: str
    function: FunctionDescriptor | None


def named_functions(
    document: dict[str, Any], tenant_id: str, written_in: DescriptorFormat
) -> list[NamedFunction]:
    """Return the functions that an unchecked service names as it should, in its order."""
    if written_in == DescriptorFormat.SOL006:
        ids = function_ids(document)
        by_id = functions_by_id(ids.values(), tenant_id=tenant_id)
        return [
            NamedFunction(f"nsd.nsd[0].vnfd-id[{index}]", printable(each), each, by_id.get(each))
            for index, each in ids.items()
        ]
    keys = function_keys(document.get("network_functions"))
    by_key = functions_by_key(keys.values(), tenant_id=tenant_id)
    return [
        NamedFunction(
            f"network_functions[{index}]",
            " ".join(key),
            document["network_functions"][index].get("vnf_id"),
            by_key.get(key),
        )
        for index, key in keys.items()
    ]


def function_keys(network_functions: Any) -> dict[int, FunctionKey]:
    """Return the keys that an unchecked list of network functions names, by position."""
    members = network_functions if isinstance(network_functions, list) else []
    keys = {}
    for index, member in enumerate(members):
        match member:
            case {"vnf_vendor": str(vendor), "vnf_name": str(name), "vnf_version": str(version)}:
                keys[index] = FunctionKey(vendor, name, version)
    return keys


def onboard_function(
    *, document: dict[str, Any], tenant_id: str, descriptor_id: UUID | None = None
) -> FunctionDescriptor:
    """Check and store a VNFD.

    Raises:
        Invalid: with every fault of the document.
        Conflict: `descriptor_exists`.
    """
    written_in = format_of(document)
    faults = faults_of("vnfd", document, written_in)
    if faults:
        raise Invalid([(fault.path, fault.message) for fault in faults])
    return create_descriptor(
        FunctionDescriptor, "vnfd", document, tenant_id, descriptor_id, written_in
    )


def create_descriptor(
    model: type[DescriptorType],
    kind: Literal["nsd", "vnfd"],
    document: dict[str, Any],
    tenant_id: str,
    descriptor_id: UUID | None,
    written_in: DescriptorFormat,
) -> DescriptorType:
    """Store a checked document; the database guarantees that there is one of its name and version.

    Raises:
        Conflict: `descriptor_exists`.
    """
    if written_in == DescriptorFormat.SOL006:
        heading = heading_of(kind, document)
    else:
        heading = Heading(document["vendor"], document["name"], document["version"])
    now = clock.now()
    optional = {} if descriptor_id is None else {"uuid": descriptor_id}
    try:
        with transaction.atomic():
            descriptor = model._default_manager.create(
                **heading._asdict(),
                format=written_in,
                **optional,
                tenant_id=tenant_id,
                document=document,
                created_at=now,
                updated_at=now,
            )
            write_audit_entry(action="create", instance=descriptor, after=snapshot(descriptor))
            return descriptor
    except IntegrityError as error:
        if not violates_unique(error, model, f"{NOUNS[model]}_descriptor_is_unique"):
            raise
        raise Conflict(
            "descriptor_exists",
            f"There is a {model._meta.verbose_name} {' '.join(heading).strip()} already.",
        ) from error


def delete_descriptor(
    *, descriptor: Descriptor, precondition: Precondition = no_precondition
) -> None:
    """Delete a descriptor that nothing refers to.

    Raises:
        ObjectDoesNotExist: it is gone.
        Conflict: `in_use`, naming what refers to it.
    """
    try:
        with transaction.atomic():
            locked = type(descriptor)._default_manager.select_for_update().get(pk=descriptor.pk)
            precondition(locked)
            for relation in descriptor._meta.related_objects:
                if getattr(relation, "on_delete", None) is PROTECT:
                    refuse_if_used(descriptor, relation)
            write_audit_entry(action="delete", instance=locked, before=snapshot(locked))
            descriptor.delete()
    except IntegrityError as error:
        if not violates_foreign_key(error):
            raise
        # Something came to refer to it between the look and the commit.
        raise Conflict("in_use", f"{descriptor} is in use.") from error


def refuse_if_used(descriptor: Descriptor, relation: Any) -> None:
    """Look for one row that refers to a descriptor; Django would load them all.

    Raises:
        Conflict: `in_use`.
    """
    model: type[Model] = relation.related_model
    user = model._default_manager.filter(**{relation.field.name: descriptor}).first()
    if user is not None:
        name = getattr(user, "service", user) if isinstance(user, NetworkFunction) else user
        raise Conflict("in_use", f"{descriptor} is in use by the {name._meta.verbose_name} {name}.")
