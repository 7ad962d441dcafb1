"""Runs the tests in the database: pgTAP files, through pg_prove, each in one transaction.

    python db/tests/run.py [PG_PROVE_OPTION | PATH]...

A server is found or started, a database is made with DomIQ's stand-in and the package, and the
tests run in a copy of it, with the repository as working directory. Without a path all files
*.sql below db/tests run. Fails when a test fails and when none ran.
"""

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

# The path comes first.
import psycopg  # noqa: E402
from programs import MissingError, find_prove, find_psql, find_script  # noqa: E402
from psycopg.pq import Conninfo  # noqa: E402

from runner.domiq import load_domiq  # noqa: E402
from runner.migrate import MigrationError, SqlFileError, migrate  # noqa: E402
from runner.postgres import LocalServer, PostgresMissingError, Server, open_server  # noqa: E402

TESTS = "db/tests"


def main(arguments: list[str]) -> int:
    """Run the tests that the arguments name and return the exit code."""
    os.chdir(ROOT)
    if not any(Path(each).exists() for each in arguments):
        arguments = [*arguments, TESTS]
    try:
        with open_server(superuser=True) as server:
            prove = find_prove(psql_for(server))
            return run([*prove, *arguments], environment(make_database(server)))
    except (
        PostgresMissingError,
        MissingError,
        SqlFileError,
        MigrationError,
        ValueError,
    ) as error:
        print(error, file=sys.stderr)
        return 1


def psql_for(server: Server) -> str:
    """Return the path of psql, the server's own where it has one.

    Raises:
        MissingError: there is none.
    """
    return find_psql(server.binaries if isinstance(server, LocalServer) else None)


def make_database(server: Server) -> str:
    """Make the database that the tests run in, and return its URL."""
    template = server.create_database("pgtap_template")
    load_domiq(template)
    migrate(template)
    with psycopg.connect(template, autocommit=True) as connection:
        create_pgtap(connection)
    url = server.create_database("pgtap", "pgtap_template")
    with psycopg.connect(url, autocommit=True) as connection:
        # pgTAP calls its functions without a schema; a schema of its own keeps public clean.
        name = connection.info.dbname
        connection.execute(f'alter database "{name}" set search_path = "$user", public, tap')
    return url


def create_pgtap(connection: psycopg.Connection[tuple[object, ...]]) -> None:
    """Create pgTAP in schema tap, which every role may use: the extension, else its script.

    Raises:
        MissingError: neither can be had.
    """
    connection.execute("create schema tap")
    connection.execute("grant usage on schema tap to public")
    try:
        connection.execute("create extension pgtap schema tap")
    except (psycopg.errors.FeatureNotSupported, psycopg.errors.UndefinedFile) as error:
        script = find_script()
        if script is None:
            major = connection.info.server_version // 10000
            raise MissingError(
                f"the PostgreSQL {major} server has no pgTAP. On Debian and Ubuntu:"
                f"  apt-get install postgresql-{major}-pgtap"
            ) from error
        with connection.transaction():
            connection.execute("set local search_path to tap")
            connection.execute(script.read_bytes())


def environment(url: str) -> dict[str, str]:
    """Return our environment with the variables that lead psql to the database.

    Not an argument of psql's: everybody on the machine can read those.
    """
    variables = {key: value for key, value in os.environ.items() if not key.startswith("PG")}
    for option in Conninfo.parse(url.encode()):
        if option.envvar and option.val is not None:
            variables[option.envvar.decode()] = option.val.decode()
    return variables


def run(command: list[str], variables: Mapping[str, str]) -> int:
    """Run the tests, pass their output on, and return 0 if tests ran and all succeeded."""
    output = ""
    with subprocess.Popen(
        command, env=variables, stdout=subprocess.PIPE, text=True, errors="replace"
    ) as process:
        for line in process.stdout or ():
            print(line, end="", flush=True)
            output += line
    count = re.search(r"^Files=\d+, Tests=(\d+)", output, re.MULTILINE)
    if "Result: NOTESTS" in output or count is None or int(count.group(1)) == 0:
        print(f"no test ran: {' '.join(command)}", file=sys.stderr)
        return 1
    return process.returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
