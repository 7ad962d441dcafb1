"""The endpoints of the simulated ResMan: one function from a form to an answer."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from runner import simulator_render as render
from runner.simulator_accounts import Account, Property
from runner.simulator_faults import Switches
from runner.simulator_model import Lead, parse_time
from runner.simulator_rules import RefusedError, post
from runner.simulator_store import Store
from runner.simulator_xml import DocumentError, parse

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
CREDENTIALS = ("integrationpartnerid", "apikey", "accountid", "propertyid")


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

    def form(self) -> dict[str, str]:
        """The body's form fields, names in lower case. Raises ValueError."""
        pairs = parse_qsl(self.body.decode(), keep_blank_values=True, max_num_fields=500)
        return {name.lower(): value for name, value in pairs}


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
    status = "Failed" if call.method in LOOKUPS else "Error"
    if call.method in LOOKUPS and not call.wants_xml:
        return Answer(200, _json(call, status, {}, message), JSON, outcome)
    text = render.wrapper(call.method, status, call.account_id, call.property_id, error=message)
    return Answer(200, text.encode(), XML, outcome)


def _json(call: Call, status: str, rows: dict[str, Any], error: str | None = None) -> bytes:
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


@dataclass
class Scene:
    """A call whose credentials were good, and what it is about."""

    store: Store
    switches: Switches
    call: Call
    account: Account
    place: Property


def answer_call(store: Store, switches: Switches, call: Call) -> Answer:
    """Do what a call asks for. A write is committed when this returns."""
    account = store.accounts.get(call.account_id)
    if (
        account is None
        or account.integration_partner_id != call.form.get("integrationpartnerid", "").strip()
        or account.api_key != call.form.get("apikey", "").strip()
    ):
        message = "Invalid credentials"
        if switches.bad_credentials == "http401":
            return Answer(401, message.encode(), TEXT, "unauthorized")
        return error_answer(call, message, "unauthorized")
    place = account.properties.get(call.property_id.lower())
    if place is None:
        return error_answer(call, "Property could not be found", "error")
    handler = _HANDLERS.get(call.method, _lookup)
    try:
        return handler(Scene(store, switches, call, account, place))
    except (RefusedError, DocumentError) as error:
        return error_answer(call, str(error))


def _success(call: Call, place: Property, inner: str, leads: list[Lead]) -> Answer:
    text = render.wrapper(
        call.method, "Success", call.account_id, place.property_id, inner=inner
    )
    return Answer(200, text.encode(), lead_ids=[lead.prospect_id for lead in leads])


def _post(scene: Scene) -> Answer:
    drafts = parse(scene.call.form.get("xml", ""))
    leads, created = post(scene.store, scene.switches, scene.account, scene.place, drafts)
    scene.store.save()
    inner = render.saved(leads, scene.switches)
    answer = _success(scene.call, scene.place, inner, leads)
    answer.committed = True
    answer.created = created
    answer.events = sum(len(draft.events) for draft in drafts)
    return answer


def _search(scene: Scene) -> Answer:
    store, switches, call, place = scene.store, scene.switches, scene.call, scene.place
    with store.lock:
        ids, by = _find(store, switches, call, place)
        if ids is None or (switches.window_max_leads and len(ids) > switches.window_max_leads):
            return Answer(502, b"buffer overflow", TEXT, "too_large", by=by)
        leads = [store.leads[prospect_id] for prospect_id in ids]
        inner = render.found(leads, switches)
    answer = _success(call, place, inner, leads)
    answer.by = by
    return answer


def _find(
    store: Store, switches: Switches, call: Call, place: Property
) -> tuple[list[str] | None, list[str]]:
    """Ids that meet every filter that was sent (None: too large), and the filters' names."""
    form = {name: value.strip() for name, value in call.form.items() if value.strip()}
    here = place.property_id
    results: list[list[str]] = []
    by: list[str] = []
    if "prospectid" in form:
        by.append("ProspectID")
        lead = store.get(here, form["prospectid"])
        results.append([lead.prospect_id] if lead else [])
    if "email" in form:
        by.append("Email")
        results.append(store.by_email(here, form["email"]))
    if "phone" in form:
        by.append("Phone")
        results.append(store.by_phone(here, form["phone"]))
    if "firstname" in form or "lastname" in form:
        by.append("Name")
        if "firstname" not in form or "lastname" not in form:
            raise RefusedError("FirstName and LastName belong together")
        results.append(store.by_name(here, form["firstname"], form["lastname"]))
    if "modifiedstartdatetime" in form or "modifiedenddatetime" in form:
        by.append("Modified")
        start = _window_time(form.get("modifiedstartdatetime", ""))
        end = _window_time(form.get("modifiedenddatetime", ""))
        if start is None or end is None or start > end:
            raise RefusedError("ModifiedStartDateTime and ModifiedEndDateTime are not a window")
        if switches.window_max_s and (end - start).total_seconds() > switches.window_max_s:
            return None, by
        inclusive = switches.window_bounds == "inclusive"
        results.append(store.by_window(here, start, end, inclusive))
    if not results:
        raise RefusedError("A search needs a filter")
    others = [set(result) for result in results[1:]]
    return [i for i in results[0] if all(i in other for other in others)], by


def _window_time(text: str) -> Any:
    """Only the two documented forms: a day, or a day and a time of whole seconds."""
    return parse_time(text) if len(text) in (10, 19) and "T" not in text else None


def _lookup(scene: Scene) -> Answer:
    call, place = scene.call, scene.place
    key, item = LOOKUPS[call.method]
    rows = {
        "GetProspectSources": place.sources,
        "GetLostProspectReasons": scene.account.lost_reasons,
        "GetEmployees": place.employees,
    }[call.method]
    if call.wants_xml:
        return _success(call, place, render.lookup(key, item, rows), [])
    single = scene.switches.single_element == "object" and len(rows) == 1
    shown = rows[0] if single else rows
    return Answer(200, _json(call, "Success", {key: shown}), JSON)


_HANDLERS: dict[str, Callable[[Scene], Answer]] = {
    "PostLeadManagement4_0": _post,
    "SearchProspects": _search,
}
