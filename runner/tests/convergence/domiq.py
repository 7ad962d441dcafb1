"""DomIQ's side of one example, and a runner that is driven step by step."""

import itertools
import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from runner import calls, calls_leads, calls_merge, calls_service
from runner.tests.convergence.clock import Clock
from runner.tests.convergence.world import Json, ResMan
from runner.tests.fetch_support import fetched

Row = dict[str, Any]
LEASE = timedelta(seconds=60)
_numbers = itertools.count(1)

SEALED = {
    "v": 1,
    "kid": "test",
    "nonce": "AAECAwQFBgcICQoL",
    "ct": "AAECAwQFBgcICQoLDA0ODxAREhMUFRYX",
}
GROUPS = {
    "name": ("first_name", "last_name"),
    "email": ("email",),
    "phone": ("phone",),
    "status": ("status",),
    "move_in_date": ("move_in_date",),
    "rent": ("rent_min", "rent_max"),
    "bedrooms": ("bedrooms",),
    "occupants": ("occupants",),
    "pets": ("pets",),
    "comment": ("comment",),
}


@dataclass
class Flight:
    """An item that a runner holds, and the answer to its last request."""

    item: calls.Claimed
    request: Json
    until: datetime
    """When its lease runs out, by the database's clock."""
    response: Json | None = None
    late: bool = False
    """The lease has run out: another may have claimed the item since."""
    gone: bool = False
    """The conversation was deleted, and the item with it or not."""
    over: bool = False
    calls: int = 1
    last: Json | None = None

    def answer(self) -> Json:
        """The answer as it is handed over."""
        assert self.response is not None
        self.last = self.response | {"issued_at": self.request["issued_at"]}
        return self.last

    def before(self) -> Json:
        """The answer that was handed over last."""
        assert self.last is not None
        return self.last


