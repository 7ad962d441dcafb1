"""P7: from the commit of one new lead to its first request leaving an idle runner.

The clock starts before COMMIT is sent, and stops as the runner makes the request. On the other
side a loop listens and takes rows of a bare table, whose writers notify. Both are processes of
their own; each insert waits until the last one's work is done and its runner rests again.
"""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from bench import seed
from bench.harness import Bench, Connection, connect, one, run
from bench.profile import start_module
from bench.result import Result, Target, percentile
from bench.runner_process import runner

BARE, OURS = "a bare LISTEN loop", "runner"
Times = dict[str, float]


@contextmanager
def listener(url: str) -> Iterator[Times]:
    """The bare loop, for the length of the block; then when it saw each row."""
    process = start_module("bench.bare_listener", url)
    seen: Times = {}
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        yield seen
        said, _ = process.communicate("", timeout=30)
        seen.update(json.loads(said))
    finally:
        process.kill()
        process.communicate()


def insert_lead(connection: Connection, number: int) -> None:
    """A new lead, whose e-mail address has the number."""
    run(
        connection,
        'with u as (insert into public."user" (first_name, last_name, email)'
        " values ('Robin', 'Renter', %s) returning id)"
        " insert into public.conversation (chatbot_id, user_id, status)"
        " select md5('b1')::uuid, u.id, 'new' from u",
        f"new{number}@example.com",
    )


def insert_job(connection: Connection, number: int) -> None:
    """A row for the bare loop, which is told of it."""
    run(connection, "insert into job (id) values (%s)", number)
    run(connection, "notify job")


def wait_until(connection: Connection, query: str) -> None:
    """Wait until a query finds nothing more."""
    while one(connection, query):
        time.sleep(0.002)


def p7(bench: Bench) -> Iterator[Result]:
    """Median and 99th percentile of single inserts."""
    blocks, size = bench.scaled(10, 2), 100 if bench.scale > 0.1 else 10
    committed: dict[str, Times] = {OURS: {}, BARE: {}}
    with bench.database() as url, bench.database(package=False) as bare_url:
        with seed.seeding(url) as connection:
            seed.properties(connection, 1, 1)
            seed.lift_limits(connection)
        with connect(bare_url) as connection:
            run(
                connection,
                "create table job (id bigint primary key, status text default 'pending')",
            )
        numbers = iter(range(1, 10**9))

        def inserts(
            name: str, at: str, insert: Callable[[Connection, int], None], left: str
        ) -> float:
            with connect(at) as writer, connect(at) as watcher:
                for _ in range(size):
                    number = next(numbers)
                    key = f"new{number}@example.com" if name == OURS else str(number)
                    with writer.transaction():
                        insert(writer, number)
                        committed[name][key] = time.monotonic()
                    wait_until(watcher, left)
                    time.sleep(bench.random.uniform(0.01, 0.03))
            return 0.0

        with runner(url) as started, listener(bare_url) as seen:
            pending = (
                "select exists (select from public.lead_sync_queue"
                " where status in ('pending', 'processing'))"
            )
            waiting = "select exists (select from job where status = 'pending')"
            sides: dict[str, Callable[[], float]] = {
                OURS: lambda: inserts(OURS, url, insert_lead, pending),
                BARE: lambda: inserts(BARE, bare_url, insert_job, waiting),
            }
            for side in sides.values():
                side()  # connections and plans are there from here on
            for times in committed.values():
                times.clear()
            bench.shuffled(sides, blocks)
    arrived = {OURS: started.asked, BARE: seen}
    took = {
        name: [1000 * (arrived[name][key] - at) for key, at in times.items()]
        for name, times in committed.items()
    }
    for what, percent, limit in (("median", 50, 5), ("99th percentile", 99, 20)):
        sides_at = [percentile(took[name], percent) for name in (OURS, BARE)]
        for target in (Target("<=", limit, "ours"), Target("<=", 3)):
            yield Result(
                "P7",
                f"commit to request, {what} of {len(took[OURS]):,} inserts",
                "ms",
                sides_at[0],
                sides_at[1],
                BARE,
                target,
                runs=took if percent == 50 and target.of == "ours" else {},
            )
