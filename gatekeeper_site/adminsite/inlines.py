"""Rows that are shown below their object, a page of them at a time."""

import re
from typing import Any

from django.http import HttpRequest
from unfold.admin import TabularInline
from unfold.forms import PaginationInlineFormSet

from gatekeeper_site.adminsite.columns import as_shown

PAGE_NUMBER = re.compile(r"[1-9][0-9]{0,8}")


class ShownFormSet(PaginationInlineFormSet):
    """Rows in pages, of which a malformed number is the first."""

    def get_page_num(self) -> int:
        """Return the page that is asked for."""
        text = self.request.GET.get(self.get_pagination_key(), "")
        return int(text) if PAGE_NUMBER.fullmatch(text) else 1


class ShownInline(TabularInline):
    """Rows that are shown below their object, in pages, and never written by hand."""

    formset = ShownFormSet
    extra = 0
    can_delete = False
    hide_title = True

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """Return the columns."""
        return as_shown(self.model, super().get_fields(request, obj))

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> list[Any]:
        """Return them once more: none is written."""
        return as_shown(self.model, super().get_readonly_fields(request, obj))

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Allow: who sees the object sees these."""
        return True

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse."""
        return False

    has_change_permission = has_delete_permission = has_add_permission
