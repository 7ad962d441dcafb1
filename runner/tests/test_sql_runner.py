"""The runner of the tests in the database can fail, with Perl's own prove as well."""

import importlib.util
import shutil
from pathlib import Path
from types import ModuleType

import pytest

from runner.tests.postgres_support import ROOT

PASSES = "select '1..1';\nselect 'ok 1';\n"
FAILS = "select '1..2';\nselect 'ok 1';\nselect 'not ok 2';\n"
RAISES = "select '1..1';\nselect 1 / 0;\nselect 'ok 1';\n"


@pytest.fixture
def runner(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """db/tests/run.py, which is no part of the package."""
    monkeypatch.syspath_prepend(ROOT / "db" / "tests")
    spec = importlib.util.spec_from_file_location("run", ROOT / "db" / "tests" / "run.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("program", ["whatever is there", "prove"])
@pytest.mark.parametrize(
    ("text", "code", "said"),
    [
        (PASSES, 0, "Result: PASS"),
        (FAILS, 1, "Failed 1/2 subtests"),
        (RAISES, 1, "division by zero"),
        (None, 1, "no test ran"),
    ],
    ids=["passes", "fails", "raises", "none"],
)
def test_exit_codes(
    runner: ModuleType,
    database: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
    program: str,
    text: str | None,
    code: int,
    said: str,
) -> None:
    if text:
        (tmp_path / "one.sql").write_text(text)
    psql = runner.find_psql(None)
    if program == "prove":
        only = tmp_path / "bin"
        only.mkdir()
        (only / "prove").symlink_to(str(shutil.which("prove")))
        with monkeypatch.context() as context:
            context.setenv("PATH", str(only))
            command = runner.find_prove(psql)
        assert command[0] == str(only / "prove")
    else:
        command = runner.find_prove(psql)
    ended = runner.run([*command, str(tmp_path)], runner.environment(database))
    output = "".join(capfd.readouterr())
    assert (ended > 0) == (code > 0), output
    assert said in output
