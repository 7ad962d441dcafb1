"""The simulated ResMan: faults, as a client meets them."""

import xml.etree.ElementTree as ET
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests

from runner.simulator import Simulator
from runner.tests.simulator_client import HERE, POST, SEARCH, THERE, Client, error


@pytest.fixture
def client(sim: Simulator) -> Iterator[Client]:
    with Client(sim) as client:
        yield client


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor() as executor:
        yield executor


# --- answers


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("rate_limited", 429),
        ("server_error", 500),
        ("bad_gateway", 502),
        ("too_large", 502),
        ("unavailable", 503),
        ("gateway_timeout", 504),
    ],
)
def test_a_status_before_and_after_the_commit(
    sim: Simulator, client: Client, name: str, status: int
) -> None:
    sim.fault(name, retry_after=3)
    answer = client.post(client.new())
    assert (answer.status_code, answer.headers["Retry-After"]) == (status, "3")
    assert ("buffer overflow" in answer.text) == (name == "too_large")
    assert sim.leads() == []
    sim.fault(name, commit=True)
    answer = client.post(client.new())
    assert answer.status_code == status
    assert "Retry-After" not in answer.headers
    assert len(sim.leads()) == 1
    client.create()
    journal = [(r["outcome"], r["fault"], r["committed"]) for r in sim.requests()]
    assert journal == [(name, name, False), ("ok", name, True), ("ok", None, True)]


def test_any_status_and_message(sim: Simulator, client: Client) -> None:
    sim.fault("http", status=418, message="a teapot")
    answer = client.post(client.new())
    assert (answer.status_code, answer.text) == (418, "a teapot")


def test_an_http_200_error_in_each_familys_words(sim: Simulator, client: Client) -> None:
    sim.fault("error", message="Transaction Source could not be found", count=2)
    assert error(client.post(client.new())) == "Transaction Source could not be found"
    answer = client.call("Leasing/GetEmployees").json()
    assert (answer["Status"], answer["ErrorDescription"]) == (
        "Failed",
        "Transaction Source could not be found",
    )
    sim.fault("error", commit=True)
    error(client.post(client.new()))
    assert len(sim.leads()) == 1


@pytest.mark.parametrize("name", ["truncated", "not_xml", "doctype", "oversize"])
def test_a_garbled_answer_comes_after_the_commit(
    sim: Simulator, client: Client, name: str
) -> None:
    sim.fault(name, bytes=300_000)
    answer = client.post(client.new())
    assert answer.status_code == 200
    assert len(sim.leads()) == 1
    if name == "oversize":
        assert len(answer.content) > 300_000
        assert ET.fromstring(answer.content).findtext("Status") == "Success"
    elif name == "doctype":
        assert answer.text.startswith("<!DOCTYPE")
        assert ET.fromstring(answer.content).findtext("Status") == "Success"
    else:
        with pytest.raises(ET.ParseError):
            ET.fromstring(answer.content)
    client.create()


# --- connections


@pytest.mark.parametrize(
    ("name", "leads"), [("reset_before_commit", 0), ("reset_after_commit", 1)]
)
def test_resets(sim: Simulator, client: Client, name: str, leads: int) -> None:
    sim.fault(name)
    with pytest.raises(requests.ConnectionError, match="reset by peer"):
        client.post(client.new())
    assert len(sim.leads()) == leads
    client.create()
    assert len(sim.leads()) == leads + 1


@pytest.mark.parametrize(
    ("name", "leads"), [("timeout_before_commit", 0), ("timeout_after_commit", 1)]
)
def test_timeouts(sim: Simulator, client: Client, name: str, leads: int) -> None:
    sim.fault(name)
    with pytest.raises(requests.ReadTimeout):
        client.post(client.new(), timeout=0.2)
    assert len(sim.leads()) == leads
    assert sim.held == 1
    sim.release()
    assert sim.wait_for(lambda: sim.held == 0)
    assert len(sim.leads()) == leads
    client.create()


def test_a_timeout_ends_without_an_answer_after_hold_s(sim: Simulator, client: Client) -> None:
    sim.fault("timeout_after_commit", hold_s=0.05)
    with pytest.raises(requests.ConnectionError, match="closed connection"):
        client.post(client.new())
    sim.set(hold_s=0.05)
    sim.fault("timeout_before_commit")
    with pytest.raises(requests.ConnectionError, match="closed connection"):
        client.post(client.new())
    assert len(sim.leads()) == 1


def test_a_late_commit_happens_after_the_client_has_given_up(
    sim: Simulator, client: Client
) -> None:
    sim.fault("late_commit")
    with pytest.raises(requests.ReadTimeout):
        client.post(client.new(), timeout=0.2)
    assert sim.leads() == []
    sim.release()
    assert sim.wait_for(lambda: len(sim.leads()) == 1)


def test_closing_does_not_wait_for_what_is_held(pool: ThreadPoolExecutor) -> None:
    sim = Simulator().start()
    with Client(sim) as client, Client(sim) as other, Client(sim) as third:
        sim.fault("timeout_after_commit", POST, hold_s=3600)
        sim.hold(SEARCH)
        calls = [
            pool.submit(client.post, client.new()),
            pool.submit(other.call, f"MITS/{SEARCH}", {"Email": "a@example.com"}),
        ]
        assert sim.wait_for(lambda: sim.held == 2)
        sim.set(latency_ms=3_600_000)
        calls.append(pool.submit(third.call, "Leasing/GetEmployees"))
        closing = pool.submit(sim.close)
        closing.result(timeout=10)
        for call in calls:
            with pytest.raises(requests.ConnectionError):
                call.result(timeout=10)


def test_stop_refuses_and_start_answers_on_the_same_port(sim: Simulator) -> None:
    url = sim.url
    with Client(sim) as client:
        lead_id = client.create()
        sim.stop()
        for _ in range(2):
            with pytest.raises(requests.ConnectionError):
                client.post(client.new())
        sim.start()
        assert sim.url == url
        assert client.found(ProspectID=lead_id) == [lead_id]
        assert len(sim.leads()) == 1


# --- which calls


def test_a_fault_is_for_its_method_property_and_count(sim: Simulator, client: Client) -> None:
    sim.fault("unavailable", method=POST.lower(), property_id=HERE.upper(), count=2, skip=1)
    with Client(sim, THERE) as there:
        codes = []
        for _ in range(4):
            there.create()
            assert client.call(f"MITS/{SEARCH}", {"Email": "x"}).status_code == 200
            codes.append(client.post(client.new()).status_code)
    assert codes == [200, 503, 503, 200]


def test_faults_come_in_order_until_cleared(sim: Simulator, client: Client) -> None:
    sim.fault("rate_limited")
    sim.fault("unavailable", count=None)
    sim.fault("server_error", count=0)
    assert [client.post(client.new()).status_code for _ in range(3)] == [429, 503, 503]
    sim.clear_faults()
    client.create()


@pytest.mark.parametrize(
    "values",
    [
        {"name": "nonsense"},
        {"name": "error", "count": -1},
        {"name": "error", "count": 1.5},
        {"name": "error", "count": True},
        {"name": "http", "status": 99},
        {"name": "latency", "ms": None},
        {"name": "error", "message": 5},
        {"name": "error", "more": 1},
    ],
)
def test_a_fault_that_makes_no_sense_is_refused(sim: Simulator, values: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"fault|number|status|text"):
        sim.fault(**values)
    assert sim.faults.as_list() == []
