"""One thin function per SQL function on conflicts and policies, under the same name.

As in `runner.calls`: the connection first, nothing is decided, psycopg.Error is raised.
"""

from datetime import datetime
from uuid import UUID

from psycopg.types.json import Jsonb

from runner.calls import Json, call_rows, call_value
from runner.db import Connection


def resolve_conflict(
    connection: Connection,
    conflict_id: UUID,
    strategy: str,
    *,
    value: object = None,
    resolved_by: UUID | None = None,
    notes: str | None = None,
) -> Json:
    """Decide an open conflict. `value` is Jsonb, or None for none."""
    return dict(
        call_value(
            connection,
            "select lead_sync.resolve_conflict(%s, %s, %s, %s, %s)",
            conflict_id,
            strategy,
            value,
            resolved_by,
            notes,
        )
    )


def restore_value(connection: Connection, conflict_id: UUID) -> Json:
    """Bring back the value that lost."""
    return dict(call_value(connection, "select lead_sync.restore_value(%s)", conflict_id))


def undo_pulls(
    connection: Connection,
    property_id: UUID,
    since: datetime,
    apply: bool = False,
    *,
    limit: int = 100,
    after: int | None = None,
) -> list[Json]:
    """A page of what pulls overwrote since a time; with `apply` it is brought back."""
    return call_rows(
        connection,
        "select * from lead_sync.undo_pulls(%s, %s, %s, %s, %s)",
        property_id,
        since,
        apply,
        limit,
        after,
    )


def explain_conflict(connection: Connection, conflict_id: UUID) -> Json:
    """All about a conflict."""
    return dict(call_value(connection, "select lead_sync.explain_conflict(%s)", conflict_id))


def list_conflicts(
    connection: Connection,
    property_id: UUID | None = None,
    status: str | None = None,
    limit: int = 100,
    after: UUID | None = None,
) -> list[Json]:
    """A page of the conflicts."""
    return call_rows(
        connection,
        "select * from lead_sync.list_conflicts(%s, %s, %s, %s)",
        property_id,
        status,
        limit,
        after,
    )


def set_field_policy(
    connection: Connection, field: str | None, policy: str | None, property_id: UUID | None
) -> None:
    """Set, or with None remove, a policy."""
    call_value(
        connection, "select lead_sync.set_field_policy(%s, %s, %s)", field, policy, property_id
    )


def list_field_policies(connection: Connection, property_id: UUID | None = None) -> list[Json]:
    """The policy of every group."""
    return call_rows(connection, "select * from lead_sync.list_field_policies(%s)", property_id)


def preview_field_policy(
    connection: Connection,
    field: str | None,
    policy: str,
    property_id: UUID | None = None,
    since: datetime | None = None,
) -> list[Json]:
    """The recorded conflicts that would have ended otherwise."""
    return call_rows(
        connection,
        "select * from lead_sync.preview_field_policy(%s, %s, %s, %s)",
        field,
        policy,
        property_id,
        since,
    )


def json_value(value: object) -> Jsonb:
    """A value as resolve_conflict takes it."""
    return Jsonb(value)
