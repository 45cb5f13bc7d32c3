"""The part of a request's page that stays fresh while it is looked at, and what it links to."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from gatekeeper_site.access.models import Token
from gatekeeper_site.adminsite.html import (
    NOTHING,
    lines,
    moment,
    named,
    object_link,
    pretty,
)
from gatekeeper_site.adminsite.inlines import PAGE_NUMBER
from gatekeeper_site.adminsite.live import live_answer
from gatekeeper_site.audit.models import AuditEntry
from gatekeeper_site.core import clock
from gatekeeper_site.core.origin import unpacked
from records_app.models import FunctionRecord, ServiceDescriptor, ServiceRecord
from requests_app import failures, states
from requests_app.admin.base import status_badge
from requests_app.admin.callbacks import outcome_badge
from requests_app.admin.callbacks import told as told_of_try
from requests_app.admin.next_steps import situation_of
from requests_app.admin.timeline import phases_of, time_line
from requests_app.admin.told import facts_of
from requests_app.mano.messages import order_document
from requests_app.models import CallbackDelivery, ManoAnswer, Request, RequestEvent
from requests_app.services.handover import order_of
from requests_app.services.pausing import is_paused, is_waiting

LIVE_TEMPLATE = "admin/requests_app/request/live.html"
LIVE_PAGE = "requests_app_request_live"
ORDER_PAGE = "requests_app_request_order"
ANSWER_PAGE = "requests_app_manoanswer_raw"

# What of a request's events the time line is drawn of.
EVENTS_OF_TIME_LINE = 200
# Of an answer so much is shown on the page; all of it has one of its own.
MAX_SHOWN_ANSWER = 20_000
# Of an error and of an event's message so much; the API has all of it.
MAX_SHOWN_TEXT = 2000
# How the ways in are called (core/origin.py).
WAYS = {"admin": "this site", "command": "manage.py", "mano": "the MANO", "task": "the worker"}


def request_urls(model_admin: Any) -> list[URLPattern]:
    """Return the part that stays fresh, the order as it is sent, and an answer in full."""
    view = model_admin.admin_site.admin_view
    kwargs = {"model_admin": model_admin}
    return [
        path("<uuid:pk>/live/", view(live_part), kwargs=kwargs, name=LIVE_PAGE),
        path("<uuid:pk>/order/", view(order_page), kwargs=kwargs, name=ORDER_PAGE),
        path(
            "<uuid:pk>/answers/<int:answer_id>/",
            view(raw_answer),
            kwargs=kwargs,
            name=ANSWER_PAGE,
        ),
    ]


def live_part(request: HttpRequest, pk: Any, model_admin: Any) -> HttpResponseBase:
    """Return the part as it is now."""
    row = model_admin.object_or_404(request, str(pk))
    return live_answer(request, LIVE_TEMPLATE, live_context(model_admin, request, row))


def live_context(model_admin: Any, request: HttpRequest, row: Request) -> dict[str, Any]:
    """Return what the part is rendered with."""
    now = clock.now()
    events = list(row.events.order_by("id")[:EVENTS_OF_TIME_LINE])
    phases = phases_of(row.created_at, row.handover_began_at, events)
    deliveries = row.deliveries.defer("body").order_by("created_at")
    is_open = states.is_open(row.status)
    query = request.GET.urlencode()
    url = reverse(f"admin:{LIVE_PAGE}", args=[row.pk])
    return {
        "row": row,
        "live_url": f"{url}?{query}" if query else url,
        "is_open": is_open,
        "status": status_badge(row.status),
        "situation": situation_of(row, is_paused=is_waiting(row) and is_paused()),
        "error": beginning(row.error or ""),
        "failure": failures.ERROR_CLASSES.get(row.error_class or "", ""),
        "deadline": moment(row.deadline_at) if row.deadline_at else None,
        "links": links_of(row),
        "buttons": model_admin.buttons_of(request, row),
        "time_line": time_line(phases, now),
        "events": rows_of(request, row.events.order_by("id"), EVENTS),
        "notes": rows_of(request, row.case_notes.order_by("id"), NOTES),
        "answers": rows_of(request, row.answers.order_by("id"), ANSWERS),
        "deliveries": rows_of(request, deliveries.prefetch_related("attempts"), DELIVERIES),
        # Until the last callback has ended, the part is not as it stays.
        "is_settled": not (is_open or deliveries.filter(outcome="PENDING").exists()),
    }


def links_of(row: Request) -> list[tuple[str, SafeString | str]]:
    """Return the order's service, its instance, and what it retries or is retried by."""
    links: list[tuple[str, SafeString | str]] = [
        ("Service", service_link(row)),
        ("Service record", instance_link(row)),
    ]
    if row.retry_of is not None:
        links.append(("Retry of", object_link(Request, row.retry_of)))
    if row.retried_by is not None:
        links.append(("Retried by", object_link(Request, row.retried_by)))
    if row.status == states.ERROR:
        whose = f"{row.assignee}'s" if row.assignee else "nobody's"
        ended = f", {row.resolution}" if row.resolution else ""
        links.append(("Case", f"{row.case_state or failures.OPEN}{ended}, {whose}"))
    return links


