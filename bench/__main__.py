"""`python -m bench [P1 P4 …]`: measure rows; a table on stdout, JSON and notes in files."""

import importlib
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path

import click

from bench import report
from bench.harness import Bench, open_bench
from bench.result import Result

Row = Callable[[Bench], Iterator[Result]]

ROWS = {
    "P1": "bench.claim",
    "P2": "bench.drain",
    "P3": "bench.drain",
    "P4": "bench.capture",
    "P5": "bench.capture",
    "P6": "bench.notify",
    "P7": "bench.latency",
    "P8": "bench.snapshot",
    "P9": "bench.end_to_end",
    "P10": "bench.pull",
    "P11": "bench.fairness",
    "P12": "bench.views",
    "P13": "bench.growth",
}
"""The module of each row; its function is named after the row."""
MORE = {"storage": "bench.storage", "floors": "bench.floors"}
"""What is measured when it is named, to choose settings by or to explain; it has no target."""


def find_row(name: str) -> Row:
    """The function that measures a row."""
    function: Row = getattr(importlib.import_module((ROWS | MORE)[name]), name.lower())
    return function


def measure(bench: Bench, name: str) -> Iterator[Result]:
    """Measure a row, and say what came of each line as it comes."""
    bench.say(name)
    for result in find_row(name)(bench):
        bench.say(
            f"{name}: {result.what}: {report.figure(result.ours)} {result.unit}, "
            f"ratio {report.figure(result.ratio)}"
        )
        yield result


@click.command()
@click.argument("rows", nargs=-1, type=click.Choice([*ROWS, *MORE], case_sensitive=False))
@click.option("--scale", default=1.0, show_default=True, help="Shrink data and durations.")
@click.option("--repetitions", default=5, show_default=True, help="Of each side.")
@click.option(
    "--json",
    "path",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("bench/results/bench.json"),
    show_default=True,
    help="Where the figures go; the notes go beside them.",
)
def main(rows: tuple[str, ...], scale: float, repetitions: int, path: Path) -> None:
    """Measure ROWS, or all P rows: ratios of two sides of the same run, on its own server.

    What is measured is written after each row; one that fails does not keep the next from
    being measured, and makes the exit code 1.
    """
    results: list[Result] = []
    failed: list[str] = []
    with open_bench(scale, repetitions) as bench:
        facts = report.machine(bench)
        for name in rows or ROWS:
            try:
                results += measure(bench, name)
            except Exception:
                traceback.print_exc()
                failed.append(name)
            report.write(path, report.as_json(bench, facts, results), bench.files)
    report.show(results)
    click.echo(f"figures in {path}, notes in {path.with_suffix('.notes.md')}", err=True)
    if failed:
        raise click.ClickException(f"not measured: {', '.join(failed)}")


if __name__ == "__main__":
    main()
