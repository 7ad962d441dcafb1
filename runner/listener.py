"""The LISTEN connection, and waiting for a notification, a free slot or a signal at once.

Everything here only saves time: a runner without a usable LISTEN connection polls, and misses
nothing (design, section 2).
"""

import contextlib
import select
import socket
import threading
import time
from collections.abc import Callable
from typing import TypeVar

import psycopg

from runner import calls, log
from runner.db import Connection, Database, Pauses, is_outage

T = TypeVar("T")

CHANNELS = ("lead_sync_ready", "lead_sync_control")


class Wake:
    """A flag that other threads and signal handlers raise and that a poll() sees."""

    def __init__(self) -> None:
        self._reader, self._writer = socket.socketpair()
        self._reader.setblocking(False)
        self._writer.setblocking(False)

    def fileno(self) -> int:
        """The descriptor that is readable while the flag is up."""
        return self._reader.fileno()

    def set(self) -> None:
        """Raise the flag. Safe in a signal handler, and after close()."""
        with contextlib.suppress(OSError):  # full: it is up already
            self._writer.send(b"\0")

    def clear(self) -> None:
        """Take the flag down."""
        with contextlib.suppress(BlockingIOError):
            while self._reader.recv(4096):
                pass

    def wait(self, seconds: float) -> None:
        """Wait until the flag is up, at most `seconds`, and take it down."""
        poll = select.poll()
        poll.register(self, select.POLLIN)
        poll.poll(max(0.0, seconds) * 1000)
        self.clear()

    def close(self) -> None:
        """Give both descriptors back."""
        self._reader.close()
        self._writer.close()


class Listener:
    """Holds the LISTEN connection of one thread; opened and opened again in the background."""

    def __init__(self, database: Database, wake: Wake) -> None:
        self._database, self._wake = database, wake
        self._connection: Connection | None = None
        self._opening: threading.Thread | None = None
        self._opened: Connection | None = None
        self._pauses = Pauses(0.5, 30.0)
        self._retry_at = 0.0
        self._unusable = False
        self._closed = False

    def try_sleep(self) -> bool:
        """Take the sleep key, where there is a connection that can hold it."""
        connection = self._current()
        if connection is None:
            return False
        try:
            return calls.try_sleep(connection)
        except psycopg.Error as error:
            self._lost(error)
            if isinstance(error, psycopg.errors.UndefinedFunction):
                raise
            return False

    def end_sleep(self) -> None:
        """Give the sleep key back; with the connection it is gone by itself."""
        if self._connection is None:
            return
        try:
            calls.end_sleep(self._connection)
        except psycopg.Error as error:
            self._lost(error)

    def listens(self) -> bool:
        """Whether there is a connection; one that was lost is opened again by try_sleep."""
        return self._connection is not None

    def call(self, function: Callable[..., T], *args: object) -> T:
        """Run `function(connection, *args)` here, or where this fails on a pooled connection.

        Here its statement stays prepared, and a notification has just woken the server's
        process. Raises psycopg.Error.
        """
        if self._connection is not None:
            try:
                return function(self._connection, *args)
            except psycopg.Error as error:
                # A migration may have changed what a prepared statement returns.
                replaced = isinstance(error, psycopg.errors.FeatureNotSupported)
                if not replaced and not is_outage(error):
                    raise
                self._lost(error)
        return self._database.call(function, *args)

    def wait(self, seconds: float) -> bool:
        """Wait for the flag, a notification or the end of `seconds`; True if a notification."""
        poll = select.poll()
        poll.register(self._wake, select.POLLIN)
        connection = self._connection
        if connection is not None:
            if self._drain(connection):
                return True
            if self._connection is not None:
                poll.register(connection, select.POLLIN)
        poll.poll(max(0.0, seconds) * 1000)
        self._wake.clear()
        return self._connection is not None and self._drain(self._connection)

    def close(self) -> None:
        """Close the connection; it is not opened again."""
        self._closed = True
        for connection in (self._connection, self._opened):
            if connection is not None:
                connection.close()
        self._connection = self._opened = None

    def _drain(self, connection: Connection) -> bool:
        """Whether notifications had arrived; a lost connection counts, to have a look."""
        try:
            return len(list(connection.notifies(timeout=0))) > 0
        except psycopg.Error as error:
            self._lost(error)
            return True

    def _lost(self, error: psycopg.Error) -> None:
        log.warning("connection for LISTEN lost, polling until it is back", error=error)
        if self._connection is not None:
            self._connection.close()
        self._connection = None
        self._retry_at = time.monotonic() + self._pauses.next()

    def _current(self) -> Connection | None:
        if self._connection is not None or self._unusable:
            return self._connection
        if self._opening is not None:
            if self._opening.is_alive():
                return None
            self._opening = None
            self._connection, self._opened = self._opened, None
        elif time.monotonic() >= self._retry_at:
            self._retry_at = time.monotonic() + self._pauses.next()
            self._opening = threading.Thread(target=self._open, name="listen", daemon=True)
            self._opening.start()
        return self._connection

    def _open(self) -> None:
        try:
            connection = self._database.listen()
            row = connection.execute("select pg_catalog.pg_backend_pid()").fetchone()
            if row is None or row[0] != connection.info.backend_pid:
                self._pooled(connection)
                return
            for channel in CHANNELS:
                connection.execute(f"listen {channel}".encode())
            connection.prepare_threshold = 0  # no pooler in between: the first time
        except psycopg.Error as error:
            log.warning(
                "no connection for LISTEN, polling",
                error=error,
                reason=log.connection_reason(error, self._database.listen_url)
                if not error.sqlstate
                else "",
            )
            return
        self._opened = connection
        if (
            self._closed
        ):  # looked at after the line above, as close() does it the other way round
            connection.close()
            return
        self._pauses.reset()
        self._wake.set()

    def _pooled(self, connection: Connection) -> None:
        """A pooler in between would hand our session lock and LISTEN to strangers."""
        self._unusable = True
        connection.close()
        log.warning(
            "the connection for LISTEN goes through a pooler: polling; give a direct "
            "one as LEADSYNC_LISTEN_URL"
        )
