"""Removes a server of our own when its owner is killed: the owner's side."""

import contextlib
import logging
import os
import subprocess
import sys
from pathlib import Path

logger = logging.getLogger(__name__)


class Watch:
    """A process that outlives its owner: it waits until the kernel closes the owner's pipe.

    It has a session of its own, so what ends the owner's process group does not end it. Where
    it cannot be started, the next start of a server cleans up instead.
    """

    def __init__(self, instance: Path) -> None:
        root = str(Path(__file__).resolve().parents[1])
        path = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH"))))
        self._process: subprocess.Popen[bytes] | None = None
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "runner.postgres_leftovers", str(instance)],
                cwd="/",
                env={**os.environ, "PYTHONPATH": path, "PYTHONSAFEPATH": "1"},
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        except OSError as error:  # one who gave up root's rights may not start root's Python
            logger.debug("nothing watches over the server: %s", error)

    @property
    def pid(self) -> int | None:
        """Its process id; None where it could not be started."""
        return self._process.pid if self._process else None

    def end(self) -> None:
        """Close the pipe and wait for its end."""
        self.forget()
        if self._process:
            self._process.wait()

    def forget(self) -> None:
        """Close the pipe alone: in a forked child, which must not keep it open."""
        if self._process and self._process.stdin:
            with contextlib.suppress(OSError):
                self._process.stdin.close()
