"""What is done to one request on its page, or to many at once: each asks before.

Of many, what became of each is shown on a page of its own, so that reloading it does nothing again.
"""

from dataclasses import dataclass
from functools import partial
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.http import urlencode
from unfold.decorators import action

from gatekeeper_site.access.caller import visible_to
from gatekeeper_site.adminsite.base import GatekeeperAdmin
from gatekeeper_site.adminsite.html import (
    NOTHING,
    list_url,
    named,
    outcome_badge,
    page_url,
)
from gatekeeper_site.adminsite.staff import caller_of_staff
from gatekeeper_site.core.parsing import parse_uuid
from requests_app import failures, services
from requests_app.admin.base import ordered, status_badge, with_service_names
from requests_app.admin.deeds import DEEDS, AssigningForm, Deed, outcome_of
from requests_app.admin.instance_deeds import LeadsToInstance
from requests_app.models import Request

PAGE = "requests_app_deed"
RESULTS_PAGE = "requests_app_deed_results"
# Of the page failed_work.py, which leads here.
FAILED_WORK_PAGE = "requests_app_failed_work"
# In the session of who has done something.
RESULTS_KEY = "requests_app_deed_results"
# So many are acted on at once; the rest is left for the next time.
MAX_AT_ONCE = 100


@dataclass(frozen=True)
class Button:
    """A link to the page that asks before something is done."""

    text: str
    url: str
    icon: str | None


def deed_of_page(word: str) -> Any:
    """Return the button of a request's page that does something to it."""
    deed = DEEDS[word]

    def do(self: Any, request: HttpRequest, object_id: str) -> HttpResponse:
        return do_to_one(self, deed, request, object_id)

    do.__name__ = name_of(word)
    button = action(description=deed.button, permissions=["deed"], url_path=word, icon=deed.icon)
    return button(do)


def name_of(word: str) -> str:
    """Return the name of the method that does something to the request of a page."""
    return f"{word.replace('-', '_')}_one"


class DeedActions(LeadsToInstance):
    """The buttons of a request's page, those alone that fit it; and what is done to ticked ones."""

    actions_detail: ClassVar[Any] = tuple(map(name_of, DEEDS))

    retry_one = deed_of_page("retry")
    cancel_one = deed_of_page("cancel")
    give_up_one = deed_of_page("give-up")
    close_one = deed_of_page("close")
    reopen_one = deed_of_page("reopen")
    assign_one = deed_of_page("assign")
    note_one = deed_of_page("note")

    def has_deed_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Allow who writes, in his tenant."""
        return caller_of_staff(request).can_write

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[Any]:
        """Return none above the page: they stand in the part of it that stays fresh."""
        return []

    def buttons_of(self, request: HttpRequest, row: Request) -> list[Button]:
        """Return what can be done to a request as it is, by him who looks at it."""
        unfit = {name_of(word) for word, deed in DEEDS.items() if not deed.fits(row)}
        unfit |= self.unfit_leads(row)
        if not services.has_left_something(row):
            unfit.add("clean_up")
        allowed = super().get_actions_detail(request, row.pk)
        return [
            Button(each.description, reverse(f"admin:{each.action_name}", args=[row.pk]), each.icon)
            for each in allowed
            if each.method.__name__ not in unfit
        ]

    def get_actions(self, request: HttpRequest) -> dict[str, Any]:
        """Return what can be done to the ticked requests of the list."""
        actions: dict[str, Any] = super().get_actions(request)
        if caller_of_staff(request).can_write:
            for word, deed in DEEDS.items():
                actions[word] = (partial(ask_for_ticked, word), word, deed.button)
        return actions


def ask_for_ticked(
    word: str, model_admin: Any, request: HttpRequest, queryset: QuerySet[Request]
) -> HttpResponse:
    """Lead to the page that asks before something is done to the ticked requests."""
    ids = queryset.values_list("pk", flat=True)[:MAX_AT_ONCE]
    return HttpResponseRedirect(deed_url(word, ids=list(ids), back="list"))


def deed_urls(model_admin: GatekeeperAdmin) -> list[URLPattern]:
    """Return the page that asks before something is done to many, and that of what came of it."""
    view = model_admin.admin_site.admin_view
    kwargs = {"model_admin": model_admin}
    return [
        path("deeds/results/", view(results_page), kwargs=kwargs, name=RESULTS_PAGE),
        path("deeds/<str:word>/", view(page), kwargs=kwargs, name=PAGE),
    ]


def deed_url(word: str, **parameters: Any) -> str:
    """Return the address of the page that asks.

    Args:
        word: of `DEEDS`.
        parameters: which requests: `ids`, or `error_class` and `cause` of open cases.
    """
    return f"{reverse(f'admin:{PAGE}', args=[word])}?{urlencode(parameters, doseq=True)}"


def initial_of(deed: Deed, request: HttpRequest) -> dict[str, Any]:
    """Return what a form begins with: what is assigned, mostly to oneself."""
    return {"assignee": request.user.get_username()} if deed.form is AssigningForm else {}


def do_to_one(model_admin: Any, deed: Deed, request: HttpRequest, object_id: str) -> HttpResponse:
    """Ask before something is done to the request of a page, do it, and return to the page."""
    row = model_admin.object_or_404(request, object_id)
    own_page = page_url(row, row.pk)
    form = form_of(deed, request)
    if not form.is_valid():
        rows = list(with_service_names(Request.objects.filter(pk=row.pk)))
        return form_page(model_admin, request, form, deed, rows, own_page)
    is_done, text = outcome_of(deed, row, request, form.cleaned_data)
    if is_done:
        model_admin.log_change(request, row, f"{deed.button}: {text}")
        messages.success(request, f"{deed.button}: {text}.")
    else:
        messages.warning(request, text)
    return HttpResponseRedirect(own_page)


def form_of(deed: Deed, request: HttpRequest) -> forms.Form:
    """Return a deed's form, bound if it was sent. What is assigned is so mostly to oneself."""
    initial = {"assignee": request.user.get_username()} if deed.form is AssigningForm else {}
    return deed.form(request.POST if request.method == "POST" else None, initial=initial)


