"""Which migrations were edited after they had been applied to a database.

The loader notes the hash of every migration's file when it finds it applied, whether by
`leadsync migrate` or by plain yoyo; yoyo itself does not look at contents.
"""

from pathlib import Path
from typing import NamedTuple

from runner import loader
from runner.loader import Connection
from runner.paths import db_dir


class AppliedMigration(NamedTuple):
    """A migration that the database holds, and its file's hash then and now."""

    migration: str
    applied_hash: str
    file_hash: str | None
    """None: this version of the package has no such file."""


def applied_migrations(
    connection: Connection, db: Path | None = None
) -> list[AppliedMigration]:
    """Return the migrations whose hashes are on record, in their order; none is no error.

    Args:
        connection: of a member of lead_sync_owner, or of a superuser.
        db: another directory than the package's own to take the SQL from.

    Raises:
        psycopg.errors.InsufficientPrivilege: the role may not look into lead_sync_private.
    """
    if not loader.exists(connection, "lead_sync_private.applied_migration"):
        return []
    rows = connection.execute(
        "select migration, sha256 from lead_sync_private.applied_migration order by 1"
    ).fetchall()
    files = loader.migration_hashes(db or db_dir())
    return [AppliedMigration(name, sha256, files.get(name)) for name, sha256 in rows]


def edited_migrations(connection: Connection, db: Path | None = None) -> list[str]:
    """Return the ids of the applied migrations whose files read differently by now.

    Args, Raises: as for `applied_migrations`.
    """
    return [
        each.migration
        for each in applied_migrations(connection, db)
        if each.file_hash is not None and each.file_hash != each.applied_hash
    ]


def unknown_migrations(connection: Connection, db: Path | None = None) -> list[str]:
    """Return the ids of the applied migrations that this version has no file of.

    A newer version has applied them. Args, Raises: as for `applied_migrations`.
    """
    return [
        each.migration for each in applied_migrations(connection, db) if each.file_hash is None
    ]
