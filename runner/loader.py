"""Loads the code of the package: functions, triggers and views, from their files.

Used by `runner.migrate` and, from a plain `yoyo apply`, by db/migrations/post-apply.py, which
takes this file by its path: it imports nothing of the package.
"""

import hashlib
import time
from pathlib import Path
from typing import Any

import psycopg
import sqlparse
from psycopg import errors, generators
from psycopg.pq import ExecStatus

MANIFEST = "code.manifest"
PREPARE, FINISH = "prepare.sql", "finish.sql"
CLEAR, UNLOAD = "clear.sql", "unload.sql"

LOCK_TIMEOUT_S = 0.5
"""For how long one request for a lock may wait; others queue behind it meanwhile. Below
deadlock_timeout, so that in a deadlock it is we who give way."""
LOCK_WAIT_S = 60.0
"""For how long a lock is asked for again and again."""
LOCK_PAUSE_S = 0.5

GIVES_WAY = {"55P03", "40P01"}
"""lock_not_available and deadlock_detected: somebody else has a lock; again in a moment."""
_OTHER_SHAPE = {"42P13", "42P16", "42723", "42725", "42804", "42809", "2BP01"}
"""SQLSTATEs of code that cannot replace what is there: a parameter was renamed, a type or a
column is another, an overload makes a call ambiguous, or what goes is still used."""

_VERSION = "lead_sync_private.code_version"
_HASHES = "lead_sync_private.applied_migration"

Connection = psycopg.Connection[Any]


class SqlFileError(RuntimeError):
    """A statement of one of our files failed.

    Attributes:
        file: the file, relative to the directory db.
        line: the line of the error where the server says it, else where the statement begins;
            counted from 1.
        cause: the server's error.
    """

    def __init__(self, file: str, line: int, cause: psycopg.Error) -> None:
        self.file, self.line, self.cause = file, line, cause
        diag = cause.diag
        text = [f"{file}:{line}: {diag.message_primary or str(cause).strip()}"]
        if diag.sqlstate:
            text[0] += f" ({diag.sqlstate})"
        for label, value in (
            ("detail", diag.message_detail),
            ("hint", diag.message_hint),
            ("context", diag.context),
        ):
            if value:
                text.append(f"{label}: {value}")
        super().__init__("\n".join(text))


def code_files(db: Path) -> list[Path]:
    """Return the code files in load order: those of the manifest, then finish.sql.

    Args:
        db: the directory that holds code.manifest. No manifest means no code.

    Raises:
        ValueError: the manifest names a file that is not there, or one twice.
    """
    manifest = db / MANIFEST
    files: list[Path] = []
    lines = manifest.read_text(encoding="utf-8").splitlines() if manifest.exists() else []
    for number, line in enumerate(lines, 1):
        name = line.partition("#")[0].strip()
        if not name:
            continue
        path = db / name
        if not path.is_file():
            raise ValueError(f"{MANIFEST}:{number}: there is no file {name}")
        if path in files:
            raise ValueError(f"{MANIFEST}:{number}: {name} is named twice")
        files.append(path)
    if (db / FINISH).is_file():
        files.append(db / FINISH)
    return files


def code_hash(db: Path) -> str:
    """Return the sha256, in hex, of all code files with their names and order."""
    digest = hashlib.sha256()
    for path in code_files(db):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(db).as_posix()}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def loaded_hash(connection: Connection) -> str | None:
    """Return the hash of the code that the database holds; None if there is none on record."""
    if not exists(connection, _VERSION):
        return None
    row = connection.execute("select sha256 from lead_sync_private.code_version").fetchone()
    return str(row[0]) if row else None


def forget_hash(connection: Connection) -> None:
    """Make sure that the next migrate loads the code, whatever happens until then."""
    if exists(connection, _VERSION):
        connection.execute("delete from lead_sync_private.code_version")


