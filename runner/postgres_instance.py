"""The directory of one server of our own.

An instance is a directory `leadsync-pg-XXXXXXXX` under the temporary directory. Its owner holds
a flock on the file `owner.lock` in it for as long as it lives, so whoever gets that lock knows
that nobody owns the instance any more.
"""

import contextlib
import fcntl
import os
import pwd
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from runner.postgres_processes import end_servers
from runner.postgres_watch import Watch

PREFIX = "leadsync-pg-"
LOCK = "owner.lock"
_SOCKET = ".s.PGSQL.5432.lock"
_LONGEST_SOCKET_PATH = 100
"""Bytes; the operating systems end at 104 to 108."""


@dataclass(frozen=True)
class Account:
    """The operating system's account under which a server runs."""

    uid: int
    gid: int


def server_account() -> Account | None:
    """Return the unprivileged account for servers when we are root, else None: our own.

    PostgreSQL refuses to run as root.

    Raises:
        RuntimeError: we are root, and neither `postgres` nor `nobody` exists.
    """
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            entry = pwd.getpwnam(name)
            return Account(entry.pw_uid, entry.pw_gid)
    raise RuntimeError(
        "PostgreSQL does not run as root, and this machine has neither a user postgres nor a"
        " user nobody to run it as: create one, or run this as an ordinary user"
    )


class Instance:
    """A directory for a data directory `data`, a socket directory `s` and the server's `log`.

    It belongs to this process until `remove`; no child of this process inherits it. If this
    process is killed meanwhile, a watch removes it.
    """

    def __init__(self, account: Account | None) -> None:
        self.path = Path(tempfile.mkdtemp(prefix=PREFIX, dir=_base(account)))
        # Locked before it has its name: one who looks for leftovers would lock it first.
        unnamed = self.path / (LOCK + ".new")
        self._lock = os.open(unnamed, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        unnamed.rename(self.path / LOCK)
        self._owner = os.getpid()
        self._watch = Watch(self.path)
        os.register_at_fork(after_in_child=self._forget)
        self.data = self.path / "data"
        self.socket_dir = self.path / "s"
        self.log = self.path / "log"
        for directory in (self.data, self.socket_dir):
            directory.mkdir(mode=0o700)
            if account:
                os.chown(directory, account.uid, account.gid)
        if account:
            self.path.chmod(0o711)

    @property
    def is_ours(self) -> bool:
        """Whether this process owns it: not so in a forked child, and after `remove`."""
        return self._lock >= 0 and os.getpid() == self._owner

    def remove(self) -> None:
        """End whatever still runs in it and remove it. Does nothing a second time."""
        if self.is_ours:
            end_servers(self.data)
            shutil.rmtree(self.path, ignore_errors=True)
            self._forget()
            self._watch.end()

    def _forget(self) -> None:
        if self._lock >= 0:
            os.close(self._lock)
            self._lock = -1
            self._watch.forget()


def bases() -> list[Path]:
    """Return the directories in which instances are made."""
    # The second is for a first one that is too long or closed; mkdtemp is used in either.
    return [Path(tempfile.gettempdir()).resolve(), Path("/tmp").resolve()]  # noqa: S108


def _base(account: Account | None) -> Path:
    """Return a temporary directory that the server can reach and whose path is short enough.

    Raises:
        RuntimeError: there is none.
    """
    for base in bases():
        longest = base / (PREFIX + "x" * 8) / "s" / _SOCKET
        if len(os.fsencode(longest)) < _LONGEST_SOCKET_PATH and reachable(base, account):
            return base
    raise RuntimeError(
        "no temporary directory for a PostgreSQL server: "
        + " and ".join(map(str, bases()))
        + " are too long for a socket's path, or closed to the server's user;"
        " set TMPDIR to one that is not"
    )


def reachable(path: Path, account: Account | None) -> bool:
    """Whether that account can use a directory, or run a program; our own is asked itself."""
    if account is None:
        return os.access(path, os.X_OK | (os.W_OK if path.is_dir() else 0))
    return all(each.stat().st_mode & 0o001 for each in (path, *path.parents))
