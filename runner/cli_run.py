"""`leadsync run` and `demo`."""

import importlib

import click

from runner.caller import Caller
from runner.cli_options import Command, Failure, option, with_settings
from runner.daemon import Runner
from runner.db import EXIT_UNHEALTHY, session
from runner.settings import Settings


@click.command(cls=Command)
@option(
    "--drain",
    is_flag=True,
    help="Run the schedule once, work until nothing is left to claim, and end.",
)
@option(
    "--drain-wait",
    type=click.FloatRange(min=0),
    metavar="S",
    help="With --drain: wait for what falls due within S seconds; 0.",
)
@option("--fail-on-dead", is_flag=True, help="End with exit code 5 if there are dead letters.")
@with_settings(
    *("listen_url", "listen_url_file", "resman_base_url", "keys_file", "slots", "batch"),
    *("lease", "grace", "health_file"),
)
def run(settings: Settings, drain: bool, drain_wait: float | None, fail_on_dead: bool) -> None:
    """Make the calls to ResMan that the database asks for, until SIGTERM."""
    if drain_wait is not None and not drain:
        raise click.UsageError("--drain-wait goes with --drain")
    settings.require_database_url()
    runner = Runner(settings, Caller.from_settings(settings))
    with runner.signals():
        if not runner.run((drain_wait or 0.0) if drain else None):
            raise Failure("stopped before everything was done")
    if fail_on_dead:
        with session(settings) as connection:
            row = connection.execute("select count(*) from lead_sync.dead_letters").fetchone()
        if row and row[0]:
            click.echo(f"{row[0]} dead letters", err=True)
            click.get_current_context().exit(EXIT_UNHEALTHY)


@click.command(cls=Command)
@option("--keep", is_flag=True, help="Leave everything running and say where.")
def demo(keep: bool) -> None:
    """Run DomIQ's stand-in, ResMan's and lead-sync on this machine, and compare the leads."""
    main = importlib.import_module("runner.demo").main
    click.get_current_context().exit(main(keep=keep))
