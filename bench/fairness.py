"""P11: how long properties with one item each wait beside one with two hundred thousand.

The large one's items arrived first. A runner of eight slots claims eight at a time; what is
claimed is ended at once. Limits are lifted, so that nothing but the order of claims holds the
large property back. Measured: after which share of all claims the last of the two hundred
single items was claimed. On the other side stands a queue in order of arrival.
"""

from collections.abc import Iterator

from bench import seed
from bench.answers import LEASE
from bench.harness import Bench, Connection, connect, run
from bench.result import Result, Target
from runner import calls

SLOTS = 8
_END = (
    "update public.lead_sync_queue set status = 'completed', lease_token = null,"
    " processed_at = clock_timestamp() where lease_token = any (%s)"
)


def _fill(url: str, many: int, singles: int) -> None:
    """Property 1 has many items; each of the others has one."""
    with seed.seeding(url) as connection:
        seed.properties(connection, 1, 1 + singles)
        seed.lift_limits(connection)
        seed.users(connection, 0, singles + many)
        # conversation n is of property 1 + n mod the count: 1 to singles are of the others
        seed.conversations(connection, 1, singles, singles + 1)
        seed.conversations(connection, singles + 1, singles + many, 1)
        seed.items(connection, singles + 1, singles + many, 1)
        seed.items(connection, 1, singles, singles + 1)


def _claims_until_all(connection: Connection, singles: int) -> int:
    """How many items were claimed until no single one waits."""
    large = run(connection, "select md5('p1')::uuid")[0][0]
    claimed, waiting = 0, singles
    while waiting:
        found = calls.claim_items(connection, "bench", SLOTS, LEASE)
        assert found, "nothing could be claimed while items waited"
        claimed += len(found)
        waiting -= sum(item.property_id != large for item in found)
        run(connection, _END, [item.lease_token for item in found])
    return claimed


def p11(bench: Bench) -> Iterator[Result]:
    """The share of claims after which every property has had its turn."""
    many, singles = bench.scaled(200_000, 1000), bench.scaled(200, 10)
    shares: list[float] = []
    for _ in range(min(3, bench.repetitions)):
        with bench.database() as url:
            _fill(url, many, singles)
            with connect(url) as connection:
                claimed = _claims_until_all(connection, singles)
            shares.append(100 * claimed / (many + singles))
    yield Result(
        "P11",
        f"claims until {singles:,} properties of one item have had their turn",
        "% of all",
        max(shares),
        100.0,
        "in order of arrival",
        Target("<=", 5, "ours"),
        runs={"share of all claims": shares},
    )
