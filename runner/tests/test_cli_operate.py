"""The commands of a day's work: switching on, looking, queueing, showing."""

import json
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from click.testing import Result

from runner.envelope import partner_mark
from runner.tests.daemon_support import KEYS, Office
from runner.tests.test_cli import leadsync


def on(office: Office, *arguments: object, stdin: str | None = None) -> Result:
    return leadsync(
        *map(str, arguments),
        stdin=stdin,
        DATABASE_URL=office.url,
        RESMAN_BASE_URL=office.simulator.url,
        LEADSYNC_KEYS=KEYS,
    )


def json_of(office: Office, *arguments: object, exit_code: int = 0) -> Any:
    result = on(office, *arguments, "--json")
    assert result.exit_code == exit_code, result.stderr
    return json.loads(result.stdout)


def add(office: Office, *more: str, stdin: str | None = None) -> Result:
    clear = office.simulator.credentials(office.resman_property_id)
    return on(
        office,
        "integration",
        "add",
        office.property_id,
        "--resman-property-id",
        office.resman_property_id,
        "--account-id",
        clear["account_id"],
        "--partner-id",
        clear["integration_partner_id"],
        "--api-key-file",
        "-",
        *more,
        stdin=stdin or clear["api_key"] + "\n",
    )


def test_add_prints_the_id_and_is_an_upsert(office: Office) -> None:
    first = add(office)
    assert first.exit_code == 0, first.stderr
    [row] = office.connection.execute("select id from public.resman_integration").fetchall()
    assert UUID(first.stdout.strip()) == row["id"]
    assert add(office).stdout == first.stdout


def test_add_as_json_counts_what_exists_and_queues_none_of_it(office: Office) -> None:
    office.one("select lead_sync.pause_property(%s, 'a test')", office.property_id)
    office.connection.execute(
        "update public.resman_integration set sync_direction = 'from_resman'"
    )
    office.given_lead(1)
    office.given_lead(2)
    result = add(office, "--direction", "bidirectional", "--json")
    assert result.exit_code == 0, result.stderr
    found = json.loads(result.stdout)
    assert set(found) == {"integration_id", "property_id", "eligible_existing"}
    assert (found["property_id"], found["eligible_existing"]) == (str(office.property_id), 2)
    assert office.items() == []
    assert "2 existing conversations are eligible" in add(office).stderr
    assert add(office, "--backfill-since", "all").exit_code == 0
    assert len(office.items(status="pending")) == 2


def test_add_keeps_settings_and_seals_the_key(office: Office, tmp_path: Path) -> None:
    result = add(
        office,
        *("--default-source", "Referral", "--time-zone", "America/Chicago"),
        *("--write-mode", "shadow", "--pull-since", "2026-01-01", "--frequency", "hourly"),
    )
    assert result.exit_code == 0, result.stderr
    rows = office.connection.execute(
        "select name, value from lead_sync_private.property_setting"
    )
    kept = {row["name"]: row["value"] for row in rows}
    assert kept["default_source"] == "Referral"
    assert kept["time_zone"] == "America/Chicago"
    assert kept["write_mode"] == "shadow"
    assert kept["pull_since"].startswith("2026-01-01T00:00:00")
    row = office.one("select * from public.resman_integration")
    assert row["sync_frequency"] == "hourly"
    assert set(row["api_credentials"]) == {"v", "kid", "nonce", "ct"}
    assert "simulator" not in json.dumps(row["api_credentials"])


def test_add_takes_any_setting_and_marks_the_partner(office: Office) -> None:
    def kept() -> dict[str, object]:
        rows = office.connection.execute(
            "select name, value from lead_sync_private.property_setting"
        )
        return {row["name"]: row["value"] for row in rows}

    result = add(office, "--setting", "rate_limit=7.5", "--setting", "default_agent=Lee Agent")
    assert result.exit_code == 0, result.stderr
    assert (kept()["rate_limit"], kept()["default_agent"]) == (7.5, "Lee Agent")
    partner = office.simulator.credentials(office.resman_property_id)["integration_partner_id"]
    assert kept()["partner"] == partner_mark(partner)
    assert partner not in str(kept())
    assert add(office, "--setting", "rate_limit=").exit_code == 0
    assert "rate_limit" not in kept()
    assert add(office, "--setting", "rate_limit").exit_code == 2
    assert add(office, "--setting", "rate_limit=fast").exit_code == 2


