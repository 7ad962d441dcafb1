"""What `leadsync doctor` finds, and how bad it is.

What concerns the database is decided there, by check_installation and check_server; here is
what only this side can see: whether the database answers, versions, the keys, ResMan.
"""

import platform
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.metadata import version

import psycopg

from runner import __version__, doctor_database, doctor_resman, log
from runner.db import EXIT_MISSING, EXIT_UNREACHABLE, EXIT_USAGE, Connection, connect, is_outage
from runner.doctor_finding import FAILED, NOTE, OK, Finding
from runner.settings import Settings

UNREACHABLE, CONFIGURATION = "reachability", "configuration"


@dataclass(frozen=True)
class Wanted:
    """How far to look: whether to call ResMan, and for which properties."""

    offline: bool = False
    all_properties: bool = False
    """Paused and disconnected ones as well."""


def examine(settings: Settings, wanted: Wanted, variables: Iterable[str]) -> Iterator[Finding]:
    """Yield all findings, one after the other.

    Args:
        settings: of the process; they name a database.
        wanted: how far to look.
        variables: names of environment variables that begin like ours and are none.

    Raises:
        SettingsError: no database is named.
    """
    url = settings.require_database_url()
    yield _client()
    yield from _unknown_variables(variables)
    try:
        connection = connect(url, settings.connect_timeout)
    except psycopg.Error as error:
        # The server's own refusals (a wrong password, no such database) carry no SQLSTATE here.
        reason = log.connection_reason(error, url)
        yield Finding(
            UNREACHABLE,
            FAILED,
            f"the database cannot be reached: {reason}",
            'check DATABASE_URL, the server and the way to it: psql "$DATABASE_URL"',
        )
        return
    with connection:
        yield Finding(UNREACHABLE, OK, _where(connection))
        try:
            yield from doctor_database.examine(connection)
            if doctor_database.is_installed(connection):
                yield from doctor_resman.examine(
                    connection, settings, wanted.offline, wanted.all_properties
                )
        except psycopg.Error as error:
            if not is_outage(error):
                yield Finding(
                    "database",
                    FAILED,
                    f"the look at the database ended early: SQLSTATE {error.sqlstate}",
                    "run leadsync doctor again; if it stays so, look at the server's log",
                )
                return
            reason = log.connection_reason(error, url)
            yield Finding(
                UNREACHABLE,
                FAILED,
                f"the connection to the database was lost: {reason}",
                "look at the server's log, and run leadsync doctor again",
            )


def exit_code(findings: Iterable[Finding]) -> int:
    """The exit code that findings lead to, as in design section 9."""
    failed = {each.check_name for each in findings if each.severity == FAILED}
    if UNREACHABLE in failed:
        return EXIT_UNREACHABLE
    if CONFIGURATION in failed:
        return EXIT_USAGE
    return EXIT_MISSING if failed else 0


def _client() -> Finding:
    return Finding(
        "versions",
        OK,
        f"client: lead-sync {__version__}, Python {platform.python_version()}, "
        f"psycopg {version('psycopg')}, libpq {_dotted(psycopg.pq.version())}",
    )


def _dotted(number: int) -> str:
    return f"{number // 10000}.{number % 10000}"


def _where(connection: Connection) -> str:
    info = connection.info
    return f"database {info.dbname} answers to role {info.user}"


def _unknown_variables(variables: Iterable[str]) -> Iterator[Finding]:
    for name in sorted(variables):
        yield Finding(
            "settings",
            NOTE,
            f"the variable {name} is set, and no command knows it",
            f"unset {name}, or see leadsync --help for how it is spelled",
        )
