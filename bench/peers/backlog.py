"""The backlog of P1 in each peer's own tables; claim.py says what of it their models can say.

Each function fills a peer's tables in a session without triggers, the claimable jobs last, and
returns what its claim is to be told. Numbers go as in bench.claim: jobs that back off, those
of busy conversations, those in paused properties, and those that can be claimed.
"""

from collections.abc import Callable
from typing import Any

from bench.claim import BEHIND, Sizes
from bench.harness import Connection, run

Fill = Callable[[Connection, Sizes], dict[str, Any]]
_RETRY = "now() + interval '1 day' + n * interval '1 second'"


def _live(sizes: Sizes) -> int:
    """How many properties are not paused: claimable, those with future retries alone, full."""
    return 2 * sizes.claimable + sizes.full


def _numbers(count: int) -> str:
    return f"generate_series(1, {count}) n"


def _procrastinate(connection: Connection, sizes: Sizes) -> dict[str, Any]:
    behind = f"'busy' || (1 + n % {sizes.busy})"
    for count, queue, lock, status, when in (
        (sizes.later, "live", "'later' || n", "todo", _RETRY),
        (sizes.busy, "live", "'busy' || n", "doing", "null"),
        (len(BEHIND) * sizes.busy, "live", behind, "todo", "null"),
        (sizes.in_paused, "paused", "'paused' || n", "todo", "null"),
        (sizes.claimable, "live", "'c' || n", "todo", "null"),
    ):
        run(
            connection,
            "insert into procrastinate_jobs"
            " (queue_name, task_name, lock, status, scheduled_at)"
            f" select '{queue}', 'noop', {lock}, '{status}', {when} from {_numbers(count)}",
        )
    return {"queues": ["live"]}


def _pgqueuer(connection: Connection, sizes: Sizes) -> dict[str, Any]:
    full = f"'p' || ({2 * sizes.claimable} + n % {sizes.full})"
    for count, entrypoint, when in (
        (sizes.later, f"'p' || n % {2 * sizes.claimable}", _RETRY),
        (len(BEHIND) * sizes.busy, full, "now() - interval '1 second'"),
        (
            sizes.in_paused,
            f"'p' || ({_live(sizes)} + n % {sizes.paused})",
            "now() - interval '1 second'",
        ),
        (
            sizes.claimable,
            f"'p' || (n - 1) % {sizes.claimable}",
            "now() - interval '1 second'",
        ),
    ):
        run(
            connection,
            "insert into pgqueuer (priority, entrypoint, status, execute_after)"
            f" select 0, {entrypoint}, 'queued', {when} from {_numbers(count)}",
        )
    run(
        connection,
        "insert into pgqueuer (priority, entrypoint, status, execute_after, heartbeat,"
        f" queue_manager_id, slot) select 0, {full}, 'picked', now() - interval '1 minute',"
        f" now() + interval '1 day', gen_random_uuid(), (n - 1) / {sizes.full}"
        f" from {_numbers(sizes.busy)}",
    )
    limit = sizes.busy // sizes.full
    unlimited = 2 * sizes.claimable
    return {
        "entrypoints": {f"p{n}": 0 if n < unlimited else limit for n in range(_live(sizes))}
    }


def _graphile_worker(connection: Connection, sizes: Sizes) -> dict[str, Any]:
    run(connection, "insert into graphile_worker._private_tasks (identifier) values ('noop')")
    run(
        connection,
        "insert into graphile_worker._private_job_queues (queue_name, locked_at, locked_by)"
        f" select 'busy' || n, now(), 'other' from {_numbers(sizes.busy)}",
    )
    queue = (
        "(select q.id from graphile_worker._private_job_queues q"
        f" where q.queue_name = 'busy' || (1 + n % {sizes.busy}))"
    )
    flag = f"jsonb_build_object('p' || n % {sizes.paused}, true)"
    for count, its_queue, when, flags, locked in (
        (sizes.later, "null", _RETRY, "null", "null"),
        (sizes.busy, queue, "now()", "null", "now()"),
        (len(BEHIND) * sizes.busy, queue, "now()", "null", "null"),
        (sizes.in_paused, "null", "now()", flag, "null"),
        (sizes.claimable, "null", "now()", "null", "null"),
    ):
        run(
            connection,
            "insert into graphile_worker._private_jobs"
            " (job_queue_id, task_id, run_at, flags, locked_at, locked_by)"
            f" select {its_queue}, t.id, {when}, {flags}, {locked},"
            f" case when {locked} is not null then 'other' end"
            f" from graphile_worker._private_tasks t, {_numbers(count)}"
            " where t.identifier = 'noop'",
        )
    return {"flags": [f"p{n}" for n in range(sizes.paused)]}


def _pg_boss(connection: Connection, sizes: Sizes) -> dict[str, Any]:
    run(
        connection,
        "insert into pgboss.queue (name, policy, retry_limit, retry_delay, retry_backoff,"
        " expire_seconds, retention_seconds, deletion_seconds, partition, table_name)"
        " select 'p' || n, policy, retry_limit, retry_delay, retry_backoff, expire_seconds,"
        " retention_seconds, deletion_seconds, partition, table_name"
        f" from pgboss.queue q, generate_series(0, {sizes.paused - 1}) n"
        " where q.name = 'noop'",
    )
    busy = f"'busy' || (1 + n % {sizes.busy})"
    for count, queue, group, state, when, started in (
        (sizes.later, "'noop'", "'later' || n", "created", _RETRY, "null"),
        (sizes.busy, "'noop'", busy, "active", "now()", "now()"),
        (len(BEHIND) * sizes.busy, "'noop'", busy, "created", "now()", "null"),
        (
            sizes.in_paused,
            f"'p' || n % {sizes.paused}",
            "'paused' || n",
            "created",
            "now()",
            "null",
        ),
        (sizes.claimable, "'noop'", "'c' || n", "created", "now()", "null"),
    ):
        run(
            connection,
            "insert into pgboss.job (name, policy, group_id, state, start_after, started_on,"
            " expire_seconds, created_on)"
            f" select {queue}, 'standard', {group}, '{state}', {when}, {started}, 86400,"
            f" clock_timestamp() from {_numbers(count)}",
        )
    return {}


FILL: dict[str, Fill] = {
    "procrastinate": _procrastinate,
    "pgqueuer": _pgqueuer,
    "graphile-worker": _graphile_worker,
    "pg-boss": _pg_boss,
}
"""By the peer's name."""

CLAIMED = {
    "procrastinate": "select count(*) from procrastinate_jobs"
    " where status = 'doing' and lock ~ '^c'",
    "pgqueuer": "select count(*) from pgqueuer where status = 'picked' and slot is null",
    "graphile-worker": "select count(*) from graphile_worker._private_jobs"
    " where locked_at is not null and job_queue_id is null and flags is null",
    "pg-boss": "select count(*) from pgboss.job where state = 'active' and group_id ~ '^c'",
}
"""How many of the claimable jobs are claimed, by the peer's name."""
