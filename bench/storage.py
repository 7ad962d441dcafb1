"""storage: what the settings of the tables and the indexes of the specification cost.

Three things, by drains as P2's, of new leads over a hundred properties.

Room on the page: all tables that a push writes with a fillfactor of 100, 90, 70 and 50. Beside
CPU and WAL: the share of each table's updates that wrote no index (HOT), and its size. A pull
moves the links too, and by updates that can be HOT: so it is measured beside.

Vacuum: ended items in the queue, and a drain that goes on. A VACUUM of what a push writes comes
whenever as many rows are dead as autovacuum allows by a scale factor of 0.02, of 0.2, or never;
five are taken to die with each item. Counted are the drain's CPU and the vacuum's, and the
buffers of a claim of ten of the last hundred.

The indexes of the specification: see `unused_indexes`. Pages are not written whole meanwhile.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from functools import partial

from bench import answers, profile, pull, seed
from bench.drain import BATCH, fill_leads
from bench.harness import Bench, Connection, connect, database_name, one, run
from bench.result import Result, compared, middle
from bench.unused_indexes import drain, indexes

LINKS = "public.lead_sync_mapping"
TABLES = (
    "public.lead_sync_queue",
    LINKS,
    "public.conversation",
    'public."user"',
)
FACTORS = 100, 90, 70, 50
"""At the smallest scales the first and the last alone."""
VACUUMS: dict[str, float] = {"0.02": 0.02, "0.2": 0.2, "never": 1e9}
_THRESHOLD = 1000
_DEAD = 5
"""Versions of a queue item that a push leaves behind, and of its lead's rows, about."""
_ENDED = (
    "insert into public.lead_sync_queue (conversation_id, property_id, sync_operation,"
    " sync_data, status, created_at, updated_at, processed_at)"
    " select md5('c' || {first} + n % {leads})::uuid,"
    " md5('p' || (1 + ({first} + n % {leads}) % {properties}))::uuid, 'push', '{{}}',"
    " 'completed', at, at, at from generate_series(1, {items}) n,"
    " lateral (select now() - n * interval '1 s' as at) as x"
)
_UPDATES = (
    "select n_tup_upd, n_tup_hot_upd, pg_relation_size(relid) / 1024"
    " from pg_stat_user_tables where relid = %s::regclass"
)


def storage(bench: Bench) -> Iterator[Result]:
    """Fillfactors, vacuum, and the indexes that nothing reads."""
    with connect(bench.server.url()) as connection:
        _configure(connection, "full_page_writes = off")
        _configure(connection, "autovacuum = off")
        try:
            yield from _fillfactors(bench)
            yield from _pulls(bench)
            yield from _vacuums(bench)
            yield from indexes(bench)
        finally:
            run(connection, "alter system reset all")
            run(connection, "select pg_reload_conf()")


def _configure(connection: Connection, setting: str) -> None:
    run(connection, f"alter system set {setting}")
    run(connection, "select pg_reload_conf()")


def _factors(bench: Bench) -> tuple[int, ...]:
    return FACTORS if bench.scale >= 0.01 else (FACTORS[0], FACTORS[-1])


def _fillfactors(bench: Bench) -> Iterator[Result]:
    leads = bench.scaled(1000, 100)
    cpu: dict[str, list[float]] = {}
    wal: dict[str, list[float]] = {}
    notes: dict[str, str] = {}

    def measure(factor: int) -> float:
        name = f"fillfactor {factor}"
        with bench.database() as url:
            with connect(url) as connection:
                for table in TABLES:
                    run(connection, f"alter table {table} set (fillfactor = {factor})")
            fill_leads(url, leads, min(100, leads))
            before = _updates(url)
            used = drain(url)
            for table, (updates, hot, size) in _updates(url).items():
                share = (hot - before[table][1]) / max(1, updates - before[table][0])
                notes[f"{name:<16}{table:<28}"] = f"{100 * share:>6.0f} % {size:>8} kB"
        cpu.setdefault(name, []).append(used[0])
        wal.setdefault(name, []).append(used[1])
        return used[0]

    bench.shuffled(
        {str(f): partial(measure, f) for f in _factors(bench)}, min(2, bench.repetitions)
    )
    note = bench.note(
        "storage HOT updates and size by fillfactor",
        "\n".join(f"{key}{notes[key]}" for key in sorted(notes)),
    )
    full = f"fillfactor {FACTORS[0]}"
    for name in (f"fillfactor {f}" for f in _factors(bench)[1:]):
        yield compared("storage", f"CPU, {name}", "µs/item", cpu, name, full, note=note)
        yield compared("storage", f"WAL, {name}", "bytes/item", wal, name, full, note=note)


