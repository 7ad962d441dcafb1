"""What a leasing agent does to a lead by hand, on the simulator's page or control endpoint."""

import re
from typing import Any

from runner.simulator_accounts import Account, Property
from runner.simulator_model import (
    ADDRESS_TEXTS,
    CUSTOMER_TEXTS,
    EVENT_TYPES,
    MAX_EVENTS,
    PREFERENCE_TEXTS,
    TYPES,
    Customer,
    Event,
    Lead,
    RefusedError,
    new_id,
    parse_time,
)
from runner.simulator_store import Store

_GUID = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_LISTS = ("units", "pets", "customers", "events")
_IGNORED = ("account_id", "created_at", "modified_by", "feed_at", "more_phones")
"""Read-only parts of the flat dict, passed over so that one that was read can be sent back."""


def edit_lead(store: Store, fields: dict[str, Any]) -> tuple[Lead, bool]:
    """Create a lead, or edit the one that ``prospect_id`` names, as a person would.

    ``fields`` are those of the flat lead; those left out stay. ``person_id`` chooses the
    person; ``event`` appends one event, ``lost_reason`` names the reason when ``type`` becomes
    lost; ``modified_at`` sets the modification time instead of now. Returns the lead and
    whether it is new. Raises RefusedError, or KeyError for an unknown lead, changing nothing.
    """
    with store.lock:
        prospect_id = str(fields.get("prospect_id") or "").lower()
        if prospect_id and not _GUID.fullmatch(prospect_id):
            raise RefusedError("prospect_id is not a GUID")
        lead = store.leads.get(prospect_id)
        if lead is None and prospect_id and "property_id" not in fields:
            raise KeyError(prospect_id)
        new = lead is None
        place_id = lead.property_id if lead else str(fields.get("property_id"))
        found = store.find_property(place_id)
        if found is None:
            raise RefusedError("Property could not be found")
        account, place = found
        if lead is None:
            store.check_room(1)
            lead = Lead(account.account_id, place.property_id, prospect_id or new_id())
            lead.customers = [Customer(person_id=str(fields.get("person_id") or new_id()))]
        trial = Lead.from_dict(lead.as_dict())
        _apply(trial, fields, account, place, store)
        if len(trial.events) > MAX_EVENTS:
            raise RefusedError(f"A lead has {MAX_EVENTS} events at most")
        store.unindex(lead)
        lead.__dict__.update(vars(trial))
        store.put(lead, by="person")
        if fields.get("modified_at") and fields["modified_at"] != lead.modified_at:
            _move_time(store, lead, str(fields["modified_at"]))
        store.committed()
        return lead, new


def _move_time(store: Store, lead: Lead, text: str) -> None:
    store.unindex(lead)
    lead.modified_at = lead.feed_at = parse_time(text)
    store.put(lead, by="person", touch=False)


def _apply(
    lead: Lead, fields: dict[str, Any], account: Account, place: Property, store: Store
) -> None:
    wanted = fields.get("person_id")
    customer = next((c for c in lead.customers if c.person_id == wanted), lead.customers[0])
    for name, value in fields.items():
        if name in CUSTOMER_TEXTS:
            setattr(customer, name, _text(name, value))
        elif name in PREFERENCE_TEXTS:
            lead.preferences[name] = _text(name, value)
        elif name == "address":
            if not isinstance(value, dict):
                raise RefusedError("address is an object")
            customer.address = {n: _text(n, value.get(n)) for n in ADDRESS_TEXTS}
        elif name in _LISTS:
            _apply_list(lead, name, value, place, store)
        elif name == "modified_at":
            if value and parse_time(str(value)) is None:
                raise RefusedError("modified_at is not a time")
        elif name not in (
            "prospect_id", "property_id", "person_id", "type", "event", "lost_reason", *_IGNORED
        ):  # fmt: skip
            raise RefusedError(f"unknown field {name!r}")
    if not any(c.first_name or c.last_name or c.email or c.phone for c in lead.customers):
        raise RefusedError("A lead needs a name, an e-mail or a phone")
    if fields.get("event"):
        lead.events.append(_event(fields["event"], place, store))
    if fields.get("type"):
        _apply_type(lead, str(fields["type"]), fields.get("lost_reason"), account, store)


def _apply_list(lead: Lead, name: str, value: Any, place: Property, store: Store) -> None:
    if not isinstance(value, list):
        raise RefusedError(f"{name} is a list")
    if name == "units":
        lead.units = [_text("units", unit) for unit in value]
        return
    if not all(isinstance(row, dict) for row in value):
        raise RefusedError(f"{name} is a list of objects")
    if name == "pets":
        lead.pets = [{n: _text(n, pet.get(n)) for n in ("type", "count")} for pet in value]
    elif name == "events":
        lead.events = [_event(event, place, store) for event in value]
    elif value and value != [c.as_dict() for c in lead.customers]:
        try:
            lead.customers = [Customer(**customer) for customer in value]
        except TypeError as error:
            raise RefusedError(f"customers: {error}") from None


def _text(name: str, value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise RefusedError(f"{name} is a text")
    return str(value)


def _event(values: Any, place: Property, store: Store) -> Event:
    if not isinstance(values, dict) or values.get("type") not in EVENT_TYPES:
        raise RefusedError(f"an event needs a type: one of {', '.join(sorted(EVENT_TYPES))}")
    at = parse_time(str(values["at"])) if values.get("at") else store.clock()
    if at is None:
        raise RefusedError("the event's time is not a time")
    agent = place.employee(str(values.get("agent_id") or "")) or {}
    first = values.get("first_contact")
    return Event(
        type=str(values["type"]),
        at=at,
        event_id=str(values.get("event_id") or new_id()),
        agent_id=agent.get("ID", _text("agent_id", values.get("agent_id"))),
        agent_name=agent.get("Name", _text("agent_name", values.get("agent_name"))),
        first_contact=None if first is None else bool(first),
        source_id=_text("source_id", values.get("source_id")),
        reasons=_text("reasons", values.get("reasons")),
        comments=_text("comments", values.get("comments")),
    )


def _apply_type(lead: Lead, kind: str, reason: Any, account: Account, store: Store) -> None:
    if kind not in TYPES:
        raise RefusedError(f"type is one of {', '.join(TYPES)}")
    if kind == lead.type:
        return
    if kind == "lost":
        rows = account.lost_reasons
        chosen = next((r for r in rows if reason in (r["Name"], r["ID"])), None)
        if reason and chosen is None:
            raise RefusedError("lost_reason is not one of the account's")
        name = chosen["Name"] if chosen else ""
        cancel = Event("Cancel", store.clock(), reasons=f"Prospect Lost: {name}".strip())
        cancel.source_id = chosen["ID"] if chosen else ""
        lead.events.append(cancel)
    elif lead.type == "lost":
        lead.events.append(Event("ReActivate", store.clock()))
    lead.type = kind
