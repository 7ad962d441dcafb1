"""Pushes whose answer is lost or that ResMan refuses, and what may not be sent at all."""

from datetime import datetime
from typing import Any

import psycopg
import pytest

from runner import calls_service
from runner.envelope import Credentials, Keyring
from runner.tests.daemon_support import KEYS, PATIENCE, Office, rows, setting
from runner.tests.test_push import (
    SAVE,
    conflicts,
    edit,
    events,
    linked,
    only_lead,
    settled,
    status,
)


def test_a_notification_becomes_one_event_even_if_the_answer_is_lost(office: Office) -> None:
    conversation_id = linked(office)
    office.simulator.fault("reset_after_commit", method=SAVE, count=1)
    office.connection.execute(
        "insert into public.lead_notification (conversation_id, notification_type, status)"
        " values (%s, 'tour_reminder', 'sent')",
        (conversation_id,),
    )
    office.drain(wait=PATIENCE)
    [event] = events(office, "Other")
    assert "tour reminder (sent)" in event["comments"]
    [row] = rows(office, "select resman_sync_status from public.lead_notification")
    assert row["resman_sync_status"] == "synced"
    settled(office)


@pytest.mark.parametrize(
    ("fault", "options"),
    [
        ("reset_after_commit", {}),
        ("timeout_after_commit", {"hold_s": 0.2}),
        ("late_commit", {"hold_s": 0.2}),
        ("truncated", {}),
        ("bad_gateway", {"commit": True}),
        ("gateway_timeout", {"commit": True}),
    ],
)
def test_a_create_whose_answer_is_lost_is_made_once(
    office: Office, fault: str, options: dict[str, Any]
) -> None:
    office.simulator.fault(fault, method=SAVE, count=1, **options)
    conversation_id = office.given_lead(ai_intent_summary="a balcony")
    office.drain(wait=PATIENCE)
    assert status(office, conversation_id) == "synced"
    assert [event["first_contact"] for event in only_lead(office)["events"]] == [True]
    assert conflicts(office) == {}
    settled(office)


def test_a_create_that_commits_after_its_timeout_is_made_once(office: Office) -> None:
    setting(office, "timeout_s", 0.5)
    setting(office, "settle_time", 3)
    office.simulator.fault("late_commit", method=SAVE, count=1, hold_s=1.5)
    conversation_id = office.given_lead()
    office.drain(wait=PATIENCE)
    assert status(office, conversation_id) == "synced"
    assert len(only_lead(office)["events"]) == 1
    settled(office)


def test_a_tour_moved_back_and_forth_is_told_each_time(office: Office) -> None:
    early, late = datetime(2027, 2, 1, 15), datetime(2027, 2, 3, 10)
    conversation_id = linked(office, is_book_tour=True, tour_datetime=early)
    for at in (late, early, late):
        edit(office, conversation_id, tour_datetime=at)
        office.drain(wait=PATIENCE)
    assert len(events(office, "Appointment")) == 4
    assert len(events(office, "Other")) == 3
    assert conflicts(office) == {}
    settled(office)


def test_a_moved_tour_whose_answer_is_lost_is_told_once(office: Office) -> None:
    conversation_id = linked(office, is_book_tour=True, tour_datetime="2027-02-01 15:00")
    office.simulator.fault("reset_after_commit", method=SAVE, count=1)
    edit(office, conversation_id, tour_datetime="2027-02-03 10:00")
    office.drain(wait=PATIENCE)
    assert len(events(office, "Appointment")) == 2
    assert len(events(office, "Other")) == 1
    settled(office)


@pytest.mark.parametrize("last", [datetime(2027, 2, 1, 15), datetime(2027, 2, 5, 11)])
def test_a_tour_moved_twice_over_a_lost_answer_is_told_twice(
    office: Office, last: datetime
) -> None:
    first, second = datetime(2027, 2, 1, 15), datetime(2027, 2, 3, 10)
    conversation_id = linked(office, is_book_tour=True, tour_datetime=first)
    office.simulator.fault("reset_after_commit", method=SAVE, count=1)
    edit(office, conversation_id, tour_datetime=second)
    office.drain()
    edit(office, conversation_id, tour_datetime=last)
    office.drain(wait=PATIENCE)
    booked = [event["at"][:16] for event in events(office, "Appointment")]
    assert booked == [each.isoformat()[:16] for each in (first, second, last)]
    void = [event["comments"].split(" [")[0] for event in events(office, "Other")]
    assert void == [
        f"Tour moved: the appointment of {each.isoformat()}Z is void"
        for each in (first, second)
    ]
    assert conflicts(office) == {}
    settled(office)


