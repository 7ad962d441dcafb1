"""What a pull brings into DomIQ, by the real runner against a simulated ResMan."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from runner.simulator import Simulator
from runner.tests.daemon_support import PATIENCE, Office, Row, rows, setting


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    with Simulator() as each:
        yield each


@pytest.fixture
def office(database: str, simulator: Simulator) -> Iterator[Office]:
    each = Office(database, simulator, direction="bidirectional")
    yield each
    each.close()


def typed_in(office: Office, **fields: Any) -> Row:
    fields = {"first_name": "Rae", "last_name": "Example", **fields}
    return office.simulator.add_lead(office.resman_property_id, **fields)


def pull(office: Office) -> None:
    rows(office, "select lead_sync.enqueue_pull(%s)", office.property_id)
    office.drain(wait=PATIENCE)


def pushed(office: Office) -> list[Any]:
    return [item["id"] for item in office.items() if item["sync_operation"] == "push"]


def test_a_lead_that_resman_alone_has_becomes_user_conversation_and_link(
    office: Office,
) -> None:
    typed = typed_in(office, email="Rae@example.com", phone="2175550123", rent_max="1500")
    pull(office)
    [user] = rows(office, 'select * from public."user"')
    assert (user["first_name"], user["email"], user["phone"]) == (
        "Rae",
        "rae@example.com",
        "+12175550123",
    )
    [conversation] = rows(office, "select * from public.conversation")
    assert conversation["chatbot_id"] == office.chatbot_id
    assert conversation["resman_lead_id"] == typed["prospect_id"]
    assert conversation["price_range_max"] == 1500
    assert conversation["resman_sync_status"] == "synced"
    assert {i["sync_operation"] for i in office.items()} == {"pull"}
    saves = office.simulator.count("PostLeadManagement4_0")
    pull(office)
    assert office.simulator.count("PostLeadManagement4_0") == saves
    assert len(rows(office, "select * from public.conversation")) == 1


def test_what_the_office_edits_arrives_and_does_not_travel_back(office: Office) -> None:
    conversation_id = office.given_lead(1, move_in_date=date(2027, 3, 1))
    office.drain(wait=PATIENCE)
    [lead] = office.simulator.leads()
    office.simulator.edit_lead(
        lead["prospect_id"], move_in_date="2027-04-01", email="new@example.com"
    )
    pushes = pushed(office)
    pull(office)
    assert office.conversation(conversation_id)["move_in_date"] == date(2027, 4, 1)
    assert office.conversation(conversation_id)["resman_sync_status"] == "synced"
    [user] = rows(office, 'select * from public."user"')
    assert user["email"] == "new@example.com"
    assert pushed(office) == pushes
