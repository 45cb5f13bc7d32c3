"""What a service record's page has beyond its fields: how it hangs together, and what it was."""

import json
from collections.abc import Iterator
from itertools import islice
from typing import Any
from uuid import UUID

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from gatekeeper_site.adminsite.html import NOTHING, moment, object_link, page_url
from gatekeeper_site.core.differences import differences
from gatekeeper_site.core.documents import written_path
from records_app import represent
from records_app.admin.topology_drawing import drawing_of
from records_app.models import (
    FormerVersion,
    FunctionRecord,
    NetworkFunction,
    Record,
    ServiceDescriptor,
    ServiceRecord,
)
from records_app.topology import (
    MAX_FUNCTIONS,
    Block,
    End,
    FunctionRow,
    Path,
    Step,
    topology_of,
)

# Of a table and of a change so much is shown; the JSON has all of it.
MAX_ROWS = 200
MAX_DIFFERENCES = 50
MAX_SHOWN_VALUE = 200
# A JSON text that is longer is shown by the API alone.
MAX_SHOWN_JSON = 60_000


def page_context(record: ServiceRecord, service_name: str | None) -> dict[str, Any]:
    """Return what the page of a service record is rendered with besides.

    Args:
        record: the record.
        service_name: what its service is called, None if that is not known.
    """
    functions = list(
        FunctionRecord.objects.filter(service=record)
        .order_by("created_at", "pk")
        .only("status", "body", "descriptor_id")[: MAX_FUNCTIONS + 1]
    )
    rows = [
        FunctionRow(each.pk, each.status, each.body, each.descriptor_id)
        for each in functions[:MAX_FUNCTIONS]
    ]
    named = NetworkFunction.objects.filter(service_id__in=[record.descriptor_id])
    names = named.order_by("position").values_list("vnf_id", "function_id")
    service, paths = topology_of(record.body, rows, names)
    service.name = service_name or str(record.pk)
    return {
        "drawing": drawing_of(service, page_of_function),
        "paths": [path_of(service, path) for path in paths],
        "points": points_table(service),
        "virtual_links": links_table(service),
        "left_out": more_functions(len(functions)),
        **json_of(record),
        "versions": list(versions_of(record)),
    }


def more_functions(number: int) -> str:
    """Return what is said where not all functions are drawn."""
    return f"The first {MAX_FUNCTIONS} functions are drawn." if number > MAX_FUNCTIONS else ""


def page_of_function(record_id: UUID) -> str:
    """Return the address of the page of a function record."""
    return page_url(FunctionRecord, record_id)


def path_of(service: Block, path: Path) -> dict[str, Any]:
    """Return a forwarding path as the page and its script take it."""
    return {
        "name": path.name,
        "steps": [
            {"said": said_of(service, step), "end": key_of(step.end), "link": step.link}
            for step in path.steps
        ],
    }


def said_of(service: Block, step: Step) -> str:
    """Return a step in words."""
    said = f"{step.name} {step.address}".rstrip()
    if step.end is None:
        return f"{said}, which is not there"
    if step.link is not None:
        return f"{said}, by the link {service.links[step.link].name}"
    return said


def key_of(end: End | None) -> str | None:
    """Return by what the drawing marks a point."""
    if end is None:
        return None
    child, point = end
    return f"{'own' if child is None else child}-{point}"


def points_table(service: Block) -> dict[str, Any]:
    """Return all connection points of units as a table."""
    rows: list[list[Any]] = []
    for function in service.children:
        name = function_name(function)
        for unit in function.children:
            rows += [
                [
                    name,
                    unit.name,
                    each.name,
                    each.kind or NOTHING,
                    each.address or NOTHING,
                    each.hardware_address or NOTHING,
                ]
                for each in unit.points
            ]
        if not function.children:
            rows.append([name, *[NOTHING] * 5])
    headers = ["function", "unit", "connection point", "type", "address", "hardware address"]
    return {"headers": headers, "rows": rows[:MAX_ROWS]}


def function_name(function: Block) -> SafeString | str:
    """Return a function's name, a link to its record where there is one."""
    if function.record_id is None:
        return f"{function.name} ({function.told})"
    return object_link(FunctionRecord, function.record_id, function.name)


def links_table(service: Block) -> dict[str, Any]:
    """Return all virtual links, those of the service and those within its functions, as a table."""
    rows = [
        [
            holder.name if holder is not service else "the service",
            link.name or NOTHING,
            link.kind or NOTHING,
            "; ".join(end_name(holder, end) for end in link.ends) or NOTHING,
        ]
        for holder in (service, *service.children)
        for link in holder.links
    ]
    return {"headers": ["within", "link", "type", "connection points"], "rows": rows[:MAX_ROWS]}


