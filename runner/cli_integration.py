"""`leadsync integration`: switching properties on, pausing, and trying their credentials."""

from collections import Counter
from datetime import datetime
from typing import Any
from uuid import UUID

import click

from runner import calls_service as service
from runner.caller import Caller
from runner.calls import Json
from runner.calls_service import (
    get_connection,
    list_integrations,
    pause_property,
    resume_property,
)
from runner.cli_credentials import credential_options, seal
from runner.cli_options import (
    Assignment,
    Failure,
    Group,
    Moment,
    json_option,
    option,
    with_settings,
)
from runner.cli_output import print_json, print_rows
from runner.db import session
from runner.envelope import partner_mark
from runner.settings import Settings

_LISTED = (
    "property_id",
    "property_name",
    "resman_property_id",
    "sync_enabled",
    "sync_status",
    "sync_direction",
    "sync_frequency",
    "last_successful_sync_at",
    "error_count",
    "status_reason",
)
_PREVIEWED = (
    "conversation_id",
    "resman_lead_id",
    "outcome",
    "pushes",
    "pulls",
    "conflicts",
    "why",
)
_PAGE = 1000  # rows of a preview that are read at once
_SETTINGS = ("default_source", "default_agent", "time_zone", "write_mode", "pull_since")


@click.group(cls=Group)
def integration() -> None:
    """The properties that are kept in step with ResMan."""


@integration.command()
@click.argument("property_id", type=click.UUID)
@option("--resman-property-id", required=True, metavar="ID", help="The property in ResMan.")
@credential_options
@option("--default-source", metavar="NAME", help="Source of leads that bring none.")
@option("--default-agent", metavar="NAME", help="Agent of leads without a known manager.")
@option("--direction", type=click.Choice(["to_resman", "from_resman", "bidirectional"]))
@option("--frequency", type=click.Choice(["realtime", "hourly", "daily"]))
@option(
    "--time-zone", metavar="TZ", help="Zone of DomIQ's tour times, such as America/Chicago."
)
@option("--write-mode", type=click.Choice(["live", "shadow"]))
@option(
    "--setting",
    "given_settings",
    multiple=True,
    type=Assignment(),
    help="Any setting of the property, such as rate_limit=10; an empty value restores the "
    "default. As often as needed.",
)
@option("--pull-since", type=Moment(), metavar="T", help="Where the first pull starts.")
@option(
    "--backfill-since",
    type=Moment("all"),
    metavar="T|all",
    help="Queue the conversations that exist already, from T on. Without it none moves.",
)
@json_option
@with_settings("keys_file")
def add(
    settings: Settings,
    *,
    property_id: UUID,
    as_json: bool,
    resman_property_id: str,
    account_id: int,
    partner_id: str,
    api_key_file: str,
    **more: Any,
) -> None:
    """Switch a property on, or change how it is set up; prints the integration's id."""
    envelope = seal(settings, property_id, account_id, partner_id, api_key_file)
    since: datetime | str | None = more["backfill_since"]
    queued = None
    with session(settings, autocommit=False) as connection:
        integration_id = service.configure_integration(
            connection,
            property_id,
            resman_property_id=resman_property_id,
            api_credentials=envelope,
            sync_direction=more["direction"],
            sync_frequency=more["frequency"],
            webhook_url=None,
        )
        for name in _SETTINGS:
            value = more[name]
            if value is not None:
                text = value.isoformat() if isinstance(value, datetime) else value
                service.set_property_setting(connection, property_id, name, text)
        service.set_property_setting(
            connection, property_id, "partner", partner_mark(partner_id)
        )
        for name, given in more["given_settings"]:
            service.set_property_setting(connection, property_id, name, given)
        eligible = service.count_eligible(connection, property_id)
        if since is not None:
            start = since if isinstance(since, datetime) else None
            queued = service.enqueue_backfill(connection, property_id, start)
    if as_json:
        print_json(
            {
                "integration_id": integration_id,
                "property_id": property_id,
                "eligible_existing": eligible,
            }
        )
        return
    click.echo(str(integration_id))
    if queued is None:
        click.echo(
            f"{eligible} existing conversations are eligible; none is queued without "
            "--backfill-since.",
            err=True,
        )
    else:
        click.echo(f"{queued} of {eligible} eligible conversations queued.", err=True)


@integration.command("list")
@json_option
@with_settings()
def list_(settings: Settings, as_json: bool) -> None:
    """List all integrations."""
    with session(settings) as connection:
        rows = list_integrations(connection)
    print_rows(rows, [c for c in _LISTED if not rows or c in rows[0]], as_json)


@integration.command()
@click.argument("property_id", type=click.UUID)
@option(
    "--outcome",
    "wanted",
    type=click.Choice(["create", "link", "update", "conflict", "skip"]),
    multiple=True,
    help="Print these alone; all are counted. May be given several times.",
)
@json_option
@with_settings()
def preview(
    settings: Settings, property_id: UUID, wanted: tuple[str, ...], as_json: bool
) -> None:
    """List what switching a property in shadow mode live would do.

    It tells what the runners have read and compared in shadow; prints no values of leads.
    """
    counts: Counter[str] = Counter()
    rows: list[Json] = []
    after = None
    with session(settings) as connection:
        while page := service.preview_integration(connection, property_id, _PAGE, after):
            counts.update(row["outcome"] for row in page)
            rows.extend(row for row in page if not wanted or row["outcome"] in wanted)
            after = page[-1]["row_id"]
    if as_json:
        print_json({"counts": counts, "leads": rows})
        return
    print_rows(rows, _PREVIEWED, False)
    told = ", ".join(f"{number} {outcome}" for outcome, number in sorted(counts.items()))
    click.echo(told or "The property has no conversations.", err=True)


@integration.command()
@click.argument("property_id", type=click.UUID)
@option("--reason", metavar="TEXT", help="Why, for those who look at the status.")
@with_settings()
def pause(settings: Settings, property_id: UUID, reason: str | None) -> None:
    """Stop claiming a property's items; edits are captured all the same."""
    with session(settings) as connection:
        pause_property(connection, property_id, reason)


@integration.command()
@click.argument("property_id", type=click.UUID)
@with_settings()
def resume(settings: Settings, property_id: UUID) -> None:
    """Claim a property's items again."""
    with session(settings) as connection:
        resume_property(connection, property_id)


@integration.command()
@click.argument("property_id", type=click.UUID)
@json_option
@with_settings("keys_file", "resman_base_url")
def test(settings: Settings, property_id: UUID, as_json: bool) -> None:
    """Open a property's credentials and make one call that changes nothing."""
    caller = Caller.from_settings(settings)
    with session(settings) as connection:
        found = get_connection(connection, property_id)
    response = caller({"call": "list_sources"}, found)
    works = response.get("outcome") == "ok"
    sources = [item.get("name") for item in response.get("items", [])]
    if as_json:
        shown = (
            {key: response.get(key) for key in ("kind", "code", "message")} if not works else {}
        )
        print_json(
            {
                "property_id": property_id,
                "works": works,
                "sources": sources,
                "elapsed_ms": response.get("elapsed_ms"),
                **shown,
            }
        )
    elif works:
        click.echo(
            f"ResMan answers for {found.get('resman_property_id')}: "
            f"{len(sources)} sources ({', '.join(map(str, sources))})"
        )
    if not works:
        raise Failure(
            f"{response.get('kind')}: {response.get('message')}",
            4,
            f"code {response.get('code')}",
        )
