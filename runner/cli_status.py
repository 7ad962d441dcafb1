"""`leadsync status`."""

import sys
import time
from typing import Any

import click

from runner.calls import call_rows
from runner.cli_options import Command, json_option, option, with_settings
from runner.cli_output import print_json, print_rows
from runner.db import EXIT_UNHEALTHY, Connection, session
from runner.settings import Settings

_PROPERTIES = (
    "property_id",
    "property_name",
    "sync_enabled",
    "sync_status",
    "last_successful_sync_at",
    "error_count",
    "pending_queue_items",
    "pending_conflicts",
)
_BACKLOG = ("property_id", "sync_operation", "status", "items", "oldest_age", "next_retry_at")
_UNHEALTHY = ("error", "disconnected")


def read_status(connection: "Connection") -> dict[str, Any]:
    """The properties that have an integration, what waits, and whether all are well."""
    properties = call_rows(
        connection,
        "select * from public.property_sync_status where sync_status is not null "
        "order by property_name, property_id",
    )
    backlog = call_rows(
        connection,
        "select * from lead_sync.queue_backlog order by property_id, sync_operation, status",
    )
    unhealthy = [row for row in properties if row["sync_status"] in _UNHEALTHY]
    return {"healthy": not unhealthy, "properties": properties, "queue": backlog}


@click.command(cls=Command)
@option("--watch", is_flag=True, help="Look again and again, until interrupted.")
@option(
    "--interval",
    type=click.FloatRange(min=0.2),
    default=2.0,
    metavar="S",
    help="Seconds between two looks; 2.",
)
@json_option
@with_settings()
def status(settings: Settings, watch: bool, interval: float, as_json: bool) -> None:
    """Show how each property stands and what waits; exit code 5 if one is in error."""
    with session(settings) as connection:
        while True:
            seen = read_status(connection)
            if watch and sys.stdout.isatty() and not as_json:
                click.clear()
            _show(seen, as_json)
            if not watch:
                break
            try:
                time.sleep(interval)
            except KeyboardInterrupt:
                break
    if not seen["healthy"]:
        click.get_current_context().exit(EXIT_UNHEALTHY)


def _show(seen: dict[str, Any], as_json: bool) -> None:
    if as_json:
        print_json(seen)
        return
    print_rows(seen["properties"], _PROPERTIES, False)
    if seen["queue"]:
        click.echo()
        print_rows(seen["queue"], _BACKLOG, False)
