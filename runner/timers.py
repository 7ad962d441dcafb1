"""What a runner does by the clock: keeps its leases alive and calls what may be due.

Every runner calls; which of them does the work is for the database to say.
"""

import threading
from collections.abc import Callable

import psycopg

from runner import calls, log
from runner.clock import boottime
from runner.db import Database
from runner.flights import Flights
from runner.settings import Settings

SCHEDULE_EVERY, MAINTENANCE_EVERY = 1.0, 60.0
"""Seconds between two calls."""


class Timers:
    """One thread a timer, until `stop`."""

    def __init__(
        self,
        database: Database,
        flights: Flights,
        settings: Settings,
        found_work: Callable[[], None],
    ) -> None:
        """`found_work` is called when items have been queued or put back."""
        self._database, self._flights, self._settings = database, flights, settings
        self._found_work = found_work
        self._stop = threading.Event()
        self._threads: list[threading.Thread] = []
        self._said: dict[str, int] = {}

    def start(self, *, leases_only: bool) -> None:
        """Start the threads; in a drain nothing but the leases is kept."""
        self._start("leases", self._settings.lease / 3, self._extend_leases)
        if not leases_only:
            self._start("schedule", SCHEDULE_EVERY, self.run_schedule)
            self._start("maintenance", MAINTENANCE_EVERY, self._run_maintenance)

    def stop(self) -> None:
        """End the threads; what one is doing may take a second more."""
        self._stop.set()
        for thread in self._threads:
            thread.join(timeout=1.0)

    def run_schedule(self) -> None:
        """Rescue expired leases and queue what is due; raises psycopg.Error."""
        rescued = self._database.call(calls.rescue_expired_leases)
        queued = self._database.call(calls.run_schedule)
        if rescued:
            log.warning("expired leases rescued", items=rescued)
        if queued:
            log.info("schedule queued items", items=queued)
        applied = self.apply_pulled() if queued else 0
        if applied:
            log.info("leads of a pull applied", leads=applied)
        if rescued or queued:
            self._found_work()

    def apply_pulled(self) -> int:
        """Apply what pulls have read, batch by batch; how many leads. Raises psycopg.Error.

        After the first batch a second session is at it too, as long as there is work for it.
        """
        applied = [self._database.call(calls.apply_pulled)]
        if applied[0]:
            # A daemon: a session that hangs must not keep the process from its end.
            second = threading.Thread(
                target=self._apply_beside, args=(applied,), name="pulls", daemon=True
            )
            second.start()
            applied.append(self._apply_batches())
            second.join()
        return sum(applied)

    def _apply_beside(self, applied: list[int]) -> None:
        try:
            applied.append(self._apply_batches())
        except psycopg.Error as error:
            log.debug("second session of a pull failed", error=error)

    def _apply_batches(self) -> int:
        total = 0
        while not self._stop.is_set():
            applied = self._database.call(calls.apply_pulled)
            total += applied
            if not applied:
                break
        return total

    def _run_maintenance(self) -> None:
        if (ended := dict(self._flights.outcomes)) != self._said:
            self._said = ended
            log.info("items ended so far", **ended)
        log.debug("maintenance done", done=self._database.call(calls.run_maintenance))

    def _extend_leases(self) -> None:
        now = boottime()
        due = [
            flight
            for flight in self._flights.all()
            if now - flight.leased >= self._settings.lease / 4
        ]
        if not due:
            return
        tokens = [flight.item.lease_token for flight in due]
        extended = self._database.call(
            calls.extend_leases, tokens, self._settings.lease_interval
        )
        for flight in due:
            flight.leased = now
        log.debug("leases extended", items=extended, asked_for=len(due))

    def _start(self, name: str, seconds: float, function: Callable[[], None]) -> None:
        def run() -> None:
            while not self._stop.wait(seconds):
                try:
                    function()
                except psycopg.Error as error:
                    log.debug("timer failed, comes again", timer=name, error=error)

        self._threads.append(threading.Thread(target=run, name=name, daemon=True))
        self._threads[-1].start()
