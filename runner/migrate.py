"""Installs the package into a database, brings it up to date, and takes it out again.

yoyo runs the migrations. The code is loaded after them, in one transaction, unless the database
holds it already.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import psycopg

from runner import loader, migrate_hashes, migrate_locks, migrate_yoyo
from runner.loader import Connection, SqlFileError
from runner.migrate_locks import LockWaitError, MigrationError, Patience, Watch
from runner.paths import db_dir

__all__ = [
    "LockWaitError",
    "MigrationError",
    "Patience",
    "Result",
    "SqlFileError",
    "migrate",
    "pending",
    "plan",
    "rollback",
]

logger = logging.getLogger(__name__)

_CHECK = "0001.check-prerequisites"


@dataclass(frozen=True)
class Result:
    """What `migrate` did: the ids of the migrations applied, and whether code was loaded."""

    applied: list[str]
    code_loaded: bool


def migrate(
    database_url: str, db: Path | None = None, patience: Patience | None = None
) -> Result:
    """Apply all pending migrations, then load the code if it differs from what is loaded.

    Safe to call at any time and from several processes at once. Before anything else the first
    migration's check runs in a read-only transaction, so that a database which lacks something
    is left exactly as it was. One that was killed is completed by the next call.

    Args:
        database_url: a libpq URL or conninfo string; postgresql+psycopg:// is taken as well.
        db: another directory than the package's own to take the SQL from.
        patience: how long to wait for locks.

    Raises:
        SqlFileError: a statement failed; the migration it stands in has left no trace.
        LockWaitError: a lock was not to be had.
        MigrationError: yoyo's record is elsewhere, or tells of migrations this version lacks.
        ValueError: the manifest is wrong.
        psycopg.OperationalError: the database cannot be reached.
    """
    db = db or db_dir()
    with _locked(database_url, patience or Patience()) as (connection, watch):
        todo = _pending(connection, db)
        if any(each.id == _CHECK for each in todo):
            _check_prerequisites(connection, db)
        if todo:
            loader.forget_hash(connection)
            with migrate_yoyo.open_backend(database_url, watch) as backend:
                for migration in todo:
                    migrate_yoyo.run(backend, migration, db, "apply", watch)
                    loader.record_hashes(connection, db)
        elif loader.loaded_hash(connection) == loader.code_hash(db):
            return Result([], False)
        watch.attempt("loading the code", partial(_load, connection, db, watch.patience))
        return Result([migration.id for migration in todo], True)


def _load(connection: Connection, db: Path, patience: Patience) -> None:
    with connection.transaction():
        loader.load_code(connection, db, patience.lock_timeout, lock_wait=0)
        migrate_yoyo.close_tables(connection)


def rollback(
    database_url: str,
    *,
    all_: bool = True,
    count: int | None = None,
    db: Path | None = None,
    patience: Patience | None = None,
) -> list[str]:
    """Take the code out, roll migrations back, the latest first, and return their ids.

    After a partial rollback the database is without code until the next `migrate`; DomIQ's
    tables work as usual meanwhile. When nothing is left, yoyo's own tables go as well.

    Args:
        database_url: as for `migrate`.
        all_: whether to roll everything back.
        count: how many to roll back instead; 1 when `all_` is false.
        db: as for `migrate`.
        patience: as for `migrate`.

    Raises:
        SqlFileError, LockWaitError, MigrationError, psycopg.OperationalError: as for `migrate`.
    """
    db = db or db_dir()
    with _locked(database_url, patience or Patience()) as (connection, watch):
        applied = _applied(connection, db)
        known = migrate_yoyo.read(db)
        done = [each for each in reversed(known) if each.id in applied]
        todo = done[: count or (None if all_ else 1)]
        # One in no transaction may have been interrupted half-way, without a record.
        begun = next((each for each in known if each.id not in applied), None)
        if todo:
            watch.attempt("dropping the code", partial(_unload, connection, db))
            with migrate_yoyo.open_backend(database_url, watch) as backend:
                if begun and not begun.use_transactions:
                    migrate_yoyo.run(backend, begun, db, "rollback", watch)
                for migration in todo:
                    migrate_yoyo.run(backend, migration, db, "rollback", watch)
        if not _applied(connection, db):
            with connection.transaction():
                migrate_yoyo.drop_tables(connection)
        return [migration.id for migration in todo]


def _unload(connection: Connection, db: Path) -> None:
    with connection.transaction():
        loader.forget_hash(connection)
        for path in (db / loader.UNLOAD, db / loader.CLEAR):
            if path.is_file():
                loader.execute_file(connection, path, db)


def plan(database_url: str, db: Path | None = None) -> Result:
    """Return what `migrate` would do. Changes nothing and waits for nobody.

    Raises:
        MigrationError, psycopg.OperationalError: as for `migrate`.
    """
    db = db or db_dir()
    with _connect(database_url, Patience()) as connection:
        todo = [migration.id for migration in _pending(connection, db)]
        is_loaded = loader.loaded_hash(connection) == loader.code_hash(db)
        return Result(todo, bool(todo) or not is_loaded)


def pending(database_url: str, db: Path | None = None) -> list[str]:
    """Return the ids of the migrations that `migrate` would apply, in order. Changes nothing.

    Raises:
        MigrationError, psycopg.OperationalError: as for `migrate`.
    """
    return plan(database_url, db).applied


def _connect(database_url: str, patience: Patience) -> Connection:
    connection = psycopg.connect(migrate_yoyo.libpq_url(database_url), autocommit=True)
    migrate_locks.settle(connection, patience)
    return connection


@contextmanager
def _locked(database_url: str, patience: Patience) -> Iterator[tuple[Connection, Watch]]:
    """Yield a connection that has the right to migrate; wait for whoever has it now."""
    with _connect(database_url, patience) as connection:
        migrate_locks.take_turn(connection, migrate_locks.RUN_KEY)
        with (
            _connect(database_url, patience) as other,
            migrate_locks.watching(other, patience) as watch,
        ):
            watch.pids += [each.info.backend_pid for each in (connection, other)]
            yield connection, watch


def _applied(connection: Connection, db: Path) -> set[str]:
    """Return the ids on yoyo's record.

    Raises:
        MigrationError: there are some that this version of the package does not know.
    """
    applied = migrate_yoyo.applied_ids(connection, db)
    unknown = migrate_hashes.unknown_migrations(connection, db)
    if unknown:
        raise MigrationError(
            "a newer version of lead-sync has migrated this database; this one lacks "
            + ", ".join(unknown)
        )
    return applied


def _pending(connection: Connection, db: Path) -> list[Any]:
    applied = _applied(connection, db)
    return [migration for migration in migrate_yoyo.read(db) if migration.id not in applied]


def _check_prerequisites(connection: Connection, db: Path) -> None:
    with connection.transaction():
        connection.execute("set transaction read only")
        loader.execute_file(connection, db / "migrations" / f"{_CHECK}.sql", db)
