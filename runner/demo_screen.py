"""What the demo says: coloured on a terminal, plain lines elsewhere."""

import contextlib
import re
import threading
import time
from typing import Any

import click
from rich.console import Console

from runner.demo_compare import FIELDS, Comparison, Values

Rows = list[dict[str, Any]]


class Screen:
    """Lines with the seconds since it was made."""

    def __init__(self) -> None:
        """Write to stdout."""
        self._console = Console(highlight=False, markup=False, emoji=False)
        self._start = time.monotonic()

    def line(self, text: str = "", style: str = "") -> None:
        """One line as it is, however wide the terminal."""
        if self._console.is_terminal:
            self._console.print(text, style=style or None, soft_wrap=True)
        else:
            click.echo(text)

    def say(self, text: str, style: str = "") -> None:
        """A line of progress."""
        self.line(f"{time.monotonic() - self._start:5.1f} s  {text}", style)

    def title(self, text: str) -> None:
        """A heading."""
        self.line()
        self.line(text, "bold")

    def table(self, rows: Rows) -> None:
        """Rows under the names of their columns, aligned."""
        if not rows:
            self.line("  (none)")
            return
        names = list(rows[0])
        texts = [names, *([_show(row[name]) for name in names] for row in rows)]
        widths = [max(len(row[i]) for row in texts) for i in range(len(names))]
        for number, row in enumerate(texts):
            cells = "  ".join(
                cell.ljust(width) for cell, width in zip(row, widths, strict=True)
            )
            self.line("  " + cells.rstrip(), "" if number else "dim")

    def keep(self, database_url: str, resman_url: str) -> None:
        """Show where everything is, until Ctrl-C."""
        shown = re.sub(r"(//[^/:@]*):[^@/]*@", r"\1@", database_url)  # no password
        with contextlib.suppress(KeyboardInterrupt):
            self.title("Everything keeps running until Ctrl-C")
            self.line(f"  DATABASE_URL='{shown}'")
            self.line(f"  RESMAN_BASE_URL={resman_url}   (its leads, in a browser: the same)")
            threading.Event().wait()
        self.line("Stopping.")

    def comparison(self, result: Comparison) -> None:
        """Both sides of every lead, then how often each field agrees."""
        self.title("What DomIQ holds beside what ResMan holds")
        self.line("  " + " | ".join(FIELDS), "dim")
        for key in sorted({*result.domiq, *result.resman}):
            self.line(" / ".join(key))
            ours, theirs = result.domiq.get(key), result.resman.get(key)
            self.line("  DomIQ   " + _values(ours))
            self.line("  ResMan  " + _values(theirs), "" if _agree(ours, theirs) else "red")
        self.title("Fields that agree")
        self.table(
            [
                {
                    "field": name,
                    "agree": result.agreed[name],
                    "of": result.asked[name],
                    "": "" if result.agreed[name] == result.asked[name] else "DIFFERENT",
                }
                for name in ("one lead", *FIELDS)
            ]
        )


def _agree(ours: Values | None, theirs: Values | None) -> bool:
    if ours is None or theirs is None:
        return False
    return all(theirs[name] == value for name, value in ours.items())


def _values(values: Values | None) -> str:
    if values is None:
        return "(no lead)"
    return " | ".join(values.get(name, "(not said)") or "-" for name in FIELDS)


def _show(value: object) -> str:
    return "-" if value is None else str(value)
