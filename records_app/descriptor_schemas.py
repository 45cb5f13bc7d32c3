"""What a descriptor must look like to be onboarded.

Source: the contract's section "Descriptors". Members that the schemas do not name are allowed
everywhere and kept as given.
"""

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import islice
from typing import Any, Literal, NamedTuple

from jsonschema import Draft202012Validator, ValidationError, validators
from jsonschema.protocols import Validator

# A document of one mebibyte can hold half a million faults; nobody reads them.
MAXIMUM_FAULTS = 1000


class Fault(NamedTuple):
    """One thing wrong with a descriptor.

    `path` leads to the member, as `network_functions[0].vnf_id`; it is "" only where the fault
    is the document's as a whole. `message` continues the path to a sentence.
    """

    path: str
    message: str


# Every subschema has a `description` that continues "must be": it is the message of its faults.
NAME: dict[str, Any] = {
    "description": "a string of 1 to 255 characters",
    "type": "string",
    "minLength": 1,
    "maxLength": 255,
}
VERSION: dict[str, Any] = {
    "description": 'a string of dotted numbers such as "0.1"',
    "type": "string",
    # \Z, as Python's $ also matches before a trailing newline.
    "pattern": r"^[0-9]+(\.[0-9]+)*\Z",
    "maxLength": 255,
}
TEXT: dict[str, Any] = {
    "description": "a string that is not empty",
    "type": "string",
    "minLength": 1,
}
STRING: dict[str, Any] = {"description": "a string", "type": "string"}
POSITIVE_NUMBER: dict[str, Any] = {
    "description": "a number above 0",
    "type": "number",
    "exclusiveMinimum": 0,
}
OBJECT: dict[str, Any] = {"description": "an object", "type": "object"}
LIST_OF_OBJECTS: dict[str, Any] = {
    "description": "a list of objects",
    "type": "array",
    "items": OBJECT,
}


def _object_with(properties: dict[str, Any]) -> dict[str, Any]:
    """The schema of an object that must have all these members, and may have others."""
    return {**OBJECT, "required": list(properties), "properties": properties}


NETWORK_FUNCTION = _object_with(
    {"vnf_id": NAME, "vnf_vendor": NAME, "vnf_name": NAME, "vnf_version": VERSION}
)
VIRTUAL_DEPLOYMENT_UNIT = _object_with(
    {
        "id": TEXT,
        "vm_image": TEXT,
        "resource_requirements": _object_with(
            {
                "cpu": _object_with({"vcpus": POSITIVE_NUMBER}),
                "memory": _object_with({"size": POSITIVE_NUMBER}),
                "storage": OBJECT,
            }
        ),
        "connection_points": {
            "description": "a list of objects",
            "type": "array",
            "items": _object_with({"id": STRING}),
        },
    }
)

NSD_SCHEMA: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "Network service descriptor",
    "description": "an object",
    "type": "object",
    "required": ["descriptor_version", "vendor", "name", "version", "network_functions"],
    "properties": {
        "descriptor_version": NAME,
        "vendor": NAME,
        "name": NAME,
        "version": VERSION,
        "network_functions": {
            "description": "a list of at least one network function",
            "type": "array",
            "minItems": 1,
            "items": NETWORK_FUNCTION,
        },
        "connection_points": LIST_OF_OBJECTS,
        "virtual_links": LIST_OF_OBJECTS,
        "forwarding_graphs": LIST_OF_OBJECTS,
    },
}
VNFD_SCHEMA: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "VNF descriptor",
    "description": "an object",
    "type": "object",
    "required": ["descriptor_version", "vendor", "name", "version", "virtual_deployment_units"],
    "properties": {
        "descriptor_version": NAME,
        "vendor": NAME,
        "name": NAME,
        "version": VERSION,
        "virtual_deployment_units": {
            "description": "a list of at least one virtual deployment unit",
            "type": "array",
            "minItems": 1,
            "items": VIRTUAL_DEPLOYMENT_UNIT,
        },
        "connection_points": LIST_OF_OBJECTS,
        "virtual_links": LIST_OF_OBJECTS,
    },
}


