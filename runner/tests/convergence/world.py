"""ResMan as the runner's calls see it: leads, events, a feed of what was modified, and faults.

It speaks canonical documents, as the adapter hands them to the database; what MITS XML adds is
tested elsewhere. Whatever is unknown about ResMan is a switch here.
"""

import copy
import itertools
import uuid
from dataclasses import dataclass, field
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
    largest_window: int = 1000


@dataclass
class ResMan:
    """One property of ResMan's."""

    switches: Switches = field(default_factory=Switches)
    leads: dict[str, Json] = field(default_factory=dict)
    modified: dict[str, datetime] = field(default_factory=dict)
    saves: int = 0
    _numbers: Any = field(default_factory=lambda: itertools.count(1))

    # the office's hands

    def type_in(self, **fields: Any) -> str:
        """A lead that the office makes by hand; its id."""
        lead_id = str(uuid.uuid4())
        self.leads[lead_id] = {
            "lead_id": lead_id,
            "contact_id": str(uuid.uuid4()),
            "status": "prospect",
            "events": [],
            **fields,
        }
        self.modified[lead_id] = now()
        return lead_id

    def edit(self, lead_id: str, **fields: Any) -> None:
        """What the office changes."""
        self.leads[lead_id] |= fields
        self.modified[lead_id] = now()

    # the API

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
                for lead_id, at in self.modified.items()
                if (first <= at <= last if self.switches.inclusive else first < at < last)
            ]
            if len(within) > self.switches.largest_window:
                return failed("too_large", "buffer_overflow")
            return ok(leads=[self._show(lead_id) for lead_id in within])
        if "lead_id" in by:
            return ok(leads=[self._show(i) for i in self.leads if i == by["lead_id"]])
        key = "email" if "email" in by else "phone"
        wanted = _plain(key, by[key])
        return ok(
            leads=[
                self._show(i)
                for i, lead in self.leads.items()
                if lead.get(key) and _plain(key, lead[key]) == wanted
            ]
        )

    def _save(self, request: Json) -> Json:
        self.saves += 1
        lead_id = request.get("lead_id")
        if lead_id is None:
            lead_id = str(uuid.uuid4())
            self.leads[lead_id] = {
                "lead_id": lead_id,
                "contact_id": str(uuid.uuid4()),
                "events": [],
            }
        elif lead_id not in self.leads:
            return failed("rejected", "not_found")
        lead = self.leads[lead_id]
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
            self.modified[lead_id] = now()
        return ok(leads=[{"lead_id": lead_id, "contact_id": lead["contact_id"]}])

    def _show(self, lead_id: str) -> Json:
        return copy.deepcopy(self.leads[lead_id])


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
