"""Leads as the adapter reads them, in every shape they come in."""

from collections.abc import Iterator
from typing import Any

import pytest

from runner.tests import fake_resman as fake
from runner.tests.fake_resman import (
    LEAD,
    PERSON,
    FakeResMan,
    answer,
    identification,
    lead_of,
    leads,
)

OTHER = "33333333-0000-4000-8000-000000000003"
SOURCE = "44444444-0000-4000-8000-000000000004"
AGENT = "55555555-0000-4000-8000-000000000005"

FULL = f"""
<Prospect>
  <Events>
    <Event EventType="Other" EventDate="2024-05-02T07:29:52.000000">
      <Comments>later [ls:0123abcd]</Comments>
    </Event>
    <Event EventDate="2024-05-01T07:29:52Z" EventType="EmailFromILS">
      <EventID IDType="EventID" IDValue="event-1"/>
      <Agent><AgentName>Front Desk</AgentName><AgentID IDValue="{AGENT}"/></Agent>
      <FirstContact>true</FirstContact><TransactionSource>{SOURCE}</TransactionSource>
      <EventReasons/><Comments>hello</Comments>
    </Event>
  </Events>
  <CustomerPreferences>
    <Comment> quiet side </Comment><NumberOfOccupants>3</NumberOfOccupants>
    <Pets Count="2" PetType="dog"/><Pets PetType="cat" Count="1"/>
    <DesiredNumBedrooms Exact="2"/><DesiredRent Min="1200" Max="1500.00"/>
    <TargetMoveInDate>2024-07-01</TargetMoveInDate>
  </CustomerPreferences>
  <Customers>
    <Customer Type="prospect">
      <Email>Ann@Example.com</Email>
      <Phone PhoneType="home"><PhoneNumber>512-555-0199</PhoneNumber></Phone>
      <Phone PhoneType="cell"><PhoneNumber>(512) 555-0142</PhoneNumber></Phone>
      <Name><LastName>Lee</LastName><MiddleName>B</MiddleName><FirstName>Ann</FirstName></Name>
      {identification()}
    </Customer>
  </Customers>
</Prospect>"""

FULL_LEAD: dict[str, Any] = {
    "lead_id": LEAD,
    "contact_id": PERSON,
    "status": "prospect",
    "first_name": "Ann",
    "last_name": "Lee",
    "email": "Ann@Example.com",
    "phone": "(512) 555-0142",
    "move_in_date": "2024-07-01",
    "rent_min": 1200,
    "rent_max": 1500,
    "bedrooms": 2,
    "occupants": 3,
    "pets": [{"type": "dog", "count": 2}, {"type": "cat", "count": 1}],
    "comment": "quiet side",
    "source": {"id": SOURCE},
    "agent": {"id": AGENT, "name": "Front Desk"},
    "events": [
        {
            "type": "Other",
            "at": "2024-05-02T07:29:52Z",
            "comment": "later",
            "key": "0123abcd",
        },
        {
            "id": "event-1",
            "type": "EmailFromILS",
            "at": "2024-05-01T07:29:52Z",
            "agent": {"id": AGENT, "name": "Front Desk"},
            "first_contact": True,
            "source_id": SOURCE,
            "reason": None,
            "comment": "hello",
        },
    ],
}


@pytest.fixture
def server() -> Iterator[FakeResMan]:
    with FakeResMan() as each:
        yield each


def preferences(server: FakeResMan, inner: str) -> dict[str, Any]:
    lead = lead_of(server, rest=f"<CustomerPreferences>{inner}</CustomerPreferences>")
    assert lead.pop("events") == []
    return lead


def test_a_whole_lead_in_any_order(server: FakeResMan) -> None:
    assert leads(server, FULL) == [FULL_LEAD]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<ResMan>", '<ResMan xmlns="urn:example:mits">'),
        ("<LeadManagement>", '<LeadManagement xmlns="urn:example:mits">'),
        ("<Prospects>", '<Prospects xmlns:m="urn:example:m">'),
        ("IDType=", "m:IDType="),
        ("<?xml", " \n<?xml"),
        ("<Name>", "<!-- a comment --><Name>"),
    ],
)
def test_namespaces_and_dressing_do_not_matter(server: FakeResMan, old: str, new: str) -> None:
    text = answer(FULL).replace(old, new)
    if "m:" in new:
        text = text.replace("<ResMan>", '<ResMan xmlns:m="urn:example:m">')
    assert text != answer(FULL)
    server.say(text)
    assert server.call(fake.SEARCH)["leads"] == [FULL_LEAD]


def test_prefixed_elements(server: FakeResMan) -> None:
    inner = FULL.replace("<", "<m:").replace("<m:/", "</m:")
    text = answer(inner).replace("<ResMan>", '<ResMan xmlns:m="urn:example:m">')
    server.say(text)
    assert server.call(fake.SEARCH)["leads"] == [FULL_LEAD]


def test_several_prospects(server: FakeResMan) -> None:
    found = leads(server, FULL + FULL.replace(LEAD, OTHER))
    assert [lead["lead_id"] for lead in found] == [LEAD, OTHER]


