"""Calls are counted per token, over all web processes together (contract: http.md)."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext

from gatekeeper_site.access import throttling
from gatekeeper_site.access.models import Role, ThrottleWindow
from gatekeeper_site.access.throttling import Slices, token_slices
from gatekeeper_site.access.windows import raise_count, sweep_throttle_windows
from gatekeeper_site.core import retention
from gatekeeper_site.core.rates import Rate, parse_rate
from tests.fixtures import Api, assert_problem, new_api
from tests.processes import environment_for, manage

HOUR = 3600

with_threads = pytest.mark.skipif(
    connection.vendor != "postgresql",
    reason="SQLite's test database is in memory, where threads do not wait for each other",
)


@pytest.fixture(autouse=True)
def no_slices() -> Iterator[None]:
    """Begin and end as a process that has just started."""
    token_slices.kept.clear()
    yield
    token_slices.kept.clear()


def statuses(api: Api, times: int) -> list[int]:
    return [api.get("/requests").status_code for _ in range(times)]


@pytest.mark.django_db
def test_a_token_has_so_many_calls_and_then_must_wait(viewer: Api, settings: Any) -> None:
    settings.THROTTLE_PER_TOKEN = Rate(3, HOUR)

    assert statuses(viewer, 4) == [200, 200, 200, 429]

    response = viewer.get("/services")
    assert_problem(response, 429, "throttled")
    assert HOUR - 60 <= int(response["Retry-After"]) <= HOUR


@pytest.mark.django_db
def test_each_token_is_counted_for_itself(viewer: Api, settings: Any) -> None:
    settings.THROTTLE_PER_TOKEN = Rate(1, HOUR)
    same_user = new_api(Role.VIEWER, user="viewer")

    assert statuses(viewer, 2) == [200, 429]
    assert statuses(same_user, 2) == [200, 429]


@pytest.mark.django_db
def test_calls_are_allowed_again_when_the_window_ends(viewer: Api, settings: Any) -> None:
    settings.THROTTLE_PER_TOKEN = Rate(2, HOUR)
    assert statuses(viewer, 3) == [200, 200, 429]

    ThrottleWindow.objects.update(ends_at=time.time() - 1)
    for kept in token_slices.kept.values():
        kept.ends_at = time.time() - 1

    assert statuses(viewer, 3) == [200, 200, 429]


@pytest.mark.django_db
def test_zero_is_no_limit_and_counts_nothing(viewer: Api, settings: Any) -> None:
    settings.THROTTLE_PER_TOKEN = None

    assert set(statuses(viewer, 5)) == {200}
    assert not ThrottleWindow.objects.exists()


@pytest.mark.django_db
def test_people_and_open_endpoints_are_not_counted(person: Client, settings: Any) -> None:
    settings.THROTTLE_PER_TOKEN = Rate(1, HOUR)

    for path in ("/requests", "/healthz", "/schema"):
        assert [person.get(path).status_code for _ in range(3)] == [200] * 3
    assert not ThrottleWindow.objects.exists()


@pytest.mark.django_db
def test_most_calls_write_nothing(viewer: Api, settings: Any) -> None:
    settings.THROTTLE_PER_TOKEN = Rate(6000, HOUR)
    statuses(viewer, 1)

    with CaptureQueriesContext(connection) as queries:
        assert set(statuses(viewer, 60)) == {200}

    # The look-up of the token is executed by the name of its plan.
    reads = ("SELECT", "EXECUTE gatekeeper_")
    writes = [query["sql"] for query in queries if not query["sql"].startswith(reads)]
    assert len(writes) == 1
    assert ThrottleWindow.objects.get().count == 120


@pytest.mark.django_db
def test_a_limit_that_is_no_multiple_of_a_slice_is_not_exceeded() -> None:
    rate, process = Rate(1050, HOUR), Slices()

    admitted = [process.admit("token", rate) is None for _ in range(1200)]

    assert admitted == [True] * 1050 + [False] * 150


@with_threads
@pytest.mark.django_db(transaction=True)
def test_sixteen_processes_admit_exactly_the_limit_together() -> None:
    rate, processes = Rate(100, HOUR), [Slices() for _ in range(16)]

    def call(process: Slices) -> int:
        admitted = sum(process.admit("token", rate) is None for _ in range(20))
        connections.close_all()
        return admitted

    with ThreadPoolExecutor(16) as pool:
        admitted = list(pool.map(call, processes))

    assert sum(admitted) == 100


@with_threads
@pytest.mark.django_db(transaction=True)
def test_sixteen_processes_never_exceed_a_limit_with_larger_slices() -> None:
    # Of 1,000 calls each slice has ten; each process tries on until it is refused.
    rate, processes = Rate(1000, HOUR), [Slices() for _ in range(16)]

    def call(process: Slices) -> int:
        admitted = 0
        while process.admit("token", rate) is None:
            admitted += 1
        connections.close_all()
        return admitted

    with ThreadPoolExecutor(16) as pool:
        admitted = list(pool.map(call, processes))

    assert sum(admitted) == 1000


@with_threads
@pytest.mark.django_db(transaction=True)
def test_sixteen_callers_of_one_token_get_exactly_the_limit(settings: Any) -> None:
    settings.THROTTLE_PER_TOKEN = Rate(10, HOUR)
    token = new_api(Role.VIEWER).token

    def call(number: int) -> int:
        status: int = Api(token).get("/requests").status_code
        connections.close_all()
        return status

    with ThreadPoolExecutor(16) as pool:
        found = sorted(pool.map(call, range(16)))

    assert found == [200] * 10 + [429] * 6


@pytest.mark.django_db
def test_a_process_forgets_the_slices_of_windows_that_ended(monkeypatch: Any) -> None:
    monkeypatch.setattr(throttling, "MAX_KEPT_SLICES", 2)
    process = Slices()
    for key in ("a", "b", "c"):
        process.admit(key, Rate(5, HOUR))
    process.kept["a"].ends_at = process.kept["b"].ends_at = 0

    process.admit("d", Rate(5, HOUR))

    assert set(process.kept) == {"c", "d"}


@pytest.mark.django_db
def test_a_count_goes_on_in_its_window_and_begins_anew_after_it() -> None:
    first, ends_at = raise_count("key", by=2, seconds=60)
    second, same_end = raise_count("key", by=3, seconds=60)
    other, _ = raise_count("other key", by=1, seconds=60)
    assert (first, second, other) == (2, 5, 1)
    assert same_end == ends_at

    ThrottleWindow.objects.filter(key="key").update(ends_at=time.time() - 1)

    third, later_end = raise_count("key", by=1, seconds=60)
    assert third == 1
    assert later_end >= ends_at


@pytest.mark.django_db
def test_ended_windows_are_swept_in_batches(monkeypatch: Any) -> None:
    monkeypatch.setattr(retention, "CHUNK", 2)
    for number in range(3):
        raise_count(f"ended {number}", by=1, seconds=-1)
    raise_count("going on", by=1, seconds=60)

    assert [sweep_throttle_windows() for _ in range(3)] == [2, 1, 0]
    assert [window.key for window in ThrottleWindow.objects.all()] == ["going on"]


# The setting


@pytest.mark.parametrize(
    ("text", "rate"),
    [
        ("6000/minute", Rate(6000, 60)),
        ("5/second", Rate(5, 1)),
        ("1/hour", Rate(1, 3600)),
        (" 10/hour ", Rate(10, 3600)),
        ("0", None),
        ("0/minute", None),
    ],
)
def test_a_rate_is_a_number_per_second_minute_or_hour(text: str, rate: Rate | None) -> None:
    assert parse_rate(text) == rate


@pytest.mark.parametrize(
    "text", ["", "many", "6000", "-1/minute", "1.5/hour", "5/day", "5/m", "5 / minute", "/hour"]
)
def test_anything_else_is_no_rate(text: str) -> None:
    with pytest.raises(ValueError, match="is not a rate"):
        parse_rate(text)


@pytest.mark.processes
def test_a_malformed_setting_is_an_error_at_the_start(tmp_path: Any) -> None:
    environment = environment_for(tmp_path, THROTTLE_PER_TOKEN="fast")

    with pytest.raises(AssertionError, match="THROTTLE_PER_TOKEN: 'fast' is not a rate"):
        manage(environment, "check")
