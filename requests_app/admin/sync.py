"""What the admin's pages of service records have of whether what is recorded is what runs."""

import json
from collections.abc import Callable, Iterable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from unfold.decorators import action

from gatekeeper_site.adminsite.html import (
    NOTHING,
    badge,
    moment,
    page_url,
)
from gatekeeper_site.adminsite.staff import caller_of_staff
from gatekeeper_site.core.refusals import Conflict
from records_app.admin import ServiceRecordAdmin
from records_app.models import ServiceRecord, SyncVerdict
from requests_app import services
from requests_app.models import InstanceCheck
from requests_app.selectors import BY_VERDICT

COLOURS = {SyncVerdict.IN_SYNC: "green", SyncVerdict.DIFFERS: "red", SyncVerdict.NOT_KNOWN: "grey"}
MAX_SHOWN_LENGTH = 200


class SyncFilter(admin.SimpleListFilter):
    """By whether what is recorded is what runs."""

    title = "in sync"
    parameter_name = "in_sync"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[str, str]]:
        """Return the verdicts."""
        return [(word, BY_VERDICT[word].label) for word in ("false", "true", "null")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Return the records of the verdict."""
        verdict = BY_VERDICT.get(self.value() or "")
        return queryset if verdict is None else queryset.filter(sync_verdict=verdict)


class SyncPages(ServiceRecordAdmin):
    """What the pages of service records have besides: what runs. What differs comes first."""

    list_filter: Any = (SyncFilter, *ServiceRecordAdmin.list_filter)
    ordering: Any = ("sync_verdict", "-created_at", "-uuid")
    actions = ("check_selected", "adopt_selected")
    actions_detail: Any = ("check_running", "adopt_running")

    def has_sync_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Allow who writes, in his tenant."""
        return caller_of_staff(request).can_write

    @admin.display(description="what runs")
    def verdict(self, record: ServiceRecord) -> SafeString:
        """Return whether it is what is recorded, coloured."""
        verdict = SyncVerdict(record.sync_verdict)
        return badge(verdict.label, COLOURS[verdict])

    @admin.display(description="what runs")
    def sync(self, record: ServiceRecord) -> SafeString | str:
        """Return whether it is what is recorded, since when that is known, and what differs."""
        check = InstanceCheck.objects.filter(pk=record.pk).first()
        if check is None or check.checked_at is None:
            return services.unable_to_ask() or NOTHING
        said = format_html("{} {}", self.verdict(record), moment(check.checked_at))
        if check.error:
            return format_html("{} {}", said, check.error)
        rows = format_html_join(
            "",
            '<tr><th scope="row">{}</th><td>{}</td><td>{}</td></tr>',
            [
                (each["path"] or "the instance", shown(each["recorded"]), shown(each["running"]))
                for each in check.differences
            ],
        )
        if not rows:
            return said
        return format_html(
            '{}<table class="gatekeeper-differences"><thead><tr><th scope="col">where</th>'
            '<th scope="col">recorded</th><th scope="col">runs</th></tr></thead>'
            "<tbody>{}</tbody></table>",
            said,
            rows,
        )

    def done_to_all(
        self,
        request: HttpRequest,
        rows: Iterable[ServiceRecord],
        do: Callable[..., None],
        done: str,
    ) -> None:
        """Have something done to instances by a service, and say of each what came of it."""
        for record in rows:
            try:
                do(record=record)
            except Conflict as conflict:
                messages.warning(request, conflict.detail)
                continue
            self.log_change(request, record, done)
            messages.success(request, f"The service instance {record.pk}: {done}")

    @admin.action(description="Check what runs", permissions=["sync"])
    def check_selected(self, request: HttpRequest, queryset: QuerySet[ServiceRecord]) -> None:
        """Have the MANO asked for those that are ticked in the list."""
        self.done_to_all(request, queryset, services.order_check, CHECKED)

    @admin.action(description="Adopt what runs", permissions=["sync"])
    def adopt_selected(self, request: HttpRequest, queryset: QuerySet[ServiceRecord]) -> None:
        """Record what runs of those that are ticked in the list."""
        self.done_to_all(request, queryset, services.adopt_running, ADOPTED)

    @action(  # type: ignore[untyped-decorator]
        description="Check what runs", permissions=["sync"], url_path="check", icon="sync"
    )
    def check_running(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Have the MANO asked, once that is confirmed."""
        return self.confirmed(request, object_id, "Check what runs", services.order_check, CHECKED)

    @action(  # type: ignore[untyped-decorator]
        description="Adopt what runs", permissions=["sync"], url_path="adopt", icon="done_all"
    )
    def adopt_running(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Record what runs, once that is confirmed."""
        return self.confirmed(
            request, object_id, "Adopt what runs", services.adopt_running, ADOPTED
        )

    def confirmed(
        self,
        request: HttpRequest,
        object_id: str,
        button: str,
        do: Callable[..., None],
        done: str,
    ) -> HttpResponse:
        """Ask whether something is to be done to the instance of the page, and do it."""
        record = self.object_or_404(request, object_id)
        if request.method != "POST":
            title = f"{button} of the service instance {record.pk}?"
            return self.form_page(request, forms.Form(), title=title, button=button, obj=record)
        self.done_to_all(request, [record], do, done)
        return HttpResponseRedirect(page_url(record, record.pk))


CHECKED = "The MANO is asked what runs."
ADOPTED = "What runs is recorded."


def shown(value: Any) -> str:
    """Return a value of a difference as people read it."""
    if value is None:
        return NOTHING
    text = value if isinstance(value, str) else json.dumps(value)
    return text if len(text) <= MAX_SHOWN_LENGTH else f"{text[:MAX_SHOWN_LENGTH]}…"
