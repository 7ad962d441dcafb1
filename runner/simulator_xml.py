"""Reads the MITS 4.0 lead-management documents that the simulated ResMan is sent."""

import re
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field

_RANGES = {
    "DesiredRent": ("rent_exact", "rent_min", "rent_max"),
    "DesiredNumBedrooms": ("bedrooms", "bedrooms_min", "bedrooms_max"),
    "DesiredNumBathrooms": ("bathrooms", "", "bathrooms_max"),
}
_TEXTS = {
    "TargetMoveInDate": "move_in_date",
    "DesiredFloorplan": "floorplan",
    "DesiredLeaseTerms": "lease_terms",
    "NumberOfOccupants": "occupants",
    "Comment": "comment",
}
_ADDRESS = {
    "AddressLine1": "line1",
    "City": "city",
    "State": "state",
    "PostalCode": "postal_code",
}
_NAMES = {"FirstName": "first_name", "MiddleName": "middle_name", "LastName": "last_name"}


class DocumentError(Exception):
    """What was sent is not a MITS lead-management document."""


@dataclass
class CustomerDraft:
    """One Customer as sent: only elements that were there."""

    person_id: str = ""
    type: str = ""
    texts: dict[str, str] = field(default_factory=dict)
    address: dict[str, str] | None = None
    more_phones: list[dict[str, str]] | None = None


@dataclass
class EventDraft:
    """One Event as sent; ``date`` is still a text."""

    type: str
    date: str
    agent_id: str = ""
    first_contact: bool | None = None
    source_id: str = ""
    reasons: str = ""
    comments: str = ""


@dataclass
class ProspectDraft:
    """One Prospect as sent: only elements that were there."""

    prospect_id: str = ""
    customers: list[CustomerDraft] = field(default_factory=list)
    preferences: dict[str, str] = field(default_factory=dict)
    units: list[str] | None = None
    pets: list[dict[str, str]] | None = None
    events: list[EventDraft] = field(default_factory=list)


def _text(element: ET.Element) -> str:
    return (element.text or "").strip()


def parse(document: str) -> list[ProspectDraft]:
    """The prospects of a document. Raises DocumentError."""
    if "<!" in document and re.search(r"<!(DOCTYPE|ENTITY)", document, re.IGNORECASE):
        raise DocumentError("DTD is prohibited in this XML document")
    try:
        root = ET.fromstring(document)  # noqa: S314 no DTD gets here
    except (ET.ParseError, ValueError) as error:
        raise DocumentError(f"Xml could not be parsed: {error}") from None
    if "{" in root.tag or ":" in document:
        for element in root.iter():
            element.tag = element.tag.rpartition("}")[2]
    if root.tag != "LeadManagement":
        raise DocumentError("Xml root is not LeadManagement")
    prospects = [_prospect(element) for element in root.findall("Prospects/Prospect")]
    if not prospects:
        raise DocumentError("Xml holds no Prospect")
    return prospects


def _prospect(element: ET.Element) -> ProspectDraft:
    draft = ProspectDraft()
    for customer in element.findall("Customers/Customer"):
        draft.customers.append(_customer(customer, draft))
    for block in element.findall("CustomerPreferences"):
        _preferences(block, draft)
    draft.events = [_event(event) for event in element.findall("Events/Event")]
    return draft


def _customer(element: ET.Element, prospect: ProspectDraft) -> CustomerDraft:
    draft = CustomerDraft(type=element.get("Type", ""))
    for child in element:
        if child.tag == "Identification":
            if child.get("IDType") == "ProspectID":
                prospect.prospect_id = child.get("IDValue", "") or prospect.prospect_id
            elif child.get("IDType") == "PersonID":
                draft.person_id = child.get("IDValue", "")
        elif child.tag == "Name":
            draft.texts |= {
                _NAMES[part.tag]: _raw(part) for part in child if part.tag in _NAMES
            }
        elif child.tag == "Address":
            draft.address = {_ADDRESS[p.tag]: _text(p) for p in child if p.tag in _ADDRESS}
        elif child.tag == "Email":
            draft.texts["email"] = _text(child)
        elif child.tag == "Phone":
            number = child.find("PhoneNumber")
            phone = "" if number is None else _text(number)
            kind = child.get("PhoneType", "cell")
            if "phone" not in draft.texts:
                draft.texts |= {"phone": phone, "phone_type": kind}
            else:
                draft.more_phones = draft.more_phones or []
                draft.more_phones.append({"type": kind, "number": phone})
    return draft


def _raw(element: ET.Element) -> str:
    return element.text or ""


def _preferences(element: ET.Element, draft: ProspectDraft) -> None:
    for child in element:
        if child.tag in _TEXTS:
            value = _raw(child) if child.tag == "Comment" else _text(child)
            draft.preferences[_TEXTS[child.tag]] = value
        elif child.tag in _RANGES:
            for name, key in zip(("Exact", "Min", "Max"), _RANGES[child.tag], strict=True):
                if key:
                    draft.preferences[key] = child.get(name, "").strip()
        elif child.tag == "DesiredUnit":
            unit = child.findtext("MarketingName", "").strip()
            draft.units = (draft.units or []) + ([unit] if unit else [])
        elif child.tag == "Pets":
            kind, count = child.get("PetType", "").strip(), child.get("Count", "").strip()
            draft.pets = draft.pets or []
            if (kind or count) and count != "0":
                draft.pets.append({"type": kind, "count": count})


def _event(element: ET.Element) -> EventDraft:
    agent = element.find("Agent/AgentID")
    first = element.findtext("FirstContact", "").strip().lower()
    return EventDraft(
        type=element.get("EventType", ""),
        date=element.get("EventDate", ""),
        agent_id="" if agent is None else agent.get("IDValue", "").strip(),
        first_contact=None if first == "" else first in ("true", "1"),
        source_id=element.findtext("TransactionSource", "").strip(),
        reasons=element.findtext("EventReasons", "").strip(),
        comments=element.findtext("Comments", ""),
    )
