"""Runs plpgsql_check over every PL/pgSQL function of the package, all warnings as errors.

    python -m tools.check_plpgsql

Trigger functions are checked once for each trigger that calls them, with its table and its
transition tables. Prints what is wrong, by file, and exits 1; 0 where nothing is.
"""

import sys
from pathlib import Path
from typing import Any

import psycopg
from psycopg.rows import dict_row

from runner.paths import db_dir
from runner.postgres import PostgresMissingError
from tools.database import (
    EXTENSION_SCHEMA,
    OURS,
    MissingError,
    create_plpgsql_check,
    package_database,
)

FUNCTIONS = f"""
select p.oid, p.pronamespace::regnamespace::text as schema, p.proname as name,
  p.oid::regprocedure::text as signature, t.tgrelid as relation,
  t.tgrelid::regclass::text as relation_name, t.tgoldtable as old_table,
  t.tgnewtable as new_table, p.prorettype = 'trigger'::regtype as is_trigger
from pg_proc p
join pg_language l on l.oid = p.prolang and l.lanname = 'plpgsql'
left join pg_trigger t on t.tgfoid = p.oid and not t.tgisinternal
where {OURS}
order by 2, 4, 6
"""

CHECK = f"""
select f.lineno, f.level, f.sqlstate, f.message, f.detail, f.hint, f.statement
from {EXTENSION_SCHEMA}.plpgsql_check_function_tb(
  %(oid)s, coalesce(%(relation)s, 0), fatal_errors => false, all_warnings => true,
  oldtable => %(old_table)s, newtable => %(new_table)s) f
order by f.lineno nulls first
"""

# Unused variable, unknown column: a check that passes these finds nothing at all.
CANARY = """
create function lead_sync_private.canary() returns bigint language plpgsql as $fn$
declare v_unused int;
begin return (select nowhere from public.lead_sync_queue); end $fn$
"""

Row = dict[str, Any]


def main() -> int:
    """Check, print, and return the exit code."""
    try:
        with package_database() as url:
            create_plpgsql_check(url)
            count, problems = check(url)
            if not sees_canary(url):
                problems.append("the planted errors were not found: the check is blind")
    except (PostgresMissingError, MissingError) as error:
        print(error, file=sys.stderr)
        return 1
    for problem in problems:
        print(problem)
    print(f"plpgsql_check: {count} functions, {len(problems)} problems", file=sys.stderr)
    return 1 if problems else 0


def check(url: str) -> tuple[int, list[str]]:
    """Return how many functions the database has, and what is wrong with them, a line each."""
    checked: set[int] = set()
    problems: list[str] = []
    with psycopg.connect(url, autocommit=True, row_factory=dict_row) as connection:
        for function in connection.execute(FUNCTIONS.encode()).fetchall():
            checked.add(function["oid"])
            if function["is_trigger"] and function["relation"] is None:
                problems.append(f"{function['signature']}: no trigger calls it")
                continue
            for found in connection.execute(CHECK.encode(), function):
                said = _describe(function, found)
                if said not in problems:
                    problems.append(said)
    return len(checked), problems


def sees_canary(url: str) -> bool:
    """Plant a function with two errors, and return whether both are found."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(CANARY.encode())
    said = "\n".join(each for each in check(url)[1] if "canary" in each)
    return "v_unused" in said and "nowhere" in said


def _describe(function: Row, found: Row) -> str:
    place = function["signature"]
    for path in Path(db_dir()).glob(f"functions/*/{function['name']}.sql"):
        text = path.read_text(encoding="utf-8")
        opening = text.find("$fn$", text.find(f"function {function['schema']}."))
        line = text.count("\n", 0, opening) + (found["lineno"] or 1)
        place = f"db/{path.relative_to(db_dir()).as_posix()}:{line}"
    table = f" on {function['relation_name']}" if function["relation"] else ""
    more = "; ".join(found[key] for key in ("detail", "hint") if found[key])
    return f"{place}: {found['level']}: {found['message']}{table}" + (more and f" ({more})")


if __name__ == "__main__":
    sys.exit(main())
