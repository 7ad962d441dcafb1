"""The document that a save sends: its elements, attributes and values."""

from collections.abc import Iterator
from typing import Any
from xml.etree.ElementTree import Element, fromstring

import pytest

from runner.tests import fake_resman as fake
from runner.tests.fake_resman import LEAD, PERSON, FakeResMan


@pytest.fixture
def server() -> Iterator[FakeResMan]:
    with FakeResMan() as each:
        yield each


FIELDS = {"IntegrationPartnerID", "ApiKey", "AccountID", "PropertyID", "Xml"}


def saved_document(server: FakeResMan, **request: Any) -> Element:
    """Save, and return the document that arrived."""
    server.say(fake.SAVED)
    response = server.call({**fake.SAVE, **request})
    assert response["outcome"] == "ok", response
    (xml,) = server.heard[-1].form["Xml"]
    return fromstring(xml)


def prospect_of(document: Element) -> Element:
    assert document.tag == "LeadManagement"
    (prospect,) = document.findall("Prospects/Prospect")
    return prospect


def test_a_whole_lead(server: FakeResMan) -> None:
    lead = {
        "status": "prospect",
        "first_name": "Ann",
        "last_name": "Lee <&>",
        "email": "ann@example.com",
        "phone": "+15125550142",
        "move_in_date": "2024-07-01",
        "rent_min": 1200,
        "rent_max": 1500,
        "bedrooms": 0,
        "occupants": 3,
        "pets": [{"type": "dog", "count": 2}, {"type": "cat"}],
        "comment": "two lines\r\nof text",
        "tour_at": "2024-05-02T10:00:00Z",
    }
    document = saved_document(server, lead_id=LEAD, contact_id=PERSON, lead=lead)
    assert server.heard[-1].path == "/MITS/PostLeadManagement4_0"
    assert set(server.heard[-1].form) == FIELDS
    prospect = prospect_of(document)
    assert [e.tag for e in prospect] == ["Customers", "CustomerPreferences"]
    (customer,) = prospect.findall("Customers/Customer")
    assert customer.attrib == {"Type": "prospect"}
    assert [e.tag for e in customer] == [
        "Identification",
        "Identification",
        "Name",
        "Phone",
        "Email",
    ]
    assert [e.attrib for e in customer.findall("Identification")] == [
        {"IDType": "ProspectID", "IDValue": LEAD, "OrganizationName": "ResMan"},
        {"IDType": "PersonID", "IDValue": PERSON, "OrganizationName": "ResMan"},
    ]
    assert customer.findtext("Name/FirstName") == "Ann"
    assert customer.findtext("Name/LastName") == "Lee <&>"
    assert [p.attrib for p in customer.findall("Phone")] == [{"PhoneType": "cell"}]
    assert customer.findtext("Phone/PhoneNumber") == "5125550142"
    assert customer.findtext("Email") == "ann@example.com"
    preferences = prospect.find("CustomerPreferences")
    assert preferences is not None
    assert [(e.tag, e.attrib, e.text) for e in preferences] == [
        ("TargetMoveInDate", {}, "2024-07-01"),
        ("DesiredRent", {"Min": "1200", "Max": "1500"}, None),
        ("DesiredNumBedrooms", {"Exact": "0"}, None),
        ("Pets", {"PetType": "dog", "Count": "2"}, None),
        ("Pets", {"PetType": "cat"}, None),
        ("NumberOfOccupants", {}, "3"),
        ("Comment", {}, "two lines\r\nof text"),
    ]


def test_absent_is_not_sent_and_null_is_an_empty_element(server: FakeResMan) -> None:
    bare = prospect_of(saved_document(server, lead={}))
    assert [e.tag for e in bare.iter()] == ["Prospect", "Customers", "Customer"]
    names = "first_name email phone move_in_date rent_min bedrooms occupants pets comment"
    blank = prospect_of(saved_document(server, lead=dict.fromkeys(names.split())))
    assert [e.tag for e in blank.iter() if not len(e)] == [
        "FirstName",
        "PhoneNumber",
        "Email",
        "TargetMoveInDate",
        "DesiredRent",
        "DesiredNumBedrooms",
        "Pets",
        "NumberOfOccupants",
        "Comment",
    ]
    assert not [e for e in blank.iter() if e.text or (e.attrib and e.tag != "Phone")]
    partly = prospect_of(saved_document(server, lead={"rent_min": None, "rent_max": 900}))
    rent = partly.find("CustomerPreferences/DesiredRent")
    assert rent is not None
    assert rent.attrib == {"Max": "900"}


