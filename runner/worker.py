"""Worker threads: `request → HTTP → advance → …` until the item has ended.

A worker says what happened, never what is to be done about it. It does not wait for the
database: while an answer is handed over, it makes another item's call, and first of all the
next call of an item that has had one. Nor does it wait for a request's place under a rate
limit, and one that was kept from its place for too long gets another.
"""

import itertools
import logging
import queue
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, wait
from uuid import UUID

import psycopg

from runner import calls, log
from runner.calls import Claimed, Json
from runner.clock import boottime
from runner.db import Database, is_passing
from runner.flights import Flight, Flights
from runner.handover import Handover, StoppedError, Taken
from runner.places import Places

REPORT_WITHIN = 2.0
"""Seconds that the last answers may take to be handed over once the grace time is over."""

_NO_PLACE = 0.5
"""Seconds until a place is asked for again where the database did not give one."""

_NEXT, _FIRST, _END = range(3)
"""What a thread that is free takes first: a further call of an item, or its first."""

Call = Callable[[Json, Json], Json]
"""Makes a request: (request, connection) to a response."""


class Workers:
    """As many threads as there are slots."""

    def __init__(
        self, database: Database, handover: Handover, flights: Flights, call: Call, threads: int
    ) -> None:
        self._database, self._handover = database, handover
        self._flights, self._call = flights, call
        self._abandoned = False
        self._lock = threading.Lock()
        self._queue: queue.PriorityQueue[tuple[int, int, Flight | None]] = queue.PriorityQueue()
        self._numbers = itertools.count()
        self._places = Places(flights, lambda flight: self._put(_NEXT, flight))
        self._threads = [
            threading.Thread(target=self._run, name=f"worker-{n}", daemon=True)
            for n in range(threads)
        ]

    def start(self) -> None:
        """Start the threads."""
        self._places.start()
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Let every thread end after its item."""
        self._places.stop()
        for _ in self._threads:
            self._put(_END, None)

    def abandon(self) -> None:
        """Stop waiting for calls in flight, and give back what is not being sent.

        A save that is on its way may or may not be done: that is what is reported of it.
        """
        with self._lock:  # from here on nobody begins a call
            self._abandoned = True
        self._places.stop()
        back: list[UUID] = []
        reports: list[Future[Taken]] = []
        for flight in self._flights.all():
            if flight.calling and flight.sends():
                reports.append(
                    self._hand_over(
                        flight,
                        {
                            "outcome": "failed",
                            "kind": "ambiguous",
                            "code": "stopped",
                            "message": "the runner was stopped before the answer came",
                            "elapsed_ms": 0,
                            "issued_at": flight.request.get("issued_at"),
                        },
                    )
                )
            elif flight.answer is None or flight.answer.done():
                back.append(flight.item.lease_token)
            else:
                reports.append(flight.answer)
        self._release(back, "the grace time is over")
        wait(reports, timeout=REPORT_WITHIN)

    def take(self, item: Claimed, asked: float) -> None:
        """Work on a claimed item; `asked` is the boot clock before the claim was sent."""
        log.debug(
            "item claimed",
            item=item.item_id,
            operation=item.sync_operation,
            attempt=item.attempt,
            conversation=item.conversation_id,
        )
        flight = Flight(item, item.request, asked, asked)
        self._flights.begin(flight)
        self._line_up(_FIRST, flight)

    def _line_up(self, rank: int, flight: Flight) -> None:
        if flight.send_at > boottime() and flight.may_send():
            self._places.hold(flight, flight.send_at)
        else:
            self._put(rank, flight)

    def _put(self, rank: int, flight: Flight | None) -> None:
        self._queue.put((rank, next(self._numbers), flight))

    def _run(self) -> None:
        while (flight := self._queue.get()[2]) is not None:
            try:
                self._work(flight)
            except Exception as error:
                self._lose(flight, error)

    def _lose(self, flight: Flight, error: Exception) -> None:
        log.error("item left to its lease", error=error, item=flight.item.item_id)
        self._flights.end(flight, "lost")

    def _work(self, flight: Flight) -> None:
        """Make the item's current call."""
        item = flight.item
        if flight.missed() and flight.may_send() and not self._place(flight):
            return
        with self._lock:
            flight.calling = not self._abandoned and flight.may_send()
        if not flight.calling:
            self._release([item.lease_token], "too late to send")
            self._flights.end(flight, "released")
            return
        started = time.monotonic()
        response = self._respond(flight)
        took = time.monotonic() - started
        answer = flight.answer = self._hand_over(flight, response)
        flight.calling = False
        log.debug(
            "call made",
            item=item.item_id,
            call=flight.request.get("call"),
            outcome=response.get("outcome"),
            kind=response.get("kind"),
            code=response.get("code"),
            ms=round(1000 * took),
        )
        self._flights.answered(flight, took)
        answer.add_done_callback(lambda taken: self._taken(flight, taken))

    def _place(self, flight: Flight) -> bool:
        """Ask for another place; whether that is now."""
        try:
            wait = self._database.call(calls.take_place, flight.item.lease_token)
        except psycopg.Error as error:
            if not is_passing(error):
                log.warning("no place under the rate limit", error=error, pause_s=_NO_PLACE)
            self._places.hold(flight, boottime() + _NO_PLACE)
            return False
        if wait is None:
            self._flights.end(flight, "stale")
            return False
        flight.place(wait)
        if wait:
            self._line_up(_NEXT, flight)
        return not wait

    def _taken(self, flight: Flight, answer: "Future[Taken]") -> None:
        """The database has the answer: on with the next request, or the end."""
        try:
            taken = answer.result()
            if "request" in taken.result:
                flight.ask(taken.result["request"], taken.asked)
                self._flights.wants_slot(flight)
                self._line_up(_NEXT, flight)
            else:
                self._flights.end(flight, self._ended(flight, taken.result))
        except StoppedError:
            self._flights.end(flight, "stopped")
        except Exception as error:
            self._lose(flight, error)

    def _respond(self, flight: Flight) -> Json:
        try:
            response = dict(self._call(flight.request, flight.item.connection))
        except Exception as error:  # a defect of ours: never an item without an answer
            log.error(
                "call failed in the runner",
                error=error,
                item=flight.item.item_id,
                call=flight.request.get("call"),
            )
            response = {
                "outcome": "failed",
                "code": "runner_error",
                "elapsed_ms": 0,
                "kind": "ambiguous" if flight.sends() else "malformed",
                "message": type(error).__name__,
            }
        response["issued_at"] = flight.request.get("issued_at")
        return response

    def _ended(self, flight: Flight, result: Json) -> str:
        outcome = "stale" if result.get("stale") else str(result.get("ended", "lost"))
        log.event(
            logging.DEBUG if outcome == "completed" else logging.INFO,
            "item ended",
            item=flight.item.item_id,
            outcome=outcome,
            operation=flight.item.sync_operation,
            attempt=flight.item.attempt,
            property=flight.item.property_id,
        )
        return outcome

    def _hand_over(self, flight: Flight, response: Json) -> "Future[Taken]":
        return self._handover.submit(
            flight.item.item_id,
            flight.item.lease_token,
            response,
            "ambiguous" if flight.sends() else "malformed",
        )

    def _release(self, tokens: list[UUID], reason: str) -> None:
        if not tokens:
            return
        log.warning("items given back", items=len(tokens), reason=reason)
        try:
            self._database.call(calls.release_items, tokens)
        except psycopg.Error as error:
            log.warning(
                "items not given back, left to their leases", error=error, items=len(tokens)
            )
