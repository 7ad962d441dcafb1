"""What a pushed and a pulled lead write, written again by plain statements alone.

A push: a real drain is done, in hundreds, and what it has written is kept. Then the rows are
put back, and plain statements write the same again, a hundred leads at a time: the claim, two
requests handed out, link, log, history, event, the conversation twice and the user, with
DomIQ's triggers. Nothing is read, compared or decided.

A pull of changed leads, likewise: the conversation, link, log and history.
"""

from collections.abc import Callable, Iterator
from datetime import date
from functools import partial

from bench import answers, profile, pull, seed
from bench.capture import without_ours
from bench.drain import BATCH, fill_leads
from bench.harness import Bench, Connection, connect, one, run
from bench.result import Result, compared

FLOOR = "plain statements alone"
_KEPT = {
    "kept_log": "select * from public.lead_sync_log",
    "kept_link": "select * from public.lead_sync_mapping",
    "kept_change": "select * from lead_sync_private.field_change",
    "kept_event": "select * from lead_sync_private.lead_event",
    "kept_conversation": "select * from public.conversation",
    "kept_user": 'select * from public."user"',
}
_KEYS = {
    "kept_log": "conversation_id",
    "kept_link": "conversation_id",
    "kept_change": "conversation_id",
    "kept_event": "conversation_id",
    "kept_conversation": "id",
    "kept_user": "id",
}
_SHOWN = (
    "update public.conversation c set resman_sync_status = k.resman_sync_status,"
    " resman_lead_id = k.resman_lead_id, resman_last_sync_at = k.resman_last_sync_at,"
    " move_in_date = k.move_in_date from kept_conversation k"
    " where k.id = c.id and c.id = any (%s)"
)
_HISTORY = (
    "insert into public.lead_sync_log select * from kept_log where conversation_id = any (%s)",
    "insert into lead_sync_private.field_change overriding system value"
    " select * from kept_change where conversation_id = any (%s)",
)
_PUSH = (
    "update public.lead_sync_queue q set status = 'processing', lane = conversation_id,"
    " lease_token = gen_random_uuid(), lease_until = clock_timestamp() + interval '1 min',"
    " lease_started_at = clock_timestamp(), attempt = 1 where conversation_id = any (%s)",
    "update public.lead_sync_queue q set state = k.sync_data from kept_log k"
    " where k.conversation_id = q.conversation_id and q.conversation_id = any (%s)",
    'update public.lead_sync_queue q set state = k.sync_data || \'{"step": "save"}\''
    " from kept_log k where k.conversation_id = q.conversation_id"
    " and q.conversation_id = any (%s)",
    "update public.conversation c set resman_sync_status = 'syncing' where id = any (%s)",
    "insert into public.lead_sync_mapping select * from kept_link"
    " where conversation_id = any (%s)",
    *_HISTORY,
    "insert into lead_sync_private.lead_event select * from kept_event"
    " where conversation_id = any (%s)",
    _SHOWN,
    'update public."user" u set resman_sync_status = k.resman_sync_status,'
    " resman_contact_id = k.resman_contact_id, resman_last_sync_at = k.resman_last_sync_at"
    " from kept_user k join public.conversation c on c.user_id = k.id"
    " where k.id = u.id and c.id = any (%s)",
    "update public.lead_sync_queue q set status = 'completed', lease_token = null,"
    " lease_until = null, state = '{}', processed_at = clock_timestamp()"
    " where conversation_id = any (%s)",
)
_PULL = (
    _SHOWN,
    "update public.lead_sync_mapping m set domiq_base = k.domiq_base,"
    " resman_base = k.resman_base, resman_seen = k.resman_seen, seen_hash = k.seen_hash,"
    " base_moved_at = k.base_moved_at, resman_read_at = k.resman_read_at"
    " from kept_link k where k.id = m.id and m.conversation_id = any (%s)",
    *_HISTORY,
)


def cpu_a_row(connection: Connection, rows: int, action: Callable[[], object]) -> float:
    """Microseconds of the session's CPU a row."""
    before = profile.backend_cpu(connection)
    action()
    return 1e6 * profile.cpu_since(connection, before) / rows


