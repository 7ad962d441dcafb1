"""Loads the code of the package: functions, triggers and views, from their files.

Used by `runner.migrate` and, from a plain `yoyo apply`, by db/migrations/post-apply.py: this
module and the one of the files import nothing else of the package.
"""

import json
import time
from pathlib import Path

from runner.loader_files import (
    CLEAR,
    FINISH,
    LOCK,
    MANIFEST,
    PREPARE,
    UNLOAD,
    Connection,
    SqlFileError,
    code_files,
    code_hash,
    execute_file,
    file_hash,
    line_of,
    migration_hashes,
)

__all__ = [
    "CLEAR",
    "FINISH",
    "MANIFEST",
    "UNLOAD",
    "Connection",
    "SqlFileError",
    "code_files",
    "code_hash",
    "execute_file",
    "exists",
    "forget_hash",
    "line_of",
    "load_code",
    "loaded_hash",
    "migration_hashes",
    "record_hashes",
]

LOCK_TIMEOUT_S = 0.2
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
_FILES = "lead_sync_private.code_file"
_HASHES = "lead_sync_private.applied_migration"


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
    """Execute the code files in order and record their hash, in the caller's transaction.

    What is there is replaced in place, so that nobody misses it for a moment; what no file
    makes any more is dropped. A view or trigger whose file has not changed is left alone:
    replacing one locks what DomIQ is using. Where code has another shape than what it replaces,
    the old is dropped first.

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
    _record(connection, db)
    record_hashes(connection, db)


def _load(connection: Connection, db: Path, lock_timeout: float, clear: bool) -> None:
    there = _views_and_triggers(connection)
    kept = set() if clear else _unchanged(connection, db) & there
    for name, value in {
        # what a trigger's condition or a view names is looked up now, and nowhere but here
        "search_path": "pg_catalog, pg_temp",
        "lock_timeout": f"{round(lock_timeout * 1000)}ms",
        "check_function_bodies": "on",
        "row_security": "on",
        "lead_sync.code_kept": json.dumps([Path(name).stem for name in kept]),
    }.items():
        connection.execute("select set_config(%s, %s, true)", (name, value))
    locked = not (db / LOCK).is_file()
    for path in code_files(db):
        name = path.relative_to(db).as_posix()
        if name in kept:
            continue
        if not locked and (name in there or name.startswith("triggers/")):
            execute_file(connection, db / LOCK, db)
            locked = True
        execute_file(connection, path, db)
        if clear and path.name == PREPARE:
            execute_file(connection, db / CLEAR, db)


def _views_and_triggers(connection: Connection) -> set[str]:
    """Return the names that the files of all views and triggers would have."""
    rows = connection.execute(
        "select 'views/' || relname || '.sql' from pg_catalog.pg_class c"
        " join pg_catalog.pg_namespace n on n.oid = c.relnamespace where relkind = 'v'"
        " and nspname in ('public', 'lead_sync', 'lead_sync_private')"
        " union all select 'triggers/' || tgname || '.sql' from pg_catalog.pg_trigger"
        " where not tgisinternal"
    )
    return {row[0] for row in rows}


def _unchanged(connection: Connection, db: Path) -> set[str]:
    """Return the names of the code files that read as when they were loaded."""
    if not exists(connection, _FILES):
        return set()
    rows = connection.execute("select file, sha256 from lead_sync_private.code_file").fetchall()
    now = _hashes(db)
    return {name for name, sha256 in rows if sha256 == now.get(name)}


def _hashes(db: Path) -> dict[str, str]:
    return {path.relative_to(db).as_posix(): file_hash(path) for path in code_files(db)}


def _record(connection: Connection, db: Path) -> None:
    if exists(connection, _VERSION):
        connection.execute(
            "insert into lead_sync_private.code_version (sha256, loaded_at) values (%s, now())"
            " on conflict (singleton) do update"
            " set sha256 = excluded.sha256, loaded_at = excluded.loaded_at",
            (code_hash(db),),
        )
    if exists(connection, _FILES):
        hashes = _hashes(db)
        connection.execute("delete from lead_sync_private.code_file")
        connection.execute(
            "insert into lead_sync_private.code_file (file, sha256)"
            " select * from unnest(%s::text[], %s::text[])",
            (list(hashes), list(hashes.values())),
        )


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
        " (migration, sha256, applied_at)"
        " select m.migration_id, f.sha256, m.applied_at_utc at time zone 'utc'"
        " from public._yoyo_migration m"
        " join unnest(%s::text[], %s::text[]) as f(migration, sha256)"
        " on f.migration = m.migration_id"
        " on conflict (migration) do update"
        " set sha256 = excluded.sha256, applied_at = excluded.applied_at"
        " where a.applied_at <> excluded.applied_at",
        (list(files), list(files.values())),
    )


def exists(connection: Connection, relation: str) -> bool:
    """Whether there is a table or view of that name, which says its schema."""
    row = connection.execute("select to_regclass(%s) is not null", (relation,)).fetchone()
    return bool(row and row[0])
