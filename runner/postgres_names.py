"""What the two kinds of server share."""

from pathlib import Path
from typing import Protocol, Self
from urllib.parse import quote

from psycopg.conninfo import conninfo_to_dict


class Server(Protocol):
    """A PostgreSQL server on which databases can be made and dropped at will."""

    def url(self, dbname: str = "postgres") -> str:
        """Return the libpq URL of a database, by the name it was created under."""

    def create_database(self, name: str, template: str | None = None) -> str:
        """Create a database, as a copy of another one if named, and return its URL."""

    def drop_database(self, name: str) -> None:
        """Drop a database, ending the sessions in it. One that is not there is none."""

    def close(self) -> None:
        """Remove everything that was made. Does nothing a second time."""

    def __enter__(self) -> Self:
        """Return the server itself."""

    def __exit__(self, *_: object) -> None:
        """Close it."""


def socket_url(user: str, directory: Path, dbname: str) -> str:
    """Return the libpq URL of a database behind a Unix socket on port 5432."""
    return f"postgresql://{user}@/{quote(dbname, safe='')}?host={quote(str(directory))}"


def other_database(url: str, dbname: str) -> str:
    """Return the URL, or conninfo string, of another database on the same server.

    The answer is a URL whatever was given.
    """
    given = {key: str(value) for key, value in conninfo_to_dict(url).items()}
    given.pop("dbname", None)
    user = quote(given.pop("user", ""), safe="")
    if "password" in given:
        user += ":" + quote(given.pop("password"), safe="")
    query = "&".join(f"{key}={quote(value, safe='/,')}" for key, value in given.items())
    at = f"{user}@" if user else ""
    return f"postgresql://{at}/{quote(dbname, safe='')}" + (f"?{query}" if query else "")