# These three keywords differ from the library's. Its own `type` and `exclusiveMinimum` print the
# value, which raises for a deeply nested one and for an integer of thousands of digits.
def _check_required(
    validator: Validator, names: list[str], instance: Any, schema: dict[str, Any]
) -> Iterator[ValidationError]:
    if isinstance(instance, dict):
        for name in names:
            if name not in instance:
                yield ValidationError("missing", path=[name])


def _check_type(
    validator: Validator, expected: str, instance: Any, schema: dict[str, Any]
) -> Iterator[ValidationError]:
    if not validator.is_type(instance, expected):
        yield ValidationError("of another type")


def _check_exclusive_minimum(
    validator: Validator, minimum: float, instance: Any, schema: dict[str, Any]
) -> Iterator[ValidationError]:
    # Not `<=`: a NaN, which YAML can write, is above nothing.
    if validator.is_type(instance, "number") and not instance > minimum:
        yield ValidationError("too small")


_DescriptorValidator = validators.extend(  # type: ignore[no-untyped-call]  # the stubs' gap
    Draft202012Validator,
    {
        "required": _check_required,
        "type": _check_type,
        "exclusiveMinimum": _check_exclusive_minimum,
    },
)
_VALIDATORS: dict[str, Validator] = {
    "nsd": _DescriptorValidator(NSD_SCHEMA),
    "vnfd": _DescriptorValidator(VNFD_SCHEMA),
}


def descriptor_faults(kind: Literal["nsd", "vnfd"], document: Any) -> list[Fault]:
    """Everything that is wrong with a descriptor, at once; empty if nothing is.

    Takes any JSON or YAML value and never raises. Each fault is named once. Of more than
    `MAXIMUM_FAULTS` faults the rest is left out, and the last fault says so.

    Source: the contract's section "Descriptors". That the network functions are onboarded is
    not checked here.
    """
    faults = list(islice(_all_faults(kind, document), MAXIMUM_FAULTS + 1))
    if len(faults) > MAXIMUM_FAULTS:
        faults[-1] = Fault("", f"has more than the {MAXIMUM_FAULTS} faults listed here")
    # A string can be both too long and of the wrong form: one fault for the reader.
    return list(dict.fromkeys(faults))


def _all_faults(kind: Literal["nsd", "vnfd"], document: Any) -> Iterator[Fault]:
    for error in _VALIDATORS[kind].iter_errors(document):
        yield Fault(_written_path(error.absolute_path), _message(error))
    if kind == "nsd" and isinstance(document, dict):
        yield from _repeated_vnf_ids(document.get("network_functions"))


def _written_path(path: Iterable[str | int]) -> str:
    """`["network_functions", 0, "vnf_id"]` as `network_functions[0].vnf_id`."""
    written = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return written.removeprefix(".")


def _message(error: ValidationError) -> str:
    if error.validator == "required":
        return "is required"
    schema: Any = error.schema
    message = f"must be {schema['description']}"
    # YAML reads 0.1 as a number, `yes` as a boolean and 2026-01-01 as a date.
    if schema["type"] == "string" and isinstance(error.instance, int | float | date):
        message += ": put it in quotes"
    return message


def _repeated_vnf_ids(network_functions: object) -> Iterator[Fault]:
    if not isinstance(network_functions, list):
        return
    first_positions: dict[str, int] = {}
    for position, network_function in enumerate(network_functions):
        vnf_id = network_function.get("vnf_id") if isinstance(network_function, dict) else None
        if not isinstance(vnf_id, str):
            continue
        first = first_positions.setdefault(vnf_id, position)
        if first != position:
            yield Fault(
                f"network_functions[{position}].vnf_id",
                f"must be unique: network_functions[{first}] has the same",
            )
