"""``GET /Prospects``, the simulated ResMan's v2 reader: query string in, JSON out."""

import base64
import binascii
import json
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from runner.simulator_accounts import Property
from runner.simulator_answers import JSON, METHOD_V2, Answer, Call, Request, v2_error
from runner.simulator_model import Lead
from runner.simulator_store import Store
from runner.simulator_switches import Switches

_STATUS = {
    "prospect": "Prospect",
    "lost": "Lost",
    "applicant": "Applicant",
    "current_resident": "Resident",
}
_QUERY = ("propertyid", "modifiedsince", "prospectid", "personid")


def read_call(request: Request) -> Call:
    """A v2 request as a call; what it does not know in the query is ignored."""
    form = {n: v for n, v in ((k.lower(), v) for k, v in request.query.items()) if n in _QUERY}
    scheme, _, coded = request.headers.get("authorization", "").partition(" ")
    try:
        pair = base64.b64decode(coded.strip(), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        pair = ""
    if scheme.lower() == "basic":
        form["integrationpartnerid"], _, form["apikey"] = pair.partition(":")
    form["accountid"] = request.headers.get("resman-account-id", "")
    return Call(METHOD_V2, form)


def read_prospects(store: Store, switches: Switches, call: Call) -> Answer:
    """Answer a v2 call."""
    if switches.v2 == "off":
        return v2_error(404, 404, "Not found")
    account = store.accounts.get(call.account_id)
    if account is None or not account.has_keys(call.form):
        return v2_error(401, 10001, "Invalid credentials", "unauthorized")
    if switches.v2 == "not_entitled":
        return v2_error(401, 20001, "Not entitled to this endpoint", "unauthorized")
    place = account.properties.get(call.property_id.lower())
    if place is None:
        return v2_error(400, 400, "propertyId is not a property of the account")
    since = _since(call.form.get("modifiedsince", "").strip())
    if call.form.get("modifiedsince") and (since is None or since > store.clock()):
        return v2_error(400, 400, "modifiedSince is not an RFC 1123 time of the past")
    wanted, person = call.form.get("prospectid"), (call.form.get("personid") or "").lower()
    with store.lock:
        leads = [
            lead
            for lead in store.of_property(place.property_id)
            if (not wanted or lead.prospect_id == wanted.lower())
            and (not person or any(c.person_id.lower() == person for c in lead.customers))
            and (since is None or (lead.feed_at is not None and lead.feed_at >= since))
        ]
        rows = [_row(lead, place) for lead in leads]
    answer = Answer(200, json.dumps({"prospects": rows}).encode(), JSON)
    answer.lead_ids = [lead.prospect_id for lead in leads]
    return answer


def _since(text: str) -> datetime | None:
    try:
        value = parsedate_to_datetime(text)
    except ValueError:
        return None
    return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)


def _time(value: datetime | None) -> str | None:
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if value else None


def _row(lead: Lead, place: Property) -> dict[str, Any]:
    first = next((event for event in lead.events if event.first_contact), None)
    lost = next((e for e in reversed(lead.events) if e.type == "Cancel"), None)
    lost = lost if lead.type == "lost" else None
    source = place.source(first.source_id) if first else None
    agent = place.employee(first.agent_id) if first else None
    names = agent["Name"].partition(" ") if agent else ("", "", "")
    return {
        "prospectId": lead.prospect_id,
        "propertyId": lead.property_id,
        "mainPersonId": lead.customers[0].person_id,
        "lastModified": _time(lead.modified_at),
        "prospectSourceId": source["ID"] if source else None,
        "prospectSourceName": source["Name"] if source else None,
        "status": _STATUS[lead.type],
        "lostDate": _time(lost.at) if lost else None,
        "lostReason": lost.reasons.removeprefix("Prospect Lost: ") if lost else None,
        "leasingAgent": agent
        and {
            "agentId": agent["ID"],
            "personId": agent["ID"],
            "firstName": names[0],
            "lastName": names[2],
        },
        "people": [
            {
                "personId": person.person_id,
                "firstName": person.first_name,
                "middleName": person.middle_name or None,
                "lastName": person.last_name,
                "email": person.email or None,
                "phone": person.phone or None,
                "phoneType": person.phone_type if person.phone else None,
                "isMainContact": number == 0,
            }
            for number, person in enumerate(lead.customers)
        ],
    }
