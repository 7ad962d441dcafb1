"""The simulator's page for faults, clock, switches and the journal."""

from typing import Any

from runner.simulator_about import ABOUT, GROUPS
from runner.simulator_answers import LOOKUPS, METHOD_V2, Answer, Request
from runner.simulator_engine import Engine
from runner.simulator_faults import FAULTS, Fault
from runner.simulator_html import (
    Html,
    Page,
    form,
    go,
    group,
    select,
    show,
    table,
    text_field,
)
from runner.simulator_model import parse_time, show_time
from runner.simulator_switches import BY_NAME, CHOICES

_CALLS = ("PostLeadManagement4_0", "SearchProspects", *LOOKUPS, METHOD_V2)


def show_state(engine: Engine) -> Html:
    """In a line: time, leads, faults that wait, switches that are not at their default."""
    with engine.store.lock:
        leads, held = len(engine.store.leads), engine.held
        values = engine.switch.as_dict()
    stopped = ", stopped" if values["clock_stopped"] == "yes" else ""
    facts = [f"{show_time(engine.clock())[:19].replace('T', ' ')} UTC{stopped}"]
    facts.append("1 lead" if leads == 1 else f"{leads} leads")
    waiting = len(engine.faults.as_list())
    if waiting:
        facts.append("1 fault waits" if waiting == 1 else f"{waiting} faults wait")
    if held:
        facts.append(f"{held} held back")
    facts += [
        f"{name} {_plain(value)}"
        for name, value in values.items()
        if value != BY_NAME[name].default and name not in ("clock_stopped", "clock_offset_s")
    ]
    return Html(" &middot; ".join(show(fact) for fact in facts))


def _plain(value: Any) -> str:
    return f"{value:.12g}" if isinstance(value, float) else str(value)


def _switch(name: str, value: Any) -> Html:
    about, evidence = ABOUT[name]
    usual = _plain(BY_NAME[name].default) or "none"
    text = Html(
        f"{show(about)} <i>{show(evidence.capitalize())}.</i> "
        + ("" if value == BY_NAME[name].default else f"<b>Usually {show(usual)}.</b>")
    )
    if name in CHOICES:
        return select(name, name, CHOICES[name], value, text)
    return text_field(name, name, _plain(value), about=text)


def show_controls(engine: Engine, request: Request) -> Page:
    """Faults, the clock and switches."""
    values = engine.switch.as_dict()
    switches = [
        group(title, *(_switch(name, values[name]) for name in names))
        for title, names in GROUPS.items()
    ]
    queued = [
        (f["fault"], f["method"] or "any", f["count"] or "until cleared")
        for f in engine.faults.as_list()
    ]
    new = group(
        "Next fault",
        select("fault", "Fault", FAULTS, ""),
        select("method", "Method", {"": "any", **{name: name for name in _CALLS}}, ""),
        text_field("count", "Calls", "1", about="Blank: until cleared."),
        text_field("retry_after", "Retry-After, seconds", ""),
        text_field("hold_s", "Hold, seconds", ""),
        text_field("ms", "Latency, ms", ""),
    )
    clear = form("/faults/clear", "Clear all faults", plain=True) if queued else Html("")
    listing = table("Faults that wait", ("Fault", "Method", "Calls left"), queued)
    clock = group(
        "ResMan's clock",
        text_field("step_s", "Step, seconds", "", hint="3600"),
        text_field("at", "or set to, in UTC", "", hint="2030-01-31T15:00:00"),
    )
    body = Html(
        "<h2>Faults</h2>"
        + (listing if queued else "<p>None waits.</p>")
        + clear
        + form("/fault", "Queue fault", new)
        + form("/clock", "Move the clock", clock)
        + "<h2>Switches</h2>"
        + form("/switches", "Set switches", *switches)
    )
    return Page("Faults and switches", "/controls", body, request.query.get("note", ""))


def move_clock(engine: Engine, request: Request) -> Answer:
    """Step or set the clock. Raises ValueError."""
    sent = {name: value.strip() for name, value in request.form().items() if value.strip()}
    at = parse_time(sent["at"]) if "at" in sent else None
    if ("at" in sent) == ("step_s" in sent) or ("at" in sent and at is None):
        raise ValueError("the clock is stepped by seconds, or set to a time")
    with engine.store.lock:
        if at is not None:
            engine.clock.move(at)
        else:
            try:
                engine.clock.step(float(sent["step_s"]))
            except ValueError:
                raise ValueError("a step is a number of seconds") from None
    return go("/controls", "Clock moved.")


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


def show_requests(engine: Engine, _request: Request) -> Page:
    """The journal."""
    names = ("at", "method", "property_id", "outcome", "status", "fault", "elapsed_ms")
    rows = [
        ["" if row[name] is None else row[name] for name in names]
        for row in reversed(engine.requests()[-100:])
    ]
    heads = ("Time", "Method", "Property", "Outcome", "Status", "Fault", "ms")
    listing = table("The last 100, newest first", heads, rows) if rows else Html("<p>None.</p>")
    counts = [
        (method, ", ".join(f"{number} {outcome}" for outcome, number in outcomes.items()))
        for method, outcomes in engine.journal.counts().items()
    ]
    sums = table("All calls", ("Method", "How they ended"), counts) if counts else Html("")
    return Page("Requests", "/requests", Html(sums + listing))