def service_link(row: Request) -> SafeString | str:
    """Return a link to the NSD by its name; its bare UUID where that was deleted."""
    if row.service_uuid is None:
        return NOTHING
    descriptors = ServiceDescriptor.objects.defer("document")
    descriptor = descriptors.filter(pk=row.service_uuid).first()
    if descriptor is None:
        return format_html("{} (deleted)", row.service_uuid)
    return named(ServiceDescriptor, descriptor.pk, str(descriptor))


def instance_link(row: Request) -> SafeString | str:
    """Return a link to the service instance, with how it is."""
    instances = ServiceRecord.objects.filter(pk__in=[row.service_instance_uuid])
    record = instances.defer("body").first()
    if record is None:
        return NOTHING if row.service_instance_uuid is None else str(row.service_instance_uuid)
    functions = FunctionRecord.objects.filter(service=record).count()
    return format_html(
        "{} ({}, {} function{})",
        object_link(ServiceRecord, record.pk),
        record.status,
        functions,
        "" if functions == 1 else "s",
    )


def rows_of(request: HttpRequest, found: QuerySet[Any], kind: "Kind") -> dict[str, Any]:
    """Return a page of rows that hang on the request, and the addresses of those beside it.

    Args:
        request: whose address says which page: `<name>-page`.
        found: the rows.
        kind: what they are, and how they are shown.
    """
    asked = request.GET.get(f"{kind.name}-page", "")
    paginator = Paginator(found, kind.per_page)
    page = paginator.get_page(int(asked) if PAGE_NUMBER.fullmatch(asked) else 1)

    def address(number: int) -> str:
        query = request.GET.copy()
        query[f"{kind.name}-page"] = str(number)
        return f"?{query.urlencode()}#{kind.name}"

    return {
        "kind": kind,
        "table": {"headers": kind.headers, "rows": [kind.cells(each) for each in page]},
        "number": paginator.count,
        "page": page.number,
        "pages": paginator.num_pages,
        "previous": address(page.number - 1) if page.has_previous() else "",
        "next": address(page.number + 1) if page.has_next() else "",
    }


def event_row(event: RequestEvent) -> list[Any]:
    """Return what is shown of an event."""
    change: SafeString = status_badge(event.to_status)
    if event.from_status not in ("", event.to_status):
        change = format_html("{} → {}", status_badge(event.from_status), change)
    return [moment(event.at), change, event.actor, beginning(event.message)]


def beginning(text: str) -> str:
    """Return a text that a MANO may have made of any length, or its beginning."""
    return text if len(text) <= MAX_SHOWN_TEXT else f"{text[:MAX_SHOWN_TEXT]}…"


def note_row(note: Any) -> list[Any]:
    """Return what is shown of a note."""
    return [moment(note.at), note.by, note.text]


def delivery_row(delivery: CallbackDelivery) -> list[Any]:
    """Return what is shown of a callback, with its tries."""
    return [
        object_link(CallbackDelivery, delivery.pk, moment(delivery.created_at)),
        status_badge(delivery.request_status),
        outcome_badge(delivery.outcome),
        moment(delivery.due_at),
        lines([told_of_try(attempt) for attempt in delivery.attempts.all()]),
    ]


def answer_row(answer: ManoAnswer) -> list[Any]:
    """Return what is shown of an answer: what it says, and all of it folded."""
    facts = facts_of(json.loads(answer.body))
    said = format_html_join("", "<dt>{}</dt><dd>{}</dd>", facts)
    return [
        moment(answer.received_at),
        answer.outcome,
        format_html('<div><dl class="gatekeeper-facts">{}</dl>{}</div>', said, folded(answer)),
    ]


def folded(answer: ManoAnswer) -> SafeString:
    """Return an answer as it came, folded; the beginning of a long one, and a link to all of it."""
    if len(answer.body) <= MAX_SHOWN_ANSWER:
        raw = pretty(json.loads(answer.body))
    else:
        raw = format_html(
            '<pre class="gatekeeper-document" tabindex="0">{}…</pre>'
            '<a class="text-link underline" href="{}">All of it</a>',
            answer.body[:MAX_SHOWN_ANSWER],
            reverse(f"admin:{ANSWER_PAGE}", args=[answer.request_id, answer.pk]),
        )
    return format_html(
        '<details class="gatekeeper-fold" id="answer-{}"><summary>As it came, {} characters'
        "</summary>{}</details>",
        answer.pk,
        len(answer.body),
        raw,
    )


