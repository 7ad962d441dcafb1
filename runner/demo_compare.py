"""What DomIQ holds beside what ResMan holds: read from both, compared here.

Nothing of the package's own reading, normalising or merging is used: DomIQ's tables are read by
SQL, ResMan's leads and names over HTTP, and both become texts by rules of this module. So a
mistake of the package's is a difference here.
"""

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import psycopg
import requests
from psycopg.rows import dict_row

from runner.demo_world import Place

FIELDS = (
    "first_name",
    "last_name",
    "email",
    "phone",
    "move_in_date",
    "rent_min",
    "rent_max",
    "bedrooms",
    "occupants",
    "pets",
    "status",
    "tour",
    "source",
    "agent",
    "notifications",
    "lead_id",
    "repeated_events",
    "comment",
)
Values = dict[str, str]
Key = tuple[str, str]
"""The property's name, and the lead's e-mail, or phone without one."""

_CHATS = """
select u.first_name, u.last_name, u.email, u.phone, u.lead_source, c.move_in_date,
  c.price_range_min, c.price_range_max, c.apartment_size_preference, c.occupants_count,
  c.has_pets, c.pet_details, c.ai_intent_summary, c.status, c.source, c.is_book_tour,
  c.tour_datetime at time zone %(zone)s as tour_at, c.resman_lead_id,
  m.email as manager_email,
  array(select n.notification_type::text from public.lead_notification n
        where n.conversation_id = c.id) as notifications
from public.conversation c
join public.chatbot b on b.id = c.chatbot_id
join public."user" u on u.id = c.user_id
left join public.property_manager_assignment a on a.property_id = b.property_id and a.is_primary
left join public.property_manager m on m.id = a.property_manager_id
where b.property_id = %(property)s and coalesce(u.email, u.phone) is not null
order by c.created_at desc, c.id
"""
_MARK = re.compile(r"\s*\[ls:[0-9a-f]{8}\]\s*$")
_NOTICE = re.compile(r"DomIQ notification: ([a-z ]+)")


@dataclass
class Comparison:
    """Both sides, and how often they agree. `agreed`: by field, of `asked` comparisons."""

    domiq: dict[Key, Values]
    resman: dict[Key, Values]
    agreed: Counter[str] = field(default_factory=Counter)
    asked: Counter[str] = field(default_factory=Counter)
    disagreements: list[str] = field(default_factory=list)

    @property
    def all_agree(self) -> bool:
        """Whether there was something to compare and all of it is equal."""
        return bool(self.asked) and not self.disagreements


def compare(
    domiq: Mapping[Key, list[Values]], resman: Mapping[Key, list[Values]]
) -> Comparison:
    """Compare both sides lead by lead, field by field.

    A field that DomIQ says nothing about is not in its values, and passed over; '' is blank.
    """
    result = Comparison(
        {key: rows[0] for key, rows in domiq.items()},
        {key: rows[0] for key, rows in resman.items()},
    )
    for key in sorted({*domiq, *resman}):
        ours, theirs = domiq.get(key, []), resman.get(key, [])
        result.asked["one lead"] += 1
        if len(ours) != 1 or len(theirs) != 1:
            result.disagreements.append(
                f"{' / '.join(key)}: {len(ours)} in DomIQ, {len(theirs)} in ResMan"
            )
            continue
        result.agreed["one lead"] += 1
        for name in FIELDS:
            if name not in ours[0]:
                continue
            result.asked[name] += 1
            if ours[0][name] == theirs[0][name]:
                result.agreed[name] += 1
            else:
                result.disagreements.append(
                    f"{' / '.join(key)}: {name}: DomIQ {ours[0][name]!r}, "
                    f"ResMan {theirs[0][name]!r}"
                )
    return result


def read_domiq(database_url: str, places: Iterable[Place]) -> dict[Key, list[Values]]:
    """The leads that DomIQ's tables hold: a person's chats at a property together are one."""
    people: dict[Key, list[dict[str, Any]]] = defaultdict(list)
    zones: dict[Key, Place] = {}
    with psycopg.connect(database_url, row_factory=dict_row) as connection:
        for place in places:
            asked = {"zone": place.time_zone, "property": place.property_id}
            for row in connection.execute(_CHATS, asked):
                key = (place.name, (row["email"] or _phone(row["phone"])).strip().lower())
                people[key].append(row)
                zones[key] = place
    return {key: [_domiq_values(chats, zones[key])] for key, chats in people.items()}