def _keep(connection: Connection) -> None:
    """Keep what was written, to be written again."""
    for table, query in _KEPT.items():
        run(connection, f"create table {table} as {query}")
        run(connection, f"create index on {table} ({_KEYS[table]})")
        run(connection, f"analyze {table}")


def _write_again(connection: Connection, statements: tuple[str, ...]) -> None:
    """Write what was kept, a hundred leads a transaction."""
    ids = [row[0] for row in run(connection, "select conversation_id from kept_link")]
    for start in range(0, len(ids), BATCH):
        with connection.transaction():
            for statement in statements:
                run(connection, statement, ids[start : start + BATCH])


def pushes(bench: Bench) -> Iterator[Result]:
    """New leads, pushed."""
    leads = bench.scaled(3000, 100)
    runs: dict[str, list[float]] = {"a drain in hundreds": [], FLOOR: []}
    for _ in range(min(3, bench.repetitions)):
        with bench.database() as url:
            fill_leads(url, leads, min(100, leads), fresh=True)
            with connect(url) as connection:
                drain = partial(answers.drain, connection, BATCH)
                runs["a drain in hundreds"].append(cpu_a_row(connection, leads, drain))
            with seed.seeding(url) as connection:
                _keep(connection)
                run(
                    connection,
                    "truncate public.lead_sync_log, public.lead_sync_mapping,"
                    " lead_sync_private.field_change, lead_sync_private.lead_event,"
                    " public.lead_sync_queue, lead_sync_private.follower cascade",
                )
                run(
                    connection,
                    "update public.conversation set resman_sync_status = 'not_synced',"
                    " resman_lead_id = null, resman_last_sync_at = null",
                )
                run(
                    connection,
                    "update public.\"user\" set resman_sync_status = 'not_synced',"
                    " resman_contact_id = null, resman_last_sync_at = null",
                )
                seed.items(connection, 1, leads, min(100, leads))
            without_ours(url)
            with connect(url) as connection:
                again = partial(_write_again, connection, _PUSH)
                runs[FLOOR].append(cpu_a_row(connection, leads, again))
                ended = "select count(*) from public.lead_sync_queue where status = 'completed'"
                assert one(connection, ended) == leads
                for table in ("public.lead_sync_mapping", "public.lead_sync_log"):
                    written = one(connection, f"select count(*) from {table}")
                    assert written >= leads, f"{written} rows in {table}"
    yield compared("floors", "CPU of a pushed lead", "µs", runs, "a drain in hundreds", FLOOR)


def pulls(bench: Bench) -> Iterator[Result]:
    """Linked leads, pulled after a change of each."""
    leads = bench.scaled(3000, 100)
    runs: dict[str, list[float]] = {"all changed": [], FLOOR: []}
    for _ in range(min(3, bench.repetitions)):
        with bench.database() as url:
            with seed.seeding(url) as connection:
                seed.properties(connection, 1, 1, direction="bidirectional")
                seed.lift_limits(connection)
                seed.leads(connection, 1, leads, 1)
                seed.synced(connection, 1, leads)
            with connect(url) as connection:
                pull.take_in(connection, pull.documents(leads, date(2027, 1, 1)))
                run(connection, "truncate public.lead_sync_log, lead_sync_private.field_change")
                documents = pull.documents(leads, date(2027, 1, 2))
                changed = partial(pull.take_in, connection, documents)
                runs["all changed"].append(cpu_a_row(connection, leads, changed))
            with seed.seeding(url) as connection:
                _keep(connection)
                run(connection, "truncate public.lead_sync_log, lead_sync_private.field_change")
                run(connection, "update public.conversation set move_in_date = '2027-01-01'")
                run(connection, "update public.lead_sync_mapping set seen_hash = null")
            without_ours(url)
            with connect(url) as connection:
                again = partial(_write_again, connection, _PULL)
                runs[FLOOR].append(cpu_a_row(connection, leads, again))
                for table in ("lead_sync_private.field_change", "public.lead_sync_log"):
                    written = one(connection, f"select count(*) from {table}")
                    assert written >= leads, f"{written} rows in {table}"
    yield compared(
        "floors", "CPU of a pulled lead, all changed", "µs", runs, "all changed", FLOOR
    )
