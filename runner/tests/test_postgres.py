"""The server helper: servers of our own, and databases of our own on one that is given."""

import os
import pwd
import select
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from runner import postgres_binaries, postgres_instance
from runner.postgres import (
    GivenServer,
    LocalServer,
    PostgresMissingError,
    open_server,
)
from runner.postgres_given import PREFIX, GivenServerError
from runner.postgres_names import other_database
from runner.postgres_processes import processes
from runner.tests.conftest import Connect

ROOT = Path(__file__).resolve().parents[2]

OWNER = """
import os, sys
from runner.postgres import LocalServer
import psycopg
uid = int(sys.argv[1])
if uid != os.geteuid():
    os.setgroups([]), os.setgid(uid), os.setuid(uid)
with LocalServer() as server:
    psycopg.connect(server.url()).close()
    print(server.pid, server.url(), flush=True)
    sys.stdin.readline()
"""


@pytest.fixture
def base(monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A temporary directory in which no other session looks for leftovers."""
    with tempfile.TemporaryDirectory(prefix="ls-", dir="/tmp") as name:
        Path(name).chmod(0o777)
        monkeypatch.setenv("TMPDIR", name)
        monkeypatch.setattr(tempfile, "tempdir", name)
        yield Path(name)


class Owner:
    """Another Python that owns a server; it lives until told to end."""

    def __init__(self, uid: int | None = None) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", OWNER, str(os.geteuid() if uid is None else uid)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        assert self.process.stdout is not None
        ready, _, _ = select.select([self.process.stdout], [], [], 60)
        assert ready, "the server does not start"
        pid, self.url = self.process.stdout.readline().split()
        self.pid = int(pid)

    def end(self, how: signal.Signals | None = None) -> int:
        """End it, by a signal or in order, and return its exit code."""
        if how:
            self.process.send_signal(how)
            code = self.process.wait(30)
        self.process.communicate()
        return code if how else self.process.returncode


def is_running(pid: int) -> bool:
    return pid in {each.pid for each in processes()}


def instances(base: Path) -> list[Path]:
    return sorted(base.glob(postgres_instance.PREFIX + "*"))


class TestServerOfOurOwn:
    def test_takes_connections_on_its_socket_only(self, connect: Connect) -> None:
        with LocalServer() as server:
            row = (
                connect(server.url())
                .execute("select current_setting('listen_addresses'), inet_server_addr()")
                .fetchone()
            )
        assert row == ("", None)

    def test_its_socket_is_closed_to_other_users(self, base: Path) -> None:
        with LocalServer():
            assert (instances(base)[0] / "s").stat().st_mode & 0o077 == 0

    def test_is_not_root(self) -> None:
        with LocalServer() as server:
            assert Path(f"/proc/{server.pid}").stat().st_uid != 0

    def test_is_removed_at_the_end(self, base: Path) -> None:
        with LocalServer() as server:
            pid = server.pid
            assert pid is not None
            assert len(instances(base)) == 1
        assert instances(base) == []
        assert not is_running(pid)
        server.close()

    def test_settings(self, connect: Connect) -> None:
        with LocalServer(durable=True, settings={"max_prepared_transactions": "7"}) as server:
            row = (
                connect(server.url())
                .execute(
                    "select current_setting('max_prepared_transactions'),"
                    " current_setting('fsync'), current_setting('max_connections')"
                )
                .fetchone()
            )
        assert row == ("7", "on", "200")

    def test_a_wrong_setting_shows_the_log_and_leaves_nothing(self, base: Path) -> None:
        with pytest.raises(RuntimeError, match="shared_buffers"):
            LocalServer(settings={"shared_buffers": "nonsense"})
        assert instances(base) == []

    def test_databases(self, own_server: LocalServer, connect: Connect) -> None:
        url = own_server.create_database("first")
        with connect(url) as connection:
            connection.execute("create table t as select 1 as a")
        copy = own_server.create_database('it\'s "second"', "first")
        connect(copy).execute("select a from t")
        own_server.drop_database('it\'s "second"')
        own_server.drop_database('it\'s "second"')
        with pytest.raises(psycopg.OperationalError, match="does not exist"):
            connect(copy)

    def test_commits_survive_a_kill(self, own_server: LocalServer, connect: Connect) -> None:
        session = connect(own_server.url())
        session.execute("create table t as select 1 as a")
        pid = own_server.pid
        own_server.kill()
        assert own_server.pid is None
        with pytest.raises(psycopg.OperationalError):
            session.execute("select 1")
        own_server.start()
        assert own_server.pid != pid
        assert connect(own_server.url()).execute("select a from t").fetchall() == [(1,)]

    def test_restart(self, own_server: LocalServer, connect: Connect) -> None:
        connect(own_server.url()).execute("create table t ()")
        own_server.restart()
        own_server.start()
        connect(own_server.url()).execute("select from t")

    def test_a_forked_child_leaves_it_alone(
        self, own_server: LocalServer, connect: Connect
    ) -> None:
        code = subprocess.run(
            [sys.executable, "-c", FORK], cwd=ROOT, timeout=60, check=False
        ).returncode
        assert code == 0


FORK = """
import os
from runner.postgres import LocalServer
import psycopg
with LocalServer() as server:
    child = os.fork()
    if not child:
        server.close()
        raise SystemExit(0)
    assert os.waitpid(child, 0)[1] == 0
    psycopg.connect(server.url()).close()
"""


class TestWhatIsLeftBehind:
    def test_ctrl_c_removes_it(self, base: Path) -> None:
        owner = Owner()
        assert owner.end(signal.SIGINT) != 0
        assert instances(base) == []
        assert not is_running(owner.pid)

    @pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGHUP])
    def test_other_signals_remove_it(self, base: Path, how: signal.Signals) -> None:
        owner = Owner()
        assert owner.end(how) == 128 + how
        assert instances(base) == []
        assert not is_running(owner.pid)

    def test_the_next_start_removes_what_a_sigkill_left(self, base: Path) -> None:
        owner = Owner()
        owner.end(signal.SIGKILL)
        assert is_running(owner.pid)
        (left,) = instances(base)
        with LocalServer():
            assert left not in instances(base)
            assert not is_running(owner.pid)

    def test_two_at_once_do_not_disturb_each_other(self, base: Path, connect: Connect) -> None:
        owner = Owner()
        with LocalServer() as first, LocalServer() as second:
            assert postgres_instance.remove_leftovers() == []
            for url in (owner.url, first.url(), second.url()):
                connect(url).execute("select 1")
        connect(owner.url).execute("select 1")
        assert owner.end() == 0
        assert instances(base) == []

    def test_a_directory_being_made_is_left_alone_an_old_one_is_not(self, base: Path) -> None:
        path = Path(tempfile.mkdtemp(prefix=postgres_instance.PREFIX, dir=base))
        assert postgres_instance.remove_leftovers() == []
        os.utime(path, (0, 0))
        assert postgres_instance.remove_leftovers() == [path]

    def test_a_stranger_that_names_the_directory_is_not_killed(self, base: Path) -> None:
        owner = Owner()
        owner.end(signal.SIGKILL)
        (left,) = instances(base)
        command = [sys.executable, "-c", "input()", "-D", str(left / "data")]
        with subprocess.Popen(command, stdin=subprocess.PIPE) as stranger:
            assert postgres_instance.remove_leftovers() == [left]
            assert stranger.poll() is None
            stranger.communicate(b"\n")


@pytest.mark.skipif(
    os.geteuid() != 0, reason="every other test here is run by an ordinary user"
)
def test_an_ordinary_user_can_run_it(base: Path) -> None:
    uid = pwd.getpwnam("nobody").pw_uid
    owner = Owner(uid)
    assert Path(f"/proc/{owner.pid}").stat().st_uid == uid
    owner.end(signal.SIGKILL)
    (left,) = instances(base)
    other = Owner(uid)
    assert left not in instances(base)
    assert other.end() == 0


class TestServerThatIsGiven:
    @pytest.fixture
    def given(self, own_server: LocalServer) -> str:
        return own_server.create_database("theirs")

    def databases(self, connect: Connect, url: str) -> list[str]:
        rows = connect(url).execute(
            "select datname from pg_database where starts_with(datname, %s)", (PREFIX,)
        )
        return [row[0] for row in rows]

    def test_databases_are_made_and_dropped(self, given: str, connect: Connect) -> None:
        with open_server(database_url=given) as server:
            assert isinstance(server, GivenServer)
            connect(server.create_database("one")).execute("create table t ()")
            two = server.url("two")
            assert two.startswith(f"postgresql://postgres@/{PREFIX}")
            assert len(self.databases(connect, given)) == 1
        assert self.databases(connect, given) == []
        server.close()

    def test_copies(self, given: str, connect: Connect) -> None:
        with GivenServer(given) as server:
            with connect(server.create_database("one")) as connection:
                connection.execute("create table t ()")
            connect(server.create_database("two", "one")).execute("select from t")
            server.drop_database("two")
            with pytest.raises(psycopg.OperationalError, match="does not exist"):
                connect(server.url("two"))

    def test_roles_go_unless_they_were_there_or_are_used(
        self, given: str, connect: Connect
    ) -> None:
        admin = connect(given)
        admin.execute("create role lead_sync_before")
        with GivenServer(given) as server:
            session = connect(server.create_database("one"))
            session.execute("create role lead_sync_new")
            session.execute("create role lead_sync_used")
            session.execute("create schema s authorization lead_sync_new")
            admin.execute("create schema s authorization lead_sync_used")
            with GivenServer(given) as second:
                second.create_database("one")
            assert self.roles(connect, given) == {"before", "new", "used"}
        assert self.roles(connect, given) == {"before", "used"}

    def roles(self, connect: Connect, url: str) -> set[str]:
        rows = connect(url).execute(
            "select substr(rolname, 11) from pg_roles where starts_with(rolname, 'lead_sync_')"
        )
        return {row[0] for row in rows}

    def test_the_next_start_removes_what_a_sigkill_left(
        self, given: str, connect: Connect
    ) -> None:
        admin = connect(given)
        with subprocess.Popen(
            [sys.executable, "-c", GIVEN_OWNER, given],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        ) as owner:
            assert owner.stdout is not None
            backends = [int(each) for each in owner.stdout.readline().split()]
            with GivenServer(given):
                assert len(self.databases(connect, given)) == 1
            owner.kill()
            owner.communicate()
        while admin.execute(
            "select from pg_stat_activity where pid = any(%s)", (backends,)
        ).fetchall():
            pass  # the server notices that its client is gone
        with GivenServer(given):
            assert self.databases(connect, given) == []
            assert self.roles(connect, given) == set()

    def test_one_that_may_not_create_databases(self, given: str, connect: Connect) -> None:
        connect(given).execute("create role plain login")
        url = given.replace("postgres@", "plain@")
        with pytest.raises(GivenServerError, match="role plain may not create databases"):
            GivenServer(url)

    def test_one_that_does_not_work_gives_way(self, caplog: pytest.LogCaptureFixture) -> None:
        url = "postgresql://somebody:secret@127.0.0.1:1/none"
        with open_server(database_url=url) as server:
            assert isinstance(server, LocalServer)
        assert "DATABASE_URL cannot be used" in caplog.text
        assert "secret" not in caplog.text


GIVEN_OWNER = """
import sys
import psycopg
from runner.postgres import GivenServer
server = GivenServer(sys.argv[1])
session = psycopg.connect(server.create_database("one"), autocommit=True)
session.execute("create role lead_sync_new")
session.execute("create schema s authorization lead_sync_new")
print(session.info.backend_pid, server._admin.info.backend_pid, flush=True)
sys.stdin.readline()
"""


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("postgresql://h/a", "postgresql:///b?host=h"),
        ("host=/s dbname=a user=u", "postgresql://u@/b?host=/s"),
        (
            "postgresql://u%40:p%2F@h1:1,h2:2/a?target_session_attrs=read-write",
            "postgresql://u%40:p%2F@/b?host=h1,h2&port=1,2&target_session_attrs=read-write",
        ),
    ],
)
def test_url_of_another_database(url: str, expected: str) -> None:
    assert other_database(url, "b") == expected


class TestFindingTheServer:
    def fake(self, bindir: Path, version: str) -> Path:
        bindir.mkdir(parents=True)
        for name in ("initdb", "postgres"):
            (bindir / name).write_text(f"#!/bin/sh\necho 'postgres (PostgreSQL) {version}'\n")
            (bindir / name).chmod(0o755)
        return bindir

    def only(self, monkeypatch: pytest.MonkeyPatch, pattern: str) -> None:
        monkeypatch.delenv(postgres_binaries.BINDIR_VARIABLE, raising=False)
        monkeypatch.setenv("PATH", "/nonexistent")
        monkeypatch.setattr(postgres_binaries, "_GLOBS", (pattern,))

    def test_newest_supported_version_wins(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for version in ("9.6.24", "14.2", "16.1", "19devel"):
            self.fake(
                tmp_path / version.partition(".")[0].removesuffix("devel") / "bin", version
            )
        self.only(monkeypatch, f"{tmp_path}/*/bin")
        found = postgres_binaries.find_binaries()
        assert (found.bindir, found.major) == (tmp_path / "16" / "bin", 16)

    def test_the_environment_wins(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        bindir = self.fake(tmp_path / "x", "17.0")
        monkeypatch.setenv(postgres_binaries.BINDIR_VARIABLE, str(bindir))
        assert postgres_binaries.find_binaries().major == 17

    def test_a_wrong_environment_is_an_error(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv(postgres_binaries.BINDIR_VARIABLE, str(tmp_path))
        with pytest.raises(PostgresMissingError, match="no initdb and no postgres there"):
            postgres_binaries.find_binaries()

    def test_none_says_what_is_missing(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        self.fake(tmp_path / "13" / "bin", "13.9")
        self.only(monkeypatch, f"{tmp_path}/*/bin")
        with pytest.raises(PostgresMissingError) as error:
            postgres_binaries.find_binaries()
        assert "version 13 is not supported" in str(error.value)
        assert "apt-get install postgresql" in str(error.value)
