"""What happens in the demo: people chat, come back, book tours; ResMan is away for a while.

Everything is written as DomIQ's application writes it: its roles, its row-level security,
ordinary INSERTs and UPDATEs. Nothing here knows of lead-sync.
"""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import psycopg
from psycopg import sql
from psycopg.types.json import Jsonb

from runner.demo_world import Place
from runner.simulator import Simulator

FIRST = (
    "Ada", "Ben", "Cleo", "Dan", "Eva", "Finn", "Gia", "Hal", "Ida", "Jon", "Kim", "Leo",
    "Mia", "Ned", "Oda", "Pia", "Quin", "Rob",
)  # fmt: skip
LAST = ("Archer", "Baker")
_SIZES = ("Studio", "1 bedroom", "2BR", "3 bedrooms", None)
_PETS: tuple[tuple[bool, list[dict[str, object]]] | None, ...] = (
    (False, []),
    (True, [{"type": "dog", "count": 1}]),
    None,
    (True, [{"type": "cat", "count": 2}, {"type": "dog", "count": 1}]),
)
_KEPT = ("middle_name", "address", "floorplan", "lease_terms", "person_id")
"""What ResMan alone knows of a lead: no push may touch it."""


@dataclass(frozen=True)
class Lead:
    """A chat and its person, as DomIQ knows them."""

    conversation_id: UUID
    user_id: UUID
    email: str


class Office:
    """DomIQ's application at one property: one session, under one of DomIQ's roles."""

    def __init__(self, database_url: str, place: Place) -> None:
        """Connect. Raises psycopg.Error."""
        self.place = place
        self.leads: list[Lead] = []
        self.day = date.today() + timedelta(days=30)
        self._connection = psycopg.connect(database_url, autocommit=True)
        self._connection.execute(sql.SQL("set role {}").format(sql.Identifier(place.role)))
        self._connection.execute(
            "select set_config('app.current_company_id', %s, false)",
            (str(place.id_of("company")),),
        )

    def close(self) -> None:
        """End the session."""
        self._connection.close()

    def person(self, number: int) -> dict[str, Any]:
        """The contact fields of the property's `number`th visitor."""
        first, last = FIRST[number % len(FIRST)], LAST[self.place.role == "app_admin"]
        area = self.place.manager_phone[:3]
        return {
            "first_name": first,
            "last_name": last,
            "email": f"{first}.{last}@example.com",  # DomIQ keeps it as it was typed
            "phone": f"{'({})' if number % 2 else '{}-'}555-01{number:02}".format(area),
            "lead_source": self.place.sources[1] if number % 4 == 1 else None,
        }

    def wishes(self, number: int) -> dict[str, Any]:
        """What the `number`th visitor says in the chat."""
        pets = _PETS[number % len(_PETS)]
        low = 1100 + 75 * number
        return {
            "apartment_size_preference": _SIZES[number % len(_SIZES)],
            "move_in_date": self.day + timedelta(days=number) if number % 3 else None,
            "price_range_min": f"{low}.50" if number % 2 else None,
            "price_range_max": f"{low + 400}.25" if number % 2 else None,
            "occupants_count": 1 + number % 4,
            "has_pets": pets and pets[0],
            "pet_details": pets and Jsonb(pets[1]),
            "ai_intent_summary": f"Visitor {number + 1} asks about rent & parking.",
            "source": self.place.sources[2] if number % 4 == 2 else None,
            "status": "new",
        }

    def arrive(self, number: int) -> Lead:
        """A chat as DomIQ writes it: every third starts without its person."""
        with self._connection.transaction():
            user_id = self._insert("user", self.person(number))
            chat = {"chatbot_id": self.place.id_of("chatbot"), **self.wishes(number)}
            if number % 3 == 0:
                conversation_id = self._insert("conversation", chat)
            else:
                conversation_id = self._insert("conversation", {**chat, "user_id": user_id})
        lead = Lead(conversation_id, user_id, self.person(number)["email"])
        if number % 3 == 0:
            self.edit(lead, user_id=user_id)
        self.leads.append(lead)
        return lead

    def come_back(self, lead: Lead, **values: Any) -> UUID:
        """A second chat of the same person."""
        chat = {"chatbot_id": self.place.id_of("chatbot"), "user_id": lead.user_id}
        return self._insert("conversation", {**chat, **values})

    def look_around(self) -> UUID:
        """A chat of somebody who never says who they are: not a lead."""
        chat = {"chatbot_id": self.place.id_of("chatbot"), "status": "new"}
        return self._insert("conversation", chat)

    def edit(self, lead: Lead, **values: Any) -> None:
        """Change the conversation."""
        self._update("conversation", lead.conversation_id, values)

    def edit_user(self, lead: Lead, **values: Any) -> None:
        """Change the person."""
        self._update("user", lead.user_id, values)

    def _insert(self, table: str, values: dict[str, Any]) -> UUID:
        query = sql.SQL("insert into public.{} ({}) values ({}) returning id").format(
            sql.Identifier(table),
            sql.SQL(", ").join(map(sql.Identifier, values)),
            sql.SQL(", ").join(map(sql.Placeholder, values)),
        )
        found: UUID = self._connection.execute(query, values).fetchall()[0][0]
        return found

    def _update(self, table: str, row_id: UUID, values: dict[str, Any]) -> None:
        query = sql.SQL("update public.{} set {} where id = %(row_id)s").format(
            sql.Identifier(table),
            sql.SQL(", ").join(
                sql.SQL("{} = {}").format(sql.Identifier(n), sql.Placeholder(n)) for n in values
            ),
        )
        self._connection.execute(query, {**values, "row_id": row_id})


@contextlib.contextmanager
def open_offices(database_url: str, places: list[Place]) -> Iterator[list[Office]]:
    """The application's sessions, closed at the end of the block."""
    with contextlib.ExitStack() as stack:
        yield [
            stack.enter_context(contextlib.closing(Office(database_url, place)))
            for place in places
        ]


@dataclass
class TypedLead:
    """A lead that was in ResMan first, and what ResMan alone knew of it then."""

    prospect_id: str
    before: dict[str, Any] = field(default_factory=dict)

    def changes(self, simulator: Simulator) -> list[str]:
        """What of that is otherwise now: nothing may be."""
        now = _kept(simulator.lead(self.prospect_id))
        return [
            f"typed by hand: {name}: was {value!r}, is {now[name]!r}"
            for name, value in self.before.items()
            if now[name] != value
        ]


def _kept(lead: dict[str, Any]) -> dict[str, Any]:
    return {**{name: lead[name] for name in _KEPT}, "first event": lead["events"][0]}


def type_into_resman(simulator: Simulator, office: Office, number: int) -> TypedLead:
    """The leasing office types a visitor in, with blanks, before DomIQ's chat has them."""
    person, place = office.person(number), office.place
    place.typed_by_hand.add(person["email"])
    lead = simulator.add_lead(
        place.resman_property_id,
        type="prospect",
        first_name=person["first_name"],
        middle_name="Q.",
        last_name=person["last_name"],
        email=person["email"].upper(),
        address={"line1": "2 Example Road", "city": "Example", "state": "IL"},
        floorplan="B2",
        lease_terms="12",
        events=[
            {
                "type": "Contact",
                "first_contact": True,
                "source_id": str(place.id_of(place.sources[1])),
                "agent_id": str(place.id_of("Front Desk")),
                "comments": "Rang on Sunday",
            }
        ],
    )
    return TypedLead(lead["prospect_id"], _kept(lead))
