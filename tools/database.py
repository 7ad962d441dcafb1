"""A database that holds DomIQ's stand-in and the package, for tools to look at."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import psycopg

from runner.domiq import load_domiq
from runner.migrate import migrate
from runner.postgres import Server, open_server

EXTENSION_SCHEMA = "plpgsql_check"
OURS = """
p.pronamespace in ('lead_sync'::regnamespace, 'lead_sync_private'::regnamespace)
or p.pronamespace = 'public'::regnamespace and p.proowner = 'lead_sync_owner'::regrole
"""
"""The condition under which a row `p` of pg_proc is a routine of the package."""


class MissingError(RuntimeError):
    """An extension is not installed; the message says how to get it."""


@contextmanager
def package_database(settings: Mapping[str, str] | None = None) -> Iterator[str]:
    """Yield the URL of a fresh database with the package, on a given server or one of our own.

    Raises:
        PostgresMissingError: there is no server.
        SqlFileError: a statement of ours failed.
    """
    with open_server(settings=settings) as server:
        yield install(server)


def install(server: Server, name: str = "package") -> str:
    """Make a database with the package and return its URL."""
    url = server.create_database(name)
    load_domiq(url)
    migrate(url)
    return url


def create_plpgsql_check(url: str) -> None:
    """Create the extension plpgsql_check, in a schema of its own.

    Raises:
        MissingError: the server does not have it.
    """
    with psycopg.connect(url, autocommit=True) as connection:
        try:
            connection.execute(f"create schema {EXTENSION_SCHEMA}".encode())
            connection.execute(
                f"create extension plpgsql_check schema {EXTENSION_SCHEMA}".encode()
            )
        except (psycopg.errors.FeatureNotSupported, psycopg.errors.UndefinedFile) as error:
            major = connection.info.server_version // 10000
            raise MissingError(
                f"the PostgreSQL {major} server has no plpgsql_check. On Debian and Ubuntu:"
                f"  apt-get install postgresql-{major}-plpgsql-check"
            ) from error
