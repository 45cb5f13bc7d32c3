"""Gatekeeper beside plain DRF and beside what is below both, in turns, with few rows and with many.

Each cell (a kind of call, of one server) has short turns amid those of all others, so that a noisy
moment of the machine befalls all alike; their median counts. Then one worker: how many orders a
second it moves, how long a single one takes, and what it costs when there is nothing to do.
"""

import random
import shutil
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from benchmarks.cells import ORDER, cells_of, creation
from benchmarks.report import Row, cell_table, keep_run, machine, row_table
from benchmarks.rows import load
from benchmarks.servers import Servers, all_servers
from benchmarks.setting import call, postgres
from benchmarks.turns import Cell, megabytes, processor_seconds
from tests.processes import running_by_itself, wait_until

# For so long after a change the worker looks often, as more may follow.
SETTLING_SECONDS = 12
READY = "≥ 150/s"
OPEN = "SELECT count(*) FROM requests_app_request WHERE status IN ('NEW', 'INSTANTIATING')"
# Orders whose tasks are beyond a number, which are no measure and would be waited for.
FORGET_TASKS = """
DELETE FROM django_q_ormq WHERE id >= (SELECT id FROM django_q_ormq ORDER BY id OFFSET %s LIMIT 1)
"""
FORGET_ORDERS = """
UPDATE requests_app_request SET status = 'ERROR', error_class = 'internal', due_at = NULL
WHERE status = 'NEW' AND NOT EXISTS (SELECT FROM django_q_ormq WHERE id = task_key)
"""
END_VACUUMING = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE backend_type = 'autovacuum worker'
"""
READY_SINCE = """
SELECT count(*), extract(epoch FROM max(updated_at) - min({column}))::float,
    array_agg(extract(epoch FROM updated_at - created_at)::float)
