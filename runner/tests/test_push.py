"""What a push leaves in ResMan and in DomIQ, by the real runner against a simulated ResMan."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import pytest

from runner.tests.daemon_support import PATIENCE, Office, Row, rows, setting

SAVE = "PostLeadManagement4_0"


def edit(office: Office, conversation_id: UUID, **values: object) -> None:
    """Change a conversation as DomIQ does."""
    assignments = ", ".join(f"{name} = %s" for name in values)
    office.connection.execute(
        f"update public.conversation set {assignments} where id = %s".encode(),
        [*values.values(), conversation_id],
    )


def conflicts(office: Office) -> dict[str, Row]:
    found = rows(office, "select * from public.lead_sync_conflicts")
    return {row["conflict_field"]: row for row in found}


def status(office: Office, conversation_id: UUID) -> str:
    return str(office.conversation(conversation_id)["resman_sync_status"])


def only_lead(office: Office) -> Row:
    [lead] = office.simulator.leads()
    return lead


def settled(office: Office) -> None:
    """Nothing waits, and a look at everything again writes nothing."""
    assert {item["status"] for item in office.items()} == {"completed"}
    saves = office.simulator.count(SAVE)
    office.drain()
    rows(office, "select lead_sync.enqueue_sync(id, 'push') from public.conversation")
    office.drain(wait=PATIENCE)
    assert office.simulator.count(SAVE) == saves


def events(office: Office, event_type: str) -> list[Row]:
    return [e for e in only_lead(office)["events"] if e["type"] == event_type]


def typed_in(office: Office, **fields: Any) -> Row:
    fields = {"first_name": "Ada1", "last_name": "Example", **fields}
    return office.simulator.add_lead(office.resman_property_id, **fields)


def linked(office: Office, **values: object) -> UUID:
    """A lead that DomIQ created and both sides agree on."""
    conversation_id = office.given_lead(1, move_in_date=date(2027, 3, 1), **values)
    office.drain(wait=PATIENCE)
    assert status(office, conversation_id) == "synced"
    return conversation_id


# who it is


@pytest.mark.parametrize("blanks", ["empty", "omit"])
def test_a_lead_typed_in_beforehand_is_linked_and_its_blanks_filled(
    office: Office, blanks: str
) -> None:
    office.simulator.set(blanks=blanks)
    typed = typed_in(office, email="ADA1@example.com", move_in_date="2027-05-01", occupants="3")
    conversation_id = office.given_lead(
        move_in_date=date(2027, 3, 1), occupants_count=2, ai_intent_summary="a balcony"
    )
    office.drain(wait=PATIENCE)
    lead = only_lead(office)
    assert lead["prospect_id"] == typed["prospect_id"]
    assert lead["phone"].endswith("2175550001")
    assert lead["comment"] == "a balcony"
    assert (lead["move_in_date"], lead["occupants"]) == ("2027-05-01", "3")
    found = conflicts(office)
    assert set(found) == {"move_in_date", "occupants"}
    assert {(c["conflict_type"], c["resolution_status"]) for c in found.values()} == {
        ("field_mismatch", "pending")
    }
    assert found["move_in_date"]["domiq_value"] == {"move_in_date": "2027-03-01"}
    assert found["move_in_date"]["resman_value"] == {"move_in_date": "2027-05-01"}
    assert status(office, conversation_id) == "conflict"
    assert office.conversation(conversation_id)["resman_lead_id"] == typed["prospect_id"]
    settled(office)
    assert {c["resolution_status"] for c in conflicts(office).values()} == {"pending"}


def refused(office: Office, conversation_id: UUID, before: list[Row]) -> None:
    found = conflicts(office)
    assert set(found) == {"identity"}
    assert found["identity"]["conflict_type"] == "duplicate_lead"
    assert status(office, conversation_id) == "conflict"
    assert office.simulator.leads() == before
    assert office.simulator.count(SAVE) == 0
    assert rows(office, "select * from public.lead_sync_mapping") == []
    settled(office)


def test_the_phone_of_somebody_else_is_nothing_to_link_by(office: Office) -> None:
    typed = typed_in(office, last_name="Other", phone="2175550001")
    conversation_id = office.given_lead()
    office.drain(wait=PATIENCE)
    refused(office, conversation_id, [typed])


def test_two_leads_with_the_email_are_not_chosen_from(office: Office) -> None:
    for _ in range(2):
        typed_in(office, email="ada1@example.com")
    before = office.simulator.leads()
    assert len(before) == 2
    conversation_id = office.given_lead()
    office.drain(wait=PATIENCE)
    refused(office, conversation_id, before)


def test_a_returning_visitor_feeds_the_same_lead(office: Office) -> None:
    first = linked(office, ai_intent_summary="a balcony")
    user_id = office.conversation(first)["user_id"]
    [second] = office.connection.execute(
        "insert into public.conversation (chatbot_id, user_id, status, move_in_date)"
        " values (%s, %s, 'new', '2027-06-01') returning id",
        (office.chatbot_id, user_id),
    )
    office.drain(wait=PATIENCE)
    lead = only_lead(office)
    assert (lead["move_in_date"], lead["comment"]) == ("2027-06-01", "a balcony")
    [follower] = rows(office, "select * from lead_sync_private.follower")
    assert follower["conversation_id"] == second["id"]
    assert status(office, first) == status(office, second["id"]) == "synced"
    assert len(lead["events"]) == 1
    settled(office)


def test_chats_of_a_returning_visitor_that_come_at_once(office: Office) -> None:
    first = linked(office, ai_intent_summary="a balcony")
    for text in ("a garage", "a pool", "a balcony"):
        office.connection.execute(
            "insert into public.conversation (chatbot_id, user_id, status, ai_intent_summary)"
            " select chatbot_id, user_id, 'new', %s from public.conversation where id = %s",
            (text, first),
        )
    office.drain(wait=PATIENCE)
    assert only_lead(office)["comment"] == "a balcony"
    assert len(rows(office, "select * from lead_sync_private.follower")) == 3
    settled(office)


# what changes later


def test_a_tour_becomes_an_appointment_and_a_moved_one_says_so(office: Office) -> None:
    conversation_id = linked(office)
    assert events(office, "Appointment") == []
    edit(office, conversation_id, is_book_tour=True, tour_datetime=datetime(2027, 2, 1, 15))
    office.drain(wait=PATIENCE)
    [booked] = events(office, "Appointment")
    assert booked["at"].startswith("2027-02-01T15:00")
    settled(office)
    edit(office, conversation_id, tour_datetime=datetime(2027, 2, 3, 10, 30))
    office.drain(wait=PATIENCE)
    times = sorted(event["at"][:16] for event in events(office, "Appointment"))
    assert times == ["2027-02-01T15:00", "2027-02-03T10:30"]
    notes = [event["comments"] for event in events(office, "Other")]
    [note] = [each for each in notes if "Tour moved" in each]  # beside DomIQ's notification
    assert "2027-02-01T15:00:00Z" in note
    settled(office)


def test_lost_in_domiq_and_back_again(office: Office) -> None:
    setting(office, "default_lost_reason", "Price")
    conversation_id = linked(office)
    edit(office, conversation_id, status="lost")
    office.drain(wait=PATIENCE)
    assert only_lead(office)["type"] == "lost"
    [cancel] = events(office, "Cancel")
    assert cancel["reasons"] == "Prospect Lost: Price"
    settled(office)
    edit(office, conversation_id, status="contacted")
    office.drain(wait=PATIENCE)
    assert only_lead(office)["type"] == "prospect"
    assert len(events(office, "ReActivate")) == 1
    assert status(office, conversation_id) == "synced"
    settled(office)


def test_a_lead_that_is_lost_already_is_created_and_then_lost(office: Office) -> None:
    setting(office, "default_lost_reason", "Price")
    conversation_id = office.given_lead()
    edit(office, conversation_id, status="lost")
    office.drain(wait=PATIENCE)
    assert only_lead(office)["type"] == "lost"
    assert [event["type"] for event in only_lead(office)["events"]] == ["Contact", "Cancel"]
    assert status(office, conversation_id) == "synced"
    settled(office)


def test_an_agents_change_survives_an_edit_of_something_else(office: Office) -> None:
    conversation_id = linked(office, occupants_count=1)
    lead_id = only_lead(office)["prospect_id"]
    office.simulator.edit_lead(lead_id, move_in_date="2027-05-01")
    edit(office, conversation_id, occupants_count=2)
    office.drain(wait=PATIENCE)
    lead = only_lead(office)
    assert (lead["move_in_date"], lead["occupants"]) == ("2027-05-01", "2")
    assert conflicts(office) == {}
    settled(office)
    assert only_lead(office)["move_in_date"] == "2027-05-01"


def test_what_both_changed_waits_for_a_person(office: Office) -> None:
    conversation_id = linked(office, occupants_count=1)
    lead_id = only_lead(office)["prospect_id"]
    office.simulator.edit_lead(lead_id, move_in_date="2027-05-01")
    edit(office, conversation_id, move_in_date=date(2027, 4, 1), occupants_count=2)
    office.drain(wait=PATIENCE)
    lead = only_lead(office)
    assert (lead["move_in_date"], lead["occupants"]) == ("2027-05-01", "2")
    found = conflicts(office)
    assert set(found) == {"move_in_date"}
    conflict = found["move_in_date"]
    assert conflict["conflict_type"] == "data_conflict"
    assert conflict["resolution_status"] == "pending"
    assert conflict["domiq_value"] == {"move_in_date": "2027-04-01"}
    assert conflict["resman_value"] == {"move_in_date": "2027-05-01"}
    base = {"move_in_date": "2027-03-01"}
    assert conflict["base_value"] == {"domiq": base, "resman": base}
    assert status(office, conversation_id) == "conflict"
    settled(office)
