"""floors: what the rows cost that must be written, without any logic of ours.

Postgres' CPU alone, so that it can be compared on a busy machine. Three things.

An edit in DomIQ, one at a time and a hundred thousand at once: without triggers of ours; with
an empty pair of triggers; with the least that captures (a stamp on the row, of one row a look
for what waits, a bare INSERT into the queue with its indexes); and with ours.

A pushed and a pulled lead: what they write, written again by plain statements; see `rewrites`.
"""

from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial

from bench import rewrites, seed
from bench.capture import NONE, OURS, PROPERTIES, SYNCED_FIELD, without_ours
from bench.harness import Bench, Connection, connect, database_name, run
from bench.result import Result, compared
from bench.rewrites import cpu_a_row

EMPTY, LEAST = "an empty pair of triggers", "the least that captures"
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


def floors(bench: Bench) -> Iterator[Result]:
    """Edits, pushes and pulls."""
    yield from _edits(bench)
    yield from rewrites.pushes(bench)
    yield from rewrites.pulls(bench)


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
                        run(connection, "set enable_seqscan = off")  # as ours is pinned
                    for runs in (first, further):
                        edits = partial(_edit_each, connection, single)
                        runs.setdefault(name, []).append(cpu_a_row(connection, single, edits))
                    if look:  # which a plan made for one row does not do for many
                        run(connection, _FUNCTIONS.format(before=before, after=after))
                    statement = (
                        f"update public.conversation set {SYNCED_FIELD}"
                        " where id = any (array(select md5('c' || n)::uuid"
                        f" from generate_series({single + 1}, {single + bulk}) n))"
                    )
                    everything = partial(run, connection, statement)
                    together.setdefault(name, []).append(
                        cpu_a_row(connection, bulk, everything)
                    )
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
