"""What of yoyo the migrations use: its tables, its lock, one migration at a time.

yoyo's tables live in schema public, where a plain `yoyo apply` puts them too.
"""

import contextlib
import getpass
import io
import logging
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict
from yoyo import read_migrations
from yoyo.backends.core.postgresql import PostgresqlPsycopgBackend
from yoyo.connections import DatabaseURI
from yoyo.exceptions import LockTimeout
from yoyo.migrations import default_migration_table, topological_sort

from runner import loader, migrate_locks
from runner.loader import Connection, SqlFileError
from runner.migrate_locks import MigrationError, Watch

logger = logging.getLogger(__name__)

SCHEMA = "public"
TABLES = ("_yoyo_migration", "_yoyo_log", "_yoyo_version", "yoyo_lock")
_ROW_WAIT_S = 10
_reading = threading.Lock()


def libpq_url(database_url: str) -> str:
    """Return the URL without the driver that yoyo and SQLAlchemy want named in the scheme."""
    return database_url.replace("postgresql+psycopg://", "postgresql://", 1)


@contextlib.contextmanager
def open_backend(database_url: str, watch: Watch) -> Iterator[Any]:
    """Yield yoyo's backend, with settings of ours and locked.

    Raises:
        MigrationError: a plain yoyo is at work, or was killed there.
    """
    try:
        getpass.getuser()
    except (KeyError, OSError):  # a uid without a name; yoyo would fail after its first commit
        os.environ["LOGNAME"] = f"uid{os.getuid()}"
    # Not yoyo's own URL parser: it knows neither several hosts nor conninfo strings.
    arguments = {**conninfo_to_dict(libpq_url(database_url)), "schema": SCHEMA}
    uri = DatabaseURI("postgresql+psycopg", None, None, None, None, None, arguments)
    with PostgresqlPsycopgBackend(uri, default_migration_table) as backend:
        migrate_locks.settle(backend.connection, watch.patience)
        migrate_locks.take_turn(backend.connection, migrate_locks.WORK_KEY)
        watch.pids.append(backend.connection.info.backend_pid)
        with _row_lock(backend, watch.pids):
            yield backend


@contextlib.contextmanager
def _row_lock(backend: Any, ours: list[int]) -> Iterator[None]:
    """Hold the row that keeps plain yoyo out, under a negative number to be known as ours.

    One of ours that is there already is a dead process's: a living one would hold our advisory
    lock. One of a plain yoyo's is that, if no session is left that could be it.
    """
    backend.create_lock_table()
    backend.execute("delete from public.yoyo_lock where pid < 0")
    backend.execute(
        "delete from public.yoyo_lock l where not exists"
        " (select from pg_catalog.pg_stat_activity a where a.datname = current_database()"
        "  and a.backend_type = 'client backend' and a.pid <> all(:ours)"
        "  and (a.backend_start is null"  # not shown to this role
        "    or a.backend_start at time zone 'utc' < l.ctime + interval '1 minute'))",
        {"ours": ours},
    )
    pid = -os.getpid()
    try:
        backend._insert_lock_row(pid, _ROW_WAIT_S)
    except LockTimeout as error:
        [(other, since)] = backend.execute("select pid, ctime from public.yoyo_lock").fetchall()
        raise MigrationError(
            f"a plain yoyo, process {other}, has locked this database since {since} UTC. If"
            " that process is gone, run: yoyo break-lock"
        ) from error
    backend._is_locked = True  # or yoyo would lock itself out when it makes its tables
    try:
        yield
    finally:
        with contextlib.suppress(psycopg.OperationalError):  # the connection is gone
            backend._delete_lock_row(pid)


def read(db: Path) -> list[Any]:
    """Return all migrations in the order in which they depend on each other."""
    with _reading:  # yoyo keeps them in a global table while it resolves what they depend on
        return list(topological_sort(read_migrations(str(db / "migrations"))))