def page(request: HttpRequest, word: str, model_admin: Any) -> HttpResponse:
    """Ask before something is done to many requests, and do it.

    Raises:
        Http404: there is no such deed.
    """
    if not caller_of_staff(request).can_write:
        raise PermissionDenied
    deed = DEEDS.get(word)
    if deed is None:
        raise Http404(f"Nothing that is done to requests is called {word}.")
    found = chosen(request, request.POST if request.method == "POST" else request.GET)
    rows = list(found[:MAX_AT_ONCE])
    if not rows:
        messages.warning(request, "There is nothing left to do that to.")
        return HttpResponseRedirect(reverse(f"admin:{FAILED_WORK_PAGE}"))
    form = form_of(deed, request)
    if not form.is_valid():
        is_of_list = request.GET.get("back") == "list"
        back = list_url(Request) if is_of_list else reverse(f"admin:{FAILED_WORK_PAGE}")
        return form_page(model_admin, request, form, deed, rows, back, found.count() - len(rows))
    results = []
    for row in rows:
        is_done, text = outcome_of(deed, row, request, form.cleaned_data)
        if is_done:
            model_admin.log_change(request, row, f"{deed.button}: {text}")
        results.append([str(row.pk), ordered(row), is_done, text])
    request.session[RESULTS_KEY] = {"button": deed.button, "results": results}
    return HttpResponseRedirect(reverse(f"admin:{RESULTS_PAGE}"))


def chosen(request: HttpRequest, parameters: Any) -> QuerySet[Request]:
    """Return the requests that an address or a form names, as far as the user may see them."""
    rows = with_service_names(Request.objects.order_by("created_at", "pk"))
    visible = visible_to(caller_of_staff(request), rows)
    ids = [parse_uuid(text) for text in parameters.getlist("ids")[:MAX_AT_ONCE]]
    if ids:
        known: list[UUID] = [each for each in ids if each is not None]
        return visible.filter(pk__in=known)
    return visible.filter(
        case_state=failures.OPEN,
        error_class=parameters.get("error_class", ""),
        cause=parameters.get("cause", ""),
    )


def form_page(
    model_admin: Any,
    request: HttpRequest,
    form: forms.Form,
    deed: Deed,
    rows: list[Request],
    back_url: str,
    number_left: int = 0,
) -> HttpResponse:
    """Return the page that says what will happen to which requests, and asks.

    Args:
        model_admin: the admin of requests.
        request: whose answer this is.
        form: of the deed.
        deed: what will be done.
        rows: to which requests.
        back_url: where one gets who does not want that.
        number_left: how many more there are, to which nothing is done now.
    """
    is_one = len(rows) == 1
    what = ordered(rows[0]) if is_one else f"{len(rows)} requests"
    # The theme's breadcrumbs are the object's, or else the title alone.
    of_one = {"opts": model_admin.opts, "original": rows[0]} if is_one else {}
    cells = [
        [
            named(Request, row.pk, ordered(row)),
            status_badge(row.status),
            row.error or NOTHING,
        ]
        for row in rows
    ]
    return TemplateResponse(
        request,
        "admin/requests_app/deed.html",
        {
            **model_admin.admin_site.each_context(request),
            **of_one,
            "title": f"{deed.button}: {what}",
            "content_title": deed.button,
            "says": deed.says,
            "number_left": number_left,
            "form": form,
            "button": deed.button,
            "rows": rows,
            "table": {"headers": ["request", "status", "error"], "rows": cells},
            "back_url": back_url,
        },
    )


def results_page(request: HttpRequest, model_admin: Any) -> HttpResponse:
    """Show what became of each request of the last deed."""
    if not caller_of_staff(request).can_write:
        raise PermissionDenied
    last = request.session.get(RESULTS_KEY)
    if last is None:
        return HttpResponseRedirect(reverse(f"admin:{FAILED_WORK_PAGE}"))
    results = last["results"]
    done = sum(is_done for _, _, is_done, _ in results)
    title = f"{last['button']}: {done} of {len(results)} done"
    cells = [
        [named(Request, pk, name), outcome_badge(is_done), text]
        for pk, name, is_done, text in results
    ]
    return TemplateResponse(
        request,
        "admin/requests_app/deed_results.html",
        {
            **model_admin.admin_site.each_context(request),
            "title": title,
            "content_title": title,
            "table": {"headers": ["request", "outcome", "what came of it"], "rows": cells},
        },
    )
