"""`leadsync doctor` on real databases, each broken in one way. ResMan is another file's."""

from typing import Any

import psycopg
import pytest

from runner.db import connect as connect_as_commands_do
from runner.doctor import exit_code
from runner.doctor_database import check_clock, check_version
from runner.doctor_finding import Finding
from runner.tests.conftest import Connect
from runner.tests.doctor_support import doctor, wrong
from runner.tests.test_cli import leadsync


@pytest.fixture
def admin(database: str, connect: Connect) -> psycopg.Connection[Any]:
    """A connection to an installation in which all is well."""
    connection = connect(database)
    connection.execute("revoke create on schema public from public")  # as it is up to 14
    return connection


def test_all_is_well(database: str, admin: psycopg.Connection[Any]) -> None:
    found = doctor(DATABASE_URL=database)
    assert [each for each in found if each["severity"] != "ok"] == []
    assert {each["check_name"] for each in found} == {
        *("versions", "reachability", "clock", "migrations", "code", "objects", "triggers"),
        *("roles", "grants", "schemas", "row_security", "statuses", "settings"),
        *("integrations", "runners", "vacuum", "sessions", "notify", "credentials"),
    }


def test_it_changes_nothing(database: str, admin: psycopg.Connection[Any]) -> None:
    def counts() -> list[Any]:
        return admin.execute(
            "select oid::regclass::text, (xpath('/row/n/text()', query_to_xml(format("
            "'select count(*) as n from %s', oid::regclass), false, true, '')))[1]::text"
            " from pg_class where relkind = 'r' and relnamespace in ('public'::regnamespace,"
            " 'lead_sync_private'::regnamespace) order by 1"
        ).fetchall()

    before = counts()
    doctor(DATABASE_URL=f"{database}&options=-cdefault_transaction_read_only%3Don", exit_code=3)
    doctor(DATABASE_URL=database)
    assert counts() == before


def test_people_get_the_remedy_whole(database: str, admin: psycopg.Connection[Any]) -> None:
    admin.execute("alter table public.conversation disable trigger trigger_add_sync_queue_item")
    result = leadsync("doctor", DATABASE_URL=database)
    assert result.exit_code == 4
    [line] = [each for each in result.stdout.splitlines() if each.startswith("failed")]
    assert "trigger trigger_add_sync_queue_item on public.conversation is disabled" in line
    remedy = "-> alter table public.conversation enable trigger trigger_add_sync_queue_item"
    assert remedy in result.stdout
    assert result.stdout.splitlines()[-1].endswith("ok, 1 failed")


def test_not_installed(domiq_only_database: str) -> None:
    [each] = [
        each
        for each in doctor(DATABASE_URL=domiq_only_database, exit_code=4)
        if each["severity"] != "ok"
    ]
    assert each["finding"] == "lead-sync is not installed in this database"
    assert each["remedy"] == "leadsync migrate"


def test_not_reached(tmp_path: Any) -> None:
    url = f"postgresql://somebody:hunter2@/domiq?host={tmp_path}"
    [(check, severity, finding)] = wrong(DATABASE_URL=url, exit_code=3)
    assert (check, severity) == ("reachability", "failed")
    assert str(tmp_path) in finding
    assert "hunter2" not in leadsync("doctor", DATABASE_URL=url).output


def test_no_database_is_named() -> None:
    result = leadsync("doctor")
    assert result.exit_code == 2
    assert "DATABASE_URL" in result.stderr


def test_the_exit_code_is_that_of_the_worst() -> None:
    def code(*pairs: str) -> int:
        split = (pair.split() for pair in pairs)
        return exit_code(Finding(check, severity, "x") for check, severity in split)

    assert code("roles ok", "roles note", "grants warning") == 0
    assert code("roles ok", "grants failed") == 4
    assert code("configuration failed", "grants failed") == 2
    assert code("configuration failed", "reachability failed") == 3


def test_a_variable_that_is_none(database: str, admin: psycopg.Connection[Any]) -> None:
    known: dict[str, Any] = {
        "LEADSYNC_SLOTS": "4",
        "LEADSYNC_KEYS": "",
        "LEADSYNC_DRAIN_WAIT": "1",
    }
    assert wrong(DATABASE_URL=database, **known) == []
    found = wrong(DATABASE_URL=database, LEADSYNC_SLOT="sesame")
    assert found == [
        ("settings", "note", "the variable LEADSYNC_SLOT is set, and no command knows it")
    ]


