"""The simulated ResMan: accounts, and who may use its controls."""

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from runner.simulator import Simulator
from runner.simulator_http import Handler
from runner.tests.simulator_client import HERE

UNKNOWN = "5e500000-0000-4000-8000-00000000dead"


@pytest.fixture
def web(sim: Simulator) -> Iterator[requests.Session]:
    with requests.Session() as session:
        session.trust_env = False
        yield session


def ask(
    web: requests.Session, sim: Simulator, verb: str, path: str, body: Any = None
) -> tuple[int, Any]:
    answer = web.request(verb, f"{sim.url}/_control/{path}", json=body, timeout=30)
    return answer.status_code, answer.json()


def test_accounts_and_properties(sim: Simulator, web: requests.Session) -> None:
    account = {"account_id": "500", "integration_partner_id": "p", "api_key": "hush"}
    assert ask(web, sim, "POST", "accounts", account) == (201, {"account_id": "500"})
    place = {"property_id": UNKNOWN, "account_id": "500", "employees": []}
    status, shown = ask(web, sim, "POST", "properties", place)
    assert (status, shown["employees"], len(shown["sources"])) == (201, [], 4)
    assert sim.credentials(UNKNOWN)["api_key"] == "hush"
    text = web.get(f"{sim.url}/_control/accounts", timeout=30).text
    assert UNKNOWN in text
    assert "hush" not in text
    assert ask(web, sim, "POST", "properties", {**place, "account_id": "x"})[0] == 404
    assert ask(web, sim, "POST", "properties", {"property_id": UNKNOWN})[0] == 400
    assert ask(web, sim, "POST", "accounts", {"account_id": "500"})[0] == 400
    with pytest.raises(KeyError):
        sim.credentials("nowhere")


def test_reset(sim: Simulator, web: requests.Session) -> None:
    sim.add_lead(HERE, first_name="Ann")
    assert ask(web, sim, "POST", "reset") == (200, {"reset": True})
    assert sim.leads() == []
    assert len(sim.known_properties()) == 2


def test_json_only_and_known_controls_only(sim: Simulator, web: requests.Session) -> None:
    url = f"{sim.url}/_control/switches"
    form = web.put(url, data='{"omitted":"clear"}', timeout=30)
    assert form.status_code == 415
    json_headers = {"Content-Type": "application/json"}
    assert web.put(url, data="{", headers=json_headers, timeout=30).status_code == 400
    assert ask(web, sim, "PUT", "switches", ["omitted"])[0] == 400
    assert ask(web, sim, "GET", "nonsense")[0] == 404
    assert sim.switches()["omitted"] == "keep"


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Host": "localhost:1"}, 200),
        ({"Host": "[::1]:1"}, 200),
        ({"Host": "evil.example.com"}, 403),
        ({"Host": "127.0.0.1.evil.example.com"}, 403),
        ({"Host": ""}, 403),
        ({"Origin": "http://evil.example.com"}, 403),
        ({"Origin": "http://127.0.0.1:1"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "same-origin"}, 200),
    ],
)
def test_other_sites_may_not_control(
    sim: Simulator, web: requests.Session, headers: dict[str, str], status: int
) -> None:
    body = {"omitted": "clear"}
    url = f"{sim.url}/_control/switches"
    answer = web.put(url, json=body, headers=headers, timeout=30)
    assert answer.status_code == status
    assert (sim.switches()["omitted"] == "clear") == (status == 200)
    own = web.put(url, json=body, headers={"Origin": sim.url}, timeout=30)
    assert own.status_code == 200


def test_from_elsewhere_only_the_api_answers_unless_a_name_is_allowed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    peers: list[str] = []
    setup = Handler.setup

    def arrive(handler: Handler) -> None:
        handler.client_address = (peers[-1], 50_000)
        setup(handler)

    monkeypatch.setattr(Handler, "setup", arrive)
    with Simulator("0.0.0.0", allowed_hosts=["ResMan.test"]) as sim:
        url = f"http://127.0.0.1:{sim.port}"

        def status(host: str) -> int:
            headers = {"Host": host}
            return requests.get(
                f"{url}/_control/stats", headers=headers, timeout=30
            ).status_code

        for peer in ("127.0.0.1", "::ffff:127.0.0.1", "::1"):
            peers.append(peer)
            assert (status("localhost"), status("resman.test:80")) == (200, 200)
        for peer in ("192.0.2.7", "2001:db8::7", "fe80::7%eth0"):
            peers.append(peer)
            assert status("localhost") == 403, "a name that anybody may claim"
            assert status("0.0.0.0") == 403
            assert status("resman.test") == 200
            assert requests.post(f"{url}/Leasing/GetEmployees", timeout=30).status_code == 401


def test_a_control_page_says_why_it_does_not_answer(
    sim: Simulator, web: requests.Session
) -> None:
    answer = web.get(sim.url, headers={"Host": "evil.example.com"}, timeout=30)
    assert (answer.status_code, "--allow-host" in answer.text) == (403, True)
    broken = web.get(sim.url, headers={"Host": "[::1"}, timeout=30)
    assert broken.status_code == 403
