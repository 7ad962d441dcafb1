"""The runner at work: the real one, against a real database and a simulated ResMan."""

import logging
import re
import threading

import pytest

from runner import flights
from runner.caller import Caller
from runner.calls import Json
from runner.clock import boottime
from runner.daemon import Runner
from runner.db import CommandError
from runner.simulator import Simulator
from runner.tests.daemon_support import PATIENCE, Office, eventually, settings_for

SAVE = "PostLeadManagement4_0"


def test_a_drain_carries_a_lead_across_once(office: Office) -> None:
    conversation_id = office.given_lead()
    office.drain()
    [lead] = office.simulator.leads()
    assert (lead["first_name"], lead["email"]) == ("Ada1", "ada1@example.com")
    assert office.synced(conversation_id)
    assert office.conversation(conversation_id)["resman_lead_id"] == lead["prospect_id"]
    saves = office.simulator.count(SAVE)
    office.drain()
    assert office.simulator.count(SAVE) == saves


def test_a_drain_with_nothing_to_do_ends(office: Office) -> None:
    office.drain()
    assert office.simulator.requests() == []


def test_a_drain_does_not_wait_for_a_retry_unless_told(office: Office) -> None:
    office.given_lead()
    office.simulator.fault("unavailable", count=1)
    office.drain()
    [item] = office.items()
    assert item["status"] == "pending"
    office.drain(wait=PATIENCE)
    [item] = office.items()
    assert item["status"] == "completed"


def test_a_paused_property_does_not_hold_a_drain(office: Office) -> None:
    office.given_lead()
    office.one("select lead_sync.pause_property(%s, 'a test')", office.property_id)
    office.drain(wait=PATIENCE)
    assert office.simulator.requests() == []


def test_a_committed_lead_arrives_within_a_second(office: Office) -> None:
    with office.running():
        office.given_lead(1)
        assert office.simulator.wait_for(
            lambda: len(office.simulator.leads()) == 1, timeout=PATIENCE
        )
        # the runner is up and has fallen asleep or polls: this is the one that counts
        office.given_lead(2)
        assert office.simulator.wait_for(
            lambda: len(office.simulator.leads()) == 2, timeout=1.0
        )


def test_an_edit_made_while_its_push_is_in_flight_arrives_too(office: Office) -> None:
    simulator = office.simulator
    simulator.hold(SAVE)
    with office.running():
        conversation_id = office.given_lead()
        assert simulator.wait_for(lambda: simulator.held == 1, timeout=PATIENCE)
        office.connection.execute(
            'update public."user" set first_name = %s where email = %s',
            ("Grace", "ada1@example.com"),
        )
        simulator.release()
        assert simulator.wait_for(
            lambda: [lead["first_name"] for lead in simulator.leads()] == ["Grace"],
            timeout=PATIENCE,
        )
        eventually(lambda: office.synced(conversation_id))


def test_two_runners_make_no_lead_twice(office: Office) -> None:
    with office.running(), office.running():
        conversations = [office.given_lead(number) for number in range(1, 31)]
        eventually(lambda: all(map(office.synced, conversations)))
    leads = office.simulator.leads()
    assert len(leads) == len({lead["email"] for lead in leads}) == 30
    assert all(sum(e["first_contact"] for e in lead["events"]) == 1 for lead in leads)
    assert {item["status"] for item in office.items()} == {"completed"}


def test_it_starts_when_resman_is_down(office: Office) -> None:
    office.simulator.stop()
    with office.running():
        conversation_id = office.given_lead()
        eventually(
            lambda: any(item["retry_count"] or item["attempt"] for item in office.items())
        )
        office.simulator.start()
        eventually(lambda: office.synced(conversation_id))
    assert len(office.simulator.leads()) == 1


def test_credentials_that_do_not_open_are_reported_not_sent(office: Office) -> None:
    office.given_lead()
    other = "k2:" + "B" * 43 + "="
    office.drain(keys=other)
    assert office.simulator.requests() == []
    status = office.one("select sync_status from public.resman_integration")
    assert status["sync_status"] == "disconnected"
    [item] = office.items()
    assert item["status"] == "pending"


