"""What the first page shows of requests, the MANO and callbacks."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db.models import Count, Min, QuerySet
from django.urls import reverse
from django.utils.html import format_html

from gatekeeper_site.access.caller import Caller, visible_to
from gatekeeper_site.adminsite.cards import Card, Chart, Concern, Figure, Health
from gatekeeper_site.adminsite.html import list_url, moment
from gatekeeper_site.core import clock
from gatekeeper_site.core.counting import count_by_hour
from gatekeeper_site.core.peers import Peer, peers
from records_app.models import ServiceRecord, SyncVerdict
from requests_app import services, states
from requests_app.admin import dead_letters, first_order, mano
from requests_app.admin.deed_pages import FAILED_WORK_PAGE
from requests_app.admin.filters import ended_of, late_of
from requests_app.models import CallbackDelivery, Request
from requests_app.selectors import cases_of_nobody, nearest_rank
from requests_app.services.circuits import open_circuits

# Of what is more, that is all that is said.
MAX_COUNTED = 10_000
# Of the hosts that take nothing, whether a tenant waits for one of so many is looked up.
MAX_HOSTS = 100
DAY, WEEK = timedelta(days=1), timedelta(days=7)
CHART_SECONDS = 15
# A callback that waits longer than this waits for a worker.
CALLBACK_OVERDUE = timedelta(minutes=1)

dead_letter_number = Peer(check=dead_letters.number)


def dashboard_cards(caller: Caller) -> Iterator[Card]:
    """Yield what a caller may see of requests, first of all what waits for a person."""
    requests = visible_to(caller, Request.objects.all())
    is_paused = services.paused_states().exists()
    yield from late_concern(caller, is_paused=is_paused)
    yield from concerns(
        "Failed, and nobody’s",
        cases_of_nobody(requests),
        f"{reverse(f'admin:{FAILED_WORK_PAGE}')}?whose=nobodys",
    )
    yield from callback_concerns(caller)
    yield from drift_concern(caller)
    if caller.is_admin:
        yield from dead_letter_concern()
    chart = request_chart(caller, requests)
    yield chart
    yield from figures(caller, chart, requests)
    yield mano_health(is_paused=is_paused)
    yield callback_health()
    # In an order that an index has, lest a planner look through all for the first of a tenant.
    if not requests.order_by("-created_at", "-id").values_list("pk")[:1]:
        yield from first_order.step(caller)


def concerns(
    title: str,
    rows: QuerySet[Any],
    url: str,
    *,
    since: str = "created_at",
    is_urgent: bool = False,
) -> Iterator[Concern]:
    """Yield what some rows are, if there are any.

    Args:
        title: what they are.
        rows: found by an index.
        url: where they are listed.
        since: the column that tells since when one waits.
        is_urgent: whether they come first.
    """
    some = rows.order_by(since).values(since)[: MAX_COUNTED + 1]
    found = some.aggregate(number=Count("*"), oldest=Min(since))
    if number := found["number"]:
        said = number if number <= MAX_COUNTED else f"more than {MAX_COUNTED}"
        yield Concern(title, said, url, found["oldest"], is_urgent)


def late_concern(caller: Caller, *, is_paused: bool) -> Iterator[Concern]:
    """Yield that requests have not ended in time."""
    if late := late_of(caller, is_paused=is_paused):
        url = f"{list_url(Request)}?late=yes"
        yield Concern("Past their expected time", len(late), url, late[0].since, is_urgent=True)


def callback_concerns(caller: Caller) -> Iterator[Concern]:
    """Yield hosts that take no callbacks, and callbacks that were given up lately."""
    deliveries = visible_to(caller, CallbackDelivery.objects.all())
    circuits = open_circuits()
    if not caller.is_admin:
        hosts = list(circuits.values_list("host", flat=True)[:MAX_HOSTS])
        waiting = deliveries.filter(host__in=hosts, outcome=CallbackDelivery.Outcome.PENDING)
        circuits = circuits.filter(host__in=set(waiting.values_list("host", flat=True).distinct()))
    url = list_url(CallbackDelivery)
    yield from concerns("Hosts that take no callbacks", circuits, url, since="failed_at")
    failed = deliveries.filter(
        outcome=CallbackDelivery.Outcome.FAILED, created_at__gte=clock.now() - DAY
    )
    url = f"{url}?outcome__exact={CallbackDelivery.Outcome.FAILED}"
    yield from concerns("Callbacks given up today", failed, url)


def drift_concern(caller: Caller) -> Iterator[Concern]:
    """Yield that what runs of some instances is not what is recorded."""
    records = ServiceRecord.objects.filter(sync_verdict=SyncVerdict.DIFFERS)
    url = f"{list_url(ServiceRecord)}?in_sync=false"
    yield from concerns("Instances that are not as recorded", visible_to(caller, records), url)


def dead_letter_concern() -> Iterator[Concern]:
    """Yield that messages of the MANO could not be applied."""
    text = dead_letter_number.known()
    if text is not None and text.isdecimal() and int(text):
        url = reverse(f"admin:{dead_letters.PAGE}")
        yield Concern("Dead letters of the MANO", int(text), url, is_urgent=True)


def request_chart(caller: Caller, requests: QuerySet[Request]) -> Chart:
    """Return how many requests of each state were ordered in each hour of the last week."""
    key = f"requests_by_hour:{'' if caller.is_admin else caller.tenant_id or 'none'}"
    week = requests.filter(created_at__gte=clock.now() - WEEK)
    kept: dict[str, tuple[dict[int, int], bool]] | None = cache.get(key)
    if kept is None:
        kept = {
            state: count_by_hour(week.filter(status__in=statuses), "created_at")
            for state, statuses in states.STATUSES_OF_STATE.items()
        }
        cache.set(key, kept, CHART_SECONDS)
    return Chart(
        title="Requests by state",
        noun="requests",
        counts={state: counts for state, (counts, _) in kept.items()},
        is_exact=all(is_exact for _, is_exact in kept.values()),
        url=list_url(Request),
        column="created_at",
    )


def figures(caller: Caller, chart: Chart, requests: QuerySet[Request]) -> Iterator[Figure]:
    """Yield how many orders of a day succeed, how long they take, and how many wait."""
    first_hour = int((clock.now() - DAY).timestamp()) // 3600
    of_day = {
        state: sum(number for hour, number in counts.items() if hour > first_hour)
        for state, counts in chart.counts.items()
    }
    ended = of_day["SUCCEEDED"] + of_day["ERROR"]
    about = "" if chart.is_exact else "about "
    yield Figure(
        "Success rate, 24 h",
        f"{about}{100 * of_day['SUCCEEDED'] / ended:.1f} %" if ended else "–",
        f"of {about}{ended:,} that ended" if ended else "None has ended.",
    )
    seconds = sorted(
        each[3]
        for each in ended_of(caller)
        if each[0] == states.CREATE and each[2] >= clock.now() - DAY
    )
    yield Figure(
        "Time to READY",
        f"{lasting(nearest_rank(seconds, 0.5))} · {lasting(nearest_rank(seconds, 0.95))}"
        if seconds
        else "–",
        f"median · p95 of {len(seconds):,} created in 24 h" if seconds else "None in 24 h.",
    )
    waiting = requests.filter(status=states.NEW).order_by("created_at").values("created_at")
    new = waiting[: MAX_COUNTED + 1].aggregate(number=Count("*"), oldest=Min("created_at"))
    number = new["number"]
    yield Figure(
        "Waiting for the MANO",
        f"{number:,}" if number <= MAX_COUNTED else f"more than {MAX_COUNTED:,}",
        moment(new["oldest"]) if number else "No order waits.",
        f"{list_url(Request)}?state=NEW",
    )


def lasting(seconds: float) -> str:
    """Return how long something took, as a person reads it."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def mano_health(*, is_paused: bool) -> Health:
    """Return whether the MANO answers, and gets orders."""
    url = reverse(f"admin:{mano.PAGE}")
    answer = peers()["mano"].known()
    name = f"MANO ({settings.MANO_DRIVER})"
    if answer not in (None, "ok"):
        return Health(name, False, f"It {answer}.", url)
    if is_paused:
        return Health(name, False, "It is paused: orders wait in NEW.", url)
    return Health(name, True, "It answers." if answer else "It is simulated.", url)


def callback_health() -> Health:
    """Return whether callbacks are sent in time: everybody's, as one worker sends all."""
    due = CallbackDelivery.objects.filter(due_at__isnull=False).order_by("due_at")
    first = due.values_list("due_at", flat=True).first()
    url = f"{list_url(CallbackDelivery)}?outcome__exact={CallbackDelivery.Outcome.PENDING}"
    if first is None or first > clock.now() - CALLBACK_OVERDUE:
        return Health("Callbacks", True, "They are sent in time.", url)
    return Health("Callbacks", False, format_html("The first was due {}.", moment(first)), url)
