"""One thin function per SQL function on leads both ways, under the same name.

As in `runner.calls`: the connection first, nothing is decided, psycopg.Error is raised.
"""

from datetime import datetime
from uuid import UUID

from psycopg.types.json import Jsonb

from runner.calls import Json, call_value
from runner.db import Connection


def enqueue_pull(
    connection: Connection,
    property_id: UUID,
    since: datetime | None = None,
    priority: int = 2,
) -> UUID:
    """Queue a pull; the item's id."""
    item_id: UUID = call_value(
        connection, "select lead_sync.enqueue_pull(%s, %s, %s)", property_id, since, priority
    )
    return item_id


def receive_lead(connection: Connection, property_id: UUID, lead: Json) -> Json:
    """Take in a lead that a webhook brought; what became of it."""
    return dict(
        call_value(
            connection, "select lead_sync.receive_lead(%s, %s)", property_id, Jsonb(lead)
        )
    )


def merge_leads(connection: Connection, survivor: UUID, other: UUID) -> UUID:
    """Merge the lead of one conversation into another's; the item's id."""
    item_id: UUID = call_value(
        connection, "select lead_sync.merge_leads(%s, %s)", survivor, other
    )
    return item_id


def lead_history(connection: Connection, conversation_id: UUID) -> Json:
    """Who changed what of a lead, when, and what decided."""
    return dict(call_value(connection, "select lead_sync.lead_history(%s)", conversation_id))


def suppress_lead(connection: Connection, conversation_id: UUID, reason: str) -> None:
    """Keep a person from being synced."""
    call_value(connection, "select lead_sync.suppress_lead(%s, %s)", conversation_id, reason)


def lift_suppression(connection: Connection, conversation_id: UUID) -> UUID | None:
    """Let a person sync again; the item's id where one was queued."""
    item_id: UUID | None = call_value(
        connection, "select lead_sync.lift_suppression(%s)", conversation_id
    )
    return item_id


def erase_lead(connection: Connection, conversation_id: UUID) -> Json:
    """Erase what the package keeps of a lead; rows by table."""
    return dict(call_value(connection, "select lead_sync.erase_lead(%s)", conversation_id))


def erase_user(connection: Connection, user_id: UUID) -> Json:
    """Erase what the package keeps of a user; rows by table."""
    return dict(call_value(connection, "select lead_sync.erase_user(%s)", user_id))


def run_reconciliation(connection: Connection, property_id: UUID, repair: bool = False) -> UUID:
    """Queue a sweep over a property's links; the run's id."""
    run_id: UUID = call_value(
        connection, "select lead_sync.run_reconciliation(%s, %s)", property_id, repair
    )
    return run_id


def reconciliation_report(connection: Connection, run_id: UUID) -> Json:
    """What a sweep has found."""
    return dict(call_value(connection, "select lead_sync.reconciliation_report(%s)", run_id))
