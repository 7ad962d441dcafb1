"""Signals that would end us without a word, while something is to be removed at our end."""

import signal
import threading
from types import FrameType

_SIGNALS = (signal.SIGTERM, signal.SIGHUP)
_owners: set[object] = set()


def catch_signals(owner: object) -> None:
    """Turn the signals that would end us without a word into an orderly exit."""
    _owners.add(owner)
    if threading.current_thread() is threading.main_thread():
        for number in _SIGNALS:
            if signal.getsignal(number) is signal.SIG_DFL:
                signal.signal(number, _exit)


def release_signals(owner: object) -> None:
    """Undo it with the last owner, unless somebody else has taken the signals meanwhile."""
    _owners.discard(owner)
    if not _owners and threading.current_thread() is threading.main_thread():
        for number in _SIGNALS:
            if signal.getsignal(number) is _exit:
                signal.signal(number, signal.SIG_DFL)


def _exit(number: int, _: FrameType | None) -> None:
    raise SystemExit(128 + number)
