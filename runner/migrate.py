"""Installs the package into a database, brings it up to date, and takes it out again.

yoyo runs the migrations. The code is loaded after them, in one transaction, unless the database
holds it already.
"""

import contextlib
import logging
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from runner import loader, migrate_yoyo
from runner.loader import Connection, SqlFileError
from runner.migrate_yoyo import MigrationError
from runner.paths import db_dir

__all__ = ["MigrationError", "Result", "SqlFileError", "migrate", "pending", "rollback"]

logger = logging.getLogger(__name__)

_CHECK = "0001.check-prerequisites"
_LOCK_KEY = 0x6C656164_73796E63
"""Of the advisory lock that one migrating process holds: the bytes of 'leadsync'."""
_TRY_LOCK = "select pg_try_advisory_lock(%s)"
_LOCK_POLL_S = 0.1


@dataclass(frozen=True)
class Result:
    """What `migrate` did: the ids of the migrations applied, and whether code was loaded."""

    applied: list[str]
    code_loaded: bool


def migrate(database_url: str, db: Path | None = None) -> Result:
    """Apply all pending migrations, then load the code if it differs from what is loaded.

    Safe to call at any time and from several processes at once. Before anything else the first
    migration's check runs in a read-only transaction, so that a database which lacks something
    is left exactly as it was.

    Args:
        database_url: a libpq URL or conninfo string; postgresql+psycopg:// is taken as well.
        db: another directory than the package's own to take the SQL from.

    Raises:
        SqlFileError: a statement failed; the migration it stands in has left no trace.
        MigrationError: yoyo's record is elsewhere.
        ValueError: the manifest is wrong.
        psycopg.OperationalError: the database cannot be reached.
    """
    db = db or db_dir()
    with _locked(database_url) as connection:
        todo = _pending(connection, db)
        if any(each.id == _CHECK for each in todo):
            _check_prerequisites(connection, db)
        if todo:
            loader.forget_hash(connection)
            with migrate_yoyo.open_backend(database_url) as backend:
                for migration in todo:
                    migrate_yoyo.run(backend, migration, db, "apply")
        elif loader.loaded_hash(connection) == loader.code_hash(db):
            return Result([], False)
        with connection.transaction():
            loader.load_code(connection, db)
            migrate_yoyo.close_tables(connection)
        return Result([migration.id for migration in todo], True)


def rollback(
    database_url: str, *, all_: bool = True, count: int | None = None, db: Path | None = None
) -> list[str]:
    """Take the code out, roll migrations back, the latest first, and return their ids.

    After a partial rollback the database is without code until the next `migrate`; DomIQ's
    tables work as usual meanwhile. When nothing is left, yoyo's own tables go as well.

    Args:
        database_url: as for `migrate`.
        all_: whether to roll everything back.
        count: how many to roll back instead; 1 when `all_` is false.
        db: as for `migrate`.

    Raises:
        SqlFileError, MigrationError, psycopg.OperationalError: as for `migrate`.
    """
    db = db or db_dir()
    with _locked(database_url) as connection:
        applied = migrate_yoyo.applied_ids(connection, db)
        done = [each for each in reversed(migrate_yoyo.read(db)) if each.id in applied]
        todo = done[: count or (None if all_ else 1)]
        if not todo:
            return []
        with connection.transaction():
            loader.forget_hash(connection)
            for path in (db / loader.UNLOAD, db / loader.CLEAR):
                if path.is_file():
                    loader.execute_file(connection, path, db)
        with migrate_yoyo.open_backend(database_url) as backend:
            for migration in todo:
                migrate_yoyo.run(backend, migration, db, "rollback")
        if not migrate_yoyo.applied_ids(connection, db):
            with connection.transaction():
                migrate_yoyo.drop_tables(connection)
        return [migration.id for migration in todo]


def pending(database_url: str, db: Path | None = None) -> list[str]:
    """Return the ids of the migrations that `migrate` would apply, in order. Changes nothing.

    Raises:
        MigrationError, psycopg.OperationalError: as for `migrate`.
    """
    with _connect(database_url) as connection:
        return [migration.id for migration in _pending(connection, db or db_dir())]


def _connect(database_url: str) -> Connection:
    return psycopg.connect(migrate_yoyo.libpq_url(database_url), autocommit=True)


@contextlib.contextmanager
def _locked(database_url: str) -> Iterator[Connection]:
    """Yield a connection that holds the right to migrate; wait for whoever has it now."""
    with _connect(database_url) as connection:
        connection.execute("set idle_session_timeout = 0")
        connection.execute("set search_path = public")
        waiting = False
        # Asked again and again: a statement that waits for the lock would hold a snapshot, for
        # which the other's CREATE INDEX CONCURRENTLY would wait in turn.
        while not connection.execute(_TRY_LOCK, (_LOCK_KEY,)).fetchall()[0][0]:
            if not waiting:
                logger.info("waiting for another migration to finish")
            waiting = True
            time.sleep(_LOCK_POLL_S)
        yield connection


def _pending(connection: Connection, db: Path) -> list[Any]:
    applied = migrate_yoyo.applied_ids(connection, db)
    return [migration for migration in migrate_yoyo.read(db) if migration.id not in applied]


def _check_prerequisites(connection: Connection, db: Path) -> None:
    with connection.transaction():
        connection.execute("set transaction read only")
        loader.execute_file(connection, db / "migrations" / f"{_CHECK}.sql", db)
