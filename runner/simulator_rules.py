"""What the simulated ResMan does with a lead document that it is sent."""

import re
from datetime import date

from runner.simulator_accounts import Account, Property
from runner.simulator_model import (
    EVENT_TYPES,
    FINAL_TYPES,
    MAX_EVENTS,
    WRITABLE_TYPES,
    Customer,
    Event,
    Lead,
    RefusedError,
    parse_time,
    phone_key,
)
from runner.simulator_store import Store
from runner.simulator_switches import Switches
from runner.simulator_values import parse_normalise
from runner.simulator_xml import CustomerDraft, EventDraft, ProspectDraft

NO_SOURCE = "Transaction Source could not be found"
_WHOLE = re.compile(r"\d{1,9}", re.ASCII)
_NOT_NUMBERS = (
    "move_in_date",
    "floorplan",
    "lease_terms",
    "comment",
    "bathrooms",
    "bathrooms_max",
)


def post(
    store: Store,
    switches: Switches,
    account: Account,
    place: Property,
    drafts: list[ProspectDraft],
) -> tuple[list[Lead], bool]:
    """Create or update the prospects of one document, all or none.

    Returns the leads and whether any was created. Raises RefusedError.
    """
    with store.lock:
        plans = [_check(store, switches, account, place, draft) for draft in drafts]
        store.check_room(sum(known is None for known, _ in plans))
        created = False
        leads = []
        for draft, (known, events) in zip(drafts, plans, strict=True):
            created = created or known is None
            lead = known or Lead(account.account_id, place.property_id)
            store.unindex(lead)
            _write(lead, draft, events, switches)
            store.put(lead, by="api", in_feed=switches.own_writes_in_feed == "yes")
            leads.append(lead)
        store.committed()
    return leads, created


def _check(
    store: Store, switches: Switches, account: Account, place: Property, draft: ProspectDraft
) -> tuple[Lead | None, list[Event]]:
    """The lead that a draft means (None: a new one) and its events. Raises RefusedError."""
    if not draft.customers:
        raise RefusedError("A prospect needs a Customer")
    lead = None
    if draft.prospect_id:
        lead = store.get(place.property_id, draft.prospect_id)
        if lead is None:
            raise RefusedError(f"Prospect {draft.prospect_id} could not be found")
    known = {customer.person_id.lower() for customer in lead.customers} if lead else set()
    for customer in draft.customers:
        if customer.person_id and customer.person_id.lower() not in known:
            raise RefusedError(
                f"Person {customer.person_id} could not be found on the prospect"
            )
    _check_preferences(draft.preferences, draft.pets or [])
    if len(draft.events) + (len(lead.events) if lead else 0) > MAX_EVENTS:
        raise RefusedError(f"A prospect has {MAX_EVENTS} events at most")
    events = [_check_event(account, place, event) for event in draft.events]
    _check_type(draft, lead, events)
    if lead is None:
        _check_create(store, switches, place, draft, events)
    return lead, events


def _check_preferences(values: dict[str, str], pets: list[dict[str, str]]) -> None:
    for name, value in values.items():
        if value and name not in _NOT_NUMBERS and not _WHOLE.fullmatch(value):
            raise RefusedError(f"{name} is not a whole number: {value}")
    for pet in pets:
        if pet["count"] and not _WHOLE.fullmatch(pet["count"]):
            raise RefusedError(f"Pets Count is not a whole number: {pet['count']}")
    day = values.get("move_in_date", "")
    try:
        if day and (len(day) != 10 or not date.fromisoformat(day)):
            raise ValueError
    except ValueError:
        raise RefusedError(f"TargetMoveInDate is not a date: {day}") from None


def _check_event(account: Account, place: Property, draft: EventDraft) -> Event:
    if draft.type not in EVENT_TYPES:
        raise RefusedError(f"Event type is not supported: {draft.type}")
    at = parse_time(draft.date) if "T" in draft.date else None
    if at is None:
        raise RefusedError(f"Event date is not valid: {draft.date}")
    agent = place.employee(draft.agent_id) if draft.agent_id else None
    if draft.agent_id and agent is None:
        raise RefusedError(f"Agent could not be found: {draft.agent_id}")
    reasons = draft.reasons
    if draft.type == "Cancel":
        reason = account.reason(draft.source_id)
        if reason is None:
            raise RefusedError(f"{NO_SOURCE} among the lost reasons: {draft.source_id}")
        reasons = f"Prospect Lost: {reason['Name']}"
    elif draft.source_id and place.source(draft.source_id) is None:
        raise RefusedError(f"{NO_SOURCE}: {draft.source_id}")
    return Event(
        type=draft.type,
        at=at,
        agent_id=agent["ID"] if agent else "",
        agent_name=agent["Name"] if agent else "",
        first_contact=draft.first_contact,
        source_id=draft.source_id,
        reasons=reasons,
        comments=draft.comments,
    )


