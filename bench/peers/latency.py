"""From the commit of one job to its start in an idle worker that runs as it comes.

Ours is that of P7: from the commit of a new lead, which our triggers turn into an item, to its
first request leaving the runner. The clock starts before COMMIT is sent; each insert waits
until the last job is done and its worker rests again. All workers are processes of their own
and stay up throughout, each on its own database; blocks of inserts come in shuffled order.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial

from bench import seed
from bench.harness import Bench, Connection, connect, run
from bench.latency import BARE, Times, insert_job, insert_lead, listener, wait_until
from bench.peers.drain import not_measured
from bench.peers.programs import Installed, Missing
from bench.result import Result, percentile
from bench.runner_process import runner

OURS = "lead-sync"
UNIT = "ms"
PERCENTILES = (("median", 50), ("99th percentile", 99))


@dataclass
class _Side:
    """A queue with its idle worker; `seen` fills when the worker has ended."""

    url: str
    insert: Callable[[Connection, int], None]
    left: str
    key: str = "{}"
    seen: Times = field(default_factory=dict)
    committed: Times = field(default_factory=dict)


def _enqueue(statement: str, connection: Connection, number: int) -> None:
    run(connection, statement, number)


def _inserts(bench: Bench, side: _Side, numbers: Iterator[int], size: int) -> float:
    with connect(side.url) as writer, connect(side.url) as watcher:
        for _ in range(size):
            number = next(numbers)
            with writer.transaction():
                side.insert(writer, number)
                side.committed[side.key.format(number)] = time.monotonic()
            wait_until(watcher, side.left)
            time.sleep(bench.random.uniform(0.01, 0.03))
    return 0.0


def _own(bench: Bench, databases: ExitStack) -> dict[str, _Side]:
    """Our database and the bare loop's, filled as P7 fills them."""
    url = databases.enter_context(bench.database())
    with seed.seeding(url) as connection:
        seed.properties(connection, 1, 1)
        seed.lift_limits(connection)
    bare_url = databases.enter_context(bench.database(package=False))
    with connect(bare_url) as connection:
        run(
            connection,
            "create table job (id bigint primary key, status text default 'pending')",
        )
    return {
        OURS: _Side(
            url,
            insert_lead,
            "select exists (select from public.lead_sync_queue"
            " where status in ('pending', 'processing'))",
            key="new{}@example.com",
        ),
        BARE: _Side(
            bare_url, insert_job, "select exists (select from job where status = 'pending')"
        ),
    }


def _measure(bench: Bench, peers: Sequence[Installed]) -> dict[str, list[float]]:
    """The milliseconds of all inserts of each side."""
    blocks, size = bench.scaled(10, 2), 100 if bench.scale > 0.1 else 10
    numbers = iter(range(1, 10**9))
    with ExitStack() as databases:
        sides = _own(bench, databases)
        with ExitStack() as workers:
            started = workers.enter_context(runner(sides[OURS].url))
            sides[BARE].seen = workers.enter_context(listener(sides[BARE].url))
            for peer in peers:
                url = databases.enter_context(bench.database(package=False))
                peer.run("install", url)
                side = _Side(url, partial(_enqueue, peer.peer.enqueue), peer.peer.left)
                side.seen = workers.enter_context(peer.listening(url))
                sides[str(peer)] = side
            for side in sides.values():
                _inserts(bench, side, numbers, size)  # connections and plans are there now
                side.committed.clear()
            bench.shuffled(
                {
                    name: partial(_inserts, bench, side, numbers, size)
                    for name, side in sides.items()
                },
                blocks,
            )
        sides[OURS].seen = started.asked
    return {
        name: [1000 * (side.seen[key] - at) for key, at in side.committed.items()]
        for name, side in sides.items()
    }


def latency(bench: Bench, peers: Sequence[Installed | Missing]) -> Iterator[Result]:
    """Median and 99th percentile of single inserts, ours against each."""
    took = _measure(bench, [peer for peer in peers if isinstance(peer, Installed)])
    inserts = len(took[OURS])
    for what, percent in PERCENTILES:
        described = f"commit to start, {what} of {inserts:,} inserts"
        at = {name: percentile(values, percent) for name, values in took.items()}
        for name in [*(str(p) for p in peers if isinstance(p, Installed)), BARE]:
            yield Result(
                "latency",
                described,
                UNIT,
                at[OURS],
                at[name],
                name,
                runs={each: took[each] for each in (OURS, name)} if percent == 50 else {},
            )
        for peer in peers:
            if isinstance(peer, Missing):
                yield not_measured("latency", described, UNIT, at[OURS], peer)
