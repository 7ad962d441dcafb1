"""Writes the simulated ResMan's XML answers."""

import re
import xml.etree.ElementTree as ET
from datetime import datetime
from typing import Any

from runner.simulator_model import Customer, Event, Lead, show_time
from runner.simulator_switches import Switches

NAMESPACE = "urn:example:mits-lead-management"
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def esc(value: Any) -> str:
    """A value as XML text or attribute."""
    text = _NOT_XML.sub("", str(value)).replace("&", "&amp;").replace("<", "&lt;")
    return text.replace(">", "&gt;").replace('"', "&quot;").replace("\r", "&#13;")


def wrapper(
    method: str, status: str, account: str, prop: str, *, inner: str = "", error: str = ""
) -> str:
    """The ResMan element around every XML answer."""
    described = f"<ErrorDescription>{esc(error)}</ErrorDescription>" if error else ""
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<ResMan>'
        f"<MethodName>{esc(method)}</MethodName><Status>{status}</Status>{described}<AccountID>{esc(account)}</AccountID>"
        f"<PropertyID>{esc(prop)}</PropertyID>{inner}</ResMan>"
    )


def saved(leads: list[Lead], switches: Switches) -> str:
    """The answer to a save: nothing but the ids."""
    return _response(
        "".join(
            "<Prospect><Customers>"
            + "".join(f"<Customer>{_ids(lead, c)}</Customer>" for c in lead.customers)
            + "</Customers></Prospect>"
            for lead in leads
        ),
        switches,
    )


def found(leads: list[Lead], switches: Switches) -> str:
    """The answer to a search: the whole document family."""
    return _response("".join(_lead(lead, switches) for lead in leads), switches)


def _response(prospects: str, switches: Switches) -> str:
    listed = f"<Prospects>{prospects}</Prospects>"
    if not prospects and switches.empty_result == "missing":
        listed = ""
    document = f"<LeadManagement>{listed}</LeadManagement>"
    if (switches.namespace, switches.element_order) != ("none", "documented") or (
        switches.single_element == "object"
    ):
        document = _dress(document, switches)
    return f"<Response>{document}</Response>"


def _dress(document: str, switches: Switches) -> str:
    """Reorder, rewrap and put into a namespace, as the switches say."""
    root = ET.fromstring(document)  # noqa: S314 our own text
    for element in list(root.iter()):
        children = list(element)
        if switches.element_order == "reversed" and element.tag not in (
            "Prospects",
            "Customers",
        ):
            element[:] = children[::-1]
        if switches.single_element == "object":
            _rewrap(element)
    if switches.namespace == "default":
        root.set("xmlns", NAMESPACE)
    elif switches.namespace == "prefixed":
        for element in root.iter():
            element.tag = f"mits:{element.tag}"
        root.set("xmlns:mits", NAMESPACE)
    return ET.tostring(root, encoding="unicode")


def _rewrap(element: ET.Element) -> None:
    """Give every Prospect, Customer and Event below this element a wrapper of its own."""
    result: list[ET.Element] = []
    for child in element:
        if child.tag in ("Prospects", "Customers", "Events") and len(child) > 1:
            for item in child:
                single = ET.Element(child.tag)
                single.append(item)
                result.append(single)
        else:
            result.append(child)
    element[:] = result


def _ids(lead: Lead, customer: Customer) -> str:
    return "".join(
        f'<Identification IDType="{kind}" IDValue="{esc(value)}" OrganizationName="ResMan"/>'
        for kind, value in (("ProspectID", lead.prospect_id), ("PersonID", customer.person_id))
    )


def _element(tag: str, value: str, switches: Switches) -> str:
    if value:
        return f"<{tag}>{esc(value)}</{tag}>"
    return "" if switches.blanks == "omit" else f"<{tag}/>"


def _lead(lead: Lead, switches: Switches) -> str:
    customers = "".join(_customer(lead, customer, switches) for customer in lead.customers)
    events = "".join(_event(event, switches) for event in lead.events)
    changed = ""
    if switches.modified_in_payload == "yes" and lead.modified_at:
        changed = f"<LastModified>{show_time(lead.modified_at)}</LastModified>"
    return (
        f"<Prospect><Customers>{customers}</Customers><CustomerPreferences>"
        f"{_preferences(lead, switches)}</CustomerPreferences><Events>{events}</Events>"
        f"{changed}</Prospect>"
    )


