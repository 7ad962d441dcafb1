"""Every file of SQL code has its pgTAP file at the same path, and those are made alike."""

import re
from pathlib import Path

DB = Path(__file__).resolve().parents[2] / "db"
TESTS = DB / "tests"


def _code() -> set[str]:
    return {
        file.relative_to(DB).as_posix()
        for kind in ("functions", "triggers", "views")
        for file in (DB / kind).rglob("*.sql")
    }


def _test_of(code: str) -> Path:
    return TESTS / code.removeprefix("functions/")


def test_every_object_has_its_tests() -> None:
    missing = {code for code in _code() if not _test_of(code).is_file()}
    assert not missing, f"write {sorted(_test_of(code).as_posix() for code in missing)}"


def test_no_test_outlives_its_object() -> None:
    kinds = {file.parent.name for file in (DB / "functions").glob("*/*.sql")}
    code = {_test_of(each) for each in _code()}
    stray = {
        file.relative_to(TESTS).as_posix()
        for kind in kinds | {"triggers", "views"}
        for file in (TESTS / kind).glob("*.sql")
        if file not in code
    }
    assert not stray, "no such object: rename the test, or delete it"


def test_files_have_a_fixed_plan_and_are_rolled_back() -> None:
    for file in TESTS.rglob("*.sql"):
        text = file.read_text(encoding="utf-8")
        assert re.search(r"^select plan\(\d+\);$", text, re.MULTILINE), f"no plan: {file}"
        assert text.endswith("select * from finish();\nrollback;\n"), f"no end: {file}"
        begun = len(re.findall(r"^begin\b[^\n]*;$", text, re.MULTILINE))
        undone = len(re.findall(r"^rollback;$", text, re.MULTILINE))
        assert begun == undone, f"not all rolled back: {file}"
        assert not re.search(r"^commit\b", text, re.MULTILINE), f"commits: {file}"
