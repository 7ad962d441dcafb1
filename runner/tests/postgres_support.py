"""Other processes that own servers, and what can be seen of them."""

import contextlib
import os
import select
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from runner import postgres_instance
from runner.postgres_processes import processes

ROOT = Path(__file__).resolve().parents[2]

OWNER = """
import os, signal, sys
from runner.postgres import LocalServer
import psycopg
signal.signal(signal.SIGHUP, signal.SIG_DFL)  # the tests may run under nohup
uid, forks = map(int, sys.argv[1:])
if uid != os.geteuid():
    os.setgroups([]), os.setgid(uid), os.setuid(uid)
with LocalServer() as server:
    psycopg.connect(server.url()).close()
    if not forks or os.fork():
        print(server.pid, server._instance._watch.pid or 0, server.url(), flush=True)
    sys.stdin.readline()
"""


class Owner:
    """Another Python that owns a server; it lives until told to end.

    With `forks`, a child of it lives on when it is killed, until `end` or `release`.
    """

    def __init__(self, uid: int | None = None, *, forks: bool = False) -> None:
        uid = os.geteuid() if uid is None else uid
        self.process = subprocess.Popen(
            [sys.executable, "-c", OWNER, str(uid), str(int(forks))],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        assert self.process.stdout is not None
        ready, _, _ = select.select([self.process.stdout], [], [], 60)
        assert ready, "the server does not start"
        pid, watch, self.url = self.process.stdout.readline().split()
        self.pid, self.watch = int(pid), int(watch)

    def kill(self, *, group: bool = False) -> None:
        """SIGKILL it, or its whole process group, and wait until it is gone."""
        if group:
            os.killpg(self.process.pid, signal.SIGKILL)
        else:
            self.process.kill()
        self.process.wait(30)

    def kill_with_watch(self) -> None:
        """SIGKILL it and what watches over it, the watch first."""
        if self.watch:
            with await_ends(self.watch):
                os.kill(self.watch, signal.SIGKILL)
        self.kill()
        self.release()

    def release(self) -> None:
        """Let go of a child that outlives it."""
        self.process.communicate()

    def end(self, how: signal.Signals | None = None) -> int:
        """End it, by a signal or in order, and return its exit code."""
        if how:
            self.process.send_signal(how)
            code = self.process.wait(30)
        self.release()
        return code if how else self.process.returncode


@contextlib.contextmanager
def await_ends(*pids: int) -> Iterator[None]:
    """At the end of the block wait until these processes have ended, for a while at most."""
    with contextlib.ExitStack() as stack:
        handles = {}
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):  # it has ended already
                handles[pid] = os.pidfd_open(pid)
                stack.callback(os.close, handles[pid])
        yield
        for pid, handle in handles.items():
            ended, _, _ = select.select([handle], [], [], 30)
            assert ended, f"process {pid} does not end"


def is_running(pid: int) -> bool:
    """Whether that process runs."""
    return pid in {each.pid for each in processes()}


def instances(base: Path) -> list[Path]:
    """The servers' directories in that temporary directory."""
    return sorted(base.glob(postgres_instance.PREFIX + "*"))
