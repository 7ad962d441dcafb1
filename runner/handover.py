"""Hands answers over to the database: those that have arrived together, together.

An answer that comes alone goes at once, and under load each call carries what came while the
last one ran. Two calls at a time wait for each other's rows, so a second is made only where
many answers wait, or where the first takes long: somebody else may hold a lock. An answer is
held until the database has taken it, through lost connections and failovers: whether it still
counts is for the database to say.
"""

import threading
import time
from collections import deque
from concurrent.futures import Future
from dataclasses import dataclass, field
from uuid import UUID

import psycopg

from runner import calls, log
from runner.calls import Json
from runner.clock import boottime
from runner.db import Database, Pauses, is_outage, is_passing

PATIENCE = 0.1
"""Seconds after which a call is made beside one that still runs."""
ENOUGH = 8
"""Answers that are worth a call of their own beside one that still runs."""


class StoppedError(Exception):
    """The runner ends; an answer that waits is given up."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What the database said to an answer; `asked` is the boot clock before it was sent."""

    result: Json
    asked: float


@dataclass(slots=True)
class _Pending:
    item_id: UUID
    lease_token: UUID
    response: Json
    refusal: str
    future: "Future[Taken]" = field(default_factory=Future)
    since: float = field(default_factory=time.monotonic)

    def answer(self) -> Json:
        return {
            "item_id": str(self.item_id),
            "lease_token": str(self.lease_token),
            "response": self.response,
        }


class Handover:
    """Threads that call advance_items with whatever waits."""

    def __init__(
        self, database: Database, batch: int, threads: int = 2, patience: float = PATIENCE
    ) -> None:
        """`batch`: the greatest number of answers in one call; `patience`: in seconds."""
        self._database, self._batch, self._patience = database, batch, patience
        self._waiting: deque[_Pending] = deque()
        self._changed = threading.Condition()  # of what waits, and of whether a call is made
        self._calling: set[int] = set()  # threads
        self._stop = threading.Event()
        self._threads = [
            threading.Thread(target=self._run, name=f"handover-{n}", daemon=True)
            for n in range(threads)
        ]

    def start(self) -> None:
        """Start the threads."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> int:
        """Stop the threads; answers not yet handed over are given up. Returns how many."""
        self._stop.set()
        with self._changed:
            self._changed.notify_all()
        for thread in self._threads:
            thread.join(timeout=1.0)
        with self._changed:
            given_up = list(self._waiting)
            self._waiting.clear()
        for pending in given_up:
            pending.future.set_exception(StoppedError())
        return len(given_up)

    def submit(
        self, item_id: UUID, lease_token: UUID, response: Json, refusal: str = "malformed"
    ) -> "Future[Taken]":
        """Hand an answer over; the future ends with Taken, or with StoppedError.

        `refusal`: the kind to report instead where the database cannot take this answer.
        """
        pending = _Pending(item_id, lease_token, response, refusal)
        with self._changed:
            if not self._stop.is_set():
                self._waiting.append(pending)
                if len(self._waiting) in (1, ENOUGH):  # else it is known what waits
                    self._changed.notify()
                return pending.future
        pending.future.set_exception(StoppedError())
        return pending.future

    def _run(self) -> None:
        while batch := self._take():
            self._deliver(batch)

    def _take(self) -> list[_Pending]:
        """What waits, once a call may be made for it; nothing at the end."""
        with self._changed:
            while not self._stop.is_set():
                if self._waiting and (not self._calling or self._is_worth_another()):
                    self._calling.add(threading.get_ident())
                    size = min(self._batch, len(self._waiting))
                    batch = [self._waiting.popleft() for _ in range(size)]
                    if self._waiting:
                        self._changed.notify()
                    return batch
                self._changed.wait(self._patience if self._waiting else None)
        return []

    def _is_worth_another(self) -> bool:
        if len(self._waiting) >= ENOUGH:
            return True
        return time.monotonic() - self._waiting[0].since >= self._patience

    def _deliver(self, batch: list[_Pending]) -> None:
        pauses = Pauses(0.05, 5.0)
        replaced = False
        while not self._stop.is_set():
            try:
                asked, rows = self._send(batch)
            except Exception as error:
                if is_passing(error):
                    self._hold(error, len(batch), pauses.next())
                elif len(batch) > 1:
                    log.error(
                        "answers refused together, handing over one by one",
                        error=error,
                        items=len(batch),
                    )
                    for pending in batch:
                        self._deliver([pending])
                    return
                elif not replaced:
                    log.error("answer refused", error=error, item=batch[0].item_id)
                    batch[0].response = _refused(batch[0], error)
                    replaced = True
                else:
                    log.error(
                        "answer refused again, left to its lease",
                        error=error,
                        item=batch[0].item_id,
                    )
                    batch[0].future.set_result(Taken({}, boottime()))
                    return
                continue
            results = {row.item_id: row.result for row in rows}
            for pending in batch:
                pending.future.set_result(Taken(results.get(pending.item_id, {}), asked))
            return
        for pending in batch:
            pending.future.set_exception(StoppedError())

    def _send(self, batch: list[_Pending]) -> tuple[float, list[calls.Advanced]]:
        asked = boottime()
        try:
            answers = [pending.answer() for pending in batch]
            return asked, self._database.call(calls.advance_items, answers)
        finally:
            with self._changed:
                self._calling.discard(threading.get_ident())
                if self._waiting:
                    self._changed.notify()

    def _hold(self, error: Exception, answers: int, pause: float) -> None:
        if is_outage(error):
            self._database.log_outage(error, pause, answers_held=answers)
        else:
            log.info("answers held", answers=answers, pause_s=round(pause, 2), error=error)
        self._stop.wait(pause)


def _refused(pending: _Pending, error: Exception) -> Json:
    """What is reported in place of an answer that the database cannot take."""
    what = f"SQLSTATE {error.sqlstate}" if isinstance(error, psycopg.Error) else ""
    return {
        "outcome": "failed",
        "kind": pending.refusal,
        "code": "database_error",
        "message": what or type(error).__name__,
        "elapsed_ms": 0,
        "issued_at": pending.response.get("issued_at"),
    }
