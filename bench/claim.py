"""P1: what a claim of ten costs under a backlog of a million.

The million, at scale 1:

- 500,000 items in 1,000 paused properties, 500 each;
- 10,000 busy conversations with one item in flight and four pending behind it each. In the
  layout "spread" they are those of 100 further properties, a hundred each, which are so at
  their in-flight limit; in "same" they are those of the thousand claimable properties, ten
  each and older than what can be claimed, with the limit lifted;
- 1,000 that can be claimed, one in each of 1,000 properties;
- the rest, 459,000, are future retries: half of them in the claimable properties, half in 1,000
  properties that have nothing else.

On the other side stand the 1,000 claimable items alone, in a database that is the same
otherwise. Each claim is rolled back, so that all of them find the same. The third layout,
"cached", is "spread" with the plans of its session made while the queue was empty, and never
analysed since.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from statistics import fmean

from bench import profile, seed
from bench.harness import Bench, Connection, connect, database_name, run, timed
from bench.result import Result, Target, compared, middle

CLAIM = "select * from lead_sync.claim_items('bench', 10, '1 minute')"
FIND = "select * from lead_sync_private.find_candidates(10)"
TIMES = Target("<=", 2)
TO_FIND, IN_ALL = Target("<=", 300, "ours"), Target("<=", 800, "ours")
BEHIND = "push", "status_update", "enrichment", "push"
"""The operations of the items behind a busy conversation's."""
_CLAIMS = 20  # of each side in a repetition
_CHATS = 4  # conversations of a user whose items wait


@dataclass(frozen=True)
class Sizes:
    """How many of each there are; properties and conversations are numbered in this order."""

    claimable: int
    waiting: int
    paused: int
    full: int
    busy: int

    @classmethod
    def of(cls, bench: Bench) -> "Sizes":
        """Those of the bench's scale."""
        return cls(
            claimable=bench.scaled(1000, 20),
            waiting=bench.scaled(1_000_000, 2000),
            paused=bench.scaled(1000, 20),
            full=bench.scaled(100, 2),
            busy=bench.scaled(10_000, 20),
        )

    @property
    def in_paused(self) -> int:
        """Items of paused properties."""
        return self.waiting // 2

    @property
    def later(self) -> int:
        """Items that back off."""
        return self.waiting - self.in_paused - len(BEHIND) * self.busy - self.claimable


