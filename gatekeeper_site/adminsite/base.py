"""What the admin's pages share: who sees what, what a search finds, forms that services answer."""

import functools
import operator
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Q, QuerySet, UUIDField
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse

from gatekeeper_site.access.caller import visible_to
from gatekeeper_site.adminsite.columns import as_shown
from gatekeeper_site.adminsite.crumbs import set_crumb
from gatekeeper_site.adminsite.history import history_of
from gatekeeper_site.adminsite.html import NOTHING, list_url, page_url
from gatekeeper_site.adminsite.list_tools import ListTools
from gatekeeper_site.adminsite.lists import BoundedPaginator, ChangeList
from gatekeeper_site.adminsite.staff import caller_of_staff
from gatekeeper_site.core.parsing import parse_uuid
from gatekeeper_site.core.refusals import Conflict, Invalid
from gatekeeper_site.core.tenants import TENANT

# Of a UUID at least the first part, as people read it out and logs cut it.
UUID_BEGINNING = re.compile(r"[0-9a-f]{8,31}", re.IGNORECASE)


class GatekeeperAdmin(ListTools):
    """A read-only page of a model that may have a million rows.

    Roles decide who may do what, and tenants who sees which rows, as in the API; Django's own
    permissions have no say. A subclass that allows more says so in its `has_…_permission`.
    """

    # Whether only the role admin has these pages; else everybody has those of his tenant's rows.
    is_for_admins: ClassVar[bool] = False
    # Whether rows of no tenant are everybody's to read.
    shared: ClassVar[bool] = False
    # UUID columns with an index: a search for a UUID looks in one after the other.
    search_fields: ClassVar[tuple[str, ...]] = ()
    # Short columns that any other text is searched in; nothing is where there are none.
    search_text_fields: ClassVar[tuple[str, ...]] = ()

    empty_value_display = NOTHING
    change_form_outer_after_template = "admin/history.html"
    paginator = BoundedPaginator
    list_per_page = 50
    list_max_show_all = 0
    list_disable_select_all = True
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    sortable_by: ClassVar[Any] = ("created_at",)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        """Return the class of the list."""
        return ChangeList

    def get_list_display(self, request: HttpRequest) -> list[Any]:
        """Return the columns of the list."""
        return as_shown(self.model, super().get_list_display(request))

    def get_sortable_by(self, request: HttpRequest) -> list[Any]:
        """Return those that it can be ordered by, as they are among its columns."""
        return as_shown(self.model, super().get_sortable_by(request))

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """Return the groups of fields of an object's page."""
        return [
            (name, {**part, "fields": as_shown(self.model, part["fields"])})
            for name, part in super().get_fieldsets(request, obj)
        ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return the rows of the user's tenant."""
        rows: QuerySet[Any] = super().get_queryset(request)
        if self.is_for_admins:
            return rows
        return visible_to(caller_of_staff(request), rows, shared=self.shared)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Tell by role; which rows there are to see is `get_queryset`'s matter."""
        caller = caller_of_staff(request)
        return caller.is_admin if self.is_for_admins else bool(caller.role)

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Tell whether the pages are shown at all."""
        return self.has_view_permission(request)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse."""
        return False

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list[str], dict[str, int], set[str], list[str]]:
        """Return what a deletion deletes; what refers to it is looked for by the service.

        Django would load all that refers to the object, which may be a million rows.
        """
        return (
            [str(obj) for obj in objs],
            {str(self.opts.verbose_name_plural): len(objs)},
            set(),
            [],
        )

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        """Ask, delete by a service in `delete_model`, and say so where that refuses."""
        try:
            response: HttpResponse = super().delete_view(request, object_id, extra_context)
        except Conflict as conflict:
            messages.error(request, conflict.detail)
            return HttpResponseRedirect(page_url(self.model, object_id))
        except ObjectDoesNotExist:
            messages.error(request, "Somebody else has deleted it in this moment.")
            return HttpResponseRedirect(list_url(self.model))
        return response

    def render_change_form(
        self,
        request: HttpRequest,
        context: dict[str, Any],
        add: bool = False,
        change: bool = False,
        form_url: str = "",
        obj: Any = None,
    ) -> HttpResponse:
        """Return an object's page, with who did what to it."""
        history = None if obj is None else history_of(caller_of_staff(request), obj)
        response: HttpResponse = super().render_change_form(
            request, {**context, "history": history}, add, change, form_url, obj
        )
        return response

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Return what a search finds, always by an index or in short columns."""
        term = search_term.strip()
        if not term:
            return queryset, False
        if "\0" in term:
            return queryset.none(), False
        found = self.found(queryset, term)
        if found is None:
            text = f"“{term}” is not searched for, but only this: {self.search_help_text}."
            messages.warning(request, text)
            found = queryset.none()
        return found, False

    def found(self, queryset: QuerySet[Any], term: str) -> QuerySet[Any] | None:
        """Return the rows that a term names, or None if it is nothing to search for."""
        value = parse_uuid(term)
        if value is not None:
            by_column = (queryset.filter(**{name: value}) for name in self.search_fields)
            return next((rows for rows in by_column if rows.exists()), queryset.none())
        if TENANT.fullmatch(term) and hasattr(self.model, "tenant_id"):
            return queryset.filter(tenant_id=term)
        rows = self.beginning_with(queryset, term)
        if rows is not None and (rows.exists() or not self.search_text_fields):
            return rows
        if not self.search_text_fields:
            return None
        for word in term.split():
            conditions = [Q(**{f"{name}__icontains": word}) for name in self.search_text_fields]
            queryset = queryset.filter(functools.reduce(operator.or_, conditions))
        return queryset

    def named(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Return rows with what `title_of` needs beside their columns."""
        return rows

    def title_of(self, row: Any) -> str:
        """Return what the search over everything calls a row."""
        return str(row)

    def found_by(self, row: Any, term: str) -> str:
        """Return the name of what of a row a term was found in, "" where that cannot be told."""
        digits = term.replace("-", "").casefold()
        for name in self.search_fields:
            value = getattr(row, name, None)
            if isinstance(value, UUID) and value.hex.startswith(digits):
                return str(self.opts.get_field(name).verbose_name)
        if getattr(row, "tenant_id", None) == term:
            return "tenant"
        words = term.casefold().split()
        for name in self.search_text_fields:
            if any(word in str(getattr(row, name)).casefold() for word in words):
                return str(self.opts.get_field(name).verbose_name)
        return ""

    def beginning_with(self, queryset: QuerySet[Any], term: str) -> QuerySet[Any] | None:
        """Return the rows whose UUID begins as given, by its index; None if no UUID can."""
        digits = term.replace("-", "")
        has_uuid = isinstance(self.opts.pk, UUIDField)
        if not has_uuid or not UUID_BEGINNING.fullmatch(digits):
            return None
        bounds = tuple(UUID(digits.ljust(32, filler)) for filler in "0f")
        return queryset.filter(pk__range=bounds)

    def object_or_404(self, request: HttpRequest, object_id: str) -> Any:
        """Return one of the objects that the user may see.

        Raises:
            Http404: it is none of them.
        """
        row = self.get_object(request, object_id)
        if row is None:
            raise Http404(f"There is no {self.opts.verbose_name} {object_id}.")
        return row

    def form_page(
        self, request: HttpRequest, form: forms.Form, *, title: str, button: str, obj: Any = None
    ) -> HttpResponse:
        """Return a page with a form that a service answers.

        Args:
            request: the request.
            form: bound or not.
            title: what the page is.
            button: what the form does.
            obj: the object that it does it to, if there is one.
        """
        if not hasattr(request, "crumb"):
            set_crumb(request, button)
        return TemplateResponse(
            request,
            "admin/service_form.html",
            {
                **self.admin_site.each_context(request),
                "opts": self.opts,
                "original": obj,
                "title": title,
                "form": form,
                "button": button,
                "back_url": list_url(self.model) if obj is None else page_url(obj, obj.pk),
            },
        )


@contextmanager
def refusals_as_errors(
    form: forms.Form, tell: Callable[[Sequence[tuple[str, str]]], None] | None = None
) -> Iterator[None]:
    """Make what a service refuses an error of the form that asked for it.

    Args:
        form: it.
        tell: takes the faults of what was given, in the place of errors of the whole form.
    """
    try:
        yield
    except Invalid as error:
        if tell is not None:
            tell(error.faults)
            return
        for field, message in error.faults:
            form.add_error(None, f"{field}: {message}" if field else message)
    except (Conflict, ValueError) as error:
        form.add_error(None, str(error))