def _domiq_values(chats: list[dict[str, Any]], place: Place) -> Values:
    """The newest chat with a value feeds each field; `chats`: the newest first."""

    def newest(name: str) -> Any:
        return next((chat[name] for chat in chats if chat[name] is not None), None)

    person = chats[0]
    low, high = next(
        (
            (chat["price_range_min"], chat["price_range_max"])
            for chat in chats
            if (chat["price_range_min"], chat["price_range_max"]) != (None, None)
        ),
        (None, None),
    )
    tour = next((c["tour_at"] for c in chats if c["is_book_tour"] and c["tour_at"]), None)
    values = {
        "first_name": _text(person["first_name"]),
        "last_name": _text(person["last_name"]),
        "email": _text(person["email"]).lower(),
        "phone": _phone(person["phone"]),
        "move_in_date": _text(newest("move_in_date")),
        "rent_min": "" if low is None else str(math.floor(low)),
        "rent_max": "" if high is None else str(math.ceil(high)),
        "occupants": _text(newest("occupants_count")),
        "pets": _pets(next((c["pet_details"] for c in chats if c["pet_details"]), [])),
        "status": "lost" if _text(newest("status")) == "lost" else "prospect",
        "tour": _moment(tour),
        "notifications": ", ".join(
            sorted(n.replace("_", " ") for chat in chats for n in chat["notifications"])
        ),
        "lead_id": ", ".join(sorted({_text(chat["resman_lead_id"]) for chat in chats})),
        "repeated_events": "none",
        "comment": _text(newest("ai_intent_summary")),
    }
    size = newest("apartment_size_preference")
    if size is not None:  # without one DomIQ says nothing about bedrooms
        number = re.search(r"\d+", size)
        values["bedrooms"] = "0" if "studio" in size.lower() else number[0] if number else size
    if person["email"] not in place.typed_by_hand:  # else whoever typed it chose these
        wanted = chats[-1]["source"] or person["lead_source"] or place.default_source
        values["source"] = wanted.lower()
        values["agent"] = person["manager_email"].lower()
    return values


def read_resman(base_url: str, places: Iterable[Place]) -> dict[Key, list[Values]]:
    """The leads that ResMan shows, by property and e-mail, or phone without one.

    Raises requests.RequestException where ResMan does not answer.
    """
    with requests.Session() as session:
        session.trust_env = False  # no proxy on the way to this machine

        def get(path: str) -> Any:
            answer = session.get(f"{base_url}/_control/{path}", timeout=10)
            answer.raise_for_status()
            return answer.json()

        known = {p["property_id"]: p for a in get("accounts") for p in a["properties"]}
        found: dict[Key, list[Values]] = defaultdict(list)
        for place in places:
            names = known[place.resman_property_id]
            for lead in get(f"leads?property_id={place.resman_property_id}"):
                key = (place.name, (lead["email"] or _phone(lead["phone"])).strip().lower())
                found[key].append(_resman_values(lead, names))
    return dict(found)


def _resman_values(lead: dict[str, Any], names: dict[str, Any]) -> Values:
    events = lead["events"]
    sources = {row["ID"].lower(): row["Name"] for row in names["sources"]}
    agents = {row["ID"].lower(): row["Email"] for row in names["employees"]}
    first = [event for event in events if event["first_contact"]]
    tours = [event["at"] for event in events if event["type"] == "Appointment"]
    notices = [_NOTICE.match(event["comments"]) for event in events]
    marks = Counter(m[0].strip() for e in events if (m := _MARK.search(e["comments"])))
    repeated = [mark for mark, times in marks.items() if times > 1]
    if len(first) > 1:
        repeated.append("first contact")
    return {
        **{
            name: _text(lead[name])
            for name in (
                "first_name", "last_name", "move_in_date", "rent_min", "rent_max", "bedrooms",
                "occupants", "comment",
            )
        },
        "email": _text(lead["email"]).lower(),
        "phone": _phone(lead["phone"]),
        "pets": _pets(lead["pets"]),
        "status": lead["type"],
        "tour": _moment(datetime.fromisoformat(tours[-1])) if tours else "",
        "source": ", ".join(sources.get(e["source_id"].lower(), "?") for e in first).lower(),
        "agent": ", ".join(agents.get(e["agent_id"].lower(), "?") for e in first).lower(),
        "notifications": ", ".join(sorted(n[1].strip() for n in notices if n)),
        "lead_id": lead["prospect_id"],
        "repeated_events": ", ".join(repeated) or "none",
    }  # fmt: skip


def _text(value: object) -> str:
    return "" if value is None else str(value).strip()


def _phone(value: object) -> str:
    digits = re.sub(r"\D", "", _text(value))
    return digits[1:] if len(digits) == 11 and digits.startswith("1") else digits


def _moment(value: datetime | None) -> str:
    return "" if value is None else f"{value.astimezone(UTC):%Y-%m-%d %H:%MZ}"


def _pets(rows: Iterable[Mapping[str, Any]]) -> str:
    return ", ".join(sorted(f"{int(row['count'])} {row['type'].lower()}" for row in rows))
