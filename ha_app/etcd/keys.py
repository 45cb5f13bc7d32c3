"""The names of what is in etcd (contract: ha.md, etcd)."""

from typing import NamedTuple
from uuid import UUID

from ha_app.models import MODELS_BY_PLURAL

CONFIG = "/config/v2.0/"
STATE = "/state/v2.0/"
MONITORING = "/monitoring/v2.0/"
LEADER = "/gatekeeper/leader"
# What is below these is of HA objects: of other resources there may be keys beside them.
PLURALS = tuple(MODELS_BY_PLURAL)


class Name(NamedTuple):
    """What a key names: an HA object, by the name that its list has in the API."""

    prefix: str
    plural: str
    object_id: UUID


class UnknownNameError(ValueError):
    """A key is below those of HA objects, and names none."""


def config_key(plural: str, object_id: UUID | str) -> str:
    """Return where an object is for the agents to read."""
    return f"{CONFIG}{plural}/{object_id}"


def state_key(plural: str, object_id: UUID | str) -> str:
    """Return where an agent says what it has done with an object."""
    return f"{STATE}{plural}/{object_id}"


def monitoring_key(plural: str, object_id: UUID | str) -> str:
    """Return where an agent says how an object's parts are."""
    return f"{MONITORING}{plural}/{object_id}"


def prefixes_of(tree: str) -> tuple[str, ...]:
    """Return the prefixes of the HA objects' keys in one of the three trees."""
    return tuple(f"{tree}{plural}/" for plural in PLURALS)


def parse(key: str) -> Name | None:
    """Return what a key names, or None if it is of another resource.

    Raises:
        UnknownNameError: it is below those of HA objects, but no id follows.
    """
    for tree in (CONFIG, STATE, MONITORING):
        for plural in PLURALS:
            prefix = f"{tree}{plural}/"
            if key.startswith(prefix):
                return Name(tree, plural, id_of(key, prefix))
    return None


def id_of(key: str, prefix: str) -> UUID:
    """Return the id that follows a prefix.

    Raises:
        UnknownNameError: what follows is no id as it is written here.
    """
    text = key.removeprefix(prefix)
    try:
        object_id = UUID(text)
    except ValueError as error:
        raise UnknownNameError(f"{key!r} does not end in a UUID") from error
    if str(object_id) != text:
        raise UnknownNameError(f"{key!r} does not end in a UUID in lower case, with hyphens")
    return object_id
