"""The table on stdout, the JSON beside it, and the notes as Markdown."""

import json
import os
import platform
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table

from bench.harness import Bench, connect, one
from bench.result import Result
from runner import __version__


def machine(bench: Bench) -> dict[str, Any]:
    """Where it was measured."""
    with connect(bench.server.url()) as connection:
        version = str(one(connection, "show server_version"))
        settings = {
            name: str(one(connection, f"show {name}"))
            for name in ("shared_buffers", "fsync", "synchronous_commit", "max_wal_size")
        }
    model = next(
        (
            line.partition(":")[2].strip()
            for line in _lines("/proc/cpuinfo")
            if line.startswith("model name")
        ),
        platform.processor(),
    )
    return {
        "cores": os.cpu_count(),
        "cpu": model,
        "memory_mb": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20,
        "load_at_start": os.getloadavg()[0],
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "postgresql": version,
        "settings": settings,
    }


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text(encoding="utf-8").splitlines()
    except OSError:
        return []


def as_json(bench: Bench, facts: dict[str, Any], results: list[Result]) -> dict[str, Any]:
    """Everything that was measured."""
    return {
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "version": __version__,
        "scale": bench.scale,
        "repetitions": bench.repetitions,
        "machine": facts,
        "results": [result.as_json() for result in results],
        "notes": bench.notes,
    }


def write(path: Path, measured: dict[str, Any], files: dict[str, str]) -> None:
    """Write the JSON, and beside it the notes as Markdown, and further files."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(measured, indent=1, default=str) + "\n", encoding="utf-8")
    for name, text in files.items():
        path.with_name(name).write_text(text, encoding="utf-8")
    notes = [f"## {title}\n\n```\n{text}\n```\n" for title, text in measured["notes"].items()]
    path.with_suffix(".notes.md").write_text("\n".join(notes), encoding="utf-8")


def figure(value: float) -> str:
    """A number with three significant digits."""
    if value >= 1000:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def table(results: list[Result]) -> Table:
    """The table a person reads."""
    drawn = Table(box=box.SIMPLE_HEAD)
    for name in ("", "measure"):
        drawn.add_column(name, overflow="fold")
    for name in ("ours", "against", "ratio", "target"):
        drawn.add_column(name, justify="right", no_wrap=True)
    for name in ("reached", "notes"):
        drawn.add_column(name, overflow="fold")
    for each in results:
        drawn.add_row(
            each.row,
            f"{each.what}, {each.unit} (against: {each.versus})",
            figure(each.ours),
            figure(each.against) if each.against else "-",
            figure(each.ratio) if each.against else "",
            str(each.target or ""),
            {True: "yes", False: "NO", None: ""}[each.reached],
            each.note,
        )
    return drawn


def show(results: list[Result]) -> None:
    """Print the table."""
    console = Console()
    if not console.is_terminal:
        console = Console(width=150)
    console.print(table(results))
