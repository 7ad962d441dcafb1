"""The leads of the simulated ResMan, with an index for each way to search them."""

import json
import os
import threading
from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from runner.simulator_accounts import Account, Property
from runner.simulator_model import Lead, email_key, phone_key

Clock = Callable[[], datetime]


def system_clock() -> datetime:
    """Now, in UTC."""
    return datetime.now(UTC)


class Store:
    """Leads and accounts under one lock; ``changed`` is notified whenever anything happens.

    With ``state`` every commit is in that file before it is acknowledged. Raises ValueError for
    a file that is not one.
    """

    def __init__(self, state: Path | None = None, clock: Clock | None = None) -> None:
        self.lock = threading.RLock()
        self.changed = threading.Condition(self.lock)
        self.clock = clock or system_clock
        self.accounts: dict[str, Account] = {}
        self.leads: dict[str, Lead] = {}
        self.commits = 0
        self._by_email: dict[tuple[str, str], dict[str, None]] = {}
        self._by_phone: dict[tuple[str, str], dict[str, None]] = {}
        self._by_name: dict[tuple[str, str], dict[str, None]] = {}
        self._by_property: dict[str, dict[str, None]] = {}
        self._feed: dict[str, list[tuple[datetime, str]]] = {}
        self._state = state
        self._saving = threading.Lock()
        self._generation = 0
        self._saved = 0
        if state is not None and state.exists():
            try:
                self._load(state)
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                raise ValueError(f"not a state file of the simulator: {state}") from error

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

    def _keys(self, lead: Lead) -> Iterable[tuple[dict[tuple[str, str], dict[str, None]], str]]:
        for customer in lead.customers:
            if customer.email:
                yield self._by_email, email_key(customer.email)
            numbers = [customer.phone, *(p["number"] for p in customer.more_phones)]
            for key in filter(None, map(phone_key, numbers)):
                yield self._by_phone, key
            yield self._by_name, name_key(customer.first_name, customer.last_name)

    def unindex(self, lead: Lead) -> None:
        """Take a lead out of the indexes, before it is changed. Under the lock."""
        if lead.prospect_id not in self.leads:
            return
        place = lead.property_id.lower()
        for index, key in self._keys(lead):
            entry = index.get((place, key))
            if entry is not None:
                entry.pop(lead.prospect_id, None)
                if not entry:
                    del index[place, key]
        if lead.feed_at is not None:
            feed = self._feed[place]
            position = bisect_left(feed, (lead.feed_at, lead.prospect_id))
            del feed[position]

    def put(self, lead: Lead, by: str, in_feed: bool = True, touch: bool = True) -> None:
        """Stamp and index a new lead, or a changed one that was unindexed. Under the lock."""
        if touch:
            now = self.clock()
            lead.created_at = lead.created_at or now
            lead.modified_at = now
            lead.modified_by = by
            if in_feed:
                lead.feed_at = now
        place = lead.property_id.lower()
        self.leads[lead.prospect_id] = lead
        self._by_property.setdefault(place, {})[lead.prospect_id] = None
        for index, key in self._keys(lead):
            index.setdefault((place, key), {})[lead.prospect_id] = None
        if lead.feed_at is not None:
            insort(self._feed.setdefault(place, []), (lead.feed_at, lead.prospect_id))

    def remove(self, prospect_id: str) -> None:
        """Remove a lead as if it had never been. Raises KeyError."""
        with self.lock:
            lead = self.leads[prospect_id]
            self.unindex(lead)
            del self.leads[prospect_id]
            del self._by_property[lead.property_id.lower()][prospect_id]
            self.committed()

    def clear(self) -> None:
        """Remove all leads."""
        with self.lock:
            self.leads.clear()
            for index in (self._by_email, self._by_phone, self._by_name, self._by_property):
                index.clear()
            self._feed.clear()
            self.committed()

    def committed(self) -> None:
        """Count a commit and wake whoever waits for one. Under the lock."""
        self.commits += 1
        self._generation += 1
        self.changed.notify_all()

    # --- search

    def get(self, property_id: str, prospect_id: str) -> Lead | None:
        """A lead of a property by its id."""
        lead = self.leads.get(prospect_id.lower())
        return lead if lead and lead.property_id.lower() == property_id.lower() else None

    def by_email(self, property_id: str, email: str) -> list[str]:
        """Ids of a property's leads with this e-mail, in the order they got it."""
        return list(self._by_email.get((property_id.lower(), email_key(email)), ()))

    def by_phone(self, property_id: str, phone: str) -> list[str]:
        """Ids of a property's leads with this phone, by its last ten digits."""
        return list(self._by_phone.get((property_id.lower(), phone_key(phone)), ()))

    def by_name(self, property_id: str, first: str, last: str) -> list[str]:
        """Ids of a property's leads with a person of this name, whatever its case."""
        return list(self._by_name.get((property_id.lower(), name_key(first, last)), ()))

    def by_window(
        self, property_id: str, start: datetime, end: datetime, inclusive: bool
    ) -> list[str]:
        """Ids of a property's leads modified in a window, compared in whole seconds."""
        feed = self._feed.get(property_id.lower(), [])
        first = _whole_second(start)
        last = _whole_second(end)
        low = bisect_left(feed, (first, ""))
        high = bisect_right(feed, (last.replace(microsecond=999_999), "\uffff"))
        if inclusive:
            return [prospect_id for _, prospect_id in feed[low:high]]
        return [p for at, p in feed[low:high] if first < at.replace(microsecond=0) < last]

    def of_property(self, property_id: str | None) -> list[Lead]:
        """Leads of a property, or of all, oldest first."""
        with self.lock:
            if property_id is None:
                return list(self.leads.values())
            return [self.leads[i] for i in self._by_property.get(property_id.lower(), ())]

    # --- state

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
                data = {
                    "version": 1,
                    "accounts": [_account(account) for account in self.accounts.values()],
                    "leads": [lead.as_dict() for lead in self.leads.values()],
                }
            new = self._state.with_name(self._state.name + ".new")
            with new.open("w", encoding="utf-8") as file:
                os.fchmod(file.fileno(), 0o600)
                json.dump(data, file)
                file.flush()
                os.fsync(file.fileno())
            new.replace(self._state)
            self._saved = generation

    def _load(self, path: Path) -> None:
        data = json.loads(path.read_text(encoding="utf-8"))
        for row in data["accounts"]:
            places = {p["property_id"].lower(): Property(**p) for p in row.pop("properties")}
            self.accounts[row["account_id"]] = Account(**row, properties=places)
        for row in data["leads"]:
            self.put(Lead.from_dict(row), by=row["modified_by"], touch=False)


def _account(account: Account) -> dict[str, Any]:
    places = [dict(vars(place)) for place in account.properties.values()]
    return {**vars(account), "properties": places}


def _whole_second(value: datetime) -> datetime:
    return value.replace(microsecond=0)


def name_key(first: str, last: str) -> str:
    """A first and last name as searched."""
    return f"{first.strip().lower()}\n{last.strip().lower()}"
