"""`leadsync queue`: looking at items, and queueing or cancelling them by hand."""

from typing import Any
from uuid import UUID

import click

from runner.calls_service import cancel_item, list_items, requeue_failed, requeue_item
from runner.cli_options import Failure, Group, json_option, option, page_options, with_settings
from runner.cli_output import print_document, print_json, print_rows
from runner.db import session
from runner.settings import Settings

_STATUSES = ["pending", "processing", "completed", "failed", "cancelled"]
_LISTED = (
    "id",
    "item_id",
    "property_id",
    "conversation_id",
    "sync_operation",
    "status",
    "priority",
    "attempt",
    "next_retry_at",
    "error_code",
    "created_at",
)


@click.group(cls=Group)
def queue() -> None:
    """The items that wait, are in flight, or have failed."""


@queue.command("list")
@page_options(_STATUSES, "item")
@with_settings()
def list_(
    settings: Settings,
    *,
    property_id: UUID | None,
    status: str | None,
    limit: int,
    after: UUID | None,
    as_json: bool,
) -> None:
    """List items."""
    with session(settings) as connection:
        rows = list_items(connection, property_id, status, limit, after)
    print_rows(rows, [c for c in _LISTED if not rows or c in rows[0]], as_json)


@queue.command()
@click.argument("item_id", type=click.UUID)
@json_option
@with_settings()
def show(settings: Settings, item_id: UUID, as_json: bool) -> None:
    """Show all of one item."""
    after: UUID | None = None
    with session(settings) as connection:
        while rows := list_items(connection, None, None, 1000, after):
            for row in rows:
                if _id(row) == item_id:
                    print_document(row, as_json)
                    return
            after = _id(rows[-1])
    raise Failure(f"no item {item_id}")


def _id(row: dict[str, Any]) -> UUID:
    found: UUID = row["item_id"] if "item_id" in row else row["id"]
    return found


@queue.command()
@click.argument("item_id", type=click.UUID, required=False)
@option("--failed", is_flag=True, help="All dead letters instead of one item.")
@option(
    "--property",
    "property_id",
    type=click.UUID,
    metavar="ID",
    help="With --failed: of this property only.",
)
@json_option
@with_settings()
def requeue(
    settings: Settings,
    item_id: UUID | None,
    failed: bool,
    property_id: UUID | None,
    as_json: bool,
) -> None:
    """Queue a dead letter again, or all of them."""
    if failed == (item_id is not None):
        raise click.UsageError("give either ITEM_ID or --failed")
    if property_id is not None and not failed:
        raise click.UsageError("--property goes with --failed")
    with session(settings) as connection:
        if item_id is not None:
            requeue_item(connection, item_id)
            count = 1
        else:
            count = requeue_failed(connection, property_id)
    if as_json:
        print_json({"requeued": count})
    else:
        click.echo(f"{count} requeued")


@queue.command()
@click.argument("item_id", type=click.UUID)
@json_option
@with_settings()
def cancel(settings: Settings, item_id: UUID, as_json: bool) -> None:
    """Cancel an item that waits or has failed."""
    with session(settings) as connection:
        cancel_item(connection, item_id)
    if as_json:
        print_json({"cancelled": 1})
    else:
        click.echo("cancelled")
