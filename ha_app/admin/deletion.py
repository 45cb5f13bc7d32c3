"""Pages that ask before HA objects are deleted, say what will happen, and what came of each.

Several are deleted each by itself: what one is refused for keeps no other. What came of them is
shown on a page of its own, so that reloading it does nothing again.
"""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist, PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.http import urlencode

from gatekeeper_site.adminsite.crumbs import set_crumb
from gatekeeper_site.adminsite.html import counted, lines, list_url, named, outcome_badge
from gatekeeper_site.adminsite.staff import caller_of_staff
from gatekeeper_site.core.parsing import parse_uuid
from gatekeeper_site.core.refusals import Conflict, Precondition, PreconditionFailed
from ha_app import services
from ha_app.admin.names import short_name
from ha_app.models import Gateway, HaInterface, HaObject, HaRouter, QosType
from ha_app.services.objects import is_mirrored

MAX_AT_ONCE = 100
# In the session of who has deleted something.
RESULTS_KEY = "ha_app_results"


def effects_of(row: HaObject) -> list[str]:
    """Return what happens when an object is deleted, in sentences."""
    if is_mirrored():
        when = "once its agents have let go of it; until then it is PENDING_DELETE"
    else:
        when = "at once, with its events; the audit keeps what it was"
    return [*effects_on_others(row), f"It goes {when}."]


def effects_on_others(row: HaObject) -> list[str]:
    """Return what becomes free, or why nothing will."""
    if isinstance(row, Gateway):
        effects = [f"VLAN {row.vlan_id} of {short_name(row.downlink_interface)} is free again."]
        if row.uplink_interface is not None:
            uplink = short_name(row.uplink_interface)
            effects.append(f"VLAN {row.uplink_vlan_id} of {uplink} is free again.")
        if row.bandwidth:
            kind = "guaranteed" if row.qos_type == QosType.GUARANTEE else "best-effort"
            effects.append(f"{row.bandwidth} Mbit/s of {kind} bandwidth are free again.")
        return effects
    if isinstance(row, HaInterface):
        if number := row.gateway_instances_count:
            return [f"It is in use by {counted(number, 'gateway')}, and refused as long as it is."]
        return ["Its two physical interfaces are free for another HA interface."]
    if isinstance(row, HaRouter) and row.available_gateways < row.maximum_gateways:
        number = row.maximum_gateways - row.available_gateways
        return [f"It has {counted(number, 'gateway')}, and is refused as long as it has any."]
    return [
        "It is refused as long as it has HA interfaces.",
        "Its two edge routers are free for another HA router.",
    ]


def unless_changed(revision: str) -> Precondition:
    """Return what refuses to delete an object that is not as it was shown.

    Args:
        revision: the version that was shown; "" for any.
    """

    def refuse(locked: HaObject) -> None:
        if revision and str(locked.version) != revision:
            raise PreconditionFailed("It has changed since it was shown.")

    return refuse


def urls_of(model_admin: Any) -> list[URLPattern]:
    """Return the pages of a model that ask before several are deleted, and tell of it."""
    view, model_name = model_admin.admin_site.admin_view, model_admin.opts.model_name
    kwargs = {"model_admin": model_admin}
    return [
        path("delete/", view(ticked_page), kwargs, f"ha_app_{model_name}_delete_several"),
        path("deleted/", view(results_page), kwargs, f"ha_app_{model_name}_deleted"),
    ]


def page_for(model: type[HaObject], ids: Iterable[UUID]) -> str:
    """Return the address of the page that asks before objects are deleted."""
    url = reverse(f"admin:ha_app_{model._meta.model_name}_delete_several")
    return f"{url}?{urlencode({'ids': list(map(str, ids))}, doseq=True)}"


def ticked_page(request: HttpRequest, model_admin: Any) -> HttpResponse:
    """Ask before the objects are deleted that the address names, and delete them."""
    if not caller_of_staff(request).can_write:
        raise PermissionDenied
    ids = [parse_uuid(text) for text in request.GET.getlist("ids")[:MAX_AT_ONCE]]
    rows = model_admin.get_queryset(request).filter(pk__in=[each for each in ids if each])
    if model_admin.model is Gateway:
        # Whose VLANs it says are free again.
        rows = rows.select_related("downlink_interface", "uplink_interface")
    back_url = list_url(model_admin.model)
    return page(request, model_admin, rows=list(rows), back_url=back_url)