def _check_type(draft: ProspectDraft, lead: Lead | None, events: list[Event]) -> None:
    kind = draft.customers[0].type
    now = lead.type if lead else "prospect"
    if kind == now or (now in FINAL_TYPES and kind in (*WRITABLE_TYPES, "")):
        return
    if kind not in (*WRITABLE_TYPES, ""):
        raise RefusedError(f"Customer type cannot be written: {kind}")
    if kind == "lost" and not any(event.type == "Cancel" for event in events):
        raise RefusedError(f"{NO_SOURCE}: a lost prospect needs a Cancel event")


def _check_create(
    store: Store, switches: Switches, place: Property, draft: ProspectDraft, events: list[Event]
) -> None:
    texts = draft.customers[0].texts
    if not texts.get("first_name", "").strip() or not texts.get("last_name", "").strip():
        raise RefusedError("First name and last name are required")
    first = [event for event in events if event.first_contact]
    source = place.source(first[0].source_id) if first else None
    if len(first) != 1 or source is None or not source["IsActive"]:
        raise RefusedError(f"{NO_SOURCE}: a first contact needs an active source")
    if not first[0].agent_id:
        raise RefusedError("Agent could not be found: a new prospect needs an agent")
    if switches.duplicate_policy == "error":
        email, phone = texts.get("email", ""), phone_key(texts.get("phone", ""))
        if (email and store.by_email(place.property_id, email)) or (
            phone and store.by_phone(place.property_id, phone)
        ):
            raise RefusedError("A prospect with this email or phone exists")


def _write(lead: Lead, draft: ProspectDraft, events: list[Event], switches: Switches) -> None:
    """Put a checked draft into a lead."""
    clear = switches.omitted == "clear"
    rules = parse_normalise(switches.normalise) if switches.normalise else {}
    people = {customer.person_id.lower(): customer for customer in lead.customers}
    for number, sent in enumerate(draft.customers):
        customer = people.get(sent.person_id.lower())
        if customer is None and number < len(lead.customers) and not sent.person_id:
            customer = lead.customers[number]
        if customer is None:
            customer = Customer()
            lead.customers.append(customer)
        _write_customer(customer, sent, clear, rules)
    if clear:
        lead.preferences = {}
        lead.units, lead.pets = draft.units or [], draft.pets or []
    lead.preferences.update(draft.preferences)
    lead.units = lead.units if draft.units is None else draft.units
    lead.pets = lead.pets if draft.pets is None else draft.pets
    if "comment" in rules:
        lead.preferences["comment"] = lead.preferences.get("comment", "")[: rules["comment"]]
    for event in events:
        if "event_comment" in rules:
            event.comments = event.comments[: rules["event_comment"]]
        lead.events.append(event)
    kind = draft.customers[0].type
    if lead.type not in FINAL_TYPES and kind == "lost":
        lead.type = "lost"
    elif lead.type == "lost" and any(event.type == "ReActivate" for event in events):
        lead.type = "prospect" if kind == "prospect" else lead.type


def _write_customer(
    customer: Customer, sent: CustomerDraft, clear: bool, rules: dict[str, int]
) -> None:
    if clear:
        customer.middle_name = customer.email = customer.phone = ""
        customer.address, customer.more_phones = {}, []
    for name, text in sent.texts.items():
        value = text
        if "phone" in rules and name == "phone":
            value = reformat_phone(text)
        elif "name" in rules and name.endswith("_name"):
            value = " ".join(text.split())
        setattr(customer, name, value)
    if sent.address is not None:
        customer.address = sent.address
    if sent.more_phones is not None:
        customer.more_phones = sent.more_phones


def reformat_phone(text: str) -> str:
    """Ten digits as (555) 555-0101; anything else as it is."""
    digits = phone_key(text)
    return f"({digits[:3]}) {digits[3:6]}-{digits[6:]}" if len(digits) == 10 else text
