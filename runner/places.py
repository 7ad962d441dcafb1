"""Requests that wait for their places under a rate limit, without holding up a thread each."""

import heapq
import itertools
import threading
from collections.abc import Callable

from runner.clock import boottime
from runner.flights import Flight, Flights

SHORT = 0.25
"""Seconds of a wait in which the slot is kept: a call of another item would hardly be over. A
property of the default limits has no longer ones."""


class Places:
    """A thread that passes each flight on at its time; for a long wait it takes no slot."""

    def __init__(self, flights: Flights, due: Callable[[Flight], None]) -> None:
        """`due` gets each flight whose time has come; it must not block for long."""
        self._flights, self._due = flights, due
        self._held: list[tuple[float, int, Flight]] = []
        self._numbers = itertools.count()
        self._changed = threading.Condition()
        self._stopped = False
        self._thread = threading.Thread(target=self._run, name="places", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self) -> None:
        """Forget what is held, and end the thread."""
        with self._changed:
            self._stopped = True
            self._held.clear()
            self._changed.notify()

    def hold(self, flight: Flight, until: float) -> None:
        """Hold a flight until a time of the boot clock; not at all once stopped."""
        if until - boottime() > SHORT:
            self._flights.idles(flight)
        with self._changed:
            if not self._stopped:
                heapq.heappush(self._held, (until, next(self._numbers), flight))
                self._changed.notify()
                return
        self._pass_on(flight)

    def _run(self) -> None:
        while flight := self._next():
            self._pass_on(flight)

    def _pass_on(self, flight: Flight) -> None:
        self._flights.wants_slot(flight)
        self._due(flight)

    def _next(self) -> Flight | None:
        with self._changed:
            while not self._stopped:
                left = self._held[0][0] - boottime() if self._held else None
                if left is not None and left <= 0:
                    return heapq.heappop(self._held)[2]
                self._changed.wait(left)
        return None