def test_a_wrong_setting_changes_nothing(office: Office) -> None:
    result = add(office, "--frequency", "daily", "--time-zone", "Mars/Olympus")
    assert result.exit_code == 2
    assert "LS001" in result.stderr
    assert office.one("select * from public.resman_integration")["sync_frequency"] == "realtime"


def test_list_pause_and_resume(office: Office) -> None:
    [row] = json_of(office, "integration", "list")
    assert (row["property_id"], row["sync_status"]) == (str(office.property_id), "active")
    assert "api_credentials" not in row
    assert on(office, "integration", "pause", office.property_id).exit_code == 0
    assert json_of(office, "integration", "list")[0]["sync_status"] == "paused"
    assert on(office, "integration", "resume", office.property_id).exit_code == 0
    assert json_of(office, "integration", "list")[0]["sync_status"] == "active"
    unknown = on(office, "integration", "pause", uuid4())
    assert unknown.exit_code == 1
    assert "LS003" in unknown.stderr


def test_test_says_what_works(office: Office) -> None:
    result = on(office, "integration", "test", office.property_id)
    assert result.exit_code == 0, result.stderr
    assert "Website" in result.stdout
    found = json_of(office, "integration", "test", office.property_id)
    assert found["works"] is True
    office.simulator.set(bad_credentials="http401")
    add(office, stdin="wrong-key")
    found = json_of(office, "integration", "test", office.property_id, exit_code=4)
    assert (found["works"], found["kind"]) == (False, "unauthorized")


def test_credentials_set_replaces_the_key(office: Office) -> None:
    add(office, stdin="wrong-key")
    assert on(office, "integration", "test", office.property_id).exit_code == 4
    clear = office.simulator.credentials(office.resman_property_id)
    result = on(
        office,
        *("credentials", "set", office.property_id, "--account-id", clear["account_id"]),
        *("--partner-id", clear["integration_partner_id"], "--api-key-file", "-"),
        stdin=clear["api_key"],
    )
    assert result.exit_code == 0, result.stderr
    assert on(office, "integration", "test", office.property_id).exit_code == 0


def test_status_is_unhealthy_when_a_property_is(office: Office) -> None:
    office.given_lead()
    found = json_of(office, "status")
    assert found["healthy"] is True
    [row] = found["properties"]
    assert (row["property_name"], row["pending_queue_items"]) == ("Maple Court", 1)
    assert found["queue"][0]["items"] == 1
    assert "Maple Court" in on(office, "status").stdout
    office.connection.execute(
        "update public.resman_integration set sync_status = 'disconnected'"
    )
    assert json_of(office, "status", exit_code=5)["healthy"] is False


def test_queue_list_show_cancel_requeue(office: Office) -> None:
    office.given_lead()
    [row] = json_of(office, "queue", "list", "--status", "pending")
    item_id = str(office.items()[0]["id"])
    assert item_id in row.values()
    assert json_of(office, "queue", "list", "--status", "failed") == []
    assert json_of(office, "queue", "show", item_id)["sync_operation"] == "push"
    assert on(office, "queue", "show", uuid4()).exit_code == 1
    assert on(office, "queue", "cancel", item_id).exit_code == 0
    assert office.items()[0]["status"] == "cancelled"
    assert "LS011" in on(office, "queue", "cancel", item_id).stderr


def test_dead_letters_are_queued_again(office: Office) -> None:
    office.given_lead()
    office.simulator.fault("error", message="no", method="PostLeadManagement4_0")
    office.drain()
    [item] = office.items()
    assert item["status"] == "failed"
    assert json_of(office, "queue", "requeue", "--failed") == {"requeued": 1}
    assert [each["status"] for each in office.items()] == ["pending"]
    office.simulator.fault("error", message="no", method="PostLeadManagement4_0")
    office.drain()
    assert json_of(office, "queue", "requeue", item["id"]) == {"requeued": 1}
    office.drain()
    assert len(office.simulator.leads()) == 1


def test_lead_show(office: Office) -> None:
    conversation_id = office.given_lead()
    office.drain()
    found = json_of(office, "lead", "show", conversation_id)
    assert str(conversation_id) in json.dumps(found)
    assert on(office, "lead", "show", conversation_id).stdout
    assert on(office, "lead", "show", uuid4()).exit_code == 1
