"""The simulated ResMan: leads created, updated, lost, reactivated."""

import xml.etree.ElementTree as ET
from collections.abc import Iterator

import pytest

from runner.simulator import Simulator
from runner.tests.simulator_client import (
    HERE,
    POST,
    THERE,
    Client,
    customer,
    error,
    event,
    prospect,
    success,
)

WISHES = (
    "<TargetMoveInDate>2030-02-01</TargetMoveInDate><DesiredFloorplan>B2</DesiredFloorplan>"
    "<DesiredUnit><MarketingName>12A</MarketingName></DesiredUnit>"
    "<DesiredUnit><MarketingName>12B</MarketingName></DesiredUnit>"
    '<DesiredRent Min="1200" Max="1500"/><DesiredNumBedrooms Exact="2"/>'
    '<DesiredNumBathrooms Exact="1.5"/><DesiredLeaseTerms>12</DesiredLeaseTerms>'
    '<Pets PetType="dog" Count="1"/><Pets PetType="cat" Count="2"/>'
    "<NumberOfOccupants>3</NumberOfOccupants><Comment>Quiet &amp; light</Comment>"
)
ADDRESS = (
    '<Address AddressType="current"><AddressLine1>1 Main St</AddressLine1><City>Springfield'
    "</City><State>CA</State><PostalCode>90001</PostalCode></Address>"
    '<Phone PhoneType="home"><PhoneNumber>5555550199</PhoneNumber></Phone>'
)


@pytest.fixture
def client(sim: Simulator) -> Iterator[Client]:
    with Client(sim) as client:
        yield client


def test_create_keeps_and_shows_the_whole_document(sim: Simulator, client: Client) -> None:
    person = customer(
        first="Ann",
        last="O'Hara <1>",
        email="ann@example.com",
        phone="5555550101",
        extra=ADDRESS,
    )
    first = client.first(comments="hello [ls:0123abcd]")
    lead_id, person_id = client.save(prospect(person, WISHES, first))
    assert lead_id != person_id
    root = client.search(ProspectID=lead_id)
    shown = root.find("Response/LeadManagement/Prospects/Prospect")
    assert shown is not None
    assert shown.findtext("Customers/Customer/Name/LastName") == "O'Hara <1>"
    assert shown.findtext("Customers/Customer/Address/City") == "Springfield"
    numbers = [p.findtext("PhoneNumber") for p in shown.iter("Phone")]
    assert numbers == ["5555550101", "5555550199"]
    preferences = shown.find("CustomerPreferences")
    assert preferences is not None
    expected = ET.fromstring(f"<CustomerPreferences>{WISHES}</CustomerPreferences>")
    assert [(e.tag, e.text, e.attrib) for e in preferences.iter()] == [
        (e.tag, e.text, e.attrib) for e in expected.iter()
    ]
    one = shown.find("Events/Event")
    assert one is not None
    assert one.attrib == {"EventType": "Other", "EventDate": "2030-01-31T15:00:00Z"}
    assert one.findtext("Comments") == "hello [ls:0123abcd]"
    assert one.findtext("TransactionSource") == client.source_id
    assert one.findtext("FirstContact") == "true"
    assert one.findtext("Agent/AgentName") == "Leasing Agent"
    identity = one.find("EventID")
    assert identity is not None
    assert identity.get("IDValue") == sim.lead(lead_id)["events"][0]["event_id"]


def test_create_wants_source_agent_and_names(sim: Simulator, client: Client) -> None:
    person = customer(first="Ann", last="Example")
    inactive = next(s["ID"] for s in sim.sources(HERE) if not s["IsActive"])
    foreign = sim.sources(THERE)[0]["ID"]
    for source in ("", inactive, foreign, "nonsense"):
        text = error(client.post(prospect(person, "", client.first(source=source))))
        assert "Transaction Source could not be found" in text
    assert "Transaction Source" in error(client.post(prospect(person)))
    for agent in ("", "nonsense", sim.employees(THERE)[0]["ID"]):
        text = error(client.post(prospect(person, "", client.first(agent=agent))))
        assert "Agent could not be found" in text
    for nameless in (customer(first="Ann"), customer(last="Example", first=" ")):
        assert "name" in error(client.post(prospect(nameless, "", client.first())))
    assert sim.leads() == []
    assert sim.commits == 0


