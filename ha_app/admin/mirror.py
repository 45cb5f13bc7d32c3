"""The admin's page of the mirror in etcd: how it stands, and what waits to be put there."""

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.safestring import SafeString
from django.utils.timesince import timesince

from gatekeeper_site.adminsite.base import GatekeeperAdmin
from gatekeeper_site.adminsite.html import (
    NOTHING,
    badge,
    object_link,
)
from gatekeeper_site.adminsite.staff import caller_of_staff
from gatekeeper_site.core import clock
from gatekeeper_site.work.models import OutboxEntry
from ha_app.mirror_state import MirrorState, ignored_answers, mirror_state, outbox_of
from ha_app.models import MODELS_BY_PLURAL

SHOWN_ENTRIES = 50
# From which lag on it is no more the usual one, and from which on something is wrong.
LONG_LAG, TOO_LONG_LAG = timedelta(seconds=10), timedelta(seconds=60)


class EtcdMirrorAdmin(GatekeeperAdmin):
    """One page, which nobody changes."""

    def get_urls(self) -> list[URLPattern]:
        """Return the page where others have their list: there is no list and no object."""
        view = self.admin_site.admin_view(self.changelist_view)
        return [path("", view, name="ha_app_etcdmirror_changelist")]

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show how the mirror stands."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": "etcd mirror",
            "is_mirrored": bool(settings.ETCD_ENDPOINTS),
        }
        if settings.ETCD_ENDPOINTS:
            context |= page(request)
        return TemplateResponse(request, "admin/ha_app/etcdmirror/mirror.html", context)


def page(request: HttpRequest) -> dict[str, Any]:
    """Return what the page shows.

    Args:
        request: of who sees the objects of his tenant only, and the mirror's error as an admin.
    """
    caller = caller_of_staff(request)
    state = mirror_state()
    rows = list(outbox_of(caller)[:SHOWN_ENTRIES])
    return {
        "cards": cards(state),
        "facts": {"headers": ["figure", "value"], "rows": facts(state)},
        "mirror_error": state.progress.error if caller.is_admin else "",
        "ignored": {
            "headers": ["reason", "answers"],
            "rows": [[reason, count] for reason, count in ignored_answers().items()],
        },
        "entries": {
            "headers": ["object", "waiting for", "tried again", "error"],
            "rows": [
                [
                    entry_link(entry),
                    lasting(clock.now() - entry.created_at),
                    shown_time(entry.not_before) if entry.not_before else "at once",
                    entry.error or NOTHING,
                ]
                for entry in rows
            ],
        },
        "is_cut": len(rows) == SHOWN_ENTRIES,
    }


def cards(state: MirrorState) -> list[dict[str, Any]]:
    """Return the three figures that tell whether the mirror is well, here and on the first page."""
    progress = state.progress
    waiting = f"{'' if state.waiting.is_exact else 'about '}{state.waiting.number}"
    return [
        {
            "badge": badge("lag", lag_colour(state.lag)),
            "figure": lasting(state.lag),
            "more": f"changes waiting: {waiting}",
        },
        {
            "badge": badge("drift", drift_colour(progress.drift)),
            "figure": "unknown" if progress.drift is None else progress.drift,
            "more": f"differences, {ago(progress.drift_at)}",
        },
        {
            "badge": badge("leader", "green" if state.is_led else "red"),
            "figure": progress.leader or "nobody",
            "more": f"seen {ago(progress.seen_at)}",
        },
    ]


def facts(state: MirrorState) -> list[list[Any]]:
    """Return what else is known, each with its name."""
    progress = state.progress
    revisions = [
        [f"last revision of {prefix}", revision]
        for prefix, revision in sorted(progress.revisions.items())
    ]
    return [
        ["leader since", shown_time(progress.leader_since)],
        ["leader last seen", shown_time(progress.seen_at)],
        ["drift checked", shown_time(progress.drift_at)],
        ["etcd cluster", progress.cluster_id or NOTHING],
        *revisions,
    ]


def entry_link(entry: OutboxEntry) -> SafeString | str:
    """Return a link to the object of an outbox row, which may be gone."""
    model = MODELS_BY_PLURAL[entry.object_type]
    return object_link(model, entry.object_id, str(entry))


def lag_colour(lag: timedelta) -> str:
    """Return the colour of a lag."""
    return "green" if lag < LONG_LAG else "orange" if lag < TOO_LONG_LAG else "red"


def drift_colour(drift: int | None) -> str:
    """Return the colour of a number of differences."""
    return "grey" if drift is None else "red" if drift else "green"


def lasting(time: timedelta) -> str:
    """Return a span of time as a person reads it."""
    seconds = time.total_seconds()
    if seconds < 120:
        return f"{seconds:.0f} s"
    now = clock.now()
    return timesince(now - time, now).replace("\xa0", " ")


def ago(moment: datetime | None) -> str:
    """Return how long ago a moment was."""
    return "never" if moment is None else f"{lasting(clock.now() - moment)} ago"


def shown_time(moment: datetime | None) -> datetime | str:
    """Return a time for a template to print; a dash where there is none."""
    return NOTHING if moment is None else moment
