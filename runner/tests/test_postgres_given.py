"""Databases of our own on a server that is given."""

import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from runner.domiq import load_domiq
from runner.migrate import migrate
from runner.postgres import GivenServer, LocalServer, open_server
from runner.postgres_given import PREFIX, GivenServerError
from runner.postgres_names import other_database
from runner.tests.conftest import Connect

ROOT = Path(__file__).resolve().parents[2]


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

    @pytest.mark.parametrize(
        ("may", "lacks"),
        [
            ("createrole", "may create no databases"),
            ("createdb", "may create no roles"),
            ("", "may create no databases and no roles"),
        ],
    )
    def test_one_whose_role_may_not_do_enough(
        self, given: str, connect: Connect, may: str, lacks: str
    ) -> None:
        url = self.ordinary(given, connect, may)
        with pytest.raises(GivenServerError, match=f"^the role plain {lacks}$"):
            GivenServer(url)

    def test_an_ordinary_role_is_enough_unless_a_superuser_is_wanted(
        self, given: str, connect: Connect
    ) -> None:
        url = self.ordinary(given, connect, "createdb createrole")
        with GivenServer(url) as server:
            load_domiq(server.create_database("one"))
            migrate(server.url("one"))
            owners = connect(server.url("one")).execute(
                "select distinct pg_get_userbyid(relowner) from pg_class where relname in"
                " ('conversation', 'lead_sync_queue') order by 1"
            )
            assert owners.fetchall() == [("app_owner",), ("lead_sync_owner",)]
        left = connect(given).execute(
            "select rolname from pg_roles where starts_with(rolname, 'app_')"
        )
        assert left.fetchall() == []
        assert self.databases(connect, given) == []
        assert self.roles(connect, given) == set()
        with pytest.raises(GivenServerError, match=r"^the role plain is no superuser$"):
            GivenServer(url, superuser=True)

    def ordinary(self, given: str, connect: Connect, may: str) -> str:
        connect(given).execute(f"create role plain login {may}".encode())
        return given.replace("postgres@", "plain@")

    def test_one_that_does_not_work_gives_way(self, caplog: pytest.LogCaptureFixture) -> None:
        url = "postgresql://somebody:secret@127.0.0.1:1/none"
        with open_server(database_url=url) as server:
            assert isinstance(server, LocalServer)
        assert "DATABASE_URL cannot be used" in caplog.text
        assert "secret" not in caplog.text


GIVEN_OWNER = """
import sys
import psycopg
from runner.domiq import load_domiq
from runner.migrate import migrate
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
