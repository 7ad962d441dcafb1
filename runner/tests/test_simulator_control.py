"""The simulated ResMan: control endpoints."""

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from runner.simulator import RefusedError, Simulator
from runner.tests.simulator_client import HERE, POST, THERE, Client

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


def test_switches(sim: Simulator, web: requests.Session) -> None:
    assert ask(web, sim, "GET", "switches") == (200, sim.switches())
    status, values = ask(web, sim, "PUT", "switches", {"omitted": "clear", "latency_ms": "2"})
    assert (status, values) == (200, sim.switches())
    assert (values["omitted"], values["latency_ms"]) == ("clear", 2)
    status, answer = ask(web, sim, "PUT", "switches", {"omitted": "keep", "nonsense": 1})
    assert (status, "nonsense" in answer["error"]) == (400, True)
    assert sim.switches()["omitted"] == "clear"


def test_faults(sim: Simulator, web: requests.Session) -> None:
    fault = {"fault": "rate_limited", "method": POST, "count": 2, "retry_after": 5}
    status, queued = ask(web, sim, "POST", "faults", fault)
    assert status == 201
    assert {**queued[0], **fault} == queued[0]
    with Client(sim) as client:
        assert client.post(client.new()).headers["Retry-After"] == "5"
        assert ask(web, sim, "GET", "faults")[1][0]["count"] == 1
        assert ask(web, sim, "DELETE", "faults") == (200, [])
        client.create()
    assert ask(web, sim, "POST", "faults", {"fault": "nonsense"})[0] == 400
    assert ask(web, sim, "POST", "faults", {"fault": []})[0] == 400


def test_requests(sim: Simulator, web: requests.Session) -> None:
    with Client(sim) as client:
        client.create()
        client.found(Email="a@example.com")
    status, rows = ask(web, sim, "GET", "requests?method=postleadmanagement4_0")
    assert (status, [row["method"] for row in rows]) == (200, [POST])
    assert ask(web, sim, "GET", "requests")[1] == sim.requests()
    assert "simulated-key" not in web.get(f"{sim.url}/_control/requests", timeout=30).text
    assert ask(web, sim, "DELETE", "requests") == (200, [])


def test_leads_are_typed_in_edited_and_taken_away(
    sim: Simulator, web: requests.Session
) -> None:
    new = {
        "property_id": HERE,
        "first_name": "Ann",
        "last_name": "Example",
        "email": "ann@example.com",
        "rent_min": 1200,
        "pets": [{"type": "dog", "count": 1}],
        "units": ["12A"],
        "address": {"city": "Springfield"},
        "event": {"type": "Show", "at": "2030-01-31T15:00:00Z", "comments": "Came by"},
    }
    status, lead = ask(web, sim, "POST", "leads", new)
    assert status == 201
    assert (lead["email"], lead["rent_min"], lead["type"]) == (
        "ann@example.com",
        "1200",
        "prospect",
    )
    assert lead["pets"] == [{"type": "dog", "count": "1"}]
    assert lead["modified_by"] == "person"
    lead_id = lead["prospect_id"]
    assert ask(web, sim, "GET", f"leads/{lead_id.upper()}") == (200, lead)
    edit = {"prospect_id": lead_id, "type": "lost", "lost_reason": "Price", "phone": None}
    status, edited = ask(web, sim, "POST", "leads", edit)
    assert (status, edited["type"], edited["email"]) == (200, "lost", "ann@example.com")
    assert [e["reasons"] for e in edited["events"]] == ["", "Prospect Lost: Price"]
    assert edited["modified_at"] > lead["modified_at"]
    status, back = ask(web, sim, "POST", "leads", {"prospect_id": lead_id, "type": "prospect"})
    assert [e["type"] for e in back["events"]] == ["Show", "Cancel", "ReActivate"]
    assert ask(web, sim, "GET", f"leads?property_id={HERE}&email=ann@example.com")[1] == [back]
    assert ask(web, sim, "GET", f"leads?property_id={THERE}")[1] == []
    assert ask(web, sim, "DELETE", f"leads/{lead_id}")[0] == 200
    assert ask(web, sim, "GET", f"leads/{lead_id}")[0] == 404
    with Client(sim) as client:
        assert client.found(Email="ann@example.com") == []
        assert client.found(ProspectID=lead_id) == []


