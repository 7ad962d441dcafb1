"""Write a canonical lead as the MITS 4.0 document that PostLeadManagement4_0 takes.

An absent key is not sent, null is sent as an empty element.  Dates are yyyy-MM-dd, times ISO in
UTC, booleans true and false.  Characters that XML 1.0 cannot hold are left out; no text is cut.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

from runner.resman_xml import ORGANIZATION, PHONE_TYPE, clean, show_day, show_time

_NATIONAL = re.compile(r"\+1([0-9]{10})\Z")


def national_phone(phone: str) -> str:
    """+1 and ten digits as the ten digits; anything else as given."""
    match = _NATIONAL.match(phone)
    return match[1] if match else phone


def write_lead(request: Mapping[str, Any]) -> str:
    """A ``save_lead`` request as the document to post.

    Raises KeyError, TypeError, AttributeError or ValueError where it is not one.
    """
    lead: Mapping[str, Any] = request["lead"]
    root = Element("LeadManagement")
    prospect = SubElement(SubElement(root, "Prospects"), "Prospect")
    customer = SubElement(SubElement(prospect, "Customers"), "Customer")
    if lead.get("status"):
        customer.set("Type", clean(lead["status"]))
    for id_type, key in (("ProspectID", "lead_id"), ("PersonID", "contact_id")):
        if request.get(key):
            values = {"IDType": id_type, "IDValue": clean(request[key])}
            SubElement(customer, "Identification", values, OrganizationName=ORGANIZATION)
    if "first_name" in lead or "last_name" in lead:
        name = SubElement(customer, "Name")
        _add(name, "FirstName", lead, "first_name")
        _add(name, "LastName", lead, "last_name")
    if "phone" in lead:
        phone = SubElement(customer, "Phone", PhoneType=PHONE_TYPE)
        _add(phone, "PhoneNumber", lead, "phone", national_phone)
    _add(customer, "Email", lead, "email")
    preferences = _write_preferences(lead)
    if len(preferences):
        prospect.append(preferences)
    if request.get("events"):
        events = SubElement(prospect, "Events")
        for event in request["events"]:
            _write_event(events, event, lead)
    # A carriage return that is not escaped would be read back as a line feed.
    return tostring(root, encoding="unicode").replace("\r", "&#13;")


def _add(
    parent: Element,
    tag: str,
    doc: Mapping[str, Any],
    key: str,
    convert: Callable[[str], str] = str,
) -> None:
    """Absent: no element; null: an empty one."""
    if key in doc:
        value = doc[key]
        SubElement(parent, tag).text = None if value is None else convert(clean(value))


def _write_preferences(lead: Mapping[str, Any]) -> Element:
    preferences = Element("CustomerPreferences")
    _add(preferences, "TargetMoveInDate", lead, "move_in_date", show_day)
    if "rent_min" in lead or "rent_max" in lead:
        bounds = {"Min": lead.get("rent_min"), "Max": lead.get("rent_max")}
        given = {k: clean(v) for k, v in bounds.items() if v is not None}
        SubElement(preferences, "DesiredRent", given)
    if "bedrooms" in lead:
        rooms = lead["bedrooms"]
        exact = {} if rooms is None else {"Exact": clean(rooms)}
        SubElement(preferences, "DesiredNumBedrooms", exact)
    for pet in (lead["pets"] or [{}]) if "pets" in lead else ():
        names = (("PetType", "type"), ("Count", "count"))
        given = {name: clean(pet[key]) for name, key in names if pet.get(key) is not None}
        SubElement(preferences, "Pets", given)
    _add(preferences, "NumberOfOccupants", lead, "occupants")
    _add(preferences, "Comment", lead, "comment")
    return preferences


def _write_event(parent: Element, event: Mapping[str, Any], lead: Mapping[str, Any]) -> None:
    element = SubElement(parent, "Event", EventType=clean(event["type"]))
    if event.get("at"):
        element.set("EventDate", show_time(event["at"]))
    first = event.get("first_contact")
    agent = event.get("agent") or (lead.get("agent") if first else None)
    if agent:
        person = SubElement(element, "Agent")
        if agent.get("id"):
            SubElement(person, "AgentID", IDValue=clean(agent["id"]))
        if agent.get("name"):
            _add(person, "AgentName", agent, "name")
    if first is not None:
        _add(element, "FirstContact", event, "first_contact")
    named = lead.get("source") if first else None
    named = lead.get("lost_reason") if event["type"] == "Cancel" else named
    source_id = event.get("source_id") or (named or {}).get("id")
    if source_id:
        SubElement(element, "TransactionSource").text = clean(source_id)
    if event.get("reason"):
        _add(element, "EventReasons", event, "reason")
    mark = f"[ls:{event['key']}]" if event.get("key") else ""
    comment = " ".join(filter(None, (clean(event.get("comment") or ""), mark)))
    if comment:
        SubElement(element, "Comments").text = comment