FROM requests_app_request WHERE updated_at > %s AND status = 'READY'
"""


@dataclass(frozen=True)
class Scale:
    """How much is measured; `few` and `many` are numbers of requests."""

    few: int
    many: int
    rounds: int
    turn_seconds: int
    # How many of those that the cells have left wait for a worker.
    waiting_orders: int
    single_orders: int
    idle_seconds: int


FULL = Scale(
    few=10_000,
    many=1_000_000,
    rounds=5,
    turn_seconds=1,
    waiting_orders=4000,
    single_orders=30,
    idle_seconds=10,
)
QUICK = Scale(
    few=10_000,
    many=50_000,
    rounds=1,
    turn_seconds=1,
    waiting_orders=500,
    single_orders=5,
    idle_seconds=5,
)


def take_turns(servers: Servers, size: int, scale: Scale) -> list[Cell]:
    """Return all cells with their turns."""
    cells = cells_of(servers, size)
    for number in range(scale.rounds):
        for cell in cells:
            cell.take_turn(servers.database_pid, scale.turn_seconds)
        print(f"{size:,} requests: round {number + 1} of {scale.rounds}", flush=True)
    return cells


def await_end_of_orders(servers: Servers, *, seconds: float) -> None:
    """Wait until no order is open."""
    wait_until(
        lambda: servers.column(OPEN) == [0],
        seconds=seconds,
        what="the end of all orders",
        pause=0.1,
    )


def carry_out_one_order(servers: Servers) -> None:
    """Have a worker make the records that all others are like."""
    server = servers.gatekeeper
    with running_by_itself(server.environment, "manage.py", "run_worker"):
        call(server, "POST", "/requests", ORDER)
        await_end_of_orders(servers, seconds=60)


def ready_since(servers: Servers, moment: Any, column: str) -> tuple[int, float, list[float]]:
    """Return how many orders became READY, within which time, and how long each took.

    Args:
        servers: where.
        moment: since when.
        column: from what the time counts: the first order's `began_at`, or its `updated_at`.
    """
    servers.cursor.execute(READY_SINCE.format(column=column), [moment])
    number, seconds, each = servers.cursor.fetchone()
    return number, seconds, each


def worker_rows(servers: Servers, scale: Scale) -> list[Row]:
    """Start one worker, and tell what it does and costs."""
    server = servers.gatekeeper
    # What the cells have allocated is not to be confirmed meanwhile.
    servers.cursor.execute(
        "UPDATE ha_app_gateway SET status = 'ACTIVE', confirm_by = NULL WHERE status <> 'ACTIVE'"
    )
    servers.cursor.execute(FORGET_TASKS, [scale.waiting_orders])
    servers.cursor.execute(FORGET_ORDERS)
    with running_by_itself(server.environment, "manage.py", "run_worker") as worker:
        rows = [
            *backlog_rows(servers, worker.pid),
            posting_row(servers, scale),
            single_row(servers, scale),
            idle_row(servers, scale, worker.pid),
        ]
        [ready] = servers.column("SELECT count(*) FROM requests_app_manoanswer")
        name = f"memory of the worker's processes after {ready:,} answers of the MANO"
        return [*rows, (name, memory(worker.pid), "≤ 120 MB each")]


def backlog_rows(servers: Servers, worker_pid: int) -> list[Row]:
    """Return how fast what waited is carried out, when there is nothing else."""
    [moment], [waiting] = servers.column("SELECT clock_timestamp()"), servers.column(OPEN)
    pids = (worker_pid, servers.database_pid)
    before = [processor_seconds(pid) for pid in pids]
    await_end_of_orders(servers, seconds=120 + waiting / 5)
    cost = [
        (processor_seconds(pid) - seconds) * 1000 / waiting
        for pid, seconds in zip(pids, before, strict=True)
    ]
    number, seconds, _ = ready_since(servers, moment, "updated_at")
    return [
        (f"{number:,} orders that waited for a worker", f"{number / seconds:.0f} READY/s", READY),
        ("processor for one of them", f"worker {cost[0]:.1f} ms, PostgreSQL {cost[1]:.1f} ms", ""),
    ]


def posting_row(servers: Servers, scale: Scale) -> Row:
    """Return how fast orders are carried out that are posted meanwhile, from the first POST on."""
    [moment] = servers.column("SELECT clock_timestamp()")
    creation(servers).take_turn(servers.database_pid, scale.turn_seconds)
    await_end_of_orders(servers, seconds=300)
    number, seconds, _ = ready_since(servers, moment, "began_at")
    return f"{number:,} orders, posted while it works", f"{number / seconds:.0f} READY/s", READY


def single_row(servers: Servers, scale: Scale) -> Row:
    """Return how long an order takes when there is no other."""
    [moment] = servers.column("SELECT clock_timestamp()")
    for _ in range(scale.single_orders):
        # At any moment between two looks of the worker.
        time.sleep(random.uniform(0.2, 0.4))
        call(servers.gatekeeper, "POST", "/requests", ORDER)
        await_end_of_orders(servers, seconds=60)
    _, _, each = ready_since(servers, moment, "began_at")
    text = f"median {statistics.median(each) * 1000:.0f} ms, worst {max(each) * 1000:.0f} ms"
    return f"an order by itself, from POST to READY ({len(each)})", text, "median ≤ 60 ms"


def idle_row(servers: Servers, scale: Scale, worker_pid: int) -> Row:
    """Return what it costs that there might be something to do.

    To vacuum, and to write to the tables' files, is what the load before has left to do.
    """
    pids = (worker_pid, servers.database_pid)
    servers.cursor.execute("ALTER SYSTEM SET autovacuum = off")
    servers.cursor.execute("SELECT pg_reload_conf()")
    servers.cursor.execute(END_VACUUMING)
    servers.cursor.execute("CHECKPOINT")
    time.sleep(SETTLING_SECONDS)
    before = [processor_seconds(pid) for pid in pids]
    time.sleep(scale.idle_seconds)
    used = [
        (processor_seconds(pid) - seconds) * 100 / scale.idle_seconds
        for pid, seconds in zip(pids, before, strict=True)
    ]
    text = f"worker {used[0]:.1f} %, PostgreSQL {used[1]:.1f} % of a core"
    return "with nothing to do", text, "≤ 1 %"


def memory(pid: int) -> str:
    """Return the memory of a server's largest process, and of all."""
    sizes = megabytes(pid)
    pss, rss = sizes[0]
    together = sum(each for each, _ in sizes)
    return f"largest {pss:.0f} MB (RSS {rss:.0f} MB), all {len(sizes)} together {together:.0f} MB"


def calls_of_gatekeeper(servers: Servers, cells: Sequence[Cell]) -> int:
    """Return how many calls Gatekeeper's processes have answered."""
    pid = servers.gatekeeper.web.pid
    return sum(cell.calls_made for cell in cells if cell.server.pid == pid)


def run(scale: Scale = FULL) -> None:
    """Measure, print the tables, and keep those of a full run in RESULTS.md."""
    if shutil.which("wrk") is None:
        print("Nothing calls the servers without wrk: please install it (apt-get install wrk).")
        return
    with postgres() as (directory, database_url), all_servers(directory, database_url) as servers:
        began = machine(servers)
        carry_out_one_order(servers)
        web = servers.gatekeeper.web
        memory_rows = [("memory of the web's processes at first", memory(web.pid), "")]
        load(servers.cursor, 0, scale.few)
        few = take_turns(servers, scale.few, scale)
        load(servers.cursor, scale.few, scale.many)
        many = take_turns(servers, scale.many, scale)
        number = calls_of_gatekeeper(servers, [*few, *many])
        name = f"the same after {number:,} calls"
        memory_rows.append((name, memory(web.pid), "≤ 150 MB each"))
        rows = [*worker_rows(servers, scale), *memory_rows]
    text = "\n\n".join(
        [
            began,
            f"With {scale.few:,} requests:",
            cell_table(few),
            f"With {scale.many:,} requests:",
            cell_table(many, few),
            "One worker, `SIMULATOR_STEP_SECONDS=0`, and memory (PSS):",
            row_table(rows),
        ]
    )
    print(f"\n{text}")
    if scale is FULL:
        keep_run(text)
