"""Where the package's SQL lies, in a checkout and in an installed wheel."""

from pathlib import Path

_HERE = Path(__file__).resolve().parent


def db_dir() -> Path:
    """Return the directory that holds migrations/, functions/, code.manifest and so on.

    A wheel carries it as `runner/_db`; in a checkout it is `db` beside the package.

    Raises:
        FileNotFoundError: neither is there.
    """
    for candidate in (_HERE / "_db", _HERE.parent / "db"):
        if (candidate / "migrations").is_dir():
            return candidate
    raise FileNotFoundError(
        f"the SQL of lead-sync is missing: neither {_HERE / '_db'} nor {_HERE.parent / 'db'}"
        " has a directory migrations"
    )


def migrations_dir() -> Path:
    """Return the directory of the run-once migrations."""
    return db_dir() / "migrations"


def domiq_dir() -> Path:
    """Return the directory of the stand-in for DomIQ's own database."""
    return db_dir() / "domiq"