def test_no_pets_is_an_empty_element(server: FakeResMan) -> None:
    prospect = prospect_of(saved_document(server, lead={"pets": []}))
    assert [e.attrib for e in prospect.findall("CustomerPreferences/Pets")] == [{}]


def test_events(server: FakeResMan) -> None:
    events = [
        {
            "type": "EmailFromILS",
            "at": "2024-05-01T09:30:00+02:00",
            "first_contact": True,
            "agent": {"id": "agent-1", "name": "Front Desk"},
            "source_id": "source-1",
            "comment": "hello",
            "key": "0123abcd",
        },
        {"type": "Other", "at": "2024-05-01T07:31:00Z", "key": "89efcdab", "comment": None},
        {"type": "Cancel", "at": "2024-05-01T07:32:00.5Z", "source_id": "reason-1"},
        {"type": "Other", "at": "2024-05-01T07:33:00Z", "first_contact": False, "reason": "r"},
    ]
    prospect = prospect_of(saved_document(server, events=events))
    assert [e.tag for e in prospect] == ["Customers", "Events"]
    first, second, third, fourth = prospect.findall("Events/Event")
    assert first.attrib == {"EventType": "EmailFromILS", "EventDate": "2024-05-01T07:30:00Z"}
    assert [e.tag for e in first] == ["Agent", "FirstContact", "TransactionSource", "Comments"]
    agent = first.find("Agent/AgentID")
    assert agent is not None
    assert agent.attrib == {"IDValue": "agent-1"}
    assert first.findtext("Agent/AgentName") == "Front Desk"
    assert first.findtext("FirstContact") == "true"
    assert first.findtext("TransactionSource") == "source-1"
    assert first.findtext("Comments") == "hello [ls:0123abcd]"
    assert [(e.tag, e.text) for e in second] == [("Comments", "[ls:89efcdab]")]
    assert third.attrib["EventDate"] == "2024-05-01T07:32:00.500000Z"
    assert [(e.tag, e.text) for e in third] == [("TransactionSource", "reason-1")]
    assert [(e.tag, e.text) for e in fourth] == [
        ("FirstContact", "false"),
        ("EventReasons", "r"),
    ]


def test_the_leads_own_source_agent_and_lost_reason_fill_their_events(
    server: FakeResMan,
) -> None:
    lead = {
        "source": {"id": "source-2"},
        "agent": {"id": "agent-2"},
        "lost_reason": {"id": "reason-2"},
    }
    events = [
        {"type": "Contact", "first_contact": True},
        {"type": "Cancel"},
        {"type": "Other"},
    ]
    prospect = prospect_of(saved_document(server, lead=lead, events=events))
    first, cancel, other = prospect.findall("Events/Event")
    assert first.findtext("TransactionSource") == "source-2"
    assert first.find("Agent/AgentID[@IDValue='agent-2']") is not None
    assert [(e.tag, e.text) for e in cancel] == [("TransactionSource", "reason-2")]
    assert not len(other)


def test_characters_that_xml_cannot_hold_are_left_out_and_no_other(server: FakeResMan) -> None:
    text = "a\x00b\x08\x0b\x1f\ufffe\ud800 tab\t\U0001f415 " + "x" * 70_000
    prospect = prospect_of(saved_document(server, lead={"comment": text, "last_name": "\x01"}))
    comment = prospect.findtext("CustomerPreferences/Comment")
    assert comment == "ab tab\t\U0001f415 " + "x" * 70_000
    assert prospect.findtext("Customers/Customer/Name/LastName") == ""
