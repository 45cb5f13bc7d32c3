"""Who did what: an object's audit on its page, and all that one call has caused."""

import json
from functools import partial
from typing import Any

from django.contrib import admin
from django.contrib.admin import AdminSite
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.http import urlencode
from django.utils.safestring import SafeString

from gatekeeper_site.access.caller import Caller, caller_of_user
from gatekeeper_site.adminsite.html import NOTHING, moment, object_link
from gatekeeper_site.audit.models import AuditEntry
from gatekeeper_site.audit.services import noun_of
from gatekeeper_site.core.status_events import StatusEvent

CALL_PAGE = "audit_auditentry_call"
# How it is said by which way a change came in; of a MANO and of agents, who it was says it.
WAYS: dict[str, str] = {
    AuditEntry.Via.API: ", by the API",
    AuditEntry.Via.ADMIN: ", in the admin",
    AuditEntry.Via.TASK: ", by a task",
    AuditEntry.Via.COMMAND: ", by a command",
}
# Of ids in tables so much is shown: the first part of a UUID.
MAX_ID_LENGTH = 8
ENTRIES_ON_PAGE = 20
ENTRIES_OF_CALL = 200
EVENTS_OF_CALL = 200
# Of a change so many members are shown at once; more are folded.
MAX_MEMBERS = 6
MAX_SHOWN_LENGTH = 300
# Of a change in a list so much is shown.
MAX_LINE_LENGTH = 160


def history_of(caller: Caller, obj: Model) -> dict[str, Any]:
    """Return the latest of an object's audit for its page, as far as a caller may see it."""
    found = visible_entries(caller).filter(
        object_id=str(obj.pk), object_type=noun_of(type(obj)._meta.concrete_model or type(obj))
    )
    entries = list(found.order_by("-at", "-id")[: ENTRIES_ON_PAGE + 1])
    return {
        "table": {
            "headers": ["at", "who", "did", "what changed"],
            "rows": [
                [moment(row.at), who(row), row.action, changes_table(row.changes)]
                for row in entries[:ENTRIES_ON_PAGE]
            ],
        },
        "number": min(len(entries), ENTRIES_ON_PAGE),
        "all_url": all_url(caller, obj) if len(entries) > ENTRIES_ON_PAGE else "",
    }


def all_url(caller: Caller, obj: Model) -> str:
    """Return the address of an object's whole audit, which is the admins'."""
    if not caller.is_admin:
        return ""
    return f"{reverse('admin:audit_auditentry_changelist')}?{urlencode({'q': obj.pk})}"


def visible_entries(caller: Caller) -> QuerySet[AuditEntry]:
    """Return the entries that a caller may see: all of them, or of what his tenant has pages of."""
    entries = AuditEntry.objects.all()
    if caller.is_admin:
        return entries
    nouns = [
        noun
        for noun, model in models_by_noun().items()
        if not getattr(admin.site.get_model_admin(model), "is_for_admins", True)
    ]
    own = entries.exclude(tenant_id="").filter(tenant_id=caller.tenant_id)
    return own.filter(object_type__in=nouns)


def models_by_noun() -> dict[str, type[Model]]:
    """Return the models that have pages, by what the audit calls their objects."""
    return {noun_of(model): model for model in admin.site._registry}


def object_of(row: AuditEntry, *, is_short: bool = False) -> SafeString | str:
    """Return a link to what an entry is about, or what it is where that has no page.

    Args:
        row: the entry.
        is_short: whether the beginning of the id is enough.
    """
    model = models_by_noun().get(row.object_type)
    key = beginning(row.object_id) if is_short else row.object_id
    text = f"{row.object_type.replace('_', ' ')} {key}"
    return object_link(model, row.object_id, text) if model and row.object_id else text


def who(row: AuditEntry) -> SafeString:
    """Return who made a change, by which way, and a link to all that the call has caused."""
    if not row.request_id:
        return format_html("{}", acted(row))
    return format_html(
        '{}<div class="gatekeeper-small">{}</div>', acted(row), call_link(row.request_id)
    )


def acted(row: AuditEntry) -> str:
    """Return who made a change, and by which way."""
    return f"{row.actor}{WAYS.get(row.via, '')}"


def call_link(request_id: str, text: str = "") -> SafeString | str:
    """Return a link to all that a call has caused; it says the beginning of its id, or a text."""
    if not request_id:
        return NOTHING
    url = f"{reverse(f'admin:{CALL_PAGE}')}?{urlencode({'request_id': request_id})}"
    said = text or f"request id {beginning(request_id)}"
    return format_html(
        '<a class="text-link underline" href="{}" title="{}">{}</a>', url, request_id, said
    )


def beginning(text: str) -> str:
    """Return so much of an id as tells it from others on a page."""
    return text if len(text) <= MAX_ID_LENGTH else f"{text[:MAX_ID_LENGTH]}…"


def changes_table(changes: Any) -> SafeString | str:
    """Return each member of a change with what it was and became; times, and many, are folded."""
    pairs = sorted(changes.items()) if isinstance(changes, dict) else []
    times = [pair for pair in pairs if pair[0].endswith("_at")]
    others = [pair for pair in pairs if pair not in times]
    if not others or len(others) > MAX_MEMBERS:
        return folded(pairs, f"{len(pairs)} member{'' if len(pairs) == 1 else 's'}")
    return format_html(
        "<div>{}{}</div>",
        member_lines(others),
        folded(times, f"and {len(times)} time{'' if len(times) == 1 else 's'}") if times else "",
    )


