"""Leads and accounts of the simulated ResMan: changed under one lock, all or none, and kept."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from runner.simulator_accounts import Account, Property
from runner.simulator_clock import Clock, system_clock
from runner.simulator_index import LeadIndex
from runner.simulator_model import Lead, RefusedError
from runner.simulator_state import StateFile
from runner.simulator_switches import Switches


class Store(LeadIndex):
    """Leads and accounts under one lock; ``changed`` is notified whenever anything happens.

    With ``state`` every commit is in that file before it is acknowledged. Raises ValueError for
    a file that is not one.
    """

    def __init__(
        self,
        state: Path | None = None,
        clock: Clock = system_clock,
        switches: Switches | None = None,
    ) -> None:
        super().__init__()
        self.lock = threading.RLock()
        self.changed = threading.Condition(self.lock)
        self.clock = clock
        self._switches = switches or Switches()
        self.accounts: dict[str, Account] = {}
        self.commits = 0
        self._state = StateFile(state) if state is not None else None
        self._before: dict[str, Lead | None] | None = None
        self._order: list[str] | None = None
        self._dirty: dict[str, None] = {}
        self._saving = threading.Lock()
        self._generation = 0
        self._saved = 0
        if self._state is not None:
            try:
                self._load(self._state)
            except (KeyError, TypeError, AttributeError) as error:
                raise ValueError(f"not a state file of the simulator: {state}") from error
            finally:
                self._state.close()

    # --- accounts

    def add_account(self, account: Account) -> None:
        """Add or replace an account."""
        with self.lock:
            self.accounts[account.account_id] = account
            self._generation += 1

    def find_property(self, property_id: str) -> tuple[Account, Property] | None:
        """The account that has a property, and the property."""
        with self.lock:
            for account in self.accounts.values():
                place = account.properties.get(property_id.lower())
                if place is not None:
                    return account, place
        return None

    # --- leads

    @contextmanager
    def atomically(self) -> Iterator[None]:
        """Hold the lock; what raises leaves the leads as they were."""
        with self.lock:
            if self._before is not None:
                yield
                return
            self._before, commits = {}, self.commits
            try:
                yield
            except BaseException:
                self._undo(self._before)
                self.commits = commits
                raise
            finally:
                self._before = self._order = None

    def _undo(self, before: dict[str, Lead | None]) -> None:
        for prospect_id, lead in before.items():
            now = self.leads.get(prospect_id)
            if now is not None and lead is None:
                self.forget(now)
            elif lead is not None:
                if now is not None:
                    self.take_out(now)
                self.put_in(lead)
        if self._order is not None:
            self.reorder(self._order)

    def unindex(self, lead: Lead) -> None:
        """Make ready to change a lead. Under the lock."""
        self._remember(lead)
        self.take_out(lead)

    def _remember(self, lead: Lead) -> None:
        if self._before is not None and lead.prospect_id not in self._before:
            known = lead.prospect_id in self.leads
            copy = Lead.from_dict(lead.as_dict()) if known else None
            self._before[lead.prospect_id] = copy

    def put(self, lead: Lead, by: str, in_feed: bool = True, touch: bool = True) -> None:
        """Stamp and index a lead that was unindexed. Under the lock."""
        if touch:
            now = self.clock()
            lead.created_at = lead.created_at or now
            lead.modified_at = now
            lead.modified_by = by
            if in_feed:
                lead.feed_at = now
        self.put_in(lead)
        self._mark(lead.prospect_id)

    def check_room(self, wanted: int) -> None:
        """Raise RefusedError unless that many new leads may still come. Under the lock."""
        limit = self._switches.lead_limit
        if limit and wanted and len(self.leads) + wanted > limit:
            raise RefusedError(f"This simulator holds {limit} leads at most (lead_limit)")

    def remove(self, prospect_id: str) -> None:
        """Remove a lead as if it had never been. Raises KeyError."""
        with self.lock:
            lead = self.leads[prospect_id]
            if self._before is not None and self._order is None:
                self._order = [i for i in self.leads if self._before.get(i, lead) is not None]
            self._remember(lead)
            self.forget(lead)
            self._mark(prospect_id)
            self.committed()

    def clear(self) -> None:
        """Remove all leads."""
        with self.lock:
            self._mark(*self.leads)
            self.forget_all()
            self.committed()

    def committed(self) -> None:
        """Count a commit and wake whoever waits for one. Under the lock."""
        self.commits += 1
        self._generation += 1
        self.changed.notify_all()

    # --- state

    def _mark(self, *prospect_ids: str) -> None:
        if self._state is not None:
            self._dirty |= dict.fromkeys(prospect_ids)

    def open(self) -> None:
        """Take the state file for this simulator alone, if there is one. Raises ValueError."""
        if self._state is not None:
            with self._saving:
                self._state.open()

    def close(self) -> None:
        """Bring the state file up to date and let go of it."""
        self.save()
        if self._state is not None:
            with self._saving:
                self._state.close()

    def save(self) -> None:
        """Bring the state file up to everything committed before this call.

        Calls that come together share one write. Nothing is done without a state file.
        """
        if self._state is None:
            return
        wanted = self._generation
        with self._saving:
            if self._saved >= wanted:
                return
            with self.lock:
                generation = self._generation
                dirty, self._dirty = self._dirty, {}
                accounts = [account.as_dict() for account in self.accounts.values()]
                rows = {i: self.leads[i].as_dict() if i in self.leads else None for i in dirty}
            try:
                self._state.write(accounts, rows)
            except BaseException:
                with self.lock:
                    self._dirty = {**dirty, **self._dirty}
                raise
            self._saved = generation

    def _load(self, state: StateFile) -> None:
        accounts, leads = state.load()
        for row in accounts:
            places = {p["property_id"].lower(): Property(**p) for p in row.pop("properties")}
            self.accounts[row["account_id"]] = Account(**row, properties=places)
        for row in leads:
            self.put(Lead.from_dict(row), by=row["modified_by"], touch=False)
        self._dirty.clear()
