"""The simulated ResMan: what its switches change."""

import xml.etree.ElementTree as ET
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import requests

from runner.simulator import Simulator
from runner.tests.simulator_client import (
    HERE,
    SEARCH,
    THERE,
    Client,
    customer,
    error,
    prospect,
)

LOOKUPS = ("GetProspectSources", "GetLostProspectReasons", "GetEmployees")


@pytest.fixture
def client(sim: Simulator) -> Iterator[Client]:
    with Client(sim) as client:
        yield client


# --- what a save does


def test_duplicate_policy(sim: Simulator, client: Client) -> None:
    client.create(email="a@example.com", phone="5555550101")
    client.create(email="A@example.com")
    assert len(sim.leads()) == 2
    sim.set(duplicate_policy="error")
    for fields in ({"email": " A@EXAMPLE.com"}, {"phone": "(555) 555-0101"}):
        assert "exists" in error(client.post(client.new(**fields)))
    client.create(email="b@example.com")
    with Client(sim, THERE) as there:
        there.create(email="a@example.com")
    assert len(sim.leads()) == 4


def test_own_writes_in_feed() -> None:
    day = {"ModifiedStartDateTime": "2001-01-01", "ModifiedEndDateTime": "2999-01-01"}
    with Simulator(own_writes_in_feed="no") as sim, Client(sim) as client:
        lead_id = client.create()
        assert client.found(**day) == []
        assert client.found(ProspectID=lead_id) == [lead_id]
        sim.edit_lead(lead_id, comment="a person")
        assert client.found(**day) == [lead_id]
        seen = sim.lead(lead_id)["feed_at"]
        client.save(prospect(customer(lead_id), "<Comment>ours</Comment>"))
        assert sim.lead(lead_id)["feed_at"] == seen
        sim.set(own_writes_in_feed="yes")
        client.save(prospect(customer(lead_id), "<Comment>ours</Comment>"))
        assert sim.lead(lead_id)["feed_at"] > seen


def test_omitted_elements_are_kept_or_cleared(sim: Simulator, client: Client) -> None:
    person = customer(first="Ann", last="Example", email="a@example.com", phone="5555550101")
    wishes = '<DesiredNumBedrooms Exact="2"/><Pets PetType="dog" Count="1"/>'
    lead_id = client.save(prospect(person, wishes, client.first()))[0]
    sim.edit_lead(lead_id, middle_name="M", address={"city": "Springfield"}, units=["12A"])
    update = prospect(customer(lead_id, email="a@example.com"), "<Comment>c</Comment>")
    client.save(update)
    lead = sim.lead(lead_id)
    assert (lead["phone"], lead["bedrooms"], len(lead["pets"])) == ("5555550101", "2", 1)
    assert (lead["middle_name"], lead["units"]) == ("M", ["12A"])
    sim.set(omitted="clear")
    client.save(update)
    lead = sim.lead(lead_id)
    assert (lead["phone"], lead["bedrooms"], lead["pets"]) == ("", "", [])
    assert (lead["middle_name"], lead["address"], lead["units"]) == ("", {}, [])
    assert (lead["first_name"], lead["email"], lead["comment"]) == ("Ann", "a@example.com", "c")
    assert client.found(Phone="5555550101") == []


def test_normalise(sim: Simulator, client: Client) -> None:
    sim.set(normalise="phone,name,comment:5,event_comment:7")
    person = customer(first="  Ann  Marie ", last="Example", phone="555-555 0101")
    first = client.first(comments="too long [ls:0123abcd]")
    lead_id = client.save(prospect(person, "<Comment>too long</Comment>", first))[0]
    lead = sim.lead(lead_id)
    assert (lead["first_name"], lead["phone"]) == ("Ann Marie", "(555) 555-0101")
    assert (lead["comment"], lead["events"][0]["comments"]) == ("too l", "too lon")
    sim.set(normalise="")
    client.save(prospect(customer(lead_id, first=" Ann ", phone="5555550101")))
    lead = sim.lead(lead_id)
    assert (lead["first_name"], lead["phone"]) == (" Ann ", "5555550101")


# --- what a search answers


def test_window_bounds() -> None:
    now = datetime(2030, 1, 1, 12, 0, 0, 300_000, tzinfo=UTC)
    with Simulator(clock=lambda: now) as sim, Client(sim) as client:
        lead_id = client.create()
        window = [
            ("2030-01-01 12:00:00", "2030-01-01 13:00:00"),
            ("2030-01-01 11:00:00", "2030-01-01 12:00:00"),
            ("2030-01-01 11:59:59", "2030-01-01 12:00:01"),
        ]

        def seen() -> list[bool]:
            return [
                client.found(ModifiedStartDateTime=a, ModifiedEndDateTime=b) == [lead_id]
                for a, b in window
            ]

        assert seen() == [True, True, True]
        sim.set(window_bounds="exclusive")
        assert seen() == [False, False, True]


