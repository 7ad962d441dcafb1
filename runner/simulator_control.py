"""The simulator's control endpoints: JSON in, JSON out, below ``/_control/``."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from runner.simulator_answers import JSON, Answer, Request
from runner.simulator_engine import Engine
from runner.simulator_faults import Fault
from runner.simulator_model import RefusedError, parse_time, show_time
from runner.simulator_office import act
from runner.simulator_people import edit_lead
from runner.simulator_setup import add_account, add_property, find_leads

Result = tuple[int, Any]


@dataclass
class Ask:
    """One control request: its JSON body, if any, and what follows the control's name."""

    engine: Engine
    request: Request
    name: str
    rest: str
    body: Any = None

    def read_body(self) -> tuple[int, str]:
        """Read the body. Returns the status and text of an error, or 0."""
        content_type = self.request.headers.get("content-type", "").partition(";")[0]
        if content_type != "application/json":
            return 415, "Content-Type must be application/json"
        try:
            self.body = json.loads(self.request.body)
        except (ValueError, RecursionError):
            return 400, "the body is not JSON"
        kinds = {"leads": (list, dict), "acts": (list,)}.get(self.name, (dict,))
        wanted = " or ".join({dict: "an object", list: "a list"}[kind] for kind in kinds)
        return (0, "") if isinstance(self.body, kinds) else (400, f"the body is {wanted}")


def control(engine: Engine, request: Request) -> Answer:
    """Answer one control request."""
    name, _, rest = request.path.removeprefix("/_control/").strip("/").partition("/")
    handler = _ROUTES.get((request.verb, name))
    if handler is None:
        return _reply(404, {"error": "no such control"})
    ask = Ask(engine, request, name, rest)
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
        ask.engine.set_switches(ask.body)
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
    since = ask.request.query.get("since", "0")
    if not since.isdecimal():
        raise ValueError("since is a whole number")
    return 200, ask.engine.requests(ask.request.query.get("method"), int(since))


def _get_leads(ask: Ask) -> Result:
    if not ask.rest:
        return 200, find_leads(ask.engine, ask.request.query)
    with ask.engine.store.lock:
        return 200, ask.engine.store.leads[ask.rest.lower()].as_dict()


def _post_leads(ask: Ask) -> Result:
    rows = ask.body if isinstance(ask.body, list) else [ask.body]
    if not all(isinstance(row, dict) for row in rows):
        raise ValueError("a lead is a JSON object")
    with ask.engine.store.atomically():
        results = [edit_lead(ask.engine.store, row) for row in rows]
        shown = [lead.as_dict() for lead, _ in results]
    ask.engine.store.save()
    status = 201 if any(new for _, new in results) else 200
    return status, shown if isinstance(ask.body, list) else shown[0]


def _delete_lead(ask: Ask) -> Result:
    ask.engine.store.remove(ask.rest.lower())
    ask.engine.store.save()
    return 200, {"removed": ask.rest.lower()}


def _acts(ask: Ask) -> Result:
    results = act(ask.engine.store, ask.engine.switch, ask.body)
    ask.engine.store.save()
    return 200, results


def _clock(ask: Ask) -> Result:
    engine = ask.engine
    if ask.body is not None:
        ways = {"at", "step_s", "stopped"}
        if len(ask.body) != 1 or set(ask.body) - ways:
            raise ValueError("a clock is moved by one of at, step_s, stopped")
        ((way, value),) = ask.body.items()
        with engine.store.lock:
            if way == "at":
                moment = parse_time(str(value))
                if moment is None:
                    raise ValueError("at is not a time")
                engine.clock.move(moment)
            elif way == "step_s":
                if isinstance(value, bool) or not isinstance(value, int | float):
                    raise ValueError("step_s is a number of seconds")
                engine.clock.step(value)
            elif isinstance(value, bool):
                engine.set_switches({"clock_stopped": value})
            else:
                raise ValueError("stopped is true or false")
    return 200, {
        "now": show_time(engine.clock()),
        "stopped": engine.switch.clock_stopped == "yes",
        "offset_s": engine.switch.clock_offset_s,
    }


def _holds(ask: Ask) -> Result:
    if ask.body is not None:
        if not isinstance(ask.body.get("method"), str) or set(ask.body) - {"method", "when"}:
            raise ValueError("a hold is a method and when: before or after")
        ask.engine.hold(**ask.body)
    elif ask.request.verb == "DELETE":
        ask.engine.release()
    return 200, {"holds": ask.engine.holds(), "held": ask.engine.held}


def _stats(ask: Ask) -> Result:
    return 200, ask.engine.stats()


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
    ("POST", "acts"): _acts,
    ("GET", "clock"): _clock,
    ("PUT", "clock"): _clock,
    ("GET", "holds"): _holds,
    ("POST", "holds"): _holds,
    ("DELETE", "holds"): _holds,
    ("GET", "stats"): _stats,
    ("GET", "accounts"): _get_accounts,
    ("POST", "accounts"): _post_accounts,
    ("POST", "properties"): _post_properties,
    ("POST", "reset"): _reset,
}
