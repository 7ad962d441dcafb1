"""The leasing office at its desk: drives a simulated ResMan over HTTP, from any process.

::

    with Office("http://127.0.0.1:8099") as office:
        lead = office.create(property_id, first_name="Ann", email="ann@example.com")
        office.edit(lead["prospect_id"], phone="(555) 555-0101")
        office.act([{"act": "lose", "where": {"property_id": property_id}}])

Every method raises ``OfficeError`` when the simulator refuses, having changed nothing, and
``requests.RequestException`` when it cannot be reached.
"""

from datetime import datetime
from types import TracebackType
from typing import Any, Self

import requests

Lead = dict[str, Any]


class OfficeError(Exception):
    """The simulator refused; ``status`` is HTTP's."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class Office:
    """One simulator's control endpoints. Not safe for several threads; make one each."""

    def __init__(self, url: str, timeout_s: float = 30) -> None:
        self._url = url.rstrip("/")
        self._timeout_s = timeout_s
        self._session = requests.Session()
        self._session.trust_env = False

    def __enter__(self) -> Self:
        """Itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close."""
        self.close()

    def close(self) -> None:
        """Close the connection."""
        self._session.close()

    def ask(self, verb: str, control: str, body: Any = None, **query: Any) -> Any:
        """One control request and its JSON. Raises OfficeError."""
        answer = self._session.request(
            verb,
            f"{self._url}/_control/{control}",
            json=body,
            params=query,
            timeout=self._timeout_s,
        )
        try:
            shown = answer.json()
        except ValueError:
            shown = {"error": answer.text[:200]}
        if answer.status_code >= 300:
            raise OfficeError(answer.status_code, shown["error"])
        return shown

    # --- leads

    def leads(self, **equals: str) -> list[Lead]:
        """Flat leads, oldest first, whose fields equal all that is given."""
        rows: list[Lead] = self.ask("GET", "leads", **equals)
        return rows

    def lead(self, prospect_id: str) -> Lead:
        """One flat lead."""
        row: Lead = self.ask("GET", f"leads/{prospect_id}")
        return row

    def create(self, property_id: str, **fields: Any) -> Lead:
        """Type in a lead."""
        row: Lead = self.ask("POST", "leads", {**fields, "property_id": property_id})
        return row

    def edit(self, prospect_id: str, **fields: Any) -> Lead:
        """Edit fields of a lead; those not named stay."""
        self._act("edit", prospect_id, **fields)
        return self.lead(prospect_id)

    def lose(self, prospect_id: str, reason: str = "") -> Lead:
        """Mark a lead lost; ``reason`` is a lost reason's name."""
        more = {"lost_reason": reason} if reason else {}
        self._act("lose", prospect_id, **more)
        return self.lead(prospect_id)

    def reactivate(self, prospect_id: str) -> Lead:
        """Make a lost lead a prospect again."""
        self._act("reactivate", prospect_id)
        return self.lead(prospect_id)

    def make_applicant(self, prospect_id: str) -> Lead:
        """Take an application."""
        self._act("make_applicant", prospect_id)
        return self.lead(prospect_id)

    def make_resident(self, prospect_id: str) -> Lead:
        """Sign a lease."""
        self._act("make_resident", prospect_id)
        return self.lead(prospect_id)

    def add_event(self, prospect_id: str, kind: str, **fields: Any) -> Lead:
        """Log an event: ``at``, ``comments``, ``agent_id`` and the like."""
        self._act("add_event", prospect_id, type=kind, **fields)
        return self.lead(prospect_id)

    def delete(self, prospect_id: str) -> None:
        """Take a lead away, as if it had never been."""
        self._act("delete", prospect_id)

    def merge(self, prospect_id: str, other: str) -> Lead:
        """Let a lead take over another."""
        self._act("merge", prospect_id, other=other)
        return self.lead(prospect_id)

    def _act(self, name: str, prospect_id: str, **fields: Any) -> None:
        self.act([{**fields, "act": name, "prospect_id": prospect_id}])

    def act(self, acts: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Many acts at once, all or none. Returns the ids of each act's leads."""
        results: list[dict[str, Any]] = self.ask("POST", "acts", acts)
        return results

    # --- behaviour

    def switches(self, **values: Any) -> dict[str, Any]:
        """All switches, after setting those given."""
        verb = ("PUT", "switches", values) if values else ("GET", "switches")
        shown: dict[str, Any] = self.ask(*verb)
        return shown

    def fault(self, name: str, method: str | None = None, **options: Any) -> None:
        """Queue a fault for the next ``count`` (1) calls of a method."""
        self.ask("POST", "faults", {**options, "fault": name, "method": method})

    def clear_faults(self) -> None:
        """Drop all queued faults."""
        self.ask("DELETE", "faults")

    def step_clock(self, seconds: float) -> str:
        """Move ResMan's clock on, or back. Returns its time."""
        return str(self.ask("PUT", "clock", {"step_s": seconds})["now"])

    def set_clock(self, at: datetime) -> str:
        """Set ResMan's clock. Returns its time."""
        return str(self.ask("PUT", "clock", {"at": at.isoformat()})["now"])

    # --- looking

    def requests(self, method: str | None = None, since: int = 0) -> list[dict[str, Any]]:
        """The last calls of a method or all, with a ``seq`` above ``since``."""
        query = {"since": since} if method is None else {"since": since, "method": method}
        rows: list[dict[str, Any]] = self.ask("GET", "requests", **query)
        return rows

    def stats(self) -> dict[str, Any]:
        """How much there is, and how many calls ended how."""
        shown: dict[str, Any] = self.ask("GET", "stats")
        return shown

    def reset(self) -> None:
        """Leads, faults, journal and switches back to the start."""
        self.ask("POST", "reset")
