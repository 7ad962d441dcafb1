"""The stand-in for DomIQ's own database: for development, tests and the demo."""

import psycopg

from runner import loader
from runner.paths import db_dir, domiq_dir


def load_domiq(database_url: str, owner: str | None = None) -> None:
    """Create DomIQ's tables, triggers, policies and roles in an empty database.

    Args:
        database_url: where; its role must be a superuser or own the database.
        owner: an ordinary role that the tables are to belong to, made if missing; by default
            they belong to whoever connects.

    Raises:
        SqlFileError: a statement failed; nothing has been created.
    """
    with psycopg.connect(database_url, autocommit=True) as connection, connection.transaction():
        if owner:
            connection.execute("select set_config('domiq.owner', %s, true)", (owner,))
        for path in sorted(domiq_dir().glob("*.sql")):
            loader.execute_file(connection, path, db_dir())
