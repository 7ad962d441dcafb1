"""Configuration of one process, from its environment and its options.

Every option has a variable ``LEADSYNC_<NAME>``; ``DATABASE_URL`` and ``RESMAN_BASE_URL`` go by
their own names (design, section 9). An option wins over its variable. Secrets come from the
environment or from files only, because arguments are visible to everybody on the machine.
"""

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from datetime import timedelta
from pathlib import Path
from typing import Any

from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict

DEFAULT_RESMAN_BASE_URL = "https://api.myresman.com"
"""ResMan's documented base for the method-style interface."""

LOG_LEVELS = ("debug", "info", "warning", "error")
LOG_FORMATS = ("text", "json")


class SettingsError(Exception):
    """A missing or unusable setting: exit code 2. The text never holds the value given."""


def _whole(low: int, high: int) -> Callable[[str], int]:
    def convert(text: str) -> int:
        if not re.fullmatch(r"[0-9]{1,9}", text) or not low <= int(text) <= high:
            raise ValueError(f"wants a whole number from {low} to {high}")
        return int(text)

    return convert


def _seconds(low: float, high: float) -> Callable[[str], float]:
    def convert(text: str) -> float:
        if not re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,6})?", text):
            raise ValueError(f"wants seconds from {low:g} to {high:g}")
        if not low <= float(text) <= high:
            raise ValueError(f"wants seconds from {low:g} to {high:g}")
        return float(text)

    return convert


def _choice(*allowed: str) -> Callable[[str], str]:
    def convert(text: str) -> str:
        if text.lower() not in allowed:
            raise ValueError("wants one of " + ", ".join(allowed))
        return text.lower()

    return convert


def _conninfo(text: str) -> str:
    text = text.replace("postgresql+psycopg://", "postgresql://", 1)  # as yoyo wants it
    try:
        parts = conninfo_to_dict(text)
    except ProgrammingError:  # its message repeats the string
        raise ValueError(
            "is not a connection string of libpq: wants postgresql://… or key=value pairs"
        ) from None
    if not text.strip():
        raise ValueError("is empty")
    for port in str(parts.get("port") or "").split(","):
        if port and not (port.isdigit() and 0 < int(port) < 65536):
            raise ValueError("has a port that is not a number from 1 to 65535")
    return text


@dataclass(frozen=True)
class Settings:
    """What a process was told. Fields that may hold a secret are left out of ``repr``."""

    database_url: str = field(
        default="",
        repr=False,
        metadata={"env": ("LEADSYNC_DATABASE_URL", "DATABASE_URL"), "convert": _conninfo},
    )
    database_url_file: str = field(
        default="",
        metadata={"env": ("LEADSYNC_DATABASE_URL_FILE", "DATABASE_URL_FILE"), "convert": str},
    )
    listen_url: str = field(default="", repr=False, metadata={"convert": _conninfo})
    listen_url_file: str = field(default="", metadata={"convert": str})
    resman_base_url: str = field(
        default=DEFAULT_RESMAN_BASE_URL,
        metadata={"env": ("LEADSYNC_RESMAN_BASE_URL", "RESMAN_BASE_URL"), "convert": str},
    )
    health_file: str = field(default="", metadata={"convert": str})
    keys: str = field(default="", repr=False, metadata={"convert": str})
    keys_file: str = field(default="", metadata={"convert": str})
    log_level: str = field(default="info", metadata={"convert": _choice(*LOG_LEVELS)})
    log_format: str = field(default="text", metadata={"convert": _choice(*LOG_FORMATS)})
    slots: int = field(default=16, metadata={"convert": _whole(1, 256)})
    batch: int = field(default=100, metadata={"convert": _whole(1, 1000)})
    lease: float = field(default=60.0, metadata={"convert": _seconds(1, 3600)})
    grace: float = field(default=30.0, metadata={"convert": _seconds(0, 3600)})
    connect_timeout: float = field(default=10.0, metadata={"convert": _seconds(1, 300)})

    @classmethod
    def load(
        cls, environ: Mapping[str, str] | None = None, given: Mapping[str, object] | None = None
    ) -> "Settings":
        """Read the settings.

        `given`: options by field name; None means not given. Raises SettingsError.
        """
        environ = os.environ if environ is None else environ
        values: dict[str, Any] = {}
        for each in fields(cls):
            option = (given or {}).get(each.name)
            name, text = "--" + each.name.replace("_", "-"), option
            if option is None:
                name, text = _from_environment(environ, variables(each.name))
            elif each.name in ("database_url", "listen_url"):
                _refuse_password(name, str(option))
            if text is None:
                continue
            try:
                values[each.name] = each.metadata["convert"](str(text))
            except ValueError as error:
                raise SettingsError(f"{name} {error}") from None
        for name in ("database_url", "listen_url"):
            file = name + "_file"
            told = (given or {}).get(file) is not None and (given or {}).get(name) is None
            if values.get(file) and (told or name not in values):
                values[name] = _read_conninfo(values[file], variables(file)[-1])
        return cls(**values)

    @property
    def lease_interval(self) -> timedelta:
        """The lease as claim_items and extend_leases take it."""
        return timedelta(seconds=self.lease)

    def require_database_url(self) -> str:
        """The connection string; raises SettingsError where none was given."""
        if not self.database_url:
            raise SettingsError(
                "DATABASE_URL is not set: give the connection string of DomIQ's database, as "
                "libpq takes it, or DATABASE_URL_FILE, the name of a file that holds it"
            )
        return self.database_url

    def read_keys(self) -> str:
        """The text of the key ring, `kid:base64[,…]`; raises SettingsError without one."""
        if self.keys.strip():
            return self.keys
        if not self.keys_file:
            raise SettingsError(
                "no key is set: put `kid:base64` into LEADSYNC_KEYS, or the name "
                "of a file that holds it into LEADSYNC_KEYS_FILE; "
                "`leadsync credentials keygen` makes one"
            )
        return read_secret(self.keys_file, "LEADSYNC_KEYS_FILE")


def variables(name: str) -> tuple[str, ...]:
    """Names of the variables for a field or an option, the most specific first."""
    for each in fields(Settings):
        if each.name == name and "env" in each.metadata:
            names: tuple[str, ...] = each.metadata["env"]
            return names
    return ("LEADSYNC_" + name.upper(),)


def _from_environment(
    environ: Mapping[str, str], names: tuple[str, ...]
) -> tuple[str, str | None]:
    for name in names:
        if environ.get(name, "").strip():
            return name, environ[name]
    return names[0], None


def _read_conninfo(path: str, name: str) -> str:
    try:
        return _conninfo(read_secret(path, name))
    except ValueError as error:
        raise SettingsError(f"what the file given with {name} holds {error}") from None


def _refuse_password(name: str, conninfo: str) -> None:
    try:
        parts = conninfo_to_dict(conninfo)
    except ProgrammingError:
        return  # the converter says so, without the text
    if parts.get("password") or parts.get("sslpassword"):
        raise SettingsError(
            f"{name} holds a password, which every user of this machine could "
            "see: use the variable, PGPASSFILE or a service file"
        )


def read_secret(path: str, name: str) -> str:
    """A secret's text from a file, trimmed.

    `name`: the option or variable to name in an error. The path is not repeated there, since
    people paste the secret itself by mistake. Raises SettingsError.
    """
    try:
        text = Path(path).read_text(encoding="utf-8").strip()
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else None
        raise SettingsError(
            f"the file given with {name} cannot be read: {reason or type(error).__name__}"
        ) from None
    if not text:
        raise SettingsError(f"the file given with {name} is empty")
    return text
