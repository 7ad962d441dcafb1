"""A claim of ten under the backlog of P1, as far as each peer's model can say it.

P1's backlog is half paused properties, then future retries, busy conversations with four items
each behind them, and a thousand claimable items over a thousand properties, which come last.
What was and what was not expressible:

- procrastinate: a future retry has `scheduled_at`; a conversation is a lock, which each job
  has. The jobs of paused properties are in a queue that the worker does not list, all others in
  one that it does. A queue a property, and a worker that lists those that are not paused, could
  be said, too, but a fetch would compare each job with each name. It claims one job at a time:
  a claim of ten is ten of them.
- pgqueuer: a property is an entrypoint, and its pause is a worker that has not registered it; a
  future retry has `execute_after`. It has no key within an entrypoint, so that the busy
  conversations are those of full entrypoints, at their concurrency limit.
- graphile-worker: a paused property is a forbidden flag on its jobs; a future retry has
  `run_at`; a busy conversation is a locked named queue. Jobs of other conversations have no
  queue, as its documentation advises: its claim locks the row of each queue that is free.
- pg-boss: a claim reads one queue, so that the live properties share one, and each paused
  property has a queue of its own that nobody reads; it could not be paused within the one they
  share. A future retry has `start_after`; a conversation is a group, of which one may run.

Ours is a claim in layout "spread", rolled back each time. A peer keeps what it has claimed, up
to half of the claimable jobs, and has a minute; where not one claim is through by then, the
line shows what it took until then, and the note of how many. The bare loop knows none of this:
it has the claimable alone, as the least that such a claim can cost.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from bench import seed
from bench.claim import Sizes, claims, fill_domiq, fill_queue
from bench.drain import CLAIM, fill_bare
from bench.harness import Bench, connect, one, run, timed
from bench.peers import backlog
from bench.peers.drain import not_measured
from bench.peers.programs import Installed, Missing
from bench.result import Result, middle

OURS, BARE = "lead-sync", "a bare table, the claimable alone"
TEN = 10
LEAST = 100
"""Of what can be claimed, at any scale: enough for a few rounds."""
SECONDS = 60
WARM = 2
"""Rounds before those that count: connections, plans and pages are there from here on."""


def _ours(bench: Bench, sizes: Sizes, repetitions: int) -> list[float]:
    with bench.database() as url:
        fill_domiq(url, sizes)
        with seed.seeding(url) as connection:
            fill_queue(connection, sizes, same=False)
        with connect(url) as connection:
            claims(connection, [])
            return [claims(connection, []) for _ in range(repetitions)]


def _bare(bench: Bench, sizes: Sizes, rounds: int) -> list[float]:
    with bench.database(package=False) as url:
        fill_bare(url, sizes.claimable)
        took: list[float] = []
        with connect(url) as connection:
            for _ in range(WARM + rounds):
                with connection.transaction(force_rollback=True):
                    took.append(1000 * timed(lambda: run(connection, CLAIM, TEN)))
    return took[WARM:]


def _theirs(
    bench: Bench, peer: Installed, sizes: Sizes, rounds: int
) -> tuple[list[float], list[int]]:
    """The milliseconds of each claim, and how many it took."""
    with bench.database(package=False) as url:
        peer.run("install", url)
        with seed.seeding(url) as connection:
            options = backlog.FILL[peer.peer.name](connection, sizes)
        said = peer.run(
            "claim", url, rounds=WARM + rounds, batch=TEN, seconds=SECONDS, **options
        )
        with connect(url) as connection:
            claimed = one(connection, backlog.CLAIMED[peer.peer.name])
    assert claimed == sum(took for _, took in said), f"{peer} claimed what cannot be"
    if len(said) > 1 and said[-1][1] < TEN:
        said.pop()  # the time was up within it
    counted = said[WARM:] or said[-1:]
    taken = [took for _, took in counted]
    assert all(taken), f"a claim of {peer} took nothing"
    return [1000 * seconds for seconds, _ in counted], taken


def claim(bench: Bench, peers: Sequence[Installed | Missing]) -> Iterator[Result]:
    """Ours against each."""
    sizes = Sizes.of(bench)
    sizes = replace(sizes, claimable=max(LEAST, sizes.claimable))
    rounds = min(20, sizes.claimable // (2 * TEN) - WARM)
    bench.say("claim: ours")
    ours = _ours(bench, sizes, bench.repetitions)
    what = f"claim of {TEN} of {sizes.waiting:,}"

    def line(name: str, took: list[float], taken: Sequence[int] = (TEN,)) -> Result:
        most = max(taken)
        return Result(
            "claim",
            what,
            "ms",
            middle(ours),
            middle(took),
            name,
            note="" if most == TEN else f"took {most}",
            runs={OURS: ours, name: took},
            detail={"taken": list(taken)},
        )

    for peer in peers:
        bench.say(f"claim: {peer if isinstance(peer, Installed) else peer.peer.name}")
        if isinstance(peer, Installed):
            yield line(str(peer), *_theirs(bench, peer, sizes, rounds))
        else:
            yield not_measured("claim", what, "ms", middle(ours), peer)
    yield line(BARE, _bare(bench, sizes, rounds))
