"""P2 and P3: from claim to end of leads whose calls answer at once, everything written.

Each lead has an e-mail and no phone, and is new: a search that finds nothing, then a save.
They are spread over a hundred properties whose limits are lifted, in an installation in which
as many leads are in step already. On the other side a loop claims and completes rows of a bare
table, a hundred at a time, in two statements. "On a fresh installation" nothing is in step, so
that the session makes its plans on empty tables.
"""

from collections.abc import Callable, Iterator
from functools import partial

from bench import answers, drainer, profile, seed
from bench.harness import Bench, Connection, connect, database_name, run, timed
from bench.result import Result, Target, compared

BATCH = 100
CLAIM = (
    "update job set status = 'processing' where id = any (array("
    " select id from job where status = 'pending' order by id limit %s"
    " for update skip locked)) returning id, payload"
)
_COMPLETE = (
    "update job set status = 'completed', done_at = clock_timestamp() where id = any (%s)"
)
BARE = "a bare table, in hundreds"


def fill_leads(url: str, leads: int, properties: int, *, fresh: bool = False) -> None:
    """New leads with an item each; unless `fresh`, beside as many that are in step."""
    with seed.seeding(url) as connection:
        seed.properties(connection, 1, properties)
        seed.lift_limits(connection)
        seed.leads(connection, 1, leads, properties)
        if not fresh:
            seed.leads(connection, leads + 1, 2 * leads, properties)
            seed.synced(connection, leads + 1, 2 * leads)
        seed.items(connection, 1, leads, properties)


def fill_bare(url: str, jobs: int) -> None:
    """A bare queue."""
    with connect(url) as connection:
        for statement in (
            "create table job (id bigint primary key, status text not null default 'pending',"
            " payload jsonb not null, done_at timestamptz) with (fillfactor = 50)",
            "create index idx_job_pending on job (id) where status = 'pending'",
            "insert into job (id, payload) select n, jsonb_build_object('conversation_id',"
            f" md5('c' || n)::uuid) from generate_series(1, {jobs}) n",
            "vacuum analyze job",
        ):
            run(connection, statement)


def drain_bare(connection: Connection, batch: int = BATCH) -> int:
    """Claim and complete until nothing is left; how many."""
    done = 0
    while rows := run(connection, CLAIM, batch):
        run(connection, _COMPLETE, [row[0] for row in rows])
        done += len(rows)
    return done


def p2(bench: Bench) -> Iterator[Result]:
    """Drains of one process: in hundreds, one by one, and the bare table's."""
    leads = bench.scaled(5000, 100)
    cpu: dict[str, list[float]] = {}

    def ours(name: str, *, together: bool = True, fresh: bool = False) -> float:
        with bench.database() as url:
            fill_leads(url, leads, min(100, leads), fresh=fresh)
            return per_second(name, url, lambda c: answers.drain(c, BATCH, together=together))

    def bare() -> float:
        with bench.database(package=False) as url:
            fill_bare(url, 20 * leads)
            return per_second(BARE, url, drain_bare)

    def per_second(name: str, url: str, drain: Callable[[Connection], int]) -> float:
        with connect(url) as connection:
            done: list[int] = []
            seconds = timed(lambda: done.append(drain(connection)))
            cpu.setdefault(name, []).append(1e6 * profile.cpu_since(connection) / done[0])
        return done[0] / seconds

    hundreds, singly, fresh = "in hundreds", "one by one", "on a fresh installation"
    runs = bench.shuffled(
        {
            hundreds: lambda: ours(hundreds),
            singly: lambda: ours(singly, together=False),
            fresh: lambda: ours(fresh, fresh=True),
            BARE: bare,
        },
        min(3, bench.repetitions),
    )
    note = bench.note("P2 profile of a drain in hundreds", _profile(bench, leads))
    for name, target in ((hundreds, Target(">=", 0.05)), (singly, None), (fresh, None)):
        yield compared("P2", f"drain, {name}", "items/s", runs, name, BARE, target, note=note)
    yield compared("P2", "Postgres CPU", "µs/item", cpu, hundreds, BARE, note=note)
    for name in (singly, fresh):
        yield compared("P2", f"Postgres CPU, {name}", "µs/item", cpu, name, hundreds, note=note)


def _profile(bench: Bench, leads: int) -> str:
    with bench.database() as url:
        fill_leads(url, leads, min(100, leads))
        with profile.profiled(url) as connection:
            done = answers.drain(connection, BATCH)
        return profile.profile(url, done)


def p3(bench: Bench) -> Iterator[Result]:
    """Drains by four processes against one, over one property and over a thousand."""
    leads = bench.scaled(5000, 100)
    for properties in (1, bench.scaled(1000, 10)):
        with bench.database() as base:
            fill_leads(base, leads, properties)

            def by(processes: int, template: str = database_name(base)) -> float:
                with bench.database(template) as url:
                    return drainer.items_per_second(url, processes)

            runs = bench.shuffled(
                {"four runners": partial(by, 4), "one runner": partial(by, 1)},
                min(3, bench.repetitions),
            )
        yield compared(
            "P3",
            f"drain, four runners, properties: {properties:,}",
            "items/s",
            runs,
            "four runners",
            "one runner",
            Target(">=", 1),
        )