class Domiq:
    """A property with an integration, its conversations, and one runner."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self.connection = connection
        self.clock = Clock(connection)
        self.property_id = self.insert(
            "property", name="P", address="1 Main St", city="S", state="IL", zip_code="62701"
        )
        self.chatbot_id = self.insert("chatbot", name="Bot", property_id=self.property_id)
        calls_service.configure_integration(
            connection,
            self.property_id,
            resman_property_id=str(self.property_id),
            api_credentials=SEALED,
            sync_direction="bidirectional",
            sync_frequency=None,
            webhook_url=None,
        )
        for name, value in {
            "default_source": "Website",
            "default_agent": "Agent",
            "settle_time": 0,
            "rate_limit": 0,  # nobody here waits for a place
            "pull_interval": 86400,
        }.items():
            calls_service.set_property_setting(connection, self.property_id, name, value)
        self._fault = ""
        self._saving = False
        self._normal: dict[tuple[str, str], Json] = {}

    def rows(self, statement: str, *values: object) -> list[Row]:
        """Run a statement and fetch what it returns."""
        with self.connection.cursor(row_factory=dict_row) as cursor:
            cursor.execute(statement.encode(), values)
            return fetched(cursor)

    def insert(self, table: str, **values: object) -> uuid.UUID:
        """One row, by an ordinary insert; its id."""
        names, marks = ", ".join(values), ", ".join(["%s"] * len(values))
        found = self.rows(
            f'insert into public."{table}" ({names}) values ({marks}) returning id',
            *values.values(),
        )[0]["id"]
        assert isinstance(found, uuid.UUID)
        return found

    # the chatbot's hands

    def chat(self, **values: object) -> uuid.UUID:
        """A new user with a conversation; its id."""
        n = next(_numbers)
        tag = uuid.uuid4().hex[:12]
        user_id = self.insert(
            "user",
            first_name=f"Ada{n}",
            last_name="Example",
            email=f"{tag}@example.com",
            phone=f"+1{2000000000 + uuid.uuid4().int % 8_000_000_00:010}",
        )
        return self.insert(
            "conversation", chatbot_id=self.chatbot_id, user_id=user_id, status="new", **values
        )

    def edit(self, conversation_id: uuid.UUID, **values: object) -> None:
        """An edit of a conversation, or of its user."""
        of_user = {k: v for k, v in values.items() if k in ("first_name", "email", "phone")}
        of_conversation = {k: v for k, v in values.items() if k not in of_user}
        if of_conversation:
            assignments = ", ".join(f"{name} = %s" for name in of_conversation)
            self.rows(
                f"update public.conversation set {assignments} where id = %s",
                *of_conversation.values(),
                conversation_id,
            )
        if of_user:
            assignments = ", ".join(f"{name} = %s" for name in of_user)
            self.rows(
                f'update public."user" set {assignments} where id = '
                "(select user_id from public.conversation where id = %s)",
                *of_user.values(),
                conversation_id,
            )

    def document(self, conversation_id: uuid.UUID) -> Json:
        """A conversation with its user, as a push would read it."""
        found = self.rows("select lead_sync_private.build_lead(%s) as lead", conversation_id)
        return dict(found[0]["lead"] or {})

    # the runner

    def step(
        self, resman: ResMan, fault: str = "", limit: int = 5, saving: bool = False
    ) -> int:
        """Claim what is due and take every item to its end; how many.

        `fault` strikes once: the first call, or the first save.
        """
        self._fault, self._saving = fault, saving
        flights = self.take_off(resman, limit)
        for flight in flights:
            while not flight.over:
                self.land(resman, flight)
                if fault == "duplicate" and flight.response is not None:
                    self.repeat(flight)
        self._fault = ""
        return len(flights)

    def take_off(self, resman: ResMan, limit: int = 5) -> list[Flight]:
        """Claim what is due and make each item's first call, but hand no answer over."""
        flights = []
        for item in calls.claim_items(self.connection, str(uuid.uuid4()), limit, LEASE):
            if item.property_id != self.property_id:
                calls.release_items(self.connection, [item.lease_token])
                continue
            flight = Flight(item, item.request, self.now() + LEASE)
            self._call(resman, flight)
            flights.append(flight)
        return flights

    def _call(self, resman: ResMan, flight: Flight) -> None:
        fault = ""
        if flight.request["call"] == "save_lead" or not self._saving:
            fault, self._fault = self._fault, ""
        flight.response = resman.call(flight.request, fault)
        if flight.response is None:  # the runner dies here; its lease runs out
            self._expire(flight)
            flight.over = True

    def land(self, resman: ResMan, flight: Flight) -> None:
        """Hand over an answer and make the next call, if there is one."""
        result = calls.advance_item(
            self.connection, flight.item.item_id, flight.item.lease_token, flight.answer()
        )
        self.go_on(resman, flight, result)

    def land_together(self, resman: ResMan, flights: list[Flight]) -> None:
        """Hand over several answers in one call, of an item the first."""
        one_each = {flight.item.item_id: flight for flight in reversed(flights)}
        answers = [
            {
                "item_id": str(flight.item.item_id),
                "lease_token": str(flight.item.lease_token),
                "response": flight.answer(),
            }
            for flight in one_each.values()
        ]
        results = {a.item_id: a.result for a in calls.advance_items(self.connection, answers)}
        for flight in one_each.values():
            self.go_on(resman, flight, results[flight.item.item_id])

    def go_on(self, resman: ResMan, flight: Flight, result: Json) -> None:
        """Do what the database said."""
        if not flight.gone:
            assert ("stale" in result) == flight.late, (
                f"an answer {'after' if flight.late else 'within'} its lease: {result}"
            )
        flight.over = "request" not in result
        if not flight.over:
            flight.calls += 1
            assert flight.calls < 30, f"an item asks and asks: {result}"
            flight.request = result["request"]
            flight.until = max(flight.until, self.now() + LEASE)
            self._call(resman, flight)

    def repeat(self, flight: Flight) -> None:
        """Hand the answer over once more, as after a lost reply: what comes next stays."""
        result = calls.advance_item(
            self.connection, flight.item.item_id, flight.item.lease_token, flight.before()
        )
        assert ("stale" in result) == flight.over, f"handed over twice: {result}"
        if not flight.over:
            assert result["request"]["call"] == flight.request["call"], result
            flight.request = result["request"]

    def _expire(self, flight: Flight) -> None:
        self.rows(
            "update public.lead_sync_queue "
            "set lease_until = test_clock.now() - interval '1 s' "
            "where lease_token = %s and status = 'processing'",
            flight.item.lease_token,
        )
        flight.until = self.now() - timedelta(seconds=1)
        calls.rescue_expired_leases(self.connection)

    def expire(self, flights: list[Flight]) -> None:
        """Let leases run out, so that others may claim the items."""
        for flight in flights:
            self._expire(flight)
            flight.late = True

    def step_clock(self, step: timedelta, flights: list[Flight]) -> None:
        """Set the database's clock; leases that it says have run out are taken back."""
        self.clock.set(step)
        calls.rescue_expired_leases(self.connection)
        for flight in flights:
            flight.late = flight.late or flight.until < self.now()

    def now(self) -> datetime:
        """The time on the database's clock."""
        return datetime.now(UTC) + self.clock.step

    def make_due(self) -> None:
        """Turn the clock forward for what waits for a time."""
        self.rows(
            "update public.lead_sync_queue set next_retry_at = null "
            "where property_id = %s and status = 'pending' and next_retry_at is not null",
            self.property_id,
        )
        self.rows(
            "with held as (delete from lead_sync_private.rate_slot where limited = %s) "
            "update lead_sync_private.breaker set probe_at = '2000-01-01' "
            "where property_id = %s and probe_at is not null",
            str(self.property_id),
            self.property_id,
        )

    def requeue_dead(self) -> None:
        """What a person does once the cause is mended."""
        self.rows("select lead_sync.requeue_failed(%s)", self.property_id)

    def set_policy(self, group: str, policy: str) -> None:
        """Decide a group's conflicts by a policy from now on."""
        self.attempt(calls_merge.set_field_policy, group, policy, self.property_id)

    def accept_again(self) -> None:
        """Give new credentials, after ResMan has refused the old ones."""
        calls_service.configure_integration(
            self.connection,
            self.property_id,
            resman_property_id=None,
            api_credentials=SEALED,
            sync_direction=None,
            sync_frequency=None,
            webhook_url=None,
        )

    def pull(self, everything: bool = False) -> None:
        """Queue a pull of what was modified since the last one, or of all that ever was."""
        self.rows(
            "select lead_sync.enqueue_pull(%s, case when %s then "
            "test_clock.now() - interval '1 hour' end)",
            self.property_id,
            everything,
        )

    def apply_pulled(self) -> None:
        """Apply what pulls have left."""
        while calls.apply_pulled(self.connection):
            pass

    def settle(self, resman: ResMan, rounds: int = 12) -> int:
        """Work without faults until nothing is left to do; how many rounds it took."""
        for number in range(rounds):
            self.make_due()
            self.accept_again()
            self.requeue_dead()
            worked = 0
            while more := self.step(resman, limit=100):
                worked += more
                self.apply_pulled()
            self.apply_pulled()
            waiting = self.rows(
                "select 1 from public.lead_sync_queue where property_id = %s "
                "and status in ('pending', 'processing', 'failed')",
                self.property_id,
            )
            if not worked and not waiting:
                return number
        raise AssertionError(
            "does not settle: "
            + str(
                self.rows(
                    "select sync_operation, status, error_code, error_message, sync_data "
                    "from public.lead_sync_queue where property_id = %s "
                    "and status in ('pending', 'processing', 'failed')",
                    self.property_id,
                )
            )
        )

    def links(self) -> list[Row]:
        """The links, with DomIQ's side as the merge sees it."""
        return self.rows(
            "select m.*, lead_sync_private.build_lead(m.conversation_id, m.id) as domiq, "
            "lead_sync_private.merge_rules(m.property_id) as rules "
            "from public.lead_sync_mapping m where m.property_id = %s",
            self.property_id,
        )

    # a person's hands

    def attempt(self, call: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        """Call what may refuse because of the state of things; None where it does."""
        try:
            return call(self.connection, *arguments, **named)
        except psycopg.Error as error:
            if error.sqlstate not in ("LS001", "LS002", "LS005", "LS011", "LS020", "LS021"):
                raise
            return None

    def decide(self, conflict: Row, strategy: str, value: object) -> Json | None:
        """Decide a conflict; None where that cannot be done now."""
        result: Json | None = self.attempt(
            calls_merge.resolve_conflict,
            conflict["id"],
            strategy,
            value=None if value is None else Jsonb(value),
        )
        return result

    def restore(self, conflict: Row) -> Json | None:
        """Bring back the value that lost; None where that cannot be done now."""
        result: Json | None = self.attempt(calls_merge.restore_value, conflict["id"])
        return result

    def suppress(self, conversation_id: uuid.UUID) -> None:
        """Keep a person from being synced."""
        calls_leads.suppress_lead(self.connection, conversation_id, "a test")

    def lift(self, conversation_id: uuid.UUID) -> None:
        """Let a person sync again."""
        calls_leads.lift_suppression(self.connection, conversation_id)

    def erase(self, conversation_id: uuid.UUID) -> Json | None:
        """Erase a lead; None where that cannot be done now."""
        result: Json | None = self.attempt(calls_leads.erase_lead, conversation_id)
        return result

    def delete(self, table: str, row_id: uuid.UUID) -> None:
        """Delete a row of DomIQ's, and what hangs on it."""
        self.rows(f'delete from public."{table}" where id = %s', row_id)

    def person(self, conversation_id: uuid.UUID) -> Row:
        """The user of a conversation."""
        return self.rows(
            'select u.* from public."user" u join public.conversation c on c.user_id = u.id '
            "where c.id = %s",
            conversation_id,
        )[0]

    def people(self, email: str) -> list[Row]:
        """Users with an e-mail, each with the number of its conversations."""
        return self.rows(
            "select u.id, (select count(*) from public.conversation c where c.user_id = u.id) "
            'from public."user" u where lower(u.email) = lower(%s) order by u.id',
            email,
        )

    def is_held(self, conversation_id: uuid.UUID) -> bool:
        """Whether a critical conflict stops the pushes of a lead."""
        return bool(
            self.rows("select lead_sync_private.is_held(%s) as held", conversation_id)[0][
                "held"
            ]
        )

    def conflicts(self, conversation_id: uuid.UUID | None = None) -> list[Row]:
        """The conflicts of a conversation, or of the property."""
        return self.rows(
            "select * from public.lead_sync_conflicts where property_id = %s "
            "and (%s::uuid is null or conversation_id = %s) order by created_at",
            self.property_id,
            conversation_id,
            conversation_id,
        )

    def group(self, rules: Json, name: str, document: Json) -> Json:
        """One group of a document, normalised, without its blanks."""
        key = (name, json.dumps(document, sort_keys=True))
        if key not in self._normal:
            fields = next(g["fields"] for g in rules["groups"] if g["name"] == name)
            self._normal[key] = self.rows(
                "select jsonb_strip_nulls(lead_sync_private.normalise_group(%s, %s, '1')) as g",
                Jsonb(fields),
                Jsonb(document),
            )[0]["g"]
        return dict(self._normal[key])
