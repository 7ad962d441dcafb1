"""The simulated ResMan: hooks for tests, its journal."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from runner.simulator import Simulator
from runner.tests.simulator_client import HERE, POST, SEARCH, Client


@pytest.fixture
def client(sim: Simulator) -> Iterator[Client]:
    with Client(sim) as client:
        yield client


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor() as executor:
        yield executor


def test_on_commit_runs_between_commit_and_answer(
    sim: Simulator, client: Client, pool: ThreadPoolExecutor
) -> None:
    go = threading.Event()
    seen: list[tuple[str, str, int]] = []

    def hook(method: str, lead_id: str) -> None:
        seen.append((method, lead_id, len(sim.leads())))
        assert go.wait(30)

    sim.on_commit = hook
    call = pool.submit(client.post, client.new())
    assert sim.wait_for(lambda: len(sim.leads()) == 1)
    assert not call.done()
    go.set()
    assert call.result(timeout=30).status_code == 200
    assert seen == [(POST, sim.leads()[0]["prospect_id"], 1)]
    client.found(Email="a@example.com")
    assert len(seen) == 1, "a search commits nothing"


def test_a_hook_that_raises_drops_the_connection(sim: Simulator, client: Client) -> None:
    def hook(method: str, lead_id: str) -> None:
        raise RuntimeError(method + lead_id)

    sim.on_commit = hook
    with pytest.raises(requests.ConnectionError):
        client.post(client.new())
    assert len(sim.leads()) == 1


@pytest.mark.parametrize(("when", "leads"), [("before", 0), ("after", 1)])
def test_hold_and_release(
    sim: Simulator, client: Client, pool: ThreadPoolExecutor, when: str, leads: int
) -> None:
    sim.hold(POST, when)
    call = pool.submit(client.post, client.new())
    assert sim.wait_for(lambda: sim.held == 1)
    assert len(sim.leads()) == leads
    with Client(sim) as other:
        other.found(Email="a@example.com")
    sim.release(SEARCH)
    assert sim.held == 1
    assert not call.done()
    sim.release(POST)
    assert call.result(timeout=30).status_code == 200
    assert len(sim.leads()) == 1
    client.create()
    with pytest.raises(ValueError, match="when"):
        sim.hold(POST, "sometimes")


def test_wait_for_gives_up(sim: Simulator) -> None:
    assert sim.wait_for(lambda: True, timeout=0)
    assert not sim.wait_for(lambda: len(sim.leads()) == 1, timeout=0.01)


def test_the_journal_counts_and_holds_no_credentials(sim: Simulator, client: Client) -> None:
    lead_id = client.create(email="ann@example.com")
    client.found(Email="ann@example.com", Phone="5555550101")
    created, searched = sim.requests()
    assert (created["method"], created["created"], created["events"]) == (POST, True, 1)
    assert created["lead_ids"] == [lead_id]
    assert (searched["by"], searched["lead_ids"]) == (["Email", "Phone"], [])
    assert (searched["property_id"], searched["account_id"]) == (HERE, "400")
    assert [r["seq"] for r in sim.requests()] == [1, 2]
    assert (sim.count(), sim.count(SEARCH), sim.count(SEARCH, "error")) == (2, 1, 0)
    for secret in ("simulated-key", "simulated-partner"):
        assert secret not in str(sim.requests())


def test_calls_in_flight_are_counted(
    sim: Simulator, client: Client, pool: ThreadPoolExecutor
) -> None:
    sim.hold(POST)
    with Client(sim) as other:
        first = pool.submit(client.post, client.new())
        assert sim.wait_for(lambda: sim.held == 1)
        second = pool.submit(other.post, other.new())
        assert sim.wait_for(lambda: sim.held == 2)
        sim.release()
        assert [call.result(timeout=30).status_code for call in (first, second)] == [200, 200]
    client.create()
    # which of two that are let go at once is written down first is left to chance
    arrived = sorted(sim.requests(), key=lambda request: request["at"])
    assert [r["in_flight"] for r in arrived] == [1, 2, 1]
