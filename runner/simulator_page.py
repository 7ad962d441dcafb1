"""The simulator's page: look at leads and their events, edit one, set faults and switches."""

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from runner.simulator_answers import Answer, Request
from runner.simulator_engine import Engine
from runner.simulator_html import (
    Html,
    Page,
    area,
    form,
    go,
    group,
    select,
    show,
    table,
    text_field,
)
from runner.simulator_model import EVENT_TYPES, TYPES, Lead, RefusedError, show_time
from runner.simulator_page_acts import do_act, show_acts
from runner.simulator_page_controls import (
    add_fault,
    clear_faults,
    move_clock,
    set_switches,
    show_controls,
    show_requests,
    show_state,
)
from runner.simulator_people import edit_lead

PAGE_SIZE = 50
_CONTACT = {
    "first_name": "First name",
    "last_name": "Last name",
    "email": "E-mail",
    "phone": "Phone",
}
_PREFERENCES = {
    "move_in_date": "Move-in date",
    "rent_min": "Rent from",
    "rent_max": "Rent to",
    "bedrooms": "Bedrooms",
    "occupants": "Occupants",
}


def page(engine: Engine, request: Request) -> Answer:
    """Answer a request for the page."""
    handler = _ROUTES.get((request.verb.replace("HEAD", "GET"), request.path))
    shown: Page | Answer
    try:
        if handler is None:
            shown = Page("Not found", "", Html("<p>There is no such page.</p>"), status=404)
        else:
            shown = handler(engine, request)
    except (ValueError, RefusedError) as error:
        body = Html('<p>Nothing was changed. Go back and correct it.</p><a href="/">Leads</a>')
        shown = Page("That did not work", "", body, error=str(error), status=400)
    except KeyError:
        shown = Page("Not found", "", Html("<p>There is no such lead.</p>"), status=404)
    return shown if isinstance(shown, Answer) else shown.answer(show_state(engine))


def _name(lead: Lead) -> str:
    person = lead.customers[0]
    return f"{person.first_name} {person.last_name}".strip() or "(no name)"


def _matches(lead: Lead, wanted: str) -> bool:
    texts = [lead.prospect_id, lead.type]
    for person in lead.customers:
        texts += [f"{person.first_name} {person.last_name}", person.email, person.phone]
    return any(wanted in text.lower() for text in texts)


def _list(engine: Engine, request: Request) -> Page:
    query = request.query
    wanted, place = query.get("q", "").strip().lower(), query.get("property", "")
    text = query.get("page", "1")
    number = int(text) if text.isdecimal() and len(text) < 9 else 1
    with engine.store.lock:
        leads = [
            lead
            for lead in reversed(engine.store.of_property(place or None))
            if not wanted or _matches(lead, wanted)
        ]
        start = (max(number, 1) - 1) * PAGE_SIZE
        rows = [_row(lead) for lead in leads[start : start + PAGE_SIZE]]
    places = {"": "all properties", **{p: p for p in _properties(engine)}}
    search = Html(
        '<form class="search" method="get" action="/" role="search">'
        + text_field("q", "Name, e-mail, phone or id", query.get("q", ""), "search")
        + select("property", "Property", places, place)
        + "<button>Search</button></form>"
    )
    heads = ("Lead", "Type", "E-mail", "Phone", "Changed", "Events")
    shown = f"{len(leads)} leads, newest first"
    listing = table(shown, heads, rows) if rows else Html("<p>No lead here.</p>")
    more = ""
    if start + PAGE_SIZE < len(leads):
        link = f"/?q={quote(query.get('q', ''))}&property={quote(place)}&page={number + 1}"
        more = f'<p><a href="{show(link)}">Older leads</a></p>'
    return Page("Leads", "/", Html(search + listing + more), query.get("note", ""))


def _row(lead: Lead) -> list[Any]:
    person = lead.customers[0]
    link = Html(f'<a href="/lead?id={show(lead.prospect_id)}">{show(_name(lead))}</a>')
    when = show_time(lead.modified_at)[:19].replace("T", " ") if lead.modified_at else ""
    by = {"api": "through the API", "person": "by the office"}.get(lead.modified_by, "")
    changed = Html(f'{when}<br><span class="muted">{by}</span>')
    return [link, _tag(lead.type), person.email, person.phone, changed, _events(lead)]


def _tag(kind: str) -> Html:
    return Html(f'<span class="tag {show(kind)}">{show(kind.replace("_", " "))}</span>')


