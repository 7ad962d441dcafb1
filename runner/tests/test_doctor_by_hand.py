"""`leadsync doctor` finds code that was changed by hand, and its advice mends it."""

from typing import Any

import psycopg
import pytest

from runner.tests.conftest import Connect
from runner.tests.doctor_support import doctor, wrong
from runner.tests.test_cli import leadsync


@pytest.fixture
def admin(database: str, connect: Connect) -> psycopg.Connection[Any]:
    connection = connect(database)
    connection.execute("revoke create on schema public from public")  # as it is up to 14
    return connection


def by_hand(connection: psycopg.Connection[Any]) -> None:
    """Replace a function, a view and a trigger, grant the view, drop a function."""
    for statement in (
        "create or replace function lead_sync_private.retry_delay(p_failures integer)"
        " returns interval language sql as $$ select interval '1 s' $$",
        "do $$ begin execute 'create or replace view lead_sync.dead_letters as '"
        " || rtrim(pg_get_viewdef('lead_sync.dead_letters'::regclass), ';')"
        " || ' limit 0'; end $$",
        "create or replace trigger trigger_update_user_sync_status"
        ' before update on public."user" for each row when (false)'
        " execute function public.update_user_sync_status()",
        "grant select on lead_sync.dead_letters to lead_sync_runner",
        "drop function lead_sync.purge_archive(timestamptz)",
    ):
        connection.execute(statement.encode())


CHANGED = {
    'trigger trigger_update_user_sync_status on public."user" was changed by hand',
    "view lead_sync.dead_letters was changed by hand",
}
LOADED_ANEW = {
    "routine lead_sync.purge_archive(timestamp with time zone) is missing",
    "routine lead_sync_private.retry_delay(integer) was changed by hand",
}
GRANTED = "right that no file gives: select on table lead_sync.dead_letters to lead_sync_runner"


def test_changes_by_hand_are_mended_as_advised(
    database: str, admin: psycopg.Connection[Any]
) -> None:
    by_hand(admin)
    found = doctor(DATABASE_URL=database, exit_code=4)
    said = {each["finding"] for each in found if each["severity"] == "failed"}
    assert said == CHANGED | LOADED_ANEW | {GRANTED}
    [remedy] = {each["remedy"] for each in found if each["check_name"] == "objects"}
    statements, _, command = remedy.rpartition("; then: ")
    assert command == "leadsync migrate"
    admin.execute(statements.encode())
    assert leadsync("migrate", DATABASE_URL=database).exit_code == 0
    assert wrong(DATABASE_URL=database) == []


def test_loading_code_takes_no_change_by_hand_for_its_own(
    database: str, admin: psycopg.Connection[Any]
) -> None:
    by_hand(admin)
    admin.execute("delete from lead_sync_private.code_version")  # as if a file had changed
    assert leadsync("migrate", DATABASE_URL=database).exit_code == 0
    # the loader leaves views and triggers alone whose files have not changed
    found = {each[2] for each in wrong(DATABASE_URL=database, exit_code=4)}
    assert found - {GRANTED} == CHANGED
