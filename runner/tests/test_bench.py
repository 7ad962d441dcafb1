"""Every row of the bench at the smallest scale: that it runs and what it says, not how fast."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from bench import __main__ as command
from bench import publish, report
from bench.__main__ import MORE, ROWS, find_row
from bench.harness import Bench, open_bench
from bench.result import Result, Target, compared, percentile


@pytest.fixture(scope="module")
def bench() -> Iterator[Bench]:
    with open_bench(scale=0.0005, repetitions=1, durable=False) as each:
        yield each


@pytest.mark.parametrize("name", [*ROWS, *MORE])
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


def measured(row: str, ours: float, at: str) -> dict[str, Any]:
    machine = {"cores": 2, "cpu": "some", "memory_mb": 2048, "postgresql": "15.1 (Debian)"}
    result = Result(row, "what", "ms", ours, 2.0, "theirs", Target("<=", 2), note="P1 plans")
    return {
        "measured_at": at,
        "version": "0",
        "scale": 1.0,
        "repetitions": 5,
        "machine": machine,
        "results": [result.as_json()],
        "notes": {},
    }


def test_rows_measured_anew_replace_the_published_ones() -> None:
    published: dict[str, Any] = {}
    for row, ours, at in (("P10", 1.0, "2001-01-01"), ("P2", 1.0, "2001-01-01")):
        published = publish.merged(published, measured(row, ours, at))
    published = publish.merged(published, measured("P10", 5.0, "2002-02-02"))
    assert list(published) == ["P2", "P10"]
    assert published["P10"]["results"][0]["ours"] == 5.0
    table = publish.table(published)
    assert "| P2 | what, ms (against: theirs) | 1 | 2 | 0.5 | ≤ 2 | yes |" in table
    assert "| P10 | what, ms (against: theirs) | 5 | 2 | 2.5 | ≤ 2 | **no** |" in table
    assert "PostgreSQL 15.1, scale 1, 2002-02-02: P10." in table


def test_the_documented_table_is_that_of_the_published_figures() -> None:
    page = (publish.DOCS / "bench.md").read_text(encoding="utf-8")
    kept = json.loads((publish.DOCS / "bench.json").read_text(encoding="utf-8"))
    assert publish.with_table(page, publish.table(kept)) == page
    assert set(kept) >= set(ROWS)


def test_a_row_that_fails_does_not_keep_the_next_from_being_measured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(_: Bench) -> Iterator[Result]:
        raise ValueError("no such table")

    def working(_: Bench) -> Iterator[Result]:
        yield Result("P2", "what", "ms", 1.0, 2.0, "theirs")

    found = {"P1": failing, "P2": working}
    monkeypatch.setattr(command, "find_row", lambda name: found[name])
    path = tmp_path / "bench.json"
    result = CliRunner().invoke(command.main, ["P1", "P2", "--json", str(path)])
    assert result.exit_code == 1
    assert "not measured: P1" in result.output
    assert [each["row"] for each in json.loads(path.read_text())["results"]] == ["P2"]
