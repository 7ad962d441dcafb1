"""One thin function per SQL function that a service calls, under the same name.

As in `runner.calls`: the connection first, nothing is decided, psycopg.Error is raised.
"""

from datetime import datetime
from uuid import UUID

from psycopg.types.json import Jsonb

from runner.calls import Json, call_rows, call_value
from runner.db import Connection


def configure_integration(
    connection: Connection,
    property_id: UUID,
    *,
    resman_property_id: str | None,
    api_credentials: Json | None,
    sync_direction: str | None,
    sync_frequency: str | None,
    webhook_url: str | None,
) -> UUID:
    """Create or change a property's integration; its id."""
    envelope = None if api_credentials is None else Jsonb(api_credentials)
    integration_id: UUID = call_value(
        connection,
        "select lead_sync.configure_integration(%s, %s, %s, %s, %s, %s)",
        property_id,
        resman_property_id,
        envelope,
        sync_direction,
        sync_frequency,
        webhook_url,
    )
    return integration_id


def set_property_setting(
    connection: Connection, property_id: UUID, name: str, value: object
) -> None:
    """Set one setting of a property."""
    call_value(
        connection,
        "select lead_sync.set_property_setting(%s, %s, %s)",
        property_id,
        name,
        Jsonb(value),
    )


def pause_property(connection: Connection, property_id: UUID, reason: str | None) -> None:
    """Stop claiming a property's items."""
    call_value(connection, "select lead_sync.pause_property(%s, %s)", property_id, reason)


def resume_property(connection: Connection, property_id: UUID) -> None:
    """Claim a property's items again."""
    call_value(connection, "select lead_sync.resume_property(%s)", property_id)


def enqueue_sync(
    connection: Connection,
    conversation_id: UUID,
    operation: str = "push",
    priority: int = 2,
    data: Json | None = None,
) -> UUID:
    """Queue an operation on a conversation; the item's id."""
    item_id: UUID = call_value(
        connection,
        "select lead_sync.enqueue_sync(%s, %s, %s, %s)",
        conversation_id,
        operation,
        priority,
        Jsonb(data or {}),
    )
    return item_id


def enqueue_backfill(
    connection: Connection, property_id: UUID, since: datetime | None = None
) -> int:
    """Queue what a property already holds; how many items."""
    return int(
        call_value(connection, "select lead_sync.enqueue_backfill(%s, %s)", property_id, since)
    )


def count_eligible(
    connection: Connection, property_id: UUID, since: datetime | None = None
) -> int:
    """How many of a property's conversations enqueue_backfill would queue."""
    return int(
        call_value(connection, "select lead_sync.count_eligible(%s, %s)", property_id, since)
    )


def cancel_item(connection: Connection, item_id: UUID) -> None:
    """Cancel an item."""
    call_value(connection, "select lead_sync.cancel_item(%s)", item_id)


def requeue_item(connection: Connection, item_id: UUID) -> None:
    """Queue a dead letter again."""
    call_value(connection, "select lead_sync.requeue_item(%s)", item_id)


def requeue_failed(connection: Connection, property_id: UUID | None = None) -> int:
    """Queue all dead letters again; how many."""
    return int(call_value(connection, "select lead_sync.requeue_failed(%s)", property_id))


def lead_status(connection: Connection, conversation_id: UUID) -> Json:
    """How a conversation stands."""
    return dict(
        call_value(connection, "select lead_sync.lead_status(%s)", conversation_id) or {}
    )


def get_connection(connection: Connection, property_id: UUID) -> Json:
    """What a call for a property needs, credentials in their envelope."""
    return dict(
        call_value(connection, "select lead_sync.get_connection(%s)", property_id) or {}
    )


def list_credentials(connection: Connection) -> list[tuple[UUID, Json]]:
    """Every property and its envelope."""
    rows = call_rows(connection, "select * from lead_sync.list_credentials()")
    return [(row["property_id"], row["credentials"]) for row in rows]


def replace_credentials(
    connection: Connection, property_id: UUID, old: Json, new: Json, *, resealed: bool
) -> bool:
    """Replace an envelope if it is still the old one; whether it was."""
    return bool(
        call_value(
            connection,
            "select lead_sync.replace_credentials(%s, %s, %s, %s)",
            property_id,
            Jsonb(old),
            Jsonb(new),
            resealed,
        )
    )


def list_integrations(connection: Connection) -> list[Json]:
    """All integrations."""
    return call_rows(connection, "select * from lead_sync.list_integrations()")


def preview_integration(
    connection: Connection, property_id: UUID, limit: int = 100, after: UUID | None = None
) -> list[Json]:
    """A page of what switching a property in shadow mode live would do."""
    return call_rows(
        connection,
        "select * from lead_sync.preview_integration(%s, %s, %s)",
        property_id,
        limit,
        after,
    )


def list_items(
    connection: Connection,
    property_id: UUID | None = None,
    status: str | None = None,
    limit: int = 100,
    after: object = None,
) -> list[Json]:
    """A page of the queue."""
    return call_rows(
        connection,
        "select * from lead_sync.list_items(%s, %s, %s, %s)",
        property_id,
        status,
        limit,
        after,
    )


def archive_old_sync_logs(connection: Connection) -> int:
    """Archive one batch of log rows past their retention; how many."""
    return int(call_value(connection, "select lead_sync.archive_old_sync_logs()"))


def archive_resolved_conflicts(connection: Connection) -> int:
    """Archive one batch of resolved conflicts past their retention; how many."""
    return int(call_value(connection, "select lead_sync.archive_resolved_conflicts()"))


def cleanup_old_queue_items(connection: Connection) -> int:
    """Archive one batch of ended items past their retention; how many."""
    return int(call_value(connection, "select lead_sync.cleanup_old_queue_items()"))


def purge_archive(connection: Connection, before: datetime) -> int:
    """Delete one batch of archived rows older than `before`; how many."""
    return int(call_value(connection, "select lead_sync.purge_archive(%s)", before))


def check_installation(connection: Connection, code_sha256: str | None = None) -> list[Json]:
    """What is wrong with the package in the database."""
    return call_rows(connection, "select * from lead_sync.check_installation(%s)", code_sha256)


def check_server(connection: Connection) -> list[Json]:
    """What in the server hinders the package."""
    return call_rows(connection, "select * from lead_sync.check_server()")
