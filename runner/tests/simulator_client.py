"""A client for the simulator's tests: forms and MITS documents built by hand."""

import xml.etree.ElementTree as ET
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import requests

from runner.simulator import DEFAULT_PROPERTIES, Simulator

POST = "PostLeadManagement4_0"
SEARCH = "SearchProspects"
HERE, THERE = DEFAULT_PROPERTIES


class Client:
    """Calls one simulator for one property."""

    def __init__(self, sim: Simulator, property_id: str = HERE) -> None:
        self.sim = sim
        self.property_id = property_id
        self.session = requests.Session()
        self.session.trust_env = False
        keys = sim.credentials(property_id)
        self.form = {
            "IntegrationPartnerID": keys["integration_partner_id"],
            "ApiKey": keys["api_key"],
            "AccountID": keys["account_id"],
            "PropertyID": property_id,
        }
        self.source_id = sim.sources(property_id)[0]["ID"]
        self.agent_id = sim.employees(property_id)[0]["ID"]

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *_: object) -> None:
        self.session.close()

    def call(
        self,
        path: str,
        fields: dict[str, str] | None = None,
        *,
        accept: str = "*/*",
        timeout: float = 30,
    ) -> requests.Response:
        """POST a form with the credentials."""
        return self.session.post(
            f"{self.sim.url}/{path}",
            data={**self.form, **(fields or {})},
            headers={"Accept": accept},
            timeout=timeout,
        )

    def post(self, document: str, timeout: float = 30) -> requests.Response:
        """PostLeadManagement4_0."""
        return self.call(f"MITS/{POST}", {"Xml": document}, timeout=timeout)

    def save(self, document: str) -> tuple[str, str]:
        """Post, expect success. Returns ProspectID and PersonID of the first prospect."""
        root = success(self.post(document))
        ids = {
            i.get("IDType"): i.get("IDValue", "")
            for i in root.iterfind("Response/LeadManagement/Prospects/Prospect[1]//*")
            if i.tag == "Identification"
        }
        return ids["ProspectID"], ids["PersonID"]

    def create(self, first: str = "Ann", last: str = "Example", **fields: Any) -> str:
        """Create a lead. Returns its ProspectID."""
        return self.save(self.new(first, last, **fields))[0]

    def new(self, first: str = "Ann", last: str = "Example", **fields: Any) -> str:
        """The document of a create."""
        return prospect(customer(first=first, last=last, **fields), events=self.first())

    def first(self, **changes: Any) -> str:
        """A first-contact event."""
        values = {"source": self.source_id, "agent": self.agent_id, "first": True, **changes}
        return event("Other", **values)

    def search(self, **filters: str) -> ET.Element:
        """SearchProspects, expect success."""
        return success(self.call(f"MITS/{SEARCH}", filters))

    def found(self, **filters: str) -> list[str]:
        """The ProspectIDs that a search answers."""
        path = "Response/LeadManagement/Prospects/Prospect/Customers/Customer/Identification"
        ids = self.search(**filters).iterfind(path)
        return [i.get("IDValue", "") for i in ids if i.get("IDType") == "ProspectID"]


def success(response: requests.Response) -> ET.Element:
    """The XML of an answer that must be a success."""
    assert response.status_code == 200, response.text
    root = ET.fromstring(response.content)
    assert root.findtext("Status") == "Success", response.text
    return root


def error(response: requests.Response) -> str:
    """The description of an answer that must be an HTTP-200 error."""
    assert response.status_code == 200, response.text
    root = ET.fromstring(response.content)
    assert root.findtext("Status") == "Error", response.text
    return root.findtext("ErrorDescription") or ""


def identification(kind: str, value: str) -> str:
    """One Identification."""
    named = f'IDType="{kind}" IDValue={quoteattr(value)}'
    return f'<Identification {named} OrganizationName="ResMan"/>'


def customer(
    lead_id: str = "",
    person_id: str = "",
    kind: str = "prospect",
    first: str | None = None,
    last: str | None = None,
    email: str | None = None,
    phone: str | None = None,
    extra: str = "",
) -> str:
    """A Customer; what is None is left out, "" is an empty element."""
    ids = identification("ProspectID", lead_id) if lead_id else ""
    ids += identification("PersonID", person_id) if person_id else ""
    name = "" if first is None else f"<FirstName>{escape(first)}</FirstName>"
    name += "" if last is None else f"<LastName>{escape(last)}</LastName>"
    name = f"<Name>{name}</Name>" if name else ""
    number = f"<PhoneNumber>{escape(phone or '')}</PhoneNumber>"
    said = "" if phone is None else f'<Phone PhoneType="cell">{number}</Phone>'
    mail = "" if email is None else f"<Email>{escape(email)}</Email>"
    return f'<Customer Type="{kind}">{ids}{name}{said}{mail}{extra}</Customer>'


def event(
    kind: str,
    at: str = "2030-01-31T15:00:00Z",
    *,
    source: str = "",
    agent: str = "",
    first: bool | None = None,
    comments: str = "",
) -> str:
    """An Event."""
    inner = f'<Agent><AgentID IDValue="{agent}"/></Agent>' if agent else ""
    inner += "" if first is None else f"<FirstContact>{str(first).lower()}</FirstContact>"
    inner += f"<TransactionSource>{source}</TransactionSource>" if source else ""
    inner += f"<Comments>{escape(comments)}</Comments>" if comments else ""
    return f'<Event EventType="{kind}" EventDate="{at}">{inner}</Event>'


def prospect(customers: str, preferences: str = "", events: str = "") -> str:
    """A whole document with one Prospect."""
    wishes = f"<CustomerPreferences>{preferences}</CustomerPreferences>" if preferences else ""
    happened = f"<Events>{events}</Events>" if events else ""
    return (
        "<LeadManagement><Prospects><Prospect>"
        f"<Customers>{customers}</Customers>{wishes}{happened}"
        "</Prospect></Prospects></LeadManagement>"
    )
