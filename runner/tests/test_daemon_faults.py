"""The runner when it, or the database, dies at the worst moment."""

import signal
import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
from psycopg.types.json import Jsonb

from runner import calls
from runner.domiq import load_domiq
from runner.listener import Listener
from runner.migrate import migrate
from runner.postgres import LocalServer
from runner.simulator import Simulator
from runner.tests.conftest import Connect
from runner.tests.daemon_support import PATIENCE, Office, eventually

SAVE = "PostLeadManagement4_0"


@pytest.fixture
def own_office(own_server: LocalServer, simulator: Simulator) -> Iterator[Office]:
    """An office on a server of its own."""
    url = own_server.create_database("domiq")
    load_domiq(url)
    migrate(url)
    each = Office(url, simulator)
    yield each
    each.close()


def one_lead_one_event(office: Office) -> None:
    [lead] = office.simulator.leads()
    assert len(lead["events"]) == 1


def test_a_kill_between_resmans_answer_and_the_handing_over(office: Office) -> None:
    simulator = office.simulator
    simulator.hold(SAVE)
    with office.process(LEADSYNC_LEASE="2") as process:
        conversation_id = office.given_lead()
        assert simulator.wait_for(lambda: simulator.held == 1, timeout=PATIENCE)
        assert simulator.commits == 1
        process.kill()
        process.wait()
    simulator.release()
    with office.running(lease="2"):
        eventually(lambda: office.synced(conversation_id))
    one_lead_one_event(office)


def test_sigterm_lets_calls_in_flight_finish(office: Office) -> None:
    simulator = office.simulator
    simulator.hold(SAVE)
    with office.process() as process:
        conversation_id = office.given_lead()
        assert simulator.wait_for(lambda: simulator.held == 1, timeout=PATIENCE)
        process.send_signal(signal.SIGTERM)
        assert process.stderr is not None
        for line in process.stderr:
            if "runner stops" in line:
                break
        simulator.release()
        assert process.wait(PATIENCE) == 0
    assert office.synced(conversation_id)
    one_lead_one_event(office)


def test_a_second_signal_ends_it_at_once(office: Office) -> None:
    simulator = office.simulator
    simulator.hold(SAVE)
    with office.process() as process:
        office.given_lead()
        assert simulator.wait_for(lambda: simulator.held == 1, timeout=PATIENCE)
        process.send_signal(signal.SIGINT)
        assert process.stderr is not None
        for line in process.stderr:
            if "runner stops" in line:
                break
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE) == 1
    simulator.release()
    assert office.items()[0]["status"] == "processing"


def test_drain_exit_codes(office: Office) -> None:
    with office.process("--drain", "--fail-on-dead") as process:
        assert process.wait(PATIENCE) == 0
    office.given_lead()
    office.simulator.fault("error", message="no", method=SAVE)
    with office.process("--drain") as process:
        assert process.wait(PATIENCE) == 0
    with office.process("--drain", "--fail-on-dead") as process:
        assert process.wait(PATIENCE) == 5


def test_it_starts_when_postgres_is_down(own_server: LocalServer, own_office: Office) -> None:
    conversation_id = own_office.given_lead()
    own_office.close()
    own_server.stop()
    with own_office.process() as process:
        assert process.stderr is not None
        for line in process.stderr:
            if "database not reached" in line:
                break
        own_server.start()
        own_office.reconnect()
        eventually(lambda: own_office.synced(conversation_id))
        process.send_signal(signal.SIGTERM)
        process.stderr.read()
        assert process.wait(PATIENCE) == 0


def test_an_answer_is_held_while_postgres_restarts(
    own_server: LocalServer, own_office: Office
) -> None:
    simulator = own_office.simulator
    simulator.hold(SAVE)
    with own_office.running():
        conversation_id = own_office.given_lead()
        assert simulator.wait_for(lambda: simulator.held == 1, timeout=PATIENCE)
        own_server.kill()
        simulator.release()
        assert simulator.wait_for(lambda: simulator.held == 0, timeout=PATIENCE)
        own_server.start()
        own_office.reconnect()
        eventually(lambda: own_office.synced(conversation_id))
    one_lead_one_event(own_office)
    assert simulator.count(SAVE) == 1


def test_a_claim_that_a_crash_undoes_is_made_again(
    own_server: LocalServer, own_office: Office
) -> None:
    conversation_id = own_office.given_lead()
    [claimed] = calls.claim_items(own_office.connection, "r", 1, timedelta(seconds=60))
    own_server.kill()
    own_server.start()
    own_office.reconnect()
    [item] = own_office.items()
    assert (item["status"], item["attempt"]) == ("pending", 0)  # its commit was not waited for
    answered = own_office.one(
        "select lead_sync.advance_item(%s, %s, %s) as answered",
        claimed.item_id,
        claimed.lease_token,
        Jsonb({"outcome": "ok", "leads": []}),
    )
    assert answered == {"answered": {"stale": True}}
    own_office.drain()
    assert own_office.synced(conversation_id)
    one_lead_one_event(own_office)


def test_a_runner_whose_claim_finds_the_listen_connection_lost_does_not_sleep(
    office: Office, connect: Connect, monkeypatch: pytest.MonkeyPatch
) -> None:
    lost, waits = threading.Event(), threading.Event()
    try_sleep, wait = Listener.try_sleep, Listener.wait

    def lose(listener: Listener) -> bool:
        asleep = try_sleep(listener)
        if asleep and not lost.is_set():
            own = listener._connection
            assert own is not None
            connect(office.url).execute(
                "select pg_terminate_backend(%s, 10000)", (own.info.backend_pid,)
            )
            lost.set()
        return asleep

    def tell(listener: Listener, seconds: float) -> bool:
        if lost.is_set():
            waits.set()
        return wait(listener, seconds)

    monkeypatch.setattr(Listener, "try_sleep", lose)
    monkeypatch.setattr(Listener, "wait", tell)
    with office.running():
        assert waits.wait(PATIENCE)  # it has looked once more, and found nothing
        conversation_id = office.given_lead()
        eventually(lambda: office.synced(conversation_id))
