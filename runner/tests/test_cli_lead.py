"""`leadsync lead` and `leadsync user`: looking, suppressing, lifting, erasing."""

import json
from collections.abc import Iterator
from typing import Any
from uuid import UUID, uuid4

import pytest
from click.testing import Result

from runner.simulator import Simulator
from runner.tests.daemon_support import PATIENCE, Office, pull, rows
from runner.tests.test_cli import leadsync


@pytest.fixture
def office(database: str, simulator: Simulator) -> Iterator[Office]:
    each = Office(database, simulator, direction="bidirectional")
    yield each
    each.close()


def on(office: Office, *arguments: object) -> Result:
    return leadsync(*map(str, arguments), DATABASE_URL=office.url)


def json_of(office: Office, *arguments: object, exit_code: int = 0) -> Any:
    result = on(office, *arguments, "--json")
    assert result.exit_code == exit_code, result.stderr
    return json.loads(result.stdout)


def test_show_tells_how_a_lead_stands_and_who_changed_what(office: Office) -> None:
    lead = office.given_lead(occupants_count=2)
    office.drain(wait=PATIENCE)
    office.simulator.edit_lead(office.conversation(lead)["resman_lead_id"], occupants=4)
    pull(office)
    found = json_of(office, "lead", "show", lead)
    assert (found["conversation_id"], found["mapping_status"]) == (str(lead), "active")
    [change] = [
        each for each in found["history"]["changes"] if each.get("changed_in") == "resman"
    ]
    assert change["field"] == "occupants"
    assert (change["domiq_from"], change["domiq_to"]) == ({"occupants": 2}, {"occupants": 4})
    assert [each["type"] for each in found["history"]["attempts"]][:1] == ["create"]
    shown = on(office, "lead", "show", lead).stdout
    assert "changes:" in shown
    assert '{"occupants": 4}' in shown
    assert "conflicts:" not in shown
    plain = on(office, "lead", "show", lead, "--no-history")
    assert "occupants" not in plain.stdout
    assert "history" not in json_of(office, "lead", "show", lead, "--no-history")
    unknown = on(office, "lead", "show", uuid4())
    assert unknown.exit_code == 1
    assert "LS002" in unknown.stderr


def test_a_lead_is_suppressed_and_lifted(office: Office) -> None:
    lead = office.given_lead()
    assert on(office, "lead", "suppress", lead).exit_code == 2
    assert json_of(office, "lead", "suppress", lead, "--reason", "asked") == {
        "conversation_id": str(lead),
        "suppressed": True,
    }
    assert json_of(office, "lead", "show", lead)["suppressed"] is True
    office.drain(wait=PATIENCE)
    assert office.simulator.leads() == []
    assert on(office, "lead", "suppress", lead, "--reason", "again").stdout == "suppressed\n"
    done = json_of(office, "lead", "lift", lead)
    assert UUID(done["item_id"]) in [item["id"] for item in office.items(status="pending")]
    office.drain(wait=PATIENCE)
    assert len(office.simulator.leads()) == 1
    assert json_of(office, "lead", "show", lead)["suppressed"] is False
    again = on(office, "lead", "lift", lead)
    assert again.exit_code == 1
    assert "not suppressed" in again.stderr


def test_what_can_not_be_pushed_is_lifted_all_the_same(office: Office) -> None:
    lead = office.given_lead()
    on(office, "lead", "suppress", lead, "--reason", "asked")
    office.connection.execute('update public."user" set email = null, phone = null')
    assert on(office, "lead", "lift", lead).stdout == "lifted; it is no lead to push\n"


@pytest.mark.parametrize("what", ["lead", "user"])
def test_erasing_wants_a_yes_and_leaves_nothing(office: Office, what: str) -> None:
    lead = office.given_lead(ai_intent_summary="a balcony")
    office.drain(wait=PATIENCE)
    one = lead if what == "lead" else office.conversation(lead)["user_id"]
    refused = on(office, what, "erase", one)
    assert refused.exit_code == 2
    assert "--yes" in refused.stderr
    assert rows(office, "select id from public.lead_sync_mapping")
    erased = json_of(office, what, "erase", one, "--yes")
    assert erased["lead_sync_mapping"] == 1
    assert not rows(office, "select id from public.lead_sync_mapping")
    found = json_of(office, "lead", "show", lead)
    assert (found["suppressed"], found["resman_lead_id"]) == (True, None)
    assert "balcony" not in json.dumps(found)
    assert "lead_sync_mapping" in on(office, what, "erase", one, "--yes").stdout
    unknown = on(office, what, "erase", uuid4(), "--yes")
    assert unknown.exit_code == 1
    assert "LS002" in unknown.stderr
