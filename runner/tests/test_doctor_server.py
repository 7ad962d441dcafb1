"""`leadsync doctor` on servers of its own: roles, sessions of others, settings, dead rows."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from runner.domiq import load_domiq
from runner.migrate import migrate
from runner.postgres import LocalServer
from runner.tests.conftest import Connect
from runner.tests.daemon_support import eventually
from runner.tests.doctor_support import doctor, wrong

ROLES = """
create role migrator login createrole;
create role operator login;
create role stranger login;
grant tables_owner to migrator;
grant create on database domiq to migrator;
grant create on schema public to migrator;
revoke create on schema public from public;
create role lead_sync_owner nologin;
grant tables_owner to lead_sync_owner;
grant lead_sync_owner to migrator;
"""


def as_role(url: str, role: str) -> str:
    return psycopg.conninfo.make_conninfo(url, user=role)


@pytest.fixture(scope="module")
def ordinary() -> Iterator[str]:
    """A database whose DomIQ tables an ordinary role owns, migrated without a superuser."""
    with LocalServer() as server:
        url = server.create_database("domiq")
        load_domiq(url, owner="tables_owner")
        with psycopg.connect(url, autocommit=True) as connection:
            for statement in ROLES.strip().splitlines():
                connection.execute(statement.encode())
        migrate(as_role(url, "migrator"))
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("grant lead_sync_service to operator")
        yield url


def test_whoever_migrates_sees_all(ordinary: str) -> None:
    assert wrong(DATABASE_URL=as_role(ordinary, "migrator")) == []


def test_a_superuser_sees_the_same(ordinary: str) -> None:
    assert wrong(DATABASE_URL=ordinary) == []


def test_an_operator_is_told_what_was_not_looked_at(ordinary: str) -> None:
    assert wrong(DATABASE_URL=as_role(ordinary, "operator")) == [
        (
            "migrations",
            "warning",
            "role operator may not read which migrations were applied",
        )
    ]


def test_a_stranger_is_told_that_nothing_was(ordinary: str, connect: Connect) -> None:
    found = doctor(DATABASE_URL=as_role(ordinary, "stranger"))
    assert [(f["check_name"], f["severity"]) for f in found if f["severity"] != "ok"] == [
        ("migrations", "warning"),
        ("check_installation", "warning"),
        ("check_server", "warning"),
        ("credentials", "warning"),
    ]
    assert all("stranger may not" in f["finding"] for f in found if f["severity"] == "warning")
    [remedy] = [f["remedy"] for f in found if f["check_name"] == "check_server"]
    with connect(ordinary) as admin:
        admin.execute(remedy.partition(";")[0].encode())
    mended = {each[0] for each in wrong(DATABASE_URL=as_role(ordinary, "stranger"))}
    assert mended == {"migrations"}
    with connect(ordinary) as admin:
        admin.execute("revoke lead_sync_service from stranger")


def server_findings(url: str, older_than: str = "0 s") -> list[tuple[str, str, str]]:
    with psycopg.connect(url, autocommit=True) as connection:
        return connection.execute(
            "select check_name, severity, finding from lead_sync.check_server(%s::interval)"
            " where severity <> 'ok'",
            (older_than,),
        ).fetchall()


def test_a_transaction_that_is_open_for_long(ordinary: str, connect: Connect) -> None:
    assert server_findings(ordinary) == []
    report = connect(ordinary, autocommit=False)
    report.execute("select 'Quentin'")
    [(check, severity, finding)] = server_findings(ordinary)
    assert (check, severity) == ("sessions", "warning")
    assert finding.startswith(f"session {report.info.backend_pid} of postgres ")
    assert "Quentin" not in finding
    assert server_findings(ordinary, "10 minutes") == []
    # one who may not look is told so, and not that all is well
    [(check, severity, finding)] = server_findings(as_role(ordinary, "operator"))
    assert (check, severity) == ("sessions", "note")
    assert finding == "1 sessions of other roles could not be looked at"
    report.rollback()
    assert server_findings(ordinary) == []


@pytest.fixture(scope="module")
def odd() -> Iterator[str]:
    """An installation on a server that is set up as it should not be."""
    settings = {
        "autovacuum": "off",
        "max_prepared_transactions": "2",
        "wal_level": "logical",
        "max_replication_slots": "2",
        "max_wal_senders": "2",
    }
    with LocalServer(settings=settings) as server:
        url = server.create_database("domiq")
        load_domiq(url)
        migrate(url)
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("revoke create on schema public from public")
        yield url


NOTIFY = (
    "notify",
    "note",
    "max_prepared_transactions is not 0: runners are not notified, since that would break a "
    "PREPARE TRANSACTION; they poll, which is all they need",
)
AUTOVACUUM = (
    "vacuum",
    "warning",
    "autovacuum is off in this server: nothing removes dead rows",
)


def test_settings_of_the_server(odd: str) -> None:
    assert sorted(wrong(DATABASE_URL=odd)) == sorted([NOTIFY, AUTOVACUUM])


def test_a_prepared_transaction(odd: str, connect: Connect) -> None:
    connection = connect(odd)
    for statement in ("begin", "create table public.t (a int)", "prepare transaction 'left'"):
        connection.execute(statement.encode())
    found = [each for each in server_findings(odd) if each != NOTIFY]
    assert [each[:2] for each in found] == [("sessions", "warning")]
    assert found[0][2].startswith("transaction 'left' is prepared since ")
    connection.execute("rollback prepared 'left'")
    assert server_findings(odd) == [NOTIFY]


def test_a_slot_that_nobody_uses(odd: str, connect: Connect) -> None:
    connection = connect(odd)
    connection.execute("select pg_create_logical_replication_slot('left', 'pgoutput')")
    found = [each for each in wrong(DATABASE_URL=odd) if each not in (NOTIFY, AUTOVACUUM)]
    assert found == [
        ("sessions", "warning", "replication slot left is not in use and holds back vacuum")
    ]
    connection.execute("select pg_drop_replication_slot('left')")
    assert server_findings(odd) == [NOTIFY]


def test_dead_rows(odd: str, connect: Connect) -> None:
    connection: psycopg.Connection[Any] = connect(odd)
    with connect(odd, autocommit=False) as writer:
        writer.execute(
            "insert into public.lead_sync_log (sync_direction, sync_status, sync_type)"
            " select 'to_resman', 'success', 'update' from generate_series(1, 10050)"
        )
        writer.execute("delete from public.lead_sync_log")
        writer.commit()

    def found() -> list[tuple[str, str, str]]:
        return [e for e in wrong(DATABASE_URL=odd) if e not in (NOTIFY, AUTOVACUUM)]

    eventually(found, "the dead rows are seen")
    assert found() == [
        ("vacuum", "warning", "public.lead_sync_log has 10050 dead rows beside 0 live ones")
    ]
    connection.execute("vacuum (analyze) public.lead_sync_log")
    eventually(lambda: not found(), "the remedy mends it")
