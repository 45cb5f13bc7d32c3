"""Lists of tables that may have a million rows."""

import functools
import itertools
from typing import Any

from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.templatetags.admin_urls import add_preserved_filters
from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.http import HttpRequest
from unfold.views import ChangeList as UnfoldChangeList

from gatekeeper_site.core.counting import RowCount, count_rows


class BoundedPaginator(Paginator):  # type: ignore[type-arg]
    """Pages whose cost does not grow with the table: the count is bounded.

    A page's keys are found in the index that orders the list; only the page's own rows are read.
    """

    template_name = "admin/bounded_pagination.html"

    @functools.cached_property
    def row_count(self) -> RowCount:
        """How many rows there are, perhaps estimated."""
        return count_rows(self.object_list)  # type: ignore[arg-type]

    @functools.cached_property
    def count(self) -> int:
        """How many rows the pages are made for."""
        return self.row_count.number

    def page(self, number: int | str) -> Page:  # type: ignore[type-arg]
        """Return a page.

        Raises:
            InvalidPage: there is none of this number.
        """
        page = super().page(number)
        rows: Any = self.object_list
        keys = list(page.object_list.values_list("pk", flat=True))  # type: ignore[attr-defined]
        page.object_list = rows.filter(pk__in=keys)
        return page


class ChangeList(UnfoldChangeList):
    """A list that reads no large column, and is ordered only by what `sortable_by` names.

    Each row has the address of its page, which leads back to the list as it is filtered.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Read the page that is asked for."""
        super().__init__(*args, **kwargs)
        if not self.result_list:
            return
        # What leads back is the same for each row, and takes a look for the row's view to find.
        context = {"preserved_filters": self.preserved_filters, "opts": self.opts}
        first = self.url_for_result(self.result_list[0])
        way_back = add_preserved_filters(context, first).removeprefix(first)
        for row in self.result_list:
            row.page_url = self.url_for_result(row) + way_back

    def get_queryset(self, *args: Any, **kwargs: Any) -> QuerySet[Any]:
        """Return the rows that are searched and filtered for."""
        rows: QuerySet[Any] = super().get_queryset(*args, **kwargs)
        return rows.defer(*self.model_admin.list_defer)

    def get_filters(self, request: HttpRequest) -> Any:
        """Return the filters with what they take of the address.

        Django would take any other lookup of a column too, and some fail only in the query.

        Raises:
            IncorrectLookupParameters: something is there that no filter takes, or no column holds.
        """
        found = super().get_filters(request)
        others = found[2]
        values = itertools.chain.from_iterable(self.filter_params.values())
        if others or any("\0" in value for value in values):
            raise IncorrectLookupParameters
        return found

    def get_results(self, request: HttpRequest) -> None:
        """Read the page; where nothing is searched or filtered for, it is all that there is.

        Raises:
            IncorrectLookupParameters: a value is beyond what the database takes, as a time in the
                year 9999 is that would be in the next in UTC.
        """
        try:
            super().get_results(request)
        except (ValueError, OverflowError) as error:
            raise IncorrectLookupParameters from error
        if not self.query and not self.has_active_filters:
            self.full_result_count = self.result_count

    def get_ordering_field(self, field_name: str) -> Any:
        """Return the column of a list's field; None, which orders nothing, if it has no index."""
        return super().get_ordering_field(field_name) if field_name in self.sortable_by else None
