"""P6: what telling runners costs the writers, against writers that tell nobody.

Eight clients insert one conversation each in a transaction, by pgbench, into a property that is
switched on. A real runner of four slots works meanwhile, each of its calls answered after a
tenth of a second: it is awake all the time and takes next to no CPU. The sides are copies of
one database; in one `wake_runners` does nothing, in another it notifies every time.

Slow flushes are made by `commit_delay`, two milliseconds before each flush. The idle runner is
a real one whose claims find nothing. The open transaction is a writer's that has inserted a
conversation and neither commits nor goes on.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial

from bench import pgbench, seed
from bench.harness import Bench, connect, database_name, run
from bench.result import Result, Target, compared
from bench.runner_process import runner

USED, OFF, ALWAYS = "NOTIFY in use", "NOTIFY off", "NOTIFY every time"
_USERS = 1000
_WAKE = """
create or replace function lead_sync_private.wake_runners() returns void
language plpgsql volatile set search_path = pg_catalog, pg_temp as $$
begin
  {}
end
$$
"""
_BODIES = {OFF: "null;", ALWAYS: "perform pg_notify('lead_sync_ready', '');"}
_INSERT = (
    f"\\set n random(1, {_USERS})\n"
    "insert into public.conversation (chatbot_id, user_id, status)"
    " values (md5('b1')::uuid, md5('u' || :n)::uuid, 'new');"
)
SCENARIOS: tuple[tuple[str, str, tuple[str, ...], Target], ...] = (
    # what, settings of the database, further parties, target
    ("one runner, awake", "", (), Target(">=", 0.8)),
    ("flushes of 2 ms", "slow", (), Target(">=", 0.95)),
    ("two runners, one idle", "", ("idle",), Target(">=", 0.8)),
    ("a writer's transaction left open", "", ("open",), Target(">=", 0.8)),
)


@contextmanager
def _parties(url: str, further: tuple[str, ...]) -> Iterator[None]:
    """A runner that is awake, and whoever else there is."""
    with ExitStack() as stack:
        stack.enter_context(runner(url, 4, "--delay-ms", "100"))
        if "idle" in further:
            stack.enter_context(runner(url, 4, "--idle"))
        if "open" in further:
            writer = stack.enter_context(connect(url, autocommit=False))
            run(
                writer,
                "insert into public.conversation (chatbot_id, user_id, status)"
                " values (md5('b1')::uuid, md5('u1')::uuid, 'new')",
            )
            stack.callback(writer.rollback)
        # until the runner is at work: every slot taken
        with connect(url) as watcher:
            while (
                run(
                    watcher,
                    "select count(*) from public.lead_sync_queue where status = 'processing'",
                )[0][0]
                < 4
            ):
                run(watcher, "select pg_sleep(0.02)")
        yield


def p6(bench: Bench) -> Iterator[Result]:
    """Commits a second of the writers."""
    each = bench.scaled(500, 25)
    with ExitStack() as stack:
        base = stack.enter_context(bench.database())
        with seed.seeding(base) as connection:
            seed.properties(connection, 1, 1)
            seed.lift_limits(connection)
            seed.users(connection, 1, _USERS)
            # what keeps the runner at work from the first moment to the last
            seed.leads(connection, _USERS + 1, 2 * _USERS, 1)
            seed.items(connection, _USERS + 1, 2 * _USERS, 1, priority=3)
        template = database_name(base)

        def commits(side: str, settings: str, further: tuple[str, ...]) -> float:
            with bench.database(template) as url:
                with connect(url) as connection:
                    if side in _BODIES:
                        run(connection, _WAKE.format(_BODIES[side]))
                    if settings:
                        for name, value in {
                            "commit_delay": 2000,
                            "commit_siblings": 0,
                        }.items():
                            run(
                                connection,
                                f"alter database {database_name(url)} set {name} = {value}",
                            )
                with _parties(url, further):
                    return pgbench.transactions_per_second(bench, url, _INSERT, each)

        for what, settings, further, target in SCENARIOS:
            sides = (USED, OFF) if further else (USED, OFF, ALWAYS)
            runs = bench.shuffled(
                {side: partial(commits, side, settings, further) for side in sides}
            )
            for side in sides:
                if side != OFF:
                    yield compared(
                        "P6",
                        f"writers' commits, {pgbench.CLIENTS} clients, {what}: {side}",
                        "commits/s",
                        runs,
                        side,
                        OFF,
                        target if side == USED else None,
                    )
