"""What a failed migration or code file says, and that it leaves nothing behind."""

from pathlib import Path

import psycopg
import pytest

from runner.migrate import SqlFileError, migrate, pending, rollback
from runner.tests.conftest import Connect
from runner.tests.migrate_support import Tree, relations


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    return Tree(tmp_path / "db")


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
        assert "third" not in relations(connect(empty_database))

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
