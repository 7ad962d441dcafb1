"""Brings measured rows into the docs: `python -m bench.publish [FILE]`.

FILE is what `make bench` wrote (bench/results/bench.json). Its rows take the place of the same
rows in docs/bench.json, each with when, where and at which scale it was measured; the table in
docs/bench.md is made from that, and the curves of P13 are copied beside it. Plans and profiles
stay with FILE: they are made again by the command that made them.
"""

import json
import re
import sys
from pathlib import Path
from typing import Any

from bench.report import figure
from bench.result import Target

DOCS = Path(__file__).resolve().parents[1] / "docs"
BEGIN, END = "<!-- measured -->", "<!-- end of measured -->"
_KEPT = "measured_at", "version", "scale", "repetitions", "machine"


def merged(published: dict[str, Any], measured: dict[str, Any]) -> dict[str, Any]:
    """The published rows, those replaced that were measured anew; in the order of names."""
    rows = dict(published)
    for name in dict.fromkeys(result["row"] for result in measured["results"]):
        rows[name] = {key: measured[key] for key in _KEPT} | {
            "results": [
                {key: value for key, value in result.items() if key != "note"}
                for result in measured["results"]
                if result["row"] == name
            ]
        }
    return dict(sorted(rows.items(), key=lambda row: (row[0][:1], _number(row[0]))))


def _number(name: str) -> int:
    digits = re.sub(r"\D", "", name)
    return int(digits) if digits else 0


def table(published: dict[str, Any]) -> str:
    """The published rows as Markdown, with where they were measured beneath."""
    lines = [
        "| row | measure | ours | against | ratio | target | reached |",
        "|---|---|--:|--:|--:|--:|---|",
    ]
    for name, row in published.items():
        lines += [_line(name, result) for result in row["results"]]
    return "\n".join([*lines, "", _where(published)])


def _line(name: str, result: dict[str, Any]) -> str:
    target = result["target"]
    cells = (
        name,
        f"{result['what']}, {result['unit']} (against: {result['versus']})",
        figure(result["ours"]),
        figure(result["against"]) if result["against"] else "",
        figure(result["ratio"]) if result["ratio"] is not None else "",
        str(Target(target["relation"], target["value"], target["of"])) if target else "",
        {True: "yes", False: "**no**", None: ""}[result["reached"]],
    )
    return f"| {' | '.join(cells)} |"


def _where(published: dict[str, Any]) -> str:
    """One sentence for all rows that were measured at the same place and scale."""
    places: dict[str, list[str]] = {}
    for name, row in published.items():
        machine = row["machine"]
        place = (
            f"on {machine['cores']} shared cores of {machine['cpu']},"
            f" {round(machine['memory_mb'] / 1024)} GB, PostgreSQL"
            f" {machine['postgresql'].split()[0]}, scale {row['scale']:g},"
            f" {row['measured_at'][:10]}"
        )
        places.setdefault(place, []).append(name)
    return "\n".join(
        f"Measured {place}: {', '.join(names)}.  " for place, names in places.items()
    )


def with_table(text: str, made: str) -> str:
    """The document with the table between its marks."""
    head, _, rest = text.partition(BEGIN)
    _, _, tail = rest.partition(END)
    return f"{head}{BEGIN}\n{made}\n{END}{tail}"


def main() -> None:
    """Publish a file of measurements."""
    source = Path(sys.argv[1] if len(sys.argv) > 1 else "bench/results/bench.json")
    kept, page = DOCS / "bench.json", DOCS / "bench.md"
    published = json.loads(kept.read_text(encoding="utf-8")) if kept.exists() else {}
    published = merged(published, json.loads(source.read_text(encoding="utf-8")))
    kept.write_text(json.dumps(published, indent=1) + "\n", encoding="utf-8")
    page.write_text(
        with_table(page.read_text(encoding="utf-8"), table(published)), encoding="utf-8"
    )
    for curve in source.parent.glob("growth-*.svg"):
        (DOCS / curve.name).write_text(curve.read_text(encoding="utf-8"), encoding="utf-8")


if __name__ == "__main__":
    main()
