"""Real processes that migrate: several at once, and ones that SIGKILL ends anywhere."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from runner import migrate_yoyo
from runner.migrate import MigrationError, migrate, pending, rollback
from runner.postgres import Server
from runner.tests.conftest import Connect
from runner.tests.migrate_support import Copy, catalogue, until

GATE = 77
"""Of the advisory lock at which a migration waits in these tests."""
WAIT = f"set lock_timeout = 0;\nselect pg_advisory_lock_shared({GATE});\n"
CALL = (
    "import sys, logging; from pathlib import Path; from runner import migrate;"
    "logging.basicConfig(level='INFO');"
    "getattr(migrate, sys.argv[1])(sys.argv[2], db=Path(sys.argv[3]))"
)

Start = Callable[..., subprocess.Popen[str]]


@pytest.fixture
def start() -> Iterator[Start]:
    """Start a process of Python; those that still run are killed at the end."""
    started: list[subprocess.Popen[str]] = []

    def _start(*arguments: str, **environ: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, *arguments],
            env={**os.environ, **environ},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        return process

    yield _start
    for process in started:
        process.kill()
        process.communicate()


def waits_at_gate(watcher: psycopg.Connection[Any]) -> bool:
    """Whether a session waits for the advisory lock."""
    rows = watcher.execute(
        "select from pg_locks where locktype = 'advisory' and objid = %s and not granted"
        " and database = (select oid from pg_database where datname = current_database())",
        (GATE,),
    )
    return bool(rows.fetchall())


def test_one_applies_and_the_others_find_it_done(
    domiq_only_database: str, start: Start, connect: Connect, database: str
) -> None:
    processes = [
        start("-m", "runner", "migrate", "--json", DATABASE_URL=domiq_only_database)
        for _ in range(3)
    ]
    results = []
    for process in processes:
        output, errors = process.communicate(timeout=100)
        assert process.returncode == 0, errors
        results.append(json.loads(output))
    assert sorted(bool(each["applied"]) for each in results) == [False, False, True]
    assert [each["code_loaded"] for each in results].count(True) == 1
    assert catalogue(connect(domiq_only_database)) == catalogue(connect(database))


PLACES = {
    "the end of a transaction": ("0005.create-archives.sql", None),
    "a migration in no transaction, before its columns": (
        "0004.enhance-domiq-tables.sql",
        "-- Columns, with",
    ),
    "a migration in no transaction, before its indexes": (
        "0004.enhance-domiq-tables.sql",
        "create index concurrently if not exists idx_conversation_resman_lead_id",
    ),
    "its last statement": ("0004.enhance-domiq-tables.sql", None),
}


def put_gate(tree: Copy, name: str, before: str | None = None) -> None:
    """Have a file wait at the gate, at its end or before a text."""
    if before is None:
        tree.append(name, WAIT)
    else:
        tree.replace(name, before, WAIT + before)


def kill_at_gate(process: subprocess.Popen[str], watcher: psycopg.Connection[Any]) -> None:
    """SIGKILL a process once it waits at the gate."""
    until(lambda: waits_at_gate(watcher) or process.poll() is not None, "it does not get there")
    assert process.poll() is None, process.communicate()[1]
    process.send_signal(signal.SIGKILL)
    assert process.wait() == -signal.SIGKILL


@pytest.mark.parametrize("place", PLACES)
def test_a_killed_run_is_completed_by_the_next(
    place: str,
    domiq_only_database: str,
    database: str,
    connect: Connect,
    start: Start,
    tmp_path: Path,
) -> None:
    url, gate = domiq_only_database, connect(domiq_only_database)
    name, before = PLACES[place]
    tree = Copy(tmp_path / "db")
    put_gate(tree, f"migrations/{name}", before)
    gate.execute("select pg_advisory_lock(%s)", (GATE,))
    kill_at_gate(start("-c", CALL, "migrate", url, str(tree.path)), gate)
    assert pending(url)[0] == name.removesuffix(".sql")
    [(pid,)] = gate.execute("select pid from yoyo_lock").fetchall()
    assert pid < 0, "the row by which yoyo locks is left behind"
    # its session lives on in the server, at work: the next one waits for it
    following = start("-m", "runner", "migrate", DATABASE_URL=url)
    assert following.stderr is not None
    assert "waiting for another migration" in following.stderr.readline()
    gate.execute("select pg_advisory_unlock(%s)", (GATE,))
    errors = following.communicate(timeout=100)[1]
    assert following.returncode == 0, errors
    assert pending(url) == []
    assert gate.execute("select from yoyo_lock").fetchall() == []
    assert catalogue(gate) == catalogue(connect(database))


def test_one_killed_before_its_record_is_not_half_done(
    database: str, connect: Connect, start: Start
) -> None:
    """Plain yoyo commits a migration first and records it afterwards."""
    gate = connect(database)
    whole = catalogue(gate)
    [(applied,)] = gate.execute("select count(*) from _yoyo_migration").fetchall()
    gone = rollback(database, count=applied - 2)
    assert gone[-1] == "0003.create-seed-tables"
    blocking = connect(database, autocommit=False)
    blocking.execute("lock table public._yoyo_migration in share mode")
    waits = (
        "select from pg_locks where relation = 'public._yoyo_migration'::regclass"
        " and not granted"
    )
    process = start("-m", "runner", "migrate", DATABASE_URL=database)
    until(lambda: gate.execute(waits).fetchall(), "it does not get there")
    process.send_signal(signal.SIGKILL)
    process.wait()
    blocking.rollback()
    assert migrate(database).applied == gone[::-1]
    assert catalogue(gate) == whole


def test_one_killed_between_migrations_and_code_too(
    domiq_only_database: str, database: str, connect: Connect, start: Start, tmp_path: Path
) -> None:
    url, gate = domiq_only_database, connect(domiq_only_database)
    tree = Copy(tmp_path / "db")
    put_gate(tree, "prepare.sql")
    gate.execute("select pg_advisory_lock(%s)", (GATE,))
    kill_at_gate(start("-c", CALL, "migrate", url, str(tree.path)), gate)
    gate.execute("select pg_advisory_unlock(%s)", (GATE,))
    assert pending(url) == []
    assert migrate(url).code_loaded
    assert catalogue(gate) == catalogue(connect(database))


@pytest.mark.parametrize("name", ["0004.enhance-domiq-tables", "0003.create-seed-tables"])
def test_a_killed_rollback_is_completed_by_the_next(
    name: str,
    domiq_only_database: str,
    connect: Connect,
    start: Start,
    tmp_path: Path,
) -> None:
    url, gate = domiq_only_database, connect(domiq_only_database)
    before = catalogue(gate)
    migrate(url)
    tree = Copy(tmp_path / "db")
    put_gate(tree, f"migrations/{name}.rollback.sql")
    gate.execute("select pg_advisory_lock(%s)", (GATE,))
    kill_at_gate(start("-c", CALL, "rollback", url, str(tree.path)), gate)
    gate.execute("select pg_advisory_unlock(%s)", (GATE,))
    assert rollback(url)[0] == name
    assert catalogue(gate) == before


def test_a_rollback_undoes_what_a_killed_run_began(
    domiq_only_database: str, connect: Connect, start: Start, tmp_path: Path
) -> None:
    url, gate = domiq_only_database, connect(domiq_only_database)
    before = catalogue(gate)
    tree = Copy(tmp_path / "db")
    name, place = PLACES["a migration in no transaction, before its indexes"]
    put_gate(tree, f"migrations/{name}", place)
    gate.execute("select pg_advisory_lock(%s)", (GATE,))
    kill_at_gate(start("-c", CALL, "migrate", url, str(tree.path)), gate)
    gate.execute("select pg_advisory_unlock(%s)", (GATE,))
    assert catalogue(gate) != before
    rollback(url)
    assert catalogue(gate) == before


def test_the_lock_of_a_killed_yoyo_is_broken_once_it_cannot_live(
    domiq_only_database: str,
    connect: Connect,
    start: Start,
    server: Server,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    url, gate = domiq_only_database, connect(domiq_only_database)
    tree = Copy(tmp_path / "db")
    put_gate(tree, "migrations/0002.create-roles-and-schemas.sql")
    gate.execute("select pg_advisory_lock(%s)", (GATE,))
    process = start(
        *("-m", "yoyo", "apply", "--batch", "-c", str(tree.path / "yoyo.ini")),
        DATABASE_URL=url.replace("postgresql:", "postgresql+psycopg:"),
    )
    until(lambda: waits_at_gate(gate), "yoyo does not get there")
    monkeypatch.setattr(migrate_yoyo, "_ROW_WAIT_S", 0.1)
    with pytest.raises(MigrationError, match=rf"process {process.pid}, has locked.*break-lock"):
        migrate(url)
    kill_at_gate(process, gate)
    elsewhere, name = connect(server.url()), gate.info.dbname
    gate.close()
    sessions = "select from pg_stat_activity where datname = %s"
    until(lambda: not elsewhere.execute(sessions, (name,)).fetchall(), "they do not end")
    assert migrate(url).code_loaded