def load_code(
    connection: Connection,
    db: Path,
    lock_timeout: float = LOCK_TIMEOUT_S,
    lock_wait: float = LOCK_WAIT_S,
) -> None:
    """Execute all code files in order and record their hash, in the caller's transaction.

    What is there is replaced in place, so that nobody misses it for a moment; what no file
    makes any more is dropped. Where code has another shape than what it replaces, the old is
    dropped first.

    Args:
        connection: in a transaction.
        db: the directory that holds code.manifest.
        lock_timeout: for how many seconds one request for a lock may wait.
        lock_wait: for how many seconds to try again when one was not to be had.

    Raises:
        SqlFileError: a statement failed; nothing was changed.
        ValueError: the manifest is wrong.
    """
    clear, deadline = False, time.monotonic() + lock_wait
    while True:
        try:
            with connection.transaction():  # a savepoint: to be rolled back, not waited in
                _load(connection, db, lock_timeout, clear)
            break
        except SqlFileError as error:
            if error.cause.sqlstate in _OTHER_SHAPE and not clear:
                clear = True
            elif error.cause.sqlstate in GIVES_WAY and time.monotonic() < deadline:
                time.sleep(LOCK_PAUSE_S)
            else:
                raise
    if exists(connection, _VERSION):
        connection.execute(
            "insert into lead_sync_private.code_version (sha256, loaded_at) values (%s, now())"
            " on conflict (singleton) do update"
            " set sha256 = excluded.sha256, loaded_at = excluded.loaded_at",
            (code_hash(db),),
        )
    record_hashes(connection, db)


def _load(connection: Connection, db: Path, lock_timeout: float, clear: bool) -> None:
    for name, value in {
        # what a trigger's condition or a view names is looked up now, and nowhere but here
        "search_path": "pg_catalog, pg_temp",
        "lock_timeout": f"{round(lock_timeout * 1000)}ms",
        "check_function_bodies": "on",
        "row_security": "on",
    }.items():
        connection.execute("select set_config(%s, %s, true)", (name, value))
    for path in code_files(db):
        execute_file(connection, path, db)
        if clear and path.name == PREPARE:
            execute_file(connection, db / CLEAR, db)


def migration_hashes(db: Path) -> dict[str, str]:
    """Return the sha256, in hex, of the file of each migration, by its id."""
    return {
        path.stem: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted((db / "migrations").glob("[0-9]*"))
        if path.suffix in (".sql", ".py") and not path.stem.endswith(".rollback")
    }


def record_hashes(connection: Connection, db: Path) -> None:
    """Note the file's hash of each migration that is newly on yoyo's record."""
    if not (exists(connection, _HASHES) and exists(connection, "public._yoyo_migration")):
        return
    connection.execute(
        "delete from lead_sync_private.applied_migration a where not exists"
        " (select from public._yoyo_migration m where m.migration_id = a.migration)"
    )
    files = migration_hashes(db)
    connection.execute(
        "insert into lead_sync_private.applied_migration as a"
        " (migration, sha256, applied_at_utc)"
        " select m.migration_id, f.sha256, m.applied_at_utc from public._yoyo_migration m"
        " join unnest(%s::text[], %s::text[]) as f(migration, sha256)"
        " on f.migration = m.migration_id"
        " on conflict (migration) do update"
        " set sha256 = excluded.sha256, applied_at_utc = excluded.applied_at_utc"
        " where a.applied_at_utc <> excluded.applied_at_utc",
        (list(files), list(files.values())),
    )


def execute_file(connection: Connection, path: Path, db: Path) -> None:
    """Execute a file whole, as it is; in a transaction that the caller has begun.

    Raises:
        SqlFileError: a statement failed.
    """
    text = path.read_text(encoding="utf-8")
    # Not cursor.execute: this way we learn how many statements succeeded before the error.
    connection.pgconn.send_query(text.encode())
    results = connection.wait(generators.execute(connection.pgconn))
    if results[-1].status == ExecStatus.FATAL_ERROR:
        error = errors.error_from_result(results[-1], "utf-8")
        line = line_of(error, text) or _line_of_statement(text, len(results) - 1)
        raise SqlFileError(path.relative_to(db).as_posix(), line, error) from error


def line_of(error: psycopg.Error, text: str, begin: int = 0) -> int | None:
    """Return the line at which the server sees the error; None if it does not say.

    Args:
        error: the server's error.
        text: the file's text.
        begin: where in it the text that the server was given begins, in characters.
    """
    position = error.diag.statement_position
    return text.count("\n", 0, begin + int(position) - 1) + 1 if position else None


def _line_of_statement(text: str, index: int) -> int:
    """Return the line on which the statement of that number, counted from 0, begins."""
    begin = 0
    for statement in sqlparse.split(text):
        begin = text.index(statement, begin)
        bare = sqlparse.format(statement, strip_comments=True).strip(" \n\t;")
        if bare and index == 0:
            first = bare.split(None, 1)[0]
            return text.count("\n", 0, text.index(first, begin)) + 1
        index -= bool(bare)
        begin += len(statement)
    return 1


def exists(connection: Connection, relation: str) -> bool:
    """Whether there is a table or view of that name, which says its schema."""
    row = connection.execute("select to_regclass(%s) is not null", (relation,)).fetchone()
    return bool(row and row[0])
