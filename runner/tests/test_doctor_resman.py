"""`leadsync doctor` and what only the runner sees: keys, credentials, ResMan, its clock."""

import base64
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
from psycopg.types.json import Jsonb

from runner.envelope import Credentials, Keyring
from runner.simulator import Simulator
from runner.tests.daemon_support import KEYS, Office
from runner.tests.doctor_support import doctor, wrong
from runner.tests.fake_resman import FakeResMan, Said
from runner.tests.test_cli import leadsync

OTHER_KEYS = "k1:" + base64.b64encode(bytes([1]) * 32).decode()
SOURCES = json.dumps({"Status": "Success", "ProspectSources": []}).encode()


@pytest.fixture
def office(database: str) -> Iterator[Office]:
    """A property in which all is well."""
    with Simulator() as simulator:
        each = Office(database, simulator)
        each.connection.execute("revoke create on schema public from public")
        each.one(
            "select lead_sync.set_property_setting(%s, 'time_zone', '\"America/Chicago\"')",
            each.property_id,
        )
        yield each
        each.close()


def variables(office: Office, **more: str) -> dict[str, Any]:
    return {
        "DATABASE_URL": office.url,
        "RESMAN_BASE_URL": office.simulator.url,
        "LEADSYNC_KEYS": KEYS,
        **more,
    }


def seal(office: Office, envelope: dict[str, object]) -> None:
    office.connection.execute(
        "update public.resman_integration set api_credentials = %s", (Jsonb(envelope),)
    )


def texts(office: Office, check: str, *options: str, **more: str) -> list[str]:
    found = doctor(*options, **variables(office, **more))
    return [each["finding"] for each in found if each["check_name"] == check]


def test_all_is_well(office: Office) -> None:
    assert wrong(**variables(office)) == []
    assert texts(office, "credentials") == ["those of 1 properties can be opened"]
    assert texts(office, "resman") == ["answers for 1 properties"]


def test_after_a_push_all_is_well(office: Office) -> None:
    office.given_lead()
    office.drain()
    assert wrong(**variables(office)) == []


def test_no_key_is_at_hand(office: Office) -> None:
    found = wrong(DATABASE_URL=office.url, RESMAN_BASE_URL=office.simulator.url)
    assert found == [
        (
            "credentials",
            "warning",
            "no key is at hand: neither credentials nor ResMan were looked at",
        )
    ]


def test_keys_that_are_none_are_a_matter_of_configuration(
    office: Office, tmp_path: Path
) -> None:
    [found] = wrong(**variables(office, LEADSYNC_KEYS="k1:short"), exit_code=2)
    assert found[:2] == ("configuration", "failed")
    assert found[2].startswith("LEADSYNC_KEYS: key 1 ")
    nowhere = variables(office, LEADSYNC_KEYS="", LEADSYNC_KEYS_FILE=str(tmp_path / "none"))
    [found] = wrong(**nowhere, exit_code=2)
    assert found[2].startswith("the file given with LEADSYNC_KEYS_FILE cannot be read")


def test_a_resman_url_that_is_none(office: Office) -> None:
    url = "http://resman.example.com"
    [found] = wrong(**variables(office, RESMAN_BASE_URL=url), exit_code=2)
    assert found[:2] == ("configuration", "failed")
    assert found[2].startswith("RESMAN_BASE_URL: the ResMan URL must begin with https://")


def test_another_key_of_that_name(office: Office) -> None:
    clear = office.simulator.credentials(office.resman_property_id)
    result = leadsync("doctor", **variables(office, LEADSYNC_KEYS=OTHER_KEYS))
    assert result.exit_code == 4
    line = f"property {office.property_id}: the credentials do not open with key 'k1'"
    assert line in result.stdout
    assert f"-> leadsync credentials set {office.property_id}" in result.stdout
    assert clear["api_key"] not in result.output


def test_a_key_that_is_not_at_hand(office: Office) -> None:
    keys = OTHER_KEYS.replace("k1:", "k2:")
    [found] = wrong(**variables(office, LEADSYNC_KEYS=keys), exit_code=4)
    assert found[:2] == ("credentials", "failed")
    assert "are sealed with key 'k1', which is not given" in found[2]


def test_an_envelope_of_another_property(office: Office) -> None:
    clear = Credentials(**office.simulator.credentials(office.resman_property_id))
    seal(office, Keyring.from_env(KEYS).seal("00000000-0000-4000-8000-000000000001", clear))
    [found] = wrong(**variables(office), exit_code=4)
    assert found[:2] == ("credentials", "failed")
    assert "another property's envelope" in found[2]


