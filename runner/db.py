"""Connections to DomIQ's database, and what their errors mean to a caller.

Every statement here is a transaction of its own and leaves nothing behind in the session, so
that all but the LISTEN connection work behind PgBouncer in transaction mode.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo
from psycopg_pool import ConnectionPool, PoolTimeout

from runner import log
from runner.settings import Settings

T = TypeVar("T")
Connection = psycopg.Connection[Any]

EXIT_ERROR, EXIT_USAGE, EXIT_UNREACHABLE, EXIT_MISSING, EXIT_UNHEALTHY = 1, 2, 3, 4, 5
"""Exit codes of design, section 9."""

_DEFAULTS: dict[str, tuple[str, str]] = {
    # parameter of libpq: (variable that also sets it, value)
    "application_name": ("PGAPPNAME", "leadsync"),
    "target_session_attrs": ("PGTARGETSESSIONATTRS", "read-write"),
    "keepalives_idle": ("", "30"),
    "keepalives_interval": ("", "10"),
    "keepalives_count": ("", "3"),
    "tcp_user_timeout": ("", "30000"),
}

_OUTAGE = ("08", "57P01", "57P02", "57P03", "57P05", "25006", "53300")
"""SQLSTATEs (or classes) after which only another connection helps: lost or refused, shutting
down, starting, gone read-only after a failover, too many connections."""

_PASSING = ("40", "53", "55P03", "57014", "58")
"""SQLSTATEs (or classes) that may be gone when the same statement is sent again."""

_MISSING = ("42883", "3F000", "42P01", "42703", "42P13")
"""An undefined function, schema, relation or column: migrations have not been run."""


_POOL_WAIT = 0.5
"""Seconds to wait for a pooled connection before the reason is looked into."""


class CommandError(Exception):
    """An error of the database in words for a person, with the exit code it leads to."""

    def __init__(
        self, exit_code: int, message: str, detail: str = "", hint: str = "", sqlstate: str = ""
    ) -> None:
        super().__init__(message)
        self.exit_code, self.message = exit_code, message
        self.detail, self.hint, self.sqlstate = detail, hint, sqlstate


def conninfo(url: str, connect_timeout: float) -> str:
    """The libpq string with our defaults where it is silent. `connect_timeout`: seconds."""
    given = conninfo_to_dict(url)
    extra = {
        name: value
        for name, (variable, value) in _DEFAULTS.items()
        if name not in given and not (variable and os.environ.get(variable))
    }
    if "connect_timeout" not in given:
        extra["connect_timeout"] = str(max(2, round(connect_timeout)))
    return make_conninfo(url, **extra)


def connect(url: str, connect_timeout: float, *, autocommit: bool = True) -> Connection:
    """Open one connection; raises psycopg.OperationalError. `connect_timeout`: seconds."""
    return psycopg.connect(
        conninfo(url, connect_timeout), autocommit=autocommit, prepare_threshold=None
    )


def is_outage(error: BaseException) -> bool:
    """Whether the connection, not the statement, failed."""
    if not isinstance(error, (psycopg.OperationalError, psycopg.InterfaceError, psycopg.Error)):
        return False
    if error.sqlstate is None:
        return isinstance(error, (psycopg.OperationalError, psycopg.InterfaceError))
    return error.sqlstate.startswith(_OUTAGE)


def is_passing(error: BaseException) -> bool:
    """Whether the same statement may work when it is sent again."""
    sqlstate = error.sqlstate if isinstance(error, psycopg.Error) else None
    return is_outage(error) or (sqlstate is not None and sqlstate.startswith(_PASSING))


def translate(error: psycopg.Error, url: str) -> CommandError:
    """Put an error into words. Texts of the server are passed on only for our own codes."""
    sqlstate = error.sqlstate or ""
    name = type(error).__name__
    if sqlstate.startswith("LS"):
        code = EXIT_USAGE if sqlstate == "LS001" else EXIT_ERROR
        return CommandError(
            code,
            error.diag.message_primary or name,
            error.diag.message_detail or "",
            error.diag.message_hint or "",
            sqlstate,
        )
    if is_outage(error):
        reason = log.connection_reason(error, url) if not sqlstate else f"SQLSTATE {sqlstate}"
        return CommandError(
            EXIT_UNREACHABLE, "the database cannot be reached", reason, sqlstate=sqlstate
        )
    if sqlstate in _MISSING:
        return CommandError(
            EXIT_MISSING,
            "the database lacks what this command calls",
            f"{name}, SQLSTATE {sqlstate}.",
            "Run `leadsync migrate`.",
            sqlstate,
        )
    if sqlstate == "42501":
        return CommandError(
            EXIT_ERROR,
            "the database role may not do this",
            f"SQLSTATE {sqlstate}.",
            "Grant lead_sync_runner to the role of `leadsync run`, lead_sync_service and "
            "lead_sync_monitor to the role of an operator.",
            sqlstate,
        )
    return CommandError(
        EXIT_ERROR,
        "the database reports an error",
        f"{name}, SQLSTATE {sqlstate or 'none'}.",
        sqlstate=sqlstate,
    )


@contextmanager
def session(settings: Settings, *, autocommit: bool = True) -> Iterator[Connection]:
    """A connection for one command, closed at the end; raises CommandError.

    With `autocommit` off the whole block is one transaction: committed at its end, rolled back
    when it raises.
    """
    url = settings.require_database_url()
    try:
        with connect(url, settings.connect_timeout, autocommit=autocommit) as connection:
            yield connection
    except psycopg.Error as error:
        raise translate(error, url) from None


class Database:
    """The runner's pool: whoever calls waits for a connection, never for a reconnect."""

    def __init__(self, settings: Settings, size: int) -> None:
        """`size`: the greatest number of connections. Nothing is opened yet."""
        self.url = settings.require_database_url()
        self.listen_url = settings.listen_url or self.url
        self.connect_timeout = settings.connect_timeout
        self._pool: ConnectionPool[Connection] = ConnectionPool(
            conninfo(self.url, self.connect_timeout),
            min_size=1,
            max_size=size,
            open=False,
            kwargs={"autocommit": True, "prepare_threshold": None},
            reconnect_timeout=1.0,
            timeout=self.connect_timeout,
            max_lifetime=3600,
            name="leadsync",
        )

    def open(self) -> None:
        """Start the pool; does not wait for the database."""
        self._pool.open(wait=False)

    def close(self) -> None:
        """Close all connections."""
        self._pool.close(timeout=2.0)

    def call(self, function: Callable[..., T], *args: object) -> T:
        """Run `function(connection, *args)` on a pooled connection, once.

        Raises psycopg.Error; after an outage the connection is thrown away.
        """
        try:
            return self._call(_POOL_WAIT, function, *args)
        except PoolTimeout:
            self.probe()  # says why, or there is a database again
            return self._call(self.connect_timeout, function, *args)

    def _call(self, wait: float, function: Callable[..., T], *args: object) -> T:
        with self._pool.connection(timeout=wait) as connection:
            try:
                return function(connection, *args)
            except psycopg.Error as error:
                if is_outage(error):
                    connection.close()
                raise

    def probe(self) -> None:
        """Connect anew; raises psycopg.OperationalError with the reason, which the pool hides.

        When it works, connections of the pool that did not survive the outage are dropped.
        """
        with connect(self.url, self.connect_timeout):
            pass
        self._pool.check()

    def listen(self) -> Connection:
        """A connection of its own for LISTEN; raises psycopg.OperationalError."""
        return connect(self.listen_url, self.connect_timeout)

    def log_outage(self, error: BaseException, pause: float, **more: object) -> None:
        """Log why there is no database, and in how many seconds it is tried again."""
        reason = ""
        if isinstance(error, psycopg.Error) and not error.sqlstate:
            reason = log.connection_reason(error, self.url)
        log.warning(
            "database not reached", reason=reason, pause_s=round(pause, 2), error=error, **more
        )


class Pauses:
    """Growing pauses, in seconds: doubled each time, from `first` to `last`."""

    def __init__(self, first: float, last: float) -> None:
        self.first, self.last, self._next = first, last, first

    def next(self) -> float:
        """The pause to make now."""
        pause, self._next = self._next, min(self._next * 2, self.last)
        return pause

    def reset(self) -> None:
        """Start again with the first."""
        self._next = self.first