def fill_domiq(url: str, sizes: Sizes) -> None:
    """All properties and conversations, no items.

    Properties: claimable, then those with future retries alone, full, paused. Conversations:
    claimable, those that back off, busy, paused. A claimable one's user has no other; the
    users of the rest have four each.
    """
    with seed.seeding(url) as connection:
        active = 2 * sizes.claimable + sizes.full
        seed.properties(connection, 1, active)
        seed.properties(connection, active + 1, active + sizes.paused, status="paused")
        seed.lift_limits(connection)
        run(
            connection,
            "delete from lead_sync_private.property_setting s using"
            f" generate_series({2 * sizes.claimable + 1}, {active}) n"
            " where s.name = 'in_flight_limit' and s.property_id = md5('p' || n)::uuid",
        )
        seed.leads(connection, 0, sizes.claimable - 1, sizes.claimable)
        last = sizes.claimable + sizes.later + sizes.busy + sizes.in_paused - 1
        returning = max(1, (last + 1 - sizes.claimable) // _CHATS)
        seed.users(connection, sizes.claimable, sizes.claimable + returning - 1)
        seed.conversations(
            connection,
            sizes.claimable,
            last,
            active + sizes.paused,
            user=f"({sizes.claimable} + n % {returning})",
        )


def fill_queue(connection: Connection, sizes: Sizes, *, same: bool) -> None:
    """The backlog; the claimable items come last."""
    later = sizes.claimable
    busy = later + sizes.later
    paused = busy + sizes.busy
    retry = "now() + interval '1 day' + n * interval '1 second'"
    active = 2 * sizes.claimable + sizes.full
    base = 0 if same else 2 * sizes.claimable
    over = sizes.claimable if same else sizes.full
    property_of = f"md5('p' || ({base} + 1 + n % {over}))::uuid"
    run(
        connection,
        "insert into public.lead_sync_queue (conversation_id, property_id, sync_operation,"
        " sync_data, priority, status, lane, lease_token, lease_until, lease_started_at,"
        " lease_length, runner_id, attempt)"
        f" select md5('c' || n)::uuid, {property_of}, 'push', '{{}}', 2, 'processing',"
        " md5('c' || n)::uuid, gen_random_uuid(), now() + interval '1 day', now(), '1 minute',"
        f" 'other', 1 from generate_series({busy}, {paused - 1}) n",
    )
    for operation in BEHIND:
        run(
            connection,
            "insert into public.lead_sync_queue"
            " (conversation_id, property_id, sync_operation, sync_data, priority)"
            f" select md5('c' || n)::uuid, {property_of}, '{operation}', '{{}}', 2"
            f" from generate_series({busy}, {paused - 1}) n",
        )
    half = later + sizes.later // 2
    for first, last, start, count in (
        (later, half - 1, 0, sizes.claimable),
        (half, busy - 1, sizes.claimable, sizes.claimable),
        (paused, paused + sizes.in_paused - 1, active, sizes.paused),
    ):
        run(
            connection,
            "insert into public.lead_sync_queue"
            " (conversation_id, property_id, sync_operation, sync_data, priority,"
            " next_retry_at)"
            f" select md5('c' || n)::uuid, md5('p' || ({start} + 1 + n % {count}))::uuid,"
            f" 'push', '{{}}', 2, {'null' if start == active else retry}"
            f" from generate_series({first}, {last}) n",
        )
    _fill_claimable(connection, sizes)


def _fill_claimable(connection: Connection, sizes: Sizes) -> None:
    seed.items(connection, 0, sizes.claimable - 1, sizes.claimable)


def _claim(connection: Connection, taken: list[float]) -> float:
    """The milliseconds of one claim, which is undone; `taken`: how many it took."""
    with connection.transaction(force_rollback=True):
        seconds = timed(lambda: taken.append(len(run(connection, CLAIM))))
    assert taken[-1] > 0, "a claim took nothing"
    return 1000 * seconds


def claims(connection: Connection, taken: list[float]) -> float:
    """The median milliseconds of several claims of ten; `taken`: how many each took."""
    return middle([_claim(connection, taken) for _ in range(_CLAIMS)])


def _buffers(connection: Connection, statement: str) -> list[float]:
    counted: list[float] = []
    for _ in range(_CLAIMS):
        with connection.transaction(force_rollback=True):
            counted.append(profile.buffers(connection, statement))
    return counted


@contextmanager
def _layouts(bench: Bench, sizes: Sizes) -> Iterator[dict[str, Connection]]:
    """A session in a database of each layout."""
    with ExitStack() as stack:
        base = stack.enter_context(bench.database())
        bench.say(f"P1: {sizes.waiting:,} conversations")
        fill_domiq(base, sizes)
        template = database_name(base)
        sessions: dict[str, Connection] = {}
        for name in ("alone", "spread", "same", "cached"):
            bench.say(f"P1: queue of layout {name}")
            url = stack.enter_context(bench.database(template))
            session = stack.enter_context(connect(url))
            if name == "cached":
                with connect(url) as connection:
                    run(
                        connection,
                        "alter table public.lead_sync_queue set (autovacuum_enabled = off)",
                    )
                for _ in range(20):
                    assert not run(session, CLAIM)
            with seed.seeding(url, vacuum=name != "cached") as connection:
                if name == "alone":
                    _fill_claimable(connection, sizes)
                else:
                    fill_queue(connection, sizes, same=name == "same")
            sessions[name] = session
        yield sessions


def p1(bench: Bench) -> Iterator[Result]:
    """Claims of ten under the backlog, in three layouts, against the claimable items alone."""
    sizes = Sizes.of(bench)
    with _layouts(bench, sizes) as sessions:
        waiting = seed.count_status(sessions["spread"], "pending")
        taken: dict[str, list[float]] = {name: [] for name in sessions}
        for session in sessions.values():
            claims(session, [])  # plans, catalogue caches and pages are there from here on
        runs = bench.shuffled(
            {n: partial(claims, each, taken[n]) for n, each in sessions.items()}
        )
        counted = {
            name: {each: _buffers(session, each) for each in (FIND, CLAIM)}
            for name, session in sessions.items()
        }
        notes = {
            name: bench.note(
                f"P1 plans of a claim of ten, layout {name}", profile.nested_plans(each, CLAIM)
            )
            for name, each in sessions.items()
        }
    for name in ("spread", "same", "cached"):
        yield compared(
            "P1",
            f"claim of 10 of {waiting:,}, {name}",
            "ms",
            {"the claimable alone": runs["alone"], name: runs[name]},
            name,
            "the claimable alone",
            TIMES,
            note=notes[name],
            taken_on_average=fmean(taken[name]),
        )
        for what, statement, target in (
            ("buffers to find ten", FIND, TO_FIND),
            ("buffers in all", CLAIM, IN_ALL),
        ):
            yield compared(
                "P1",
                f"{what}, {name}",
                "buffers",
                {"the claimable alone": counted["alone"][statement]}
                | {name: counted[name][statement]},
                name,
                "the claimable alone",
                target,
                note=notes[name],
            )