def page(
    request: HttpRequest,
    model_admin: Any,
    *,
    rows: list[Any],
    back_url: str,
    of: str = "",
    remarks: Sequence[str] = (),
) -> HttpResponse:
    """Ask before objects are deleted, and delete those of them that were asked about.

    Args:
        request: a POST deletes.
        model_admin: of the objects.
        rows: the objects, as far as the user may see them.
        back_url: where one gets who does not want that.
        of: how they were chosen, for the title.
        remarks: what else there is to say before.
    """
    opts = model_admin.opts
    if request.method == "POST":
        return delete_shown(request, model_admin, rows, back_url)
    if not rows:
        messages.warning(request, " ".join(["There is nothing to delete.", *remarks]))
        return HttpResponseRedirect(back_url)
    set_crumb(request, "Delete")
    return TemplateResponse(
        request,
        "admin/ha_app/delete_several.html",
        {
            **model_admin.admin_site.each_context(request),
            "opts": opts,
            "title": f"Delete {counted(len(rows), opts.verbose_name)} {of}".strip(),
            "remarks": remarks,
            "shown": [f"{row.pk}:{row.version}" for row in rows],
            "table": {
                "headers": [opts.verbose_name, "what will happen"],
                "rows": [
                    [
                        named(type(row), row.pk, row.name),
                        format_html("<div>{}</div>", lines(list(effects_of(row)))),
                    ]
                    for row in rows
                ],
            },
            "back_url": back_url,
        },
    )


def delete_shown(
    request: HttpRequest, model_admin: Any, rows: list[Any], back_url: str
) -> HttpResponse:
    """Delete the objects that were shown, as they were shown, and lead to what came of each."""
    found = {str(row.pk): row for row in rows}
    results = []
    for shown in request.POST.getlist("shown")[:MAX_AT_ONCE]:
        pk, _, revision = shown.partition(":")
        row = found.get(pk)
        if row is None:
            is_done, text = False, "It is gone, or has another VLAN."
        else:
            is_done, text = outcome_of(request, row, revision)
        if row is not None and is_done:
            model_admin.log_deletions(request, [row])
        results.append([pk, str(row or pk)[:300], is_done, text])
    request.session[RESULTS_KEY] = {"results": results, "back_url": back_url}
    name = f"admin:ha_app_{model_admin.opts.model_name}_deleted"
    return HttpResponseRedirect(reverse(name))


def outcome_of(request: HttpRequest, row: HaObject, revision: str) -> tuple[bool, str]:
    """Delete an object; return whether that is done, and what came of it."""
    try:
        services.delete_ha_object(
            ha_object=row,
            caller=caller_of_staff(request),
            precondition=unless_changed(revision),
        )
    except Conflict as conflict:
        return False, conflict.detail
    except PreconditionFailed as failed:
        return False, str(failed)
    except ObjectDoesNotExist:
        return False, "Somebody else has deleted it."
    return True, "being deleted: agents have yet to let go of it" if is_mirrored() else "deleted"


def results_page(request: HttpRequest, model_admin: Any) -> HttpResponse:
    """Show what became of each object that was to be deleted last."""
    if not caller_of_staff(request).can_write:
        raise PermissionDenied
    last = request.session.get(RESULTS_KEY)
    if last is None:
        return HttpResponseRedirect(list_url(model_admin.model))
    results = last["results"]
    number_done = sum(is_done for _, _, is_done, _ in results)
    set_crumb(request, "Deleted")
    return TemplateResponse(
        request,
        "admin/ha_app/results.html",
        {
            **model_admin.admin_site.each_context(request),
            "opts": model_admin.opts,
            "title": f"Deleted: {number_done} of {len(results)}",
            "table": {
                "headers": [model_admin.opts.verbose_name, "outcome", "what came of it"],
                "rows": [
                    [name, outcome_badge(is_done), text] for _, name, is_done, text in results
                ],
            },
            "back_url": last["back_url"],
        },
    )
