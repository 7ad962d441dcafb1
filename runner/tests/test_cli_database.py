"""`leadsync migrate`, `rollback` and `archive`, on real databases."""

import json

import psycopg

from runner.tests.test_cli import leadsync


def test_migrate_plan_changes_nothing(domiq_only_database: str) -> None:
    plan = leadsync("migrate", "--plan", "--json", DATABASE_URL=domiq_only_database)
    assert plan.exit_code == 0
    pending = json.loads(plan.stdout)["pending"]
    assert pending[0] == "0001.check-prerequisites"
    assert json.loads(plan.stdout)["code"] is True
    again = leadsync("migrate", "--plan", DATABASE_URL=domiq_only_database)
    assert again.stdout.splitlines() == [*pending, "functions, triggers and views"]


def test_migrate_plan_tells_of_code_alone(database: str) -> None:
    with psycopg.connect(database) as connection:
        connection.execute("update lead_sync_private.code_version set sha256 = 'earlier'")
    plan = leadsync("migrate", "--plan", DATABASE_URL=database)
    assert plan.stdout == "functions, triggers and views\n"
    plan = leadsync("migrate", "--plan", "--json", DATABASE_URL=database)
    assert json.loads(plan.stdout) == {"pending": [], "code": True}


def test_migrate_and_rollback(domiq_only_database: str) -> None:
    url = domiq_only_database
    result = leadsync("migrate", "--json", DATABASE_URL=url)
    assert result.exit_code == 0
    applied = json.loads(result.stdout)["applied"]
    assert applied[0] == "0001.check-prerequisites"
    assert leadsync("migrate", DATABASE_URL=url).stdout == "up to date\n"
    assert leadsync("migrate", "--plan", DATABASE_URL=url).stdout == "nothing to apply\n"
    result = leadsync("rollback", "--yes", "--json", DATABASE_URL=url)
    assert json.loads(result.stdout)["rolled_back"] == applied[::-1]
    assert leadsync("rollback", "--yes", DATABASE_URL=url).stdout == "nothing to roll back\n"


def test_a_database_that_is_not_domiqs_is_4(empty_database: str) -> None:
    result = leadsync("migrate", DATABASE_URL=empty_database)
    assert result.exit_code == 4
    assert result.stdout == ""
    assert "conversation" in result.stderr


def test_archive_says_how_many(database: str) -> None:
    result = leadsync("archive", "--json", DATABASE_URL=database)
    assert result.exit_code == 0
    assert json.loads(result.stdout) == {"logs": 0, "conflicts": 0, "items": 0}
    result = leadsync("archive", "--purge-before", "2026-01-01", DATABASE_URL=database)
    assert "purged" in result.stdout
