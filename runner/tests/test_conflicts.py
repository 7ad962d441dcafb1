"""Conflicts from both edits to the decision, by the real runner against a simulated ResMan."""

import json
from collections.abc import Iterator
from datetime import date
from typing import Any
from uuid import UUID

import psycopg
import pytest
from psycopg.types.json import Jsonb

from runner.simulator import Simulator
from runner.tests.daemon_support import KEYS, PATIENCE, Office, Row, pull
from runner.tests.test_cli import leadsync

OURS, THEIRS, THIRD = date(2027, 4, 1), date(2027, 5, 1), date(2027, 6, 1)


@pytest.fixture
def office(database: str, simulator: Simulator) -> Iterator[Office]:
    each = Office(database, simulator, direction="bidirectional")
    yield each
    each.close()


def both_edit(office: Office, policy: str = "manual_review", number: int = 1) -> UUID:
    """One lead, its move-in date changed on both sides, and pulled."""
    office.one("select lead_sync.set_field_policy('move_in_date', %s)", policy)
    lead = office.given_lead(number, move_in_date=date(2027, 3, 1))
    office.drain(wait=PATIENCE)
    office.simulator.edit_lead(
        office.conversation(lead)["resman_lead_id"], move_in_date=str(THEIRS)
    )
    office.connection.execute(
        "update public.conversation set move_in_date = %s where id = %s", (OURS, lead)
    )
    pull(office)
    return lead


def conflict(office: Office, lead: UUID) -> Row:
    return office.one(
        "select * from public.lead_sync_conflicts where conversation_id = %s", lead
    )


def resolve(office: Office, lead: UUID, strategy: str, value: object = None) -> Any:
    return office.one(
        "select lead_sync.resolve_conflict(%s, %s, %s) as r",
        conflict(office, lead)["id"],
        strategy,
        None if value is None else Jsonb(value),
    )["r"]


def settles_on(office: Office, lead: UUID, value: date) -> None:
    """Both sides hold the value, and a second cycle writes nothing."""
    office.drain(wait=PATIENCE)
    pull(office)
    assert office.conversation(lead)["move_in_date"] == value
    [shown] = [
        each
        for each in office.simulator.leads()
        if each["prospect_id"] == office.conversation(lead)["resman_lead_id"]
    ]
    assert shown["move_in_date"] == str(value)
    assert office.conversation(lead)["resman_sync_status"] == "synced"
    saves = office.simulator.count("PostLeadManagement4_0")
    version = office.conversation(lead)["resman_sync_version"]
    office.one("select lead_sync.enqueue_sync(%s)", lead)
    pull(office)
    assert office.simulator.count("PostLeadManagement4_0") == saves
    assert office.conversation(lead)["resman_sync_version"] == version


@pytest.mark.parametrize(
    ("strategy", "value", "held"),
    [
        ("domiq_wins", None, OURS),
        ("resman_wins", None, THEIRS),
        ("merged", {"move_in_date": str(THIRD)}, THIRD),
        ("merged", str(THIRD), THIRD),
    ],
)
def test_each_way_to_resolve_ends_with_both_sides_equal(
    office: Office, strategy: str, value: object, held: date
) -> None:
    lead = both_edit(office)
    assert conflict(office, lead)["resolution_status"] == "manual_review"
    done = resolve(office, lead, strategy, value)
    assert done["value"] == {"move_in_date": str(held)}
    assert (done["item_id"] is None) == (strategy == "resman_wins")
    assert office.conversation(lead)["move_in_date"] == held
    settles_on(office, lead, held)
    kept = conflict(office, lead)
    assert kept["resolution_status"] == "resolved"
    assert kept["resolved_value"] == {"move_in_date": str(held)}
    with pytest.raises(psycopg.Error) as error:
        resolve(office, lead, "domiq_wins")
    assert error.value.sqlstate == "LS021"


def test_a_side_that_moves_meanwhile_is_shown_and_not_overwritten(office: Office) -> None:
    lead = both_edit(office)
    with psycopg.connect(office.url) as other:
        other.execute(
            "update public.conversation set move_in_date = %s where id = %s", (THIRD, lead)
        )
        with pytest.raises(psycopg.Error) as error:
            resolve(office, lead, "resman_wins")
        assert error.value.sqlstate == "LS011"
    with pytest.raises(psycopg.Error) as error:
        resolve(office, lead, "resman_wins")
    assert error.value.sqlstate == "LS020"
    told = office.one(
        "select lead_sync.explain_conflict(%s) as r", conflict(office, lead)["id"]
    )["r"]
    assert told["now"]["domiq"] == {"move_in_date": str(THIRD)}
    assert told["now"]["moved"] is True
    assert office.conversation(lead)["move_in_date"] == THIRD
    office.drain(wait=PATIENCE)
    resolve(office, lead, "domiq_wins")
    settles_on(office, lead, THIRD)


def test_a_decision_gives_way_to_whoever_writes_a_later_conversation_of_the_lead(
    office: Office,
) -> None:
    lead = both_edit(office)
    later = office.one(
        """insert into public.conversation (chatbot_id, user_id, status, created_at)
        select chatbot_id, user_id, 'new', created_at + interval '1 day'
        from public.conversation where id = %s returning id""",
        lead,
    )["id"]
    office.drain(wait=PATIENCE)
    with psycopg.connect(office.url) as other:
        other.execute("select from public.conversation where id = %s for update", (later,))
        with pytest.raises(psycopg.Error) as error:
            resolve(office, lead, "resman_wins")
        assert error.value.sqlstate == "LS011"
    assert resolve(office, lead, "resman_wins")["value"] == {"move_in_date": str(THEIRS)}


