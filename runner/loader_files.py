"""The files of SQL: which there are, their hashes, and how one is executed."""

import hashlib
from pathlib import Path
from typing import Any

import psycopg
import sqlparse
from psycopg import errors, generators
from psycopg.pq import ExecStatus

MANIFEST = "code.manifest"
PREPARE, LOCK, FINISH = "prepare.sql", "lock.sql", "finish.sql"
CLEAR, UNLOAD = "clear.sql", "unload.sql"

Connection = psycopg.Connection[Any]


class SqlFileError(RuntimeError):
    """A statement of one of our files failed.

    Attributes:
        file: the file, relative to the directory db.
        line: the line of the error where the server says it, else where the statement begins;
            counted from 1.
        cause: the server's error.
    """

    def __init__(self, file: str, line: int, cause: psycopg.Error) -> None:
        self.file, self.line, self.cause = file, line, cause
        diag = cause.diag
        text = [f"{file}:{line}: {diag.message_primary or str(cause).strip()}"]
        if diag.sqlstate:
            text[0] += f" ({diag.sqlstate})"
        for label, value in (
            ("detail", diag.message_detail),
            ("hint", diag.message_hint),
            ("context", diag.context),
        ):
            if value:
                text.append(f"{label}: {value}")
        super().__init__("\n".join(text))


def code_files(db: Path) -> list[Path]:
    """Return the code files in load order: those of the manifest, then finish.sql.

    Args:
        db: the directory that holds code.manifest. No manifest means no code.

    Raises:
        ValueError: the manifest names a file that is not there, or one twice.
    """
    manifest = db / MANIFEST
    files: dict[Path, None] = {}
    lines = manifest.read_text(encoding="utf-8").splitlines() if manifest.exists() else []
    for number, line in enumerate(lines, 1):
        name = line.partition("#")[0].strip()
        if not name:
            continue
        path = db / name
        if not path.is_file():
            raise ValueError(f"{MANIFEST}:{number}: there is no file {name}")
        if path in files:
            raise ValueError(f"{MANIFEST}:{number}: {name} is named twice")
        files[path] = None
    if (db / FINISH).is_file():
        files[db / FINISH] = None
    return list(files)


def code_hash(db: Path) -> str:
    """Return the sha256, in hex, of all code files with their names and order."""
    digest = hashlib.sha256()
    for path in code_files(db):
        content = path.read_bytes()
        digest.update(f"{path.relative_to(db).as_posix()}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def file_hash(path: Path) -> str:
    """Return the sha256, in hex, of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def migration_hashes(db: Path) -> dict[str, str]:
    """Return the sha256, in hex, of the file of each migration, by its id."""
    return {
        path.stem: file_hash(path)
        for path in sorted((db / "migrations").glob("[0-9]*"))
        if path.suffix in (".sql", ".py") and not path.stem.endswith(".rollback")
    }


def execute_file(connection: Connection, path: Path, db: Path) -> None:
    """Execute a file whole, as it is; in a transaction that the caller has begun.

    Raises:
        SqlFileError: a statement failed.
    """
    text = path.read_text(encoding="utf-8")
    # Not cursor.execute: this way we learn how many statements succeeded before the error.
    connection.pgconn.send_query(text.encode())
    results = connection.wait(generators.execute(connection.pgconn))
    if results[-1].status == ExecStatus.FATAL_ERROR:
        error = errors.error_from_result(results[-1], "utf-8")
        line = line_of(error, text) or _line_of_statement(text, len(results) - 1)
        raise SqlFileError(path.relative_to(db).as_posix(), line, error) from error


def line_of(error: psycopg.Error, text: str, begin: int = 0) -> int | None:
    """Return the line at which the server sees the error; None if it does not say.

    Args:
        error: the server's error.
        text: the file's text.
        begin: where in it the text that the server was given begins, in characters.
    """
    position = error.diag.statement_position
    return text.count("\n", 0, begin + int(position) - 1) + 1 if position else None


def _line_of_statement(text: str, index: int) -> int:
    """Return the line on which the statement of that number, counted from 0, begins."""
    begin = 0
    for statement in sqlparse.split(text):
        begin = text.index(statement, begin)
        bare = sqlparse.format(statement, strip_comments=True).strip(" \n\t;")
        if bare and index == 0:
            first = bare.split(None, 1)[0]
            return text.count("\n", 0, text.index(first, begin)) + 1
        index -= bool(bare)
        begin += len(statement)
    return 1
