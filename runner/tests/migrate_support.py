"""What the tests of migrations share: a small tree of SQL, a copy of ours, and plain yoyo."""

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
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
  applied_at timestamptz not null
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
    """A copy of the package's own db, without its tests, to be changed."""

    def __init__(self, path: Path) -> None:
        shutil.copytree(db_dir(), path, ignore=shutil.ignore_patterns("tests"))
        self.path = path
        self.write("migrations/post-apply.py", post_apply())


def post_apply() -> str:
    """The hook of plain yoyo, as it is where no package lies beside db."""
    return (
        (migrations_dir() / "post-apply.py")
        .read_text()
        .replace("DB.parent.parent)", f"Path({str(Path(loader.__file__).parents[1])!r}))")
    )


def until(condition: Callable[[], Any], what: str) -> None:
    """Wait for something to become true."""
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.02)


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


_ACL = (  # none is the default's, which a revoke writes out
    "(select array_agg(i order by i)"
    " from unnest(coalesce({0}, acldefault('{1}', {2}))::text[]) i)"
)
_OURS = "n.nspname in ('public', 'lead_sync', 'lead_sync_private')"
_CATALOGUE = {
    "schemas": "select nspname, pg_get_userbyid(nspowner), {acl:nspacl n nspowner}"
    " from pg_namespace where nspname !~ '^pg_' and nspname <> 'information_schema' order by 1",
    "relations": "select n.nspname, c.relname, c.relkind, pg_get_userbyid(c.relowner),"
    " c.relrowsecurity, c.relforcerowsecurity, {acl:c.relacl r c.relowner}, c.reloptions::text,"
    " obj_description(c.oid, 'pg_class'), case c.relkind when 'v' then pg_get_viewdef(c.oid)"
    " when 'i' then pg_get_indexdef(c.oid) || (select indisvalid from pg_index"
    " where indexrelid = c.oid) end from pg_class c join pg_namespace n on n.oid ="
    " c.relnamespace where {ours} order by 1, 2",
    "columns": "select n.nspname, c.relname, a.attname, rank() over (partition by c.oid order"
    " by a.attnum), format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attacl::text,"
    " pg_get_expr(d.adbin, d.adrelid), col_description(c.oid, a.attnum) from pg_attribute a"
    " join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace"
    " left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum"
    " where {ours} and c.relkind in ('r', 'v') and a.attnum > 0 and not a.attisdropped"
    " order by 1, 2, 4",
    "constraints": "select n.nspname, conrelid::regclass::text, conname, convalidated,"
    " pg_get_constraintdef(c.oid) from pg_constraint c"
    " join pg_namespace n on n.oid = c.connamespace where {ours} order by 1, 2, 3",
    "routines": "select n.nspname, p.oid::regprocedure::text, pg_get_userbyid(p.proowner),"
    " {acl:p.proacl f p.proowner}, obj_description(p.oid, 'pg_proc'), pg_get_functiondef(p.oid)"
    " from pg_proc p join pg_namespace n on n.oid = p.pronamespace where {ours} order by 1, 2",
    "triggers": "select c.oid::regclass::text, t.tgname, t.tgenabled, pg_get_triggerdef(t.oid),"
    " obj_description(t.oid, 'pg_trigger') from pg_trigger t join pg_class c on c.oid ="
    " t.tgrelid join pg_namespace n on n.oid = c.relnamespace"
    " where {ours} and not t.tgisinternal order by 1, 2",
    "policies": "select schemaname, tablename, policyname, permissive, roles::text, cmd, qual,"
    " with_check from pg_policies order by 1, 2, 3",
}


def catalogue(connection: psycopg.Connection[Any]) -> dict[str, list[Any]]:
    """Return what is in public and in our schemas, comparable across databases.

    Without yoyo's own tables: plain yoyo leaves them behind.
    """
    connection.execute("set search_path = pg_catalog, pg_temp")
    found = {}
    for name, query in _CATALOGUE.items():
        text = re.sub(r"{acl:([^}]+)}", lambda match: _ACL.format(*match[1].split()), query)
        rows = connection.execute(text.replace("{ours}", _OURS).encode()).fetchall()
        found[name] = [row for row in rows if "yoyo" not in f"{row[:3]}"]
    connection.execute("reset search_path")
    assert len(found["columns"]) > 50, "the stand-in alone has more"
    return found
