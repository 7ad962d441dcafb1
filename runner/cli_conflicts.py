"""`leadsync conflicts`: looking at conflicts, deciding them, bringing values back."""

import json
from uuid import UUID

import click

from runner import calls_merge
from runner.cli_options import Group, json_option, option, page_options, with_settings
from runner.cli_output import print_document, print_json, print_rows
from runner.db import session
from runner.settings import Settings

_STATUSES = ["open", "pending", "manual_review", "auto_resolved", "resolved"]
_STRATEGIES = ["resman_wins", "domiq_wins", "merged", "manual_review"]
_LISTED = (
    "conflict_id",
    "conflict_type",
    "conflict_field",
    "conflict_severity",
    "resolution_status",
    "domiq_value",
    "resman_value",
    "winner",
    "created_at",
)


@click.group(cls=Group)
def conflicts() -> None:
    """What both sides disagree about, and what was decided."""


@conflicts.command("list")
@page_options(_STATUSES, "conflict")
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
    """List conflicts, with both sides' values."""
    with session(settings) as connection:
        rows = calls_merge.list_conflicts(connection, property_id, status, limit, after)
    print_rows(rows, _LISTED, as_json)


@conflicts.command()
@click.argument("conflict_id", type=click.UUID)
@json_option
@with_settings()
def show(settings: Settings, conflict_id: UUID, as_json: bool) -> None:
    """Show all of one conflict, both values and the base side by side."""
    with session(settings) as connection:
        found = calls_merge.explain_conflict(connection, conflict_id)
    if as_json:
        print_json(found)
        return
    seen, now = found["seen"], found["now"] or {}
    base = seen["base"] if isinstance(seen["base"], dict) else {}
    sides = [seen["domiq"], seen["resman"], base.get("domiq"), now.get("domiq")]
    # the leads of an ambiguous identity are a list: shown below, as they were found
    if isinstance(seen["resman"], dict) or seen["resman"] is None:
        fields = {field: None for side in (*sides, now.get("resman")) for field in side or {}}
        print_rows(
            [
                {
                    "field": field,
                    "domiq": (seen["domiq"] or {}).get(field),
                    "base": (base.get("domiq") or {}).get(field),
                    "resman": (seen["resman"] or {}).get(field),
                    "domiq now": (now.get("domiq") or {}).get(field),
                    "resman now": (now.get("resman") or {}).get(field),
                }
                for field in fields
            ],
            ("field", "domiq", "base", "resman", "domiq now", "resman now"),
            False,
        )
        click.echo()
    print_document(found, False)


@conflicts.command()
@click.argument("conflict_id", type=click.UUID)
@option(
    "--strategy", type=click.Choice(_STRATEGIES), required=True, help="Which value is to hold."
)
@option("--value", metavar="JSON", help="With merged: the value both sides are to hold.")
@option("--notes", metavar="TEXT", help="Why, for those who look later.")
@option("--by", type=click.UUID, metavar="ID", help="The property manager who decided.")
@json_option
@with_settings()
def resolve(
    settings: Settings,
    *,
    conflict_id: UUID,
    strategy: str,
    value: str | None,
    notes: str | None,
    by: UUID | None,
    as_json: bool,
) -> None:
    """Decide an open conflict."""
    given = None
    if value is not None:
        try:
            given = calls_merge.json_value(json.loads(value))
        except ValueError:
            # the text itself may be a person's data
            raise click.UsageError(
                "--value is not JSON; a text wants quotes: '\"…\"'"
            ) from None
    with session(settings) as connection:
        done = calls_merge.resolve_conflict(
            connection, conflict_id, strategy, value=given, resolved_by=by, notes=notes
        )
    print_document(done, as_json)


@conflicts.command()
@click.argument("conflict_id", type=click.UUID)
@json_option
@with_settings()
def restore(settings: Settings, conflict_id: UUID, as_json: bool) -> None:
    """Bring back the value that lost."""
    with session(settings) as connection:
        done = calls_merge.restore_value(connection, conflict_id)
    print_document(done, as_json)
