"""What a pull brings into DomIQ, by the real runner against a simulated ResMan."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import psycopg
import pytest

from runner import calls
from runner.simulator import Simulator
from runner.tests.daemon_support import PATIENCE, Office, Row, eventually, pull, rows, setting


@pytest.fixture
def office(database: str, simulator: Simulator) -> Iterator[Office]:
    each = Office(database, simulator, direction="bidirectional")
    yield each
    each.close()


def typed_in(office: Office, **fields: Any) -> Row:
    fields = {"first_name": "Rae", "last_name": "Example", **fields}
    return office.simulator.add_lead(office.resman_property_id, **fields)


def pushed(office: Office) -> list[Any]:
    return [item["id"] for item in office.items() if item["sync_operation"] == "push"]


def test_a_lead_that_resman_alone_has_becomes_user_conversation_and_link(
    office: Office,
) -> None:
    typed = typed_in(office, email="Rae@example.com", phone="2175550123", rent_max="1500")
    pull(office)
    [user] = rows(office, 'select * from public."user"')
    assert (user["first_name"], user["email"], user["phone"]) == (
        "Rae",
        "rae@example.com",
        "+12175550123",
    )
    [conversation] = rows(office, "select * from public.conversation")
    assert conversation["chatbot_id"] == office.chatbot_id
    assert conversation["resman_lead_id"] == typed["prospect_id"]
    assert conversation["price_range_max"] == 1500
    assert conversation["resman_sync_status"] == "synced"
    assert {i["sync_operation"] for i in office.items()} == {"pull"}
    saves = office.simulator.count("PostLeadManagement4_0")
    pull(office)
    assert office.simulator.count("PostLeadManagement4_0") == saves
    assert len(rows(office, "select * from public.conversation")) == 1


def test_a_drain_does_not_wait_for_the_next_pull(office: Office) -> None:
    pull(office)
    rows(
        office,
        "update lead_sync_private.pull_state"
        " set due_at = clock_timestamp() + interval '20 s' returning due_at",
    )
    office.drain(wait=PATIENCE)
    [state] = rows(
        office,
        "select due_at > clock_timestamp() as waits from lead_sync_private.pull_state",
    )
    assert state["waits"], "the drain has idled until the pull was due"


def staged_behind(office: Office, strangers: int) -> None:
    """Stage the lead that is linked behind as many that nobody knows."""
    [link] = rows(office, "select resman_lead_id as id from public.lead_sync_mapping")
    rows(
        office,
        "insert into lead_sync_private.pulled_lead"
        " (property_id, resman_lead_id, lead, issued_at)"
        " select %s, id, jsonb_build_object('lead_id', id, 'move_in_date', '2031-01-01'),"
        " clock_timestamp()"
        " from unnest((select array_agg('stranger' || n) from generate_series(1, %s) as n)"
        " || %s::text) as id",
        office.property_id,
        strangers,
        link["id"],
    )


def test_two_sessions_apply_what_was_pulled_and_the_second_only_what_is_linked(
    office: Office,
) -> None:
    typed_in(office, email="rae@example.com")
    pull(office)
    staged_behind(office, 60)
    with (
        psycopg.connect(office.url) as first,
        psycopg.connect(office.url) as second,
        psycopg.connect(office.url) as third,
    ):
        assert calls.apply_pulled(first) == 50
        assert calls.apply_pulled(second) == 1
        assert calls.apply_pulled(third) == 0
        first.commit()
        second.commit()
        assert calls.apply_pulled(third) == 10


@pytest.mark.parametrize("locked", ["c", "u"])
def test_what_domiq_holds_is_read_again_and_the_others_are_applied(
    office: Office, locked: str
) -> None:
    for name in "abc":
        typed_in(office, email=f"{name}@example.com")
    pull(office)
    rows(
        office,
        "insert into lead_sync_private.pulled_lead"
        " (property_id, resman_lead_id, lead, issued_at)"
        " select property_id, resman_lead_id,"
        ' resman_seen || \'{"move_in_date": "2031-01-01"}\', clock_timestamp()'
        " from public.lead_sync_mapping returning id",
    )
    with psycopg.connect(office.url) as domiq, psycopg.connect(office.url) as session:
        [(held,)] = domiq.execute(
            "select m.resman_lead_id from public.lead_sync_mapping m"
            " join public.conversation c on c.id = m.conversation_id"
            ' join public."user" u on u.id = c.user_id'
            f" where u.email = 'b@example.com' for update of {locked}"
        ).fetchall()
        assert calls.apply_pulled(session) == 3
        session.commit()
    dates = rows(office, "select move_in_date from public.conversation order by move_in_date")
    assert [each["move_in_date"] for each in dates] == [date(2031, 1, 1)] * 2 + [None]
    [again] = [item for item in office.items() if item["status"] == "pending"]
    assert (again["sync_operation"], again["sync_data"]) == ("pull", {"lead_id": held})


def test_a_pull_that_hangs_does_not_keep_a_runner_that_is_told_to_stop(
    office: Office,
) -> None:
    typed_in(office, email="rae@example.com")
    pull(office)
    rows(
        office,
        "create function public.hang() returns trigger language plpgsql as"
        " 'begin perform pg_catalog.pg_sleep(600); return new; end';"
        " create trigger hang before update on public.conversation"
        " for each row execute function public.hang()",
    )
    staged_behind(office, 100)  # a batch of the schedule, and one before there are two sessions
    hanging = "pg_stat_activity where wait_event = 'PgSleep' and datname = current_database()"
    with office.process(LEADSYNC_GRACE="0") as process:
        eventually(lambda: rows(office, f"select pid from {hanging}"))
        process.terminate()
        try:
            assert process.wait(PATIENCE) == 0
        finally:
            rows(office, f"select pg_terminate_backend(pid) from {hanging}")


def test_what_the_office_edits_arrives_and_does_not_travel_back(office: Office) -> None:
    conversation_id = office.given_lead(1, move_in_date=date(2027, 3, 1))
    office.drain(wait=PATIENCE)
    [lead] = office.simulator.leads()
    office.simulator.edit_lead(
        lead["prospect_id"], move_in_date="2027-04-01", email="new@example.com"
    )
    pushes = pushed(office)
    pull(office)
    assert office.conversation(conversation_id)["move_in_date"] == date(2027, 4, 1)
    assert office.conversation(conversation_id)["resman_sync_status"] == "synced"
    [user] = rows(office, 'select * from public."user"')
    assert user["email"] == "new@example.com"
    assert pushed(office) == pushes
    saves = office.simulator.count("PostLeadManagement4_0")
    office.drain(wait=PATIENCE)
    assert office.simulator.count("PostLeadManagement4_0") == saves


def test_a_sweep_finds_drift_and_repairs_it_when_told(office: Office) -> None:
    first = office.given_lead(1, move_in_date=date(2027, 3, 1))
    office.given_lead(2)
    office.drain(wait=PATIENCE)
    lead = office.simulator.lead(office.conversation(first)["resman_lead_id"])
    office.simulator.edit_lead(lead["prospect_id"], move_in_date="2027-05-05")
    assert sweep(office) == {"matched": 1, "drift": 1}
    assert office.conversation(first)["move_in_date"] == date(2027, 3, 1)
    assert sweep(office, repair=True) == {"matched": 1, "drift": 1}
    assert office.conversation(first)["move_in_date"] == date(2027, 5, 5)
    assert sweep(office) == {"matched": 2}
    [drift] = rows(office, "select * from lead_sync.drift")
    assert (drift["verdict"], drift["coverage_percent"]) == ("in step", 100)


def test_a_lead_gone_from_resman_is_missed_twice_before_its_link_is_deleted(
    office: Office,
) -> None:
    conversation_id = office.given_lead(1)
    office.drain(wait=PATIENCE)
    office.simulator.remove_lead(office.conversation(conversation_id)["resman_lead_id"])
    for status in ("active", "deleted"):
        assert sweep(office) == {"missing_in_resman": 1}
        [link] = rows(office, "select mapping_status from public.lead_sync_mapping")
        assert link["mapping_status"] == status


def test_many_missing_at_once_stop_the_property_instead(office: Office) -> None:
    conversations = [office.given_lead(n) for n in range(1, 8)]
    office.drain(wait=PATIENCE)
    for each in conversations[:6]:
        office.simulator.remove_lead(office.conversation(each)["resman_lead_id"])
    assert sweep(office) == {"matched": 1, "missing_in_resman": 6}
    [integration] = rows(office, "select * from public.resman_integration")
    assert integration["sync_status"] == "paused"
    [conflict] = rows(office, "select * from public.lead_sync_conflicts")
    assert (conflict["conflict_severity"], conflict["conflict_field"]) == (
        "critical",
        "missing_leads",
    )
    links = rows(office, "select distinct mapping_status from public.lead_sync_mapping")
    assert [link["mapping_status"] for link in links] == ["active"]


def test_a_suppressed_person_is_neither_pushed_nor_pulled_until_lifted(office: Office) -> None:
    conversation_id = office.given_lead(1, move_in_date=date(2027, 3, 1))
    office.drain(wait=PATIENCE)
    lead_id = office.conversation(conversation_id)["resman_lead_id"]
    rows(office, "select lead_sync.suppress_lead(%s, 'asked for it')", conversation_id)
    office.simulator.edit_lead(lead_id, move_in_date="2027-05-05")
    rows(office, "update public.conversation set occupants_count = 4")
    pull(office)
    assert office.conversation(conversation_id)["move_in_date"] == date(2027, 3, 1)
    assert not office.simulator.lead(lead_id)["occupants"]
    rows(office, "select lead_sync.lift_suppression(%s)", conversation_id)
    pull(office)
    assert office.conversation(conversation_id)["move_in_date"] == date(2027, 5, 5)
    assert office.simulator.lead(lead_id)["occupants"] == "4"


def test_an_erased_person_is_gone_and_does_not_come_back(office: Office) -> None:
    conversation_id = office.given_lead(1, ai_intent_summary="a balcony")
    office.drain(wait=PATIENCE)
    rows(office, "select lead_sync.erase_lead(%s)", conversation_id)
    rows(office, "delete from public.conversation")
    rows(office, 'delete from public."user"')
    for table in rows(
        office,
        "select format('%I.%I', schemaname, tablename) as name from pg_tables "
        "where schemaname = 'lead_sync_private' or tablename like 'lead_sync_%'",
    ):
        held = rows(office, f"select t::text as row from {table['name']} t")
        assert not [r for r in held if "ada1@" in r["row"].lower() or "balcony" in r["row"]]
    [lead] = office.simulator.leads()
    office.simulator.edit_lead(lead["prospect_id"], comment="called again")
    pull(office)
    assert not rows(office, "select id from public.conversation")


def test_a_deleted_conversation_does_not_come_back_and_may_be_marked_lost(
    office: Office,
) -> None:
    setting(office, "deletion", "lost")
    setting(office, "default_lost_reason", "Price")
    office.given_lead(1)
    office.drain(wait=PATIENCE)
    rows(office, "delete from public.conversation")
    pull(office)
    [lead] = office.simulator.leads()
    assert lead["type"] == "lost"
    assert not rows(office, "select id from public.conversation")


def test_two_leads_of_one_person_are_merged_and_the_duplicate_is_lost(office: Office) -> None:
    setting(office, "default_lost_reason", "Price")
    first, second = office.given_lead(1), office.given_lead(2)
    office.drain(wait=PATIENCE)
    for held in first, second:
        with psycopg.connect(office.url) as claim:
            claim.execute(
                "select pg_advisory_xact_lock(hashtextextended(%s, 7813528840112739843))",
                (str(held),),
            )
            with pytest.raises(psycopg.Error) as error:
                rows(office, "select lead_sync.merge_leads(%s, %s)", first, second)
            assert error.value.sqlstate == "LS011"
    rows(office, "select lead_sync.merge_leads(%s, %s)", first, second)
    office.drain(wait=PATIENCE)
    statuses = {lead["first_name"]: lead["type"] for lead in office.simulator.leads()}
    assert statuses == {"Ada1": "prospect", "Ada2": "lost"}
    rows(office, "update public.conversation set occupants_count = 3 where id = %s", second)
    office.drain(wait=PATIENCE)
    kept = office.simulator.lead(office.conversation(first)["resman_lead_id"])
    assert kept["occupants"] == "3"


def sweep(office: Office, repair: bool = False) -> Row:
    [run] = rows(
        office, "select lead_sync.run_reconciliation(%s, %s) as id", office.property_id, repair
    )
    office.drain(wait=PATIENCE)
    [report] = rows(office, "select lead_sync.reconciliation_report(%s) as r", run["id"])
    assert report["r"]["finished_at"]
    classes: Row = report["r"]["classes"]
    return classes