def end_name(holder: Block, end: End) -> str:
    """Return the name of a point as a reference names it."""
    child, place = end
    if child is None:
        return holder.points[place].name
    block = holder.children[child]
    return f"{block.name}:{block.points[place].name}"


def json_of(record: ServiceRecord) -> dict[str, Any]:
    """Return the record as the API prints it, to be shown and copied, and where all of it is."""
    row = {name: getattr(record, name) for name in represent.RECORD_COLUMNS}
    text = json.dumps(represent.service_record(row), indent=2, ensure_ascii=False)
    return {
        "json": text if len(text) <= MAX_SHOWN_JSON else "",
        "json_url": f"/records/services/{record.pk}?format=json",
    }


def versions_of(record: ServiceRecord) -> Iterator[dict[str, Any]]:
    """Yield what is known of a service record's versions, the latest first.

    Each is told by what it had differently from the one before; the bodies of functions that
    changed with it are told with it.
    """
    kept = list(FormerVersion.objects.filter(service=record).order_by("-id"))
    own = [row for row in kept if row.function_id is None]
    later = version_of(record)
    functions = latest_functions(record, kept)
    body: Any = record.body
    since = record.updated_at
    for row in own:
        before = row.body if row.body is not None else None if row.is_body_left_out else body
        changed = [*changes(("", later, version_of(row)))]
        if row.is_body_left_out or body is None:
            changed.append(("the record", "was too large to keep", NOTHING))
        else:
            changed += changes(("", body, before))
        for each in kept:
            if each.function_id is not None and each.service_version == row.service_version:
                name = f"function {each.function_id}"
                if each.is_body_left_out:
                    changed.append((name, "was too large to keep", NOTHING))
                else:
                    changed += changes((name, functions.get(each.function_id), each.body))
                    functions[each.function_id] = each.body
        yield version(later, since, changed)
        later, body, since = version_of(row), before, row.since
    yield version(later, since, None)


def latest_functions(record: ServiceRecord, kept: list[FormerVersion]) -> dict[UUID, Any]:
    """Return the bodies that those functions have now which have changed."""
    changed = {row.function_id for row in kept if row.function_id is not None}
    rows = FunctionRecord.objects.filter(service=record, pk__in=changed)
    return dict(rows.values_list("pk", "body"))


def version_of(row: Record | FormerVersion) -> dict[str, Any]:
    """Return what a version has besides its body."""
    reference = row.descriptor_reference
    return {
        "version": row.version,
        "status": row.status,
        "descriptor_reference": None if reference is None else str(reference),
    }


def changes(compared: tuple[str, Any, Any]) -> Iterator[tuple[str, str, str]]:
    """Yield where a version differs from the one before it: the place, what it was, what it is."""
    place, after, before = compared
    for path, was, now in differences(before, after):
        if path == ["version"]:
            continue
        where = written_path([place, *path] if place else path)
        yield where, shown(was), shown(now)


def version(told: dict[str, Any], since: Any, changed: list[Any] | None) -> dict[str, Any]:
    """Return a version as the page shows it.

    Args:
        told: what it has besides its body.
        since: when it became so.
        changed: what it had differently from the one before; None: that is not known.
    """
    rows = [] if changed is None else list(islice(changed, MAX_DIFFERENCES))
    return {
        "number": told["version"],
        "status": told["status"],
        "descriptor": described(told["descriptor_reference"]),
        "since": moment(since),
        "is_first": changed is None,
        "changes": differences_table(rows),
        "left_out": 0 if changed is None else max(0, len(changed) - MAX_DIFFERENCES),
    }


def described(reference: str | None) -> SafeString | str:
    """Return a link to what a version was made of."""
    return NOTHING if reference is None else object_link(ServiceDescriptor, reference)


def differences_table(rows: list[tuple[str, str, str]]) -> SafeString | str:
    """Return differences as a table."""
    if not rows:
        return ""
    cells = format_html_join("", '<tr><th scope="row">{}</th><td>{}</td><td>{}</td></tr>', rows)
    return format_html(
        '<table class="gatekeeper-differences"><thead><tr><th scope="col">where</th>'
        '<th scope="col">was</th><th scope="col">is</th></tr></thead><tbody>{}</tbody></table>',
        cells,
    )


def shown(value: Any) -> str:
    """Return a value in a line, or its beginning; a dash where there is none."""
    if value is None:
        return NOTHING
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= MAX_SHOWN_VALUE else f"{text[:MAX_SHOWN_VALUE]}…"
