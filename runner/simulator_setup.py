"""Accounts and properties of a simulated ResMan, and its leads as a list."""

from typing import Any

from runner.simulator_accounts import (
    Account,
    Property,
    make_employees,
    make_reasons,
    make_sources,
)
from runner.simulator_engine import Engine


def add_property(
    engine: Engine,
    property_id: str,
    account_id: str,
    sources: list[dict[str, Any]] | None = None,
    employees: list[dict[str, Any]] | None = None,
) -> Property:
    """Add a property to a known account. Raises KeyError for an unknown account."""
    store = engine.store
    place = Property(
        property_id,
        make_sources(property_id) if sources is None else sources,
        make_employees(property_id) if employees is None else employees,
    )
    with store.lock:
        account = store.accounts[account_id]
        account.properties[property_id.lower()] = place
        store.add_account(account)
    store.save()
    return place


def add_account(
    engine: Engine, account_id: str, integration_partner_id: str, api_key: str
) -> Account:
    """Add an account without properties, or give a known one new keys."""
    with engine.store.lock:
        account = engine.store.accounts.get(account_id) or Account(
            account_id, "", "", make_reasons(account_id)
        )
        account.integration_partner_id = integration_partner_id
        account.api_key = api_key
        engine.store.add_account(account)
    engine.store.save()
    return account


def find_leads(engine: Engine, wanted: dict[str, Any]) -> list[dict[str, Any]]:
    """Flat leads whose fields equal all that is wanted, oldest first."""
    rest = dict(wanted)
    place = rest.pop("property_id", None)
    with engine.store.lock:
        rows = [lead.as_dict() for lead in engine.store.of_property(place)]
    return [row for row in rows if all(row.get(n) == value for n, value in rest.items())]
