"""Compares etcd with the database (contract: ha.md, etcd).

Only what is ours can differ: /config, and answers in /state and /monitoring that an object's
status does not reflect. What agents leave behind, of objects that are gone or in no form that can
be understood, is theirs.
"""

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import chain, islice
from threading import Event as Flag
from uuid import UUID

from gatekeeper_site.work.models import OutboxEntry
from ha_app.etcd.client import EtcdClient
from ha_app.etcd.codec import (
    MalformedAnswerError,
    Row,
    bounded_text,
    columns_of,
    object_value,
    read_monitoring,
    read_state,
)
from ha_app.etcd.heat_templates import heat_templates
from ha_app.etcd.keys import (
    CONFIG,
    MONITORING,
    STATE,
    Name,
    UnknownNameError,
    config_key,
    parse,
)
from ha_app.etcd.messages import end_of
from ha_app.etcd.mirror import ObjectName
from ha_app.models import MODELS_BY_PLURAL
from ha_app.selectors import current_objects
from ha_app.verdicts import Current, Verdict, judge_monitoring, judge_state

# How many objects are read at once, and how many differences are dealt with at once.
PAGE = 500
BATCH = 1000
# What was on its way when the two sides were read has arrived after this time.
SETTLE_SECONDS = 1
# For who has the time.
NEVER = Flag()


@dataclass(frozen=True)
class Difference:
    """Something that etcd and the database do not agree about.

    Attributes:
        key: in etcd.
        text: in what they differ.
        name: the object; None where the key names none.
        is_waiting: whether the object's change waits for the mirror.
    """

    key: str
    text: str
    name: Name | None = None
    is_waiting: bool = field(default=False, compare=False)

    def __str__(self) -> str:
        return f"{self.key}: {self.text}"


def compare(client: EtcdClient, is_over: Flag = NEVER) -> Iterator[Difference]:
    """Give in what etcd and the database differ, beyond what is just on its way.

    Both are read a page at a time; what differs is looked at once more a little later. The flag
    ends this before all is compared.

    Raises:
        EtcdUnavailable: they could not be compared.
    """
    found = differences(client, is_over)
    while suspects := list(islice(found, BATCH)):
        if is_over.wait(SETTLE_SECONDS):
            return
        waiting = in_outbox(suspects)
        confirmed = still_different(client, suspects)
        waiting |= in_outbox(suspects)
        for each in suspects:
            if each in confirmed:
                is_waiting = each.name is not None and each.name[1:] in waiting
                yield replace(each, is_waiting=is_waiting)


def in_outbox(found: Iterable[Difference]) -> set[ObjectName]:
    """Return those objects of differences whose change waits for the mirror."""
    ids = [each.name.object_id for each in found if each.name is not None]
    entries = OutboxEntry.objects.filter(object_id__in=ids)
    return set(entries.values_list("object_type", "object_id"))


def differences(client: EtcdClient, is_over: Flag = NEVER) -> Iterator[Difference]:
    """Give in what they differ now; a change that is on its way is among it."""
    templates = heat_templates()
    yield from config_differences(client.get_all(templates), templates)
    for page in pages(is_over):
        yield from stored_config_differences(client, page)
        yield from answer_differences(
            current_objects(page.plural, [row["id"] for row in page.rows]),
            page.plural,
            answers_of(client, page),
        )


@dataclass(frozen=True)
class Page:
    """HA objects of a kind that follow each other by their ids, and what their keys lie between.

    Attributes:
        plural: the kind.
        rows: the objects' columns.
        start: what the first key's end begins with, or comes after.
        end: likewise of the first key that is not of this page; None: all that are left.
    """

    plural: str
    rows: list[Row]
    start: str
    end: str | None

    def keys(self, tree: str) -> tuple[bytes, bytes]:
        """Return the first key of the page in one of the three trees, and the first beyond it."""
        prefix = f"{tree}{self.plural}/"
        end = end_of(prefix.encode()) if self.end is None else f"{prefix}{self.end}".encode()
        return f"{prefix}{self.start}".encode(), end


def pages(is_over: Flag) -> Iterator[Page]:
    """Give all HA objects; every key that may be of one lies in one of the pages.

    The flag ends this before the last.
    """
    for plural, model in MODELS_BY_PLURAL.items():
        objects = model._default_manager.order_by("pk").values(*columns_of(plural))
        rows = list(objects[:PAGE])
        start = ""
        while len(rows) == PAGE and not is_over.is_set():
            last = rows[-1]["id"]
            # A UUID and its text are in the same order, in etcd as in either database.
            yield Page(plural, rows, start, f"{last}\0")
            start = f"{last}\0"
            rows = list(objects.filter(pk__gt=last)[:PAGE])
        if is_over.is_set():
            return
        yield Page(plural, rows, start, None)