@pytest.mark.parametrize("version", [130022, 190000])
def test_a_server_version_that_is_not_supported(version: int) -> None:
    finding = check_version(version)
    assert finding.severity == "failed"
    assert finding.finding.endswith("and 14 to 18 are supported")
    assert [check_version(each).severity for each in (140000, 180001)] == ["ok", "ok"]


def test_clocks_that_differ(database: str) -> None:
    with connect_as_commands_do(database, 10) as connection:
        here = connection.execute("select extract(epoch from clock_timestamp())").fetchone()
        assert here is not None
        now = float(here[0])
        assert check_clock(connection, lambda: now).severity == "ok"
        ahead = check_clock(connection, lambda: now - 3600)
        behind = check_clock(connection, lambda: now + 3600)
    assert (ahead.severity, behind.severity) == ("warning", "warning")
    assert ahead.finding == "the database's clock is 3600 s ahead of this machine's"
    assert behind.finding == "the database's clock is 3600 s behind this machine's"


def test_a_slow_answer_is_no_difference_of_clocks(database: str) -> None:
    with connect_as_commands_do(database, 10) as connection:
        row = connection.execute("select extract(epoch from clock_timestamp())").fetchone()
        assert row is not None
        moments = iter([float(row[0]) - 1, float(row[0]) + 59])
        assert check_clock(connection, lambda: next(moments)).severity == "ok"


LAST = "(select max(migration) from lead_sync_private.applied_migration)"
"""The id of the last migration."""


@pytest.mark.parametrize(
    ("broken", "said"),
    [
        (
            f"delete from public._yoyo_migration where migration_id = {LAST}",
            "not applied yet: ",
        ),
        (
            "update lead_sync_private.applied_migration set sha256 = 'x'"
            f" where migration = {LAST}",
            "edited after they were applied: ",
        ),
    ],
)
def test_migrations(
    database: str, admin: psycopg.Connection[Any], broken: str, said: str
) -> None:
    row = admin.execute(f"select {LAST}".encode()).fetchone()
    assert row is not None
    admin.execute(broken.encode())
    assert wrong(DATABASE_URL=database, exit_code=4) == [
        ("migrations", "failed", said + row[0])
    ]


def test_a_migration_of_tomorrow(database: str, admin: psycopg.Connection[Any]) -> None:
    admin.execute(
        "insert into lead_sync_private.applied_migration (migration, sha256, applied_at)"
        " values ('9999.tomorrow', 'x', now())"
    )
    assert wrong(DATABASE_URL=database, exit_code=4) == [
        ("migrations", "failed", "applied by a newer version: 9999.tomorrow")
    ]


def test_a_record_in_another_schema(database: str, admin: psycopg.Connection[Any]) -> None:
    admin.execute("create schema elsewhere")
    for table in ("_yoyo_migration", "_yoyo_log", "_yoyo_version", "yoyo_lock"):
        admin.execute(f"alter table public.{table} set schema elsewhere".encode())
    found = doctor(DATABASE_URL=database, exit_code=4)
    [each] = [each for each in found if each["check_name"] == "migrations"]
    assert "recorded them in schema elsewhere" in each["finding"]
    assert 'alter table "elsewhere"._yoyo_migration set schema public;' in each["remedy"]


def test_code_of_another_version(database: str, admin: psycopg.Connection[Any]) -> None:
    admin.execute("update lead_sync_private.code_version set sha256 = repeat('0', 64)")
    [(check, severity, finding)] = wrong(DATABASE_URL=database, exit_code=4)
    assert (check, severity) == ("code", "failed")
    assert finding.startswith("the code that is loaded, 000000000000, is not that of this")


@pytest.mark.parametrize("name", ["check_installation(text)", "check_server(interval)"])
def test_the_checks_themselves_are_gone(
    database: str, admin: psycopg.Connection[Any], name: str
) -> None:
    admin.execute(f"drop function lead_sync.{name}".encode())
    short = name.partition("(")[0]
    found = wrong(DATABASE_URL=database, exit_code=4)
    missing = f"lead_sync.{short} is not there: what it looks at was not looked at"
    assert (short, "failed", missing) in found


def test_rolled_back_halfway(database: str, admin: psycopg.Connection[Any]) -> None:
    assert leadsync("rollback", "--yes", "--count", "1", DATABASE_URL=database).exit_code == 0
    found = wrong(DATABASE_URL=database, exit_code=4)
    assert found[0][:2] == ("migrations", "failed")
    assert found[0][2].startswith("not applied yet: ")