def test_an_envelope_that_was_changed(office: Office) -> None:
    row = office.one("select api_credentials as envelope from public.resman_integration")
    ct = row["envelope"]["ct"]
    seal(office, {**row["envelope"], "ct": ct[:-8] + "AAAA" + ct[-4:]})
    [found] = wrong(**variables(office), exit_code=4)
    assert found[:2] == ("credentials", "failed")


def test_credentials_that_resman_refuses(office: Office) -> None:
    wrong_key = Credentials(
        **{**office.simulator.credentials(office.resman_property_id), "api_key": "guessed-key"}
    )
    seal(office, Keyring.from_env(KEYS).seal(office.property_id, wrong_key))
    [found] = wrong(**variables(office), exit_code=4)
    assert found[:2] == ("resman", "failed")
    assert found[2].startswith(f"property {office.property_id}: unauthorized: ")
    assert "guessed-key" not in leadsync("doctor", **variables(office)).output


def test_resman_is_away(office: Office) -> None:
    office.simulator.fault("unavailable")
    [found] = wrong(**variables(office), exit_code=4)
    assert found[:2] == ("resman", "failed")
    assert found[2].startswith(f"property {office.property_id}: transient: ")


def test_offline_makes_no_call(office: Office) -> None:
    with FakeResMan() as resman:
        resman.say(SOURCES)
        found = wrong("--offline", **variables(office, RESMAN_BASE_URL=resman.url))
        assert (found, resman.heard) == ([], [])
        assert wrong(**variables(office, RESMAN_BASE_URL=resman.url)) == []
        assert [each.path for each in resman.heard] == ["/Leasing/GetProspectSources"]


@pytest.mark.parametrize("state", ["paused", "disconnected", "disabled"])
def test_properties_at_rest_are_called_when_asked(office: Office, state: str) -> None:
    office.connection.execute(
        "update public.resman_integration set sync_enabled = %s, sync_status = %s",
        (state != "disabled", "active" if state == "disabled" else state),
    )
    with FakeResMan() as resman:
        resman.say(SOURCES)
        given = variables(office, RESMAN_BASE_URL=resman.url)
        doctor(**given)
        assert resman.heard == []
        doctor("--all-properties", **given)
        assert len(resman.heard) == 1


@pytest.mark.parametrize(("hours", "word"), [(1, "ahead of"), (-1, "behind")])
def test_resmans_clock(office: Office, hours: int, word: str) -> None:
    date = format_datetime(datetime.now(UTC) + timedelta(hours=hours), usegmt=True)
    with FakeResMan() as resman:
        resman.say(Said(SOURCES, headers={"Date": date}))
        [found] = wrong(**variables(office, RESMAN_BASE_URL=resman.url))
    assert found[:2] == ("clock", "warning")
    assert found[2].startswith("ResMan's clock is 3")
    assert found[2].endswith(f" s {word} this machine's")


def test_resmans_clock_agrees(office: Office) -> None:
    with FakeResMan() as resman:
        date = format_datetime(datetime.now(UTC), usegmt=True)
        resman.say(Said(SOURCES, headers={"Date": date}))
        said = texts(office, "clock", RESMAN_BASE_URL=resman.url)
    assert "the clocks of ResMan and of this machine agree" in said


@pytest.mark.parametrize("date", ["", "yesterday", "Tue, 31 Feb 2026 00:00:00 GMT"])
def test_a_date_that_is_none_is_no_finding(office: Office, date: str) -> None:
    with FakeResMan() as resman:
        resman.say(Said(SOURCES, headers={"Date": date}))
        assert wrong(**variables(office, RESMAN_BASE_URL=resman.url)) == []


def test_a_database_that_refuses_the_credentials(office: Office) -> None:
    office.connection.execute(
        "do $$ begin if to_regrole('chk_operator') is null then"
        " create role chk_operator login; end if; end $$"
    )
    office.connection.execute("grant lead_sync_service to chk_operator")
    url = office.url.replace("postgres@", "chk_operator@")
    assert url != office.url
    found = wrong(**variables(office, DATABASE_URL=url))
    office.connection.execute("revoke lead_sync_service from chk_operator")
    assert (
        "credentials",
        "warning",
        "role chk_operator may not read the properties' sealed credentials: neither they nor "
        "ResMan were looked at",
    ) in found