def applied_ids(connection: Connection, db: Path) -> set[str]:
    """Return the ids that yoyo has on record.

    Raises:
        MigrationError: a yoyo with another search_path has recorded ours in another schema, or
            this role may not read the record.
    """
    hidden = connection.execute(
        "select pg_get_userbyid(relowner), current_user from pg_catalog.pg_class"
        " where oid = to_regclass(%s)"
        " and (row_security_active(oid) or not has_table_privilege(oid, 'select'))",
        (f"{SCHEMA}.{default_migration_table}",),
    ).fetchone()
    if hidden:
        raise MigrationError(
            f"{hidden[0]} has migrated this database, and {hidden[1]} may not read the record."
            f' Migrate as that role, or run: grant "{hidden[0]}" to "{hidden[1]}"'
        )
    tables = connection.execute(
        "select n.nspname from pg_catalog.pg_class c"
        " join pg_catalog.pg_namespace n on n.oid = c.relnamespace"
        " where c.relname = %s and has_schema_privilege(n.oid, 'usage')"
        " and has_table_privilege(c.oid, 'select')",
        (default_migration_table,),
    ).fetchall()
    ids: dict[str, set[str]] = {SCHEMA: set()}
    for (schema,) in tables:
        query = sql.SQL("select migration_id from {}").format(
            sql.Identifier(schema, default_migration_table)
        )
        ids[schema] = {row[0] for row in connection.execute(query)}
    ours = {path.stem for path in (db / "migrations").glob("[0-9]*.sql")}
    for schema, recorded in ids.items():
        if schema != SCHEMA and recorded & ours and not ids[SCHEMA] & ours:
            moves = [f'alter table "{schema}".{table} set schema {SCHEMA};' for table in TABLES]
            raise MigrationError(
                "the migrations of lead-sync were applied by a yoyo that recorded them in"
                f" schema {schema}, not in {SCHEMA}. Run:\n" + "\n".join(moves)
            )
    return ids[SCHEMA]


def run(backend: Any, migration: Any, db: Path, direction: str, watch: Watch) -> None:
    """Apply one migration or roll it back, as `direction` says, and record that.

    In one transaction: yoyo's own way is one for the migration and one for the record, and when
    it is killed between the two, the next run repeats what is done. A migration that is in none
    must be fit to be repeated from its beginning.

    Raises:
        SqlFileError: one of its statements failed.
        LockWaitError: a lock was not to be had.
    """
    logger.info("%s %s", direction, migration.id)
    backend.ensure_internal_schema_updated()
    migration.load()
    record = backend.mark_one if direction == "apply" else backend.unmark_one

    def attempt() -> None:
        migrate_locks.settle(backend.connection, watch.patience)
        if not migration.use_transactions:
            for step in migration.steps if direction == "apply" else migration.steps[::-1]:
                getattr(step, direction)(backend)
        with backend.transaction():
            if migration.use_transactions:
                migration.process_steps(backend, direction)
            record(migration, log=False)
            backend.log_migration(migration, direction)

    try:
        # yoyo prints what a query returns
        with contextlib.redirect_stdout(io.StringIO()):
            watch.attempt(migration.id, attempt)
    except psycopg.Error as error:
        raise _located(error, Path(migration.path), db, direction) from error


def _located(error: psycopg.Error, path: Path, db: Path, direction: str) -> Exception:
    """Return the error with the file and the line of the statement that yoyo was executing."""
    if direction == "rollback" and path.suffix == ".sql":
        path = path.with_suffix(".rollback.sql")
    statement, trace = None, error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_code.co_name == "_execute":
            statement = trace.tb_frame.f_locals.get("stmt", statement)
        trace = trace.tb_next
    text = path.read_text(encoding="utf-8")
    begin = text.find(statement) if isinstance(statement, str) else -1
    if begin < 0:
        return error
    line = loader.line_of(error, text, begin) or text.count("\n", 0, begin) + 1
    return SqlFileError(path.relative_to(db).as_posix(), line, error)


def close_tables(connection: Connection) -> None:
    """Turn row-level security on, with no policy: a grant on all of public opens nothing."""
    for table in TABLES:
        row = connection.execute(
            "select pg_has_role(relowner, 'usage') and not relrowsecurity"
            " from pg_catalog.pg_class where oid = to_regclass(%s)",
            (f"{SCHEMA}.{table}",),
        ).fetchone()
        if row and row[0]:
            name = sql.Identifier(SCHEMA, table)
            connection.execute(sql.SQL("alter table {} enable row level security").format(name))


def drop_tables(connection: Connection) -> None:
    """Drop yoyo's tables."""
    for table in TABLES:
        name = sql.Identifier(SCHEMA, table)
        connection.execute(sql.SQL("drop table if exists {}").format(name))
