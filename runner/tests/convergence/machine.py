"""The stateful machine: edits on both sides, faults, and the laws that hold at rest."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import psycopg
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule

from runner.tests.convergence.domiq import GROUPS, Domiq
from runner.tests.convergence.world import Json, ResMan, Switches

FAULTS = (
    "",
    "",
    "",
    "killed_before",
    "killed_after",
    "timeout_before",
    "timeout_after",
    "transient",
    "rate_limited",
    "malformed",
    "rejected",
    "duplicate",
)
POLICIES = (
    "domiq_wins",
    "resman_wins",
    "newest_wins",
    "fill_blank_only",
    "union",
    "manual_review",
)
DAYS = st.integers(1, 4).map(lambda n: date(2027, 1, 1) + timedelta(days=n))
SMALL = st.integers(1, 4)
DOMIQ_EDITS = st.one_of(
    st.fixed_dictionaries({"move_in_date": DAYS}),
    st.fixed_dictionaries({"occupants_count": SMALL}),
    st.fixed_dictionaries({"ai_intent_summary": st.sampled_from(["a", "b", "c c", None])}),
    st.tuples(SMALL, SMALL).map(
        lambda t: {"price_range_min": min(t) * 100, "price_range_max": max(t) * 100}
    ),
    st.fixed_dictionaries({"apartment_size_preference": st.sampled_from(["studio", "2 br"])}),
    st.fixed_dictionaries({"first_name": st.sampled_from(["Ann", "Bea", "Cat"])}),
    st.fixed_dictionaries({"status": st.sampled_from(["contacted", "qualified", "lost"])}),
    st.fixed_dictionaries({"lead_score": SMALL}),
)
OFFICE_EDITS = st.one_of(
    st.fixed_dictionaries({"move_in_date": DAYS.map(str)}),
    st.fixed_dictionaries({"occupants": SMALL}),
    st.fixed_dictionaries({"comment": st.sampled_from(["a", "x", "y y"])}),
    st.tuples(SMALL, SMALL).map(lambda t: {"rent_min": min(t) * 100, "rent_max": max(t) * 100}),
    st.fixed_dictionaries({"bedrooms": st.integers(0, 3)}),
    st.fixed_dictionaries({"first_name": st.sampled_from(["Ann", "Dee"])}),
    st.fixed_dictionaries({"status": st.sampled_from(["prospect", "lost", "applicant"])}),
)
CANONICAL: dict[str, Callable[[Any], Json]] = {
    "move_in_date": lambda v: {"move_in_date": str(v)},
    "occupants_count": lambda v: {"occupants": v},
    "ai_intent_summary": lambda v: {"comment": v},
    "apartment_size_preference": lambda v: {"bedrooms": 0 if v == "studio" else 2},
    "first_name": lambda v: {"first_name": v},
}


class Convergence(RuleBasedStateMachine):
    """One property. `url` names the database; each example brings a property of its own."""

    url = ""
    conversations: Bundle[UUID] = Bundle("conversations")

    def __init__(self) -> None:
        super().__init__()
        self.connection = psycopg.connect(self.url, autocommit=True)
        self.domiq = Domiq(self.connection)
        self.resman = ResMan()
        self.typed: list[UUID] = []
        self.written: dict[tuple[UUID, str, str], Json] = {}

    @initialize(
        feed=st.booleans(),
        inclusive=st.booleans(),
        phones=st.booleans(),
        limit=st.sampled_from([None, 2]),
        window=st.sampled_from([2, 1000]),
    )
    def unknowns(
        self, feed: bool, inclusive: bool, phones: bool, limit: int | None, window: int
    ) -> None:
        """What is unknown about ResMan is one way or the other."""
        del window
        self.resman.switches = Switches(feed, inclusive, phones, limit)

    @rule(target=conversations, when=DAYS)
    def chat(self, when: date) -> UUID:
        conversation_id = self.domiq.chat(move_in_date=when)
        self.typed.append(conversation_id)
        self._wrote(conversation_id, "domiq", {"move_in_date": str(when)})
        return conversation_id

    @rule(when=DAYS)
    def type_in(self, when: date) -> None:
        self.resman.type_in(
            first_name="Ola",
            last_name="Example",
            email=f"ola{len(self.resman.leads)}-{self.domiq.property_id.hex[:8]}@example.com",
            move_in_date=str(when),
        )

    @rule(conversation_id=conversations, values=DOMIQ_EDITS)
    def edit_in_domiq(self, conversation_id: UUID, values: Json) -> None:
        self.domiq.edit(conversation_id, **values)
        for name, value in values.items():
            if name in CANONICAL:
                self._wrote(conversation_id, "domiq", CANONICAL[name](value))
        if "price_range_min" in values:
            self._wrote(
                conversation_id,
                "domiq",
                {"rent_min": values["price_range_min"], "rent_max": values["price_range_max"]},
            )

    @rule(conversation_id=conversations, values=OFFICE_EDITS)
    def edit_in_resman(self, conversation_id: UUID, values: Json) -> None:
        for link in self.domiq.links():
            if link["conversation_id"] == conversation_id:
                self.resman.edit(link["resman_lead_id"], **values)
                self._wrote(conversation_id, "resman", values)

    @rule(fault=st.sampled_from(FAULTS), limit=st.integers(1, 5))
    def run(self, fault: str, limit: int) -> None:
        self.domiq.step(self.resman, fault, limit)

    @rule()
    def let_time_pass(self) -> None:
        self.domiq.make_due()

    @rule()
    def pull(self) -> None:
        self.domiq.pull()

    @rule(policy=st.sampled_from(POLICIES), group=st.sampled_from(["move_in_date", "comment"]))
    def change_policy(self, policy: str, group: str) -> None:
        self.domiq.rows(
            "insert into lead_sync_private.field_policy (property_id, field_group, policy) "
            "values (%s, %s, %s) on conflict (coalesce(property_id, "
            "'00000000-0000-0000-0000-000000000000'), coalesce(field_group, '')) "
            "do update set policy = excluded.policy",
            self.domiq.property_id,
            group,
            policy,
        )

    @rule()
    def pause_and_resume(self) -> None:
        for call in ("pause_property(%s, 'a pause')", "resume_property(%s)"):
            self.domiq.rows(f"select lead_sync.{call}", self.domiq.property_id)

    def _wrote(self, conversation_id: UUID, side: str, values: Json) -> None:
        for group, fields in GROUPS.items():
            part = {k: v for k, v in values.items() if k in fields}
            if part:
                self.written[conversation_id, group, side] = part

    @invariant()
    def no_lead_is_made_twice(self) -> None:
        emails = [str(lead.get("email")).lower() for lead in self.resman.leads.values()]
        assert len(emails) == len(set(emails)), "two leads of one person"
        for lead in self.resman.leads.values():
            keys = [e["key"] for e in lead["events"] if e.get("key")]
            assert len(keys) == len(set(keys)), "an event was sent twice"

    def teardown(self) -> None:
        """Heal, settle, and look."""
        try:
            if self.typed or self.resman.leads:
                self._rest()
        finally:
            # what is left may not be claimed by the next example
            self.domiq.rows(
                "select lead_sync.pause_property(%s, 'over')", self.domiq.property_id
            )
            self.connection.close()

    def _rest(self) -> None:
        domiq, resman = self.domiq, self.resman
        for _ in range(3):  # what both sides hold, then what conflicts led to
            domiq.pull()
            domiq.settle(resman)
        self.no_lead_is_made_twice()
        self._every_group_is_explained()
        self._nothing_typed_is_lost()

        saves = resman.saves
        before = self._domiq_state()
        domiq.rows(
            "select lead_sync.enqueue_sync(c, 'push') from unnest(%s) as c",
            [
                link["conversation_id"]
                for link in domiq.links()
                if link["mapping_status"] == "active"
            ],
        )
        domiq.pull()
        domiq.settle(resman)
        assert resman.saves == saves, "a second cycle writes to ResMan"
        assert self._domiq_state() == before, "a second cycle writes to DomIQ"
        assert len({link["resman_lead_id"] for link in domiq.links()}) == len(domiq.links())
        for conversation_id in self.typed:
            assert any(link["conversation_id"] == conversation_id for link in domiq.links()), (
                "a lead did not arrive"
            )
        linked = {link["resman_lead_id"] for link in domiq.links()}
        for lead_id, lead in resman.leads.items():
            assert lead_id in linked or lead["status"] != "prospect", (
                "a lead was not taken over"
            )

    def _domiq_state(self) -> list[Any]:
        return self.domiq.rows(
            "select c.id, c.resman_sync_version, u.resman_sync_version as user_version "
            'from public.conversation c left join public."user" u on u.id = c.user_id '
            "where c.chatbot_id = %s order by c.id",
            self.domiq.chatbot_id,
        )

    def _every_group_is_explained(self) -> None:
        for link in self.domiq.links():
            resman = self.resman.leads[link["resman_lead_id"]]
            held = {
                c["conflict_field"]
                for c in self.domiq.conflicts(link["conversation_id"])
                if c["resolution_status"] in ("pending", "manual_review")
            } | set(link["suppressed"])
            for group in GROUPS:
                one = self.domiq.group(link["rules"], group, link["domiq"])
                other = self.domiq.group(link["rules"], group, resman)
                if group == "comment" and self.resman.switches.comment_limit:
                    one, other = (
                        {k: v[:2].strip() for k, v in each.items()} for each in (one, other)
                    )
                if one != other and group not in held and (one or group == "name"):
                    raise AssertionError(f"{group} is {one} in DomIQ and {other} in ResMan")

    def _nothing_typed_is_lost(self) -> None:
        for link in self.domiq.links():
            conversation_id = link["conversation_id"]
            changes = self.domiq.rows(
                "select * from lead_sync_private.field_change where mapping_id = %s",
                link["id"],
            )
            conflicts = self.domiq.conflicts(conversation_id)
            for (whose, group, side), value in self.written.items():
                if whose != conversation_id:
                    continue
                wanted = self.domiq.group(link["rules"], group, value)
                kept = [
                    self.domiq.group(link["rules"], group, document)
                    for document in (
                        link["domiq"],
                        self.resman.leads[link["resman_lead_id"]],
                        *(
                            c[k]
                            for c in conflicts
                            for k in ("domiq_value", "resman_value")
                            if c["conflict_field"] == group
                        ),
                        *(
                            c[k]
                            for c in changes
                            for k in ("new_domiq", "new_resman", "old_domiq", "old_resman")
                            if c["field_group"] == group
                        ),
                        link["domiq_base"],
                    )
                    if document
                ]
                if not any(wanted.items() <= each.items() for each in kept):
                    raise AssertionError(f"{wanted}, typed in {side}, is nowhere: {kept}")