def test_a_defect_of_the_runner_ends_the_attempt_by_name_only(office: Office) -> None:
    office.given_lead()

    def broken(_request: Json, _connection: Json) -> Json:
        raise KeyError("ada1@example.com")

    assert office.runner(broken).run(0.0)
    [item] = office.items()
    assert item["error_code"] == "runner_error"
    assert item["error_message"] == "KeyError"
    assert item["lease_token"] is None


def test_an_answer_that_the_database_cannot_take_is_reported(office: Office) -> None:
    office.given_lead()

    def odd(_request: Json, _connection: Json) -> Json:
        return {"outcome": "ok", "leads": [{"comment": "\0"}], "elapsed_ms": 1}

    assert office.runner(odd).run(0.0)
    [item] = office.items()
    assert item["error_code"] == "database_error"
    assert item["lease_token"] is None


def test_past_its_deadline_nothing_is_sent(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    office.given_lead()
    runner = office.runner()

    def frozen() -> float:
        """As if the machine had slept once the item was claimed."""
        runner.stop()
        return boottime() + 3600

    monkeypatch.setattr(flights, "boottime", frozen)
    assert not runner.run(0.0)
    assert office.simulator.requests() == []
    [item] = office.items()
    assert (item["status"], item["lease_token"]) == ("pending", None)


def test_leases_are_extended_while_a_call_takes_long(office: Office) -> None:
    office.given_lead()
    called, finish = threading.Event(), threading.Event()

    def slow(_request: Json, _connection: Json) -> Json:
        called.set()
        assert finish.wait(PATIENCE)
        return {"outcome": "failed", "kind": "transient", "code": "slow", "elapsed_ms": 1}

    with office.running(slow, lease="2"):
        assert called.wait(PATIENCE)
        first = office.items()[0]["lease_until"]
        eventually(lambda: office.items()[0]["lease_until"] > first)
        assert office.items()[0]["status"] == "processing"
        finish.set()
        eventually(lambda: office.items()[0]["error_code"] == "slow")


def test_the_grace_time_over_a_save_is_ambiguous_and_the_rest_goes_back(office: Office) -> None:
    simulator = office.simulator
    simulator.hold(SAVE)
    office.given_lead()
    with office.running(grace="0"):
        assert simulator.wait_for(lambda: simulator.held == 1, timeout=PATIENCE)
    [item] = office.items()
    assert (item["status"], item["error_code"]) == ("pending", "stopped")
    simulator.release()
    office.drain(wait=PATIENCE)
    assert len(simulator.leads()) == 1
    assert len(simulator.leads()[0]["events"]) == 1


def test_missing_migrations_end_it(domiq_only_database: str, simulator: Simulator) -> None:
    settings = settings_for(domiq_only_database, simulator)
    with pytest.raises(CommandError) as raised:
        Runner(settings, Caller.from_settings(settings)).run()
    assert raised.value.exit_code == 4


def test_the_log_holds_no_person_and_no_credential(
    office: Office, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, logger="runner")
    office.given_lead(ai_intent_summary="wants a balcony")
    office.simulator.fault("error", message="ada1@example.com is known", count=1)
    office.drain()
    clear = office.simulator.credentials(office.resman_property_id)
    # what a handler can print; thread and process numbers are nobody's data
    told = ("msg", "args", "fields", "exc_info", "exc_text", "stack_info")
    text = "\n".join(
        f"{record.getMessage()} { {name: record.__dict__.get(name) for name in told} }"
        for record in caplog.records
    )
    assert "runner starts" in text
    for personal in ("Ada1", "ada1@", "2175550001", "balcony"):
        assert personal not in text
    for credential in clear.values():  # as a word: an account's short number is in many a uuid
        assert not re.search(rf"\b{re.escape(credential)}\b", text)
