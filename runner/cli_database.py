"""`leadsync migrate`, `rollback` and `archive`."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

import click

from runner import calls_service as service
from runner import migrate as package
from runner.cli_options import Command, Failure, Moment, json_option, option, with_settings
from runner.cli_output import print_document, print_json
from runner.db import session
from runner.migrate import LockWaitError, Patience, SqlFileError
from runner.settings import Settings

_CODE = "functions, triggers and views"

F = TypeVar("F", bound=Callable[..., Any])


def _patience(function: F) -> F:
    """`--lock-timeout` and `--lock-wait`."""
    for name, least, text in (
        ("--lock-wait", 0.0, "Seconds for which a lock is asked for again and again."),
        (
            "--lock-timeout",
            0.01,
            "Seconds that one request for a lock may wait; DomIQ's own statements queue behind "
            "it. Keep it below the server's deadlock_timeout.",
        ),
    ):
        default = getattr(Patience(), name[2:].replace("-", "_"))
        function = option(
            name,
            type=click.FloatRange(min=least, max=86400),
            default=default,
            show_default=True,
            metavar="S",
            help=text,
        )(function)
    return function


@click.command(cls=Command)
@option("--plan", is_flag=True, help="List what would be done and change nothing.")
@_patience
@json_option
@with_settings()
def migrate(settings: Settings, plan: bool, as_json: bool, **waits: float) -> None:
    """Install the package into DomIQ's database, or bring it up to date."""
    url = settings.require_database_url()
    try:
        if plan:
            todo = package.plan(url)
            if as_json:
                print_json({"pending": todo.applied, "code": todo.code_loaded})
            else:
                lines = [*todo.applied, *[_CODE] * todo.code_loaded]
                click.echo("\n".join(lines) or "nothing to apply")
            return
        result = package.migrate(url, patience=Patience(**waits))
    except (package.SqlFileError, package.MigrationError) as error:
        raise _failed(error) from None
    if as_json:
        print_json({"applied": result.applied, "code_loaded": result.code_loaded})
        return
    for each in result.applied:
        click.echo(f"applied {each}")
    click.echo(f"{_CODE} loaded" if result.code_loaded else "up to date")


@click.command(cls=Command)
@option("--yes", is_flag=True, help="Yes, take the package out; what it recorded is lost.")
@option(
    "--count",
    type=click.IntRange(min=1),
    metavar="N",
    help="Roll back only the last N migrations.",
)
@_patience
@json_option
@with_settings()
def rollback(
    settings: Settings, yes: bool, count: int | None, as_json: bool, **waits: float
) -> None:
    """Take the package out again, with all that it has recorded; DomIQ's data stays."""
    url = settings.require_database_url()
    if not yes:
        raise click.UsageError(
            "this removes lead-sync's tables with all mappings, logs and "
            "conflicts: say --yes to do it"
        )
    try:
        gone = package.rollback(
            url,
            all_=count is None,
            count=count,
            patience=Patience(**waits),
        )
    except (package.SqlFileError, package.MigrationError) as error:
        raise _failed(error) from None
    if as_json:
        print_json({"rolled_back": gone})
    else:
        click.echo("\n".join(f"rolled back {each}" for each in gone) or "nothing to roll back")


def _failed(error: Exception) -> Failure:
    """A failed check of ours is 4; what another statement says may quote values."""
    if not isinstance(error, SqlFileError):
        return Failure(str(error), 1 if isinstance(error, LockWaitError) else 4)
    return Failure(str(error), 4 if "check-prerequisites" in error.file else 1)


@click.command(cls=Command)
@option(
    "--purge-before",
    type=Moment(),
    metavar="T",
    help="Delete from the archives, for good, what was archived before T.",
)
@json_option
@with_settings()
def archive(settings: Settings, purge_before: "datetime | None", as_json: bool) -> None:
    """Move ended items, old logs and resolved conflicts into the archives, in batches."""
    moved = {"logs": 0, "conflicts": 0, "items": 0}
    with session(settings) as connection:
        for name, function in (
            ("logs", service.archive_old_sync_logs),
            ("conflicts", service.archive_resolved_conflicts),
            ("items", service.cleanup_old_queue_items),
        ):
            while rows := function(connection):
                moved[name] += rows
        if purge_before is not None:
            moved["purged"] = service.purge_archive(connection, purge_before)
    print_document(moved, as_json)
