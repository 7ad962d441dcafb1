"""Installing, upgrading and removing: migrations by yoyo, code by the loader."""

import os
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from runner import loader
from runner.migrate import MigrationError, Result, SqlFileError, migrate, pending, rollback
from runner.paths import db_dir, migrations_dir
from runner.postgres import Server
from runner.tests.conftest import Connect

YOYO_TABLES = {"_yoyo_log", "_yoyo_migration", "_yoyo_version", "yoyo_lock"}

VERSION_TABLE = """
create schema lead_sync_private;
create table lead_sync_private.code_version (
  singleton boolean primary key default true check (singleton),
  sha256 text not null,
  loaded_at timestamptz not null
);
"""


class Tree:
    """A small directory of SQL, laid out as db is."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.write("migrations/0001.make-first.sql", "-- A comment.\n" + VERSION_TABLE)
        self.write(
            "migrations/0001.make-first.rollback.sql", "drop schema lead_sync_private cascade;"
        )
        self.write(
            "migrations/0002.make-second.sql",
            "-- depends: 0001.make-first\ncreate table public.second (a int);\n",
        )
        self.write("migrations/0002.make-second.rollback.sql", "drop table public.second;")
        hook = migrations_dir() / "post-apply.py"
        self.write(
            "migrations/post-apply.py",
            hook.read_text().replace(
                'DB.parent / "loader.py")', f"Path({str(Path(loader.__file__))!r}))"
            ),
        )
        self.write(
            "functions/f.sql",
            "create or replace function public.f() returns int\n"
            "language sql as $$ select 1 $$;\n",
        )
        self.write(
            "views/v.sql", "create or replace view public.v as\nselect public.f() as a;\n"
        )
        self.write(
            "code.manifest", "# functions\nfunctions/f.sql\n\n# views\nviews/v.sql  # last\n"
        )
        self.write(
            "unload.sql", "drop view if exists public.v;\ndrop function if exists public.f();\n"
        )

    def write(self, name: str, text: str) -> None:
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    return Tree(tmp_path / "db")


ALL = ["0001.make-first", "0002.make-second"]


def relations(connect: Connect, url: str) -> set[str]:
    """Return the tables and views in public."""
    rows = connect(url).execute(
        "select relname from pg_class"
        " where relkind in ('r', 'v') and relnamespace = 'public'::regnamespace"
    )
    return {row[0] for row in rows}


def yoyo(url: str, tree: Tree, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run plain yoyo with the repository's yoyo.ini."""
    tree.write("yoyo.ini", (db_dir() / "yoyo.ini").read_text())
    return subprocess.run(
        [sys.executable, "-m", "yoyo", *arguments, "-c", str(tree.path / "yoyo.ini")],
        env={**os.environ, "DATABASE_URL": url.replace("postgresql:", "postgresql+psycopg:")},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


class TestMigrate:
    def test_applies_migrations_and_loads_code(
        self, empty_database: str, tree: Tree, connect: Connect
    ) -> None:
        assert pending(empty_database, tree.path) == ALL
        assert migrate(empty_database, tree.path) == Result(ALL, True)
        assert connect(empty_database).execute("select a from public.v").fetchall() == [(1,)]
        assert pending(empty_database, tree.path) == []

    def test_does_nothing_a_second_time(self, empty_database: str, tree: Tree) -> None:
        migrate(empty_database, tree.path)
        assert migrate(empty_database, tree.path) == Result([], False)

    def test_loads_changed_code(
        self, empty_database: str, tree: Tree, connect: Connect
    ) -> None:
        migrate(empty_database, tree.path)
        tree.write(
            "functions/f.sql",
            "create or replace function public.f() returns int\n"
            "language sql as $$ select 2 $$;\n",
        )
        assert migrate(empty_database, tree.path) == Result([], True)
        assert connect(empty_database).execute("select a from public.v").fetchall() == [(2,)]

    def test_loads_code_with_every_new_migration(self, empty_database: str, tree: Tree) -> None:
        migrate(empty_database, tree.path)
        tree.write(
            "migrations/0003.drop-it.sql", "-- depends: 0002.make-second\ndrop view public.v;\n"
        )
        assert migrate(empty_database, tree.path) == Result(["0003.drop-it"], True)

    def test_finish_comes_last(self, empty_database: str, tree: Tree, connect: Connect) -> None:
        tree.write("finish.sql", "comment on view public.v is 'finished';\n")
        migrate(empty_database, tree.path)
        row = (
            connect(empty_database).execute("select obj_description('v'::regclass)").fetchone()
        )
        assert row == ("finished",)

    def test_loads_code_after_an_attempt_that_ended_before_it(
        self, empty_database: str, tree: Tree
    ) -> None:
        migrate(empty_database, tree.path)
        good = (tree.path / "views/v.sql").read_text()
        tree.write(
            "migrations/0003.drop-it.sql", "-- depends: 0002.make-second\ndrop view public.v;\n"
        )
        tree.write("views/v.sql", "nonsense;")
        with pytest.raises(SqlFileError):
            migrate(empty_database, tree.path)
        assert pending(empty_database, tree.path) == []
        tree.write("views/v.sql", good)
        assert migrate(empty_database, tree.path) == Result([], True)

    def test_pending_changes_nothing(
        self, empty_database: str, tree: Tree, connect: Connect
    ) -> None:
        pending(empty_database, tree.path)
        assert relations(connect, empty_database) == set()

    def test_ignores_the_search_path(
        self, empty_database: str, tree: Tree, connect: Connect
    ) -> None:
        admin = connect(empty_database)
        admin.execute("create schema postgres")
        migrate(empty_database, tree.path)
        admin.execute(
            sql.SQL("alter database {} set search_path = postgres").format(
                sql.Identifier(admin.info.dbname)
            )
        )
        assert migrate(empty_database, tree.path) == Result([], False)
        assert relations(connect, empty_database) > YOYO_TABLES

    @pytest.mark.parametrize("form", ["postgresql+psycopg", "conninfo", "several hosts"])
    def test_forms_of_the_url(self, empty_database: str, tree: Tree, form: str) -> None:
        url = {
            "postgresql+psycopg": empty_database.replace("postgresql:", "postgresql+psycopg:"),
            "conninfo": " ".join(
                f"{key}={value}"
                for key, value in psycopg.conninfo.conninfo_to_dict(empty_database).items()
            ),
            "several hosts": empty_database.replace("host=", "port=1,5432&host=/nowhere,"),
        }[form]
        assert migrate(url, tree.path) == Result(ALL, True)
        assert rollback(url, db=tree.path) == ALL[::-1]

    def test_says_nothing_of_the_password(
        self,
        empty_database: str,
        tree: Tree,
        caplog: pytest.LogCaptureFixture,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        caplog.set_level("DEBUG")
        migrate(empty_database.replace("@", ":s3cr3t@"), tree.path)
        assert "0001.make-first" in caplog.text
        assert "s3cr3t" not in caplog.text
        assert capsys.readouterr().out == ""


class TestErrors:
    def failure(self, url: str, tree: Tree) -> SqlFileError:
        with pytest.raises(SqlFileError) as error:
            migrate(url, tree.path)
        return error.value

    def test_a_migration_names_file_and_line_and_leaves_no_trace(
        self, empty_database: str, tree: Tree, connect: Connect
    ) -> None:
        tree.write(
            "migrations/0003.fail.sql",
            "-- depends: 0002.make-second\n\ncreate table public.third ();\n\n"
            "select\n  nonsense;\n",
        )
        error = self.failure(empty_database, tree)
        assert str(error).startswith(
            'migrations/0003.fail.sql:6: column "nonsense" does not exist (42703)'
        )
        assert pending(empty_database, tree.path) == ["0003.fail"]
        assert "third" not in relations(connect, empty_database)

    def test_an_error_without_a_position_names_the_statement(
        self, empty_database: str, tree: Tree
    ) -> None:
        tree.write(
            "migrations/0003.fail.sql",
            "-- depends: 0002.make-second\n\nselect 1;\n\ndo $$\nbegin\n"
            "  raise exception 'no' using hint = 'Do so.';\nend $$;\n",
        )
        error = self.failure(empty_database, tree)
        assert (error.file, error.line) == ("migrations/0003.fail.sql", 5)
        assert "hint: Do so." in str(error)

    @pytest.mark.parametrize(
        ("text", "line"),
        [
            ("create view public.x as\nselect 1 as a;\n\nselect\n nonsense;\n", 5),
            ("-- x\n/* y; */\nselect 1;\n-- z;\ncomment on function public.g() is\n'x';\n", 5),
            (
                "create function public.x() returns int language plpgsql as $$\n"
                "begin\n  return nonsense 1;\nend $$;\n",
                3,
            ),
            ("select 'ä', 'ö';\nselect 'ü', nonsense;\n", 2),
        ],
        ids=["position", "no position", "in a function", "not ASCII"],
    )
    def test_a_code_file_names_file_and_line_and_nothing_is_loaded(
        self, empty_database: str, tree: Tree, connect: Connect, text: str, line: int
    ) -> None:
        tree.write("views/v.sql", text)
        error = self.failure(empty_database, tree)
        assert (error.file, error.line) == ("views/v.sql", line)
        row = connect(empty_database).execute("select to_regproc('public.f')").fetchone()
        assert row == (None,)

    def test_a_rollback_names_its_own_file(self, empty_database: str, tree: Tree) -> None:
        tree.write("migrations/0002.make-second.rollback.sql", "\n\ndrop table nonsense;\n")
        migrate(empty_database, tree.path)
        with pytest.raises(SqlFileError) as error:
            rollback(empty_database, db=tree.path)
        assert error.value.file == "migrations/0002.make-second.rollback.sql"
        assert error.value.line == 3

    @pytest.mark.parametrize(
        ("manifest", "message"),
        [
            ("a.sql\n", "code.manifest:1: there is no file a.sql"),
            ("views/v.sql\n#\nviews/v.sql\n", "code.manifest:3: views/v.sql is named twice"),
        ],
    )
    def test_a_wrong_manifest(
        self, empty_database: str, tree: Tree, manifest: str, message: str
    ) -> None:
        tree.write("code.manifest", manifest)
        with pytest.raises(ValueError, match=message):
            migrate(empty_database, tree.path)

    def test_a_database_that_cannot_be_reached(self, tree: Tree) -> None:
        with pytest.raises(psycopg.OperationalError):
            migrate("postgresql://u:s3cr3t@127.0.0.1:1/d", tree.path)


class TestRollback:
    def test_all_up_and_down_twice(
        self, empty_database: str, tree: Tree, connect: Connect
    ) -> None:
        for _ in range(2):
            assert migrate(empty_database, tree.path) == Result(ALL, True)
            assert rollback(empty_database, db=tree.path) == ALL[::-1]
            assert relations(connect, empty_database) == set()
        assert rollback(empty_database, db=tree.path) == []

    def test_some(self, empty_database: str, tree: Tree, connect: Connect) -> None:
        migrate(empty_database, tree.path)
        assert rollback(empty_database, count=1, db=tree.path) == ALL[:0:-1]
        assert relations(connect, empty_database) == YOYO_TABLES
        assert migrate(empty_database, tree.path) == Result(ALL[1:], True)
        assert rollback(empty_database, all_=False, db=tree.path) == ALL[:0:-1]

    def test_leaves_the_record_of_other_migrations(
        self, empty_database: str, tree: Tree, connect: Connect
    ) -> None:
        migrate(empty_database, tree.path)
        connect(empty_database).execute(
            "insert into _yoyo_migration values ('x', 'of-somebody-else', now())"
        )
        rollback(empty_database, db=tree.path)
        assert relations(connect, empty_database) == YOYO_TABLES


class TestSeveralAtOnce:
    def test_one_applies_the_others_find_it_done(self, empty_database: str, tree: Tree) -> None:
        barrier = threading.Barrier(3)

        def run() -> Result:
            barrier.wait()
            return migrate(empty_database, tree.path)

        with ThreadPoolExecutor(3) as pool:
            results = [each.result() for each in [pool.submit(run) for _ in range(3)]]
        assert sorted(results, key=lambda each: each.applied) == [
            Result([], False),
            Result([], False),
            Result(ALL, True),
        ]

    def test_what_a_sigkill_left_of_a_lock_is_no_obstacle(
        self, empty_database: str, tree: Tree, connect: Connect
    ) -> None:
        migrate(empty_database, tree.path)
        rollback(empty_database, count=1, db=tree.path)
        connect(empty_database).execute("insert into yoyo_lock values (1, now(), 1)")
        assert migrate(empty_database, tree.path) == Result(ALL[1:], True)


class TestPlainYoyo:
    def test_apply_is_the_same_as_migrate(
        self, empty_database: str, tree: Tree, connect: Connect
    ) -> None:
        done = yoyo(empty_database, tree, "apply")
        assert done.returncode == 0, done.stderr
        assert connect(empty_database).execute("select a from public.v").fetchall() == [(1,)]
        assert migrate(empty_database, tree.path) == Result([], False)

    def test_it_goes_on_where_migrate_ended(self, empty_database: str, tree: Tree) -> None:
        migrate(empty_database, tree.path)
        tree.write(
            "migrations/0003.third.sql",
            "-- depends: 0002.make-second\ncreate table public.third ();\n",
        )
        done = yoyo(empty_database, tree, "apply")
        assert done.returncode == 0, done.stderr
        assert migrate(empty_database, tree.path) == Result([], False)

    def test_a_code_error_names_file_and_line(self, empty_database: str, tree: Tree) -> None:
        tree.write("views/v.sql", "\nselect nonsense;\n")
        done = yoyo(empty_database, tree, "apply")
        assert done.returncode != 0
        assert "views/v.sql:2: " in done.stderr

    def test_a_record_in_another_schema_is_refused(
        self, empty_database: str, tree: Tree, connect: Connect
    ) -> None:
        admin = connect(empty_database)
        admin.execute("create schema postgres")
        assert yoyo(empty_database, tree, "apply").returncode == 0
        with pytest.raises(MigrationError, match="in schema postgres, not in public") as error:
            migrate(empty_database, tree.path)
        admin.execute(str(error.value).partition("Run:\n")[2])
        assert migrate(empty_database, tree.path) == Result([], False)


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