def test_an_edit_made_while_the_answer_is_lost_arrives(office: Office) -> None:
    conversation_id = linked(office)
    office.simulator.fault("reset_after_commit", method=SAVE, count=1)
    edit(office, conversation_id, occupants_count=2)
    office.drain()
    edit(office, conversation_id, occupants_count=3)
    office.drain(wait=PATIENCE)
    assert only_lead(office)["occupants"] == "3"
    assert conflicts(office) == {}
    settled(office)


def test_a_refusal_is_kept_word_for_word_and_can_be_queued_again(office: Office) -> None:
    office.simulator.fault("error", method=SAVE, count=None, message="No such lease term")
    conversation_id = office.given_lead()
    office.drain(wait=PATIENCE)
    [item] = office.items()
    assert item["status"] == "failed"
    assert "No such lease term" in item["error_message"]
    assert office.simulator.leads() == []
    office.simulator.clear_faults()
    with psycopg.connect(office.url) as connection:
        calls_service.requeue_item(connection, item["id"])
    office.drain(wait=PATIENCE)
    assert status(office, conversation_id) == "synced"
    assert len(only_lead(office)["events"]) == 1
    settled(office)


def credentials(office: Office, **changed: str) -> None:
    clear = office.simulator.credentials(office.resman_property_id) | changed
    envelope = Keyring.from_env(KEYS).seal(office.property_id, Credentials(**clear))
    with psycopg.connect(office.url) as connection:
        calls_service.configure_integration(
            connection,
            office.property_id,
            resman_property_id=None,
            api_credentials=envelope,
            sync_direction=None,
            sync_frequency=None,
            webhook_url=None,
        )


@pytest.mark.parametrize("refusal", ["http401", "status_error"])
def test_wrong_credentials_hold_the_items_until_new_ones_come(
    office: Office, refusal: str
) -> None:
    office.simulator.set(bad_credentials=refusal)
    credentials(office, api_key="wrong")
    conversations = [office.given_lead(1), office.given_lead(2)]
    office.drain(wait=PATIENCE)
    [integration] = rows(office, "select sync_status from public.resman_integration")
    assert integration["sync_status"] == "disconnected"
    assert {item["status"] for item in office.items()} == {"pending"}
    asked = office.simulator.count()
    office.drain(wait=PATIENCE)
    assert office.simulator.count() == asked
    assert office.simulator.leads() == []
    credentials(office)
    office.drain(wait=PATIENCE)
    assert len(office.simulator.leads()) == 2
    assert {status(office, each) for each in conversations} == {"synced"}
    settled(office)


def test_in_shadow_nothing_is_sent_and_the_log_says_what_would_be(office: Office) -> None:
    setting(office, "write_mode", "shadow")
    conversation_id = office.given_lead(ai_intent_summary="a balcony")
    office.drain(wait=PATIENCE)
    assert office.simulator.count(SAVE) == 0
    [log] = rows(office, "select * from public.lead_sync_log")
    would_send = log["sync_data"]["would_send"]
    assert would_send["call"] == "save_lead"
    assert would_send["lead"]["comment"] == "a balcony"
    assert status(office, conversation_id) == "not_synced"
    settled(office)
    setting(office, "write_mode", "live")
    rows(office, "select lead_sync.enqueue_sync(id, 'push') from public.conversation")
    office.drain(wait=PATIENCE)
    assert only_lead(office)["comment"] == "a balcony"
    assert status(office, conversation_id) == "synced"
    settled(office)


def test_an_applicants_contact_data_is_the_offices(office: Office) -> None:
    conversation_id = linked(office)
    before = office.simulator.edit_lead(only_lead(office)["prospect_id"], type="applicant")
    office.connection.execute(
        "update public.\"user\" set first_name = 'Grace', phone = '+12175559999',"
        " email = 'grace@example.com'"
    )
    edit(office, conversation_id, occupants_count=4)
    office.drain(wait=PATIENCE)
    lead = only_lead(office)
    for name in ("type", "first_name", "last_name", "email", "phone"):
        assert lead[name] == before[name]
    assert lead["occupants"] == "4"
    settled(office)


def test_an_applicant_is_not_lost_by_the_chat(office: Office) -> None:
    setting(office, "default_lost_reason", "Price")
    conversation_id = linked(office)
    office.simulator.edit_lead(only_lead(office)["prospect_id"], type="applicant")
    edit(office, conversation_id, status="lost")
    office.drain(wait=PATIENCE)
    assert only_lead(office)["type"] == "applicant"
    assert events(office, "Cancel") == []
    [conflict] = conflicts(office).values()
    assert conflict["conflict_type"] == "status_conflict"
    assert conflict["conflict_severity"] == "critical"
    settled(office)
