"""What the log says, and what it never does."""

import json
import logging
from collections.abc import Iterator

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from runner import log
from runner.db import CommandError, conninfo, is_outage, is_passing, translate
from runner.tests.conftest import Connect


@pytest.fixture(autouse=True)
def _restore() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level, runner_level = root.handlers[:], root.level, log.LOGGER.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    log.LOGGER.setLevel(runner_level)


def raised_by(connection: psycopg.Connection[object], statement: str) -> psycopg.Error:
    with pytest.raises(psycopg.Error) as raised:
        connection.execute(statement.encode())
    return raised.value


def test_json_is_one_object_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    log.configure("info", "json")
    log.info("items claimed", items=3, note="a\nb")
    log.debug("not shown")
    captured = capsys.readouterr()
    assert captured.out == ""
    [line] = captured.err.splitlines()
    found = json.loads(line)
    assert found.pop("time").endswith("Z")
    assert found == {"level": "info", "event": "items claimed", "items": 3, "note": "a\nb"}


def test_text_is_one_line_whatever_a_value_holds(capsys: pytest.CaptureFixture[str]) -> None:
    log.configure("debug", "text")
    log.debug("call made", message="two\nlines\x1b[31m and = signs", n=1)
    [line] = capsys.readouterr().err.splitlines()
    assert line.endswith('DEBUG   call made message="two lines [31m and = signs" n=1')


def test_a_database_error_shows_no_value(
    empty_database: str, connect: Connect, capsys: pytest.CaptureFixture[str]
) -> None:
    error = raised_by(connect(empty_database), "select 'ada@example.com'::int")
    log.configure("info", "json")
    log.error("refused", error=error)
    found = json.loads(capsys.readouterr().err)
    assert found["sqlstate"] == "22P02"
    assert "ada" not in json.dumps(found)
    assert "ada" not in str(vars(translate(error, empty_database)))


def test_our_own_errors_are_shown(empty_database: str, connect: Connect) -> None:
    error = raised_by(
        connect(empty_database),
        "do $$ begin raise exception 'no integration' using errcode = 'LS003', "
        "detail = 'The property has none.', hint = 'Add one.'; end $$",
    )
    assert log.describe(error)["message"] == "no integration"
    failure = translate(error, empty_database)
    assert (failure.message, failure.detail, failure.hint, failure.exit_code) == (
        "no integration",
        "The property has none.",
        "Add one.",
        1,
    )


def test_another_error_shows_its_type_and_place() -> None:
    try:
        raise ValueError("ada@example.com")
    except ValueError as error:
        found = log.describe(error)
    assert found["error"] == "ValueError"
    assert found["at"].startswith("test_log.py:")
    assert "ada" not in str(found)


@pytest.mark.parametrize(
    ("statement", "exit_code"),
    [
        ("select lead_sync.nothing()", 4),
        ("select nothing()", 4),
        ("select * from nothing", 4),
        ("do $$ begin raise exception 'x' using errcode = '42501'; end $$", 1),
        ("do $$ begin raise exception 'x' using errcode = 'LS001'; end $$", 2),
        ("do $$ begin raise exception 'x' using errcode = '57P01'; end $$", 3),
        ("do $$ begin raise exception 'x' using errcode = '25006'; end $$", 3),
        ("select 1/0", 1),
    ],
)
def test_exit_codes(
    statement: str, exit_code: int, empty_database: str, connect: Connect
) -> None:
    error = raised_by(connect(empty_database), statement)
    failure = translate(error, empty_database)
    assert isinstance(failure, CommandError)
    assert failure.exit_code == exit_code


def test_what_may_pass(empty_database: str, connect: Connect) -> None:
    connection = connect(empty_database)
    raise_ = "do $$ begin raise exception 'x' using errcode = '{}'; end $$"
    for sqlstate in ("40001", "40P01", "53100", "55P03", "57014"):
        error = raised_by(connection, raise_.format(sqlstate))
        assert is_passing(error)
        assert not is_outage(error)
    assert not is_passing(raised_by(connection, "select 1/0"))
    connection.close()
    assert is_outage(raised_by(connection, "select 1"))
    assert not is_passing(KeyError())


def test_an_unreachable_database_is_told_without_the_password() -> None:
    url = "postgresql://app:hunter2@127.0.0.1:1/domiq"
    with pytest.raises(psycopg.OperationalError) as raised:
        psycopg.connect(url)
    failure = translate(raised.value, url)
    assert failure.exit_code == 3
    assert "127.0.0.1" in failure.detail
    assert "hunter2" not in failure.detail


def test_defaults_of_a_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PGAPPNAME", raising=False)
    monkeypatch.delenv("PGTARGETSESSIONATTRS", raising=False)
    made = conninfo("postgresql://db1,db2/domiq", 10)
    assert "application_name=leadsync" in made
    assert "target_session_attrs=read-write" in made
    assert "host=db1,db2" in made
    assert "connect_timeout=10" in made
    given = make_conninfo(host="db", application_name="mine", target_session_attrs="any")
    assert "application_name=mine" in conninfo(given, 10)
    assert "read-write" not in conninfo(given, 10)
    monkeypatch.setenv("PGAPPNAME", "other")
    assert "application_name" not in conninfo("host=db", 10)
