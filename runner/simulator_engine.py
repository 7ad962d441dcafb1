"""Carries out the simulated ResMan's calls: faults, holds, the commit hook, the journal."""

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from runner.simulator_answers import METHOD_V2, Answer, Call
from runner.simulator_api import answer_call
from runner.simulator_clock import Clock, SimulatedClock, system_clock
from runner.simulator_faults import GARBLED_FAULTS, STATUS_FAULTS, Fault, FaultQueue
from runner.simulator_journal import Journal
from runner.simulator_model import show_time
from runner.simulator_spoil import fault_answer, garble
from runner.simulator_store import Store
from runner.simulator_switches import Switches
from runner.simulator_v2 import read_prospects

logger = logging.getLogger(__name__)
_ANSWERS = {METHOD_V2: read_prospects}
CommitHook = Callable[[str, str], object]


class DropError(Exception):
    """The connection ends here without an answer; ``reset`` ends it by RST."""

    def __init__(self, reset: bool) -> None:
        super().__init__("connection dropped")
        self.reset = reset


class Engine:
    """The simulator without its sockets."""

    def __init__(
        self,
        state: Path | None = None,
        clock: Clock | None = None,
        switches: dict[str, Any] | None = None,
    ) -> None:
        self.switch = Switches()
        self.switch.update(switches or {})
        self.clock = SimulatedClock(self.switch, clock or system_clock)
        self.store = Store(state, self.clock, self.switch)
        self._first_switches = dict(switches or {})
        self.faults = FaultQueue(self.switch)
        self.on_commit: CommitHook | None = None
        self.journal = Journal(self.store.changed)
        self.closing = threading.Event()
        """Set when this start of the server ends; the next start has one of its own."""
        self.held = 0
        self._holds: set[tuple[str, str]] = set()
        self._epoch = 0
        self._in_flight = 0

    def set_switches(self, values: dict[str, Any]) -> None:
        """Set switches, all or none. Raises ValueError."""
        with self.store.lock:
            self.switch.update(values)
            self.clock()  # one that is to stand stands from now on

    # --- holding answers back

    def hold(self, method: str, when: str = "after") -> None:
        """Keep calls of a method back, ``before`` or ``after`` they are processed."""
        if when not in ("before", "after"):
            raise ValueError("when is before or after")
        with self.store.changed:
            self._holds.add((method.lower(), when))

    def holds(self) -> list[dict[str, str]]:
        """What is held back, for JSON."""
        with self.store.lock:
            return [{"method": method, "when": when} for method, when in sorted(self._holds)]

    def release(self, method: str | None = None) -> None:
        """Let held calls of a method, or of all, go on; with no method timeouts end too."""
        with self.store.changed:
            kept = () if method is None else self._holds
            self._holds = {hold for hold in kept if hold[0] != str(method).lower()}
            if method is None:
                self._epoch += 1
            self.store.changed.notify_all()

    def wait_for(self, predicate: Callable[[], Any], timeout: float = 10) -> bool:
        """Wait until ``predicate()`` is true, looking again whenever anything has happened.

        Returns whether it came true within ``timeout`` seconds. It is called under the
        simulator's lock.
        """
        with self.store.changed:
            return bool(self.store.changed.wait_for(predicate, timeout))

    def _held(self, method: str, when: str, life: threading.Event) -> None:
        if not self._holds:
            return
        key = (method.lower(), when)
        changed = self.store.changed
        with changed:
            if key not in self._holds:
                return
            self.held += 1
            changed.notify_all()
            changed.wait_for(lambda: key not in self._holds or life.is_set())
            self.held -= 1
            changed.notify_all()
        if life.is_set():
            raise DropError(reset=False)

    def _keep_waiting(self, seconds: float, life: threading.Event) -> None:
        """Wait, unless release() is called. Raises DropError when the server stops."""
        changed = self.store.changed
        with changed:
            epoch = self._epoch
            self.held += 1
            changed.notify_all()
            changed.wait_for(lambda: self._epoch != epoch or life.is_set(), seconds)
            self.held -= 1
            changed.notify_all()
        if life.is_set():
            raise DropError(reset=False)

    # --- calls

    def perform(self, call: Call) -> Answer:
        """Answer one call, faults included. Raises DropError."""
        started = time.perf_counter()
        life = self.closing
        with self.store.lock:
            self._in_flight += 1
            begun = (self.clock(), self._in_flight, started)
        try:
            fault = self.faults.take(call.method, call.property_id, call.account_id)
            self._held(call.method, "before", life)
            delay = self.switch.latency_ms / 1000
            if fault is not None and fault.fault == "latency":
                delay += fault.ms / 1000
            if delay and life.wait(delay):
                raise DropError(reset=False)
            return self._perform(call, fault, begun, life)
        finally:
            with self.store.lock:
                self._in_flight -= 1

    def _perform(
        self,
        call: Call,
        fault: Fault | None,
        begun: tuple[datetime, int, float],
        life: threading.Event,
    ) -> Answer:
        name = fault.fault if fault is not None and fault.fault != "latency" else ""
        hold_s = self.switch.hold_s
        if fault is not None and fault.hold_s is not None:
            hold_s = fault.hold_s
        answers = name in STATUS_FAULTS or name == "error"
        if fault is not None and (
            name.endswith("_before_commit") or (answers and not fault.commit)
        ):
            answer = fault_answer(fault, call, self._retry_at(fault))
            self.journal.note(call, answer, begun, name)
            if name == "reset_before_commit":
                raise DropError(reset=True)
            if name == "timeout_before_commit":
                self._keep_waiting(hold_s, life)
                raise DropError(reset=False)
            return answer
        if name == "late_commit":
            self._keep_waiting(hold_s, life)
        answer = _ANSWERS.get(call.method, answer_call)(self.store, self.switch, call)
        self.journal.note(call, answer, begun, name)
        self._after_commit(call, answer)
        self._held(call.method, "after", life)
        if name == "reset_after_commit":
            raise DropError(reset=True)
        if name == "timeout_after_commit":
            self._keep_waiting(hold_s, life)
            raise DropError(reset=False)
        if fault is not None and answers:
            return fault_answer(fault, call, self._retry_at(fault))
        return garble(answer, fault) if fault is not None and name in GARBLED_FAULTS else answer

    def _retry_at(self, fault: Fault) -> datetime | None:
        """Retry-After as a date, where it is to be one."""
        if fault.retry_after is None or self.switch.retry_after_form != "date":
            return None
        return self.clock() + timedelta(seconds=fault.retry_after)

    def _after_commit(self, call: Call, answer: Answer) -> None:
        hook = self.on_commit
        if hook is None or not answer.committed:
            return
        try:
            for lead_id in answer.lead_ids:
                hook(call.method, lead_id)
        except Exception:
            logger.exception("on_commit failed")
            raise DropError(reset=True) from None

    def requests(self, method: str | None = None, since: int = 0) -> list[dict[str, Any]]:
        """The last calls, oldest first, of one method or all. It holds no credentials."""
        return self.journal.rows(method, since)

    def clear_requests(self) -> None:
        """Empty the journal."""
        self.journal.clear()

    def stats(self) -> dict[str, Any]:
        """How much this simulator holds, and how many calls ended how."""
        with self.store.lock:
            types = Counter(lead.type for lead in self.store.leads.values())
            return {
                "leads": len(self.store.leads),
                "types": dict(types),
                "commits": self.store.commits,
                "in_flight": self._in_flight,
                "held": self.held,
                "calls": self.journal.counts(),
                "now": show_time(self.clock()),
            }

    def reset(self) -> None:
        """Leads, faults, holds, journal and switches back to the start; accounts stay."""
        self.faults.clear()
        self.release()
        with self.store.lock:
            self.set_switches({**Switches().as_dict(), **self._first_switches})
            self.journal.clear()
            self.store.clear()
            self.store.commits = 0
        self.store.save()
