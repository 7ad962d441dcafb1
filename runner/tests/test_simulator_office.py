"""The simulated ResMan: what the leasing office does there, one act or many, over HTTP."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from runner.simulator import Simulator
from runner.simulator_client import Office, OfficeError
from runner.tests.simulator_client import HERE, POST, SEARCH, THERE, Client

UNKNOWN = "5e500000-0000-4000-8000-00000000dead"


@pytest.fixture
def office(sim: Simulator) -> Iterator[Office]:
    with Office(sim.url) as each:
        yield each


@pytest.fixture
def client(sim: Simulator) -> Iterator[Client]:
    with Client(sim) as each:
        yield each


def test_a_leads_life(office: Office, client: Client) -> None:
    lead = office.create(HERE, first_name="Ann", last_name="Example", email="ann@example.com")
    lead_id = lead["prospect_id"]
    assert "[ls:" not in str(lead), "a lead typed in by hand bears no mark of ours"
    assert office.edit(lead_id, phone="(555) 555-0101")["email"] == "ann@example.com"
    assert client.found(Phone="5555550101") == [lead_id]
    at = "2030-01-31T15:00:00Z"
    lead = office.add_event(lead_id, "Show", at=at, comments="came by")
    assert [(e["type"], e["at"], e["comments"]) for e in lead["events"]] == [
        ("Show", at, "came by")
    ]
    lead = office.lose(lead_id, "Price")
    assert (lead["type"], lead["events"][-1]["reasons"]) == ("lost", "Prospect Lost: Price")
    lead = office.reactivate(lead_id)
    assert (lead["type"], lead["events"][-1]["type"]) == ("prospect", "ReActivate")
    assert office.make_applicant(lead_id)["type"] == "applicant"
    assert office.make_resident(lead_id)["type"] == "current_resident"
    assert client.search(ProspectID=lead_id).find(".//Customer[@Type='current_resident']")
    assert office.leads(type="current_resident") == [office.lead(lead_id)]
    office.delete(lead_id)
    assert client.found(ProspectID=lead_id) == []
    assert office.leads() == []


@pytest.mark.parametrize("retires", ["gone", "lost"])
def test_merge(office: Office, client: Client, retires: str) -> None:
    office.switches(merge_retires=retires)
    shows = [{"type": "Show", "at": f"2030-01-0{n}T00:00:00Z"} for n in (2, 1)]
    one = office.create(HERE, first_name="Ann", email="ann@example.com", event=shows[0])
    other = office.create(
        HERE,
        customers=[{"first_name": "Anna", "phone": "5555550101"}, {"first_name": "Bob"}],
        bedrooms="2",
        pets=[{"type": "dog", "count": "1"}],
        event=shows[1],
    )
    kept = office.merge(one["prospect_id"], other["prospect_id"])
    assert [p["first_name"] for p in kept["customers"]] == ["Ann", "Bob"]
    assert (kept["email"], kept["phone"]) == ("ann@example.com", "5555550101")
    assert (kept["bedrooms"], len(kept["pets"])) == ("2", 1)
    assert [e["at"][:10] for e in kept["events"]] == ["2030-01-01", "2030-01-02"]
    expected = [kept["prospect_id"]] + [other["prospect_id"]] * (retires == "lost")
    assert set(client.found(Phone="5555550101")) == set(expected)
    types = [lead["type"] for lead in office.leads()]
    assert types == ["prospect"] + ["lost"] * (retires == "lost")


def test_many_at_once(office: Office, client: Client) -> None:
    created = office.act(
        [
            {"act": "create", "property_id": place, "first_name": f"Lead{n}", "comment": "new"}
            for n in range(100)
            for place in (HERE, THERE)
        ]
    )
    assert len({r["prospect_ids"][0] for r in created}) == 200
    here = {"property_id": HERE}
    edited, lost, first = office.act(
        [
            {"act": "edit", "where": here, "comment": "edited"},
            {"act": "lose", "where": here, "limit": 30, "lost_reason": "Price"},
            {"act": "make_applicant", "where": {"first_name": "Lead7", **here}},
        ]
    )
    assert (len(edited["prospect_ids"]), len(first["prospect_ids"])) == (100, 1)
    assert lost["prospect_ids"] == edited["prospect_ids"][:30]
    comments = [(lead["property_id"], lead["comment"]) for lead in office.leads()]
    assert set(comments) == {(HERE, "edited"), (THERE, "new")}
    assert office.stats()["types"] == {"prospect": 170, "lost": 29, "applicant": 1}
    window = {"ModifiedStartDateTime": "2001-01-01", "ModifiedEndDateTime": "2999-01-01"}
    assert len(client.found(**window)) == 100


@pytest.mark.parametrize(
    ("last", "status", "why"),
    [
        ({"act": "party"}, 400, "one of"),
        ("edit", 400, "one of"),
        ({"act": "edit", "comment": "x"}, 400, "where"),
        ({"act": "edit", "prospect_id": UNKNOWN, "where": {}}, 400, "where"),
        ({"act": "edit", "prospect_id": UNKNOWN}, 404, UNKNOWN),
        ({"act": "edit", "where": {"shoe_size": "9"}}, 400, "where"),
        ({"act": "edit", "where": {}, "limit": "all"}, 400, "limit"),
        ({"act": "edit", "where": {}, "shoe_size": "9"}, 400, "shoe_size"),
        ({"act": "lose", "where": {}, "lost_reason": "Weather"}, 400, "lost_reason"),
        ({"act": "lose", "where": {}, "comment": "x"}, 400, "comment"),
        ({"act": "reactivate", "where": {"first_name": "Ann"}}, 400, "lost"),
        ({"act": "add_event", "where": {}, "type": "Party"}, 400, "type"),
        ({"act": "merge", "where": {"first_name": "Ann"}, "other": UNKNOWN}, 404, UNKNOWN),
        ({"act": "create", "property_id": UNKNOWN, "first_name": "A"}, 400, "Property"),
        ({"act": "delete", "where": {}, "limit": 1, "really": True}, 400, "really"),
    ],
)
def test_all_or_none(
    sim: Simulator, office: Office, client: Client, last: Any, status: int, why: str
) -> None:
    ann = office.create(HERE, first_name="Ann", email="ann@example.com")["prospect_id"]
    bob = office.create(HERE, first_name="Bob", phone="5555550102")["prospect_id"]
    cat = office.create(HERE, first_name="Cat")["prospect_id"]
    zoe = office.create(HERE, first_name="Zoe")["prospect_id"]
    before, commits = office.leads(), sim.commits
    acts = [
        {"act": "edit", "prospect_id": ann, "email": "new@example.com", "comment": "x"},
        {"act": "add_event", "prospect_id": ann, "type": "Show"},
        {"act": "create", "property_id": HERE, "first_name": "Dan"},
        {"act": "delete", "prospect_id": bob},
        {"act": "create", "property_id": HERE, "first_name": "Eve"},
        {"act": "merge", "prospect_id": ann, "other": cat},
        last,
    ]
    with pytest.raises(OfficeError, match=why) as refused:
        office.act(acts)
    assert refused.value.status == status
    assert "act 7" in str(refused.value)
    assert office.leads() == before
    assert sim.commits == commits
    assert client.found(Email="ann@example.com") == [ann]
    assert client.found(Email="new@example.com") == []
    assert client.found(Phone="5555550102") == [bob]
    window = {"ModifiedStartDateTime": "2001-01-01", "ModifiedEndDateTime": "2999-01-01"}
    assert client.found(**window) == [ann, bob, cat, zoe]
    office.act(acts[:-1])
    assert [lead["first_name"] for lead in office.leads()] == [
        "Ann",
        "Zoe",
        "Dan",
        "Eve",
    ]


def test_a_list_of_leads_is_all_or_none_too(office: Office) -> None:
    rows = [{"property_id": HERE, "first_name": "Ann"}, {"property_id": HERE}]
    with pytest.raises(OfficeError, match="needs a name"):
        office.ask("POST", "leads", rows)
    assert office.leads() == []


def test_acts_outlive_a_restart(tmp_path: Path) -> None:
    state = tmp_path / "state"
    with Simulator(state=state) as sim, Office(sim.url) as office:
        ids = [office.create(HERE, first_name=n)["prospect_id"] for n in ("A", "B", "C")]
        office.merge(ids[0], ids[2])
        office.act([{"act": "lose", "where": {}}])
        before = office.leads()
    with Simulator(state=state) as sim, Office(sim.url) as office:
        assert office.leads() == before
        assert [lead["prospect_id"] for lead in before] == ids[:2]


def test_limits(office: Office) -> None:
    with pytest.raises(OfficeError, match="10000 acts"):
        office.act([{"act": "edit", "where": {}}] * 10_001)
    lead_id = office.create(HERE, first_name="Ann")["prospect_id"]
    many = [{"type": "Show", "at": "2030-01-01T00:00:00Z"}] * 5_000
    office.edit(lead_id, events=many)
    with pytest.raises(OfficeError, match="5000 events"):
        office.add_event(lead_id, "Show")


def test_the_clock_is_set_stepped_and_stopped(sim: Simulator, office: Office) -> None:
    at = datetime(2031, 5, 6, 7, 8, 9, tzinfo=UTC)
    office.ask("PUT", "clock", {"stopped": True})
    assert office.set_clock(at) == "2031-05-06T07:08:09Z"
    assert office.step_clock(-9.5) == "2031-05-06T07:07:59.500000Z"
    lead = office.create(HERE, first_name="Ann")
    assert lead["modified_at"] == "2031-05-06T07:07:59.500000Z"
    shown = office.ask("GET", "clock")
    assert (shown["now"], shown["stopped"]) == (lead["modified_at"], True)
    office.ask("PUT", "clock", {"stopped": False})
    assert sim.clock() - at < timedelta(days=1)
    for bad in (
        {},
        {"at": "soon"},
        {"step_s": "1"},
        {"stopped": 1},
        {"at": "2030", "step_s": 1},
    ):
        with pytest.raises(OfficeError):
            office.ask("PUT", "clock", bad)
    office.reset()
    assert office.switches()["clock_offset_s"] == 0


def test_faults_holds_requests_and_stats(
    sim: Simulator, office: Office, client: Client
) -> None:
    office.fault("unavailable", method=POST, count=2)
    assert client.post(client.new()).status_code == 503
    office.clear_faults()
    client.create()
    client.found(Email="a@example.com")
    assert [r["outcome"] for r in office.requests(POST)] == ["unavailable", "ok"]
    assert [r["method"] for r in office.requests(since=2)] == [SEARCH]
    stats = office.stats()
    assert stats["calls"] == {POST: {"ok": 1, "unavailable": 1}, SEARCH: {"ok": 1}}
    assert (stats["leads"], stats["in_flight"], stats["held"]) == (1, 0, 0)
    held = office.ask("POST", "holds", {"method": POST, "when": "before"})
    assert held["holds"] == [{"method": POST.lower(), "when": "before"}]
    assert office.ask("DELETE", "holds")["holds"] == []
    for bad in ({"method": 1}, {"method": POST, "when": "never"}, {"method": POST, "x": 1}):
        with pytest.raises(OfficeError):
            office.ask("POST", "holds", bad)
    with pytest.raises(OfficeError, match="since"):
        office.ask("GET", "requests", since="x")
    sim.clear_requests()
    assert office.stats()["calls"] == {}
