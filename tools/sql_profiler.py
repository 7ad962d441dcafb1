"""Records which PL/pgSQL statements run, on every server that this process starts.

As a pytest plugin (`-p tools.sql_profiler`), or around a script:

    python -m tools.sql_profiler db/tests/run.py [ARGUMENT]...

The environment's LEADSYNC_SQL_PROFILE names a directory; each database leaves a file there when
it is dropped or its server stops. `tools.coverage` reads them. What a server did before a
SIGKILL is lost with its shared memory.
"""

import contextlib
import json
import os
import runpy
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg

from runner.postgres import LocalServer
from tools.database import EXTENSION_SCHEMA, OURS, create_plpgsql_check

VARIABLE = "LEADSYNC_SQL_PROFILE"

SETTINGS = {
    "shared_preload_libraries": "plpgsql,plpgsql_check",
    "plpgsql_check.profiler": "on",
    "plpgsql_check.profiler_max_shared_chunks": "20000",
}

STATEMENTS = f"""
select p.pronamespace::regnamespace::text || '.' || p.proname as name,
  md5(p.prosrc) as hash, s.stmtid, s.lineno, s.stmtname, s.exec_stmts > 0 as ran
from pg_proc p
join pg_language l on l.oid = p.prolang and l.lanname = 'plpgsql',
  {EXTENSION_SCHEMA}.plpgsql_profiler_function_statements_tb(p.oid::regprocedure) s
where {OURS}
order by 1, 3
"""

# A database that is gone must not use up the shared memory.
RESET = f"""
select {EXTENSION_SCHEMA}.plpgsql_profiler_reset(p.oid::regprocedure)
from pg_proc p join pg_language l on l.oid = p.prolang and l.lanname = 'plpgsql' where {OURS}
"""

Statement = tuple[str, str, int, int, str, bool]


def statements(url: str) -> list[Statement]:
    """Return all statements of the package's functions in a database, and whether they ran."""
    with psycopg.connect(url, autocommit=True) as connection:
        found = connection.execute(
            "select to_regnamespace('lead_sync') is not null"
            " and exists (select from pg_extension where extname = 'plpgsql_check')"
        ).fetchone()
        if found != (True,):
            return []
        rows = connection.execute(STATEMENTS.encode()).fetchall()
        connection.execute(RESET.encode())
    return rows


def install(directory: Path) -> None:
    """Let every server that this process starts from now on record into the directory."""
    directory.mkdir(parents=True, exist_ok=True)
    init, drop = LocalServer.__init__, LocalServer.drop_database
    stop, close = LocalServer.stop, LocalServer.close

    def keep(url: str) -> None:
        ran = [row[:3] for row in statements(url) if row[5]]
        if ran:
            (directory / f"{uuid4()}.json").write_text(json.dumps(ran), encoding="utf-8")

    def keep_all(server: LocalServer) -> None:
        if server.pid is None:
            return
        try:
            with psycopg.connect(server.url()) as connection:
                names = connection.execute(
                    "select datname from pg_database where datallowconn"
                ).fetchall()
            for (name,) in names:
                keep(server.url(name))
        except psycopg.OperationalError as error:
            # killed by its test, or not yet up
            print(f"profile of {server.pid} is lost: {error}", file=sys.stderr)

    @wraps(init)
    def profiled_init(server: LocalServer, **arguments: Any) -> None:
        settings = {**SETTINGS, **(arguments.pop("settings", None) or {})}
        init(server, settings=settings, **arguments)
        create_plpgsql_check(server.url("template1"))

    @wraps(drop)
    def profiled_drop(server: LocalServer, name: str) -> None:
        # there may be no such database
        with contextlib.suppress(psycopg.OperationalError):
            keep(server.url(name))
        drop(server, name)

    def before(what: Callable[[LocalServer], None]) -> Callable[[LocalServer], None]:
        @wraps(what)
        def profiled(server: LocalServer) -> None:
            keep_all(server)
            what(server)

        return profiled

    for name, method in {
        "__init__": profiled_init,
        "drop_database": profiled_drop,
        "stop": before(stop),
        "close": before(close),
    }.items():
        setattr(LocalServer, name, method)


def read(directory: Path) -> set[tuple[str, str, int]]:
    """Return the statements that ran: function, hash of its text, number of the statement."""
    return {
        (name, digest, number)
        for path in directory.glob("*.json")
        for name, digest, number in json.loads(path.read_text(encoding="utf-8"))
    }


def pytest_configure() -> None:
    """Take part in a run of pytest, in each of xdist's workers too."""
    install(Path(os.environ[VARIABLE]))


if __name__ == "__main__":
    del sys.argv[0]
    # as for a script that is started by its path
    sys.path.insert(0, str(Path(sys.argv[0]).resolve().parent))
    install(Path(os.environ[VARIABLE]))
    runpy.run_path(sys.argv[0], run_name="__main__")
