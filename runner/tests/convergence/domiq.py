"""DomIQ's side of one example, and a runner that is driven step by step."""

import itertools
import json
import uuid
from datetime import timedelta
from typing import Any

import psycopg
from psycopg.rows import dict_row
from psycopg.types.json import Jsonb

from runner import calls, calls_service
from runner.tests.convergence.world import Json, ResMan, failed

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


class Domiq:
    """A property with an integration, its conversations, and one runner."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self.connection = connection
        self.property_id = self.insert(
            "property", name="P", address="1 Main St", city="S", state="IL", zip_code="62701"
        )
        self.chatbot_id = self.insert("chatbot", name="Bot", property_id=self.property_id)
        calls_service.configure_integration(
            connection,
            self.property_id,
            resman_property_id=f"RM-{self.property_id}"[:100],
            api_credentials=SEALED,
            sync_direction="bidirectional",
            sync_frequency=None,
            webhook_url=None,
        )
        for name, value in {
            "default_source": "Website",
            "default_agent": "Agent",
            "settle_time": 0,
            "pull_interval": 86400,
        }.items():
            calls_service.set_property_setting(connection, self.property_id, name, value)
        self._normal: dict[tuple[str, str], Json] = {}

    def rows(self, statement: str, *values: object) -> list[Row]:
        """Run a statement and fetch what it returns."""
        with self.connection.cursor(row_factory=dict_row) as cursor:
            cursor.execute(statement.encode(), values)
            return cursor.fetchall() if cursor.description else []

    def insert(self, table: str, **values: object) -> uuid.UUID:
        """One row, by an ordinary insert; its id."""
        names = ", ".join(values)
        marks = ", ".join(["%s"] * len(values))
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

    # the runner

    def step(self, resman: ResMan, fault: str = "", limit: int = 5) -> int:
        """Claim what is due and take every item to its end; how many. `fault` strikes once."""
        items = [
            item
            for item in calls.claim_items(self.connection, str(uuid.uuid4()), limit, LEASE)
            if item.property_id == self.property_id or self._foreign(item)
        ]
        struck = False
        for item in items:
            request = item.request
            while True:
                this, struck = ("", struck) if struck else (fault, bool(fault))
                response = self._call(resman, request, this)
                if response is None:  # the runner dies here; its lease runs out
                    self._expire(item)
                    break
                response["issued_at"] = request["issued_at"]
                result = calls.advance_item(
                    self.connection, item.item_id, item.lease_token, response
                )
                if this == "duplicate":
                    calls.advance_item(
                        self.connection, item.item_id, item.lease_token, response
                    )
                if "request" not in result:
                    break
                request = result["request"]
        return len(items)

    def _foreign(self, item: calls.Claimed) -> bool:
        calls.release_items(self.connection, [item.lease_token])
        return False

    def _expire(self, item: calls.Claimed) -> None:
        self.rows(
            "update public.lead_sync_queue "
            "set lease_until = clock_timestamp() - interval '1 s' "
            "where id = %s and status = 'processing'",
            item.item_id,
        )
        calls.rescue_expired_leases(self.connection)

    def _call(self, resman: ResMan, request: Json, fault: str) -> Json | None:
        saving = request["call"] == "save_lead"
        match fault:
            case "killed_before":
                return None
            case "killed_after":
                resman.answer(request)
                return None
            case "timeout_after" if saving:
                resman.answer(request)
                return failed("ambiguous", "timeout")
            case "timeout_before" if saving:
                return failed("ambiguous", "timeout")
            case "transient":
                return failed("transient", "http_502")
            case "rate_limited":
                return failed("rate_limited", "http_429", retry_after_s=1)
            case "rejected" if saving:
                return failed("rejected", "status_error")
            case "malformed":
                if saving:
                    resman.answer(request)
                    return failed("ambiguous", "not_xml")
                return failed("malformed", "not_xml")
        return resman.answer(request)

    def make_due(self) -> None:
        """Turn the clock forward for what waits for a time."""
        self.rows(
            "update public.lead_sync_queue set next_retry_at = null "
            "where property_id = %s and status = 'pending' and next_retry_at is not null",
            self.property_id,
        )

    def requeue_dead(self) -> None:
        """What a person does once the cause is mended."""
        self.rows("select lead_sync.requeue_failed(%s)", self.property_id)

    def pull(self) -> None:
        """Queue a pull of all that was ever modified."""
        self.rows(
            "select lead_sync.enqueue_pull(%s, clock_timestamp() - interval '1 hour')",
            self.property_id,
        )

    def apply_pulled(self) -> None:
        """Apply what pulls have left."""
        while calls.apply_pulled(self.connection):
            pass

    def settle(self, resman: ResMan, rounds: int = 12) -> int:
        """Work without faults until nothing is left to do; how many rounds it took."""
        for number in range(rounds):
            self.make_due()
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
