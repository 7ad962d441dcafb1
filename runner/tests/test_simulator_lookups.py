"""The simulated ResMan: look-ups, credentials, setting switches."""

import xml.etree.ElementTree as ET
from collections.abc import Iterator
from typing import Any

import pytest

from runner.simulator import Simulator, parse_switch
from runner.tests.simulator_client import (
    HERE,
    Client,
    error,
)

LOOKUPS = ("GetProspectSources", "GetLostProspectReasons", "GetEmployees")


@pytest.fixture
def client(sim: Simulator) -> Iterator[Client]:
    with Client(sim) as client:
        yield client


def test_lookups_answer_json_and_on_request_xml(sim: Simulator, client: Client) -> None:
    for name, rows in zip(
        LOOKUPS, (sim.sources(HERE), sim.lost_reasons(), sim.employees(HERE)), strict=True
    ):
        key = name.removeprefix("Get")
        answer = client.call(f"Leasing/{name}")
        assert answer.headers["Content-Type"].startswith("application/json")
        assert answer.json() == {
            key: rows,
            "MethodName": name,
            "ErrorDescription": None,
            "Status": "Success",
            "AccountID": 400,
            "PropertyID": HERE,
        }
        answer = client.call(f"Leasing/{name}", accept="application/xml")
        assert answer.headers["Content-Type"].startswith("application/xml")
        root = ET.fromstring(answer.content)
        assert root.findtext("Status") == "Success"
        assert [item.findtext("ID") for item in root.find(key) or ()] == [r["ID"] for r in rows]


def test_a_failed_lookup_says_failed(client: Client) -> None:
    client.form["PropertyID"] = "5e500000-0000-4000-8000-00000000dead"
    answer = client.call("Leasing/GetEmployees")
    assert (answer.status_code, answer.json()["Status"]) == (200, "Failed")
    assert "Property" in answer.json()["ErrorDescription"]
    root = ET.fromstring(client.call("Leasing/GetEmployees", accept="application/xml").content)
    assert root.findtext("Status") == "Failed"


def test_names_of_parameters_and_a_base_path_do_not_matter(client: Client) -> None:
    client.form = {name.upper(): value for name, value in client.form.items()}
    assert client.call("proxy/v1/leasing/getemployees").json()["Status"] == "Success"
    assert client.call("Leasing/GetNothing").status_code == 404
    url = f"{client.sim.url}/Leasing/GetEmployees"
    assert client.session.get(url, timeout=30).status_code == 405


@pytest.mark.parametrize("field", ["IntegrationPartnerID", "ApiKey", "AccountID"])
def test_bad_credentials(sim: Simulator, client: Client, field: str) -> None:
    client.form[field] = "wrong"
    answer = client.post(client.new())
    assert answer.status_code == 401
    sim.set(bad_credentials="status_error")
    assert "credentials" in error(client.post(client.new()))
    assert client.call("Leasing/GetEmployees").json()["Status"] == "Failed"
    del client.form[field]
    sim.set(bad_credentials="http401")
    assert client.post(client.new()).status_code == 401
    assert sim.leads() == []
    assert sim.count(outcome="unauthorized") == 4
    assert "wrong" not in str([r for r in sim.requests() if field != "AccountID"])


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("nonsense", "1"),
        ("duplicate_policy", "maybe"),
        ("normalise", "phone:3"),
        ("normalise", "comment"),
        ("latency_ms", "soon"),
        ("latency_ms", "nan"),
        ("window_max_leads", -1),
    ],
)
def test_a_bad_switch_changes_nothing(sim: Simulator, name: str, value: Any) -> None:
    before = sim.switches()
    with pytest.raises(ValueError, match=name if name != "nonsense" else "unknown"):
        sim.set(omitted="clear", **{name: value})
    assert sim.switches() == before
    with pytest.raises(ValueError, match="switch"):
        parse_switch(f"{name}={value}")
    with pytest.raises(ValueError, match="switch"):
        Simulator(**{name: value})


def test_switches_are_taken_as_texts() -> None:
    assert parse_switch(" hold_s = 2.5 ") == ("hold_s", "2.5")
    with pytest.raises(ValueError, match="name=value"):
        parse_switch("hold_s")
    switches: dict[str, Any] = dict(
        map(parse_switch, ("hold_s=2.5", "window_max_leads=3", "omitted=clear"))
    )
    values = Simulator(**switches).switches()
    assert (values["hold_s"], values["window_max_leads"], values["omitted"]) == (
        2.5,
        3,
        "clear",
    )
    assert Simulator(own_writes_in_feed=False).switches()["own_writes_in_feed"] == "no"


def test_reset_goes_back_to_the_switches_it_was_made_with() -> None:
    with Simulator(omitted="clear") as sim, Client(sim) as client:
        client.create()
        sim.set(omitted="keep", latency_ms=1)
        sim.fault("unavailable", count=None)
        sim.reset()
        assert (sim.switches()["omitted"], sim.switches()["latency_ms"]) == ("clear", 0)
        assert (sim.leads(), sim.requests(), sim.commits) == ([], [], 0)
        client.create()
        assert len(sim.leads()) == 1
