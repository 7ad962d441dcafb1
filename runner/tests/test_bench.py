"""Every row of the bench at the smallest scale: that it runs and what it says, not how fast."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench import report
from bench.__main__ import ROWS, find_row
from bench.harness import Bench, open_bench
from bench.result import Result, Target, compared, percentile


@pytest.fixture(scope="module")
def bench() -> Iterator[Bench]:
    with open_bench(scale=0.0005, repetitions=1, durable=False) as each:
        yield each


@pytest.mark.parametrize("name", ROWS)
def test_a_row_says_both_sides_of_a_ratio(name: str, bench: Bench, tmp_path: Path) -> None:
    results = list(find_row(name)(bench))
    assert results
    path = tmp_path / "bench.json"
    report.write(path, report.as_json(bench, report.machine(bench), results), bench.files)
    written = json.loads(path.read_text())
    assert written["machine"]["cores"] >= 1
    assert written["machine"]["postgresql"]
    for line in written["results"]:
        assert line["row"] == name
        assert line["ours"] > 0
        assert line["against"] > 0
        assert line["ratio"] == pytest.approx(line["ours"] / line["against"])
        assert line["versus"]
        assert (line["reached"] is None) == (line["target"] is None)
        if line["note"].startswith(f"{name} "):
            assert written["notes"][line["note"]].strip()
        elif line["note"].endswith(".svg"):
            assert "<svg" in path.with_name(line["note"]).read_text()


def test_a_target_is_met_by_the_ratio_or_by_our_side() -> None:
    runs = {"ours": [9.0, 4.0, 5.0], "theirs": [2.0, 2.0, 3.0]}
    assert compared("P0", "w", "ms", runs, "ours", "theirs", Target("<=", 2.5)).reached is True
    assert compared("P0", "w", "ms", runs, "ours", "theirs", Target("<=", 2.4)).reached is False
    alone = Target(">=", 5, "ours")
    assert compared("P0", "w", "ms", runs, "ours", "theirs", alone).reached is True
    assert Result("P0", "w", "ms", 4.9, 1.0, "theirs", alone).reached is False
    assert Result("P0", "w", "ms", 4.9, 1.0, "theirs").reached is None


def test_percentiles_are_by_nearest_rank() -> None:
    values = [float(n) for n in range(1, 101)]
    assert (percentile(values, 50), percentile(values, 99)) == (50.0, 99.0)
    assert percentile([7.0], 99) == 7.0
