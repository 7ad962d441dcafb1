"""What the simulated ResMan was asked: the last calls, and counts of all."""

import threading
import time
from collections import Counter, deque
from datetime import datetime
from typing import Any

from runner.simulator_answers import Answer, Call
from runner.simulator_model import show_time

KEPT = 20_000
"""Calls that are remembered; older ones are only counted."""


class Journal:
    """The calls, oldest first; it holds no credentials and no data of leads but their ids.

    ``changed`` is notified of every call, and its lock guards all.
    """

    def __init__(self, changed: threading.Condition) -> None:
        self._changed = changed
        self._rows: deque[dict[str, Any]] = deque(maxlen=KEPT)
        self._seq = 0
        self._counts: Counter[tuple[str, str]] = Counter()

    def note(
        self,
        call: Call,
        answer: Answer,
        begun: tuple[datetime, int, float],
        fault: str,
    ) -> None:
        """Remember a call; ``begun``: its time, the calls in flight then, a counter."""
        at, in_flight, started = begun
        with self._changed:
            self._seq += 1
            self._counts[call.method, answer.outcome] += 1
            self._rows.append(
                {
                    "at": show_time(at),
                    "in_flight": in_flight,
                    "seq": self._seq,
                    "method": call.method,
                    "account_id": call.account_id[:64],
                    "property_id": call.property_id[:64],
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
            )
            self._changed.notify_all()

    def rows(self, method: str | None = None, since: int = 0) -> list[dict[str, Any]]:
        """The calls of one method or all, with a ``seq`` above ``since``."""
        with self._changed:
            return [
                dict(row)
                for row in self._rows
                if row["seq"] > since
                and (method is None or row["method"].lower() == method.lower())
            ]

    def counts(self) -> dict[str, dict[str, int]]:
        """How many calls of each method ended how, those no longer remembered included."""
        result: dict[str, dict[str, int]] = {}
        with self._changed:
            for (method, outcome), number in sorted(self._counts.items()):
                result.setdefault(method, {})[outcome] = number
        return result

    def clear(self) -> None:
        """Forget all; numbering goes on."""
        with self._changed:
            self._rows.clear()
            self._counts.clear()
