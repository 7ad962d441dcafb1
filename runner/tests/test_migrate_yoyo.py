"""Plain `yoyo apply` and `leadsync migrate` do the same, each after the other."""

from pathlib import Path

import pytest

from runner.migrate import MigrationError, Result, migrate
from runner.tests.conftest import Connect
from runner.tests.migrate_support import Tree, yoyo


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    return Tree(tmp_path / "db")


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
