"""The stand-in for DomIQ's own database: for development, tests and the demo."""

import psycopg

from runner import loader
from runner.paths import db_dir, domiq_dir

_IS_SUPER = "select from pg_catalog.pg_roles where rolname = current_user and rolsuper"


def load_domiq(database_url: str, owner: str | None = None) -> None:
    """Create DomIQ's tables, triggers, policies and roles in an empty database.

    Args:
        database_url: where; its role must be a superuser, or own the database and be allowed to
            create roles.
        owner: an ordinary role that the tables are to belong to, made if missing; by default a
            superuser's belong to whoever connects, and an ordinary role's to `app_owner`,
            because lead-sync is not installed by the tables' owner itself.

    Raises:
        SqlFileError: a statement failed; nothing has been created.
    """
    with psycopg.connect(database_url, autocommit=True) as connection, connection.transaction():
        ordinary = connection.execute(_IS_SUPER).fetchone() is None
        owner = owner or ("app_owner" if ordinary else None)
        if owner:
            connection.execute("select set_config('domiq.owner', %s, true)", (owner,))
        for path in sorted(domiq_dir().glob("*.sql")):
            loader.execute_file(connection, path, db_dir())