@pytest.mark.parametrize(
    ("preferences", "events"),
    [
        ("<TargetMoveInDate>2030-02-30</TargetMoveInDate>", ""),
        ('<DesiredRent Min="1200.50"/>', ""),
        ("<NumberOfOccupants>two</NumberOfOccupants>", ""),
        ('<Pets PetType="dog" Count="some"/>', ""),
        ("", event("Party")),
        ("", event("Show", at="tomorrow")),
        ("", event("Show", at="2030-01-31")),
        ("", event("Cancel", source="nonsense")),
    ],
)
def test_a_bad_value_refuses_the_whole_document(
    sim: Simulator, client: Client, preferences: str, events: str
) -> None:
    person = customer(first="Ann", last="Example")
    error(client.post(prospect(person, preferences, client.first() + events)))
    assert sim.leads() == []


@pytest.mark.parametrize(
    "document",
    [
        "",
        "not xml",
        "<Other/>",
        "<LeadManagement/>",
        '<!DOCTYPE x [<!ENTITY a "b">]><LeadManagement>&a;</LeadManagement>',
    ],
)
def test_what_is_no_document_is_an_error(client: Client, document: str) -> None:
    error(client.post(document))


def test_two_prospects_are_saved_together_or_not_at_all(sim: Simulator, client: Client) -> None:
    good, bad = client.new("Ann"), prospect(customer(first="Bob", last="Example"))
    both = good.replace(
        "</Prospects>", bad[bad.index("<Prospect>") : bad.index("</Prospects>")]
    )
    error(client.post(both.replace("</LeadManagement>", "</Prospects></LeadManagement>")))
    assert sim.leads() == []


def test_a_namespace_is_understood(sim: Simulator, client: Client) -> None:
    client.save(client.new().replace("<LeadManagement>", '<LeadManagement xmlns="urn:x">'))
    assert [lead["first_name"] for lead in sim.leads()] == ["Ann"]


def test_update_changes_what_was_sent_and_adds_events(sim: Simulator, client: Client) -> None:
    lead_id, person_id = client.save(client.new(email="ann@example.com", phone="5555550101"))
    person = customer(lead_id, person_id, email="new@example.com")
    assert client.save(prospect(person, "", event("Show"))) == (lead_id, person_id)
    lead = sim.lead(lead_id)
    assert (lead["email"], lead["phone"]) == ("new@example.com", "5555550101")
    assert [e["type"] for e in lead["events"]] == ["Other", "Show"]
    assert client.found(Email="ann@example.com") == []
    assert client.found(Email="new@example.com") == [lead_id]


def test_an_empty_element_clears(sim: Simulator, client: Client) -> None:
    person = customer(first="Ann", last="Example", email="a@example.com", phone="5555550101")
    lead_id = client.save(prospect(person, WISHES, client.first()))[0]
    blank = "<TargetMoveInDate/><DesiredRent/><Pets/><Comment/>"
    client.save(prospect(customer(lead_id, email="", phone=""), blank))
    lead = sim.lead(lead_id)
    names = ("email", "phone", "move_in_date", "rent_min", "rent_max", "comment")
    assert [lead[name] for name in names] == [""] * 6
    assert lead["pets"] == []
    assert lead["bedrooms"] == "2"
    assert client.found(Phone="5555550101") == []


