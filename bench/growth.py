"""P13: claims, drains and pushes with more and more that is finished behind them.

10⁴ to 10⁷ finished items over 1,000 properties, and 10² to 10⁴ properties with 10⁶ finished
items: each finished item is a row of the queue with one of the log, ten to a conversation that
is in step. In each such database a claim of ten out of a thousand, a drain in hundreds, and
pushes through HTTP to a simulator without latency are measured, as P1, P2 and P9 do. Compared
is the most expensive point of a curve with the cheapest.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from bench import answers, end_to_end, profile, seed, svg
from bench.claim import claims
from bench.harness import Bench, connect, run
from bench.result import Result, Target

FINISHED = 10_000, 100_000, 1_000_000, 10_000_000
PROPERTIES = 100, 1000, 10_000
_MIDDLE = 1000, 1_000_000  # properties, finished items
_EACH = 10
"""Finished items of a conversation."""
_CHUNK = 1_000_000
_ITEMS = (
    "insert into public.lead_sync_queue (conversation_id, property_id, sync_operation,"
    " sync_data, priority, status, attempt, created_at, updated_at, processed_at,"
    " resman_lead_id)"
    " select md5('c' || c)::uuid, md5('p' || (1 + c % {properties}))::uuid, 'push', '{{}}', 2,"
    " 'completed', 1, at, at, at + interval '1 s', 'L' || c"
    " from generate_series({first}, {last}) n, lateral (select 1 + n % {conversations} as c,"
    " now() - n * interval '0.2 s' as at) as x"
)
_LOG = (
    "insert into public.lead_sync_log (conversation_id, property_id, sync_direction,"
    " sync_status, sync_type, sync_operation, sync_data, response_data, processing_time_ms,"
    " created_at, resman_lead_id)"
    " select md5('c' || c)::uuid, md5('p' || (1 + c % {properties}))::uuid, 'to_resman',"
    """ 'success', 'update', 'push', '{{"pushed": ["status"]}}', '{{"outcome": "ok"}}', 900,"""
    " now() - n * interval '0.2 s', 'L' || c"
    " from generate_series({first}, {last}) n,"
    " lateral (select 1 + n % {conversations} as c) as x"
)
CLAIM, DRAIN, PUSH = "claim of 10", "drain in hundreds", "push through HTTP"


@dataclass(frozen=True)
class Point:
    """One database, and what was measured in it: ms of a claim, and per item and lead."""

    properties: int
    finished: int
    costs: dict[str, float]


def _fill(url: str, properties: int, finished: int) -> int:
    """What is behind; how many conversations it has."""
    conversations = max(properties, finished // _EACH)
    with seed.seeding(url) as connection:
        seed.properties(connection, 1, properties)
        seed.lift_limits(connection)
        seed.leads(connection, 1, conversations, properties)
        seed.synced(connection, 1, conversations)
        for first in range(1, finished + 1, _CHUNK):
            for statement in (_ITEMS, _LOG):
                run(
                    connection,
                    statement.format(
                        first=first,
                        last=min(finished, first + _CHUNK - 1),
                        properties=properties,
                        conversations=conversations,
                    ),
                )
    return conversations


def _point(bench: Bench, properties: int, finished: int) -> Point:
    """Fill a database and measure in it."""
    bench.say(f"P13: {finished:,} finished items, {properties:,} properties")
    claimable, drained, pushed = (
        bench.scaled(1000, 20),
        bench.scaled(1000, 50),
        bench.scaled(500, 40),
    )
    costs: dict[str, float] = {}
    with bench.database() as url:
        next_lead = _fill(url, properties, finished) + 1
        with connect(url) as connection:
            with seed.seeding(url, vacuum=False) as filling:
                seed.leads(filling, next_lead, next_lead + claimable - 1, properties)
                seed.items(filling, next_lead, next_lead + claimable - 1, properties)
            claims(connection, [])
            costs[CLAIM] = claims(connection, [])
            answers.drain(connection)
            next_lead += claimable
            with seed.seeding(url, vacuum=False) as filling:
                seed.leads(filling, next_lead, next_lead + drained - 1, properties)
                seed.items(filling, next_lead, next_lead + drained - 1, properties)
            cpu = profile.backend_cpu(connection)
            done = answers.drain(connection)
            costs[DRAIN] = 1000 * profile.cpu_since(connection, cpu) / done
        next_lead += drained
        end_to_end.fill(url, next_lead, next_lead + pushed - 1, properties=False)
        figures = end_to_end.push(bench, url, pushed, latency_ms=0)
        costs[PUSH] = 1000 / figures["per_second"]
    return Point(properties, finished, costs)


def p13(bench: Bench) -> Iterator[Result]:
    """How the costs grow."""
    properties, finished = _MIDDLE
    measured: dict[tuple[int, int], Point] = {}

    def point(properties: int, finished: int) -> Point:
        key = bench.scaled(properties, 4), bench.scaled(finished, 100)
        if key not in measured:
            measured[key] = _point(bench, *key)
        return measured[key]

    curves = {
        "finished items": [point(properties, each) for each in FINISHED],
        "properties": [point(each, finished) for each in PROPERTIES],
    }
    for across, curve in curves.items():
        lines = {
            name: [
                (
                    float(each.finished if across == "finished items" else each.properties),
                    each.costs[name] / curve[0].costs[name],
                )
                for each in curve
            ]
            for name in (CLAIM, DRAIN, PUSH)
        }
        file = f"growth-{across.replace(' ', '-')}.svg"
        bench.files[file] = svg.chart(
            f"Cost by {across} behind it", across, "times the first point's", lines, 2
        )
        for name in lines:
            costs = [each.costs[name] for each in curve]
            yield Result(
                "P13",
                f"{name}, by {across}: dearest point to cheapest",
                "ms",
                max(costs),
                min(costs),
                "the cheapest point",
                Target("<=", 2),
                note=file,
                runs={name: costs},
                detail={
                    "points": [
                        {"properties": each.properties, "finished": each.finished}
                        for each in curve
                    ]
                },
            )
