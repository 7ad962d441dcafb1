"""P4 and P5: what DomIQ's statements cost with our triggers, against the same without them.

Both sides are copies of one database, DomIQ's own triggers in both; in one, ours are disabled.
The conversations are of a hundred properties that are switched on, with a user each. A
statement of P5 is given up after a minute, and that long counts for it.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from functools import partial

from psycopg.errors import QueryCanceled

from bench import pgbench, profile, seed
from bench.harness import (
    Bench,
    Connection,
    connect,
    database_name,
    run,
    timed,
)
from bench.result import Result, Target, compared

NONE = "no triggers of ours"
OURS = "with ours"
CACHED = "with ours, plans made on an empty table"
UNVACUUMED = "no triggers of ours, never vacuumed"
"""What `CACHED` is held against: a vacuum would make its plans anew, so that it has none."""
SYNCED_FIELD = "occupants_count = coalesce(occupants_count, 0) + 1"
OTHER_FIELD = "lead_score = coalesce(lead_score, 0) + 1"
PROPERTIES = 100
_LONGEST_S = 60
"""Seconds after which a statement is given up; that long counts for it."""
_TABLES = "conversation", "user", "lead_notification"
_OUR_TRIGGERS = """
select format('alter table %s disable trigger %I', tgrelid::regclass, tgname)
from pg_trigger where not tgisinternal and tgname like 'trigger\\_%%'
  and tgrelid = any (array['public.conversation', 'public."user"',
    'public.lead_notification']::regclass[])
"""


def without_ours(url: str) -> None:
    """Disable our triggers on DomIQ's tables."""
    with connect(url) as connection:
        statements = [row[0] for row in run(connection, _OUR_TRIGGERS)]
        assert statements, "there are no triggers to disable"
        for statement in statements:
            run(connection, statement)


def _vacuum(url: str) -> None:
    with connect(url) as connection:
        run(connection, "vacuum public.conversation, public.lead_sync_queue")


def p4(bench: Bench) -> Iterator[Result]:
    """Updates of one conversation at a time, 8 clients, in updates a second."""
    each = bench.scaled(2000, 25)  # a session's first plans must not count for much
    rounds = (bench.repetitions + 1) * pgbench.CLIENTS * each
    pending = bench.scaled(20_000, 200)
    with ExitStack() as stack:
        base = stack.enter_context(bench.database())
        with seed.seeding(base) as connection:
            seed.properties(connection, 1, PROPERTIES)
            seed.leads(connection, 1, rounds + pending, PROPERTIES)
            seed.synced(connection, 1, rounds + pending)
            seed.items(connection, rounds + 1, rounds + pending, PROPERTIES)
            # an edit has queued these: they were edited before
            run(
                connection,
                "update public.conversation c set resman_sync_status = 'not_synced'"
                " from public.lead_sync_queue q where q.conversation_id = c.id",
            )
            run(connection, "create sequence first_edit")
        urls = {
            name: stack.enter_context(bench.database(database_name(base)))
            for name in (OURS, NONE)
        }
        without_ours(urls[NONE])
        first = (
            f"update public.conversation set {SYNCED_FIELD}"
            # in a subquery: taken once, not once a row
            " where id = md5('c' || (select nextval('first_edit')))::uuid;"
        )
        further = (
            f"\\set n random({rounds + 1}, {rounds + pending})\n"
            "update public.conversation set {} where id = md5('c' || :n)::uuid;"
        )
        for what, script, target in (
            ("first edit of a synced row", first, 1.8),
            ("a further edit", further.format(SYNCED_FIELD), 1.4),
            ("a field that is not synced", further.format(OTHER_FIELD), 1.1),
        ):

            def latency(url: str, script: str = script) -> float:
                _vacuum(url)
                tps = pgbench.transactions_per_second(bench, url, script, each)
                return 1e6 * pgbench.CLIENTS / tps

            runs = bench.shuffled({name: partial(latency, url) for name, url in urls.items()})
            note = bench.note(f"P4 profile, {what}", _profile(bench, urls[OURS], script, each))
            yield compared(
                "P4",
                f"UPDATE of one conversation, {pgbench.CLIENTS} clients, {what}",
                "µs",
                runs,
                OURS,
                NONE,
                Target("<=", target),
                note=note,
            )


