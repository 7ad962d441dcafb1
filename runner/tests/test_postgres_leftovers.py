"""What is left of a server of our own when its owner ends, however it ends: nothing."""

import fcntl
import os
import pwd
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from runner.postgres import LocalServer
from runner.postgres_instance import PREFIX, Instance, server_account
from runner.postgres_leftovers import remove_leftovers
from runner.tests.conftest import Connect
from runner.tests.postgres_support import Owner, await_ends, instances, is_running


def test_ctrl_c_removes_it(base: Path) -> None:
    owner = Owner()
    assert owner.end(signal.SIGINT) != 0
    assert instances(base) == []
    assert not is_running(owner.pid)


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGHUP])
def test_other_signals_remove_it(base: Path, how: signal.Signals) -> None:
    owner = Owner()
    assert owner.end(how) == 128 + how
    assert instances(base) == []
    assert not is_running(owner.pid)


@pytest.mark.parametrize("group", [False, True], ids=["alone", "with its group"])
def test_a_sigkill_removes_it(base: Path, group: bool) -> None:
    owner = Owner()
    with await_ends(owner.watch, owner.pid):
        owner.kill(group=group)
    owner.release()
    assert instances(base) == []


def test_one_that_is_being_made_is_left_alone(
    base: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock, found = fcntl.flock, []

    def look_first(file: int, how: int) -> None:
        monkeypatch.setattr(fcntl, "flock", lock)
        found.extend(remove_leftovers())
        lock(file, how)

    monkeypatch.setattr(fcntl, "flock", look_first)
    instance = Instance(server_account())
    assert found == []
    assert instances(base) == [instance.path]
    instance.remove()


def test_a_child_that_outlives_its_owner_keeps_nothing(base: Path) -> None:
    owner = Owner(forks=True)
    with await_ends(owner.watch, owner.pid):
        owner.kill()
    assert instances(base) == []
    owner.release()


def test_the_watch_ends_with_the_server(base: Path) -> None:
    owner = Owner()
    with await_ends(owner.watch):
        assert owner.end() == 0
    with LocalServer() as server:
        watch = server._instance._watch.pid
        assert watch is not None
        assert is_running(watch)
    assert not is_running(watch)
    assert instances(base) == []


def test_the_next_start_removes_what_is_left_all_the_same(base: Path) -> None:
    owner = Owner()
    owner.kill_with_watch()
    assert is_running(owner.pid)
    (left,) = instances(base)
    with LocalServer():
        assert left not in instances(base)
        assert not is_running(owner.pid)


def test_two_at_once_do_not_disturb_each_other(base: Path, connect: Connect) -> None:
    owner = Owner()
    with LocalServer() as first, LocalServer() as second:
        assert remove_leftovers() == []
        for url in (owner.url, first.url(), second.url()):
            connect(url).execute("select 1")
    connect(owner.url).execute("select 1")
    assert owner.end() == 0
    assert instances(base) == []


def test_a_directory_being_made_is_left_alone_an_old_one_is_not(base: Path) -> None:
    path = Path(tempfile.mkdtemp(prefix=PREFIX, dir=base))
    assert remove_leftovers() == []
    os.utime(path, (0, 0))
    assert remove_leftovers() == [path]


def test_a_stranger_that_names_the_directory_is_not_killed(base: Path) -> None:
    owner = Owner()
    owner.kill_with_watch()
    (left,) = instances(base)
    command = [sys.executable, "-c", "input()", "-D", str(left / "data")]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as stranger:
        assert remove_leftovers() == [left]
        assert stranger.poll() is None
        stranger.communicate(b"\n")


@pytest.mark.skipif(
    os.geteuid() != 0, reason="every other test here is run by an ordinary user"
)
def test_an_ordinary_user_can_run_it(base: Path) -> None:
    uid = pwd.getpwnam("nobody").pw_uid
    owner = Owner(uid)
    assert Path(f"/proc/{owner.pid}").stat().st_uid == uid
    owner.kill_with_watch()
    (left,) = instances(base)
    other = Owner(uid)
    assert left not in instances(base)
    assert other.end() == 0
