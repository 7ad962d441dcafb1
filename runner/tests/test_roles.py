"""DomIQ's tables belong to an ordinary role, and each caller has a login of its own."""

from collections.abc import Iterator

import psycopg
import pytest
from psycopg import errors

from runner.domiq import load_domiq
from runner.migrate import migrate
from runner.postgres import LocalServer
from runner.simulator import Simulator
from runner.tests.daemon_support import Office

LOGINS = """
create role tables_owner nologin;
create role migrator login createrole;
grant tables_owner to migrator;
create role app login;
grant app_property_manager to app;
create role daemon login;
create role service login;
create role monitor login;
"""


def as_role(url: str, role: str) -> str:
    """The URL of another login at the same server."""
    return psycopg.conninfo.make_conninfo(url, user=role)


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """A database whose DomIQ tables an ordinary role owns, migrated without a superuser."""
    # a server of its own: roles are cluster-wide
    with LocalServer() as server:
        yield _install(server)


def _install(server: LocalServer) -> str:
    database = server.create_database("domiq")
    load_domiq(database, owner="tables_owner")
    with psycopg.connect(database, autocommit=True) as connection:
        for statement in LOGINS.strip().splitlines():
            if "role tables_owner" not in statement:
                connection.execute(statement.encode())
        # what 0001 asks a DBA for
        connection.execute("grant create on database domiq to migrator")
        connection.execute("grant create on schema public to migrator")
        connection.execute("create role lead_sync_owner nologin")
        connection.execute("grant tables_owner to lead_sync_owner")
        connection.execute("grant lead_sync_owner to migrator")
    migrate(as_role(database, "migrator"))
    with psycopg.connect(database, autocommit=True) as connection:
        for group in ("runner", "service", "monitor"):
            login = "daemon" if group == "runner" else group
            connection.execute(f"grant lead_sync_{group} to {login}".encode())
    return database


def test_a_lead_arrives_though_nobody_is_a_superuser(url: str) -> None:
    with Simulator() as simulator:
        office = Office(url, simulator)
        with psycopg.connect(url) as connection:
            row = connection.execute(
                "select rolbypassrls from pg_roles where rolname = 'lead_sync_owner'"
            ).fetchone()
            assert row == (False,)
        company = office.one("insert into public.company (name) values ('Homes') returning id")
        office.connection.execute(
            "update public.property set company_id = %s", (company["id"],)
        )
        with psycopg.connect(as_role(url, "app")) as app:
            app.execute(
                "select set_config('app.current_company_id', %s, true)", (str(company["id"]),)
            )
            app.execute(
                'with u as (insert into public."user" (first_name, last_name, email) '
                "values ('Ada', 'Example', 'ada1@example.com') returning id) "
                "insert into public.conversation (chatbot_id, user_id, status) "
                "select %s, id, 'new' from u",
                (office.chatbot_id,),
            )
        office.url = as_role(url, "daemon")
        office.drain()
        [lead] = simulator.leads()
        assert lead["email"] == "ada1@example.com"
        assert [item["status"] for item in office.items()] == ["completed"]
        office.close()


@pytest.mark.parametrize(
    ("role", "statement"),
    [
        ("daemon", "select * from public.lead_sync_queue"),
        ("daemon", "select lead_sync.pause_property(gen_random_uuid(), 'x')"),
        ("daemon", "select lead_sync_private.wake_runners()"),
        ("service", "select * from public.lead_sync_mapping"),
        ("service", "select lead_sync.claim_items('r', 1, '1 minute')"),
        ("monitor", "select * from public.lead_sync_log"),
        ("monitor", "select lead_sync.run_schedule()"),
        ("app", "select * from public.resman_integration"),
        ("app", "select lead_sync.claim_items('r', 1, '1 minute')"),
        ("app", "select public.archive_old_sync_logs()"),
    ],
)
def test_who_may_not(url: str, role: str, statement: str) -> None:
    with (
        psycopg.connect(as_role(url, role)) as connection,
        pytest.raises(errors.InsufficientPrivilege),
    ):
        connection.execute(statement.encode())


@pytest.mark.parametrize(
    ("role", "statement"),
    [
        ("daemon", "select * from lead_sync.claim_items('r', 1, '1 minute')"),
        ("daemon", "select lead_sync.next_wakeup(), lead_sync.run_maintenance()"),
        ("service", "select * from lead_sync.list_items(null, null, 10, null)"),
        ("service", "select lead_sync.requeue_failed()"),
        ("monitor", "select * from public.property_sync_status"),
        ("monitor", "select * from lead_sync.queue_backlog, lead_sync.dead_letters"),
    ],
)
def test_who_may(url: str, role: str, statement: str) -> None:
    with psycopg.connect(as_role(url, role)) as connection:
        connection.execute(statement.encode())
