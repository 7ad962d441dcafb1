"""What the tests of migrations share: a small tree of SQL, a copy of ours, and plain yoyo."""

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import psycopg

from runner import loader
from runner.paths import db_dir, migrations_dir

YOYO_TABLES = {"_yoyo_log", "_yoyo_migration", "_yoyo_version", "yoyo_lock"}
ALL = ["0001.make-first", "0002.make-second"]

_PRIVATE_TABLES = """
create schema lead_sync_private;
create table lead_sync_private.code_version (
  singleton boolean primary key default true check (singleton),
  sha256 text not null,
  loaded_at timestamptz not null
);
create table lead_sync_private.applied_migration (
  migration text primary key,
  sha256 text not null,
  applied_at_utc timestamp not null
);
"""


class Tree:
    """A small directory of SQL, laid out as db is."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.write("migrations/0001.make-first.sql", "-- A comment.\n" + _PRIVATE_TABLES)
        self.write(
            "migrations/0001.make-first.rollback.sql", "drop schema lead_sync_private cascade;"
        )
        self.write(
            "migrations/0002.make-second.sql",
            "-- depends: 0001.make-first\ncreate table public.second (a int);\n",
        )
        self.write("migrations/0002.make-second.rollback.sql", "drop table public.second;")
        self.write("migrations/post-apply.py", post_apply())
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

    def append(self, name: str, text: str) -> None:
        self.write(name, (self.path / name).read_text() + text)

    def replace(self, name: str, old: str, new: str) -> None:
        text = (self.path / name).read_text()
        assert old in text
        self.write(name, text.replace(old, new))


class Copy(Tree):
    """A copy of the package's own db, to be changed."""

    def __init__(self, path: Path) -> None:
        shutil.copytree(db_dir(), path)
        self.path = path
        self.write("migrations/post-apply.py", post_apply())


def post_apply() -> str:
    """The hook of plain yoyo, as it is where no package lies beside db."""
    return (
        (migrations_dir() / "post-apply.py")
        .read_text()
        .replace('DB.parent / "loader.py")', f"Path({str(Path(loader.__file__))!r}))")
    )


def relations(connection: psycopg.Connection[Any]) -> set[str]:
    """Return the tables and views in public."""
    rows = connection.execute(
        "select relname from pg_class"
        " where relkind in ('r', 'v') and relnamespace = 'public'::regnamespace"
    )
    return {row[0] for row in rows}


def yoyo(
    url: str, tree: Tree, *arguments: str, **environ: str
) -> subprocess.CompletedProcess[str]:
    """Run plain yoyo with the repository's yoyo.ini."""
    tree.write("yoyo.ini", (db_dir() / "yoyo.ini").read_text())
    return subprocess.run(
        [sys.executable, "-m", "yoyo", *arguments, "-c", str(tree.path / "yoyo.ini")],
        env={
            **os.environ,
            "DATABASE_URL": url.replace("postgresql:", "postgresql+psycopg:"),
            **environ,
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=100,
    )
