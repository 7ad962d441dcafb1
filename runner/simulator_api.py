"""The endpoints of the simulated ResMan: one function from a form to an answer."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from runner import simulator_render as render
from runner.simulator_accounts import Account, Property
from runner.simulator_answers import (
    JSON,
    LOOKUPS,
    TEXT,
    Answer,
    Call,
    error_answer,
    json_body,
)
from runner.simulator_model import Lead, RefusedError, parse_time
from runner.simulator_rules import post
from runner.simulator_store import Store
from runner.simulator_switches import Switches
from runner.simulator_xml import DocumentError, parse


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
    if account is None or not account.has_keys(call.form):
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
        zone = switches.window_zone
        start = _window_time(form.get("modifiedstartdatetime", ""), zone)
        end = _window_time(form.get("modifiedenddatetime", ""), zone)
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


def _window_time(text: str, zone: str) -> datetime | None:
    """Only the two documented forms: a day, or a day and a time of whole seconds."""
    if len(text) not in (10, 19) or "T" in text:
        return None
    return parse_time((text if len(text) == 19 else f"{text} 00:00:00") + zone)


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
    return Answer(200, json_body(call, "Success", {key: shown}), JSON)


_HANDLERS: dict[str, Callable[[Scene], Answer]] = {
    "PostLeadManagement4_0": _post,
    "SearchProspects": _search,
}
