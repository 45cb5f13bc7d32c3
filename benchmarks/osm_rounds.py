"""Rounds of one worker that follows operations at OSM: calls, and seconds, of each.

A round is what `following.follow` does for the orders that are due; the peer answers from memory.
"""

import os
import time
from pathlib import Path
from uuid import uuid4

import django

from benchmarks.setting import postgres
from tests.certificates import new_authority, new_certificate
from tests.osm_peer import Osm, OsmPeer

# The issue's: so many operations cost at most so many calls a round; one worker follows so many.
FEW, MOST_CALLS, MANY = 100, 25, 1000


def run() -> None:
    """Print what rounds cost; more calls than there may be are an error."""
    with postgres() as (directory, url):
        authority = new_authority(Path(directory) / "ca")
        certificate = new_certificate(authority, "IP:127.0.0.1", name="nbi")
        osm = Osm(begins_after=None, ends_after=None)
        with OsmPeer(osm, certificate) as peer:
            os.environ |= {
                "DATABASE_URL": url,
                "DJANGO_SETTINGS_MODULE": "gatekeeper_site.settings",
                "SECRET_KEY": "a benchmark's own, of some length",
                "LOG_LEVEL": "WARNING",
                "MANO_DRIVER": "osm",
                "OSM_URL": peer.url,
                "OSM_USERNAME": osm.username,
                "OSM_PASSWORD": osm.password,
                "OSM_VIM_ACCOUNT": osm.vim_name,
                "OSM_CA_CERT": str(authority),
            }
            django.setup()
            print()
            for number in (FEW, MANY):
                ids = orders_under_way(osm, number)
                calls = measured(osm, ids, f"{number} operations, nothing new")
                assert calls <= MOST_CALLS, calls
                for operation in osm.operations.values():
                    operation |= {"stage": "Stage 2/5: deployment", "begun": True}
                calls = measured(osm, ids, f"{number} operations, a stage of each")
                assert calls <= MOST_CALLS, calls


def orders_under_way(osm: Osm, number: int) -> list[object]:
    """Store requests whose operations go on; return their ids."""
    from gatekeeper_site.core import clock
    from requests_app.models import OsmOrder, Request

    osm.operations.clear()
    now = clock.now()
    stamps = {"began_at": now, "created_at": now, "updated_at": now}
    requests = Request.objects.bulk_create(
        Request(request_type="CREATE", status="INSTANTIATING", **stamps) for _ in range(number)
    )
    OsmOrder.objects.bulk_create(
        OsmOrder(
            request=each,
            step=OsmOrder.Step.FOLLOW,
            instance_id=uuid4(),
            operation_id=osm.begun(str(uuid4()), "instantiate"),
            due_at=now,
        )
        for each in requests
    )
    return [each.pk for each in requests]


def measured(osm: Osm, ids: list[object], what: str) -> int:
    """Do a round; print what it has cost and return the number of calls, logins left out."""
    from requests_app.mano.osm.following import follow

    osm.calls.clear()
    started, worked = time.perf_counter(), time.process_time()
    follow(ids)  # type: ignore[arg-type]
    seconds, of_processor = time.perf_counter() - started, time.process_time() - worked
    calls = sum("tokens" not in call.path for call in osm.calls)
    print(
        f"{what:<40} {calls:3} calls   {seconds:6.2f} s   of them {of_processor:6.2f} s of the "
        "processor, the peer's included"
    )
    return calls
