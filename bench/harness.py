"""One server for a run, databases on it, repetitions in shuffled order, notes."""

import random
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict

from runner.domiq import load_domiq
from runner.migrate import migrate
from runner.postgres import LocalServer

Connection = psycopg.Connection[Any]

SETTINGS = {
    "shared_buffers": "1GB",
    "max_wal_size": "4GB",
    "checkpoint_timeout": "15min",
    "max_connections": "200",
}
"""What a server for this load would have."""
MODULE = "pg_stat_statements"
_OWN = "domiq", "package"


class Bench:
    """What the rows share. `scale` shrinks data and durations, `repetitions` are per side.

    `notes`: plans and profiles by title; `files`: what else is to be written, by name.
    """

    def __init__(
        self, server: LocalServer, scale: float = 1.0, repetitions: int = 5, seed: int = 1
    ) -> None:
        self.server = server
        self.scale = scale
        self.repetitions = repetitions
        self.notes: dict[str, str] = {}
        self.files: dict[str, str] = {}
        self.random = random.Random(seed)  # noqa: S311 - the order of measurements
        self._made = 0
        self._templates: set[str] = set()

    def scaled(self, size: int, least: int = 1) -> int:
        """So many of them at this scale."""
        return max(least, round(size * self.scale))

    def seconds(self, duration: float, least: float = 1.0) -> float:
        """So long at this scale."""
        return max(least, duration * self.scale)

    @contextmanager
    def database(self, template: str | None = None, *, package: bool = True) -> Iterator[str]:
        """The URL of a database of its own: DomIQ's stand-in, with the package unless told.

        `template`: the name of a database to copy instead; nobody may be connected to it.
        """
        self._made += 1
        name = f"bench_{self._made}"
        url = self.server.create_database(name, template or self._template(package))
        try:
            yield url
        finally:
            self.server.drop_database(name)

    def _template(self, package: bool) -> str:
        domiq, installed = _OWN
        if domiq not in self._templates:
            load_domiq(self.server.create_database(domiq))
            self._templates.add(domiq)
        if not package:
            return domiq
        if installed not in self._templates:
            migrate(self.server.create_database(installed, domiq))
            self._templates.add(installed)
        return installed

    def shuffled(
        self, sides: Mapping[str, Callable[[], float]], repetitions: int | None = None
    ) -> dict[str, list[float]]:
        """Measure every side so many times, in another order each time."""
        runs: dict[str, list[float]] = {name: [] for name in sides}
        for _ in range(repetitions or self.repetitions):
            for name in self.random.sample(list(sides), len(sides)):
                runs[name].append(sides[name]())
        return runs

    def note(self, title: str, text: str) -> str:
        """Keep a plan or a profile with the results; its title, for the line's note."""
        self.notes[title] = text.rstrip()
        return title

    def say(self, text: str) -> None:
        """Tell a person what is going on."""
        print(f"{time.strftime('%H:%M:%S')} {text}", file=sys.stderr, flush=True)


@contextmanager
def open_bench(
    scale: float = 1.0, repetitions: int = 5, *, durable: bool = True
) -> Iterator[Bench]:
    """A bench with a server of its own, which is removed at the end.

    `durable`: commits are flushed; without it no figure means anything.
    """
    try:
        server = LocalServer(
            durable=durable, settings={**SETTINGS, "shared_preload_libraries": MODULE}
        )
    except RuntimeError:  # a server without contrib: no profile of statements
        server = LocalServer(durable=durable, settings=SETTINGS)
    with server:
        yield Bench(server, scale, repetitions)


def connect(url: str, **options: Any) -> Connection:
    """A connection in autocommit unless told otherwise."""
    return psycopg.connect(url, **{"autocommit": True, **options})


def database_name(url: str) -> str:
    """The name of the database of a URL."""
    return str(conninfo_to_dict(url)["dbname"])


def run(connection: Connection, statement: str, *values: object) -> list[Any]:
    """Run one statement; its rows, if it returns any."""
    cursor = connection.execute(statement.encode(), values or None)
    return cursor.fetchall() if cursor.description else []


def one(connection: Connection, statement: str, *values: object) -> Any:
    """The first column of the first row."""
    rows = run(connection, statement, *values)
    return rows[0][0] if rows else None


def timed(action: Callable[[], object]) -> float:
    """How many seconds it took."""
    begun = time.perf_counter()
    action()
    return time.perf_counter() - begun