def _count(lead: Lead) -> str:
    return "1 event" if len(lead.events) == 1 else f"{len(lead.events)} events"


def _events(lead: Lead, is_open: bool = False) -> Html:
    items = "".join(
        f"<li><strong>{show(event.type)}</strong> {show_time(event.at)[:16].replace('T', ' ')} "
        f"{show(event.agent_name)} {show(event.reasons)}<br>{show(event.comments)}</li>"
        for event in lead.events
    )
    if not items:
        return Html("none")
    start = f"<details{' open' if is_open else ''}><summary>{_count(lead)}</summary>"
    return Html(f"{start}<ol>{items}</ol></details>")


def _properties(engine: Engine) -> list[str]:
    with engine.store.lock:
        accounts = engine.store.accounts.values()
        return [p.property_id for account in accounts for p in account.properties.values()]


def _lead(engine: Engine, request: Request) -> Page:
    with engine.store.lock:
        lead_id = request.query.get("id", "").lower()
        lead = engine.store.leads[lead_id] if lead_id else None
        flat: dict[str, Any] = lead.as_dict() if lead else {"type": "prospect"}
        reasons = {r["Name"] for a in engine.store.accounts.values() for r in a.lost_reasons}
        events = _events(lead, is_open=True) if lead else Html("")
    where = select("property_id", "Property", _properties(engine), flat.get("property_id"))
    if lead:
        where = Html(f'<input type="hidden" name="prospect_id" value="{show(lead_id)}">')
    contact = [text_field(n, label, flat.get(n, "")) for n, label in _CONTACT.items()]
    wishes = [text_field(n, label, flat.get(n, "")) for n, label in _PREFERENCES.items()]
    pets = ", ".join(f"{pet['count']} {pet['type']}" for pet in flat.get("pets", []))
    body = form(
        "/lead",
        "Save",
        where,
        group("Contact", *contact),
        group(
            "Preferences",
            *wishes,
            text_field("pets", "Pets", pets, hint="1 dog, 2 cat"),
            area("comment", "Comment", flat.get("comment", "")),
        ),
        group(
            "State",
            select("type", "Type", TYPES, flat["type"]),
            select("lost_reason", "Reason, when lost", ["", *sorted(reasons)], ""),
        )
        if lead is None
        else Html(""),
        group(
            "Add an event",
            select("event_type", "Event", ["", *sorted(EVENT_TYPES)], ""),
            text_field("event_at", "Time in UTC", "", hint="2030-01-31T15:00:00"),
            area("event_comments", "What happened", ""),
        ),
    )
    if lead is None:
        return Page("New lead", "/lead", body)
    ids = f"{lead_id}, property {flat['property_id']}"
    shown = Html(
        f'<p class="muted">{_tag(flat["type"])} {show(ids)}</p>'
        f"{show_acts(flat, sorted(reasons))}{body}<h2>Events</h2>{events}"
    )
    return Page(_name(lead), "", shown, request.query.get("note", ""))


def _save(engine: Engine, request: Request) -> Answer:
    sent = {n: value.replace("\r\n", "\n") for n, value in request.form().items()}
    names = ("prospect_id", "property_id", "type", "lost_reason", "comment")
    fields: dict[str, Any] = {
        n: sent[n].strip() for n in (*names, *_CONTACT, *_PREFERENCES) if n in sent
    }
    if not fields.get("prospect_id"):
        fields.pop("prospect_id", None)
    if "pets" in sent:
        pets = [pet.strip().partition(" ") for pet in sent["pets"].split(",") if pet.strip()]
        fields["pets"] = [{"count": count, "type": kind.strip()} for count, _, kind in pets]
    if sent.get("event_type"):
        fields["event"] = {
            "type": sent["event_type"],
            "at": sent.get("event_at", "").strip(),
            "comments": sent.get("event_comments", ""),
        }
    lead, new = edit_lead(engine.store, fields)
    engine.store.save()
    return go(f"/lead?id={lead.prospect_id}", "Lead created." if new else "Lead saved.")


_ROUTES: dict[tuple[str, str], Callable[[Engine, Request], Page | Answer]] = {
    ("GET", "/"): _list,
    ("GET", "/lead"): _lead,
    ("POST", "/lead"): _save,
    ("POST", "/act"): do_act,
    ("POST", "/clock"): move_clock,
    ("GET", "/controls"): show_controls,
    ("POST", "/switches"): set_switches,
    ("POST", "/fault"): add_fault,
    ("POST", "/faults/clear"): clear_faults,
    ("GET", "/requests"): show_requests,
}
