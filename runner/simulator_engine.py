"""Carries out the simulated ResMan's calls: faults, holds, the commit hook, the journal."""

import logging
import threading
import time
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import Any

from runner.simulator_api import Answer, Call, answer_call
from runner.simulator_faults import GARBLED_FAULTS, STATUS_FAULTS, Fault, FaultQueue, Switches
from runner.simulator_model import show_time
from runner.simulator_spoil import fault_answer, garble
from runner.simulator_store import Clock, Store

logger = logging.getLogger(__name__)
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
        self.store = Store(state, clock)
        self.switch = Switches()
        self.switch.update(switches or {})
        self._first_switches = dict(switches or {})
        self.faults = FaultQueue(self.switch)
        self.on_commit: CommitHook | None = None
        self.journal: deque[dict[str, Any]] = deque(maxlen=100_000)
        self.closing = threading.Event()
        """Set when this start of the server ends; the next start has one of its own."""
        self.held = 0
        self._holds: set[tuple[str, str]] = set()
        self._epoch = 0
        self._in_flight = 0
        self._seq = 0

    # --- holding answers back

    def hold(self, method: str, when: str = "after") -> None:
        """Keep calls of a method back, ``before`` or ``after`` they are processed."""
        if when not in ("before", "after"):
            raise ValueError("when is before or after")
        with self.store.changed:
            self._holds.add((method.lower(), when))

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
            entry = {"at": show_time(self.store.clock()), "in_flight": self._in_flight}
        try:
            fault = self.faults.take(call.method, call.property_id)
            self._held(call.method, "before", life)
            delay = self.switch.latency_ms / 1000
            if fault is not None and fault.fault == "latency":
                delay += fault.ms / 1000
            if delay and life.wait(delay):
                raise DropError(reset=False)
            return self._perform(call, fault, entry, started, life)
        finally:
            with self.store.lock:
                self._in_flight -= 1

    def _perform(
        self,
        call: Call,
        fault: Fault | None,
        entry: dict[str, Any],
        started: float,
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
            answer = fault_answer(fault, call)
            self._note(call, answer, entry, started, name)
            if name == "reset_before_commit":
                raise DropError(reset=True)
            if name == "timeout_before_commit":
                self._keep_waiting(hold_s, life)
                raise DropError(reset=False)
            return answer
        if name == "late_commit":
            self._keep_waiting(hold_s, life)
        answer = answer_call(self.store, self.switch, call)
        self._note(call, answer, entry, started, name)
        self._after_commit(call, answer)
        self._held(call.method, "after", life)
        if name == "reset_after_commit":
            raise DropError(reset=True)
        if name == "timeout_after_commit":
            self._keep_waiting(hold_s, life)
            raise DropError(reset=False)
        if fault is not None and answers:
            return fault_answer(fault, call)
        return garble(answer, fault) if fault is not None and name in GARBLED_FAULTS else answer

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

    def _note(
        self, call: Call, answer: Answer, entry: dict[str, Any], started: float, fault: str
    ) -> None:
        with self.store.changed:
            self._seq += 1
            entry |= {
                "seq": self._seq,
                "method": call.method,
                "account_id": call.account_id,
                "property_id": call.property_id,
                "outcome": answer.outcome,
                "status": answer.status,
                "committed": answer.committed,
                "created": answer.created,
                "by": answer.by,
                "lead_ids": answer.lead_ids,
                "events": answer.events,
                "fault": fault or None,
                "elapsed_ms": round((time.perf_counter() - started) * 1000, 3),
            }
            self.journal.append(entry)
            self.store.changed.notify_all()

    def requests(self, method: str | None = None) -> list[dict[str, Any]]:
        """The journal, oldest first, of one method or all. It holds no credentials."""
        with self.store.lock:
            return [
                dict(entry)
                for entry in self.journal
                if method is None or entry["method"].lower() == method.lower()
            ]

    def clear_requests(self) -> None:
        """Empty the journal."""
        with self.store.lock:
            self.journal.clear()

    def reset(self) -> None:
        """Leads, faults, holds, journal and switches back to the start; accounts stay."""
        self.faults.clear()
        self.release()
        with self.store.lock:
            self.switch.update({**Switches().as_dict(), **self._first_switches})
            self.journal.clear()
            self.store.clear()
            self.store.commits = 0
        self.store.save()
