"""What is rare is counted, over all processes together."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from gatekeeper_site.core.counters import EventCount, count_event, event_counts


def counts() -> dict[tuple[str, str], int]:
    rows = EventCount.objects.values_list("name", "label", "count")
    return {(name, label): count for name, label, count in rows}


def test_each_kind_is_counted_by_itself(db: None) -> None:
    for label in ("newer_state", "out_of_place", "newer_state"):
        count_event("etcd_ignored", label)
    count_event("etcd_refused")

    assert counts() == {
        ("etcd_ignored", "newer_state"): 2,
        ("etcd_ignored", "out_of_place"): 1,
        ("etcd_refused", ""): 1,
    }


def test_what_happens_often_is_spread_over_rows_and_is_one_count(db: None) -> None:
    for _ in range(50):
        count_event("callback_attempts", "2xx", slots=4)
    count_event("callback_attempts", "error", slots=4)
    count_event("etcd_refused")

    slots = EventCount.objects.filter(label="2xx").values_list("slot", flat=True)
    assert 1 < len(slots) <= 4
    assert event_counts("callback_attempts", "mano_messages") == {
        "callback_attempts": {"2xx": 50, "error": 1},
        "mano_messages": {},
    }


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer at a time")
def test_of_several_at_once_each_is_counted() -> None:
    def count(_: int) -> None:
        try:
            for _ in range(25):
                count_event("etcd_ignored", "malformed_state")
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(count, range(8)))

    assert counts() == {("etcd_ignored", "malformed_state"): 200}
