"""Undo of pulls, by the command, with the real runner and a simulated ResMan."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest

from runner.simulator import Simulator
from runner.tests.daemon_support import KEYS, PATIENCE, Office, pull
from runner.tests.test_cli import leadsync

BEFORE, PULLED, EDITED = date(2027, 3, 1), date(2027, 5, 1), date(2027, 6, 1)


@pytest.fixture
def office(database: str, simulator: Simulator) -> Iterator[Office]:
    each = Office(database, simulator, direction="bidirectional")
    yield each
    each.close()


def now(office: Office) -> datetime:
    found: datetime = office.one("select clock_timestamp() as at")["at"]
    return found.astimezone(UTC)


def undo(office: Office, since: datetime, *more: str, exit_code: int = 0) -> Any:
    result = leadsync(
        *("undo", "--property", str(office.property_id), "--since", since.isoformat()),
        *more,
        "--json",
        DATABASE_URL=office.url,
        LEADSYNC_KEYS=KEYS,
    )
    assert result.exit_code == exit_code, result.stderr
    return json.loads(result.stdout)


def shown(office: Office) -> dict[str, Any]:
    return {each["prospect_id"]: each for each in office.simulator.leads()}


def given_overwritten(office: Office, how_many: int) -> tuple[list[UUID], datetime]:
    """Leads whose move-in date and status the office has changed by mistake, and pulled."""
    leads = [
        office.given_lead(number, move_in_date=BEFORE) for number in range(1, how_many + 1)
    ]
    office.connection.execute("update public.conversation set status = 'tour_booked'")
    office.drain(wait=PATIENCE)
    pull(office)
    since = now(office)
    for lead in leads:
        office.simulator.edit_lead(
            office.conversation(lead)["resman_lead_id"],
            move_in_date=str(PULLED),
            type="lost",
        )
    pull(office)
    for lead in leads:
        found = office.conversation(lead)
        assert (found["move_in_date"], found["status"]) == (PULLED, "lost")
    return leads, since


def test_what_pulls_overwrote_comes_back_on_both_sides_and_once(office: Office) -> None:
    [first, second], since = given_overwritten(office, 2)
    office.connection.execute(
        "update public.conversation set move_in_date = %s where id = %s", (EDITED, second)
    )
    office.drain(wait=PATIENCE)

    listed = undo(office, since)
    assert (listed["applied"], listed["counts"]) == (False, {"restorable": 3, "edited": 1})
    [row] = [
        each
        for each in listed["changes"]
        if each["conversation_id"] == str(first) and each["field_group"] == "move_in_date"
    ]
    assert row["was"] == {"move_in_date": str(BEFORE)}
    assert row["is_now"] == {"move_in_date": str(PULLED)}
    assert office.conversation(first)["move_in_date"] == PULLED

    done = undo(office, since, "--apply")
    assert done["counts"] == {"restored": 3, "edited": 1}
    held = office.conversation(first)
    assert (held["move_in_date"], held["status"]) == (BEFORE, "tour_booked")
    assert office.conversation(second)["move_in_date"] == EDITED

    office.drain(wait=PATIENCE)
    for _ in range(2):
        pull(office)
        for lead, value in ((first, BEFORE), (second, EDITED)):
            found = office.conversation(lead)
            assert (found["move_in_date"], found["status"]) == (value, "tour_booked")
            seen = shown(office)[found["resman_lead_id"]]
            assert (seen["move_in_date"], seen["type"]) == (str(value), "prospect")
            assert found["resman_sync_status"] == "synced"
    saves = office.simulator.count("PostLeadManagement4_0")
    assert undo(office, since, "--apply")["counts"].get("restored") is None
    pull(office)
    assert office.simulator.count("PostLeadManagement4_0") == saves


def test_an_edit_of_the_office_after_the_undo_is_taken(office: Office) -> None:
    [lead], since = given_overwritten(office, 1)
    assert undo(office, since, "--apply")["counts"] == {"restored": 2}
    office.drain(wait=PATIENCE)
    office.simulator.edit_lead(
        office.conversation(lead)["resman_lead_id"], move_in_date=str(EDITED)
    )
    pull(office)
    assert office.conversation(lead)["move_in_date"] == EDITED


def test_a_lead_that_is_being_written_is_left_for_the_next_time(office: Office) -> None:
    [first, second], since = given_overwritten(office, 2)
    with psycopg.connect(office.url) as other:
        other.execute("select from public.conversation where id = %s for update", (first,))
        told = undo(office, since, "--apply", exit_code=1)
        assert told["counts"] == {"restored": 2, "busy": 2}
        assert office.conversation(second)["move_in_date"] == BEFORE
    assert undo(office, since, "--apply")["counts"] == {"restored": 2}
    assert office.conversation(first)["move_in_date"] == BEFORE


def test_it_goes_through_all_pages(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("runner.cli_undo._PAGE", 2)
    leads, since = given_overwritten(office, 3)
    assert undo(office, since)["counts"] == {"restorable": 6}
    assert undo(office, since, "--apply")["counts"] == {"restored": 6}
    assert {office.conversation(lead)["move_in_date"] for lead in leads} == {BEFORE}
    assert undo(office, since)["changes"] == []


def test_for_people_it_prints_a_table_and_says_what_to_do(office: Office) -> None:
    [lead], since = given_overwritten(office, 1)

    def on(*more: str, property_id: object = office.property_id) -> Any:
        return leadsync(
            *("undo", "--property", str(property_id), "--since", since.isoformat()),
            *more,
            DATABASE_URL=office.url,
        )

    result = on()
    assert result.exit_code == 0
    assert f"{lead}  move_in_date" in result.stdout
    assert str(BEFORE) in result.stdout
    assert "2 restorable" in result.stderr
    assert "--apply" in result.stderr
    result = on("--apply")
    assert result.stderr == "2 restored\n"
    result = on("--apply")
    assert result.stderr == "Nothing to undo.\n"
    unknown = on(property_id=uuid4())
    assert unknown.exit_code == 1
    assert "LS003" in unknown.stderr
