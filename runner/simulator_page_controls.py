"""The simulator's page for faults, switches and the journal."""

from typing import Any

from runner.simulator_answers import Answer, Request
from runner.simulator_engine import Engine
from runner.simulator_faults import FAULTS, Fault
from runner.simulator_html import (
    Html,
    form,
    frame,
    go,
    group,
    html_answer,
    select,
    table,
    text_field,
)
from runner.simulator_switches import CHOICES


def show_controls(engine: Engine, request: Request) -> Answer:
    """Faults and switches."""
    values = engine.switch.as_dict()
    switches = [
        select(name, name, CHOICES[name], value)
        if name in CHOICES
        else text_field(name, name, f"{value:g}" if isinstance(value, float) else value)
        for name, value in values.items()
    ]
    calls = ("", "PostLeadManagement4_0", "SearchProspects", "GetProspectSources",
             "GetLostProspectReasons", "GetEmployees")  # fmt: skip
    queued = [
        (f["fault"], f["method"] or "any", f["count"] or "until cleared")
        for f in engine.faults.as_list()
    ]
    new = group(
        "Next fault",
        select("fault", "Fault", FAULTS, ""),
        select("method", "Method (blank: any)", calls, ""),
        text_field("count", "Calls (blank: until cleared)", "1"),
        text_field("retry_after", "Retry-After, seconds", ""),
        text_field("hold_s", "Hold, seconds", ""),
        text_field("ms", "Latency, ms", ""),
    )
    clear = form("/faults/clear", "Clear all faults", plain=True) if queued else Html("")
    listing = table("Faults that wait", ("Fault", "Method", "Calls left"), queued)
    body = Html(
        "<h2>Faults</h2>" + (listing if queued else "<p>None waits.</p>") + clear
        + form("/fault", "Queue fault", new)
        + "<h2>Switches</h2>" + form("/switches", "Set switches", group("Behaviour", *switches))
    )  # fmt: skip
    note = request.query.get("note", "")
    return html_answer(frame("Faults and switches", "/controls", body, note=note))


def set_switches(engine: Engine, request: Request) -> Answer:
    """Set switches. Raises ValueError."""
    engine.set_switches(dict(request.form()))
    return go("/controls", "Switches set.")


def add_fault(engine: Engine, request: Request) -> Answer:
    """Queue a fault. Raises ValueError."""
    sent = {name: value.strip() for name, value in request.form().items() if value.strip()}
    values: dict[str, Any] = {"count": None, **sent}
    for name in ("count", "retry_after", "hold_s", "ms"):
        if name in sent:
            try:
                values[name] = int(sent[name]) if name == "count" else float(sent[name])
            except ValueError:
                raise ValueError(f"{name} is a number") from None
    engine.faults.add(Fault.make(values))
    return go("/controls", "Fault queued.")


def clear_faults(engine: Engine, _request: Request) -> Answer:
    """Drop all faults."""
    engine.faults.clear()
    return go("/controls", "Faults cleared.")


def show_requests(engine: Engine, _request: Request) -> Answer:
    """The journal."""
    names = ("at", "method", "property_id", "outcome", "status", "fault", "elapsed_ms")
    rows = [
        ["" if row[name] is None else row[name] for name in names]
        for row in reversed(engine.requests()[-100:])
    ]
    heads = ("Time", "Method", "Property", "Outcome", "Status", "Fault", "ms")
    listing = table("The last 100, newest first", heads, rows) if rows else Html("<p>None.</p>")
    return html_answer(frame("Requests", "/requests", listing))
