"""Admin pages of commands that take long: asked for by a form, watched while a worker runs them."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
)
from django.urls import URLPattern, path
from django.utils.html import format_html
from django.utils.safestring import SafeString
from unfold.decorators import action
from unfold.widgets import UnfoldAdminTextInputWidget, UnfoldBooleanSwitchWidget

from gatekeeper_site.adminsite.base import GatekeeperAdmin
from gatekeeper_site.adminsite.html import badge, page_url
from gatekeeper_site.adminsite.live import live_answer
from gatekeeper_site.adminsite.staff import is_admin
from gatekeeper_site.core import registry
from gatekeeper_site.work import maintenance
from gatekeeper_site.work.models import MaintenanceRun

COLOURS = {"DONE": "green", "FAILED": "red", "STOPPED": "grey", "LOST": "orange"}
LIVE = "admin/work/maintenancerun/output.html"


class CommandForm(forms.Form):
    """What a command is run with."""

    def __init__(self, *args: Any, command: registry.MaintenanceCommand, **kwargs: Any) -> None:
        """Ask for each of its options."""
        super().__init__(*args, **kwargs)
        for option in command.options:
            is_whether = isinstance(option.initial, bool)
            initial = option.initial if is_whether else f"{option.initial:g}"
            common: dict[str, Any] = {"label": option.label, "initial": initial}
            self.fields[option.argument] = (
                forms.BooleanField(required=False, widget=UnfoldBooleanSwitchWidget(), **common)
                if is_whether
                else forms.FloatField(min_value=1, widget=UnfoldAdminTextInputWidget(), **common)
            )

    def arguments(self) -> list[str]:
        """Return them as a command line has them."""
        return [
            name if value is True else f"{name}={value:g}"
            for name, value in self.cleaned_data.items()
            if value is not False
        ]


@admin.register(MaintenanceRun)
class MaintenanceRunAdmin(GatekeeperAdmin):
    """Commands that admins have run, with what they have said."""

    is_for_admins = True
    list_display = ("what", "state", "asked_by", "created_at", "started_at", "ended_at")
    list_filter = ("outcome",)
    list_defer = ("output",)
    list_select_related: ClassVar = ("asked_by",)
    list_note_template = "admin/work/maintenancerun/commands.html"
    ordering = ("-id",)
    fields = list_display
    actions_detail = ("stop",)
    change_form_after_template = "admin/work/maintenancerun/page.html"

    def get_urls(self) -> list[URLPattern]:
        """Return the model's pages, and the part of one that stays fresh."""
        live = path(
            "<int:pk>/output/",
            self.admin_site.admin_view(self.output_view),
            name="work_maintenancerun_output",
        )
        return [live, *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Show what was run, and what can be."""
        commands = {"commands": registry.maintenance}
        return super().changelist_view(request, commands | (extra_context or {}))

    def has_stop_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Allow admins."""
        return is_admin(request)

    def get_actions_detail(self, request: HttpRequest, object_id: Any) -> list[Any]:
        """Return the buttons of the page: none where the command has ended."""
        row = self.get_object(request, str(object_id))
        buttons: list[Any] = super().get_actions_detail(request, object_id)
        return buttons if row is not None and row.ended_at is None else []

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Say what a command will do, and have it run.

        Raises:
            PermissionDenied: he is no admin.
            Http404: there is no such command.
        """
        # There is no permission to add one: instead of a "+", the list has a link for each command.
        if not is_admin(request):
            raise PermissionDenied
        name = request.GET.get("command", "")
        command = registry.maintenance.get(name)
        if command is None:
            raise Http404(f"These can be run: {', '.join(registry.maintenance)}, not “{name}”.")
        form = CommandForm(request.POST if request.method == "POST" else None, command=command)
        if not form.is_valid():
            page: Any = self.form_page(request, form, title=command.title, button="Run")
            page.context_data["told"] = command.effect
            return page  # type: ignore[no-any-return]
        run = maintenance.ask_for(name, form.arguments(), request.user)
        messages.success(request, "A worker runs it as soon as one is free.")
        return HttpResponseRedirect(page_url(run, run.pk))

    def output_view(self, request: HttpRequest, pk: int) -> HttpResponseBase:
        """Return what a command has said by now."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        row = self.object_or_404(request, str(pk))
        return live_answer(request, LIVE, {"original": row, "state": self.state(row)})

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        """Return the page, with what stays fresh of it."""
        context["state"] = self.state(context["original"])
        return super().render_change_form(request, context, *args, **kwargs)

    @action(description="Stop", permissions=["stop"], url_path="stop", icon="stop_circle")  # type: ignore[untyped-decorator]
    def stop(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Ask, and have the command stopped."""
        row = self.object_or_404(request, object_id)
        if request.method != "POST":
            title = f"Stop {row}? What it has done stays done; run again, it goes on from there."
            return self.form_page(request, forms.Form(), title=title, button="Stop", obj=row)
        if maintenance.stop(row):
            messages.success(request, "It is being stopped.")
        else:
            messages.info(request, "It has ended by itself.")
        return HttpResponseRedirect(page_url(row, row.pk))

    @admin.display(description="command")
    def what(self, row: MaintenanceRun) -> SafeString:
        """Return what a command does, and how it is written."""
        known = registry.maintenance.get(row.command)
        return format_html("{} <code>{}</code>", known.title if known else "", row)

    @admin.display(description="state")
    def state(self, row: MaintenanceRun) -> SafeString:
        """Return how far it is."""
        if row.outcome:
            return badge(row.get_outcome_display(), COLOURS[row.outcome])
        if row.is_to_stop:
            return badge("is being stopped", "orange")
        return badge("runs", "blue") if row.started_at else badge("waits for a worker", "grey")
