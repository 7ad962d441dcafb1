"""The hashes of applied migrations tell which were edited since."""

from pathlib import Path

import pytest

from runner.migrate import migrate, rollback
from runner.migrate_hashes import applied_migrations, edited_migrations, unknown_migrations
from runner.tests.conftest import Connect
from runner.tests.migrate_support import ALL, Tree, yoyo

SECOND = "migrations/0002.make-second.sql"


@pytest.fixture
def tree(tmp_path: Path) -> Tree:
    return Tree(tmp_path / "db")


@pytest.mark.parametrize("by", ["leadsync", "yoyo"])
def test_an_edited_migration_is_told(
    empty_database: str, tree: Tree, connect: Connect, by: str
) -> None:
    if by == "yoyo":
        assert yoyo(empty_database, tree, "apply").returncode == 0
    else:
        migrate(empty_database, tree.path)
    connection = connect(empty_database)
    assert [each.migration for each in applied_migrations(connection, tree.path)] == ALL
    assert edited_migrations(connection, tree.path) == []
    tree.append(SECOND, "-- a harmless thought\n")
    assert edited_migrations(connection, tree.path) == ALL[1:]
    migrate(empty_database, tree.path)
    assert edited_migrations(connection, tree.path) == ALL[1:], "migrate must not forgive it"


@pytest.mark.parametrize("by", ["leadsync", "yoyo"])
def test_one_that_is_applied_again_gets_its_hash_anew(
    empty_database: str, tree: Tree, connect: Connect, by: str
) -> None:
    migrate(empty_database, tree.path)
    if by == "yoyo":
        done = yoyo(empty_database, tree, "rollback", "--revision", ALL[1], "--batch")
        assert done.returncode == 0, done.stderr
    else:
        rollback(empty_database, count=1, db=tree.path)
    tree.append(SECOND, "-- a better one\n")
    if by == "yoyo":
        assert yoyo(empty_database, tree, "apply").returncode == 0
    else:
        migrate(empty_database, tree.path)
    assert edited_migrations(connect(empty_database), tree.path) == []


def test_a_migration_without_a_file_is_not_edited_but_unknown(
    empty_database: str, tree: Tree, connect: Connect
) -> None:
    migrate(empty_database, tree.path)
    (tree.path / SECOND).unlink()
    connection = connect(empty_database)
    assert edited_migrations(connection, tree.path) == []
    assert unknown_migrations(connection, tree.path) == ALL[1:]


def test_a_database_without_the_package_has_none(
    empty_database: str, tree: Tree, connect: Connect
) -> None:
    assert applied_migrations(connect(empty_database), tree.path) == []


def test_the_packages_own_are_on_record(database: str, connect: Connect) -> None:
    applied = applied_migrations(connect(database))
    assert applied[0].migration == "0001.check-prerequisites"
    assert edited_migrations(connect(database)) == []
    assert all(len(each.applied_hash) == 64 for each in applied)
