"""storage, its last part: the indexes of the specification that no query reads.

All of them against none, by CPU and WAL of a drain; then those of one table after another are
dropped, and the WAL of as many leads compared: every entry is in it, in bytes, where CPU would
not tell. What a drain and the views have scanned stands in the notes.
"""

from collections.abc import Callable, Iterator
from functools import partial

from bench import answers, profile
from bench.drain import BATCH, fill_leads
from bench.harness import Bench, connect, database_name, one, run
from bench.result import Result, compared
from bench.views import VIEWS

GROUPS = {
    "the log's": (
        "idx_lead_sync_log_direction_type",
        "idx_lead_sync_log_processing_time",
        "idx_lead_sync_log_error_tracking",
    ),
    "the conflicts'": (
        "idx_lead_sync_conflicts_type_field",
        "idx_lead_sync_conflicts_resolved",
        "idx_lead_sync_conflicts_resolution_time",
    ),
    "the mapping's": ("idx_lead_sync_mapping_status",),
    "the conversation's": (
        "idx_conversation_resman_lead_id",
        "idx_conversation_resman_sync_status",
        "idx_conversation_resman_last_sync",
    ),
    "the user's": ("idx_user_resman_contact_id", "idx_user_resman_sync_status"),
    "the notification's": (
        "idx_lead_notification_resman_id",
        "idx_lead_notification_resman_sync",
    ),
}
"""By table, those of the specification that no query of the package reads."""
UNUSED = tuple(index for group in GROUPS.values() for index in group)
ALL, NONE = "with the unused indexes", "without them"
_SCANNED = (
    "select indexrelname, idx_scan, pg_relation_size(indexrelid) / 1024"
    " from pg_stat_user_indexes where schemaname = 'public' and indexrelname like 'idx%%'"
    " and (relname like 'lead_sync%%' or indexrelname like '%%resman%%')"
    " and relname not like '%%archive' order by 1"
)


def drain(url: str, limit: int = 0) -> tuple[float, float]:
    """Drain by a session of its own: µs of CPU, and bytes of WAL, of an item."""
    with connect(url) as connection:
        before = one(connection, "select pg_current_wal_insert_lsn()")
        done = answers.drain(connection, min(BATCH, limit or BATCH), limit=limit)
        wal = one(connection, "select pg_current_wal_insert_lsn() - %s::pg_lsn", before)
        return 1e6 * profile.cpu_since(connection) / done, float(wal) / done


def indexes(bench: Bench) -> Iterator[Result]:
    """All against none, then one by one."""
    leads = bench.scaled(2400, 100)
    cpu: dict[str, list[float]] = {}
    wal: dict[str, list[float]] = {}
    note = "storage index scans of a drain and the views"
    with bench.database() as base:
        fill_leads(base, leads, min(100, leads))

        def measure(
            name: str, dropped: tuple[str, ...], then: Callable[[str], object]
        ) -> float:
            with bench.database(database_name(base)) as url:
                with connect(url) as connection:
                    for index in dropped:
                        run(connection, f"drop index public.{index}")
                used = drain(url)
                then(url)
            cpu.setdefault(name, []).append(used[0])
            wal.setdefault(name, []).append(used[1])
            return used[0]

        sides = {
            ALL: partial(measure, ALL, (), lambda url: bench.note(note, _scanned(url))),
            NONE: partial(measure, NONE, UNUSED, id),
        }
        bench.shuffled(sides, min(2, bench.repetitions))
        yield compared("storage", f"CPU, {ALL}", "µs/item", cpu, ALL, NONE, note=note)
        yield compared("storage", f"WAL, {ALL}", "bytes/item", wal, ALL, NONE, note=note)
        with bench.database(database_name(base)) as url:
            yield from _by_table(url, leads // (len(GROUPS) + 2))


def _scanned(url: str) -> str:
    """How often each index of the specification was scanned, the views read besides."""
    with connect(url) as connection:
        for row in run(connection, VIEWS):
            run(connection, f"select * from {row[0]}")
    with connect(url) as connection:
        return "\n".join(
            f"{name:<44}{scans:>8} scans {size:>7} kB"
            for name, scans, size in run(connection, _SCANNED)
        )


def _by_table(url: str, leads: int) -> Iterator[Result]:
    """Drop those of one table after another, and drain some leads between."""
    drain(url, leads)
    wal = [drain(url, leads)[1]]
    for name, group in GROUPS.items():
        with connect(url) as connection:
            for index in group:
                run(connection, f"drop index public.{index}")
        wal.append(drain(url, leads)[1])
        yield Result(
            "storage",
            f"WAL, with {name} {len(group)}",
            "bytes/item",
            wal[-2],
            wal[-1],
            "without them and those above",
            runs={"each": wal[-2:]},
            detail={"indexes": group, "bytes": wal[-2] - wal[-1]},
        )
