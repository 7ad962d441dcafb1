"""One thin function per SQL function that the runner calls, under the same name.

Nothing is decided here. Each takes the connection first, then the SQL function's parameters
without their `p_`; each raises psycopg.Error (`runner.db.translate` puts it into words).
What a function does is said by its COMMENT in the database.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from psycopg.rows import class_row, dict_row
from psycopg.types.json import Jsonb

from runner.db import Connection

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Claimed:
    """A row of claim_items: an item in flight and the first request it wants made."""

    item_id: UUID
    lease_token: UUID
    property_id: UUID
    conversation_id: UUID | None
    sync_operation: str
    attempt: int
    request: Json
    connection: Json


@dataclass(frozen=True, slots=True)
class Advanced:
    """A row of advance_items: what an answer led to."""

    item_id: UUID
    result: Json


def call_value(connection: Connection, statement: str, *args: object) -> Any:
    """The first column of the first row."""
    row = connection.execute(statement.encode(), args).fetchone()
    return row[0] if row else None


def call_rows(connection: Connection, statement: str, *args: object) -> list[Json]:
    """All rows, by column name."""
    with connection.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(statement.encode(), args).fetchall()


def claim_items(
    connection: Connection, runner_id: str, limit: int, lease: timedelta
) -> list[Claimed]:
    """Claim up to `limit` items, in a transaction of its own whose commit is not waited for.

    A crash of the server may undo it: then the items wait as before. What a claim hands out
    only reads in ResMan, and its answer is refused with the lease.
    """
    with connection.cursor(row_factory=class_row(Claimed)) as cursor:
        return cursor.execute(
            "select c.* from set_config('synchronous_commit', 'off', true),"
            " lead_sync.claim_items(%s, %s, %s) as c",
            (runner_id, limit, lease),
        ).fetchall()


def advance_item(
    connection: Connection, item_id: UUID, lease_token: UUID, response: Json
) -> Json:
    """Hand over one answer."""
    result: Json = call_value(
        connection,
        "select lead_sync.advance_item(%s, %s, %s)",
        item_id,
        lease_token,
        Jsonb(response),
    )
    return result


def advance_items(connection: Connection, answers: Sequence[Json]) -> list[Advanced]:
    """Hand over several answers, each `{"item_id","lease_token","response"}`."""
    with connection.cursor(row_factory=class_row(Advanced)) as cursor:
        return cursor.execute(
            "select * from lead_sync.advance_items(%s)", (Jsonb(list(answers)),)
        ).fetchall()


def extend_leases(
    connection: Connection, lease_tokens: Sequence[UUID], lease: timedelta
) -> int:
    """Extend leases; how many were current."""
    return int(
        call_value(
            connection, "select lead_sync.extend_leases(%s, %s)", list(lease_tokens), lease
        )
    )


def release_items(connection: Connection, lease_tokens: Sequence[UUID]) -> int:
    """Give items back; how many were current."""
    return int(call_value(connection, "select lead_sync.release_items(%s)", list(lease_tokens)))


def take_place(connection: Connection, lease_token: UUID) -> float | None:
    """Seconds to another place under the rate limits; None where the lease is not current."""
    wait: float | None = call_value(
        connection, "select lead_sync.take_place(%s)::float8", lease_token
    )
    return wait


def rescue_expired_leases(connection: Connection, limit: int = 100) -> int:
    """Put items whose runner is gone back into the queue; how many."""
    return int(call_value(connection, "select lead_sync.rescue_expired_leases(%s)", limit))


def run_schedule(connection: Connection) -> int:
    """Queue what the clock asks for; how many items."""
    return int(call_value(connection, "select lead_sync.run_schedule()"))


def apply_pulled(connection: Connection) -> int:
    """Apply a batch of the leads that pulls have read; how many."""
    return int(call_value(connection, "select lead_sync.apply_pulled()"))


def run_maintenance(connection: Connection) -> Json:
    """Do a bounded piece of housekeeping; what was done."""
    return dict(call_value(connection, "select lead_sync.run_maintenance()") or {})


def next_wakeup(connection: Connection) -> timedelta:
    """How long until something is due."""
    wakeup: timedelta | None = call_value(connection, "select lead_sync.next_wakeup()")
    return timedelta(days=1) if wakeup is None else wakeup


def next_due_item(connection: Connection) -> timedelta:
    """How long until an item is due, whatever is still to be queued."""
    due: timedelta | None = call_value(connection, "select lead_sync.next_due_item()")
    return timedelta(days=1) if due is None else due


def try_sleep(connection: Connection) -> bool:
    """Ask to be notified; on the LISTEN connection."""
    return bool(call_value(connection, "select lead_sync.try_sleep()"))


def end_sleep(connection: Connection) -> None:
    """Need no notifications any more; on the LISTEN connection."""
    call_value(connection, "select lead_sync.end_sleep()")