def _profile(bench: Bench, url: str, script: str, each: int) -> str:
    """The functions' and statements' time of one client's updates."""
    with profile.tracked(url):
        pgbench.transactions_per_second(bench, url, script, each, clients=1)
    return profile.profile(url, each)


def p5(bench: Bench) -> Iterator[Result]:
    """One UPDATE of a hundred thousand conversations, in seconds."""
    rows = bench.scaled(100_000, 500)

    def fill(connection: Connection, *, synced: bool) -> None:
        seed.properties(connection, 2, PROPERTIES)
        seed.leads(connection, 2, rows + 1, PROPERTIES)
        if synced:
            seed.synced(connection, 2, rows + 1)

    for what, change, synced, target in (
        ("a synced field", SYNCED_FIELD, True, 2.5),
        ("lead_score alone, rows not synced", OTHER_FIELD, False, 1.2),
    ):
        statement = f"update public.conversation set {change}"
        with ExitStack() as stack:
            sessions = _bulk_sessions(bench, stack, partial(fill, synced=synced), statement)
            notes = {
                side: bench.note(
                    f"P5 plans, {what}, {side}", profile.nested_plans(sessions[side], statement)
                )
                for side in (OURS, CACHED)
            }
            _undone(sessions[UNVACUUMED], statement, vacuum=False)  # as its note did to CACHED
            runs = bench.shuffled(
                {
                    name: partial(_undone, session, statement, vacuum=name in (OURS, NONE))
                    for name, session in sessions.items()
                }
            )
        for side, against in ((OURS, NONE), (CACHED, UNVACUUMED)):
            yield compared(
                "P5",
                f"UPDATE of {rows:,} at once, {what}: {side}",
                "s",
                runs,
                side,
                against,
                Target("<=", target),
                note=notes[side],
            )


def _bulk_sessions(
    bench: Bench, stack: ExitStack, fill: Callable[[Connection], None], statement: str
) -> dict[str, Connection]:
    """A session for each side. Conversation 1 is there when the cached plans are made."""
    empty = stack.enter_context(bench.database())
    with seed.seeding(empty) as connection:
        seed.properties(connection, 1, 1)
        seed.leads(connection, 1, 1, 1)
    sessions = {}
    for name in (CACHED, UNVACUUMED):
        url = stack.enter_context(bench.database(database_name(empty)))
        if name == UNVACUUMED:
            without_ours(url)
        with connect(url) as connection:
            for table in (*_TABLES, "lead_sync_queue"):
                run(connection, f'alter table public."{table}" set (autovacuum_enabled = off)')
        sessions[name] = stack.enter_context(connect(url))
        for _ in range(10):
            run(sessions[name], statement)
        with seed.seeding(url, vacuum=False) as connection:
            fill(connection)
    with seed.seeding(empty) as connection:
        fill(connection)
    none = stack.enter_context(bench.database(database_name(empty)))
    without_ours(none)
    sessions[OURS] = stack.enter_context(connect(empty))
    sessions[NONE] = stack.enter_context(connect(none))
    for session in sessions.values():
        run(session, f"set statement_timeout = '{_LONGEST_S}s'")
    return sessions


def _undone(connection: Connection, statement: str, *, vacuum: bool) -> float:
    """The seconds of a statement that is rolled back.

    `vacuum`: clean up after it, which makes all plans anew.
    """

    def attempt() -> None:
        with suppress(QueryCanceled), connection.transaction():
            run(connection, statement)

    with connection.transaction(force_rollback=True):
        seconds = timed(attempt)
    if vacuum:
        run(connection, "vacuum public.conversation")
        run(connection, "vacuum public.lead_sync_queue")
    return seconds
