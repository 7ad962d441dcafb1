"""`leadsync simulator`: an option for every switch."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from runner import simulator as resman
from runner.cli_options import Command, Failure, option
from runner.simulator_about import ABOUT
from runner.simulator_switches import BY_NAME, CHOICES, describe_values


def _check(_ctx: click.Context, param: click.Parameter, value: str | None) -> str | None:
    """Let the switch itself say whether it takes a value."""
    if value is not None:
        try:
            resman.parse_switch(f"{param.name}={value}")
        except ValueError as error:
            raise click.BadParameter(str(error)) from None
    return value


def _switch_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command an option for every switch."""
    for name in reversed(BY_NAME):
        choices = CHOICES.get(name)
        shown = f"{BY_NAME[name].default}" or "none"
        function = option(
            f"--{name.replace('_', '-')}",
            name,
            type=click.Choice(choices) if choices else str,
            metavar=None if choices else describe_values(name).replace("whole number", "N"),
            callback=_check,
            help=f"{ABOUT[name][0]} [{shown}]",
        )(function)
    return function


@click.command(cls=Command)
@option("--host", default="127.0.0.1", metavar="HOST", help="Where to listen. [127.0.0.1]")
@option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8099,
    metavar="N",
    help="0 takes a free one. [8099]",
)
@option(
    "--state",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Keep leads and accounts in this file, over a restart.",
)
@option(
    "--property",
    "properties",
    multiple=True,
    metavar="GUID",
    help="A property to know; may be repeated.",
)
@option(
    "--allow-host",
    "hosts",
    multiple=True,
    metavar="NAME",
    help="A name by which others than this machine may use page and controls.",
)
@option(
    "--switch",
    "switches",
    multiple=True,
    metavar="NAME=VALUE",
    help="A switch, in another form; may be repeated.",
)
@_switch_options
def simulator(
    host: str,
    port: int,
    state: Path | None,
    properties: tuple[str, ...],
    hosts: tuple[str, ...],
    *,
    switches: tuple[str, ...],
    **named: str | None,
) -> None:
    """Run a ResMan to try things against, with a page that shows its leads.

    Its page is at the address that it prints; docs/simulator.md describes it. The options below
    --switch say how this ResMan behaves, where public material leaves that open.
    """
    try:
        chosen = dict(resman.parse_switch(text) for text in switches)
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    chosen |= {name: value for name, value in named.items() if value is not None}
    try:
        resman.serve(
            host,
            port,
            switches=chosen,
            state=state,
            properties=properties,
            allowed_hosts=hosts,
            ready=lambda running: click.echo(resman.describe(running)),
        )
    except (OSError, OverflowError, ValueError, resman.RefusedError) as error:
        raise Failure(f"cannot serve: {error}") from None
