"""DomIQ's tables belong to an ordinary role, and each caller has a login of its own."""

from collections.abc import Iterator

import psycopg
import pytest

from runner.postgres import LocalServer
from runner.simulator import Simulator
from runner.tests.daemon_support import Office
from runner.tests.roles_support import as_role, install_without_superuser


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    # a server of its own: roles are cluster-wide
    with LocalServer() as server:
        yield install_without_superuser(server)


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