def test_people_are_told_apart_by_person_id(sim: Simulator, client: Client) -> None:
    two = customer(first="Ann", last="Example") + customer(first="Bob", last="Example")
    lead_id = client.save(prospect(two, "", client.first()))[0]
    second = sim.lead(lead_id)["customers"][1]["person_id"]
    client.save(prospect(customer(lead_id, second.upper(), email="bob@example.com")))
    people = sim.lead(lead_id)["customers"]
    assert [p["email"] for p in people] == ["", "bob@example.com"]
    assert client.found(FirstName="bob", LastName="EXAMPLE") == [lead_id, lead_id]
    wrong = customer(lead_id, "5e500000-0000-4000-8000-00000000dead")
    assert "Person" in error(client.post(prospect(wrong)))


def test_an_unknown_lead_and_one_elsewhere_are_errors(sim: Simulator, client: Client) -> None:
    other = sim.add_lead(THERE, first_name="Else", last_name="Where")["prospect_id"]
    for lead_id in (other, "5e500000-0000-4000-8000-00000000dead"):
        assert "could not be found" in error(client.post(prospect(customer(lead_id))))
        assert client.found(ProspectID=lead_id) == []


def test_lost_and_reactivated(sim: Simulator, client: Client) -> None:
    lead_id = client.create()
    lost = customer(lead_id, kind="lost")
    assert "Transaction Source" in error(client.post(prospect(lost)))
    price = next(r["ID"] for r in sim.lost_reasons() if r["Name"] == "Price")
    client.save(prospect(lost, "", event("Cancel", source=price)))
    root = client.search(ProspectID=lead_id)
    shown = root.find("Response/LeadManagement/Prospects/Prospect/Customers/Customer")
    assert shown is not None
    assert shown.get("Type") == "lost"
    reasons = [e.findtext("EventReasons") for e in root.iter("Event")]
    assert reasons == [None, "Prospect Lost: Price"]
    client.save(prospect(customer(lead_id)))
    assert sim.lead(lead_id)["type"] == "lost", "needs the event ReActivate"
    client.save(prospect(customer(lead_id), "", event("ReActivate")))
    assert sim.lead(lead_id)["type"] == "prospect"


def test_applicants_keep_their_type_but_not_their_contacts(
    sim: Simulator, client: Client
) -> None:
    lead_id = client.create(email="a@example.com")
    sim.edit_lead(lead_id, type="applicant")
    client.save(prospect(customer(lead_id, email="overwritten@example.com")))
    lead = sim.lead(lead_id)
    assert (lead["type"], lead["email"]) == ("applicant", "overwritten@example.com")
    price = event("Cancel", source=sim.lost_reasons()[0]["ID"])
    client.save(prospect(customer(lead_id, kind="lost"), "", price))
    assert sim.lead(lead_id)["type"] == "applicant"
    mine = client.create("Bob")
    text = error(client.post(prospect(customer(mine, kind="current_resident"))))
    assert "cannot be written" in text


def test_event_dates_in_each_accepted_form_are_utc(sim: Simulator, client: Client) -> None:
    forms = ("2030-01-31T07:29:52.000000", "2030-01-31T07:29:52Z", "2030-01-31T07:29:52+00:00")
    appointments = "".join(event("Appointment", at=form) for form in forms)
    lead_id = client.save(
        prospect(customer(first="A", last="B"), "", client.first() + appointments)
    )[0]
    times = [e["at"] for e in sim.lead(lead_id)["events"][1:]]
    assert times == ["2030-01-31T07:29:52Z"] * 3


def test_the_answer_to_a_save_holds_ids_only(client: Client) -> None:
    root = success(client.post(client.new(email="a@example.com")))
    assert [child.tag for child in root] == [
        "MethodName",
        "Status",
        "AccountID",
        "PropertyID",
        "Response",
    ]
    assert root.findtext("MethodName") == POST
    tags = {element.tag for element in root.find("Response/LeadManagement") or ()}
    assert tags == {"Prospects"}
    assert not root.findall(".//Email")
