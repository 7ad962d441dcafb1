"""What `leadsync credentials rotate` and `set --partner` show."""

import sys
from collections import Counter
from collections.abc import Iterable
from typing import Any

import click
from rich.console import Console
from rich.progress import track

from runner.cli_options import Failure
from runner.cli_output import print_json
from runner.envelope import Keyring
from runner.reseal import Progress, Report


def progress(verb: str) -> Progress:
    """A bar on stderr, where a person looks."""

    def show(properties: list[Any]) -> Iterable[Any]:
        return track(
            properties,
            verb,
            console=Console(stderr=True),
            transient=True,
            disable=not sys.stderr.isatty(),
        )

    return show


def print_report(report: Report, keyring: Keyring, as_json: bool) -> None:
    """Print what was done; raises Failure where not everything was."""
    unneeded = [kid for kid in keyring.kids if kid != report.kid and not report.by_kid.get(kid)]
    if as_json:
        print_json(
            {
                "kid": report.kid,
                "dry_run": report.dry_run,
                "sealed": len(report.done),
                "sealed_by_old_kid": dict(sorted(Counter(report.done.values()).items())),
                "envelopes_by_kid": dict(sorted(report.by_kid.items())),
                "unneeded_kids": unneeded,
                "moved": report.moved,
                "failed": [
                    {"property_id": property_id, "error": text}
                    for property_id, text in report.failed.items()
                ],
            }
        )
    else:
        _print_text(report, unneeded)
    for text in report.failed.values():
        click.echo(text, err=True)
    for property_id in report.moved:
        click.echo(f"property {property_id}: changed by others again and again", err=True)
    left = len(report.failed) + len(report.moved)
    if left:
        raise Failure(f"{left} envelopes were left as they are")


def _print_text(report: Report, unneeded: list[str]) -> None:
    counts = ", ".join(
        f"{kid}: {n}" for kid, n in sorted(Counter(report.done.values()).items())
    )
    verb = "would be sealed" if report.dry_run else "sealed"
    click.echo(
        f"{len(report.done)} of {report.by_kid.total()} envelopes {verb} with key {report.kid}"
        + (f", before with {counts}" if counts else "")
    )
    for kid, n in report.old_kids.items():
        click.echo(f"key {kid} is needed: {n} envelopes are sealed with it")
    for kid in unneeded:
        click.echo(
            f"key {kid} may go from LEADSYNC_KEYS: no envelope is sealed with it; keep it for "
            "as long as a backup may be restored"
        )