def changes_line(changes: Any) -> str:
    """Return a change in a line, or its beginning: of what is new or gone, how much."""
    pairs = sorted(changes.items()) if isinstance(changes, dict) else []
    others = [pair for pair in pairs if not pair[0].endswith("_at")] or pairs
    if len(others) > MAX_MEMBERS:
        return f"{len(pairs)} members"
    told = "; ".join(
        f"{name}: {before} → {after}"
        for name, (before, after) in ((name, before_and_after(values)) for name, values in others)
    )
    return told if len(told) <= MAX_LINE_LENGTH else f"{told[:MAX_LINE_LENGTH]}…"


def folded(pairs: list[tuple[str, Any]], summary: str) -> SafeString | str:
    """Return members that are seen when they are asked for."""
    if not pairs:
        return NOTHING
    return format_html(
        '<details class="gatekeeper-fold"><summary>{}</summary>{}</details>',
        summary,
        member_lines(pairs),
    )


def member_lines(pairs: list[tuple[str, Any]]) -> SafeString:
    """Return members below each other, each with what it was and became."""
    return format_html_join(
        "",
        '<div class="gatekeeper-change"><b>{}</b>: {} → {}</div>',
        ((name, *before_and_after(values)) for name, values in pairs),
    )


def before_and_after(values: Any) -> tuple[str, str]:
    """Return both values of a member as people read them."""
    before, after = values if isinstance(values, list) and len(values) == 2 else (None, values)
    return shown(before), shown(after)


def shown(value: Any) -> str:
    """Return a value in a line, or its beginning; a dash where there is none."""
    if value is None:
        return NOTHING
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    if not text:
        return "empty"
    return text if len(text) <= MAX_SHOWN_LENGTH else f"{text[:MAX_SHOWN_LENGTH]}…"


def call_urls(site: AdminSite) -> list[URLPattern]:
    """Return the page of all that a call has caused."""
    return [path("call/", site.admin_view(partial(call_page, site=site)), name=CALL_PAGE)]


def call_page(request: HttpRequest, site: AdminSite) -> HttpResponse:
    """Show the audit entries of a request id, and the events of what they are about."""
    user: Any = request.user
    caller = caller_of_user(user)
    if not caller.role:
        raise PermissionDenied
    request_id = request.GET.get("request_id", "").replace("\0", "")
    found = visible_entries(caller).filter(request_id=request_id).exclude(request_id="")
    entries = list(found.order_by("at", "id")[: ENTRIES_OF_CALL + 1])
    shown_entries = entries[:ENTRIES_OF_CALL]
    return TemplateResponse(
        request,
        "admin/call.html",
        {
            **site.each_context(request),
            "title": "All that a call has caused",
            "content_title": "All that a call has caused",
            "request_id": request_id,
            "first": shown_entries[0] if shown_entries else None,
            "is_admin": caller.is_admin,
            "objects": list(dict.fromkeys(object_of(row) for row in shown_entries)),
            "entries": {
                "headers": ["at", "who", "did", "to", "what changed"],
                "rows": [
                    [
                        moment(row.at),
                        acted(row),
                        row.action,
                        object_of(row, is_short=True),
                        changes_table(row.changes),
                    ]
                    for row in shown_entries
                ],
            },
            "events": {
                "headers": ["at", "of", "status", "actor", "message"],
                "rows": events_of(shown_entries),
            },
            "has_more": len(entries) > ENTRIES_OF_CALL,
            "most": ENTRIES_OF_CALL,
        },
    )


def events_of(entries: list[AuditEntry]) -> list[list[Any]]:
    """Return what happened to the objects of entries, of those whose first entry made them."""
    made: dict[type[Model], set[str]] = {}
    by_noun = models_by_noun()
    for row in entries:
        model = by_noun.get(row.object_type)
        if model is not None and row.action == "create" and event_model(model) is not None:
            made.setdefault(model, set()).add(row.object_id)
    found: list[tuple[Any, list[Any]]] = []
    for model, keys in made.items():
        events: Any = event_model(model)
        relation = model._meta.get_field("events").field.name  # type: ignore[union-attr]
        rows = events.objects.filter(**{f"{relation}__in": keys}).order_by("id")[:EVENTS_OF_CALL]
        for event in rows:
            key = getattr(event, f"{relation}_id")
            name = f"{model._meta.verbose_name} {key}"
            changed = f"{event.from_status} → " if event.from_status else ""
            cells = [
                moment(event.at),
                object_link(model, key, name),
                f"{changed}{event.to_status}",
                event.actor,
                event.message,
            ]
            found.append(((event.at, event.pk), cells))
    return [cells for _, cells in sorted(found, key=lambda each: each[0])]


def event_model(model: type[Model]) -> type[StatusEvent] | None:
    """Return the events that a model's objects have, if they have any."""
    relations = {each.get_accessor_name(): each for each in model._meta.related_objects}
    relation: Any = relations.get("events")
    return None if relation is None else relation.related_model