def _customer(lead: Lead, customer: Customer, switches: Switches) -> str:
    parts = [f'<Customer Type="{esc(lead.type)}">', _ids(lead, customer), "<Name>"]
    parts.append(_element("FirstName", customer.first_name, switches))
    if customer.middle_name:
        parts.append(_element("MiddleName", customer.middle_name, switches))
    parts += [_element("LastName", customer.last_name, switches), "</Name>"]
    address = customer.address
    if any(address.values()):
        parts.append('<Address AddressType="current">')
        parts.append(_element("AddressLine1", address.get("line1", ""), switches))
        parts.append(_element("City", address.get("city", ""), switches))
        parts.append(_element("State", address.get("state", ""), switches))
        parts.append(_element("PostalCode", address.get("postal_code", ""), switches))
        parts.append("</Address>")
    main = {"type": customer.phone_type, "number": customer.phone}
    for phone in [main, *customer.more_phones]:
        number = _element("PhoneNumber", phone["number"], switches)
        if number:
            parts.append(f'<Phone PhoneType="{esc(phone["type"])}">{number}</Phone>')
    parts += [_element("Email", customer.email, switches), "</Customer>"]
    return "".join(parts)


def _range(tag: str, switches: Switches, **values: str) -> str:
    attributes = "".join(f' {name}="{esc(value)}"' for name, value in values.items() if value)
    return f"<{tag}{attributes}/>" if attributes or switches.blanks == "empty" else ""


def _preferences(lead: Lead, switches: Switches) -> str:
    get = lead.preferences.get
    rent = {"Exact": get("rent_exact", ""), "Min": get("rent_min", "")}
    rooms = {"Exact": get("bedrooms", ""), "Min": get("bedrooms_min", "")}
    baths = {"Exact": get("bathrooms", ""), "Max": get("bathrooms_max", "")}
    parts = [
        _element("TargetMoveInDate", get("move_in_date", ""), switches),
        _element("DesiredFloorplan", get("floorplan", ""), switches),
        *(
            f"<DesiredUnit><MarketingName>{esc(unit)}</MarketingName></DesiredUnit>"
            for unit in lead.units
        ),
        _range("DesiredRent", switches, **rent, Max=get("rent_max", "")),
        _range("DesiredNumBedrooms", switches, **rooms, Max=get("bedrooms_max", "")),
        _range("DesiredNumBathrooms", switches, **baths),
        _element("DesiredLeaseTerms", get("lease_terms", ""), switches),
        *(_range("Pets", switches, PetType=p["type"], Count=p["count"]) for p in lead.pets),
        "" if lead.pets or switches.blanks == "omit" else "<Pets/>",
        _element("NumberOfOccupants", get("occupants", ""), switches),
        _element("Comment", get("comment", ""), switches),
    ]
    return "".join(parts)


def _date(at: datetime, switches: Switches) -> str:
    if switches.event_dates == "naive":
        return at.strftime("%Y-%m-%dT%H:%M:%S.%f")
    text = show_time(at)
    return text.replace("Z", "+00:00") if switches.event_dates == "offset" else text


def _event(event: Event, switches: Switches) -> str:
    parts = [f'<Event EventType="{esc(event.type)}" EventDate="{_date(event.at, switches)}">']
    if switches.event_ids == "yes":
        parts.append(f'<EventID IDType="EventID" IDValue="{esc(event.event_id)}"/>')
    if event.agent_id:
        parts.append(f'<Agent><AgentID IDValue="{esc(event.agent_id)}"/>')
        parts.append(f"<AgentName>{esc(event.agent_name)}</AgentName></Agent>")
    if event.first_contact is not None:
        parts.append(f"<FirstContact>{str(event.first_contact).lower()}</FirstContact>")
    if event.source_id:
        parts.append(f"<TransactionSource>{esc(event.source_id)}</TransactionSource>")
    if event.reasons:
        parts.append(f"<EventReasons>{esc(event.reasons)}</EventReasons>")
    if event.comments:
        parts.append(f"<Comments>{esc(event.comments)}</Comments>")
    return "".join(parts) + "</Event>"


def lookup(key: str, item: str, rows: list[dict[str, Any]]) -> str:
    """A look-up's rows as XML: ``key`` around ``item`` elements."""
    inner = "".join(
        f"<{item}>"
        + "".join(
            f"<{n}>{esc(str(v).lower() if isinstance(v, bool) else v)}</{n}>"
            for n, v in row.items()
        )
        + f"</{item}>"
        for row in rows
    )
    return f"<{key}>{inner}</{key}>"
