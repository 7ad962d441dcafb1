"""ResMan as the runner's calls see it: leads, events, a feed of what was modified, and faults.

It speaks canonical documents, as the adapter hands them to the database; what MITS XML adds is
tested elsewhere. Whatever is unknown about ResMan is a switch here.
"""

import copy
import itertools
import uuid
from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

Json = dict[str, Any]

READ = {
    *("status", "first_name", "last_name", "email", "phone", "move_in_date", "rent_min"),
    *("rent_max", "bedrooms", "occupants", "pets", "comment"),
}


def now() -> datetime:
    """The time on ResMan's clock, which is the machine's."""
    return datetime.now(UTC)


@dataclass
class Switches:
    """What is unknown about ResMan."""

    own_writes_in_feed: bool = True
    inclusive: bool = True
    reformats_phones: bool = False
    comment_limit: int | None = None


class ResMan:
    """One property of ResMan's."""

    def __init__(self, switches: Switches | None = None) -> None:
        self.switches = switches or Switches()
        self.saved: dict[str, list[Json]] = defaultdict(list)
        """What each lead was sent through the API, save by save."""
        self._leads: dict[str, Json] = {}
        self._modified: dict[str, datetime] = {}
        self._numbers = itertools.count(1)

    @property
    def leads(self) -> dict[str, Json]:
        """All leads by id, as canonical documents."""
        return self._leads

    @property
    def saves(self) -> int:
        """How often the API has saved."""
        return sum(map(len, self.saved.values()))

    # the office's hands

    def type_in(self, **fields: Any) -> str:
        """A lead that the office makes by hand; its id."""
        lead_id = str(uuid.uuid4())
        self._leads[lead_id] = {
            "lead_id": lead_id,
            "contact_id": str(uuid.uuid4()),
            "status": "prospect",
            "events": [],
            **fields,
        }
        self._modified[lead_id] = now()
        return lead_id

    def edit(self, lead_id: str, **fields: Any) -> None:
        """What the office changes."""
        self._leads[lead_id] |= fields
        self._modified[lead_id] = now()

    # the API

    def call(self, request: Json, fault: str = "") -> Json | None:
        """What the runner hears of a request; None where the runner does not live to hear."""
        saving = request["call"] == "save_lead"
        match fault:
            case "killed_before":
                return None
            case "killed_after":
                self.answer(request)
                return None
            case "timeout_after" if saving:
                self.answer(request)
                return failed("ambiguous", "timeout")
            case "timeout_before" if saving:
                return failed("ambiguous", "timeout")
            case "bad_gateway" if saving:
                return failed("ambiguous", "http_502")
            case "unreachable" | "bad_gateway" | "timeout_after" | "timeout_before":
                return failed("transient", fault)
            case "rate_limited":
                return failed("rate_limited", "http_429", retry_after_s=1)
            case "rejected" if saving:
                return failed("rejected", "resman_error")
            case "unauthorized":
                return failed("unauthorized", "http_401")
            case "malformed":
                if saving:
                    self.answer(request)
                    return failed("ambiguous", "not_xml")
                return failed("malformed", "not_xml")
        return self.answer(request)

    def answer(self, request: Json) -> Json:
        """What a request is answered, once it has arrived."""
        if request["call"] == "search_leads":
            return self._search(request["by"])
        if request["call"] == "save_lead":
            return self._save(request)
        kinds = {"list_sources": "Website", "list_agents": "Agent", "list_lost_reasons": "Gone"}
        name = kinds[request["call"]]
        return ok(items=[{"id": name, "name": name, "email": None, "active": True}])

    def _search(self, by: Json) -> Json:
        if "modified_from" in by:
            first = datetime.fromisoformat(by["modified_from"])
            last = datetime.fromisoformat(by["modified_to"])
            within = [
                lead_id
                for lead_id, at in self._modified.items()
                if (first <= at <= last if self.switches.inclusive else first < at < last)
            ]
            return ok(leads=[self._show(lead_id) for lead_id in within])
        if "lead_id" in by:
            return ok(leads=[self._show(i) for i in self._leads if i == by["lead_id"]])
        key = "email" if "email" in by else "phone"
        wanted = _plain(key, by[key])
        return ok(
            leads=[
                self._show(i)
                for i, lead in self._leads.items()
                if lead.get(key) and _plain(key, lead[key]) == wanted
            ]
        )

    def _save(self, request: Json) -> Json:
        lead_id = request.get("lead_id")
        if lead_id is None:
            lead_id = str(uuid.uuid4())
            self._leads[lead_id] = {
                "lead_id": lead_id,
                "contact_id": str(uuid.uuid4()),
                "events": [],
            }
        elif lead_id not in self._leads:
            return failed("rejected", "not_found")
        self.saved[lead_id].append(request["lead"])
        lead = self._leads[lead_id]
        values = {k: v for k, v in request["lead"].items() if k in READ}
        if self.switches.comment_limit and values.get("comment"):
            values["comment"] = values["comment"][: self.switches.comment_limit].strip()
        if self.switches.reformats_phones and values.get("phone"):
            digits = _plain("phone", values["phone"])
            values["phone"] = f"({digits[:3]}) {digits[3:6]}-{digits[6:]}"
        lead |= values
        for event in request.get("events", []):
            lead["events"].append({"id": str(next(self._numbers)), **copy.deepcopy(event)})
        if self.switches.own_writes_in_feed:
            self._modified[lead_id] = now()
        return ok(leads=[{"lead_id": lead_id, "contact_id": lead["contact_id"]}])

    def _show(self, lead_id: str) -> Json:
        return copy.deepcopy(self._leads[lead_id])


def _plain(key: str, value: str) -> str:
    if key == "email":
        return value.strip().lower()
    return "".join(c for c in value if c.isdigit())[-10:]


def ok(**parts: Any) -> Json:
    """A good answer."""
    return {"outcome": "ok", "elapsed_ms": 1, **parts}


def failed(kind: str, code: str, **parts: Any) -> Json:
    """An answer that says no."""
    return {
        "outcome": "failed",
        "kind": kind,
        "code": code,
        "message": code,
        "retry_after_s": None,
        "elapsed_ms": 1,
        **parts,
    }
