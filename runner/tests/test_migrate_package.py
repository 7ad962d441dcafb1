"""The package's own migrations, on DomIQ's stand-in."""

import psycopg
import pytest

from runner.migrate import Result, SqlFileError, migrate, rollback
from runner.postgres import Server
from runner.tests.conftest import Connect


class TestThePackage:
    """The real migrations, on DomIQ's stand-in."""

    def everything(self, connect: Connect, url: str) -> object:
        """Return DomIQ's columns, triggers, functions, policies, grants and rows."""
        connection = connect(url)
        queries = [
            "select attrelid::regclass::text, attnum, attname, atttypid, attnotnull,"
            " attacl::text from pg_attribute join pg_class c on c.oid = attrelid"
            " where relnamespace = 'public'::regnamespace and not attisdropped order by 1, 2",
            "select relname, relkind, relowner, relrowsecurity, relacl::text from pg_class"
            " where relnamespace = 'public'::regnamespace order by 1",
            "select oid::regprocedure::text, prosrc, proacl::text from pg_proc"
            " where pronamespace = 'public'::regnamespace order by 1",
            "select tgrelid::regclass::text, tgname, tgenabled from pg_trigger"
            " where not tgisinternal order by 1, 2",
            "select conrelid::regclass::text, conname from pg_constraint"
            " where connamespace = 'public'::regnamespace order by 1, 2",
            "select nspname, nspacl::text from pg_namespace"
            " where nspname !~ '^pg_' and nspname <> 'information_schema' order by 1",
            "select c.id, to_jsonb(c) from public.company c order by 1",
        ]
        return [connection.execute(each.encode()).fetchall() for each in queries]

    def test_up_and_down_twice_leaves_domiq_as_it_was(
        self, domiq_only_database: str, connect: Connect
    ) -> None:
        connect(domiq_only_database).execute(
            "insert into public.company (name) values ('Example Homes')"
        )
        before = self.everything(connect, domiq_only_database)
        for _ in range(2):
            assert migrate(domiq_only_database).applied[0] == "0001.check-prerequisites"
            assert migrate(domiq_only_database) == Result([], False)
            rollback(domiq_only_database)
            assert self.everything(connect, domiq_only_database) == before

    def test_what_is_missing_is_said_before_anything_changes(
        self, empty_database: str, connect: Connect
    ) -> None:
        before = self.everything_but_rows(connect, empty_database)
        with pytest.raises(SqlFileError, match=r"public\.conversation\.id"):
            migrate(empty_database)
        assert self.everything_but_rows(connect, empty_database) == before

    def everything_but_rows(self, connect: Connect, url: str) -> object:
        connect(url).execute("create table if not exists public.company (id int)")
        return self.everything(connect, url)

    def test_a_grant_on_all_tables_does_not_open_yoyos(
        self, database: str, connect: Connect, server: Server
    ) -> None:
        admin = connect(database)
        admin.execute("grant all on all tables in schema public to app_admin")
        admin.execute("set role app_admin")
        assert admin.execute("select from _yoyo_migration").fetchall() == []
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            admin.execute("insert into yoyo_lock values (1, now(), 1)")
