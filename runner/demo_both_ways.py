"""The demo's second half: the office edits, then both sides do, and a person decides."""

import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
from psycopg.rows import dict_row

from runner import calls_service as service
from runner.demo_screen import Screen
from runner.demo_story import Lead, Office
from runner.demo_world import DemoError, environment_for
from runner.simulator import Simulator

LEAD = 7
"""Number of the visitor whose lead it is about: has a move-in date, rents, occupants."""

_CHAT = """
select c.move_in_date::text, c.price_range_max::integer::text as rent_max,
  c.occupants_count::text as occupants, c.resman_lead_id, c.resman_sync_status as status
from public.conversation c where c.id = %(chat)s
"""
_IN_FLIGHT = """
select q.id from public.lead_sync_queue q
where q.property_id = %(property)s and q.status = 'processing'
"""
_OPEN = """
select c.id from public.lead_sync_conflicts c
where c.conversation_id = %(chat)s and c.resolution_status in ('pending', 'manual_review')
"""


@dataclass(frozen=True)
class BothWays:
    """What is done on both sides of one lead. `look`: called while something is waited for."""

    screen: Screen
    url: str
    simulator: Simulator
    connection: psycopg.Connection[Any]
    office: Office
    look: Callable[[], object]
    patience_s: float = 30.0

    def tell(self) -> None:
        """Let it happen. Raises DemoError where a step does not come about in time."""
        lead = self.office.leads[LEAD]
        self.end_chat(lead)
        self.office_edits(lead)
        self.both_edit(lead)
        self.decide(lead)

    def end_chat(self, lead: Lead) -> None:
        """A chat ends: its summary is an event of the lead."""
        self._say("a chat ends")
        self.office.edit(lead, end_time=datetime.now(UTC))
        self._wait("ResMan has the summary as an event", lambda: self._told(lead) == 1)
        self.screen.say("the office reads its summary among the lead's events", "bold")

    def office_edits(self, lead: Lead) -> None:
        """An edit in ResMan arrives in DomIQ with the next pull."""
        move_in = str(self.office.day + timedelta(days=60))
        self._say("the leasing office changes move-in date and rent in ResMan")
        self.simulator.edit_lead(self._prospect(lead), move_in_date=move_in, rent_max="2750")
        self._wait(
            "the office's edit is in DomIQ",
            lambda: self._shows(self._chat(lead), move_in_date=move_in, rent_max="2750"),
        )
        self.screen.say(f"DomIQ has them: {move_in}, $2750 at most", "bold")

    def both_edit(self, lead: Lead) -> None:
        """Both sides change one field while nothing is read: neither edit is the newer one."""
        property_id = self.office.place.property_id
        service.pause_property(self.connection, property_id, "for the demo")
        self._wait("no call is under way", lambda: not self._rows(_IN_FLIGHT, lead))
        self._say("the property is paused; both sides change the same lead's occupants")
        self.office.edit(lead, occupants_count=5)
        self.simulator.edit_lead(self._prospect(lead), occupants="2")
        service.resume_property(self.connection, property_id)
        self._wait("a conflict is open", lambda: len(self._rows(_OPEN, lead)) == 1)
        self.screen.say("one conflict: neither edit is lost, a person decides", "bold")
        if not (self._shows(self._chat(lead), occupants="5") and self._in_resman(lead, "2")):
            raise DemoError("an open conflict was overwritten")

    def decide(self, lead: Lead) -> None:
        """A person looks at the conflict and decides it."""
        self._command("conflicts", "list", "--status", "open")
        conflict = str(self._rows(_OPEN, lead)[0]["id"])
        self._command("conflicts", "resolve", conflict, "--strategy", "domiq_wins")
        self._wait(
            "both sides hold what was decided",
            lambda: (
                self._in_resman(lead, "5")
                and self._shows(self._chat(lead), occupants="5", status="synced")
            ),
        )
        self.screen.say("both sides hold 5 occupants", "bold")

    def _say(self, text: str) -> None:
        self.screen.say(f"{text} ({self.office.place.name})", "cyan")

    def _wait(self, what: str, happened: Callable[[], bool]) -> None:
        deadline = time.monotonic() + self.patience_s
        while not happened():
            if time.monotonic() > deadline:
                raise DemoError(f"not within {self.patience_s:.0f} s: {what}")
            self.look()
            time.sleep(0.1)

    def _command(self, *words: str) -> None:
        """Run a command of ours and show it with what it says."""
        self.screen.line(f"  $ leadsync {' '.join(words)}", "cyan")
        done = subprocess.run(
            [sys.executable, "-m", "runner", *words],
            env=environment_for(self.url),
            check=False,
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise DemoError(f"leadsync {words[0]} {words[1]} failed:\n{done.stderr}")
        for line in done.stdout.splitlines():
            self.screen.line("  " + line)

    def _rows(self, query: str, lead: Lead) -> list[dict[str, Any]]:
        given = {"chat": lead.conversation_id, "property": self.office.place.property_id}
        return self.connection.cursor(row_factory=dict_row).execute(query, given).fetchall()

    def _chat(self, lead: Lead) -> dict[str, Any]:
        return self._rows(_CHAT, lead)[0]

    def _prospect(self, lead: Lead) -> str:
        return str(self._chat(lead)["resman_lead_id"])

    def _told(self, lead: Lead) -> int:
        events = self.simulator.lead(self._prospect(lead))["events"]
        return sum(event["comments"].startswith("DomIQ chat: ") for event in events)

    def _in_resman(self, lead: Lead, occupants: str) -> bool:
        return self._shows(self.simulator.lead(self._prospect(lead)), occupants=occupants)

    @staticmethod
    def _shows(row: dict[str, Any], **values: str) -> bool:
        return all(row[name] == value for name, value in values.items())
