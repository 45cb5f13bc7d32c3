"""What a descriptor must look like to be onboarded; `sol006.py` has what one in SOL006 must.

Source: the contract's section "Descriptors": SONATA's, and 5GTANGO's, which name their schema
instead of its version and may be made of containers. Members that the schemas do not name are
allowed everywhere and kept as given.
"""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any, Literal, NamedTuple

from jsonschema import Draft202012Validator, ValidationError, validators
from jsonschema.protocols import Validator

from gatekeeper_site.core.documents import Fault, written_path


class Heading(NamedTuple):
    """What names a descriptor."""

    vendor: str
    name: str
    version: str


# A document of one mebibyte can hold half a million faults; nobody reads them.
MAXIMUM_FAULTS = 1000


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


def object_with(
    properties: dict[str, Any], optional: dict[str, Any] | None = None
) -> dict[str, Any]:
    """Return the schema of an object that must have some members, and may have others."""
    return {**OBJECT, "required": list(properties), "properties": properties | (optional or {})}


def _either(*names: str) -> dict[str, Any]:
    """The schema of an object that must have one of these members; the first is the usual one."""
    return {"anyOf": [{"required": [name]} for name in names]}


def some(noun: str, member: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of a list that is not empty."""
    return {
        "description": f"a list of at least one {noun}",
        "type": "array",
        "minItems": 1,
        "items": member,
    }


NETWORK_FUNCTION = object_with(
    {"vnf_id": NAME, "vnf_vendor": NAME, "vnf_name": NAME, "vnf_version": VERSION}
)
CONNECTION_POINTS = LIST_OF_OBJECTS | {"items": object_with({"id": STRING})}
VIRTUAL_DEPLOYMENT_UNIT = object_with(
    {
        "id": TEXT,
        "resource_requirements": object_with(
            {
                "cpu": object_with({"vcpus": POSITIVE_NUMBER}),
                "memory": object_with({"size": POSITIVE_NUMBER}),
            },
            {"storage": OBJECT},
        ),
    },
    {"vm_image": TEXT, "connection_points": CONNECTION_POINTS},
)
CLOUDNATIVE_DEPLOYMENT_UNIT = object_with(
    {"id": TEXT, "image": TEXT}, {"connection_points": CONNECTION_POINTS}
)
# What names a descriptor, and what says which schema it follows.
HEADING = {
    "descriptor_version": NAME,
    "descriptor_schema": TEXT,
    "vendor": NAME,
    "name": NAME,
    "version": VERSION,
}

NSD_SCHEMA: dict[str, Any] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "Network service descriptor",
    "description": "an object",
    "type": "object",
    "allOf": [_either("descriptor_version", "descriptor_schema")],
    "required": ["vendor", "name", "version", "network_functions"],
    "properties": HEADING
    | {
        "network_functions": some("network function", NETWORK_FUNCTION),
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
    "allOf": [
        _either("descriptor_version", "descriptor_schema"),
        _either("virtual_deployment_units", "cloudnative_deployment_units"),
    ],
    "required": ["vendor", "name", "version"],
    "properties": HEADING
    | {
        "virtual_deployment_units": some("virtual deployment unit", VIRTUAL_DEPLOYMENT_UNIT),
        "cloudnative_deployment_units": some(
            "cloud-native deployment unit", CLOUDNATIVE_DEPLOYMENT_UNIT
        ),
        "connection_points": LIST_OF_OBJECTS,
        "virtual_links": LIST_OF_OBJECTS,
    },
}
# Members that SONATA's and 5GTANGO's own schemas name besides, of both and of either.
OTHER_MEMBERS = (
    *("description", "author", "logo", "licenses", "deployment_flavours"),
    *("lifecycle_events", "monitoring_rules", "descriptor_type", "testing_tags"),
)
OTHER_NSD_MEMBERS = (
    *("network_services", "service_specific_managers", "vnf_dependency", "service_dependency"),
    *("monitoring_parameters", "auto_scale_policy", "soft_constraints"),
)
OTHER_VNFD_MEMBERS = ("physical_deployment_units", "function_specific_managers")
# The lists whose members' ids name units of one function, whatever their kind.
UNITS = ("virtual_deployment_units", "cloudnative_deployment_units")


# These keywords differ from the library's. Its own `type` and `exclusiveMinimum` print the value,
# which raises for a deeply nested one and for an integer of thousands of digits.
def _check_required(
    validator: Validator, names: list[str], instance: Any, schema: dict[str, Any]
) -> Iterator[ValidationError]:
    if isinstance(instance, dict):
        for name in names:
            if name not in instance:
                yield ValidationError("missing", path=[name])


def _check_any_of(
    validator: Validator, schemas: list[dict[str, Any]], instance: Any, schema: dict[str, Any]
) -> Iterator[ValidationError]:
    names = [name for each in schemas for name in each["required"]]
    if isinstance(instance, dict) and not any(name in instance for name in names):
        yield ValidationError("missing", path=names[:1])


def _check_type(
    validator: Validator, expected: str | list[str], instance: Any, schema: dict[str, Any]
) -> Iterator[ValidationError]:
    types = [expected] if isinstance(expected, str) else expected
    if not any(validator.is_type(instance, each) for each in types):
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
        "anyOf": _check_any_of,
        "required": _check_required,
        "type": _check_type,
        "exclusiveMinimum": _check_exclusive_minimum,
    },
)
_VALIDATORS: dict[str, Validator] = {
    "nsd": _DescriptorValidator(NSD_SCHEMA),
    "vnfd": _DescriptorValidator(VNFD_SCHEMA),
}


def members_of(kind: Literal["nsd", "vnfd"]) -> tuple[str, ...]:
    """The members of a descriptor that have a name in a schema, ours or SONATA's and 5GTANGO's."""
    if kind == "nsd":
        return (*NSD_SCHEMA["properties"], *OTHER_MEMBERS, *OTHER_NSD_MEMBERS)
    return (*VNFD_SCHEMA["properties"], *OTHER_MEMBERS, *OTHER_VNFD_MEMBERS)


def descriptor_faults(kind: Literal["nsd", "vnfd"], document: Any) -> list[Fault]:
    """Everything that is wrong with a descriptor, at once; empty if nothing is.

    Takes any JSON or YAML value and never raises. Each fault is named once. Of more than
    `MAXIMUM_FAULTS` faults the rest is left out, and the last fault says so.

    Source: the contract's section "Descriptors". That the network functions are onboarded is
    not checked here.
    """
    return first_of(_all_faults(kind, document))


def checked_by(schema: dict[str, Any]) -> Callable[[Any], list[Fault]]:
    """Return what finds everything that is wrong with a document by a schema alone."""
    validator = _DescriptorValidator(schema)

    def faults(document: Any) -> list[Fault]:
        return first_of(_schema_faults(validator, document))

    return faults


def first_of(faults: Iterator[Fault]) -> list[Fault]:
    """Return faults, each once, and of too many the first."""
    found = list(islice(faults, MAXIMUM_FAULTS + 1))
    if len(found) > MAXIMUM_FAULTS:
        found[-1] = Fault("", f"has more than the {MAXIMUM_FAULTS} faults listed here")
    # A string can be both too long and of the wrong form: one fault for the reader.
    return list(dict.fromkeys(found))


def _all_faults(kind: Literal["nsd", "vnfd"], document: Any) -> Iterator[Fault]:
    yield from _schema_faults(_VALIDATORS[kind], document)
    if not isinstance(document, dict):
        return
    if kind == "nsd":
        yield from _repeated(document, ["network_functions"], "vnf_id")
        return
    yield from _repeated(document, UNITS, "id")
    for path, unit in _members(document, UNITS):
        for fault in _repeated(unit, ["connection_points"], "id"):
            yield Fault(f"{path}.{fault.path}", fault.message)


def _schema_faults(validator: Validator, document: Any) -> Iterator[Fault]:
    for error in validator.iter_errors(document):
        yield Fault(written_path(error.absolute_path), _message(error))


def _message(error: ValidationError) -> str:
    if error.validator == "required":
        return "is required"
    if error.validator == "anyOf":
        alternatives: Any = error.validator_value
        others = [name for each in alternatives[1:] for name in each["required"]]
        return f"is required, or {' or '.join(others)} instead"
    schema: Any = error.schema
    message = f"must be {schema['description']}"
    # YAML reads 0.1 as a number and `true` as a boolean.
    if schema["type"] == "string" and isinstance(error.instance, int | float):
        message += ": put it in quotes"
    return message


def _members(holder: Any, lists: Iterable[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The objects in these lists of an unchecked object, each with its path."""
    for name in lists:
        members = holder.get(name) if isinstance(holder, dict) else None
        if isinstance(members, list):
            for position, member in enumerate(members):
                if isinstance(member, dict):
                    yield f"{name}[{position}]", member


def _repeated(holder: Any, lists: Iterable[str], key: str) -> Iterator[Fault]:
    """A fault of each object in these lists that has the key of one before it."""
    first_paths: dict[str, str] = {}
    for path, member in _members(holder, lists):
        value = member.get(key)
        if isinstance(value, str):
            first = first_paths.setdefault(value, path)
            if first != path:
                yield Fault(f"{path}.{key}", f"must be unique: {first} has the same")
