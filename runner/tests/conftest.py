"""Databases for the tests: real ones, on a server that the session starts or is given."""

import itertools
import os
import shutil
import signal
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from runner.domiq import load_domiq
from runner.migrate import migrate
from runner.postgres import LocalServer, Server, open_server
from runner.simulator import Simulator
from runner.tests.daemon_support import Office

Connect = Callable[..., psycopg.Connection[Any]]

_MEMORY = Path("/dev/shm")
_ROOM = 4 << 30
"""Bytes that must be free there; three workers' servers take an eighth of it."""

_numbers = itertools.count(1)


def pytest_configure() -> None:
    """Keep servers in memory where there is room: a disk makes databases at a tenth the pace.

    A TMPDIR that is set stays. Files that pytest leaves behind go where they always do.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        # as a script's background job begins: what the tests interrupt would be deaf to it
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if "TMPDIR" not in os.environ and _has_room():
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", tempfile.gettempdir())
        os.environ["TMPDIR"] = tempfile.tempdir = str(_MEMORY)


def _has_room() -> bool:
    """Whether everybody may make files there, may run them, and how large it is."""
    try:
        is_open = _MEMORY.stat().st_mode & 0o1777 == 0o1777
        runs = not os.statvfs(_MEMORY).f_flag & os.ST_NOEXEC
        return is_open and runs and shutil.disk_usage(_MEMORY).free >= _ROOM
    except OSError:
        return False


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """One server for the session, or for each of xdist's workers."""
    with open_server(superuser=True) as each:
        yield each


@pytest.fixture(scope="session")
def domiq_template(server: Server) -> str:
    """Name of a database that holds DomIQ's stand-in and nothing else."""
    load_domiq(server.create_database("domiq_template"))
    return "domiq_template"


@pytest.fixture(scope="session")
def package_template(server: Server, domiq_template: str) -> str:
    """Name of a database that holds DomIQ's stand-in with the package installed."""
    migrate(server.create_database("package_template", domiq_template))
    return "package_template"


def _copy(server: Server, template: str | None) -> Iterator[str]:
    name = f"test_{next(_numbers)}"
    yield server.create_database(name, template)
    server.drop_database(name)


@pytest.fixture
def database(server: Server, package_template: str) -> Iterator[str]:
    """URL of a fresh database: DomIQ's stand-in with the package installed."""
    yield from _copy(server, package_template)


@pytest.fixture
def domiq_only_database(server: Server, domiq_template: str) -> Iterator[str]:
    """URL of a fresh database: DomIQ's stand-in, without the package."""
    yield from _copy(server, domiq_template)


@pytest.fixture
def empty_database(server: Server) -> Iterator[str]:
    """URL of a fresh, empty database."""
    yield from _copy(server, None)


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    """A simulated ResMan with one account and two properties."""
    with Simulator() as each:
        yield each


@pytest.fixture
def sim(simulator: Simulator) -> Simulator:
    """The same, as its own tests call it for short."""
    return simulator


@pytest.fixture
def office(database: str, simulator: Simulator) -> Iterator[Office]:
    """A property that is synced to the simulated ResMan."""
    each = Office(database, simulator)
    yield each
    each.close()


@pytest.fixture
def base(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A temporary directory in which no other session looks for leftovers."""
    short = _MEMORY if tempfile.gettempdir() == str(_MEMORY) else Path("/tmp")
    with tempfile.TemporaryDirectory(prefix="ls-", dir=short) as name:
        Path(name).chmod(0o777)
        monkeypatch.setenv("TMPDIR", name)
        monkeypatch.setattr(tempfile, "tempdir", name)
        yield Path(name)


@pytest.fixture
def own_server() -> Iterator[LocalServer]:
    """A server for this test alone, to be stopped, killed and started at will.

    What is not flushed at its commit is lost when it is killed.
    """
    with LocalServer(settings={"wal_writer_delay": "10s"}) as each:
        yield each


@pytest.fixture
def connect() -> Iterator[Connect]:
    """Connect to a URL; the connections are closed at the end. In autocommit unless told."""
    opened: list[psycopg.Connection[Any]] = []

    def _connect(url: str, **arguments: Any) -> psycopg.Connection[Any]:
        connection = psycopg.connect(url, **{"autocommit": True, **arguments})
        opened.append(connection)
        return connection

    yield _connect
    for connection in opened:
        connection.close()