def stored_config_differences(client: EtcdClient, page: Page) -> Iterator[Difference]:
    """Give where /config is not what the database says of a page."""
    expected = {
        config_key(page.plural, row["id"]): object_value(page.plural, row) for row in page.rows
    }
    for item in client.read_range(*page.keys(CONFIG)):
        yield from config_differences(
            {item.key: item.value}, {item.key: expected.pop(item.key, None)}
        )
    yield from config_differences({}, expected)


def config_differences(
    values: Mapping[str, bytes], expected: Mapping[str, bytes | None]
) -> Iterator[Difference]:
    """Give where /config is not as expected.

    Args:
        values: of the keys that there are.
        expected: of every key that is looked at; None where there is to be none.
    """
    for key, value in expected.items():
        found = values.get(key)
        if found != value:
            yield Difference(key, how_it_differs(found, value), named(key))


def answers_of(client: EtcdClient, page: Page) -> dict[str, bytes]:
    """Return what agents say of a page's objects; what they say of others is theirs."""
    keys = {f"{tree}{page.plural}/{row['id']}" for tree in TREES for row in page.rows}
    items = chain.from_iterable(client.read_range(*page.keys(tree)) for tree in TREES)
    return {item.key: item.value for item in items if item.key in keys}


def still_different(client: EtcdClient, suspects: Collection[Difference]) -> set[Difference]:
    """Return in what etcd and the database differ now, of the keys of some differences."""
    values = client.get_all({each.key for each in suspects})
    expected: dict[str, bytes | None] = {
        each.key: heat_templates().get(each.key) for each in suspects if is_of_config(each)
    }
    found: set[Difference] = set()
    for plural, model in MODELS_BY_PLURAL.items():
        ids = {each.name.object_id for each in suspects if each.name and each.name.plural == plural}
        rows = model._default_manager.filter(pk__in=ids).values(*columns_of(plural))
        written = {config_key(plural, row["id"]): object_value(plural, row) for row in rows}
        expected |= {key: value for key, value in written.items() if key in expected}
        found.update(answer_differences(current_objects(plural, ids), plural, values))
    return found.union(config_differences(values, expected))


def how_it_differs(found: bytes | None, expected: bytes | None) -> str:
    """Return in what a value of /config is not as expected."""
    if expected is None:
        return "of an object that does not exist"
    if found is None:
        return "missing"
    try:
        ours, theirs = json.loads(expected), json.loads(found)
        ours |= json.loads(ours.pop("body"))
        theirs |= json.loads(theirs.pop("body"))
        faults = [
            f"{member} is {theirs.get(member)!r} in etcd, {ours.get(member)!r} in the database"
            for member in {**ours, **theirs}
            if ours.get(member) != theirs.get(member)
        ]
    except (ValueError, RecursionError, TypeError, KeyError, AttributeError):
        return "not an object in the form that it should have"
    # Whatever is in etcd can be printed, and is not printed at any length.
    return bounded_text("; ".join(faults)) or "written in another way"


def answer_differences(
    objects: Mapping[UUID, Current], plural: str, values: Mapping[str, bytes]
) -> Iterator[Difference]:
    """Give which answers of agents the statuses of objects of a kind do not reflect."""
    for object_id, current in objects.items():
        for tree, judge in TREES.items():
            key = f"{tree}{plural}/{object_id}"
            try:
                verdict = judge(current, values.get(key))
            except MalformedAnswerError:
                # The agent's to mend; it was logged and counted when it came.
                continue
            if verdict.status is not None or verdict.is_gone:
                becomes = "gone" if verdict.is_gone else verdict.status
                text = f"the object is {current.status} and should be {becomes}: {verdict.message}"
                yield Difference(key, text, Name(tree, plural, object_id))


def judge_state_value(current: Current, value: bytes | None) -> Verdict:
    """Return what is to become of an object by its /state.

    Raises:
        MalformedAnswerError: it is not an answer.
    """
    return Verdict() if value is None else judge_state(current, read_state(value))


def judge_monitoring_value(current: Current, value: bytes | None) -> Verdict:
    """Return what is to become of an object by its /monitoring.

    Raises:
        MalformedAnswerError: it is not an answer.
    """
    if value is None:
        # Without a key, an object was never monitored, or is no longer.
        return judge_monitoring(current, None) if current.is_monitored else Verdict()
    return judge_monitoring(current, read_monitoring(value))


# What agents write, and what becomes of an object by it.
TREES = {STATE: judge_state_value, MONITORING: judge_monitoring_value}


def named(key: str) -> Name | None:
    """Return what a key names; None if it names nothing."""
    try:
        return parse(key)
    except UnknownNameError:
        return None


def is_of_config(difference: Difference) -> bool:
    """Tell whether it is of what Gatekeeper writes, and not of an answer to be applied."""
    return difference.name is None or difference.name.prefix == CONFIG
