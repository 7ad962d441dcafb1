"""`leadsync doctor`."""

import os
import sys
from collections.abc import Iterator
from dataclasses import fields

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from runner.cli_options import Command, json_option, option, with_settings
from runner.cli_output import clean, print_json
from runner.doctor import Wanted, examine, exit_code
from runner.doctor_finding import FAILED, NOTE, OK, SEVERITIES, WARNING, Finding
from runner.settings import Settings, variables

_STYLE = {OK: "green", NOTE: "cyan", WARNING: "yellow", FAILED: "bold red"}
_PREFIX = "LEADSYNC_"


@click.command(cls=Command)
@option("--offline", is_flag=True, help="Make no call to ResMan.")
@option(
    "--all-properties",
    is_flag=True,
    help="Call ResMan for paused and disconnected properties, too.",
)
@json_option
@with_settings("keys_file", "resman_base_url")
def doctor(settings: Settings, offline: bool, all_properties: bool, as_json: bool) -> None:
    """Look for what is wrong with the installation, and say what to do about it.

    Changes nothing. Exit code 0: all is well, or there are notes and warnings alone; 4: a check
    failed; 3: the database cannot be reached; 2: the configuration cannot be used.
    """
    unknown = _unknown_variables(click.get_current_context())
    findings = list(examine(settings, Wanted(offline, all_properties), unknown))
    code = exit_code(findings)
    if as_json:
        print_json({"exit_code": code, "findings": [each.as_dict() for each in findings]})
    else:
        _print(findings)
    if code:
        click.get_current_context().exit(code)


def _print(findings: list[Finding]) -> None:
    """The worst last, where a person's eye is; each remedy whole, to be copied."""
    ordered = sorted(findings, key=lambda each: SEVERITIES.index(each.severity))
    if sys.stdout.isatty():
        table = Table(box=None, pad_edge=False, show_header=False)
        for each in ordered:
            text = Text(clean(each.finding))
            if each.remedy:
                text.append(f"\n→ {clean(each.remedy)}", style="dim")
            table.add_row(Text(each.severity, _STYLE[each.severity]), each.check_name, text)
        Console().print(table)
    else:
        for each in ordered:
            click.echo(f"{each.severity:8}{each.check_name:20}{clean(each.finding)}")
            if each.remedy:
                click.echo(f"{'':28}-> {clean(each.remedy)}")
    counts = {name: sum(each.severity == name for each in findings) for name in SEVERITIES}
    click.echo(", ".join(f"{count} {name}" for name, count in counts.items() if count))


def _unknown_variables(ctx: click.Context) -> list[str]:
    """Variables of the environment that begin like ours and belong to no option."""
    known = {f"{_PREFIX}PG_BINDIR", *_variables(ctx.find_root().command)}
    known.update(name for each in fields(Settings) for name in variables(each.name))
    return [name for name in os.environ if name.startswith(_PREFIX) and name not in known]


def _variables(command: click.Command) -> Iterator[str]:
    for param in command.params:
        names = param.envvar or ()
        yield from [names] if isinstance(names, str) else names
        if param.name:
            yield _PREFIX + param.name.upper()
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            found = command.get_command(context, name)
            if found is not None:
                yield from _variables(found)
