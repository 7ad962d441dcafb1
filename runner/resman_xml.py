"""Read ResMan's XML answers: the MITS 4.0 lead-management document as canonical leads.

The canonical document is the one the database speaks: a missing element is an absent key (not
observed, so never a change), an empty one is null (an explicit blank).  One element or many, in
any order, with any namespace or none, are read alike; ids are taken by IDType, never by
position.  A number or date that cannot be read counts as not observed.
"""

import re
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from typing import Any
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

ORGANIZATION = "ResMan"
PHONE_TYPE = "cell"

_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_MARK = re.compile(r"\s*\[ls:([0-9a-f]{8})\]\s*\Z")
_NUMBER = re.compile(r"([+-]?[0-9]{1,9})(\.0*)?\Z")
_STATUSES = {"resident": "current_resident", "current resident": "current_resident"}


class UnreadableError(Exception):
    """An answer that is not what was asked.

    ``code`` is one of not_xml, forbidden_xml, not_json, wrong_document, or an Answer's flaw.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


# Values


def clean(value: object) -> str:
    """Any scalar as text that XML 1.0 and PostgreSQL can hold; nothing is cut."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return _ILLEGAL.sub("", str(value))


def parse_time(text: str) -> datetime:
    """An ISO time (UTC unless it says otherwise) in UTC; raises ValueError."""
    try:
        value = datetime.fromisoformat(text)
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
    except OverflowError:
        raise ValueError("time out of range") from None


def show_time(text: str) -> str:
    """An ISO time as UTC with Z, without a fraction of zero; raises ValueError."""
    return parse_time(text).isoformat().replace("+00:00", "Z")


def show_day(text: str) -> str:
    """The day of an ISO date or time, yyyy-MM-dd; raises ValueError."""
    return date.fromisoformat(text[:10]).isoformat()


def _integer(text: str) -> int:
    match = _NUMBER.match(text)
    if match is None:
        raise ValueError("not a whole number")
    return int(match[1])


def _boolean(text: str) -> bool:
    return {"true": True, "1": True, "false": False, "0": False}[text.lower()]


def _status(text: str) -> str:
    return _STATUSES.get(text.lower(), text.lower())


# Reading


def parse_answer(body: bytes) -> Element:
    """The ``ResMan`` root, namespaces taken off; raises UnreadableError.

    A DOCTYPE and entities are refused, not expanded.
    """
    try:
        root: Element = fromstring(body.lstrip(b" \t\r\n"), forbid_dtd=True)
    except DefusedXmlException:
        raise UnreadableError("forbidden_xml", "the answer has a DOCTYPE or entities") from None
    except (ParseError, ValueError, LookupError):
        raise UnreadableError("not_xml", "the answer is not XML") from None
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
        if any("}" in name for name in element.attrib):
            element.attrib = {k.rpartition("}")[2]: v for k, v in element.attrib.items()}
    if root.tag != "ResMan":
        raise UnreadableError("wrong_document", "the answer is not a ResMan document")
    return root


def read_leads(root: Element, contact_id: str | None = None) -> list[dict[str, Any]]:
    """All prospects; of several customers the one with that PersonID, else the first."""
    response = root.findall("Response")
    if any(len(r) for r in response) and root.find("Response/LeadManagement") is None:
        raise UnreadableError("wrong_document", "the answer holds no lead-management document")
    return [_lead(prospect, contact_id) for prospect in root.iter("Prospect")]


def read_saved(root: Element, contact_id: str | None = None) -> dict[str, str | None]:
    """The ids that a save answers with; raises UnreadableError without a ProspectID."""
    for prospect in root.iter("Prospect"):
        lead = _lead(prospect, contact_id)
        if lead.get("lead_id"):
            return {"lead_id": lead["lead_id"], "contact_id": lead.get("contact_id")}
    raise UnreadableError("wrong_document", "the answer to the save holds no ProspectID")


def _text(element: Element) -> str:
    return (element.text or "").strip()


def _best(elements: Iterable[Element]) -> Element | None:
    """The first that says something, else the first."""
    found = list(elements)
    return next((e for e in found if _text(e)), found[0] if found else None)


def _put(
    doc: dict[str, Any],
    key: str,
    text: str | Element | None,
    convert: Callable[[str], Any] = str,
) -> None:
    """Missing (None): no key; blank: null; not convertible: no key."""
    if isinstance(text, Element):
        text = _text(text)
    if text is None:
        return
    try:
        doc[key] = convert(text.strip()) if text.strip() else None
    except (ValueError, KeyError):
        return


