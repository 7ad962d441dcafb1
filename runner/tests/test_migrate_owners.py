"""Who may migrate: the ways in which DomIQ's tables may be owned, and what the check says."""

import re
from collections.abc import Iterator

import psycopg
import pytest

from runner.domiq import load_domiq
from runner.migrate import MigrationError, SqlFileError, migrate, rollback
from runner.postgres import LocalServer
from runner.tests.conftest import Connect
from runner.tests.migrate_support import catalogue
from runner.tests.roles_support import as_role

TABLES = (
    *("property", "property_manager", "property_manager_assignment", "chatbot", "user"),
    *("conversation", "lead_notification"),
)
FORCED = "; ".join(f'alter table public."{each}" force row level security' for each in TABLES)
RESTRICTIVE = (
    "create policy closed on public.conversation as restrictive for select"
    " using (id = current_setting('app.some', true)::uuid)"
)


@pytest.fixture
def server() -> Iterator[LocalServer]:
    """A server of its own: roles are cluster-wide."""
    with LocalServer() as each:
        yield each


@pytest.fixture
def domiq(server: LocalServer) -> str:
    """URL, as a superuser, of a database whose tables the ordinary role `domiq` owns."""
    url = server.create_database("domiq")
    load_domiq(url, owner="domiq")
    run(
        url,
        "alter role domiq login; create role migrator login; grant domiq to migrator;"
        "create role app login; grant app_property_manager to app",
    )
    return url


def run(url: str, statements: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        for each in filter(None, map(str.strip, statements.split(";"))):
            connection.execute(each.encode())


def what_is_asked_for(url: str) -> list[str]:
    """Return the lines of the check's detail."""
    with pytest.raises(SqlFileError) as error:
        migrate(url)
    return (error.value.cause.diag.message_detail or "").splitlines()


def do_what_is_asked_for(url: str, admin: str) -> list[str]:
    """Run the statements that the check lists, as somebody who may, and return them."""
    asked: list[str] = []
    for line in what_is_asked_for(url):
        text = re.search(r"run(?: as a superuser)?: (.*)", line, re.IGNORECASE)
        assert text, line
        asked += text[1].split("; ")
    for statement in dict.fromkeys(asked):
        run(admin, statement)
    return asked


def assert_captures(url: str, admin: str) -> None:
    """DomIQ's application writes under row-level security, and a lead is queued."""
    with psycopg.connect(admin, autocommit=True) as connection:
        company = connection.execute(
            "insert into public.company (name) values ('Homes') returning id"
        ).fetchall()[0][0]
        bot = connection.execute(
            "with p as (insert into public.property (company_id, name, address, city, state,"
            " zip_code) values (%s, 'Oaks', '1 Road', 'Austin', 'TX', '78701') returning id),"
            " i as (insert into public.resman_integration (property_id, resman_property_id,"
            ' api_credentials) select id, \'r1\', \'{"v": 1, "kid": "k", "nonce": "n",'
            ' "ct": "c"}\' from p)'
            " insert into public.chatbot (property_id, name) select id, 'bot' from p"
            " returning id",
            (company,),
        ).fetchall()[0][0]
    with psycopg.connect(as_role(url, "app")) as app:
        app.execute("select set_config('app.current_company_id', %s, true)", (str(company),))
        app.execute(
            'with u as (insert into public."user" (first_name, last_name, email)'
            " values ('Ada', 'Example', 'ada@example.com') returning id)"
            " insert into public.conversation (chatbot_id, user_id, status)"
            " select %s, id, 'new' from u",
            (bot,),
        )
        app.commit()
        # once set for a transaction it reads as '', and DomIQ's policies raise
        app.execute("update public.\"user\" set phone = '555-0100'")
        app.commit()
    with psycopg.connect(admin) as connection:
        connection.execute("set role lead_sync_owner")
        connection.execute("select set_config('app.current_company_id', '', false)")
        assert connection.execute("select status from public.conversation").fetchall()
        assert connection.execute(
            "select resman_sync_version, resman_sync_status from public.conversation"
        ).fetchall()
        connection.execute("update public.conversation set resman_sync_status = 'failed'")
        queued = connection.execute("select sync_operation from public.lead_sync_queue")
        assert set(queued.fetchall()) == {("push",)}


WAYS = {
    "a member of the owner": ("migrator", ""),
    "the owner itself": ("domiq", ""),
    "a member of the owner, row-level security forced": ("migrator", FORCED),
    "the owner itself, row-level security forced": ("domiq", FORCED),
    "the owner itself, who may create roles": ("domiq", "alter role domiq createrole"),
    "a member that does not inherit": ("migrator", "alter role migrator noinherit"),
    "the owner itself, who may create roles and does not inherit": (
        "domiq",
        "alter role domiq createrole noinherit",
    ),
    "the owner itself, under a restrictive policy": ("domiq", RESTRICTIVE),
    "a superuser": ("postgres", ""),
    "a superuser, row-level security forced": ("postgres", FORCED),
    "a superuser who owns all": ("postgres", "reassign owned by domiq to postgres"),
}


@pytest.mark.parametrize("way", WAYS)
def test_what_the_check_asks_for_is_enough(way: str, domiq: str, connect: Connect) -> None:
    login, before = WAYS[way]
    run(domiq, before)
    connection = connect(domiq)
    url = as_role(domiq, login)
    if login != "postgres":
        asked = do_what_is_asked_for(url, domiq)
        assert ("alter role lead_sync_owner bypassrls" in asked) == ("restrictive" in way)
        assert not any("superuser" in each for each in asked)
    as_it_was = catalogue(connection)
    migrate(url)
    assert_captures(domiq, domiq)
    rows = connection.execute(
        "select rolsuper, rolbypassrls from pg_roles where rolname = 'lead_sync_owner'"
    ).fetchall()
    assert rows == [(False, (login == "postgres" and way != "a superuser") or "restr" in way)]
    rollback(url)
    assert catalogue(connection) == as_it_was


def test_a_circle_is_told(domiq: str) -> None:
    """Another database of the cluster made lead_sync_owner a member of the owner."""
    run(
        domiq,
        "create role lead_sync_owner; grant domiq to lead_sync_owner;"
        "grant create on database domiq to domiq",
    )
    [line] = [each for each in what_is_asked_for(as_role(domiq, "domiq")) if "member" in each]
    assert line == (
        "lead_sync_owner is a member of domiq already and cannot have domiq as a member too:"
        " migrate as another login role, one that is a member of both"
    )
    do_what_is_asked_for(as_role(domiq, "migrator"), domiq)
    migrate(as_role(domiq, "migrator"))


def test_a_superusers_tables_want_a_superuser(domiq: str, connect: Connect) -> None:
    run(domiq, "reassign owned by domiq to postgres")
    before = catalogue(connect(domiq))
    asked = what_is_asked_for(as_role(domiq, "migrator"))
    assert "DomIQ's tables belong to the superuser postgres: run as a superuser" in asked
    assert catalogue(connect(domiq)) == before


def test_the_record_must_be_readable(domiq: str) -> None:
    """A superuser installed it: an ordinary role must not take it for not installed."""
    migrate(domiq)
    run(domiq, "grant lead_sync_owner to migrator")
    with pytest.raises(MigrationError, match="postgres has migrated this database") as error:
        migrate(as_role(domiq, "migrator"))
    assert 'grant "postgres" to "migrator"' in str(error.value)
