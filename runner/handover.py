"""Hands answers over to the database: those that have arrived together, together.

A thread that is free takes all answers that wait, so an answer that comes alone goes at once,
and under load each call carries what came while the last one ran. An answer is held until the
database has taken it, through lost connections and failovers: whether it still counts is for
the database to say.
"""

import queue
import threading
from concurrent.futures import Future
from dataclasses import dataclass, field
from uuid import UUID

import psycopg

from runner import calls, log
from runner.calls import Json
from runner.clock import boottime
from runner.db import Database, Pauses, is_outage, is_passing


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

    def answer(self) -> Json:
        return {
            "item_id": str(self.item_id),
            "lease_token": str(self.lease_token),
            "response": self.response,
        }


class Handover:
    """Threads that call advance_items with whatever waits."""

    def __init__(self, database: Database, batch: int, threads: int = 2) -> None:
        """`batch`: the greatest number of answers in one call."""
        self._database, self._batch = database, batch
        self._waiting: queue.SimpleQueue[_Pending | None] = queue.SimpleQueue()
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
        for _ in self._threads:
            self._waiting.put(None)
        for thread in self._threads:
            thread.join(timeout=1.0)
        given_up = 0
        while not self._waiting.empty():
            pending = self._waiting.get()
            if pending is not None:
                pending.future.set_exception(StoppedError())
                given_up += 1
        return given_up

    def submit(
        self, item_id: UUID, lease_token: UUID, response: Json, refusal: str = "malformed"
    ) -> "Future[Taken]":
        """Hand an answer over; the future ends with Taken, or with StoppedError.

        `refusal`: the kind to report instead where the database cannot take this answer.
        """
        pending = _Pending(item_id, lease_token, response, refusal)
        if self._stop.is_set():
            pending.future.set_exception(StoppedError())
        else:
            self._waiting.put(pending)
        return pending.future

    def _run(self) -> None:
        while not self._stop.is_set():
            first = self._waiting.get()
            if first is None:
                return
            batch = [first]
            while len(batch) < self._batch and not self._waiting.empty():
                try:
                    more = self._waiting.get_nowait()
                except queue.Empty:
                    break
                if more is None:
                    self._waiting.put(None)
                    break
                batch.append(more)
            self._deliver(batch)

    def _deliver(self, batch: list[_Pending]) -> None:
        pauses = Pauses(0.05, 5.0)
        replaced = False
        while not self._stop.is_set():
            asked = boottime()
            try:
                rows = self._database.call(calls.advance_items, [p.answer() for p in batch])
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
                    batch[0].future.set_result(Taken({}, asked))
                    return
                continue
            results = {row.item_id: row.result for row in rows}
            for pending in batch:
                pending.future.set_result(Taken(results.get(pending.item_id, {}), asked))
            return
        for pending in batch:
            pending.future.set_exception(StoppedError())

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