@pytest.mark.parametrize(
    "text",
    [
        answer(),
        "<?xml version='1.0'?><ResMan><Status>Success</Status><Response><LeadManagement/>"
        "</Response></ResMan>",
        "<?xml version='1.0'?><ResMan><Status> Success </Status><Response/></ResMan>",
        "<?xml version='1.0'?><ResMan><Status>Success</Status></ResMan>",
    ],
)
def test_an_empty_result(server: FakeResMan, text: str) -> None:
    assert leads(server, text) == []


def test_missing_is_absent(server: FakeResMan) -> None:
    assert leads(server, "<Prospect/>") == [{"events": []}]
    assert lead_of(server, "<Name/>", "<CustomerPreferences/><Events/>") == {"events": []}


def test_empty_is_null(server: FakeResMan) -> None:
    customer = "<Name><FirstName/><LastName> </LastName></Name><Email></Email><Phone/>"
    assert lead_of(server, customer) == {
        "first_name": None,
        "last_name": None,
        "email": None,
        "phone": None,
        "events": [],
    }
    inner = (
        "<TargetMoveInDate/><DesiredRent/><DesiredNumBedrooms/><Pets/><NumberOfOccupants/>"
        "<Comment/>"
    )
    assert preferences(server, inner) == {
        "move_in_date": None,
        "rent_min": None,
        "rent_max": None,
        "bedrooms": None,
        "pets": [],
        "occupants": None,
        "comment": None,
    }


def test_one_of_many_that_says_something(server: FakeResMan) -> None:
    customer = (
        "<Email/><Email>b@example.com</Email><Email>c@example.com</Email>"
        "<Phone PhoneType='cell'><PhoneNumber/></Phone>"
        "<Phone PhoneType='home'><PhoneNumber>5125550143</PhoneNumber></Phone>"
    )
    lead = lead_of(server, customer)
    assert (lead["email"], lead["phone"]) == ("b@example.com", "5125550143")


@pytest.mark.parametrize(
    ("inner", "expected"),
    [
        ('<DesiredRent Exact="1400"/>', {"rent_min": 1400, "rent_max": 1400}),
        ('<DesiredRent Min="1400"/>', {"rent_min": 1400}),
        ('<DesiredRent Max="1400" Min=""/>', {"rent_min": None, "rent_max": 1400}),
        ('<DesiredRent Min="cheap" Max="1e9"/>', {}),
        ('<DesiredNumBedrooms Exact="0"/>', {"bedrooms": 0}),
        ('<DesiredNumBedrooms Min="2" Max="2"/>', {"bedrooms": 2}),
        ('<DesiredNumBedrooms Min="1" Max="2"/>', {}),
        ('<DesiredNumBedrooms Exact="1.5"/>', {}),
        ("<NumberOfOccupants>two</NumberOfOccupants>", {}),
        ("<TargetMoveInDate>2024-07-01T00:00:00</TargetMoveInDate>", "2024-07-01"),
        ("<TargetMoveInDate>07/01/2024</TargetMoveInDate>", {}),
        ('<Pets PetType="dog"/>', {"pets": [{"type": "dog"}]}),
        ('<Pets PetType="" Count="1"/>', {"pets": [{"count": 1}]}),
    ],
)
def test_preferences(server: FakeResMan, inner: str, expected: Any) -> None:
    if isinstance(expected, str):
        expected = {"move_in_date": expected}
    assert preferences(server, inner) == expected


@pytest.mark.parametrize(
    ("shown", "status"),
    [
        ("prospect", "prospect"),
        ("Lost", "lost"),
        ("applicant", "applicant"),
        ("current_resident", "current_resident"),
        ("resident", "current_resident"),
        ("", None),
    ],
)
def test_status(server: FakeResMan, shown: str, status: str | None) -> None:
    inner = f'<Prospect><Customers><Customer Type="{shown}"/></Customers></Prospect>'
    assert leads(server, inner) == [{"status": status, "events": []}]


def test_a_written_lead_reads_back(server: FakeResMan) -> None:
    """What we write, shown back by ResMan as it is, is what we meant."""
    sent = {k: v for k, v in FULL_LEAD.items() if k not in ("lead_id", "contact_id", "events")}
    sent |= {"phone": "5125550142", "comment": "a\r\nb \U0001f415", "pets": []}
    events = [
        {"type": "Other", "at": "2024-05-01T07:29:52Z", "comment": "c", "key": "0123abcd"}
    ]
    first = {"type": "Contact", "at": "2024-05-01T07:29:52Z", "first_contact": True}
    server.say(fake.SAVED)
    request = {"lead_id": LEAD, "contact_id": PERSON, "lead": sent, "events": [*events, first]}
    assert server.call({"call": "save_lead", **request})["outcome"] == "ok"
    document = server.heard[-1].form["Xml"][0]
    start, end = document.index("<Prospect>"), document.rindex("</Prospects>")
    (lead,) = leads(server, document[start:end])
    shown = {"source_id": SOURCE, "agent": FULL_LEAD["agent"]}
    assert lead.pop("events") == [*events, first | shown]
    assert lead == {**sent, "lead_id": LEAD, "contact_id": PERSON}