def test_a_lead_that_was_read_can_be_sent_back(sim: Simulator, web: requests.Session) -> None:
    lead = sim.add_lead(HERE, first_name="Ann", event={"type": "Show", "comments": "x"})
    status, again = ask(web, sim, "POST", "leads", lead)
    changing = ("modified_at", "feed_at")
    assert status == 200
    assert {n: v for n, v in again.items() if n not in changing} == {
        n: v for n, v in lead.items() if n not in changing
    }


def test_a_list_of_leads_and_a_time_of_their_own(sim: Simulator, web: requests.Session) -> None:
    rows = [
        {
            "property_id": HERE,
            "first_name": f"Lead{n}",
            "modified_at": f"2020-01-0{n}T00:00:00Z",
        }
        for n in (1, 2, 3)
    ]
    status, leads = ask(web, sim, "POST", "leads", rows)
    assert (status, len(leads)) == (201, 3)
    with Client(sim) as client:
        found = client.found(
            ModifiedStartDateTime="2020-01-02", ModifiedEndDateTime="2020-01-03"
        )
    assert found == [lead["prospect_id"] for lead in leads[1:]]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"property_id": UNKNOWN, "first_name": "Ann"}, 400),
        ({"first_name": "Ann"}, 400),
        ({"prospect_id": UNKNOWN}, 404),
        ({"prospect_id": "x\r\ny", "property_id": HERE, "first_name": "A"}, 400),
        ({"property_id": HERE}, 400),
        ({"property_id": HERE, "first_name": ["Ann"]}, 400),
        ({"property_id": HERE, "first_name": "Ann", "nonsense": 1}, 400),
        ({"property_id": HERE, "first_name": "Ann", "type": "nonsense"}, 400),
        ({"property_id": HERE, "first_name": "Ann", "event": {"type": "Party"}}, 400),
        ({"property_id": HERE, "first_name": "Ann", "pets": ["dog"]}, 400),
        ({"property_id": HERE, "first_name": "Ann", "customers": [{"x": 1}]}, 400),
        ({"property_id": HERE, "first_name": "Ann", "modified_at": "soon"}, 400),
        ({"property_id": HERE, "first_name": "A", "type": "lost", "lost_reason": "x"}, 400),
        (["Ann"], 400),
        ("Ann", 400),
    ],
)
def test_a_bad_lead_is_refused_and_nothing_changes(
    sim: Simulator, web: requests.Session, body: Any, status: int
) -> None:
    code, answer = ask(web, sim, "POST", "leads", body)
    assert (code, list(answer)) == (status, ["error"])
    assert sim.leads() == []


def test_a_refused_edit_leaves_the_lead_as_it_was(sim: Simulator) -> None:
    lead = sim.add_lead(HERE, first_name="Ann", email="a@example.com")
    with pytest.raises(RefusedError):
        sim.edit_lead(lead["prospect_id"], email="b@example.com", type="nonsense")
    assert sim.lead(lead["prospect_id"]) == lead
    with pytest.raises(KeyError):
        sim.edit_lead(UNKNOWN, email="b@example.com")
    with pytest.raises(KeyError):
        sim.remove_lead(UNKNOWN)
    with Client(sim) as client:
        assert client.found(Email="a@example.com") == [lead["prospect_id"]]


def test_a_chosen_prospect_id_and_a_second_person(sim: Simulator) -> None:
    wanted = "5E500000-0000-4000-8000-0000000000AB"
    people = [{"first_name": "Ann"}, {"first_name": "Bob", "email": "bob@example.com"}]
    lead = sim.add_lead(HERE, prospect_id=wanted, customers=people)
    assert lead["prospect_id"] == wanted.lower()
    second = lead["customers"][1]["person_id"]
    lead = sim.edit_lead(wanted, person_id=second, phone="5555550102")
    assert [p["phone"] for p in lead["customers"]] == ["", "5555550102"]
