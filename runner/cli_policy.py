"""`leadsync policy`: who wins when both sides changed a field."""

from datetime import datetime
from uuid import UUID

import click

from runner import calls_merge
from runner.cli_options import Group, Moment, json_option, option, with_settings
from runner.cli_output import print_json, print_rows
from runner.db import session
from runner.settings import Settings

_POLICIES = [
    "domiq_wins",
    "resman_wins",
    "newest_wins",
    "fill_blank_only",
    "furthest_stage",
    "union",
    "manual_review",
    "allow_blank",
    "suppress_blank",
]

_property = option(
    "--property", "property_id", type=click.UUID, metavar="ID", help="For this property only."
)


@click.group(cls=Group)
def policy() -> None:
    """Who wins when both sides changed a field."""


@policy.command()
@_property
@json_option
@with_settings()
def show(settings: Settings, property_id: UUID | None, as_json: bool) -> None:
    """Show the policy of every field."""
    with session(settings) as connection:
        rows = calls_merge.list_field_policies(connection, property_id)
    print_rows(rows, ("field_group", "fields", "policy", "allow_blank", "set_for"), as_json)


@policy.command("set")
@click.argument("field")
@click.argument("name", metavar="POLICY", type=click.Choice([*_POLICIES, "none"]))
@_property
@json_option
@with_settings()
def set_(
    settings: Settings, field: str, name: str, property_id: UUID | None, as_json: bool
) -> None:
    """Set the policy of FIELD, or of all; none removes what was set."""
    with session(settings) as connection:
        calls_merge.set_field_policy(connection, _field(field), _policy(name), property_id)
    if as_json:
        print_json({"field": field, "policy": name})
    else:
        click.echo(f"{field}: {name}")


@policy.command()
@click.argument("field")
@click.argument("name", metavar="POLICY", type=click.Choice(_POLICIES))
@_property
@option("--since", type=Moment(), metavar="T", help="Conflicts found since then.")
@json_option
@with_settings()
def preview(
    settings: Settings,
    *,
    field: str,
    name: str,
    property_id: UUID | None,
    since: datetime | None,
    as_json: bool,
) -> None:
    """List the conflicts that would have ended otherwise; FIELD may be all."""
    with session(settings) as connection:
        rows = calls_merge.preview_field_policy(
            connection, _field(field), name, property_id, since
        )
    print_rows(
        rows,
        (
            "conflict_id",
            "field_group",
            "ended",
            "ended_value",
            "would_end",
            "would_value",
            "why",
        ),
        as_json,
    )


def _field(field: str) -> str | None:
    return None if field == "all" else field


def _policy(name: str) -> str | None:
    return None if name == "none" else name
