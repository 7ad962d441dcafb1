"""P8: what an item costs Postgres while a report holds its snapshot.

One property whose limits are lifted gets 500 new leads' items a second, for five minutes, and
one process drains them in hundreds as they come. Meanwhile a REPEATABLE READ transaction that
has read the queue stays open, so that nothing which was deleted or changed can be cleaned away.
Compared is the CPU of the draining session per item, the last tenth of the time to the first.
On the other side the same is done without the report. Where fewer items end than come, the
rate that was reached is told.
"""

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial

from bench import profile, seed
from bench.answers import LEASE, finish
from bench.harness import Bench, Connection, connect, one, run
from bench.result import Result, Target, middle
from runner import calls

RATE = 500
DURATION_S = 300.0
PARTS = 10
"""The time is cut into so many parts; the first and the last are compared."""
BATCH = 100
IN_STEP = 1000
"""Leads that are in step already, so that no plan is made on an empty table."""
_TICK_S = 0.1
HELD, FREE = "with a snapshot held", "without"


@dataclass
class Part:
    """What happened in one part of the time."""

    items: int = 0
    cpu_s: float = 0.0

    @property
    def cost_us(self) -> float:
        """CPU per item, in microseconds."""
        return 1e6 * self.cpu_s / self.items if self.items else 0.0


@dataclass
class Course:
    """All parts of one run, and how many items came and ended a second."""

    parts: list[Part] = field(default_factory=list)
    reached: float = 0.0

    @property
    def growth(self) -> float:
        """The last part's cost to the first's, of those in which anything ended."""
        costs = [part.cost_us for part in self.parts if part.cost_us]
        return costs[-1] / costs[0]


@contextmanager
def _producer(url: str, leads: int, rate: float) -> Iterator[None]:
    """Items of leads that are there already, so many a second."""
    ended = threading.Event()

    def produce() -> None:
        made, begun = 0, time.monotonic()
        with connect(url) as connection:
            while not ended.is_set() and made < leads:
                due = min(leads, round((time.monotonic() - begun) * rate))
                if due > made:
                    seed.items(connection, made + 1, due, 1)
                    made = due
                ended.wait(_TICK_S)

    thread = threading.Thread(target=produce)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


@contextmanager
def _report(url: str, *, held: bool) -> Iterator[None]:
    """A transaction whose snapshot stays."""
    if not held:
        yield
        return
    with connect(url) as connection:
        run(connection, "begin isolation level repeatable read")
        one(connection, "select count(*) from public.lead_sync_queue")
        yield
        run(connection, "rollback")


def _drain(connection: Connection, seconds: float) -> Course:
    course = Course()
    for _ in range(PARTS):
        part, cpu = Part(), profile.backend_cpu(connection)
        until = time.monotonic() + seconds / PARTS
        while time.monotonic() < until:
            found = calls.claim_items(connection, "bench", BATCH, LEASE)
            if found:
                finish(connection, found)
                part.items += len(found)
            if len(found) < BATCH // 2:
                time.sleep(0.05)
        part.cpu_s = profile.cpu_since(connection, cpu)
        course.parts.append(part)
    course.reached = sum(part.items for part in course.parts) / seconds
    return course


def _course(bench: Bench, rate: float, seconds: float, *, held: bool) -> Course:
    leads = max(1, round(rate * seconds))
    with bench.database() as url:
        with seed.seeding(url) as connection:
            seed.properties(connection, 1, 1)
            seed.lift_limits(connection)
            seed.leads(connection, 1, leads + IN_STEP, 1)
            seed.synced(connection, leads + 1, leads + IN_STEP)
        with connect(url) as connection, _report(url, held=held), _producer(url, leads, rate):
            return _drain(connection, seconds)


def p8(bench: Bench) -> Iterator[Result]:
    """How the cost of an item grows."""
    seconds = bench.seconds(DURATION_S, 2.0)
    rate = RATE if bench.scale >= 0.1 else RATE / 10
    courses: dict[str, list[Course]] = {HELD: [], FREE: []}

    def growth(name: str) -> float:
        courses[name].append(_course(bench, rate, seconds, held=name == HELD))
        return courses[name][-1].growth

    runs = bench.shuffled({name: partial(growth, name) for name in courses}, 1)
    held = courses[HELD][-1]
    note = bench.note(
        "P8 cost of an item, µs of CPU by tenths of the time",
        "\n".join(
            f"{name:<22}" + " ".join(f"{part.cost_us:>8.0f}" for part in each.parts)
            for name, all_of in courses.items()
            for each in all_of
        ),
    )
    yield Result(
        "P8",
        f"CPU of an item, last tenth to first, {seconds:.0f} s at {held.reached:.0f} items/s",
        "times",
        middle(runs[HELD]),
        middle(runs[FREE]),
        FREE,
        Target("<=", 1.3, "ours"),
        note=note,
        runs=runs,
        detail={
            "wanted_per_second": rate,
            "reached_per_second": {name: each[-1].reached for name, each in courses.items()},
        },
    )
