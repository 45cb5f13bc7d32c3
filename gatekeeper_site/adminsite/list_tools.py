"""What stands above every list: filters that are saved under names, and the list as a file."""

from typing import Any, ClassVar

from django.contrib import messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ERROR_FLAG
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import URLPattern, path
from unfold.admin import ModelAdmin

from gatekeeper_site.adminsite.export import FORMATS, Busy, export
from gatekeeper_site.adminsite.html import list_url
from gatekeeper_site.adminsite.saved_filters import (
    MAX_SHOWN,
    delete_filter,
    filters_for,
    query_to_save,
    save_filter,
)
from gatekeeper_site.adminsite.staff import caller_of_staff


class ListTools(ModelAdmin):
    """A list that can be exported as it is filtered, and whose filters can be saved."""

    # Large columns, which the list does not show.
    list_defer: ClassVar[tuple[str, ...]] = ()
    # Columns that `named` adds.
    named_columns: ClassVar[tuple[str, ...]] = ()
    # What the list says above its rows.
    list_note_template: ClassVar[str] = ""

    list_before_template = "admin/list_tools.html"

    def get_urls(self) -> list[URLPattern]:
        """Return the addresses of the model's pages, and of the list as a file."""
        name = f"{self.opts.app_label}_{self.opts.model_name}"
        views = {
            "export/<str:kind>/": (self.export_view, "export"),
            "saved-filters/": (self.save_filter_view, "save_filter"),
            "saved-filters/<int:pk>/delete/": (self.delete_filter_view, "delete_filter"),
        }
        own = [
            path(route, self.admin_site.admin_view(view), name=f"{name}_{suffix}")
            for route, (view, suffix) in views.items()
        ]
        return [*own, *super().get_urls()]

    def export_view(self, request: HttpRequest, kind: str) -> Any:
        """Return the list as it is filtered, whole, as a file.

        Raises:
            Http404: there is no such kind of file.
            PermissionDenied: he may not see the list.
        """
        if not self.has_view_permission(request):
            raise PermissionDenied
        if kind not in FORMATS:
            raise Http404(f"A list is exported as {' or '.join(FORMATS)}, not as {kind}.")
        back = f"{list_url(self.model)}?{request.GET.urlencode()}"
        try:
            rows = self.get_changelist_instance(request).queryset
            name = str(self.opts.verbose_name_plural).replace(" ", "-")
            return export(rows, self.exported_columns(), name, kind)
        except IncorrectLookupParameters:
            # The list says what is wrong with the address.
            return HttpResponseRedirect(back)
        except Busy:
            messages.error(request, "Another list is being exported; try again in a moment.")
            return HttpResponseRedirect(back)

    def exported_columns(self) -> list[str]:
        """Return the columns of a list as a file: all but the large ones."""
        columns = [field.attname for field in self.opts.concrete_fields]
        small = [column for column in columns if column not in self.list_defer]
        return [*small, *self.named_columns]

    def save_filter_view(self, request: HttpRequest) -> HttpResponse:
        """Save the filter that is asked for, under a name."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        return save_filter(
            request,
            caller_of_staff(request),
            model=self.opts.label_lower,
            list_url=list_url(self.model),
        )

    def delete_filter_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Delete a filter that was saved."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        return delete_filter(
            request,
            caller_of_staff(request),
            pk,
            model=self.opts.label_lower,
            list_url=list_url(self.model),
        )

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Show the list; say so where it is whole because its address made no sense."""
        caller = caller_of_staff(request)
        tools = {
            "saved_filters": filters_for(caller, self.opts.label_lower)[:MAX_SHOWN],
            "current_query": query_to_save(request.GET.urlencode()),
            "export_kinds": FORMATS,
            "caller": caller,
        }
        response: HttpResponse = super().changelist_view(request, tools | (extra_context or {}))
        if response.get("Location", "").endswith(f"?{ERROR_FLAG}=1"):
            text = "The address asked for what this list is not filtered by: all of it is shown."
            messages.warning(request, text)
        return response
