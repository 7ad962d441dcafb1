"""A released migration is never edited."""

import hashlib
import subprocess
import sys
from pathlib import Path

import pytest

from runner import migrate_released
from runner.paths import migrations_dir
from runner.tests.migrate_support import Copy

NAME = "0003.create-seed-tables.sql"


@pytest.fixture
def tree(tmp_path: Path) -> Copy:
    """A copy with all of its migrations released."""
    copy = Copy(tmp_path / "db")
    migrate_released.add(copy.path / "migrations")
    return copy


def test_no_released_migration_of_ours_was_edited() -> None:
    assert migrate_released.edited(migrations_dir()) == []


def test_every_file_is_held(tree: Copy) -> None:
    migrations = tree.path / "migrations"
    on_record = migrate_released.released(migrations)
    files = {path.name for path in migrations.glob("[0-9]*.sql")}
    assert len(files) >= 14
    assert set(on_record) == files
    assert on_record[NAME] == hashlib.sha256((migrations / NAME).read_bytes()).hexdigest()
    assert migrate_released.edited(migrations) == []
    assert migrate_released.add(migrations) == [], "each is added once"


@pytest.mark.parametrize("name", [NAME, NAME.replace(".sql", ".rollback.sql")])
def test_an_edited_one_is_told_with_the_command_that_mends(tree: Copy, name: str) -> None:
    tree.append(f"migrations/{name}", "\n")
    [line] = migrate_released.edited(tree.path / "migrations")
    assert line.startswith(f"db/migrations/{name} was released and has been edited: git ")
    assert "new migration" in line


def test_a_removed_one_is_told(tree: Copy) -> None:
    (tree.path / "migrations" / NAME).unlink()
    [line] = migrate_released.edited(tree.path / "migrations")
    assert line.startswith(f"db/migrations/{NAME} was released and has been removed")


def test_a_new_one_is_free_until_it_is_released(tree: Copy) -> None:
    migrations = tree.path / "migrations"
    tree.write("migrations/9000.new.sql", "select 1;\n")
    assert migrate_released.edited(migrations) == []
    assert migrate_released.add(migrations) == ["9000.new.sql"]
    tree.append("migrations/9000.new.sql", "select 2;\n")
    assert len(migrate_released.edited(migrations)) == 1


def test_the_command(tree: Copy, monkeypatch: pytest.MonkeyPatch) -> None:
    done = subprocess.run([sys.executable, "-m", "runner.migrate_released"], check=False)
    assert done.returncode == 0
    monkeypatch.setattr(migrate_released, "migrations_dir", lambda: tree.path / "migrations")
    tree.append(f"migrations/{NAME}", "\n")
    assert migrate_released.main([]) == 1
    assert migrate_released.main(["--add"]) == 1, "an edit is never released"
