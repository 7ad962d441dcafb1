"""What a statement returned, for helpers that run any statement."""

from typing import Any

import psycopg


def fetched(cursor: psycopg.Cursor[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows of the statement that ran, none of one that returns nothing.

    A SELECT without a column is refused: psycopg tells its rows from none by no means.
    """
    assert cursor.description or "SELECT" not in str(cursor.statusmessage), "no column"
    return cursor.fetchall() if cursor.description else []
