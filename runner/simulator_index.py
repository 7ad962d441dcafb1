"""The indexes of the simulated ResMan's leads: one for each way to search them."""

from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable
from datetime import datetime

from runner.simulator_model import Lead, email_key, name_key, phone_key

Keys = dict[tuple[str, str], dict[str, None]]


class LeadIndex:
    """Leads by id, and found by e-mail, phone, name and time. Not safe for several threads."""

    def __init__(self) -> None:
        self.leads: dict[str, Lead] = {}
        self._by_email: Keys = {}
        self._by_phone: Keys = {}
        self._by_name: Keys = {}
        self._by_property: dict[str, dict[str, None]] = {}
        self._feed: dict[str, list[tuple[datetime, str]]] = {}

    def _keys(self, lead: Lead) -> Iterable[tuple[Keys, str]]:
        for customer in lead.customers:
            if customer.email:
                yield self._by_email, email_key(customer.email)
            numbers = [customer.phone, *(p["number"] for p in customer.more_phones)]
            for key in filter(None, map(phone_key, numbers)):
                yield self._by_phone, key
            yield self._by_name, name_key(customer.first_name, customer.last_name)

    def take_out(self, lead: Lead) -> None:
        """Take a lead out of the indexes, before it is changed; nothing for a new one."""
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

    def put_in(self, lead: Lead) -> None:
        """Index a new lead, or one that was taken out."""
        place = lead.property_id.lower()
        self.leads[lead.prospect_id] = lead
        self._by_property.setdefault(place, {})[lead.prospect_id] = None
        for index, key in self._keys(lead):
            index.setdefault((place, key), {})[lead.prospect_id] = None
        if lead.feed_at is not None:
            insort(self._feed.setdefault(place, []), (lead.feed_at, lead.prospect_id))

    def forget(self, lead: Lead) -> None:
        """Take a lead out for good."""
        self.take_out(lead)
        del self.leads[lead.prospect_id]
        del self._by_property[lead.property_id.lower()][lead.prospect_id]

    def forget_all(self) -> None:
        """Take all leads out for good."""
        for each in (self.leads, self._by_email, self._by_phone, self._by_name):
            each.clear()
        self._by_property.clear()
        self._feed.clear()

    def reorder(self, order: Iterable[str]) -> None:
        """Put the leads back into an order that they had."""
        leads, self.leads = self.leads, {}
        self._by_property = {}
        for prospect_id in order:
            lead = leads[prospect_id]
            self.leads[prospect_id] = lead
            self._by_property.setdefault(lead.property_id.lower(), {})[prospect_id] = None

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
        first, last = start.replace(microsecond=0), end.replace(microsecond=0)
        low = bisect_left(feed, (first, ""))
        high = bisect_right(feed, (last.replace(microsecond=999_999), "\uffff"))
        if inclusive:
            return [prospect_id for _, prospect_id in feed[low:high]]
        return [p for at, p in feed[low:high] if first < at.replace(microsecond=0) < last]

    def of_property(self, property_id: str | None) -> list[Lead]:
        """Leads of a property, or of all, oldest first."""
        if property_id is None:
            return list(self.leads.values())
        return [self.leads[i] for i in self._by_property.get(property_id.lower(), ())]
