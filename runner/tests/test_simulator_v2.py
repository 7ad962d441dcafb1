"""The simulated ResMan: `GET /Prospects`, the v2 reader."""

import base64
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import requests

from runner.simulator import DEFAULT_API_KEY, DEFAULT_PARTNER_ID, Simulator
from runner.simulator_client import Office
from runner.tests.simulator_client import HERE, THERE, Client

KEYS = f"{DEFAULT_PARTNER_ID}:{DEFAULT_API_KEY}"


@pytest.fixture
def office(sim: Simulator) -> Iterator[Office]:
    with Office(sim.url) as each:
        yield each


def read(
    sim: Simulator, keys: str = KEYS, account: str = "400", **query: str
) -> requests.Response:
    authorization = "Basic " + base64.b64encode(keys.encode()).decode()
    return requests.get(
        f"{sim.url}/Prospects",
        params={"propertyId": HERE, **query},
        headers={"Authorization": authorization, "ResMan-Account-Id": account},
        timeout=30,
    )


def rows(sim: Simulator, **query: str) -> list[dict[str, Any]]:
    answer = read(sim, **query)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["prospects"]
    return found


def test_a_lead_as_v2_shows_it(sim: Simulator, office: Office) -> None:
    with Client(sim) as client:
        lead_id = client.create("Ann", "Example", email="ann@example.com", phone="5555550101")
        agent, source = sim.employees(HERE)[0], sim.sources(HERE)[0]
    (row,) = rows(sim)
    person = sim.lead(lead_id)["customers"][0]["person_id"]
    assert row["prospectId"] == lead_id
    assert (row["propertyId"], row["mainPersonId"]) == (HERE, person)
    assert (row["prospectSourceId"], row["prospectSourceName"]) == (source["ID"], "Website")
    assert (row["status"], row["lostDate"], row["lostReason"]) == ("Prospect", None, None)
    assert row["leasingAgent"]["agentId"] == agent["ID"]
    assert (row["leasingAgent"]["firstName"], row["leasingAgent"]["lastName"]) == (
        "Leasing",
        "Agent",
    )
    assert row["people"] == [
        {
            "personId": person,
            "firstName": "Ann",
            "middleName": None,
            "lastName": "Example",
            "email": "ann@example.com",
            "phone": "5555550101",
            "phoneType": "cell",
            "isMainContact": True,
        }
    ]
    office.lose(lead_id, "Price")
    (row,) = rows(sim)
    assert (row["status"], row["lostReason"]) == ("Lost", "Price")
    assert row["lostDate"] is not None
    for act, status in (
        (office.make_applicant, "Applicant"),
        (office.make_resident, "Resident"),
    ):
        act(lead_id)
        assert rows(sim)[0]["status"] == status


def test_filters(sim: Simulator, office: Office) -> None:
    office.ask("PUT", "clock", {"stopped": True})
    office.set_clock(datetime(2031, 5, 6, 7, 8, 9, tzinfo=UTC))
    old = office.create(HERE, first_name="Old")
    office.step_clock(3_600)
    new = office.create(HERE, first_name="New")
    office.create(THERE, first_name="Elsewhere")

    def ids(**query: str) -> list[str]:
        return [row["prospectId"] for row in rows(sim, **query)]

    both = [old["prospect_id"], new["prospect_id"]]
    assert ids() == both
    assert ids(prospectId=both[1].upper()) == both[1:]
    assert ids(personId=old["customers"][0]["person_id"]) == both[:1]
    assert ids(modifiedSinse="nonsense") == both, "misspelled keys are ignored"
    now = read(sim).headers["Date"]
    assert ids(modifiedSince=now) == both[1:]
    office.step_clock(-1)
    assert read(sim, modifiedSince=now).status_code == 400, "not in the future"
    assert read(sim, modifiedSince="2020-01-01").status_code == 400


def test_who_may_read(sim: Simulator, office: Office) -> None:
    for keys, account in (("wrong:key", "400"), (KEYS, "401"), ("", "400")):
        answer = read(sim, keys, account)
        assert (answer.status_code, answer.json()["code"]) == (401, 10001)
    bare = requests.get(f"{sim.url}/Prospects?propertyId={HERE}", timeout=30)
    assert bare.status_code == 401
    assert read(sim, propertyId="nowhere").status_code == 400
    office.fault("error", message="not now")
    assert read(sim).json()["message"] == "not now"
    office.fault("rate_limited", method="GetProspects", retry_after=3)
    assert read(sim).headers["Retry-After"] == "3"
