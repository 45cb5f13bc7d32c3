"""In which order the tests are loaded and run, so that all processors are busy to the end.

Loaded by conftest.py.
"""

import os
from collections import defaultdict
from contextlib import suppress
from importlib import import_module
from pathlib import Path

import pytest

TESTS = Path(__file__).parent
PROCESSES = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
# Files and directories whose tests mostly wait, for processes that they start or for one that is
# silent; those that wait longest first.
WAITING = (
    "faults/test_database_stopped.py",
    "faults/",
    "ha_app/etcd/",
    "core/test_silent_database.py",
    "cli/",
    "deploy/test_start.py",
    "web/",
    "requests_app/mano/",
    "webhooks/",
)
# Others that take long.
BUSY = (
    "docs/test_examples.py",
    "browser/",
    "contract/test_malformed.py",
    "ha_app/test_capacity_machine.py",
    "requests_app/test_life.py",
    "contract/",
    "concurrency/",
    "clients/",
    "operations/",
)
# Directories whose tests share what takes long to start: one process begins with all of them.
TOGETHER = ("browser", "cli", "clients")


def pytest_collection(session: pytest.Session) -> None:
    """Have each process load all tests, and begin with other files than the others do.

    What one has compiled by then, the others need not: else each would do all of that.
    """
    if PROCESSES == 1 or session.config.args != session.config.getini("testpaths"):
        return
    # What registers itself as it is loaded does so in the same order in all of them.
    import_module("gatekeeper_site.urls")
    own = int(os.environ["PYTEST_XDIST_WORKER"].removeprefix("gw"))
    files = sorted(TESTS.rglob("test_*.py"))
    for number in range(own, own + PROCESSES):
        for file in files[number % PROCESSES :: PROCESSES]:
            # What is wrong with a file is told when its tests are collected.
            with suppress(Exception):
                import_module(".".join(file.relative_to(TESTS.parent).with_suffix("").parts))


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Have most of the processes begin with what waits, and the others with what takes long.

    So none of that comes last, and the processors always have something to do. Each process gets an
    equal part of this list, and what is at the end of another's when it has no more.
    """
    if PROCESSES == 1:
        return
    by_file: dict[Path, list[pytest.Item]] = defaultdict(list)
    for item in items:
        by_file[item.path.parent if item.path.parent.name in TOGETHER else item.path].append(item)
    files = {tests[0].path.relative_to(TESTS).as_posix(): tests for tests in by_file.values()}
    busy = max(1, PROCESSES * 2 // 5)
    shares = [*dealt(files, WAITING, PROCESSES - busy), *dealt(files, BUSY, busy)]
    rest = [test for tests in files.values() for test in tests]
    parts: list[pytest.Item] = []
    for number, share in enumerate(shares, 1):
        room = max(0, number * len(items) // PROCESSES - len(parts) - len(share))
        parts += share + rest[:room]
        del rest[:room]
    items[:] = parts + rest


def dealt(
    files: dict[str, list[pytest.Item]], names: tuple[str, ...], hands: int
) -> list[list[pytest.Item]]:
    """Take from files those whose paths begin with a name; deal them out in the names' order."""
    taken = [
        files.pop(path)
        for name in names
        for path in [path for path in files if path.startswith(name)]
    ]
    return [[test for tests in taken[hand::hands] for test in tests] for hand in range(hands)]