def _id(customer: Element, id_type: str) -> str | None:
    """By IDType; ResMan's own before one without organisation name or of another."""
    found: list[tuple[bool, str]] = []
    for element in customer.findall("Identification"):
        foreign = element.get("OrganizationName", "").lower() != ORGANIZATION.lower()
        value = element.get("IDValue", "").strip()
        if value and element.get("IDType", "").strip().lower() == id_type.lower():
            found.append((foreign, value))
    return min(found, key=lambda pair: pair[0])[1] if found else None


def _lead(prospect: Element, contact_id: str | None) -> dict[str, Any]:
    customers = prospect.findall("Customers/Customer")
    wanted = (contact_id or "").lower()
    mine = [c for c in customers if wanted and (_id(c, "PersonID") or "").lower() == wanted]
    customer = (mine or customers or [Element("Customer")])[0]
    lead: dict[str, Any] = {}
    lead_ids = (_id(c, "ProspectID") for c in (customer, *customers))
    _put(lead, "lead_id", next((i for i in lead_ids if i), None))
    _put(lead, "contact_id", _id(customer, "PersonID"))
    _put(lead, "status", customer.get("Type"), _status)
    _put(lead, "first_name", _best(customer.findall("Name/FirstName")))
    _put(lead, "last_name", _best(customer.findall("Name/LastName")))
    _put(lead, "email", _best(customer.findall("Email")))
    phones = customer.findall("Phone")
    cells = [p for p in phones if p.get("PhoneType", "").strip().lower() == PHONE_TYPE]
    numbers = [n for p in (*cells, *phones) for n in p.findall("PhoneNumber") or [Element("x")]]
    _put(lead, "phone", _best(numbers))
    for preferences in prospect.findall("CustomerPreferences"):
        _preferences(lead, preferences)
    lead["events"] = [_event(e) for e in prospect.findall("Events/Event")]
    first: dict[str, Any] = next((e for e in lead["events"] if e.get("first_contact")), {})
    if "source_id" in first:
        lead["source"] = first["source_id"] and {"id": first["source_id"]}
    if "agent" in first:
        lead["agent"] = first["agent"]
    return lead


def _preferences(lead: dict[str, Any], preferences: Element) -> None:
    _put(lead, "move_in_date", _best(preferences.findall("TargetMoveInDate")), show_day)
    for rent in preferences.findall("DesiredRent"):
        blank = None if rent.attrib else ""
        for key, name in (("rent_min", "Min"), ("rent_max", "Max")):
            bound = rent.get(name) or rent.get("Exact", rent.get(name, blank))
            _put(lead, key, bound, _integer)
    for rooms in preferences.findall("DesiredNumBedrooms"):
        least, most = rooms.get("Min"), rooms.get("Max")
        exact = rooms.get("Exact", least if least == most else None)
        _put(lead, "bedrooms", exact if rooms.attrib else "", _integer)
    _put(lead, "occupants", _best(preferences.findall("NumberOfOccupants")), _integer)
    _put(lead, "comment", _best(preferences.findall("Comment")))
    pets = preferences.findall("Pets")
    if pets:
        lead["pets"] = [pet for pet in map(_pet, pets) if pet]


def _pet(element: Element) -> dict[str, Any]:
    pet: dict[str, Any] = {}
    _put(pet, "type", element.get("PetType") or None)
    _put(pet, "count", element.get("Count") or None, _integer)
    return pet


def _event(element: Element) -> dict[str, Any]:
    event: dict[str, Any] = {}
    ids = [e.get("IDValue", "").strip() for e in element.findall("EventID")]
    _put(event, "id", next(filter(None, ids), None))
    _put(event, "type", element.get("EventType"))
    _put(event, "at", element.get("EventDate"), show_time)
    for agent in element.findall("Agent"):
        person: dict[str, Any] = {}
        values = [e.get("IDValue", "").strip() for e in agent.findall("AgentID")]
        _put(person, "id", next(filter(None, values), None))
        _put(person, "name", _best(e for e in agent.findall("AgentName") if _text(e)))
        event["agent"] = person or None
    _put(event, "first_contact", _best(element.findall("FirstContact")), _boolean)
    _put(event, "source_id", _best(element.findall("TransactionSource")))
    _put(event, "reason", _best(element.findall("EventReasons")))
    comments = _best(element.findall("Comments"))
    if comments is not None:
        mark = _MARK.search(comments.text or "")
        if mark:
            event["key"] = mark[1]
        _put(event, "comment", (comments.text or "")[: mark.start() if mark else None])
    return event
