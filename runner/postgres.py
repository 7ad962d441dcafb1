"""A PostgreSQL server for the demo and the tests: one that is given, or one of our own.

`open_server` is the entry. A server of our own lives in a temporary directory, speaks through a
Unix socket only and is removed when the program ends, after Ctrl-C, SIGTERM and SIGKILL too:
a process of its own watches over it.
"""

import atexit
import logging
import os
import signal
import subprocess
import time
from collections.abc import Mapping
from typing import Self

import psycopg
from psycopg import sql

from runner.postgres_binaries import PostgresMissingError, copy_server, find_binaries
from runner.postgres_given import GivenServer, GivenServerError
from runner.postgres_instance import Instance, reachable, server_account
from runner.postgres_leftovers import remove_leftovers
from runner.postgres_names import Server, socket_url
from runner.postgres_processes import kill_tree
from runner.postgres_signals import catch_signals, release_signals

__all__ = ["GivenServer", "LocalServer", "PostgresMissingError", "Server", "open_server"]

logger = logging.getLogger(__name__)

SUPERUSER = "postgres"
_FAST = {"fsync": "off", "full_page_writes": "off"}
_START_TIMEOUT_S = 60.0
_STOP_TIMEOUT_S = 30.0


def open_server(
    *,
    durable: bool = False,
    settings: Mapping[str, str] | None = None,
    database_url: str | None = None,
    superuser: bool = False,
) -> Server:
    """Return a running server: the given one if it works, else one of our own.

    Args:
        durable: whether commits survive a crash of the machine (slower); a server that is
            given is taken as it is.
        settings: further lines of postgresql.conf, for a server of our own.
        database_url: the server that is given; the environment's DATABASE_URL by default.
        superuser: whether its role must be one.

    Raises:
        PostgresMissingError: there is no server and no way to start one.
    """
    given = database_url if database_url is not None else os.environ.get("DATABASE_URL")
    if given:
        try:
            return GivenServer(given, superuser=superuser)
        except (psycopg.Error, GivenServerError) as error:
            logger.warning(
                "DATABASE_URL cannot be used (%s): starting a server instead",
                str(error).strip(),
            )
    return LocalServer(durable=durable, settings=settings)


class LocalServer:
    """A server of our own, which is running once this object exists.

    With `durable` false, commits survive a SIGKILL of the server but not a crash of the
    machine.

    Raises:
        PostgresMissingError: no server is installed.
        RuntimeError: it does not start; the message ends with the server's log.
    """

    def __init__(
        self, *, durable: bool = False, settings: Mapping[str, str] | None = None
    ) -> None:
        self.binaries = find_binaries()
        self._account = server_account()
        remove_leftovers()
        self._settings = {
            "listen_addresses": "",
            "max_connections": "200",
            **({} if durable else _FAST),
            **(settings or {}),
        }
        self._process: subprocess.Popen[bytes] | None = None
        self._instance = Instance(self._account)
        atexit.register(self.close)
        catch_signals(self)
        try:
            if not reachable(self.binaries.bindir / "postgres", self._account):
                self.binaries = copy_server(self.binaries, self._instance.path / "server")
            self._initdb()
            self.start()
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        """Return the server itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Stop and remove it."""
        self.close()

    @property
    def pid(self) -> int | None:
        """The postmaster's process id; None while it is stopped."""
        return self._process.pid if self._process else None

    @property
    def log(self) -> str:
        """What the server has logged."""
        return self._instance.log.read_text(errors="replace")

    def url(self, dbname: str = "postgres") -> str:
        """Return the libpq URL of a database."""
        return socket_url(SUPERUSER, self._instance.socket_dir, dbname)

    def create_database(self, name: str, template: str | None = None) -> str:
        """Create a database, as a copy of another one if named, and return its URL."""
        query = sql.SQL("create database {} template {}").format(
            sql.Identifier(name), sql.Identifier(template or "template1")
        )
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(query)
        return self.url(name)

    def drop_database(self, name: str) -> None:
        """Drop a database, ending the sessions in it. One that is not there is none."""
        query = sql.SQL("drop database if exists {} with (force)")
        with psycopg.connect(self.url(), autocommit=True) as connection:
            connection.execute(query.format(sql.Identifier(name)))

    def start(self) -> None:
        """Start the server, if it is not running, and wait until it takes connections."""
        if self._process is not None:
            return
        command = [self.binaries.program("postgres"), "-D", str(self._instance.data)]
        command += ["-k", str(self._instance.socket_dir)]
        for name, value in self._settings.items():
            command += ["-c", f"{name}={value}"]
        with self._instance.log.open("ab") as log:
            self._process = self._spawn(command, log.fileno())
        self._await_ready(self._process)

    def stop(self) -> None:
        """Shut the server down in order: sessions are ended, everything is written out."""
        self._end(signal.SIGINT)

    def kill(self) -> None:
        """SIGKILL the server and all its processes, as a crash would."""
        if self._process is not None:
            kill_tree(self._process.pid)
            self._process.wait()
            self._process = None

    def restart(self) -> None:
        """Stop and start again."""
        self.stop()
        self.start()

    def close(self) -> None:
        """Stop the server and remove its directory. Does nothing a second time."""
        if self._instance.is_ours:
            self._end(signal.SIGQUIT)
            self._instance.remove()
            release_signals(self)
            atexit.unregister(self.close)

    def _end(self, how: signal.Signals) -> None:
        process, self._process = self._process, None
        if process is None or process.poll() is not None:
            return
        process.send_signal(how)
        try:
            process.wait(_STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            kill_tree(process.pid)
            process.wait()

    def _initdb(self) -> None:
        """Make the data directory; the C locale stands in where the system lacks C.UTF-8."""
        command = [self.binaries.program("initdb"), "-D", str(self._instance.data)]
        command += ["--no-sync", "-A", "trust", "-E", "UTF8", "-U", SUPERUSER]
        for locale in ("C.UTF-8", "C"):
            with self._instance.log.open("ab") as log:
                code = self._spawn([*command, f"--locale={locale}"], log.fileno()).wait()
            if code == 0:
                return
        raise RuntimeError(f"initdb failed:\n{self.log}")

    def _spawn(self, command: list[str], output: int) -> subprocess.Popen[bytes]:
        # A session of its own: Ctrl-C in the terminal is for us, who then stop the server.
        account = self._account
        return subprocess.Popen(
            command,
            cwd=self._instance.path,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
        )

    def _await_ready(self, process: subprocess.Popen[bytes]) -> None:
        """Wait for the line in postmaster.pid that pg_ctl waits for as well."""
        status = self._instance.data / "postmaster.pid"
        deadline = time.monotonic() + _START_TIMEOUT_S
        while process.poll() is None and time.monotonic() < deadline:
            lines = status.read_text().splitlines() if status.exists() else []
            if lines and int(lines[0]) == process.pid and lines[-1].strip() == "ready":
                return
            time.sleep(0.01)
        self._end(signal.SIGQUIT)
        raise RuntimeError(f"the PostgreSQL server does not start:\n{self.log}")
