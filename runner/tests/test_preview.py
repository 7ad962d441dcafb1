"""`integration preview`: what the runners have seen of a property in shadow mode."""

import json
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest

from runner.simulator import Simulator
from runner.tests.daemon_support import PATIENCE, Office, rows, setting
from runner.tests.test_cli import leadsync

SAVE = "PostLeadManagement4_0"


@pytest.fixture
def office(database: str, simulator: Simulator) -> Iterator[Office]:
    each = Office(database, simulator, direction="bidirectional")
    yield each
    each.close()


def on(office: Office, *more: str) -> Any:
    return leadsync(
        "integration", "preview", str(office.property_id), *more, DATABASE_URL=office.url
    )


def preview(office: Office, *more: str) -> Any:
    result = on(office, "--json", *more)
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def pull(office: Office) -> None:
    office.one(
        "select lead_sync.enqueue_pull(%s, now() - interval '1 hour')", office.property_id
    )
    office.drain(wait=PATIENCE)


def typed_in_resman(office: Office, number: int, **values: object) -> str:
    found: str = office.simulator.add_lead(
        office.resman_property_id,
        first_name=f"Ada{number}",
        last_name="Example",
        email=f"ada{number}@example.com",
        **values,
    )["prospect_id"]
    return found


@pytest.mark.parametrize("pulls_first", [True, False])
def test_all_that_live_would_do_is_foretold_and_nothing_is_done(
    office: Office, pulls_first: bool
) -> None:
    setting(office, "write_mode", "shadow")
    known = {
        "link": typed_in_resman(office, 2, phone="2175550002"),
        "conflict": typed_in_resman(office, 3, phone="2175550003", occupants=5),
    }
    for _ in range(2):
        typed_in_resman(office, 4)
    stranger = typed_in_resman(office, 9, phone="2175550009")
    office.connection.execute("alter table public.conversation disable trigger all")
    leads = {
        "create": office.given_lead(1),
        "link": office.given_lead(2),
        "conflict": office.given_lead(3, occupants_count=2),
        "ambiguous": office.given_lead(4),
        "nobody": office.given_lead(5),
        "waiting": office.given_lead(6),
    }
    office.connection.execute("alter table public.conversation enable trigger all")
    office.connection.execute(
        'update public."user" set email = null, phone = null where first_name = %s', ("Ada5",)
    )
    pushes = ("create", "link", "conflict", "ambiguous")
    if pulls_first:
        pull(office)
    for name in pushes:
        office.one("select lead_sync.enqueue_sync(%s)", leads[name])
    office.drain(wait=PATIENCE)
    if not pulls_first:
        pull(office)

    found = preview(office)
    said = {row["conversation_id"] or row["resman_lead_id"]: row for row in found["leads"]}
    told = {name: said[str(lead)] for name, lead in leads.items()}
    assert {name: row["outcome"] for name, row in told.items()} == {
        "create": "create",
        "link": "link",
        "conflict": "conflict",
        "ambiguous": "conflict",
        "nobody": "skip",
        "waiting": "skip",
    }
    assert (told["nobody"]["why"], told["conflict"]["conflicts"]) == (
        "no_contact",
        ["occupants"],
    )
    assert "identity" in told["ambiguous"]["conflicts"]
    assert "backfill" in told["waiting"]["why"]
    assert said[stranger]["outcome"] == "create"
    assert said[stranger]["conversation_id"] is None
    assert found["counts"] == {"create": 2, "link": 1, "conflict": 2, "skip": 2}

    # nothing was written on either side
    assert office.simulator.count(SAVE) == 0
    assert rows(office, "select * from public.lead_sync_mapping") == []
    assert len(rows(office, "select * from public.conversation")) == len(leads)
    assert not any(office.synced(lead) for lead in leads.values())

    # and live does it
    setting(office, "write_mode", "live")
    for name in ("create", "link", "conflict"):
        office.one("select lead_sync.enqueue_sync(%s)", leads[name])
    office.drain(wait=PATIENCE)
    for name, lead_id in known.items():
        assert office.conversation(leads[name])["resman_lead_id"] == lead_id
    assert office.conversation(leads["create"])["resman_lead_id"] not in known.values()
    assert office.conversation(leads["conflict"])["resman_sync_status"] == "conflict"


def linked(office: Office, number: int = 1, **values: object) -> UUID:
    conversation_id = office.given_lead(number, **values)
    office.drain(wait=PATIENCE)
    return conversation_id


def test_a_property_that_was_live_shows_what_differs_since(office: Office) -> None:
    [same, pushed, pulled] = [linked(office, n, occupants_count=2) for n in (1, 2, 3)]
    setting(office, "write_mode", "shadow")
    office.connection.execute(
        "update public.conversation set occupants_count = 3 where id = %s", (pushed,)
    )
    office.simulator.edit_lead(office.conversation(pulled)["resman_lead_id"], occupants=4)
    office.drain(wait=PATIENCE)
    for lead in (same, pulled):
        office.one("select lead_sync.enqueue_sync(%s)", lead)
    office.drain(wait=PATIENCE)
    said = {row["conversation_id"]: row for row in preview(office)["leads"]}
    assert (said[str(same)]["outcome"], said[str(same)]["why"]) == ("skip", "in step")
    for lead, name in ((pushed, "pushes"), (pulled, "pulls")):
        row = said[str(lead)]
        assert (row["outcome"], row[name]) == ("update", ["occupants"])
        assert row["resman_lead_id"] == office.conversation(lead)["resman_lead_id"]
    assert office.conversation(pulled)["occupants_count"] == 2
    assert office.synced(same)


def test_it_goes_through_all_pages_and_counts_what_it_leaves_out(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("runner.cli_integration._PAGE", 2)
    setting(office, "write_mode", "shadow")
    for number in range(1, 6):
        office.given_lead(number)
    assert preview(office)["counts"] == {"skip": 5}
    office.drain(wait=PATIENCE)
    found = preview(office, "--outcome", "skip", "--outcome", "link")
    assert (found["counts"], found["leads"]) == ({"create": 5}, [])
    result = on(office)
    assert result.stdout.count("ResMan has no such lead") == 5
    assert result.stderr == "5 create\n"
    setting(office, "write_mode", "live")
    result = on(office)
    assert result.exit_code == 1
    assert "LS011" in result.stderr
