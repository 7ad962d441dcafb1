"""`leadsync demo`: DomIQ's stand-in, ResMan's and lead-sync between them, on this machine.

Leads arrive and are edited for some seconds, ResMan is away for a few of them. Then the office
edits in ResMan, both sides change the same field, and the conflict is decided. At last both
sides are read and compared. Everything is removed at the end, after Ctrl-C and SIGTERM too.
"""

import contextlib
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from types import FrameType
from typing import IO, Any

import psycopg
from psycopg.rows import dict_row

from runner.cli_status import read_status
from runner.demo_both_ways import BothWays
from runner.demo_compare import compare, read_domiq, read_resman
from runner.demo_screen import Rows, Screen
from runner.demo_story import Office, TypedLead, open_offices, type_into_resman
from runner.demo_timeline import make_steps
from runner.demo_world import (
    Clock,
    DemoError,
    Place,
    log_tail,
    make_keys,
    make_places,
    prepare_domiq,
    prepare_resman,
    run_runner,
    switch_on,
)
from runner.domiq import load_domiq
from runner.migrate import MigrationError, SqlFileError, migrate
from runner.postgres import PostgresMissingError, open_server
from runner.simulator import Simulator

_LONGEST_S = 45.0
"""For how long the queue may take to come to rest after the last edit."""
_TICK_S = 1.0
_TYPED = 10
"""Number of the visitor whom the leasing office has typed in before they chat."""

_QUEUE = """
select count(*) filter (where status = 'pending') as waiting,
  count(*) filter (where status = 'processing') as in_flight,
  count(*) filter (where status = 'pending' and next_retry_at > now()) as retrying,
  max(error_message) filter (where status = 'pending') as why
from public.lead_sync_queue
"""
_UNFINISHED = """
select q.conversation_id, q.sync_operation, q.status, q.error_code, q.error_message
from public.lead_sync_queue q
where q.status in ('failed', 'pending', 'processing') order by q.created_at limit 20
"""
_CONFLICTS = """
select conversation_id, conflict_type, conflict_field, domiq_value, resman_value
from public.lead_sync_conflicts where resolution_status in ('pending', 'manual_review')
"""


def main(*, keep: bool = False) -> int:
    """Run the demo; returns 0 if both sides agree, else 1.

    `keep`: leave everything running, with its addresses shown, until Ctrl-C.
    """
    screen = Screen()
    with _orderly_exit():
        try:
            return _run(screen, keep)
        except (DemoError, MigrationError, PostgresMissingError, SqlFileError) as error:
            screen.say(str(error), "red")
        except KeyboardInterrupt:
            screen.say("stopped; everything is removed", "yellow")
    return 1


def _run(screen: Screen, keep: bool) -> int:
    places, keys = make_places(), make_keys()
    clock = Clock()
    with open_server() as server, Simulator(port=0, clock=clock) as simulator:
        screen.say("PostgreSQL runs")
        url = server.create_database("demo")
        load_domiq(url)
        screen.say("DomIQ's stand-in is loaded")
        screen.say(f"lead-sync is installed: {len(migrate(url).applied)} migrations")
        with psycopg.connect(url, autocommit=True) as connection:
            for place in places:
                prepare_resman(simulator, place)
                prepare_domiq(connection, place)
            with open_offices(url, places) as offices:
                typed = [type_into_resman(simulator, office, _TYPED) for office in offices]
            clock.behind = timedelta(0)
            for place in places:
                switch_on(connection, place, simulator, keys)
            screen.say(f"ResMan's stand-in runs, {len(places)} properties are switched on")
            with (
                run_runner(url, simulator.url, keys) as runner,
                open_offices(url, places) as offices,
            ):
                demo = _Demo(
                    screen=screen,
                    url=url,
                    simulator=simulator,
                    offices=offices,
                    connection=connection,
                    runner=runner,
                )
                demo.tell()
                demo.settle()
                demo.tell_both_ways()
                demo.settle()
                agree = demo.judge(typed)
                if keep:
                    screen.keep(url, simulator.url)
                return 0 if agree else 1


