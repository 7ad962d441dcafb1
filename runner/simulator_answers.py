"""The calls that the simulated ResMan knows, and the form of its answers."""

import json
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from runner import simulator_render as render

XML = "application/xml; charset=utf-8"
JSON = "application/json; charset=utf-8"
TEXT = "text/plain; charset=utf-8"
LOOKUPS = {
    "GetProspectSources": ("ProspectSources", "ProspectSource"),
    "GetLostProspectReasons": ("LostProspectReasons", "LostProspectReason"),
    "GetEmployees": ("Employees", "Employee"),
}
METHODS = {
    "mits/postleadmanagement4_0": "PostLeadManagement4_0",
    "mits/searchprospects": "SearchProspects",
    **{f"leasing/{name.lower()}": name for name in LOOKUPS},
}
METHOD_V2 = "GetProspects"
FIELDS = frozenset(
    [
        "IntegrationPartnerID",
        "ApiKey",
        "AccountID",
        "PropertyID",
        "Xml",
        "ProspectID",
        "FirstName",
        "LastName",
        "Email",
        "Phone",
        "ModifiedStartDateTime",
        "ModifiedEndDateTime",
    ]
)
"""Form fields as they are documented."""


@dataclass
class Call:
    """One API call: method, form with names in lower case, whether XML was asked for."""

    method: str
    form: dict[str, str]
    wants_xml: bool = False

    @property
    def account_id(self) -> str:
        """AccountID as sent."""
        return self.form.get("accountid", "").strip()

    @property
    def property_id(self) -> str:
        """PropertyID as sent."""
        return self.form.get("propertyid", "").strip()


@dataclass
class Request:
    """One HTTP request; header names in lower case."""

    verb: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    def form(self, known: frozenset[str] | None = None) -> dict[str, str]:
        """The body's form fields, names in lower case. Raises ValueError.

        With ``known`` only fields that are named exactly so.
        """
        pairs = parse_qsl(self.body.decode(), keep_blank_values=True, max_num_fields=500)
        return {n.lower(): value for n, value in pairs if known is None or n in known}


@dataclass
class Answer:
    """What goes back, and what the journal says about it."""

    status: int
    body: bytes
    content_type: str = XML
    outcome: str = "ok"
    committed: bool = False
    lead_ids: list[str] = field(default_factory=list)
    by: list[str] = field(default_factory=list)
    events: int = 0
    created: bool = False
    headers: dict[str, str] = field(default_factory=dict)


def error_answer(call: Call, message: str, outcome: str = "error") -> Answer:
    """HTTP 200 with the error in the wrapper, as the method's family words it."""
    if call.method == METHOD_V2:
        return v2_error(400, 400, message, outcome)
    status = "Failed" if call.method in LOOKUPS else "Error"
    if call.method in LOOKUPS and not call.wants_xml:
        return Answer(200, json_body(call, status, {}, message), JSON, outcome)
    text = render.wrapper(call.method, status, call.account_id, call.property_id, error=message)
    return Answer(200, text.encode(), XML, outcome)


def v2_error(status: int, code: int, message: str, outcome: str = "error") -> Answer:
    """An error as v2 words it."""
    body = json.dumps({"code": code, "message": message}).encode()
    return Answer(status, body, JSON, outcome)


def json_body(call: Call, status: str, rows: dict[str, Any], error: str | None = None) -> bytes:
    """The JSON wrapper, with ``rows`` in it."""
    number = call.account_id
    answer = {
        **rows,
        "MethodName": call.method,
        "ErrorDescription": error,
        "Status": status,
        "AccountID": int(number) if number.isdecimal() else number,
        "PropertyID": call.property_id,
    }
    return json.dumps(answer).encode()
