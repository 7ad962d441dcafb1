"""What the leasing office does in the simulated ResMan: one act or many, all or none."""

from collections.abc import Callable
from typing import Any

from runner.simulator_model import (
    CUSTOMER_TEXTS,
    PREFERENCE_TEXTS,
    Lead,
    RefusedError,
)
from runner.simulator_people import edit_lead
from runner.simulator_store import Store
from runner.simulator_switches import Switches

MAX_ACTS = 10_000
_FILTERS = ("property_id", "type", "modified_by", "email", "phone", "first_name", "last_name")
Fields = dict[str, Any]


def act(store: Store, switches: Switches, acts: list[Any]) -> list[dict[str, Any]]:
    """Carry out acts, all or none. Each is ``{"act": name, ...}``.

    ``prospect_id`` names the lead; or ``where`` chooses leads by fields that they have, at most
    ``limit`` of them, oldest first. Returns for each act its name and the ids of the leads.
    Raises RefusedError, or KeyError for an unknown lead; the text says which act it was.
    """
    if len(acts) > MAX_ACTS:
        raise RefusedError(f"{MAX_ACTS} acts at most go into one call")
    results = []
    with store.atomically():
        for number, each in enumerate(acts, 1):
            try:
                results.append(_act(store, switches, each))
            except RefusedError as error:
                raise RefusedError(f"act {number}: {error}") from None
            except KeyError as error:
                raise KeyError(f"act {number}: lead {error.args[0]}") from None
    return results


def _act(store: Store, switches: Switches, wanted: Any) -> dict[str, Any]:
    if not isinstance(wanted, dict) or wanted.get("act") not in ACTS:
        raise RefusedError(f"an act is an object whose act is one of {', '.join(ACTS)}")
    fields = dict(wanted)
    name = fields.pop("act")
    if name == "create":
        return {"act": name, "prospect_ids": [_create(store, fields)]}
    handler = ACTS[name]
    ids = [handler(store, switches, {**fields, "prospect_id": i}) for i in _who(store, fields)]
    return {"act": name, "prospect_ids": ids}


def _who(store: Store, fields: Fields) -> list[str]:
    """Takes what chooses the leads out of the fields."""
    where, limit = fields.pop("where", None), fields.pop("limit", None)
    if (where is None) == ("prospect_id" not in fields):
        raise RefusedError("an act names a prospect_id, or chooses by where")
    if where is None:
        prospect_id = str(fields.pop("prospect_id")).lower()
        return [store.leads[prospect_id].prospect_id]
    if not isinstance(where, dict) or set(where) - set(_FILTERS):
        raise RefusedError(f"where is an object with any of {', '.join(_FILTERS)}")
    if limit is not None and (isinstance(limit, bool) or not isinstance(limit, int)):
        raise RefusedError("limit is a whole number")
    place = where.get("property_id")
    chosen = (
        lead.prospect_id
        for lead in store.of_property(place)
        if all(_value(lead, n) == value for n, value in where.items() if n != "property_id")
    )
    ids = list(chosen)
    return ids if limit is None else ids[: max(limit, 0)]


def _value(lead: Lead, name: str) -> str:
    return str(getattr(lead if name in ("type", "modified_by") else lead.customers[0], name))


def _create(store: Store, fields: Fields) -> str:
    lead, new = edit_lead(store, fields)
    if not new:
        raise RefusedError("there is a lead with this prospect_id")
    return lead.prospect_id


def _edit(store: Store, _switches: Switches, fields: Fields) -> str:
    return edit_lead(store, fields)[0].prospect_id


def _move_to(kind: str, *more: str) -> Callable[[Store, Switches, Fields], str]:
    """An act that changes nothing but the lead's type."""

    def move(store: Store, _switches: Switches, fields: Fields) -> str:
        _only(fields, *more)
        return edit_lead(store, {**fields, "type": kind})[0].prospect_id

    return move


def _reactivate(store: Store, switches: Switches, fields: Fields) -> str:
    if store.leads[fields["prospect_id"]].type != "lost":
        raise RefusedError("only a lost lead is reactivated")
    return _move_to("prospect")(store, switches, fields)


def _add_event(store: Store, _switches: Switches, fields: Fields) -> str:
    event = dict(fields)
    prospect_id = event.pop("prospect_id")
    return edit_lead(store, {"prospect_id": prospect_id, "event": event})[0].prospect_id


def _delete(store: Store, _switches: Switches, fields: Fields) -> str:
    _only(fields)
    store.remove(fields["prospect_id"])
    return str(fields["prospect_id"])


def _only(fields: Fields, *more: str) -> None:
    unknown = sorted(set(fields) - {"prospect_id", *more})
    if unknown:
        raise RefusedError(f"unknown field {unknown[0]!r}")


def _merge(store: Store, switches: Switches, fields: Fields) -> str:
    """Let one lead take over another's events and people, and its values for blanks."""
    _only(fields, "other")
    lead = store.leads[fields["prospect_id"]]
    retired = store.leads[str(fields.get("other") or "").lower()]
    other = Lead.from_dict(retired.as_dict())  # one that stays shares nothing with the lead
    if lead is retired or lead.property_id != other.property_id:
        raise RefusedError("two leads of one property are merged")
    store.unindex(lead)
    first, second = lead.customers[0], other.customers[0]
    for name in CUSTOMER_TEXTS:
        setattr(first, name, getattr(first, name) or getattr(second, name))
    first.address = first.address or dict(second.address)
    lead.customers += other.customers[1:]
    for name in PREFERENCE_TEXTS:
        value = lead.preferences.get(name) or other.preferences.get(name)
        if value:
            lead.preferences[name] = value
    lead.units, lead.pets = lead.units or other.units, lead.pets or other.pets
    lead.events = sorted([*lead.events, *other.events], key=lambda event: event.at)
    store.put(lead, by="person")
    if switches.merge_retires == "gone":
        store.remove(other.prospect_id)
    else:
        edit_lead(store, {"prospect_id": other.prospect_id, "type": "lost"})
    store.committed()
    return lead.prospect_id


ACTS: dict[str, Callable[[Store, Switches, Fields], str]] = {
    "create": lambda store, _switches, fields: _create(store, fields),
    "edit": _edit,
    "lose": _move_to("lost", "lost_reason"),
    "reactivate": _reactivate,
    "make_applicant": _move_to("applicant"),
    "make_resident": _move_to("current_resident"),
    "add_event": _add_event,
    "delete": _delete,
    "merge": _merge,
}