@pytest.mark.parametrize(
    ("policy", "won", "lost"), [("domiq_wins", OURS, THEIRS), ("resman_wins", THEIRS, OURS)]
)
def test_what_a_policy_gave_up_comes_back(
    office: Office, policy: str, won: date, lost: date
) -> None:
    lead = both_edit(office, policy)
    settles_on(office, lead, won)
    found = conflict(office, lead)
    assert found["resolution_status"] == "auto_resolved"
    first = office.one("select lead_sync.restore_value(%s) as r", found["id"])["r"]
    assert first["value"] == {"move_in_date": str(lost)}
    assert office.one("select lead_sync.restore_value(%s) as r", found["id"])["r"] == first
    settles_on(office, lead, lost)
    assert conflict(office, lead)["explanation"]["restored"]["value"] == first["value"]


def test_a_critical_conflict_stops_its_lead_alone_and_somebody_is_told(office: Office) -> None:
    with psycopg.connect(office.url, autocommit=True) as listener:
        listener.execute("listen lead_sync_conflict")
        held = both_edit(office)
        heard = [n.payload for n in listener.notifies(timeout=PATIENCE, stop_after=1)]
    assert heard == [str(conflict(office, held)["id"])]
    free = office.given_lead(2)
    office.drain(wait=PATIENCE)
    office.connection.execute(
        "update public.lead_sync_conflicts set conflict_severity = 'critical'"
    )
    for lead in (held, free):
        office.connection.execute(
            "update public.conversation set occupants_count = 3 where id = %s", (lead,)
        )
    office.drain(wait=PATIENCE)
    shown = {e["prospect_id"]: e["occupants"] for e in office.simulator.leads()}
    assert str(shown[office.conversation(free)["resman_lead_id"]]) == "3"
    assert str(shown[office.conversation(held)["resman_lead_id"]]) != "3"
    resolve(office, held, "resman_wins")
    office.drain(wait=PATIENCE)
    shown = {e["prospect_id"]: e["occupants"] for e in office.simulator.leads()}
    assert str(shown[office.conversation(held)["resman_lead_id"]]) == "3"


@pytest.mark.parametrize("strategy", ["merged", "domiq_wins"])
def test_an_ambiguous_lead_is_linked_or_made_as_decided(office: Office, strategy: str) -> None:
    typed = [
        office.simulator.add_lead(
            office.resman_property_id,
            first_name="Ada1",
            last_name="Example",
            email="ada1@example.com",
        )["prospect_id"]
        for _ in range(2)
    ]
    office.connection.execute(
        "update public.resman_integration set sync_direction = 'to_resman'"
    )
    lead = office.given_lead(1)
    office.drain(wait=PATIENCE)
    assert conflict(office, lead)["conflict_type"] == "duplicate_lead"
    value = {"lead_id": typed[1]} if strategy == "merged" else None
    assert resolve(office, lead, strategy, value)["item_id"] is not None
    office.drain(wait=PATIENCE)
    linked = office.conversation(lead)["resman_lead_id"]
    assert (linked == typed[1]) if strategy == "merged" else (linked not in (None, *typed))
    assert len(office.simulator.leads()) == (2 if strategy == "merged" else 3)
    office.connection.execute(
        "update public.resman_integration set sync_direction = 'bidirectional'"
    )
    pull(office)  # nobody is asked again about those that were not meant
    assert conflict(office, lead)["resolution_status"] == "resolved"


def test_the_commands(office: Office) -> None:
    lead = both_edit(office)

    def on(*arguments: object, exit_code: int = 0) -> Any:
        result = leadsync(
            *map(str, arguments),
            "--json",
            DATABASE_URL=office.url,
            RESMAN_BASE_URL=office.simulator.url,
            LEADSYNC_KEYS=KEYS,
        )
        assert result.exit_code == exit_code, result.stderr
        return json.loads(result.stdout) if exit_code == 0 else result.stderr

    [row] = on("conflicts", "list", "--status", "open")
    assert row["domiq_now"] == {"move_in_date": str(OURS)}
    shown = on("conflicts", "show", row["conflict_id"])
    assert shown["strategies"]["domiq_wins"]["pushes"] is True
    previewed = on("policy", "preview", "move_in_date", "domiq_wins")
    assert [(p["ended"], p["would_end"]) for p in previewed] == [("person", "domiq")]
    resolve_it = ("conflicts", "resolve", row["conflict_id"], "--strategy", "merged")
    assert "JSON" in on(*resolve_it, "--value", "{", exit_code=2)
    assert on(*resolve_it, "--value", f'"{THIRD}"')["value"] == {"move_in_date": str(THIRD)}
    assert "LS011" in on("conflicts", "restore", row["conflict_id"], exit_code=1)
    settles_on(office, lead, THIRD)
    on("policy", "set", "move_in_date", "none")
    policies = {p["field_group"]: p["policy"] for p in on("policy", "show")}
    assert (policies["move_in_date"], policies["status"]) == ("newest_wins", "furthest_stage")
