"""P10: a pull's answer of ten thousand linked leads, from its arrival to the last row written.

A pull is claimed, its window is answered with all leads, and what it staged is applied, fifty a
transaction, until nothing is left, by two sessions, as a runner does it. "Unchanged": every
lead is as it was last taken in; "all changed": a move-in date that is another in each run. On
the other side the same documents go into a bare table, fifty a statement, those that differ.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from functools import partial

from psycopg.types.json import Jsonb

from bench import profile, seed
from bench.answers import LEASE, answer
from bench.harness import Bench, Connection, connect, one, run, timed
from bench.result import Result, Target, compared
from runner import calls
from runner.calls import Json

BATCH = 50
UNCHANGED, CHANGED, BARE = "unchanged", "all changed", "a bare table, in fifties"
_UPSERT = (
    "insert into bare_lead as b (lead_id, lead)"
    " select l ->> 'lead_id', l from jsonb_array_elements(%s) as l"
    " on conflict (lead_id) do update set lead = excluded.lead"
    " where b.lead is distinct from excluded.lead"
)


def documents(leads: int, day: date) -> list[Json]:
    """The leads as ResMan shows them, with this move-in date."""
    return [
        {
            "lead_id": f"L{n}",
            "contact_id": f"P{n}",
            "first_name": "Robin",
            "last_name": "Renter",
            "email": f"u{n}@example.com",
            "status": "prospect",
            "move_in_date": day.isoformat(),
            "events": [],
        }
        for n in range(1, leads + 1)
    ]


def apply(connection: Connection) -> None:
    """Apply what waits, until there is nothing for this session."""
    while calls.apply_pulled(connection):
        pass


def take_in(connection: Connection, leads: list[Json], *others: Connection) -> None:
    """Pull these leads, and apply them all, in as many sessions."""
    run(
        connection,
        "select lead_sync.enqueue_pull(md5('p1')::uuid, clock_timestamp() - interval '1 hour')",
    )
    (item,) = calls.claim_items(connection, "bench", 1, LEASE)
    result: Json = {"request": item.request}
    shown = leads
    while "request" in result:
        response = {**answer(result["request"]), "leads": shown}
        result = calls.advance_item(connection, item.item_id, item.lease_token, response)
        shown = []
    assert result == {"ended": "completed"}, result
    with ThreadPoolExecutor(1 + len(others)) as pool:
        list(pool.map(apply, (connection, *others)))


def upsert(connection: Connection, leads: list[Json]) -> None:
    """Write these leads into the bare table."""
    for start in range(0, len(leads), BATCH):
        run(connection, _UPSERT, Jsonb(leads[start : start + BATCH]))


def p10(bench: Bench) -> Iterator[Result]:
    """Leads a second that a pull takes in."""
    count = bench.scaled(10_000, 100)
    days = (date(2027, 1, 1) + timedelta(days=n) for n in range(10_000))
    with (
        bench.database() as url,
        bench.database(package=False) as bare_url,
        connect(url) as ours,
        connect(url) as second,
        connect(bare_url) as bare,
    ):
        with seed.seeding(url) as connection:
            seed.properties(connection, 1, 1, direction="bidirectional")
            seed.lift_limits(connection)
            seed.leads(connection, 1, count, 1)
            seed.synced(connection, 1, count)
        run(bare, "create table bare_lead (lead_id text primary key, lead jsonb not null)")
        latest = documents(count, next(days))
        take_in(ours, latest)
        upsert(bare, latest)
        assert one(ours, _MOVED, latest[0]["move_in_date"]) == count, "not all were applied"
        runs: dict[str, list[float]] = {}

        def measure(what: str, leads: list[Json]) -> None:
            for name, action in (
                (f"bare {what}", partial(upsert, bare, leads)),
                (what, partial(take_in, ours, leads, second)),
            ):
                runs.setdefault(name, []).append(count / timed(action))

        for _ in range(bench.repetitions):
            measure(UNCHANGED, latest)
            latest = documents(count, next(days))
            measure(CHANGED, latest)
            assert one(ours, _MOVED, latest[0]["move_in_date"]) == count, "not all were applied"
        with profile.profiled(url) as connection:
            take_in(connection, documents(count, next(days)))
        note = bench.note("P10 profile, all changed", profile.profile(url, count))
    for name, target in ((UNCHANGED, 20_000), (CHANGED, 1000)):
        yield compared(
            "P10",
            f"pull of {count:,} leads, {name}",
            "leads/s",
            {name: runs[name], BARE: runs[f"bare {name}"]},
            name,
            BARE,
            Target(">=", target, "ours"),
            note=note,
        )


_MOVED = "select count(*) from public.conversation where move_in_date = %s::text::date"
