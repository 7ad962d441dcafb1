"""`leadsync reconcile`: a sweep over the links of a property, and what it found."""

import time
from uuid import UUID

import click

from runner.calls_leads import reconciliation_report, run_reconciliation
from runner.cli_options import Command, json_option, option, with_settings
from runner.cli_output import print_document
from runner.db import EXIT_MISSING, session
from runner.settings import Settings

_EVERY = 0.5  # seconds between two looks at a sweep that runs
_OFF = {"drift", "missing_in_resman", "missing_in_domiq"}


@click.command(cls=Command)
@click.argument("property_id", type=click.UUID)
@option("--repair", is_flag=True, help="Put what differs without a reason through the merge.")
@option(
    "--wait",
    type=click.FloatRange(min=0),
    default=0.0,
    metavar="S",
    help="Seconds to wait for the runners to finish the sweep; 0.",
)
@json_option
@with_settings()
def reconcile(
    settings: Settings, property_id: UUID, repair: bool, wait: float, as_json: bool
) -> None:
    """Read every linked lead of a property from ResMan and compare it.

    The runners do the reading. Without --repair nothing is changed. Exit code 4 where
    something differs without a reason, or is missing on one side.
    """
    with session(settings) as connection:
        run_id = run_reconciliation(connection, property_id, repair)
        until = time.monotonic() + wait
        report = reconciliation_report(connection, run_id)
        while report["finished_at"] is None and time.monotonic() < until:
            time.sleep(_EVERY)
            report = reconciliation_report(connection, run_id)
    print_document(report, as_json)
    repaired = all(row.get("repaired") for row in report["findings"])
    if any(report["classes"].get(each) for each in _OFF) and not repaired:
        raise click.exceptions.Exit(EXIT_MISSING)
