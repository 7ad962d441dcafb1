"""The processes of our own servers: which there are, and how to end them."""

import contextlib
import os
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

_PROGRAMS = {"postgres", "postmaster", "initdb"}


@dataclass(frozen=True)
class Process:
    """One process of this machine, with its parent and its command line."""

    pid: int
    parent: int
    arguments: list[str]


def processes() -> list[Process]:
    """Return the processes that can be seen; one that has ended but is not reaped is none."""
    proc = Path("/proc")
    if (proc / "self" / "cmdline").exists():
        found = [_from_proc(entry) for entry in proc.iterdir() if entry.name.isdigit()]
        return [process for process in found if process is not None]
    command = ["/bin/ps", "-A", "-o", "pid=,ppid=,command="]
    listing = subprocess.run(command, capture_output=True, text=True, check=True)
    rows = [line.split(None, 2) for line in listing.stdout.splitlines()]
    return [Process(int(r[0]), int(r[1]), r[2].split()) for r in rows if len(r) == 3]


def _from_proc(entry: Path) -> Process | None:
    try:
        arguments = (entry / "cmdline").read_bytes().decode(errors="replace").split("\0")[:-1]
        # The name in brackets may hold spaces: the fields are counted from the last bracket.
        stat = (entry / "stat").read_text(errors="replace").rpartition(")")[2].split()
    except OSError:  # it has ended meanwhile
        return None
    if not arguments or stat[0] in ("Z", "X"):
        return None
    return Process(int(entry.name), int(stat[1]), arguments)


def servers_of(data: Path) -> list[int]:
    """Return the ids of the postmaster, or initdb, that works on that data directory."""
    return [
        process.pid
        for process in processes()
        if Path(process.arguments[0]).name in _PROGRAMS and str(data) in process.arguments
    ]


def kill_tree(pid: int) -> None:
    """SIGKILL a postmaster and all its children, none of which gets to clean anything up.

    The postmaster is stopped first, so that it starts no further child meanwhile.
    """
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGSTOP)
    children = [process.pid for process in processes() if process.parent == pid]
    for each in (*children, pid):
        with contextlib.suppress(ProcessLookupError):
            os.kill(each, signal.SIGKILL)


def end_servers(data: Path, patience: float = 6.0) -> None:
    """End every server that works on that data directory, whoever started it.

    Asks for an immediate shutdown, and after `patience` seconds kills.
    """
    for pid in servers_of(data):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGQUIT)
    deadline = time.monotonic() + patience
    while servers_of(data) and time.monotonic() < deadline:
        time.sleep(0.02)
    for pid in servers_of(data):
        kill_tree(pid)
