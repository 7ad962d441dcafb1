"""What the simulated ResMan keeps: leads with people, preferences and events; accounts."""

import re
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

WRITABLE_TYPES = ("prospect", "lost")
FINAL_TYPES = ("applicant", "current_resident")
TYPES = (*WRITABLE_TYPES, *FINAL_TYPES)

EVENT_TYPES = frozenset(
    (
        "EmailToProspect",
        "EmailFromILS",
        "EmailFromProspect",
        "Email",
        "CallToProspect",
        "CallFromProspect",
        "Phone",
        "Show",
        "WalkIn",
        "Contact",
        "Other",
        "Cancel",
        "ReActivate",
        "TextToProspect",
        "TextFromProspect",
        "Application",
        "Appointment",
        "LeaseSign",
        "Approved",
    )
)
"""Event types that clients write or read, from the public material."""

CUSTOMER_TEXTS = ("first_name", "middle_name", "last_name", "email", "phone", "phone_type")
ADDRESS_TEXTS = ("line1", "city", "state", "postal_code")
PREFERENCE_TEXTS = (
    "move_in_date",
    "floorplan",
    "rent_exact",
    "rent_min",
    "rent_max",
    "bedrooms",
    "bedrooms_min",
    "bedrooms_max",
    "bathrooms",
    "bathrooms_max",
    "lease_terms",
    "occupants",
    "comment",
)

MAX_EVENTS = 5_000
"""Events of one lead, at most."""


class RefusedError(Exception):
    """What was asked for is refused, with this text; through the API by HTTP 200."""


_DATE = re.compile(
    r"(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d:\d\d)(?:\.(\d{1,7}))?(Z|[+-]\d\d:\d\d)?)?", re.ASCII
)


def parse_time(text: str) -> datetime | None:
    """A date, or a date and time (UTC unless it says otherwise), as UTC; None if neither."""
    match = _DATE.fullmatch(text.strip())
    if match is None:
        return None
    day, clock, fraction, zone = match.groups()
    try:
        value = datetime.fromisoformat(
            f"{day}T{clock or '00:00:00'}.{(fraction or '0')[:6]:0<6}{zone or 'Z'}"
        )
        return value.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def show_time(value: datetime) -> str:
    """ISO with Z, microseconds only where there are any."""
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


def phone_key(text: str) -> str:
    """The last ten digits of a phone number: what ResMan is asked for."""
    return "".join(filter(str.isdecimal, text))[-10:]


def email_key(text: str) -> str:
    """An e-mail address as searched."""
    return text.strip().lower()


def name_key(first: str, last: str) -> str:
    """A first and last name as searched."""
    return f"{first.strip().lower()}\n{last.strip().lower()}"


def new_id() -> str:
    """A GUID as ResMan shows one."""
    return str(uuid.uuid4())


@dataclass
class Event:
    """One event of a lead. ``at`` is UTC."""

    type: str
    at: datetime
    event_id: str = field(default_factory=new_id)
    agent_id: str = ""
    agent_name: str = ""
    first_contact: bool | None = None
    source_id: str = ""
    reasons: str = ""
    comments: str = ""


@dataclass
class Customer:
    """One person of a lead. Texts as ResMan shows them, "" is blank."""

    person_id: str = field(default_factory=new_id)
    first_name: str = ""
    middle_name: str = ""
    last_name: str = ""
    email: str = ""
    phone: str = ""
    phone_type: str = "cell"
    address: dict[str, str] = field(default_factory=dict)
    more_phones: list[dict[str, str]] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """A copy, for JSON."""
        more = [dict(phone) for phone in self.more_phones]
        return {**vars(self), "address": dict(self.address), "more_phones": more}


@dataclass
class Lead:
    """One prospect record. The modified filter goes by ``feed_at``; None is never."""

    account_id: str
    property_id: str
    prospect_id: str = field(default_factory=new_id)
    type: str = "prospect"
    customers: list[Customer] = field(default_factory=list)
    preferences: dict[str, str] = field(default_factory=dict)
    units: list[str] = field(default_factory=list)
    pets: list[dict[str, str]] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    created_at: datetime | None = None
    modified_at: datetime | None = None
    modified_by: str = ""
    feed_at: datetime | None = None

    def as_dict(self) -> dict[str, Any]:
        """Everything, flat, with the first customer's texts on top; for JSON."""
        first = self.customers[0].as_dict() if self.customers else {}
        return {
            "prospect_id": self.prospect_id,
            "account_id": self.account_id,
            "property_id": self.property_id,
            "type": self.type,
            **first,
            **{name: self.preferences.get(name, "") for name in PREFERENCE_TEXTS},
            "units": list(self.units),
            "pets": [dict(pet) for pet in self.pets],
            "customers": [customer.as_dict() for customer in self.customers],
            "events": [{**vars(event), "at": show_time(event.at)} for event in self.events],
            "created_at": show_time(self.created_at) if self.created_at else None,
            "modified_at": show_time(self.modified_at) if self.modified_at else None,
            "feed_at": show_time(self.feed_at) if self.feed_at else None,
            "modified_by": self.modified_by,
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> "Lead":
        """The inverse of as_dict, for the state file."""
        times = {
            name: parse_time(data[name]) if data.get(name) else None
            for name in ("created_at", "modified_at", "feed_at")
        }
        return cls(
            account_id=data["account_id"],
            property_id=data["property_id"],
            prospect_id=data["prospect_id"],
            type=data["type"],
            customers=[Customer(**customer) for customer in data["customers"]],
            preferences={name: data[name] for name in PREFERENCE_TEXTS if data.get(name)},
            units=list(data["units"]),
            pets=[dict(pet) for pet in data["pets"]],
            events=[
                Event(**{**event, "at": parse_time(event["at"])}) for event in data["events"]
            ],
            modified_by=data["modified_by"],
            **times,
        )
