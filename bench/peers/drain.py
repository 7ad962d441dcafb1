"""Drains by one process: ours of leads, theirs and a bare loop's of jobs that do nothing.

Ours is that of P2: leads that need two calls, answered at once, everything written, through
advance_items in hundreds. A peer's job ends with its completion written and no more. So the
lines do not say who is faster at the same thing, but what the work of a sync costs beside an
empty job. Each peer runs as it comes, and set as its own documentation says for throughput.
"""

from collections.abc import Callable, Iterator, Sequence
from functools import partial

from bench import answers
from bench.drain import BARE, BATCH, drain_bare, fill_bare, fill_leads
from bench.harness import Bench, Connection, connect, timed
from bench.peers.programs import AS_IT_COMES, Installed, Missing, Setting
from bench.result import Result, Target, compared, middle

OURS = "lead-sync, in hundreds"
BEYOND = {("procrastinate", AS_IT_COMES): Target(">=", 4)}
WHAT, UNIT = "drain by one process", "items/s"


def _per_second(url: str, work: Callable[[Connection], int]) -> float:
    with connect(url) as connection:
        done: list[int] = []
        seconds = timed(lambda: done.append(work(connection)))
    return done[0] / seconds


def _ours(bench: Bench, leads: int) -> float:
    with bench.database() as url:
        fill_leads(url, leads, min(100, leads))
        return _per_second(url, lambda connection: answers.drain(connection, BATCH))


def _bare(bench: Bench, jobs: int) -> float:
    with bench.database(package=False) as url:
        fill_bare(url, jobs)
        return _per_second(url, drain_bare)


def _theirs(bench: Bench, peer: Installed, setting: Setting) -> float:
    jobs = bench.scaled(setting.jobs, 100)
    with bench.database(package=False) as url:
        peer.run("install", url)
        peer.run("fill", url, jobs=jobs)
        with connect(url) as connection:
            connection.execute("vacuum analyze")
        said = peer.run("drain", url, jobs=jobs, worker=setting.worker)
    assert said["done"] == jobs, f"{peer} did {said['done']} of {jobs}"
    return float(jobs / said["seconds"])


def drain(bench: Bench, peers: Sequence[Installed | Missing]) -> Iterator[Result]:
    """Ours against each peer's in each of its settings, and a bare loop's."""
    leads = bench.scaled(5000, 100)
    sides: dict[str, Callable[[], float]] = {
        OURS: partial(_ours, bench, leads),
        BARE: partial(_bare, bench, 20 * leads),
    }
    targets: dict[str, Target | None] = {}
    for peer in [each for each in peers if isinstance(each, Installed)]:
        for setting in peer.peer.settings:
            name = f"{peer}, {setting.label}"
            sides[name] = partial(_theirs, bench, peer, setting)
            targets[name] = BEYOND.get((peer.peer.name, setting.label))
    runs = bench.shuffled(sides, min(3, bench.repetitions))
    for name in [*targets, BARE]:
        yield compared("drain", WHAT, UNIT, runs, OURS, name, targets.get(name))
    for missing in peers:
        if isinstance(missing, Missing):
            yield not_measured("drain", WHAT, UNIT, middle(runs[OURS]), missing)


def not_measured(row: str, what: str, unit: str, ours: float, peer: Missing) -> Result:
    """The line of a peer that could not be had."""
    return Result(
        row, what, unit, ours, 0.0, peer.peer.name, note=f"not measured: {peer.reason}"
    )
