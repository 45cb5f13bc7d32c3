"""What the tests of OSM do again and again: let time pass, and work as a worker does."""

from requests_app.mano.osm import following
from requests_app.models import OsmOrder, Request
from tests.osm_peer import Osm
from tests.requests_app.orders import let_pass, sweep_and_work, work


def pass_time(seconds: float) -> None:
    """Let time pass for requests, and for what is kept of OSM."""
    let_pass(seconds, {OsmOrder: ("due_at", "sent_at", "asked_at", "busy_until", "give_up_at")})


def round_of_work(seconds: float = 6) -> None:
    """Let time pass, and do what a worker does then."""
    pass_time(seconds)
    following.sweep()
    sweep_and_work()


def run_on(request: Request, rounds: int = 40, seconds: float = 6) -> Request:
    """Work until a request has ended, and what is kept of it has nothing due; return it."""
    work()
    for _ in range(rounds):
        request.refresh_from_db()
        is_over = request.status in ("READY", "ERROR")
        if is_over and not OsmOrder.objects.filter(pk=request.pk, due_at__isnull=False).exists():
            break
        round_of_work(seconds)
    request.refresh_from_db()
    return request


def paths(osm: Osm, method: str = "") -> list[str]:
    """Return what the peer was asked, as `METHOD /path` with ids left out, logins left out."""
    told = []
    for call in osm.calls:
        parts = ["…" if len(part) == 36 else part for part in call.path.split("/")]
        told.append(f"{call.method} /{'/'.join(parts)}")
    return [each for each in told if each.startswith(method) and "tokens" not in each]