@dataclass(frozen=True)
class Kind:
    """Rows that hang on a request, and how they are shown."""

    # Also of the parameter that says which page of them.
    name: str
    title: str
    headers: tuple[str, ...]
    cells: Callable[[Any], list[Any]]
    # What is said where there are none.
    nothing: str = ""
    per_page: int = 20


EVENTS = Kind(
    "events",
    "Request events",
    ("at", "status", "actor", "message"),
    event_row,
    per_page=50,
)
NOTES = Kind("notes", "Notes", ("at", "by", "text"), note_row)
ANSWERS = Kind(
    "answers",
    "Answers of the MANO",
    ("received at", "outcome", "what it said"),
    answer_row,
    "The MANO has said nothing.",
)
DELIVERIES = Kind(
    "deliveries",
    "Callbacks",
    ("created at", "status told", "outcome", "due at", "tries"),
    delivery_row,
    "Nobody was told anything yet.",
)


def raw_answer(request: HttpRequest, pk: Any, answer_id: int, model_admin: Any) -> HttpResponse:
    """Return an answer of the MANO in full.

    Raises:
        Http404: there is none of this number.
    """
    row = model_admin.object_or_404(request, str(pk))
    answer = row.answers.filter(pk=answer_id).first()
    if answer is None:
        raise Http404(f"The request has no answer {answer_id}.")
    return HttpResponse(answer.body, content_type="application/json; charset=utf-8")


def order_page(request: HttpRequest, pk: Any, model_admin: Any) -> HttpResponse:
    """Show the order as the MANO is sent it.

    It is made anew, as it was made for the MANO: descriptors never change. Where one was deleted
    meanwhile, the page says so.
    """
    row = model_admin.object_or_404(request, str(pk))
    descriptor = None
    if row.request_type == states.TERMINATE:
        record = ServiceRecord.objects.filter(pk__in=[row.service_instance_uuid]).first()
        descriptor = None if record is None else record.descriptor
    elif row.service_uuid is not None:
        descriptor = ServiceDescriptor.objects.filter(pk=row.service_uuid).first()
    order = order_of(row, descriptor)
    title = f"What the MANO is sent of {row}"
    return TemplateResponse(
        request,
        "admin/requests_app/request/order.html",
        {
            **model_admin.admin_site.each_context(request),
            "opts": model_admin.opts,
            "original": row,
            "title": title,
            "driver": settings.MANO_DRIVER,
            "is_gone": descriptor is None and row.request_type != states.TERMINATE,
            "document": pretty(order_document(order)),
        },
    )


def who_ordered(row: Request) -> SafeString:
    """Return who ordered, and by which way."""
    origin = unpacked(row.origin)
    who = origin.user_name or (row.requested_by.get_username() if row.requested_by else "nobody")
    way: SafeString | str = WAYS.get(origin.via, origin.via or "an unknown way")
    if origin.via == AuditEntry.Via.API:
        way = api_way(origin.token_id)
    return format_html("{}, by {}", who, way)


def api_way(token_id: int | None) -> str:
    """Return how a call of the API was let in."""
    if token_id is None:
        return "the browsable API, logged in as a person"
    token = Token.objects.filter(pk=token_id).first()
    if token is None:
        return f"the API, with token {token_id}, which is gone"
    kind = "the token of a login" if token.login_digest else "a token made for programs"
    return f"the API, with {kind} ({token_id}, {token.role})"


def times_of(row: Request) -> SafeString:
    """Return the times of a request, each with what it is."""
    times = (
        ("Began to arrive", row.began_at),
        ("Ordered", row.created_at),
        (f"Handover {row.get_handover_display()}, since", row.handover_began_at),
        ("Changed last", row.updated_at),
        ("Its time is up", row.deadline_at),
        ("The worker looks after it", row.due_at),
    )
    known = [(name, moment(at)) for name, at in times if at is not None]
    facts = format_html_join("", "<dt>{}</dt><dd>{}</dd>", known)
    return format_html('<dl class="gatekeeper-facts">{}</dl>', facts)


def order_as_given(row: Request) -> SafeString:
    """Return the order as its caller gave it."""
    members: dict[str, Any] = {"request_type": row.request_type}
    if row.request_type == states.CREATE:
        members["service_uuid"] = str(row.service_uuid)
    else:
        members["service_instance_uuid"] = str(row.service_instance_uuid)
    if row.request_type == states.UPDATE:
        members["latest_nsd_id"] = str(row.service_uuid)
    members |= {"ingresses": row.ingresses, "egresses": row.egresses, "callback": row.callback}
    return format_html(
        '{}<p class="mt-2"><a class="text-link underline" href="{}">What the MANO is sent</a></p>',
        pretty(members),
        reverse(f"admin:{ORDER_PAGE}", args=[row.pk]),
    )
