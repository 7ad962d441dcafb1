"""The runner: claims for the slots that are free, until it is told to stop.

One thread, the one that calls `Runner.run`, claims and holds the LISTEN connection; workers
make the calls, the hand-over passes answers on, timers keep leases alive and call what the
clock asks for. What is claimed, retried, given up or due when is the database's business.
"""

import os
import signal
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

import psycopg

from runner import calls, log
from runner.clock import boottime
from runner.db import EXIT_ERROR, Database, Pauses, is_outage, is_passing, translate
from runner.flights import Flights
from runner.handover import Handover
from runner.listener import Listener, Wake
from runner.notify import Supervisor
from runner.settings import Settings
from runner.timers import Timers
from runner.worker import Call, Workers

_GIVE_UP_AFTER = 60.0
"""Seconds that a drain waits for a database it has lost."""
_CONNECTIONS = 9  # a claim without LISTEN, two hand-overs, four of timers, two of workers


class Runner:
    """One runner, for one `run`."""

    def __init__(self, settings: Settings, call: Call) -> None:
        """`call` makes one request to ResMan. Nothing is opened yet."""
        self.runner_id = str(uuid.uuid4())
        self._settings = settings
        self._supervisor = Supervisor(settings.health_file)
        self._database = Database(settings, _CONNECTIONS)
        self._wake = Wake()
        self._listener = Listener(self._database, self._wake)
        self._flights = Flights(settings.slots, self._wake.set)
        self._handover = Handover(self._database, settings.batch)
        self._workers = Workers(
            self._database, self._handover, self._flights, call, settings.slots
        )
        self._timers = Timers(self._database, self._flights, settings, self._wake.set)
        self._stopping = False
        self._more = True  # there may be more to claim
        self._polls = Pauses(0.02, 0.5)
        self._outages = Pauses(0.1, 10.0)
        self._reached = False

    def stop(self) -> None:
        """Ask the runner to end: no new claims. Safe from any thread and signal handler."""
        self._stopping = True  # no Event: its lock may be held where a signal arrives
        self._wake.set()

    @contextmanager
    def signals(self) -> Iterator[None]:
        """In the block SIGTERM and SIGINT stop the runner; a second one ends the process."""

        def handle(_number: int, _frame: FrameType | None) -> None:
            if self._stopping:
                os._exit(EXIT_ERROR)  # what is in flight is left to its lease
            self.stop()

        before = {n: signal.signal(n, handle) for n in (signal.SIGTERM, signal.SIGINT)}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def run(self, drain_wait: float | None = None) -> bool:
        """Work until stopped; with `drain_wait`, in seconds, until nothing is left to do.

        Returns whether it ended as meant: False for a drain that was stopped before its end.
        Waits for a database that is down, except in a drain. Raises CommandError where
        migrations are missing or the role may not do this.
        """
        log.info(
            "runner starts",
            runner=self.runner_id,
            slots=self._settings.slots,
            drain=drain_wait is not None,
        )
        self._database.open()
        self._handover.start()
        self._workers.start()
        self._timers.start(leases_only=drain_wait is not None)
        try:
            if drain_wait is None:
                self._until_stopped(self._cycle)
            else:
                self._drain(drain_wait)
            return drain_wait is None or not self._stopping
        finally:
            self._end()

    def _until_stopped(self, cycle: Callable[[], bool], give_up_after: float = 0.0) -> None:
        """Run `cycle` until it returns False, through outages; `give_up_after`: seconds."""
        while not self._stopping:
            self._supervisor.turn()
            try:
                if not cycle():
                    return
                self._outages.reset()
            except psycopg.Error as error:
                if not self._reached and not is_passing(error):
                    raise translate(error, self._database.url) from None
                self._recover(error, give_up_after)

    def _recover(self, error: psycopg.Error, give_up_after: float) -> None:
        """Pause, longer each time, until the database answers."""
        lost_at = time.monotonic()
        while not self._stopping:
            pause = self._outages.next()
            if is_outage(error):
                self._database.log_outage(error, pause)
            else:
                log.warning("the database refuses", error=error, pause_s=round(pause, 2))
            self._supervisor.status("waiting for the database")
            self._pause(pause)
            try:
                self._database.probe()
                log.info("database reached again")
                self._supervisor.status("working")
                return
            except psycopg.Error as again:
                error = again
            if give_up_after and time.monotonic() - lost_at > give_up_after:
                raise translate(error, self._database.url) from None

    def _pause(self, seconds: float) -> None:
        for part in self._supervisor.slices(seconds):
            if self._stopping:
                return
            self._wake.wait(part)

    def _claim(self) -> int:
        """Claim for the free slots; how many items came."""
        room = self._room()
        if room <= 0:
            return 0
        asked = boottime()
        lease = self._settings.lease_interval
        items = self._listener.call(calls.claim_items, self.runner_id, room, lease)
        if not self._reached:
            log.info("database reached")
            self._reached = True
            self._supervisor.ready()
        for item in items:
            self._workers.take(item, asked)
        self._more = len(items) >= room
        if items:
            self._polls.reset()
            log.debug("items claimed", items=len(items), asked_for=room)
        return len(items)

    def _wait(self, seconds: float) -> bool:
        """Wait for something to do, with a sign of life; True if a notification came."""
        self._supervisor.turn()
        return self._listener.wait(min(seconds, self._supervisor.longest))

    def _room(self) -> int:
        return min(self._flights.free(), self._settings.batch)

    def _cycle(self) -> bool:
        if self._room() <= 0:
            self._wait(1.0)
        elif self._more:
            self._more = False
            self._claim()
        else:
            self._rest()
        return True

    def _rest(self) -> None:
        """Wait for work: asleep where writers tell us, else for a growing while."""
        if not self._listener.try_sleep():
            self._wait(self._polls.next())
            self._more = True
            return
        try:
            # Once more, now that writers notify, and as an item ends; not once the key is lost.
            while not self._stopping and not self._claim() and self._listener.listens():
                due = self._database.call(calls.next_wakeup).total_seconds()
                pause = min(max(due, self._polls.first), self._supervisor.longest)
                until = time.monotonic() + pause
                if self._wait(until - time.monotonic()) or time.monotonic() >= until:
                    self._claim()  # at once: giving the key back can wait
                    break
        finally:
            self._listener.end_sleep()

    def _drain(self, wait: float) -> None:
        """Run the schedule once, then work until nothing is claimable and nothing in flight.

        `wait`: for how many seconds without work something that falls due is waited for.
        """
        try:
            self._database.probe()
            self._timers.run_schedule()
        except psycopg.Error as error:
            raise translate(error, self._database.url) from None
        quiet_since: float | None = None

        def cycle() -> bool:
            nonlocal quiet_since
            busy = bool(self._flights.all())  # before the claim: what ends may queue more
            if self._claim() or busy:
                quiet_since = None
                if self._flights.all():
                    self._wait(1.0)
                return True
            if self._timers.apply_pulled():
                return True
            now = time.monotonic()
            quiet_since = now if quiet_since is None else quiet_since
            left = wait - (now - quiet_since)
            if left <= 0:
                return False
            due = self._database.call(calls.next_due_item).total_seconds()
            if due > left:
                return False
            self._wait(min(max(due, self._polls.next()), left))
            return True

        self._until_stopped(cycle, give_up_after=_GIVE_UP_AFTER)

    def _end(self) -> None:
        """Let calls in flight finish within the grace time, give the rest back, close all."""
        log.info("runner stops", in_flight=len(self._flights.all()))
        self._supervisor.stopping()
        parts = self._supervisor.slices(self._settings.grace)
        if not any(self._flights.wait_until_none(part) for part in parts):
            self._workers.abandon()
        given_up = self._handover.stop()
        if given_up:
            log.warning("answers not handed over, left to their leases", answers=given_up)
        self._workers.stop()
        self._timers.stop()
        self._listener.close()
        self._database.close()
        self._wake.close()
        log.info("runner stopped", **self._flights.outcomes)
