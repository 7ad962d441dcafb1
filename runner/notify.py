"""Tells whoever supervises the process how it is: systemd, or a container's health check.

systemd gives the address of a datagram socket (sd_notify(3)); a health check looks at the age
of a file. Both hear of the main loop alone: a runner that hangs falls silent.
"""

import contextlib
import os
import socket
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from runner import log
from runner.settings import SettingsError

HEALTH_EVERY = 1.0
"""Seconds between two touches of the health file at least."""
LONGEST_WAIT = 60.0
"""Seconds that the main loop waits at most before it looks again and gives a sign of life."""


class Supervisor:
    """The supervisor, or nobody: then every call does nothing."""

    def __init__(self, health_file: str = "", environ: Mapping[str, str] | None = None) -> None:
        """Raises SettingsError where the health file cannot be written."""
        environ = os.environ if environ is None else environ
        self._address = environ.get("NOTIFY_SOCKET", "")
        self._watched = _watchdog(environ) if self._address else 0.0
        self.longest = min(LONGEST_WAIT, self._watched / 2) if self._watched else LONGEST_WAIT
        self._file = Path(health_file) if health_file else None
        self._ready = False
        self._pinged = self._touched = float("-inf")
        if self._file is not None:
            try:
                self._file.touch()
            except OSError as error:
                raise SettingsError(
                    f"the health file cannot be written: {error.strerror}"
                ) from None

    def ready(self) -> None:
        """The runner can work."""
        if not self._ready:
            self._ready = True
            self._send("READY=1\nSTATUS=working")

    def status(self, text: str) -> None:
        """What it is doing, in a line for `systemctl status`."""
        self._send(f"STATUS={text}")

    def turn(self) -> None:
        """Say that the main loop turns: at least once in `longest` seconds."""
        now = time.monotonic()
        if self._watched and now - self._pinged >= self._watched / 4:
            self._pinged = now
            self._send("WATCHDOG=1")
        if self._file is not None and now - self._touched >= HEALTH_EVERY:
            self._touched = now
            with contextlib.suppress(OSError):  # the file grows old, and that is what it tells
                self._file.touch()

    def slices(self, seconds: float) -> Iterator[float]:
        """Cut a wait into parts, with a sign of life before each; at least one part."""
        until, left = time.monotonic() + seconds, seconds
        while True:
            self.turn()
            yield max(0.0, min(left, self.longest))
            left = until - time.monotonic()
            if left <= 0:
                return

    def stopping(self) -> None:
        """The runner ends."""
        self._send("STOPPING=1\nSTATUS=stopping")

    def _send(self, text: str) -> None:
        if not self._address:
            return
        address = self._address
        if address.startswith("@"):
            address = "\0" + address[1:]
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as each:
                each.setblocking(False)  # a supervisor that does not read must not stop us
                each.sendto(text.encode(), address)
        except OSError as error:
            log.debug("supervisor not told", error=error)


def _watchdog(environ: Mapping[str, str]) -> float:
    """Seconds after which systemd gives a silent process up; 0: never."""
    text, pid = environ.get("WATCHDOG_USEC", ""), environ.get("WATCHDOG_PID", "")
    if not text.isdigit() or (pid and pid != str(os.getpid())):
        return 0.0
    return int(text) / 1_000_000
