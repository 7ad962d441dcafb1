"""Installing, bringing up to date and removing: migrations by yoyo, code by the loader."""

from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from runner.migrate import Result, SqlFileError, migrate, pending, rollback
from runner.tests.conftest import Connect
from runner.tests.migrate_support import ALL, YOYO_TABLES, Tree, relations


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    return Tree(tmp_path / "db")


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
        assert relations(connect(empty_database)) == set()

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
        assert relations(connect(empty_database)) > YOYO_TABLES

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


class TestRollback:
    def test_all_up_and_down_twice(
        self, empty_database: str, tree: Tree, connect: Connect
    ) -> None:
        for _ in range(2):
            assert migrate(empty_database, tree.path) == Result(ALL, True)
            assert rollback(empty_database, db=tree.path) == ALL[::-1]
            assert relations(connect(empty_database)) == set()
        assert rollback(empty_database, db=tree.path) == []

    def test_some(self, empty_database: str, tree: Tree, connect: Connect) -> None:
        migrate(empty_database, tree.path)
        assert rollback(empty_database, count=1, db=tree.path) == ALL[:0:-1]
        assert relations(connect(empty_database)) == YOYO_TABLES
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
        assert relations(connect(empty_database)) == YOYO_TABLES
