"""`leadsync undo`: what pulls overwrote in DomIQ, and bringing it back."""

from collections import Counter
from datetime import datetime
from uuid import UUID

import click

from runner.calls_merge import undo_pulls
from runner.cli_options import Command, Failure, Moment, json_option, option, with_settings
from runner.cli_output import print_json, print_rows
from runner.db import session
from runner.settings import Settings

_PAGE = 50  # changes in one transaction
_LISTED = (
    "conversation_id",
    "field_group",
    "was",
    "is_now",
    "pulled_at",
    "outcome",
    "why",
)


@click.command(cls=Command)
@option("--property", "property_id", type=click.UUID, metavar="ID", required=True)
@option("--since", type=Moment(), metavar="T", required=True, help="Pulls from T on.")
@option("--apply", is_flag=True, help="Bring it back; without, it is only listed.")
@json_option
@with_settings()
def undo(
    settings: Settings, *, property_id: UUID, since: datetime, apply: bool, as_json: bool
) -> None:
    """List what pulls of a property have overwritten in DomIQ, or bring it back.

    A value that DomIQ or a person has changed since stays as it is. With --apply the values
    come back in DomIQ at once, a few in a transaction, and the runners bring them to ResMan.
    Prints values of people. Exit code 1 where some could not be had at once: run it again.
    """
    rows = []
    after: int | None = None
    with session(settings) as connection:
        while True:
            page = undo_pulls(connection, property_id, since, apply, limit=_PAGE, after=after)
            rows.extend(page)
            if len(page) < _PAGE:
                break
            after = page[-1]["change_id"]
    counts = Counter(row["outcome"] for row in rows)
    if as_json:
        print_json({"applied": apply, "counts": counts, "changes": rows})
    else:
        print_rows(rows, _LISTED, False)
        told = ", ".join(f"{number} {outcome}" for outcome, number in sorted(counts.items()))
        click.echo(told or "Nothing to undo.", err=True)
        if counts["restorable"]:
            click.echo("Nothing was changed; --apply brings them back.", err=True)
    if counts["busy"]:
        raise Failure("some leads were being written: run it again")
