"""Structured logs on stderr: one line an event, as text or as JSON.

No credential is ever passed in here, and above DEBUG no personal data: ids, counts, codes.
Texts of database errors can quote values of rows, so only the SQLSTATE is kept, and the
message of our own errors (class LS).
"""

import json
import logging
import sys
import threading
import traceback
from datetime import UTC, datetime
from typing import Any

import psycopg
from psycopg.conninfo import conninfo_to_dict

LOGGER = logging.getLogger("runner")


class _Text(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        parts = [_stamp(record), record.levelname.ljust(7), _clean(record.getMessage())]
        parts += [f"{name}={_quote(value)}" for name, value in _fields(record).items()]
        return " ".join(parts)


class _Json(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return json.dumps(
            {
                "time": _stamp(record),
                "level": record.levelname.lower(),
                "event": record.getMessage(),
                **_fields(record),
            },
            default=str,
            ensure_ascii=False,
        )


def _stamp(record: logging.LogRecord) -> str:
    at = datetime.fromtimestamp(record.created, UTC)
    return at.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _fields(record: logging.LogRecord) -> dict[str, Any]:
    known: dict[str, Any] = dict(getattr(record, "fields", {}))
    if record.exc_info and record.exc_info[1] is not None:
        known.update(describe(record.exc_info[1]))
    if record.name.split(".")[0] != "runner":
        known["logger"] = record.name
    return known


def _clean(text: str) -> str:
    return "".join(c if c.isprintable() else " " for c in text)


def _quote(value: object) -> str:
    text = _clean(str(value))
    return json.dumps(text, ensure_ascii=False) if " " in text or "=" in text else text


def describe(error: BaseException) -> dict[str, Any]:
    """What may be logged of an error: its type, where it was raised, and never its values."""
    if isinstance(error, psycopg.Error):
        known: dict[str, Any] = {"error": type(error).__name__}
        if error.sqlstate:
            known["sqlstate"] = error.sqlstate
        if (error.sqlstate or "").startswith("LS"):
            known["message"] = error.diag.message_primary
        return known
    frames = traceback.extract_tb(error.__traceback__)[-4:]
    where = [f"{each.filename.rpartition('/')[2]}:{each.lineno}" for each in frames]
    return {"error": type(error).__name__, "at": ">".join(where)}


def connection_reason(error: psycopg.Error, conninfo: str) -> str:
    """Why no connection was made, in libpq's words, on one line and without the password."""
    text = " ".join(str(error).split())
    try:
        parts = conninfo_to_dict(conninfo)
    except psycopg.ProgrammingError:
        return type(error).__name__
    for name in ("password", "sslpassword"):
        if parts.get(name):
            text = text.replace(str(parts[name]), "…")
    return text[:500]


def event(
    level: int, message: str, /, *, error: BaseException | None = None, **fields: object
) -> None:
    """Log one event with its fields; `error` adds what `describe` allows."""
    if LOGGER.isEnabledFor(level):
        known = describe(error) if error is not None else {}
        LOGGER.log(level, message, extra={"fields": {**fields, **known}})


def debug(message: str, /, **fields: Any) -> None:
    """Log at DEBUG: the one level that may carry personal data."""
    event(logging.DEBUG, message, **fields)


def info(message: str, /, **fields: Any) -> None:
    """Log at INFO."""
    event(logging.INFO, message, **fields)


def warning(message: str, /, **fields: Any) -> None:
    """Log at WARNING."""
    event(logging.WARNING, message, **fields)


def error(message: str, /, **fields: Any) -> None:
    """Log at ERROR."""
    event(logging.ERROR, message, **fields)


def configure(level: str = "info", form: str = "text") -> None:
    """Send all logs to stderr. `level`: debug, info, warning or error; `form`: text or json.

    Other libraries are heard from WARNING on, psycopg's pool from ERROR on: what it would say
    about a lost connection is said once, by whoever lost it.
    """
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Json() if form == "json" else _Text())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    LOGGER.setLevel(level.upper())
    logging.getLogger("psycopg.pool").setLevel(logging.CRITICAL)
    threading.excepthook = _thread_died


def _thread_died(args: threading.ExceptHookArgs) -> None:
    if args.exc_value is not None and not isinstance(args.exc_value, SystemExit):
        error(
            "a thread ended with an error",
            error=args.exc_value,
            thread=args.thread.name if args.thread else "",
        )
