"""What the first page shows of HA objects, their capacity and their mirror in etcd."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db.models import Count, Min

from gatekeeper_site.access.caller import Caller, visible_to
from gatekeeper_site.adminsite.cards import Card, Concern, Health, Use
from gatekeeper_site.adminsite.html import list_url, object_link
from gatekeeper_site.core.peers import peers
from ha_app.admin.mirror import TOO_LONG_LAG, lasting
from ha_app.admin.pieces import use_of
from ha_app.mirror_state import mirror_state
from ha_app.models import EtcdMirror, Gateway, HaInterface, HaObject, HaRouter, Status
from ha_app.selectors import CAPACITIES, fullest, nearly_full

# How many are shown of each kind of capacity, the fullest first.
SHOWN = 5
# How long what is read of all interfaces is good for everybody with the same rows.
KEPT_SECONDS = 15
# What a person looks into.
FAILED = (Status.ERROR, Status.DOWN)


def dashboard_cards(caller: Caller) -> Iterator[Card]:
    """Yield what a caller may see of HA objects, first of all what waits for a person."""
    for model in (HaRouter, HaInterface, Gateway):
        yield from failed_concerns(caller, model)
    yield from capacity_cards(caller)
    if settings.ETCD_ENDPOINTS:
        yield from mirror_cards()


def failed_concerns(caller: Caller, model: type[HaObject]) -> Iterator[Concern]:
    """Yield that objects of a kind are in ERROR or DOWN."""
    rows = visible_to(caller, model._default_manager.filter(status__in=FAILED)).order_by()
    found = rows.values_list("status").annotate(number=Count("pk"), oldest=Min("created_at"))
    noun = str(model._meta.verbose_name_plural)
    for status, number, oldest in found.order_by("-status"):
        title = f"{noun[0].upper()}{noun[1:]} in {status}"
        yield Concern(title, number, f"{list_url(model)}?status__exact={status}", oldest)


def capacity_cards(caller: Caller) -> Iterator[Card]:
    """Yield what is nearly full, and how much is in use of what is fullest."""
    key = f"capacities:{'' if caller.is_admin else caller.tenant_id or 'none'}"
    kept = cache.get(key)
    if kept is None:
        kept = list(capacities(caller))
        cache.set(key, kept, KEPT_SECONDS)
    for kind, rows, number in kept:
        model = CAPACITIES[kind].model
        if number:
            url = f"{list_url(model)}?full={kind}"
            yield Concern(f"Nearly full: {CAPACITIES[kind].words}", number, url)
        for pk, name, used, maximum in rows:
            owner = object_link(model, pk, name or pk)
            bar = use_of(maximum - used, maximum)
            yield Use(CAPACITIES[kind].words, owner, bar, used / maximum)


def capacities(caller: Caller) -> Iterator[tuple[str, list[Any], int]]:
    """Yield of each kind of capacity what is fullest, and how many are nearly full."""
    for kind, capacity in CAPACITIES.items():
        rows = visible_to(caller, capacity.model._default_manager.all())
        yield kind, fullest(rows, kind, SHOWN), nearly_full(rows, kind).count()


def mirror_cards() -> Iterator[Card]:
    """Yield how etcd and its mirror are."""
    state = mirror_state()
    url = list_url(EtcdMirror)
    if state.progress.drift:
        title = "Objects that differ in etcd"
        yield Concern(title, state.progress.drift, url, state.progress.drift_at)
    answer = peers()["etcd"].known()
    yield Health("etcd", answer == "ok", f"It {'answers' if answer == 'ok' else answer}.", url)
    waiting = f"{'' if state.waiting.is_exact else 'about '}{state.waiting.number}"
    words = f"{waiting} changes wait, the first for {lasting(state.lag)}."
    if not state.is_led:
        words = f"Nobody leads; start manage.py sync_etcd. {words}"
    yield Health("etcd mirror", state.is_led and state.lag < TOO_LONG_LAG, words, url)
