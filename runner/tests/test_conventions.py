"""The conventions that files, catalogue and Python keep; db/tests/conventions has the rest."""

import importlib
import inspect
import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row

from runner.loader import FINISH, MANIFEST
from runner.paths import db_dir

DB = db_dir()
ROOT = DB.parent
CODE = sorted(
    p for kind in ("functions", "triggers", "views") for p in DB.glob(f"{kind}/**/*.sql")
)
CODES = re.compile(r"\bLS\d{3}\b")

# Granted functions that only other services call, over SQL: no Python twin.
SERVICE_CALLS: set[str] = set()

# Codes of the interface that nothing raises yet.
RESERVED = {"LS010"}

# Helpers of the modules calls*.py that are no twin of a function.
HELPERS = {"call_value", "call_rows", "json_value"}

GRANTED = """
select p.proname as name, p.proargnames[:p.pronargs] as parameters,
  p.pronargdefaults as defaults
from pg_proc p
where p.pronamespace = 'lead_sync'::regnamespace and exists (
  select from aclexplode(p.proacl) a where a.grantee in (
    'lead_sync_runner'::regrole, 'lead_sync_service'::regrole, 'lead_sync_monitor'::regrole))
"""


def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def tracked(*patterns: str) -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z", *patterns],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split("\0")
    return [ROOT / name for name in listed if name and (ROOT / name).is_file()]


def created_by(text: str) -> list[tuple[str, str]]:
    """What a re-run file makes, each as kind and name."""
    made = re.findall(
        r"^create (?:or replace )?(\w+) (?:(?:public|lead_sync|lead_sync_private)\.)?(\w+)",
        text,
        re.MULTILINE,
    )
    return [(str(kind), str(name)) for kind, name in made]


# files


def test_the_manifest_names_every_code_file_and_no_other() -> None:
    lines = (line.partition("#")[0].strip() for line in text_of(DB / MANIFEST).splitlines())
    named = [line for line in lines if line]
    code = [line for line in named if "/" in line]
    assert sorted(code) == [path.relative_to(DB).as_posix() for path in CODE]
    # what works on all of them stands beside the manifest
    assert set(named) - set(code) <= {path.name for path in DB.glob("*.sql")}
    assert (DB / FINISH).is_file()


@pytest.mark.parametrize("path", CODE, ids=lambda p: p.stem)
def test_a_code_file_makes_what_it_is_named_after(path: Path) -> None:
    kind = path.relative_to(DB).parts[0].removesuffix("s")
    text = text_of(path)
    assert set(created_by(text)) == {(kind, path.stem)}
    # a re-run file can be run again
    assert not re.search(r"^create (?!or replace )\w+ \S+\(", text, re.MULTILINE)
    if kind == "function":
        closed = re.findall(r"^revoke all on function [^;]*\bfrom public;", text, re.MULTILINE)
        assert len(closed) == len(created_by(text))
    assert text.endswith("\n")
    assert "\t" not in text


@pytest.mark.parametrize("path", sorted(DB.glob("migrations/*.sql")), ids=lambda p: p.name)
def test_a_migration_is_named_and_depends_as_the_conventions_say(path: Path) -> None:
    match = re.fullmatch(r"(\d{4})\.[a-z]+-[a-z-]+(\.rollback)?\.sql", path.name)
    assert match, path.name
    number = int(match[1])
    if match[2]:
        assert path.with_name(path.name.replace(".rollback", "")).is_file()
        return
    assert path.with_name(f"{path.stem}.rollback.sql").is_file()
    first = text_of(path).splitlines()[0]
    if number > 1:
        [before] = [
            each.stem
            for each in DB.glob(f"migrations/{number - 1:04}.*.sql")
            if ".rollback" not in each.name
        ]
        assert first == f"-- depends: {before}"
    # code is re-run, never a migration's
    assert not re.search(
        r"create (or replace )?(function|procedure|view|trigger)\b", text_of(path)
    )


# Python


def twins() -> dict[str, Callable[..., Any]]:
    found: dict[str, Callable[..., Any]] = {}
    for path in sorted((ROOT / "runner").glob("calls*.py")):
        module = importlib.import_module(f"runner.{path.stem}")
        for name, function in inspect.getmembers(module, inspect.isfunction):
            if function.__module__ == module.__name__ and not name.startswith("_"):
                assert name not in found, f"two twins of {name}"
                found[name] = function
    return {name: each for name, each in found.items() if name not in HELPERS}


def test_every_granted_function_has_a_python_twin_of_the_same_parameters(
    database: str,
) -> None:
    with psycopg.connect(database, row_factory=dict_row) as connection:
        granted = {row["name"]: row for row in connection.execute(GRANTED.encode())}
    python = twins()
    assert len(granted) > 20
    assert set(granted) - set(python) == SERVICE_CALLS
    assert set(python) - set(granted) == set()
    for name, row in granted.items():
        if name in SERVICE_CALLS:
            continue
        wanted = [each.removeprefix("p_") for each in row["parameters"] or []]
        taken = list(inspect.signature(python[name]).parameters)
        # what Python leaves out, the database gives a default
        left_out = wanted[len(taken) - 1 :]
        assert taken == ["connection", *wanted[: len(taken) - 1]], name
        assert len(left_out) <= row["defaults"], name


def test_python_modules_are_short() -> None:
    long = {
        path.relative_to(ROOT).as_posix(): lines
        for path in tracked("*.py")
        if (lines := len(text_of(path).splitlines()))
        > (450 if "/tests/" in path.as_posix() else 250)
    }
    assert long == {}


# errors


def test_every_error_code_is_written_down_raised_and_tested() -> None:
    raised = {
        code
        for path in [*CODE, *DB.glob("migrations/*.sql")]
        for code in re.findall(r"errcode = '(LS\d{3})'", text_of(path))
    }
    documented = re.findall(r"^\| `(LS\d{3})` \|", text_of(DB / "ERRORS.md"), re.MULTILINE)
    listed = re.findall(r"^ *\| (LS\d{3}) \|", text_of(DB / "CONVENTIONS.md"), re.MULTILINE)
    assert documented == sorted(set(documented)) == listed
    assert raised == set(documented) - RESERVED, "take what is raised out of RESERVED"
    tested = {
        code
        for path in tracked("db/tests/*.sql", "runner/tests/*.py")
        if path.name != Path(__file__).name
        for code in re.findall(r"['\"](LS\d{3})['\"]", text_of(path))
    }
    assert tested & set(documented) >= raised
    assert tested <= set(documented)


def test_comments_speak_of_codes_that_exist() -> None:
    documented = set(CODES.findall(text_of(DB / "ERRORS.md")))
    spoken = {(path.name, code) for path in CODE for code in CODES.findall(text_of(path))}
    assert {each for each in spoken if each[1] not in documented} == set()


# what must not be in the repository


MACHINE = re.compile(
    rb"(?<![\w.])/(?:home|root|Users|work|opt/pypi)/\w"
    rb"|\b(?:pypi|npm|proxy|registry|mirror)s?\.[\w-]+\.(?:local|internal|lan|corp)\b"
    rb"|(?:--|PIP_)(?:extra-)?index-url|\bregistry=http|\bdeb\.debian\.org|\bpypi\.org/simple"
)


def test_no_file_holds_a_path_or_registry_of_a_machine() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {match[0].decode(errors='replace')}"
        for path in tracked()
        if path != Path(__file__).resolve()
        for match in MACHINE.finditer(path.read_bytes())
    ]
    assert found == []
