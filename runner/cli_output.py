"""Prints rows and values: JSON on request, tables for people, plain columns for pipes."""

import json
import sys
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text


def print_json(value: object) -> None:
    """Print one JSON document on stdout."""
    click.echo(json.dumps(value, default=_plain, ensure_ascii=False, indent=_indent()))


def print_rows(
    rows: Sequence[Mapping[str, Any]], columns: Sequence[str], as_json: bool
) -> None:
    """Print rows: with `as_json` all they hold, else the named columns."""
    if as_json:
        print_json([dict(row) for row in rows])
        return
    texts = [[_text(row.get(column)) for column in columns] for row in rows]
    if sys.stdout.isatty():
        _print_table(columns, texts)
        return
    widths = [
        max(len(line[n]) for line in [list(columns), *texts]) for n in range(len(columns))
    ]
    for line in [list(columns), *texts]:
        cells = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        click.echo("  ".join(cells).rstrip())


def print_document(value: Mapping[str, Any], as_json: bool) -> None:
    """Print one object: a line for each key, nested ones as indented JSON."""
    if as_json:
        print_json(value)
        return
    width = max((len(str(key)) for key in value), default=0)
    for key, each in value.items():
        if isinstance(each, (dict, list)) and each:
            click.echo(f"{key}:")
            nested = json.dumps(each, default=_plain, ensure_ascii=False, indent=2)
            click.echo("\n".join("  " + clean(line) for line in nested.splitlines()))
        else:
            click.echo(f"{str(key).ljust(width)}  {_text(each)}".rstrip())


def _print_table(columns: Sequence[str], texts: Sequence[Sequence[str]]) -> None:

    table = Table(box=None, pad_edge=False, header_style="bold")
    for column in columns:
        table.add_column(column, overflow="fold")
    for line in texts:
        table.add_row(*(Text(cell) for cell in line))
    Console().print(table)


def _indent() -> int | None:
    return 2 if sys.stdout.isatty() else None


def _text(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds")
    if isinstance(value, (dict, list)):
        return clean(json.dumps(value, default=_plain, ensure_ascii=False))
    return clean(str(value))


def clean(text: str) -> str:
    """Texts of others must not steer the terminal."""
    return "".join(c if c.isprintable() else " " for c in text)


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, Decimal):
        return int(value) if value == int(value) else float(value)
    return str(value)
