"""Migrations wait for locks without making DomIQ wait behind them."""

import logging
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import psycopg
import pytest

from runner.migrate import LockWaitError, Patience, Result, migrate, rollback
from runner.tests.conftest import Connect
from runner.tests.migrate_support import Copy, catalogue, until
from runner.tests.test_cli import leadsync

SHORT = Patience(lock_timeout=0.05, lock_wait=60)
REPORT = "select count(*) from public.conversation where work_location = 'secret@example.com'"
ADD_LEAD = """
with u as (
  insert into public."user" (first_name, last_name) values ('Ada', 'Example') returning id)
insert into public.conversation (user_id, status) select id, 'new' from u
"""


class Waiting(logging.Handler):
    """Says when a migration has first told that it waits, and for what."""

    def __init__(self) -> None:
        super().__init__()
        self.begun, self.text = threading.Event(), ""

    def emit(self, record: logging.LogRecord) -> None:
        if record.getMessage().startswith("waiting for"):
            self.text = record.getMessage()
            self.begun.set()


@pytest.fixture
def waiting() -> Iterator[Waiting]:
    handler, logger = Waiting(), logging.getLogger("runner.migrate_locks")
    logger.addHandler(handler)
    logger.setLevel("INFO")
    yield handler
    logger.removeHandler(handler)
    logger.setLevel(logging.NOTSET)


@pytest.fixture
def background() -> Iterator[Callable[..., Future[Any]]]:
    pool = ThreadPoolExecutor(1)
    yield pool.submit
    pool.shutdown(wait=False)  # what holds it up is closed after this


@pytest.fixture
def report(connect: Connect) -> Callable[[str], psycopg.Connection[Any]]:
    """Begin a report that reads conversations, and does not end."""

    def begin(url: str, statement: str = REPORT) -> psycopg.Connection[Any]:
        connection = connect(url, autocommit=False, application_name="monthly report")
        connection.execute(statement.encode())
        return connection

    return begin


Report = Callable[..., psycopg.Connection[Any]]


def application(connect: Connect, url: str) -> psycopg.Connection[Any]:
    """DomIQ's own session: a statement that waits for ten seconds fails."""
    connection = connect(url)
    connection.execute("set lock_timeout = '10s'")
    return connection


@pytest.mark.parametrize("what", [migrate, rollback], ids=["migrate", "rollback"])
def test_behind_a_long_report_nobody_else_waits(
    what: Callable[..., object],
    request: pytest.FixtureRequest,
    connect: Connect,
    waiting: Waiting,
    report: Report,
    background: Callable[..., Future[Any]],
) -> None:
    url = request.getfixturevalue("domiq_only_database" if what is migrate else "database")
    reading = report(url)
    running = background(what, url, patience=SHORT)
    assert waiting.begun.wait(60), "it does not come to wait"
    application(connect, url).execute(ADD_LEAD)
    assert not running.done()
    reading.rollback()
    assert running.result(60)


@pytest.mark.parametrize("name", ["triggers/trigger_add_sync_queue_item.sql", "views/lead.sql"])
def test_loading_code_gives_way_to_a_transaction_that_writes(
    name: str,
    database: str,
    connect: Connect,
    waiting: Waiting,
    report: Report,
    background: Callable[..., Future[Any]],
    tmp_path: Path,
) -> None:
    later = Copy(tmp_path / "db")
    later.append(name, "-- another text\n")
    writing = report(database, ADD_LEAD)
    running = background(migrate, database, later.path, SHORT)
    assert waiting.begun.wait(60), "it does not come to wait"
    application(connect, database).execute(ADD_LEAD)
    writing.commit()
    assert running.result(60).code_loaded


@pytest.mark.parametrize(
    "name", ["functions/queue/retry_delay.sql", "functions/capture/capture_conversations.sql"]
)
def test_functions_are_replaced_while_somebody_writes(
    name: str, database: str, report: Report, tmp_path: Path
) -> None:
    later = Copy(tmp_path / "db")
    later.append(name, "-- another text\n")
    report(database, ADD_LEAD)
    assert migrate(database, later.path, Patience(0.4, 0)) == Result([], True)


def test_a_view_or_trigger_that_somebody_dropped_comes_back_with_the_next_code(
    database: str, connect: Connect, tmp_path: Path
) -> None:
    connection = connect(database)
    before = catalogue(connection)
    connection.execute("drop view lead_sync.dead_letters")
    connection.execute("drop trigger trigger_add_sync_queue_item on public.conversation")
    later = Copy(tmp_path / "db")
    later.append("functions/queue/retry_delay.sql", "-- another text\n")
    migrate(database, later.path)
    assert catalogue(connection) == before


def test_giving_up_names_who_is_in_the_way_and_no_data(
    domiq_only_database: str, connect: Connect, report: Report
) -> None:
    before = catalogue(connect(domiq_only_database))
    reading = report(domiq_only_database)
    with pytest.raises(LockWaitError) as error:
        migrate(domiq_only_database, patience=Patience(0.4, 0))
    text = str(error.value)
    assert text.startswith("0003.create-seed-tables: ") or text.startswith("0004.")
    assert f"pid {reading.info.backend_pid} (user " in text
    assert "application monthly report, idle in transaction, transaction open for" in text
    assert "conversation" in text
    assert "secret" not in text
    reading.rollback()
    assert migrate(domiq_only_database).code_loaded, "the next run goes on from there"
    rollback(domiq_only_database)
    assert catalogue(connect(domiq_only_database)) == before


def test_it_is_1_on_the_command_line(domiq_only_database: str, report: Report) -> None:
    report(domiq_only_database)
    result = leadsync(
        *("migrate", "--lock-timeout", "0.4", "--lock-wait", "0"),
        DATABASE_URL=domiq_only_database,
    )
    assert result.exit_code == 1
    assert "in use by pid" in result.stderr
    assert "--lock-wait" in result.stderr


def test_a_deadlock_is_waited_out_too(
    domiq_only_database: str,
    connect: Connect,
    waiting: Waiting,
    background: Callable[..., Future[Any]],
) -> None:
    """DomIQ locks "user", then conversation; 0004 the other way round."""
    url = domiq_only_database
    writing = connect(url, autocommit=False)
    writing.execute('lock table public."user" in row exclusive mode')
    running = background(migrate, url, patience=Patience(0.5, 60))
    assert waiting.begun.wait(60), "it does not come to wait"
    writing.execute("lock table public.conversation in row exclusive mode")
    writing.commit()
    assert running.result(60).code_loaded


def test_an_index_waits_for_an_old_transaction_without_failing(
    domiq_only_database: str,
    connect: Connect,
    waiting: Waiting,
    background: Callable[..., Future[Any]],
) -> None:
    """CREATE INDEX CONCURRENTLY waits for old snapshots, and in nobody's way."""
    url = domiq_only_database
    old = connect(url, autocommit=False)
    old.execute("set transaction isolation level repeatable read")
    old.execute("select 1 from pg_class")  # a snapshot, and no lock on a table of DomIQ's
    running = background(migrate, url, patience=Patience(0.05, 0))
    assert waiting.begun.wait(60), "it does not come to wait"
    assert "virtualxid" in waiting.text
    ours = application(connect, url)
    ours.execute(ADD_LEAD)
    longer_than_a_lock = (
        "select from pg_locks where locktype = 'virtualxid' and not granted"
        " and waitstart < clock_timestamp() - interval '0.5 s'"
    )
    until(
        lambda: running.done() or ours.execute(longer_than_a_lock).fetchall(),
        "it does not wait any longer",
    )
    assert not running.done()
    old.rollback()
    assert running.result(60).code_loaded
