"""The acts of the leasing office on a lead's page: a button each."""

from typing import Any

from runner.simulator_answers import Answer, Request
from runner.simulator_engine import Engine
from runner.simulator_html import Html, form, go, select, show, text_field
from runner.simulator_model import RefusedError
from runner.simulator_office import act

_DONE = {
    "lose": "Marked lost.",
    "reactivate": "Reactivated.",
    "make_applicant": "Made an applicant.",
    "make_resident": "Made a resident.",
    "merge": "Merged.",
    "delete": "Lead deleted.",
}


def show_acts(flat: dict[str, Any], reasons: list[str]) -> Html:
    """What can be done with a lead now."""
    kind, lead_id = flat["type"], flat["prospect_id"]
    parts = []
    if kind == "lost":
        parts.append(_button("reactivate", "Reactivate", lead_id))
    else:
        reason = select("lost_reason", "Reason", ["", *reasons], "")
        parts.append(_button("lose", "Mark lost", lead_id, reason))
    if kind not in ("applicant", "current_resident"):
        parts.append(_button("make_applicant", "Make applicant", lead_id))
    if kind != "current_resident":
        parts.append(_button("make_resident", "Make resident", lead_id))
    other = text_field("other", "Prospect id of the other lead", "")
    folded = "".join(
        f"<details><summary>{title}</summary>{inner}</details>"
        for title, inner in (
            ("Merge", _button("merge", "Take over the other lead", lead_id, other)),
            ("Delete", _button("delete", "Delete this lead for good", lead_id)),
        )
    )
    return Html(f'<div class="acts">{"".join(parts)}{folded}</div>')


def _button(name: str, label: str, lead_id: str, *fields: Html) -> Html:
    hidden = Html(
        f'<input type="hidden" name="act" value="{name}">'
        f'<input type="hidden" name="prospect_id" value="{show(lead_id)}">'
    )
    return form("/act", label, hidden, *fields, plain=True)


def do_act(engine: Engine, request: Request) -> Answer:
    """Carry out one act. Raises RefusedError, or KeyError for an unknown lead."""
    sent = {name: value.strip() for name, value in request.form().items() if value.strip()}
    name, lead_id = sent.get("act", ""), sent.get("prospect_id", "")
    if name not in _DONE:
        raise RefusedError("there is no such act")
    act(engine.store, engine.switch, [{**sent, "prospect_id": lead_id}])
    engine.store.save()
    return go("/" if name == "delete" else f"/lead?id={lead_id}", _DONE[name])
