"""The items that a runner has claimed and not yet ended."""

import math
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from uuid import UUID

from runner.calls import Claimed, Json
from runner.clock import boottime
from runner.handover import Taken

AHEAD = 0.03
"""Seconds that an item may wait for a slot because it was claimed ahead: about what it takes,
under load, from the end of an item to the claim of the next."""

LATE = 0.1
"""Seconds after its place under a rate limit that a request may still be sent: what the share
of a limit that the database uses leaves room for."""


@dataclass(slots=True)
class Flight:
    """An item in flight, and its current request.

    `asked`: the boot clock before that request was asked for; `leased`: the boot clock before
    the lease was last made or extended; `send_at`: the boot clock at which the request may be
    sent, which the database spaces so that all runners together keep within a rate;
    `missed_at`: when that place has passed, infinite without a limit.
    """

    item: Claimed
    request: Json
    asked: float
    leased: float
    calling: bool = False
    answer: "Future[Taken] | None" = field(default=None)
    send_at: float = field(init=False)
    missed_at: float = field(init=False)

    def __post_init__(self) -> None:
        """The first request is asked like the others."""
        self.ask(self.request, self.asked)

    def ask(self, request: Json, asked: float) -> None:
        """The next request, just received."""
        self.request, self.asked = request, asked
        wait = request.get("wait_s")
        self.send_at = boottime() + float(wait or 0.0)
        # Its place may have been given as soon as it was asked for.
        self.missed_at = math.inf if wait is None else asked + float(wait) + LATE

    def place(self, wait: float) -> None:
        """Another place, `wait` seconds from now."""
        self.send_at = boottime() + wait
        self.missed_at = self.send_at + LATE

    def missed(self) -> bool:
        """Whether its place has passed."""
        return boottime() > self.missed_at

    def may_send(self) -> bool:
        """Whether the deadline, in seconds from the asking, is ahead when it may be sent."""
        deadline = self.request.get("deadline_s")
        return deadline is None or max(boottime(), self.send_at) - self.asked < float(deadline)

    def sends(self) -> bool:
        """Whether the current request changes something in ResMan."""
        return self.request.get("call") == "save_lead"


class Flights:
    """The items in flight, and how many more there may be.

    An item whose answer is being handed over takes no slot, nor does one that waits for long
    for its place under a rate limit: nothing is called for it. It may want one again a moment
    later, for a save that should be sent while what was read is fresh. So there are never more
    items than twice the slots, and what comes back has the first slot that ends its call. A
    slot would idle for as long as a claim takes, if that were asked for when it is free: as
    many items are claimed ahead as calls end in AHEAD, of slow calls none, at most half the
    slots. `changed` is called as an item ends, or one more may come.
    """

    def __init__(self, slots: int, changed: Callable[[], None]) -> None:
        self._slots, self._changed = slots, changed
        self._flights: dict[UUID, Flight] = {}
        self._idle: set[UUID] = set()
        self._call_s = 0.0  # what a call takes, a moving average; 0 before the first has ended
        self._lock = threading.Condition()
        self.outcomes: Counter[str] = Counter()

    def free(self) -> int:
        """How many items may be claimed now."""
        with self._lock:
            return self._free()

    def _free(self) -> int:
        share = min(AHEAD / self._call_s, 0.5) if self._call_s else 0.0
        wanted = self._slots + int(self._slots * share) + len(self._idle)
        return min(wanted, self._slots * 2) - len(self._flights)

    def all(self) -> list[Flight]:
        """The items in flight."""
        with self._lock:
            return list(self._flights.values())

    def begin(self, flight: Flight) -> None:
        """An item has been claimed."""
        with self._lock:
            self._flights[flight.item.lease_token] = flight

    def answered(self, flight: Flight, call_s: float) -> None:
        """The answer to a call of `call_s` seconds is being handed over: its slot is free."""
        with self._making_room():
            self._call_s += (call_s - self._call_s) / (16 if self._call_s else 1)
            self._idle.add(flight.item.lease_token)

    def idles(self, flight: Flight) -> None:
        """Nothing is called for the item, for a while: its slot is free."""
        with self._making_room():
            self._idle.add(flight.item.lease_token)

    @contextmanager
    def _making_room(self) -> Iterator[None]:
        """The lock; afterwards tells of room that there was not before."""
        with self._lock:
            full = self._free() <= 0
            yield
            changed = full and self._free() > 0
        if changed:
            self._changed()

    def wants_slot(self, flight: Flight) -> None:
        """There is something to call again."""
        with self._lock:
            self._idle.discard(flight.item.lease_token)

    def end(self, flight: Flight, outcome: str) -> None:
        """An item has ended, or is no longer ours."""
        with self._lock:
            self._flights.pop(flight.item.lease_token, None)
            self._idle.discard(flight.item.lease_token)
            self.outcomes[outcome] += 1
            self._lock.notify_all()
        self._changed()

    def wait_until_none(self, seconds: float) -> bool:
        """Wait until nothing is in flight, at most `seconds`; whether that came about."""
        with self._lock:
            return self._lock.wait_for(lambda: not self._flights, timeout=seconds)
