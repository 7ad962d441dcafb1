"""The simulated ResMan: searches."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from runner.simulator import Simulator
from runner.tests.simulator_client import (
    HERE,
    THERE,
    Client,
    error,
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


def test_search_by_every_filter(sim: Simulator, client: Client) -> None:
    ann = client.create("Ann", "Example", email="Ann@Example.com", phone="(555) 555-0101")
    bob = client.create("Bob", "Example", email="bob@example.com", phone="+1 555 555 0102")
    sim.add_lead(THERE, first_name="Ann", last_name="Example", email="ann@example.com")
    assert client.found(ProspectID=ann.upper()) == [ann]
    assert client.found(Email=" ann@EXAMPLE.com ") == [ann]
    assert client.found(Phone="5555550102") == [bob]
    assert client.found(Phone="1-555-555-0101") == [ann]
    assert client.found(FirstName="ANN", LastName="example") == [ann]
    assert client.found(Email="ann@example.com", Phone="5555550102") == []
    assert client.found(Email="ann@example.com", Phone="5555550101") == [ann]
    assert client.found(Email="nobody@example.com") == []
    day = sim.lead(ann)["modified_at"][:10]
    window = {"ModifiedStartDateTime": day, "ModifiedEndDateTime": f"{day} 23:59:59"}
    assert client.found(**window) == [ann, bob]
    assert client.found(ModifiedStartDateTime="2001-01-01", ModifiedEndDateTime=day) == []


@pytest.mark.parametrize(
    "filters",
    [
        {},
        {"FirstName": "Ann"},
        {"ModifiedStartDateTime": "2030-01-01"},
        {"ModifiedStartDateTime": "2030-01-01T00:00:00", "ModifiedEndDateTime": "2030-01-02"},
        {"ModifiedStartDateTime": "2030-01-03", "ModifiedEndDateTime": "2030-01-02"},
    ],
)
def test_a_search_that_makes_no_sense_is_an_error(
    client: Client, filters: dict[str, str]
) -> None:
    error(client.call("MITS/SearchProspects", filters))


def test_the_feed_goes_by_modification_time() -> None:
    now = [datetime(2030, 1, 1, 12, 0, 0, tzinfo=UTC)]
    with Simulator(clock=lambda: now[0]) as sim, Client(sim) as client:
        lead_id = client.create()
        now[0] = datetime(2030, 1, 1, 13, 0, 0, 500_000, tzinfo=UTC)
        first = {
            "ModifiedStartDateTime": "2030-01-01 11:00:00",
            "ModifiedEndDateTime": "2030-01-01 12:00:00",
        }
        assert client.found(**first) == [lead_id]
        sim.edit_lead(lead_id, comment="seen")
        assert client.found(**first) == []
        later = {
            "ModifiedStartDateTime": "2030-01-01 13:00:00",
            "ModifiedEndDateTime": "2030-01-01 13:00:00",
        }
        assert client.found(**later) == [lead_id]


def test_properties_and_accounts_are_apart(sim: Simulator) -> None:
    far = "5e500000-0000-4000-8000-0000000000aa"
    sim.add_account("500", "other-partner", "other-key", [far])
    with Client(sim) as here, Client(sim, THERE) as there, Client(sim, far) as away:
        for client in (here, there, away):
            client.create("Ann", email="ann@example.com")
        found = [client.found(Email="ann@example.com") for client in (here, there, away)]
        assert len({ids[0] for ids in found}) == 3
        assert [len(ids) for ids in found] == [1, 1, 1]
        here.form["PropertyID"] = far
        assert "Property" in error(here.post(here.new()))


def test_a_hundred_thousand_leads_do_not_slow_a_search(sim: Simulator, client: Client) -> None:
    for number in range(300):
        sim.add_lead(HERE, first_name="A", last_name="B", email=f"a{number}@example.com")
    looked_at = 0

    class Counting(dict):  # type: ignore[type-arg]
        def __getitem__(self, key: object) -> object:
            nonlocal looked_at
            looked_at += 1
            return super().__getitem__(key)

    sim.store.leads = Counting(sim.store.leads)
    assert len(client.found(Email="a7@example.com")) == 1
    assert looked_at == 1, "a search by e-mail looks at the leads it finds, not at all of them"
