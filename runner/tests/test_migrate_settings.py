"""What the role, the database or the environment has set does not matter to a migration."""

from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from runner.migrate import Result, migrate, rollback
from runner.tests.conftest import Connect
from runner.tests.migrate_support import Copy, catalogue, yoyo

SETTINGS = {
    "default_transaction_isolation": "serializable",
    "default_transaction_deferrable": "on",
    "row_security": "off",
    "check_function_bodies": "off",
    "quote_all_identifiers": "on",
    "search_path": "public, pg_catalog",
}
HARSH = {
    "standard_conforming_strings": "off",
    "default_transaction_read_only": "on",
    "statement_timeout": "300ms",
    "lock_timeout": "1ms",
    "idle_in_transaction_session_timeout": "300ms",
    "idle_session_timeout": "300ms",
}
"""Under these a plain yoyo does not work."""
LONG = "select pg_sleep(0.5);\n"
PATHS = ['"$user", public', "elsewhere", "elsewhere, public", "", "public, pg_catalog"]


def set_for_role(connection: psycopg.Connection[object], settings: dict[str, str]) -> None:
    """Set defaults of this role in this database: they are gone with it."""
    database = connection.info.dbname
    for name, value in settings.items():
        # a list is not one literal
        text = value if name == "search_path" and value else f"'{value}'"
        connection.execute(
            f'alter role current_user in database "{database}" set {name} = {text}'.encode()
        )


def hostile(connection: psycopg.Connection[object]) -> None:
    """Schemas named as the user and otherwise, with objects that could be taken for others."""
    for schema in (sql.Identifier(connection.info.user), sql.Identifier("elsewhere")):
        connection.execute(sql.SQL("create schema {}").format(schema))
        connection.execute(sql.SQL("create table {}.conversation (a int)").format(schema))
        connection.execute(sql.SQL('create table {}."user" (a int)').format(schema))
    for name in ("jsonb_typeof(jsonb)", "now()", "coalesce_dates(date)"):
        connection.execute(
            f"create function elsewhere.{name} returns text language plpgsql"
            " as $$begin raise 'not mine'; end$$".encode()
        )


@pytest.mark.parametrize("path", PATHS)
def test_leadsync_under_any_settings(
    domiq_only_database: str, database: str, connect: Connect, tmp_path: Path, path: str
) -> None:
    url, admin = domiq_only_database, connect(domiq_only_database)
    tree = Copy(tmp_path / "db")
    tree.append("migrations/0005.create-archives.sql", LONG)
    before = catalogue(admin)
    hostile(admin)
    set_for_role(admin, {**SETTINGS, **HARSH, "search_path": path})
    assert migrate(url, tree.path).code_loaded
    assert catalogue(admin) | {"schemas": []} == catalogue(connect(database)) | {"schemas": []}
    assert migrate(url, tree.path) == Result([], False)
    rollback(url, db=tree.path)
    assert catalogue(admin) | {"schemas": []} == before | {"schemas": []}


@pytest.mark.parametrize("name", SETTINGS)
def test_plain_yoyo_under_each(
    domiq_only_database: str, database: str, connect: Connect, tmp_path: Path, name: str
) -> None:
    admin = connect(domiq_only_database)
    set_for_role(admin, {name: SETTINGS[name]})
    done = yoyo(domiq_only_database, Copy(tmp_path / "db"), "apply")
    assert done.returncode == 0, done.stderr
    assert catalogue(admin) == catalogue(connect(database))
    assert migrate(domiq_only_database) == Result([], False)


def test_plain_yoyo_that_would_keep_its_record_elsewhere_is_told(
    domiq_only_database: str, connect: Connect, tmp_path: Path
) -> None:
    admin, tree = connect(domiq_only_database), Copy(tmp_path / "db")
    before = catalogue(admin)
    hostile(admin)
    done = yoyo(domiq_only_database, tree, "apply")
    assert done.returncode != 0
    assert f"yoyo keeps its record in schema {admin.info.user} here" in done.stderr
    assert catalogue(admin) | {"schemas": []} == before | {"schemas": []}
    options = {"PGOPTIONS": "-c search_path=public"}  # what it says
    assert f'PGOPTIONS="{options["PGOPTIONS"]}" yoyo apply' in done.stderr
    done = yoyo(domiq_only_database, tree, "apply", **options)
    assert done.returncode == 0, done.stderr
    assert migrate(domiq_only_database) == Result([], False)
