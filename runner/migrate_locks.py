"""How migrations wait: briefly for the locks of tables, in turn for each other.

A request for a lock that waits makes everybody else wait behind it, DomIQ's application too. So
each request waits for a fifth of a second at most, and is made again after a pause.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeVar

import psycopg

from runner import loader
from runner.loader import Connection, SqlFileError

logger = logging.getLogger(__name__)

T = TypeVar("T")

RUN_KEY = 0x6C656164_73796E63
"""Of the advisory lock that one migrating process holds: the bytes of 'leadsync'."""
WORK_KEY = RUN_KEY + 1
"""Of that which the session at work holds: when its process is killed, the server may be busy
with its last statement for long, and the next run must wait for that."""
_TURN_POLL_S = 0.1
_WATCH_POLL_S = 0.1
_LOG_EVERY_S = 5.0

_SETTINGS = {
    "application_name": "leadsync migrate",
    "search_path": "public",
    "statement_timeout": "0",
    "transaction_timeout": "0",
    "idle_in_transaction_session_timeout": "0",
    "idle_session_timeout": "0",
    "default_transaction_isolation": "read committed",
    "default_transaction_read_only": "off",
    "default_transaction_deferrable": "off",
    "row_security": "on",
    "check_function_bodies": "on",
    "standard_conforming_strings": "on",
}
"""Whatever the role, the database or the caller's environment has set instead."""

_BLOCKERS = """
select coalesce(l.relation::regclass::text, l.locktype), b.pid, a.usename, a.application_name,
  a.backend_type, a.state, extract(epoch from clock_timestamp() - a.xact_start)::int
from pg_catalog.pg_locks l
cross join lateral unnest(pg_catalog.pg_blocking_pids(l.pid)) b(pid)
left join pg_catalog.pg_stat_activity a on a.pid = b.pid
where not l.granted and l.pid = any(%s)
order by a.xact_start, b.pid
limit 5
"""


class MigrationError(RuntimeError):
    """Nothing can be migrated as things are; the message says what to do."""


class LockWaitError(MigrationError):
    """A lock was not to be had; the message names who has it."""


@dataclass(frozen=True)
class Patience:
    """For how many seconds one request for a lock may wait, and for how many it is repeated."""

    lock_timeout: float = loader.LOCK_TIMEOUT_S
    lock_wait: float = loader.LOCK_WAIT_S


def settle(connection: Connection, patience: Patience) -> None:
    """Give the session the settings that migrations are meant for."""
    settings = {**_SETTINGS, "lock_timeout": f"{round(patience.lock_timeout * 1000)}ms"}
    connection.execute(
        "select set_config(s.name, s.setting, false)"
        " from unnest(%s::text[], %s::text[]) as s(name, setting)"
        " join pg_catalog.pg_settings p on p.name = s.name",
        (list(settings), list(settings.values())),
    )


def take_turn(connection: Connection, key: int) -> None:
    """Take an advisory lock for the session; wait for whoever has it now."""
    waiting = False
    # Asked again and again: a statement that waits for the lock would hold a snapshot, for
    # which the other's CREATE INDEX CONCURRENTLY would wait in turn.
    while not connection.execute("select pg_try_advisory_lock(%s)", (key,)).fetchall()[0][0]:
        if not waiting:
            logger.info("waiting for another migration to finish")
        waiting = True
        time.sleep(_TURN_POLL_S)


@dataclass
class Watch:
    """Looks from a session of its own at what the migrating sessions wait for."""

    patience: Patience
    pids: list[int] = field(default_factory=list)
    blockers: str = ""
    """Who was last seen to be in the way."""

    def attempt(self, what: str, action: Callable[[], T]) -> T:
        """Do it, again and again while somebody else has a lock that it needs.

        Raises:
            LockWaitError: that took longer than `lock_wait`. Whatever else `action` raises.
        """
        self.blockers, deadline = "", time.monotonic() + self.patience.lock_wait
        while True:
            try:
                return action()
            except (psycopg.Error, SqlFileError) as error:
                cause = error.cause if isinstance(error, SqlFileError) else error
                if cause.sqlstate not in loader.GIVES_WAY:
                    raise
                if time.monotonic() >= deadline:
                    raise self._given_up(what) from error
            time.sleep(loader.LOCK_PAUSE_S)

    def _given_up(self, what: str) -> LockWaitError:
        return LockWaitError(
            f"{what}: a lock was not to be had within {self.patience.lock_wait:g} s.\n"
            f"{self.blockers or 'Who has it is not known'}.\n"
            "What was done so far stays, and the next run goes on from there. End the"
            " transaction that is in the way, or wait longer with --lock-wait."
        )

    def look(self, connection: Connection, ended: threading.Event) -> None:
        """Note who is in the way, and log it now and then, until `ended` is set."""
        logged = -_LOG_EVERY_S
        while not ended.wait(_WATCH_POLL_S):
            rows = connection.execute(_BLOCKERS, (self.pids,)).fetchall()
            if rows:
                self.blockers = _describe(rows)
                if time.monotonic() >= logged + _LOG_EVERY_S:
                    logger.info(self.blockers)
                    logged = time.monotonic()


@contextmanager
def watching(connection: Connection, patience: Patience) -> Iterator[Watch]:
    """Yield a Watch that looks through this connection, which is nobody else's."""
    watch, ended = Watch(patience), threading.Event()
    thread = threading.Thread(
        target=watch.look, args=(connection, ended), name="watch", daemon=True
    )
    thread.start()
    try:
        yield watch
    finally:
        ended.set()
        thread.join()


def _describe(rows: list[tuple[object, ...]]) -> str:
    """Say who is in the way; never what they execute, which may hold personal data."""
    who = []
    for _, pid, user, application, kind, state, seconds in rows:
        parts = [f"user {user}" if user else kind, application and f"application {application}"]
        parts += [state, None if seconds is None else f"transaction open for {seconds} s"]
        who.append(f"pid {pid} ({', '.join(str(part) for part in parts if part)})")
    return f"waiting for {rows[0][0]}, in use by {'; '.join(who)}"
