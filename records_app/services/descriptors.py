"""Descriptors are onboarded and deleted, and never changed."""

from typing import Any, TypeVar
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import PROTECT, Model

from gatekeeper_site.audit.services import snapshot, write_audit_entry
from gatekeeper_site.core import clock
from gatekeeper_site.core.constraints import violates_foreign_key, violates_unique
from gatekeeper_site.core.refusals import Conflict, Invalid, Precondition, no_precondition
from records_app.descriptor_schemas import descriptor_faults
from records_app.models import (
    Descriptor,
    FunctionDescriptor,
    NetworkFunction,
    ServiceDescriptor,
)
from records_app.selectors import FunctionKey, functions_by_key

CONFLICTS = {
    "descriptor_exists": "A descriptor of this vendor, name and version exists.",
    "in_use": "Something else refers to the object.",
}
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
    faults = [(fault.path, fault.message) for fault in descriptor_faults("nsd", document)]
    keys = function_keys(document.get("network_functions"))
    functions = functions_by_key(keys.values(), tenant_id=tenant_id)
    faults += [
        (
            f"network_functions[{index}]",
            f"There is no function descriptor {' '.join(key)}: onboard it first (POST /functions).",
        )
        for index, key in keys.items()
        if key not in functions
    ]
    if faults:
        raise Invalid(faults)
    with transaction.atomic():
        descriptor = create_descriptor(ServiceDescriptor, document, tenant_id, descriptor_id)
        NetworkFunction.objects.bulk_create(
            NetworkFunction(
                service=descriptor,
                function=functions[keys[index]],
                vnf_id=member["vnf_id"],
                position=index,
            )
            for index, member in enumerate(document["network_functions"])
        )
    return descriptor


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
    faults = list(descriptor_faults("vnfd", document))
    if faults:
        raise Invalid([(fault.path, fault.message) for fault in faults])
    return create_descriptor(FunctionDescriptor, document, tenant_id, descriptor_id)


def create_descriptor(
    model: type[DescriptorType],
    document: dict[str, Any],
    tenant_id: str,
    descriptor_id: UUID | None,
) -> DescriptorType:
    """Store a checked document; the database guarantees that there is one of its name and version.

    Raises:
        Conflict: `descriptor_exists`.
    """
    key = {name: document[name] for name in ("vendor", "name", "version")}
    now = clock.now()
    optional = {} if descriptor_id is None else {"uuid": descriptor_id}
    try:
        with transaction.atomic():
            descriptor = model._default_manager.create(
                **key,
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
            f"There is a {model._meta.verbose_name} {' '.join(key.values())} already.",
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
