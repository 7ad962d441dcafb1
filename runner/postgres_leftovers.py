"""What killed owners left of servers of our own, and how it is removed.

`python -m runner.postgres_leftovers DIRECTORY` watches over one instance: it waits for the end
of its standard input, whose other end the owner holds, and then removes the instance unless the
owner has done so. What is left all the same goes with the next start of a server.
"""

import contextlib
import fcntl
import os
import shutil
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from runner.postgres_instance import LOCK, PREFIX, bases, server_account
from runner.postgres_processes import end_servers

_UNLOCKED_AGE_S = 60.0
"""An instance without a lock file is one being made, unless it is older than this."""


def remove_leftovers() -> list[Path]:
    """Remove the instances whose owner was killed, and return their paths.

    Living ones are told by their lock and left alone, and so is what belongs to other users.
    """
    removed = []
    for path in _instances():
        with _abandoned(path) as abandoned:
            if abandoned:
                _remove(path)
                removed.append(path)
    return removed


def _remove(path: Path) -> None:
    end_servers(path / "data")
    shutil.rmtree(path, ignore_errors=True)


@contextlib.contextmanager
def _abandoned(path: Path) -> Iterator[bool]:
    """Hold an instance's lock, and yield True if nobody else did."""
    try:
        lock = os.open(path / LOCK, os.O_RDWR | os.O_CLOEXEC | os.O_NOFOLLOW)
    except FileNotFoundError:
        with contextlib.suppress(FileNotFoundError):  # removed meanwhile
            yield time.time() - path.stat().st_mtime > _UNLOCKED_AGE_S
            return
        yield False
        return
    except OSError:
        yield False
        return
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        # Its owner may have removed it between our open and our lock.
        yield os.fstat(lock).st_nlink > 0
    except BlockingIOError:
        yield False
    finally:
        os.close(lock)


def _instances() -> Iterator[Path]:
    account = server_account()
    owners = {os.geteuid()} | ({account.uid} if account else set())
    for base in dict.fromkeys(bases()):
        for path in base.glob(PREFIX + "*"):
            with contextlib.suppress(FileNotFoundError):
                if path.is_dir() and not path.is_symlink() and path.stat().st_uid in owners:
                    yield path


def _watch(path: Path) -> None:
    """Wait until the owner is gone, however it ends, and remove what it has left."""
    while os.read(0, 1):
        pass
    if path.exists():
        _remove(path)


if __name__ == "__main__":
    _watch(Path(sys.argv[1]))