def _pulls(bench: Bench) -> Iterator[Result]:
    """Twice, every lead of a property changed: only the links' fillfactor differs."""
    leads = bench.scaled(500, 50)
    wal: dict[str, list[float]] = {}
    notes: list[str] = []
    for factor in _factors(bench):
        with bench.database() as url:
            with seed.seeding(url) as connection:
                run(connection, f"alter table {LINKS} set (fillfactor = {factor})")
                seed.properties(connection, 1, 1, direction="bidirectional")
                seed.lift_limits(connection)
                seed.leads(connection, 1, leads, 1)
                seed.synced(connection, 1, leads)
            with connect(url) as connection:
                begun = one(connection, "select pg_current_wal_insert_lsn()")
                for day in (date(2027, 1, 1), date(2027, 1, 2)):
                    pull.take_in(connection, pull.documents(leads, day))
                used = one(connection, "select pg_current_wal_insert_lsn() - %s::pg_lsn", begun)
            wal[f"links' fillfactor {factor}"] = [float(used) / (2 * leads)]
            updates, hot, size = _updates(url)[LINKS]
            notes.append(f"{factor:>4} {100 * hot / max(1, updates):>6.0f} % {size:>8} kB")
    note = bench.note("storage HOT updates and size of the links, by pulls", "\n".join(notes))
    full, *others = wal
    for name in others:
        yield compared(
            "storage", f"WAL of a pull, {name}", "bytes/lead", wal, name, full, note=note
        )


def _updates(url: str) -> dict[str, tuple[int, int, int]]:
    """Of each table: updates, those of them that were HOT, and kB."""
    with connect(url) as connection:
        return {table: run(connection, _UPDATES, table)[0] for table in TABLES}


def _vacuums(bench: Bench) -> Iterator[Result]:
    leads, ended = bench.scaled(2500, 2 * BATCH), bench.scaled(20_000, 1000)
    properties = min(100, leads)
    with bench.database() as base:
        fill_leads(base, leads, properties)
        with seed.seeding(base) as connection:
            run(
                connection,
                _ENDED.format(first=leads + 1, leads=leads, properties=properties, items=ended),
            )
        spent: dict[str, list[float]] = {}

        def measure(name: str) -> float:
            dead = _THRESHOLD * bench.scale + VACUUMS[name] * (ended + leads)
            with bench.database(database_name(base)) as url, _vacuum(url) as vacuum:
                with connect(url) as connection:
                    done, since = 0, 0
                    while done < leads - BATCH:
                        some = answers.drain(connection, BATCH, limit=BATCH)
                        done, since = done + some, since + some
                        if since * _DEAD >= dead:
                            vacuum()
                            since = 0
                    each = 1e6 * profile.cpu_since(connection) / done
                    spent.setdefault(f"buffers {name}", []).append(_claim(connection))
                spent.setdefault(f"drain {name}", []).append(each)
                spent.setdefault(f"both {name}", []).append(each + 1e6 * vacuum.cpu() / done)
            return each

        bench.shuffled(
            {name: partial(measure, name) for name in VACUUMS}, min(2, bench.repetitions)
        )
    for what, kind, unit in (
        ("CPU of a drain", "drain", "µs/item"),
        ("CPU with the vacuum's", "both", "µs/item"),
        ("buffers of a claim of ten", "buffers", "buffers"),
    ):
        for name in ("0.02", "0.2"):
            yield Result(
                "storage",
                f"{what}, autovacuum scale factor {name}",
                unit,
                middle(spent[f"{kind} {name}"]),
                middle(spent[f"{kind} never"]),
                "never",
            )


def _claim(connection: Connection) -> float:
    return float(
        profile.buffers(
            connection, "select * from lead_sync.claim_items('bench', 10, interval '1 min')"
        )
    )


class _Vacuum:
    """Vacuums what a push writes, in a session of its own."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._before = profile.backend_cpu(connection)

    def __call__(self) -> None:
        for table in TABLES:
            run(self._connection, f"vacuum {table}")

    def cpu(self) -> float:
        """Its CPU so far, in seconds."""
        return profile.backend_cpu(self._connection) - self._before


@contextmanager
def _vacuum(url: str) -> Iterator[_Vacuum]:
    with connect(url) as connection:
        yield _Vacuum(connection)
