"""floors: what the rows cost that must be written, without any logic of ours.

Postgres' CPU alone, so that it can be compared on a busy machine. Three things.

An edit in DomIQ, one at a time and a hundred thousand at once: without triggers of ours; with
an empty pair of triggers; with the least that captures (a stamp on the row, of one row a look
for what waits, a bare INSERT into the queue with its indexes); and with ours.

A push: a real drain is done, in hundreds, and what it has written is kept. Then the rows are
put back, and plain statements write the same again, a hundred leads at a time: the claim, two
requests handed out, link, log, history, event, the conversation twice and the user, with
DomIQ's triggers. Nothing is read, compared or decided.

A pull of changed leads, likewise: the conversation, link, log and history.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date
from functools import partial

from bench import answers, profile, pull, seed
from bench.capture import NONE, OURS, PROPERTIES, SYNCED_FIELD, without_ours
from bench.drain import BATCH, fill_leads
from bench.harness import Bench, Connection, connect, database_name, one, run
from bench.result import Result, compared

EMPTY, LEAST = "an empty pair of triggers", "the least that captures"
FLOOR = "plain statements alone"
_FUNCTIONS = """
create or replace function floor_before() returns trigger language plpgsql as $$
begin
  {before}
  return new;
end $$;
create or replace function floor_after() returns trigger language plpgsql as $$
begin
  {after};
  return null;
end $$
"""
_TRIGGERS = """
create trigger floor_before before update on public.conversation
  for each row execute function floor_before();
create trigger floor_after after update on public.conversation
  referencing new table as new_rows for each statement execute function floor_after()
"""
_STAMP = """
  if new.occupants_count is distinct from old.occupants_count then
    new.resman_sync_version := coalesce(old.resman_sync_version, 0) + 1;
    new.resman_sync_status := 'not_synced';
  end if;
"""
_INSERT = """
  insert into public.lead_sync_queue
    (conversation_id, property_id, sync_operation, sync_data, priority)
  select n.id, b.property_id, 'push', '{}', 2
  from new_rows n join public.chatbot b on b.id = n.chatbot_id
"""
_LOOK = """
  where not exists (
    select from public.lead_sync_queue q
    where q.conversation_id = n.id and q.sync_operation = 'push' and q.status = 'pending')
"""
_EDIT = f"update public.conversation set {SYNCED_FIELD} where id = md5('c' || %s)::uuid"
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


def floors(bench: Bench) -> Iterator[Result]:
    """Edits, pushes and pulls."""
    yield from _edits(bench)
    yield from _pushes(bench)
    yield from _pulls(bench)


def _cpu(connection: Connection, rows: int, action: Callable[[], object]) -> float:
    """Microseconds of the session's CPU a row."""
    before = profile.backend_cpu(connection)
    action()
    return 1e6 * profile.cpu_since(connection, before) / rows


def _edits(bench: Bench) -> Iterator[Result]:
    single, bulk = bench.scaled(20_000, 200), bench.scaled(100_000, 500)
    with ExitStack() as stack:
        base = stack.enter_context(bench.database())
        with seed.seeding(base) as connection:
            seed.properties(connection, 1, PROPERTIES)
            seed.leads(connection, 1, single + bulk, PROPERTIES)
            seed.synced(connection, 1, single + bulk)
        first: dict[str, list[float]] = {}
        further: dict[str, list[float]] = {}
        together: dict[str, list[float]] = {}

        def measure(name: str, before: str = "", after: str = "null", look: str = "") -> float:
            with bench.database(database_name(base)) as url:
                if name != OURS:
                    without_ours(url)
                with connect(url) as connection:
                    if name in (EMPTY, LEAST):
                        function = _FUNCTIONS.format(before=before, after=after + look)
                        run(connection, function + ";" + _TRIGGERS)
                    for runs in (first, further):
                        edits = partial(_edit_each, connection, single)
                        runs.setdefault(name, []).append(_cpu(connection, single, edits))
                    if look:  # which a plan made for one row does not do for many
                        run(connection, _FUNCTIONS.format(before=before, after=after))
                    statement = (
                        f"update public.conversation set {SYNCED_FIELD}"
                        " where id = any (array(select md5('c' || n)::uuid"
                        f" from generate_series({single + 1}, {single + bulk}) n))"
                    )
                    everything = partial(run, connection, statement)
                    together.setdefault(name, []).append(_cpu(connection, bulk, everything))
            return together[name][-1]

        bench.shuffled(
            {
                NONE: partial(measure, NONE),
                EMPTY: partial(measure, EMPTY),
                LEAST: partial(measure, LEAST, _STAMP, _INSERT, _LOOK),
                OURS: partial(measure, OURS),
            },
            min(3, bench.repetitions),
        )
    for what, runs in (
        ("first edit of a synced row", first),
        ("a further edit", further),
        (f"{bulk:,} rows at once", together),
    ):
        for name in (EMPTY, LEAST, OURS):
            yield compared("floors", f"CPU of an edit, {what}: {name}", "µs", runs, name, NONE)


def _edit_each(connection: Connection, rows: int) -> None:
    for number in range(1, rows + 1):
        run(connection, _EDIT, number)


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


def _pushes(bench: Bench) -> Iterator[Result]:
    leads = bench.scaled(3000, 100)
    runs: dict[str, list[float]] = {"a drain in hundreds": [], FLOOR: []}
    for _ in range(min(3, bench.repetitions)):
        with bench.database() as url:
            fill_leads(url, leads, min(100, leads), fresh=True)
            with connect(url) as connection:
                drain = partial(answers.drain, connection, BATCH)
                runs["a drain in hundreds"].append(_cpu(connection, leads, drain))
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
                runs[FLOOR].append(_cpu(connection, leads, again))
                ended = "select count(*) from public.lead_sync_queue where status = 'completed'"
                assert one(connection, ended) == leads
    yield compared("floors", "CPU of a pushed lead", "µs", runs, "a drain in hundreds", FLOOR)


def _pulls(bench: Bench) -> Iterator[Result]:
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
                runs["all changed"].append(_cpu(connection, leads, changed))
            with seed.seeding(url) as connection:
                _keep(connection)
                run(connection, "truncate public.lead_sync_log, lead_sync_private.field_change")
                run(connection, "update public.conversation set move_in_date = '2027-01-01'")
                run(connection, "update public.lead_sync_mapping set seen_hash = null")
            without_ours(url)
            with connect(url) as connection:
                again = partial(_write_again, connection, _PULL)
                runs[FLOOR].append(_cpu(connection, leads, again))
                changes = "select count(*) from lead_sync_private.field_change"
                assert one(connection, changes) == leads
    yield compared(
        "floors", "CPU of a pulled lead, all changed", "µs", runs, "all changed", FLOOR
    )