def test_a_window_too_large_overflows(sim: Simulator, client: Client) -> None:
    for _ in range(3):
        client.create()
    window = {
        "ModifiedStartDateTime": "2001-01-01 00:00:00",
        "ModifiedEndDateTime": "2999-01-01 00:00:00",
    }
    sim.set(window_max_leads=2)
    answer = client.call(f"MITS/{SEARCH}", window)
    assert (answer.status_code, answer.text) == (502, "buffer overflow")
    sim.set(window_max_leads=3)
    assert len(client.found(**window)) == 3
    sim.set(window_max_s=60)
    assert client.call(f"MITS/{SEARCH}", window).status_code == 502
    short = {**window, "ModifiedStartDateTime": "2998-12-31 23:59:00"}
    assert client.found(**short) == []
    assert sim.count(SEARCH, "too_large") == 2


def test_single_element(sim: Simulator, client: Client) -> None:
    del sim.employees(HERE)[1:]
    sim.add_lead(HERE, first_name="Ann", last_name="B", email="a@example.com")
    sim.add_lead(HERE, first_name="Bob", last_name="B", email="a@example.com")
    employee = sim.employees(HERE)[0]
    assert client.call("Leasing/GetEmployees").json()["Employees"] == [employee]
    path = "Response/LeadManagement/Prospects"
    assert [len(e) for e in client.search(Email="a@example.com").iterfind(path)] == [2]
    sim.set(single_element="object")
    assert client.call("Leasing/GetEmployees").json()["Employees"] == employee
    assert len(client.call("Leasing/GetProspectSources").json()["ProspectSources"]) == 4
    assert [len(e) for e in client.search(Email="a@example.com").iterfind(path)] == [1, 1]


def test_namespace_and_element_order(sim: Simulator, client: Client) -> None:
    lead_id = client.create(email="a@example.com")

    def shown() -> tuple[ET.Element, list[str]]:
        root = client.search(ProspectID=lead_id)
        document = root.find("Response/*")
        assert document is not None
        return document, [e.tag.rpartition("}")[2] for e in document.iter()]

    document, plain = shown()
    assert document.tag == "LeadManagement"
    answers = []
    for style in ("default", "prefixed"):
        sim.set(namespace=style)
        document, tags = shown()
        assert document.tag.startswith("{urn:")
        assert tags == plain
        answers.append(client.call(f"MITS/{SEARCH}", {"ProspectID": lead_id}).text)
    assert ["<mits:LeadManagement" in text for text in answers] == [False, True]
    sim.set(namespace="none", element_order="reversed")
    _, tags = shown()
    assert tags != plain
    assert sorted(tags) == sorted(plain)
    customer_at = tags.index("Customer")
    assert tags[customer_at + 1] == "Email"


def test_blanks(sim: Simulator, client: Client) -> None:
    lead_id = client.create()

    def tags() -> set[str]:
        return {e.tag for e in client.search(ProspectID=lead_id).iter()}

    assert {"Email", "Phone", "TargetMoveInDate", "DesiredRent", "Pets", "Comment"} <= tags()
    sim.set(blanks="omit")
    assert not {"Email", "Phone", "TargetMoveInDate", "DesiredRent", "Pets"} & tags()
    assert {"FirstName", "CustomerPreferences", "Events"} <= tags()


def test_event_dates(sim: Simulator, client: Client) -> None:
    lead_id = client.create()
    dates = []
    for form in ("z", "naive", "offset"):
        sim.set(event_dates=form)
        one = client.search(ProspectID=lead_id).find(".//Event")
        assert one is not None
        dates.append(one.get("EventDate"))
    assert dates == [
        "2030-01-31T15:00:00Z",
        "2030-01-31T15:00:00.000000",
        "2030-01-31T15:00:00+00:00",
    ]


# --- overload, latency


def test_overload_is_every_call_until_switched_off(sim: Simulator, client: Client) -> None:
    for value, status in (("429", 429), ("502", 502), ("503", 503)):
        sim.set(overload=value, retry_after=7)
        for _ in range(2):
            answer = client.post(client.new())
            assert answer.status_code == status
            assert answer.headers["Retry-After"] == "7"
    sim.set(retry_after=0)
    assert "Retry-After" not in client.post(client.new()).headers
    sim.set(overload="none")
    client.create()
    assert len(sim.leads()) == 1


@pytest.mark.parametrize(
    ("overload", "leads"), [("timeout_before_commit", 0), ("timeout_after_commit", 1)]
)
def test_overload_by_timeouts(
    sim: Simulator, client: Client, overload: str, leads: int
) -> None:
    sim.set(overload=overload)
    with pytest.raises(requests.ReadTimeout):
        client.post(client.new(), timeout=0.2)
    assert len(sim.leads()) == leads


def test_latency_is_at_least_what_was_asked(sim: Simulator, client: Client) -> None:
    sim.set(latency_ms=60)
    assert client.post(client.new()).elapsed.total_seconds() >= 0.06
    sim.set(latency_ms=0)
    sim.fault("latency", ms=50)
    assert client.post(client.new()).elapsed.total_seconds() >= 0.05
    assert [r["elapsed_ms"] >= 50 for r in sim.requests()] == [True, True]
