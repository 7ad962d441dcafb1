"""Keeps the simulated ResMan's leads and accounts in a file, over a restart and a SIGKILL."""

import json
import os
import sqlite3
from contextlib import suppress
from pathlib import Path
from typing import Any

_APPLICATION = 0x52534D53
_VERSION = 1
_TABLES = (
    "create table accounts (only integer primary key check (only = 1), data text not null)",
    "create table leads (position integer primary key autoincrement,"
    " prospect_id text not null unique, data text not null)",
    f"pragma application_id = {_APPLICATION}",
    f"pragma user_version = {_VERSION}",
)
_PUT = (
    "insert into leads (prospect_id, data) values (?, ?)"
    " on conflict (prospect_id) do update set data = excluded.data"
)


class StateFile:
    """An SQLite file that one simulator at a time has open. Not safe for several threads."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._connection: sqlite3.Connection | None = None
        self._accounts = ""

    def open(self) -> None:
        """Open it, and make it if there is none. Raises ValueError, leaving a file alone."""
        if self._connection is not None:
            return
        with suppress(FileExistsError):
            os.close(os.open(self._path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
        try:
            self._connection = sqlite3.connect(
                self._path, timeout=1, isolation_level=None, check_same_thread=False
            )
            self._prepare(self._connection)
        except sqlite3.OperationalError as error:
            self.close()
            raise ValueError(f"the state file cannot be used: {self._path}: {error}") from None
        except (sqlite3.DatabaseError, ValueError) as error:
            self.close()
            raise ValueError(f"not a state file of the simulator: {self._path}") from error

    def _prepare(self, connection: sqlite3.Connection) -> None:
        if self._path.stat().st_size:
            names = ("application_id", "user_version")
            found = [connection.execute(f"pragma {n}").fetchone()[0] for n in names]
            if found != [_APPLICATION, _VERSION]:
                raise ValueError("another kind of file")
        connection.execute("pragma locking_mode = exclusive")
        connection.execute("pragma journal_mode = wal")
        connection.execute("pragma synchronous = full")
        connection.execute("begin immediate")
        if connection.execute("select count(*) from sqlite_schema").fetchone()[0] == 0:
            for statement in _TABLES:
                connection.execute(statement)
        connection.execute("commit")

    def close(self) -> None:
        """Close it; it is one file then."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def load(self) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        """Accounts, and leads in the order in which they came. Raises ValueError."""
        self.open()
        assert self._connection is not None  # noqa: S101
        row = self._connection.execute("select data from accounts").fetchone()
        self._accounts = row[0] if row else ""
        leads = self._connection.execute("select data from leads order by position")
        return json.loads(self._accounts or "[]"), [json.loads(data) for (data,) in leads]

    def write(
        self, accounts: list[dict[str, Any]], leads: dict[str, dict[str, Any] | None]
    ) -> None:
        """Write accounts and changed leads, None for a removed one, in one transaction."""
        was_open = self._connection is not None
        self.open()
        connection = self._connection
        assert connection is not None  # noqa: S101
        shown = json.dumps(accounts)
        try:
            connection.execute("begin immediate")
            if shown != self._accounts:
                connection.execute("insert or replace into accounts values (1, ?)", (shown,))
            gone = [(name,) for name, lead in leads.items() if lead is None]
            connection.executemany("delete from leads where prospect_id = ?", gone)
            kept = [(name, json.dumps(lead)) for name, lead in leads.items() if lead]
            connection.executemany(_PUT, kept)
            connection.execute("commit")
            self._accounts = shown
        except sqlite3.Error:
            if connection.in_transaction:
                connection.execute("rollback")
            raise
        finally:
            if not was_open:
                self.close()
