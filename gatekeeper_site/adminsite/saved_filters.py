"""Filters of lists that are saved under a name: one's own, and those that others share."""

from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict

from gatekeeper_site.access.caller import Caller, visible_to
from gatekeeper_site.adminsite.models import (
    MAX_FILTER_NAME_LENGTH,
    MAX_QUERY_LENGTH,
    SavedFilter,
)

# Of one person, for one list.
MAX_FILTERS = 50
MAX_SHOWN = 100
# What of a list's address is no filter: its page, and the mark of an error.
NO_FILTERS = ("p", "e", "all")


class SavedFilterForm(forms.Form):
    """What is saved, under which name, for whom."""

    name = forms.CharField(max_length=MAX_FILTER_NAME_LENGTH)
    query = forms.CharField(max_length=MAX_QUERY_LENGTH)
    is_shared = forms.BooleanField(required=False)


def filters_for(caller: Caller, model: str) -> QuerySet[SavedFilter]:
    """Return the saved filters of a list that somebody may use, by their names.

    Args:
        caller: his own, and those that are shared in his tenant or by those who have none.
        model: the list's, as Django calls it.
    """
    rows = SavedFilter.objects.filter(model=model).select_related("owner")
    shared = visible_to(caller, rows, shared=True).filter(is_shared=True)
    mine = rows.filter(owner_id=caller.user.pk)
    return (mine | shared).order_by("name", "pk")


def query_to_save(query: str) -> str:
    """Return what of a list's query is worth saving."""
    parameters = QueryDict(query, mutable=True)
    for name in NO_FILTERS:
        parameters.pop(name, None)
    return parameters.urlencode()


def save_filter(request: HttpRequest, caller: Caller, *, model: str, list_url: str) -> HttpResponse:
    """Save a filter, in the place of one's own of the same name, and lead back to the list.

    Who may only read shares nothing with others.

    Raises:
        PermissionDenied: it is no POST.
    """
    if request.method != "POST":
        raise PermissionDenied
    form = SavedFilterForm(request.POST)
    query = query_to_save(request.POST.get("query", "")[: MAX_QUERY_LENGTH + 1])
    back = HttpResponseRedirect(f"{list_url}?{query}" if query else list_url)
    if not form.is_valid() or not query:
        faults = [f"{name}: {' '.join(map(str, errors))}" for name, errors in form.errors.items()]
        messages.error(request, f"Not saved. {' '.join(faults) or 'Nothing is filtered for.'}")
        return back
    fields: dict[str, Any] = form.cleaned_data
    own = SavedFilter.objects.filter(owner_id=caller.user.pk, model=model)
    is_new = not own.filter(name=fields["name"]).exists()
    if is_new and own.count() >= MAX_FILTERS:
        messages.error(request, f"Not saved: you have {MAX_FILTERS} for this list; delete one.")
        return back
    SavedFilter.objects.update_or_create(
        owner_id=caller.user.pk,
        model=model,
        name=fields["name"],
        defaults={
            "query": query,
            "is_shared": fields["is_shared"] and caller.can_write,
            "tenant_id": caller.tenant_id,
        },
    )
    messages.success(request, f"The filter “{fields['name']}” is saved.")
    return back


def delete_filter(
    request: HttpRequest, caller: Caller, pk: int, *, model: str, list_url: str
) -> HttpResponse:
    """Delete one's own filter, or, as an admin, one that is shared; lead back to the list.

    Raises:
        PermissionDenied: it is no POST.
    """
    if request.method != "POST":
        raise PermissionDenied
    rows = filters_for(caller, model).filter(pk=pk)
    if not caller.is_admin:
        rows = rows.filter(owner_id=caller.user.pk)
    saved = rows.first()
    if saved is None:
        messages.error(request, "It is not there any more, or another's.")
    else:
        saved.delete()
        messages.success(request, f"The filter “{saved.name}” is deleted.")
    return HttpResponseRedirect(list_url)
