"""The simulator's control endpoints: JSON in, JSON out, below ``/_control/``."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from runner.simulator_accounts import (
    Account,
    Property,
    make_employees,
    make_reasons,
    make_sources,
)
from runner.simulator_api import JSON, Answer, Request
from runner.simulator_engine import Engine
from runner.simulator_faults import Fault
from runner.simulator_people import edit_lead
from runner.simulator_rules import RefusedError


def add_property(
    engine: Engine,
    property_id: str,
    account_id: str,
    sources: list[dict[str, Any]] | None = None,
    employees: list[dict[str, Any]] | None = None,
) -> Property:
    """Add a property to a known account. Raises KeyError for an unknown account."""
    store = engine.store
    place = Property(
        property_id,
        make_sources(property_id) if sources is None else sources,
        make_employees(property_id) if employees is None else employees,
    )
    with store.lock:
        account = store.accounts[account_id]
        account.properties[property_id.lower()] = place
        store.add_account(account)
    store.save()
    return place


def add_account(
    engine: Engine, account_id: str, integration_partner_id: str, api_key: str
) -> Account:
    """Add an account without properties, or give a known one new keys."""
    with engine.store.lock:
        account = engine.store.accounts.get(account_id) or Account(
            account_id, "", "", make_reasons(account_id)
        )
        account.integration_partner_id = integration_partner_id
        account.api_key = api_key
        engine.store.add_account(account)
    engine.store.save()
    return account


def find_leads(engine: Engine, wanted: dict[str, Any]) -> list[dict[str, Any]]:
    """Flat leads whose fields equal all that is wanted, oldest first."""
    rest = dict(wanted)
    place = rest.pop("property_id", None)
    with engine.store.lock:
        rows = [lead.as_dict() for lead in engine.store.of_property(place)]
    return [row for row in rows if all(row.get(n) == value for n, value in rest.items())]


Result = tuple[int, Any]


@dataclass
class Ask:
    """One control request: its JSON body, if any, and what follows the control's name."""

    engine: Engine
    request: Request
    rest: str
    body: Any = None

    def read_body(self) -> tuple[int, str]:
        """Read the body. Returns the status and text of an error, or 0."""
        content_type = self.request.headers.get("content-type", "").partition(";")[0]
        if content_type != "application/json":
            return 415, "Content-Type must be application/json"
        try:
            self.body = json.loads(self.request.body)
        except ValueError:
            return 400, "not JSON"
        is_lead_list = isinstance(self.body, list) and self.request.path.count("leads")
        return (
            (0, "") if isinstance(self.body, dict) or is_lead_list else (400, "not an object")
        )


def control(engine: Engine, request: Request) -> Answer:
    """Answer one control request."""
    name, _, rest = request.path.removeprefix("/_control/").strip("/").partition("/")
    handler = _ROUTES.get((request.verb, name))
    if handler is None:
        return _reply(404, {"error": "no such control"})
    ask = Ask(engine, request, rest)
    if request.verb in ("POST", "PUT") and name != "reset":
        status, message = ask.read_body()
        if status:
            return _reply(status, {"error": message})
    try:
        return _reply(*handler(ask))
    except (ValueError, TypeError, RefusedError) as error:
        return _reply(400, {"error": str(error)})
    except KeyError as error:
        return _reply(404, {"error": f"not found: {error.args[0]}"})


def _reply(status: int, answer: Any) -> Answer:
    return Answer(status, json.dumps(answer).encode(), JSON)


def _switches(ask: Ask) -> Result:
    if ask.body is not None:
        with ask.engine.store.lock:
            ask.engine.switch.update(ask.body)
    return 200, ask.engine.switch.as_dict()


def _faults(ask: Ask) -> Result:
    if ask.request.verb == "DELETE":
        ask.engine.faults.clear()
    elif ask.body is not None:
        ask.engine.faults.add(Fault.make(ask.body))
    return 201 if ask.body is not None else 200, ask.engine.faults.as_list()


def _requests(ask: Ask) -> Result:
    if ask.request.verb == "DELETE":
        ask.engine.clear_requests()
    return 200, ask.engine.requests(ask.request.query.get("method"))


def _get_leads(ask: Ask) -> Result:
    if not ask.rest:
        return 200, find_leads(ask.engine, ask.request.query)
    with ask.engine.store.lock:
        return 200, ask.engine.store.leads[ask.rest.lower()].as_dict()


def _post_leads(ask: Ask) -> Result:
    rows = ask.body if isinstance(ask.body, list) else [ask.body]
    if not all(isinstance(row, dict) for row in rows):
        raise ValueError("a lead is a JSON object")
    results = [edit_lead(ask.engine.store, row) for row in rows]
    ask.engine.store.save()
    shown = [lead.as_dict() for lead, _ in results]
    status = 201 if any(new for _, new in results) else 200
    return status, shown if isinstance(ask.body, list) else shown[0]


def _delete_lead(ask: Ask) -> Result:
    ask.engine.store.remove(ask.rest.lower())
    ask.engine.store.save()
    return 200, {"removed": ask.rest.lower()}


def _get_accounts(ask: Ask) -> Result:
    with ask.engine.store.lock:
        return 200, [
            {
                "account_id": account.account_id,
                "lost_reasons": account.lost_reasons,
                "properties": [vars(place) for place in account.properties.values()],
            }
            for account in ask.engine.store.accounts.values()
        ]


def _post_accounts(ask: Ask) -> Result:
    names = ("account_id", "integration_partner_id", "api_key")
    if sorted(ask.body) != sorted(names) or not all(
        isinstance(ask.body[n], str) for n in names
    ):
        raise ValueError(f"an account is {', '.join(names)}, all texts")
    account = add_account(ask.engine, **ask.body)
    return 201, {"account_id": account.account_id}


def _post_properties(ask: Ask) -> Result:
    allowed = ("property_id", "account_id", "sources", "employees")
    if set(ask.body) - set(allowed) or not all(
        isinstance(ask.body.get(n), str) and ask.body[n] for n in allowed[:2]
    ):
        raise ValueError("a property is property_id and account_id, sources, employees")
    if not all(isinstance(ask.body.get(n), list | None) for n in allowed[2:]):
        raise ValueError("sources and employees are lists")
    return 201, vars(add_property(ask.engine, **ask.body))


def _reset(ask: Ask) -> Result:
    ask.engine.reset()
    return 200, {"reset": True}


_ROUTES: dict[tuple[str, str], Callable[[Ask], Result]] = {
    ("GET", "switches"): _switches,
    ("PUT", "switches"): _switches,
    ("GET", "faults"): _faults,
    ("POST", "faults"): _faults,
    ("DELETE", "faults"): _faults,
    ("GET", "requests"): _requests,
    ("DELETE", "requests"): _requests,
    ("GET", "leads"): _get_leads,
    ("POST", "leads"): _post_leads,
    ("DELETE", "leads"): _delete_lead,
    ("GET", "accounts"): _get_accounts,
    ("POST", "accounts"): _post_accounts,
    ("POST", "properties"): _post_properties,
    ("POST", "reset"): _reset,
}
