"""The chat's summary as an event of the lead, by the real runner against a simulated ResMan."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from runner.tests.daemon_support import PATIENCE, Office, eventually, rows, setting
from runner.tests.test_push import SAVE, edit, events, linked, only_lead, settled


def over() -> dict[str, datetime]:
    """The times of a chat that has ended just now."""
    now = datetime.now(UTC)
    return {"start_time": now - timedelta(minutes=1), "end_time": now}


def ten_minutes_later(office: Office) -> None:
    """Make everything that is there ten minutes older."""
    for statement in (
        "update public.conversation set created_at = created_at - interval '10 min',"
        " resman_field_times = (select jsonb_object_agg(t.key, t.value::timestamptz"
        "   - interval '10 min') from jsonb_each_text(resman_field_times) t)",
        "update lead_sync_private.summary_due set due_at = due_at - interval '10 min'",
    ):
        rows(office, statement)


def ended(office: Office, conversation_id: UUID) -> None:
    """The application writes the end of a chat, and nothing else."""
    edit(office, conversation_id, end_time=datetime.now(UTC))


def told(office: Office) -> list[str]:
    """The summaries that ResMan shows, in their order, without their marks."""
    texts = [event["comments"] for event in events(office, "Other")]
    return [text.rsplit(" [ls:", 1)[0] for text in texts if text.startswith("DomIQ chat: ")]


def done(office: Office) -> None:
    """Nothing waits to be told, and nothing is told again."""
    assert rows(office, "select * from lead_sync_private.summary_due") == []
    before = told(office)
    ten_minutes_later(office)
    settled(office)
    assert told(office) == before


def test_a_summary_is_told_once_the_chat_is_quiet(office: Office) -> None:
    conversation_id = linked(office, ai_intent_summary="wants a balcony")
    assert (only_lead(office)["comment"], told(office)) == ("wants a balcony", [])
    settled(office)
    edit(office, conversation_id, ai_intent_summary="wants a balcony & a dog")
    office.drain(wait=PATIENCE)
    assert told(office) == []
    ten_minutes_later(office)
    office.drain(wait=PATIENCE)
    assert told(office) == ["DomIQ chat: wants a balcony & a dog"]
    [log] = rows(office, "select * from public.lead_sync_log where sync_type = 'enrichment'")
    assert log["sync_status"] == "success"
    done(office)


def test_an_edit_meanwhile_holds_it_back(office: Office) -> None:
    conversation_id = linked(office, ai_intent_summary="wants a balcony")
    ten_minutes_later(office)
    edit(office, conversation_id, occupants_count=3)
    office.drain(wait=PATIENCE)
    assert told(office) == []
    ten_minutes_later(office)
    office.drain(wait=PATIENCE)
    assert told(office) == ["DomIQ chat: wants a balcony"]
    done(office)


def test_the_end_of_a_chat_is_told_by_a_running_runner(office: Office) -> None:
    conversation_id = linked(office, ai_intent_summary="wants a balcony")
    with office.running():
        ended(office, conversation_id)
        eventually(lambda: told(office))
    assert told(office) == ["DomIQ chat: wants a balcony"]
    done(office)


def test_a_chat_that_has_ended_is_told_with_the_lead(office: Office) -> None:
    linked(office, ai_intent_summary="wants a balcony", **over())
    assert told(office) == ["DomIQ chat: wants a balcony"]
    assert office.simulator.count(SAVE) == 1
    assert [event["first_contact"] for event in only_lead(office)["events"]] == [True, None]
    done(office)


def test_a_text_is_told_once_and_another_once_more(office: Office) -> None:
    conversation_id = linked(office, ai_intent_summary="a", **over())
    for text in ("b", "a", "a ", "", "b"):
        edit(office, conversation_id, ai_intent_summary=text)
        office.drain(wait=PATIENCE)
    assert told(office) == ["DomIQ chat: a", "DomIQ chat: b"]
    done(office)


def test_a_property_may_want_none(office: Office) -> None:
    setting(office, "summary_event", False)
    conversation_id = linked(office, ai_intent_summary="a", **over())
    done(office)
    assert told(office) == []
    setting(office, "summary_event", None)
    edit(office, conversation_id, ai_intent_summary="b")
    office.drain(wait=PATIENCE)
    assert told(office) == ["DomIQ chat: b"]
    done(office)


def test_a_property_says_how_long_quiet_is(office: Office) -> None:
    setting(office, "summary_quiet", 0)
    linked(office, ai_intent_summary="a")
    assert told(office) == ["DomIQ chat: a"]
    done(office)


def test_each_conversation_of_a_visitor_tells_its_own(office: Office) -> None:
    first = linked(office, ai_intent_summary="a balcony")
    for text in ("a garage", "a balcony", None):
        rows(
            office,
            "insert into public.conversation (chatbot_id, user_id, status, ai_intent_summary)"
            " select chatbot_id, user_id, 'new', %s from public.conversation where id = %s",
            text,
            first,
        )
    office.drain(wait=PATIENCE)
    ten_minutes_later(office)
    office.drain(wait=PATIENCE)
    assert sorted(told(office)) == [
        "DomIQ chat: a balcony",
        "DomIQ chat: a balcony",
        "DomIQ chat: a garage",
    ]
    assert len({event["comments"] for event in events(office, "Other")}) == 3
    done(office)


def test_what_the_office_wrote_is_not_told_to_it(office: Office) -> None:
    rows(office, "update public.resman_integration set sync_direction = 'bidirectional'")
    conversation_id = linked(office, ai_intent_summary="a")
    ten_minutes_later(office)
    office.drain(wait=PATIENCE)
    office.simulator.edit_lead(only_lead(office)["prospect_id"], comment="called: b")
    rows(office, "select lead_sync.enqueue_pull(%s)", office.property_id)
    office.drain(wait=PATIENCE)
    assert office.conversation(conversation_id)["ai_intent_summary"] == "called: b"
    rows(office, "update public.resman_integration set sync_direction = 'to_resman'")
    edit(office, conversation_id, occupants_count=3)
    office.drain(wait=PATIENCE)
    done(office)
    assert told(office) == ["DomIQ chat: a"]


@pytest.mark.parametrize("fault", ["reset_after_commit", "truncated"])
@pytest.mark.parametrize("with_lead", [True, False])
def test_a_lost_answer_tells_it_once(office: Office, fault: str, with_lead: bool) -> None:
    if with_lead:
        office.simulator.fault(fault, method=SAVE, count=1)
    conversation_id = linked(office, ai_intent_summary="a", **(over() if with_lead else {}))
    if not with_lead:
        office.simulator.fault(fault, method=SAVE, count=1)
        ended(office, conversation_id)
        office.drain(wait=PATIENCE)
    assert told(office) == ["DomIQ chat: a"]
    done(office)


def test_a_kill_between_resmans_answer_and_the_handing_over(office: Office) -> None:
    conversation_id = linked(office, ai_intent_summary="a")
    simulator, commits = office.simulator, office.simulator.commits
    simulator.hold(SAVE)
    with office.process(LEADSYNC_LEASE="2") as process:
        ended(office, conversation_id)
        assert simulator.wait_for(lambda: simulator.held == 1, timeout=PATIENCE)
        assert simulator.commits == commits + 1
        process.kill()
        process.wait()
    simulator.release()
    with office.running(lease="2"):
        eventually(
            lambda: rows(
                office,
                "select key from lead_sync_private.lead_event where event_type = 'Other'",
            )
        )
    assert told(office) == ["DomIQ chat: a"]
    done(office)
