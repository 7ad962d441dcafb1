"""The package's own migrations, on DomIQ's stand-in: up, down, and by either tool."""

import itertools
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from runner.migrate import Result, SqlFileError, migrate, pending, rollback
from runner.postgres import Server
from runner.tests.conftest import Connect
from runner.tests.migrate_support import Copy, catalogue, yoyo


def by_leadsync(url: str, tree: Copy, direction: str) -> None:
    if direction == "apply":
        migrate(url, tree.path)
    else:
        rollback(url, db=tree.path)


def by_yoyo(url: str, tree: Copy, direction: str) -> None:
    arguments = ("apply",) if direction == "apply" else ("rollback", "--all")
    done = yoyo(url, tree, *arguments)
    assert done.returncode == 0, done.stderr


BOTH = [by_leadsync, by_yoyo]
Tool = Callable[[str, Copy, str], None]


@pytest.mark.parametrize("tools", [*itertools.product(BOTH, repeat=3)])
def test_up_down_and_up_again(
    domiq_only_database: str, connect: Connect, tmp_path: Path, tools: tuple[Tool, ...]
) -> None:
    (up, down, again), url = tools, domiq_only_database
    connection, tree = connect(url), Copy(tmp_path / "db")
    connection.execute("insert into public.company (name) values ('Example Homes')")
    rows = "select to_jsonb(c) from public.company c"
    data, before = connection.execute(rows).fetchall(), catalogue(connection)
    up(url, tree, "apply")
    assert pending(url) == []
    installed = catalogue(connection)
    assert installed != before
    down(url, tree, "rollback")
    assert catalogue(connection) == before
    assert connection.execute(rows).fetchall() == data
    again(url, tree, "apply")
    assert catalogue(connection) == installed
    assert migrate(url, tree.path) == Result([], False), "and nothing is left to do"


@pytest.mark.parametrize("count", [1, 3, 4, 6])
def test_some_down_and_up_again(database: str, connect: Connect, count: int) -> None:
    connection = connect(database)
    before = catalogue(connection)
    gone = rollback(database, count=count)
    assert len(gone) == count
    assert catalogue(connection) != before
    connection.execute(  # DomIQ works meanwhile
        "with u as (insert into public.\"user\" (first_name, last_name) values ('A', 'B')"
        " returning id) insert into public.conversation (user_id) select id from u"
    )
    connection.execute("update public.conversation set status = 'qualified'")
    assert migrate(database).applied == gone[::-1]
    assert catalogue(connection) == before


@pytest.mark.parametrize("first", BOTH)
def test_each_goes_on_where_the_other_ended(
    domiq_only_database: str, database: str, connect: Connect, tmp_path: Path, first: Tool
) -> None:
    url, tree = domiq_only_database, Copy(tmp_path / "db")
    migrations = (tree.path / "migrations").glob("[0-9]*.sql")
    later = sorted(path for path in migrations if path.name >= "0005")
    kept = {path: path.read_text() for path in later}
    manifest = (tree.path / "code.manifest").read_text()
    for path in later:
        path.unlink()
    tree.write("code.manifest", "")
    (tree.path / "finish.sql").rename(tree.path / "finish.later")
    first(url, tree, "apply")
    (tree.path / "finish.later").rename(tree.path / "finish.sql")
    tree.write("code.manifest", manifest)
    for path, text in kept.items():
        path.write_text(text)
    assert pending(url, tree.path) == [
        path.stem for path in later if not path.stem.endswith(".rollback")
    ]
    (by_yoyo if first is by_leadsync else by_leadsync)(url, tree, "apply")
    assert catalogue(connect(url)) == catalogue(connect(database))


def test_what_is_missing_is_said_before_anything_changes(
    domiq_only_database: str, connect: Connect
) -> None:
    connection = connect(domiq_only_database)
    connection.execute("drop table public.lead_notification")
    before = catalogue(connection)
    with pytest.raises(SqlFileError, match=r"public\.lead_notification\.sent_at"):
        migrate(domiq_only_database)
    assert catalogue(connection) == before
    assert connection.execute("select to_regclass('public.yoyo_lock')").fetchone() == (None,)


def test_columns_of_our_names_are_kept_or_refused(
    domiq_only_database: str, connect: Connect
) -> None:
    connection = connect(domiq_only_database)
    connection.execute(
        "alter table public.conversation add resman_lead_id varchar(100),"
        " add resman_sync_version text"
    )
    before = catalogue(connection)
    with pytest.raises(SqlFileError, match="resman_sync_version is text, not integer"):
        migrate(domiq_only_database)
    rollback(domiq_only_database)
    assert catalogue(connection) == before
    connection.execute("alter table public.conversation drop resman_sync_version")
    migrate(domiq_only_database)
    rollback(domiq_only_database)
    columns = connection.execute(
        "select attname from pg_attribute where attrelid = 'public.conversation'::regclass"
        " and attname like 'resman%'"
    )
    assert columns.fetchall() == [("resman_lead_id",)], "it was there before us"


def test_a_grant_on_all_tables_does_not_open_yoyos(
    database: str, connect: Connect, server: Server
) -> None:
    admin = connect(database)
    admin.execute("grant all on all tables in schema public to app_admin")
    admin.execute("set role app_admin")
    assert admin.execute("select from _yoyo_migration").fetchall() == []
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        admin.execute("insert into yoyo_lock values (1, now(), 1)")


def test_what_everybody_may_do_in_public_can_be_taken_from_them(
    domiq_only_database: str, connect: Connect
) -> None:
    connection = connect(domiq_only_database)
    connection.execute("grant create on schema public to public")  # PostgreSQL 14's default
    migrate(domiq_only_database)
    connection.execute("revoke all on schema public from public")
    may = "select has_schema_privilege('lead_sync_owner', 'public', %s)"
    assert connection.execute(may, ("CREATE",)).fetchone() == (True,)
    assert connection.execute(may, ("USAGE",)).fetchone() == (True,)