class _Demo:
    """The demo's parts, once all of them run."""

    def __init__(
        self,
        *,
        screen: Screen,
        url: str,
        simulator: Simulator,
        offices: list[Office],
        connection: psycopg.Connection[Any],
        runner: tuple[subprocess.Popen[bytes], IO[bytes]],
    ) -> None:
        self._screen, self._url, self._simulator = screen, url, simulator
        self._offices, self._connection = offices, connection
        self._places: list[Place] = [office.place for office in offices]
        self._process, self._log = runner
        self._ticked = 0.0

    def tell(self) -> None:
        """Let it all happen."""
        self._screen.say("the runner starts; people chat", "bold")
        start = time.monotonic()
        for at, text, action in make_steps(self._offices, self._simulator):
            while (left := start + at - time.monotonic()) > 0:
                self._tick()
                time.sleep(min(left, 0.1))
            if text:
                self._screen.say(text, "bold yellow" if text.startswith("!") else "cyan")
            action()
        self._screen.say("the last edit is made", "bold")

    def tell_both_ways(self) -> None:
        """Let the office edit, too."""
        BothWays(
            screen=self._screen,
            url=self._url,
            simulator=self._simulator,
            connection=self._connection,
            office=self._offices[0],
            look=self._tick,
        ).tell()

    def settle(self) -> None:
        """Wait until nothing waits and nothing is in flight, for a while at most."""
        deadline = time.monotonic() + _LONGEST_S
        while time.monotonic() < deadline:
            state = self._tick()
            if not state["waiting"] and not state["in_flight"]:
                self._screen.say("nothing waits any more", "bold")
                return
            time.sleep(0.1)
        self._screen.say(f"after {_LONGEST_S:.0f} s there is still something to do", "red")

    def judge(self, typed: list[TypedLead]) -> bool:
        """Compare both sides and show it all; whether they agree and nothing is left."""
        screen = self._screen
        result = compare(
            read_domiq(self._url, self._places),
            read_resman(self._simulator.url, self._places),
        )
        screen.comparison(result)
        changed = [text for lead in typed for text in lead.changes(self._simulator)]
        differences = result.disagreements + changed
        screen.title(f"Differences: {len(differences) or 'none'}")
        for text in differences:
            screen.line("  " + text, "red")
        if not changed:
            screen.line(f"  (what ResMan alone knew of {len(typed)} leads is untouched)")

        status = read_status(self._connection)
        screen.title("public.property_sync_status")
        screen.table(status["properties"])
        screen.title("lead_sync.queue_backlog")
        screen.table(status["queue"])
        left = self._rows(_UNFINISHED)
        conflicts = self._rows(_CONFLICTS)
        for heading, rows in (("Unfinished items", left), ("Open conflicts", conflicts)):
            if rows:
                screen.title(heading)
                screen.table(rows)

        agree = result.all_agree and not differences and not left and not conflicts
        leads = result.agreed["one lead"]
        screen.title(
            f"DomIQ and ResMan agree: {leads} leads, {result.agreed.total() - leads} values"
            if agree
            else f"NOT in step: {len(differences)} differences, {len(left)} unfinished items, "
            f"{len(conflicts)} open conflicts"
        )
        return agree

    def _rows(self, query: str) -> Rows:
        return self._connection.cursor(row_factory=dict_row).execute(query).fetchall()

    def _tick(self) -> dict[str, Any]:
        """Look at both sides; say so once in a while."""
        if self._process.poll() is not None:
            raise DemoError(f"the runner has ended:\n{log_tail(self._log)}")
        state = self._rows(_QUEUE)[0]
        if time.monotonic() - self._ticked >= _TICK_S:
            self._ticked = time.monotonic()
            why = f", {state['retrying']} to be tried again: {state['why']}"
            self._screen.say(
                f"ResMan has {len(self._simulator.leads())} leads; {state['waiting']} wait, "
                f"{state['in_flight']} in flight" + (why if state["retrying"] else "")
            )
        return state


@contextlib.contextmanager
def _orderly_exit() -> Iterator[None]:
    """In the block SIGTERM and SIGHUP unwind the program as Ctrl-C does."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def handle(number: int, _frame: FrameType | None) -> None:
        raise SystemExit(128 + number)

    before = {n: signal.signal(n, handle) for n in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
