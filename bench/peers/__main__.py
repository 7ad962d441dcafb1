"""`python -m bench.peers [drain latency claim]`: other queues beside ours, on one server."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import click

from bench import report
from bench.harness import Bench, open_bench
from bench.peers.claim import claim
from bench.peers.drain import drain
from bench.peers.install import install
from bench.peers.latency import latency
from bench.peers.programs import Installed, Missing
from bench.result import Result

Row = Callable[[Bench, Sequence[Installed | Missing]], Iterator[Result]]
ROWS: dict[str, Row] = {"drain": drain, "latency": latency, "claim": claim}


def measure(
    bench: Bench, names: Sequence[str], peers: Sequence[Installed | Missing]
) -> list[Result]:
    """Measure the rows, one after the other."""
    results: list[Result] = []
    for name in names:
        bench.say(name)
        for result in ROWS[name](bench, peers):
            theirs = report.figure(result.against) if result.against else result.note
            bench.say(
                f"{name}: {report.figure(result.ours)} {result.unit}, {result.versus}: {theirs}"
            )
            results.append(result)
    return results


@click.command()
@click.argument("rows", nargs=-1, type=click.Choice(list(ROWS), case_sensitive=False))
@click.option("--scale", default=1.0, show_default=True, help="Shrink data and durations.")
@click.option("--repetitions", default=5, show_default=True, help="Of each side.")
@click.option(
    "--json",
    "path",
    type=click.Path(path_type=Path, dir_okay=False),
    default=Path("bench/results/peers.json"),
    show_default=True,
    help="Where the figures go.",
)
def main(rows: tuple[str, ...], scale: float, repetitions: int, path: Path) -> None:
    """Measure ROWS, or all: procrastinate, pgqueuer, graphile-worker and pg-boss beside ours.

    They are installed below build/ first. One that cannot be had is named in the table.
    """
    peers = install()
    with open_bench(scale, repetitions) as bench:
        facts = report.machine(bench)
        results = measure(bench, list(rows) or list(ROWS), peers)
        report.write(path, report.as_json(bench, facts, results), bench.files)
    report.show(results)
    click.echo(f"figures in {path}", err=True)


if __name__ == "__main__":
    main()
