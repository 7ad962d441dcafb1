"""The stateful machine: edits on both sides, faults, and the laws that hold at rest."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import psycopg
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule

from runner import calls_leads, calls_service
from runner.tests.convergence import laws
from runner.tests.convergence.domiq import GROUPS, Domiq, Flight
from runner.tests.convergence.wire import WireResMan
from runner.tests.convergence.world import Json, ResMan, Switches

FAULTS = (
    "",
    "",
    "",
    "killed_before",
    "killed_after",
    "timeout_before",
    "timeout_after",
    "unreachable",
    "bad_gateway",
    "rate_limited",
    "malformed",
    "rejected",
    "unauthorized",
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
LEAVINGS = ("suppressed", "lifted", "lifted", "erased", "deleted", "deleted as a user")
DAYS = st.integers(1, 4).map(lambda n: date(2027, 1, 1) + timedelta(days=n))
POLICY = st.tuples(st.sampled_from(["move_in_date", "comment"]), st.sampled_from(POLICIES))
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


STEPS = st.sampled_from([0, 2, 5, 61, -2, -5, -61]).map(lambda n: timedelta(minutes=n))
SIMULATOR = st.fixed_dictionaries(
    {
        "duplicate_policy": st.sampled_from(["allow", "error"]),
        "omitted": st.sampled_from(["keep", "clear"]),
        "single_element": st.sampled_from(["list", "object"]),
        "blanks": st.sampled_from(["empty", "omit"]),
        "event_dates": st.sampled_from(["z", "naive", "offset"]),
        "event_ids": st.sampled_from(["yes", "no"]),
        "element_order": st.sampled_from(["documented", "reversed"]),
        "namespace": st.sampled_from(["none", "default", "prefixed"]),
        "empty_result": st.sampled_from(["empty", "missing"]),
    }
)


_sessions: dict[str, psycopg.Connection[Any]] = {}


def connect(url: str) -> psycopg.Connection[Any]:
    """A session that serves all examples: much of their time went into its first plans."""
    if url not in _sessions:
        _sessions[url] = psycopg.connect(url, autocommit=True)
    return _sessions[url]


def disconnect(url: str) -> None:
    """Close the session of a database."""
    if url in _sessions:
        _sessions.pop(url).close()


class Convergence(RuleBasedStateMachine):
    """One property. `url` names the database; each example brings a property of its own."""

    url = ""
    conversations: Bundle[UUID] = Bundle("conversations")

    def __init__(self) -> None:
        super().__init__()
        self.domiq = Domiq(connect(self.url))
        self.resman = ResMan()
        self.typed: list[UUID] = []
        self.gone: dict[UUID, laws.Gone] = {}
        self.flights: list[Flight] = []
        self.written: dict[tuple[UUID, str, str], Json] = {}
        self.decided: dict[tuple[UUID, str], Json] = {}

    @initialize(
        target=conversations,
        switches=st.builds(
            Switches, st.booleans(), st.booleans(), st.booleans(), st.sampled_from([None, 2])
        ),
        wire=st.one_of(st.none(), SIMULATOR),
        when=DAYS,
        linked=st.booleans(),
    )
    def begin(
        self, switches: Switches, wire: Json | None, when: date, linked: bool = False
    ) -> UUID:
        """What is unknown about ResMan is one way or the other; behind the adapter or not.

        The first chat, which has arrived or not.
        """
        if wire is None:
            self.resman = ResMan(switches)
        else:
            self.resman = WireResMan(str(self.domiq.property_id), switches, wire)
        conversation_id = self.chat(when)
        if linked:
            self.domiq.settle(self.resman)
        return conversation_id

    # DomIQ and the office

    @rule(target=conversations, when=DAYS)
    def later_chat(self, when: date) -> UUID:
        return self.chat(when)

    def chat(self, when: date) -> UUID:
        """Somebody talks to the chatbot."""
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
        before = self.domiq.document(conversation_id)
        self.domiq.edit(conversation_id, **values)
        after = self.domiq.document(conversation_id)
        if "status" in values:
            self.decided.pop((conversation_id, "status"), None)
        typed: Json = {}
        for name, value in values.items():
            if name in CANONICAL:
                typed |= CANONICAL[name](value)
        if "price_range_min" in values:
            typed = {
                "rent_min": values["price_range_min"],
                "rent_max": values["price_range_max"],
            }
        if any(
            before.get(name) != after.get(name) for name in typed
        ):  # else nothing was edited
            self._wrote(conversation_id, "domiq", typed)
            self._note_agreement(conversation_id)

    @rule(conversation_id=conversations, kind=st.sampled_from(["new_lead", "tour_reminder"]))
    def notify(self, conversation_id: UUID, kind: str) -> None:
        """DomIQ tells the property's people something."""
        if conversation_id not in self.gone:
            self.domiq.insert(
                "lead_notification",
                conversation_id=conversation_id,
                notification_type=kind,
                status="sent",
            )

    @rule(
        conversation_id=conversations,
        operation=st.sampled_from(["push", "status_update", "enrichment"]),
    )
    def ask_for(self, conversation_id: UUID, operation: str) -> None:
        """A service queues an operation by itself."""
        self.domiq.attempt(calls_service.enqueue_sync, conversation_id, operation)

    @rule(conversation_id=conversations, group=st.sampled_from(["", *GROUPS]))
    def webhook(self, conversation_id: UUID, group: str) -> None:
        """A service hands over a lead as ResMan shows it, or one group of it."""
        domiq, resman = self.domiq, self.resman
        for link in domiq.links():
            if link["conversation_id"] != conversation_id:
                continue
            by = {"lead_id": link["resman_lead_id"]}
            for lead in resman.answer({"call": "search_leads", "by": by})["leads"]:
                shown = ("lead_id", *GROUPS[group]) if group else tuple(lead)
                part = {k: v for k, v in lead.items() if k in shown}
                domiq.attempt(calls_leads.receive_lead, domiq.property_id, part)

    @rule(conversation_id=conversations, values=OFFICE_EDITS)
    def edit_in_resman(self, conversation_id: UUID, values: Json) -> None:
        if any(f.item.conversation_id == conversation_id and not f.late for f in self.flights):
            return  # between read and save: the gap that nothing closes
        for link in self.domiq.links():
            if link["conversation_id"] == conversation_id:
                before = self.resman.leads[link["resman_lead_id"]]
                edited = any(before.get(name) != value for name, value in values.items())
                self.resman.edit(link["resman_lead_id"], **values)
                if edited:
                    self._wrote(conversation_id, "resman", values)
                    self._note_agreement(conversation_id)

    def _wrote(self, conversation_id: UUID, side: str, values: Json) -> None:
        for group, fields in GROUPS.items():
            part = {k: v for k, v in values.items() if k in fields}
            if part:
                self.written[conversation_id, group, side] = part
                self.decided.pop((conversation_id, group), None)

    def _note_agreement(self, conversation_id: UUID) -> None:
        """What both sides say has arrived: whichever is edited next, none is overruled."""
        for link in self.domiq.links():
            if link["conversation_id"] != conversation_id:
                continue
            lead = self.resman.leads[link["resman_lead_id"]]
            for key in list(self.written):
                whose, group, _ = key
                if whose == conversation_id and self.domiq.group(
                    link["rules"], group, link["domiq"]
                ) == self.domiq.group(link["rules"], group, lead):
                    del self.written[key]

    # the runner, and what befalls it

    @rule(
        fault=st.sampled_from(FAULTS),
        limit=st.integers(1, 5),
        saving=st.booleans(),
        due=st.booleans(),
    )
    def run(self, fault: str, limit: int, saving: bool = False, due: bool = False) -> None:
        """A runner works; a fault strikes its first call, or its first save."""
        if due:
            self.domiq.make_due()
        self.domiq.step(self.resman, fault, limit, saving)

    @rule(limit=st.integers(1, 5))
    def take_off(self, limit: int) -> None:
        """Another runner claims, makes its calls, and is slow to hand over the answers."""
        self.flights += self.domiq.take_off(self.resman, limit)

    @rule(how=st.sampled_from(["one", "one", "all", "late"]), pick=st.integers(0, 9))
    def land(self, how: str, pick: int) -> None:
        """Answers are handed over, one or all in one call; or their leases run out first."""
        if how == "late":
            self.domiq.expire(self.flights)
        elif how == "all" and self.flights:
            self.domiq.land_together(self.resman, self.flights[::-1])
        elif self.flights:
            self.domiq.land(self.resman, self.flights[pick % len(self.flights)])
        self.flights = [flight for flight in self.flights if not flight.over]

    @rule(step=STEPS)
    def step_clock(self, step: timedelta) -> None:
        """The database's clock is set, by minutes or an hour, forwards or back."""
        self.domiq.step_clock(step, self.flights)

    @rule(everything=st.booleans())
    def pull(self, everything: bool) -> None:
        self.domiq.pull(everything)

    @rule(what=st.sampled_from(["due", "due", "pause", "credentials", "policy"]), policy=POLICY)
    def change(self, what: str, policy: tuple[str, str]) -> None:
        """Time passes, or somebody changes how the property is synced."""
        match what:
            case "due":
                self.domiq.make_due()
            case "pause":
                for call in ("pause_property(%s, 'a pause')", "resume_property(%s)"):
                    self.domiq.rows(f"select lead_sync.{call}", self.domiq.property_id)
            case "credentials":
                self.domiq.accept_again()
            case _:
                self.domiq.set_policy(*policy)

    # a person's hands

    @rule(
        pick=st.integers(0, 9),
        strategy=st.sampled_from(
            ["domiq_wins", "resman_wins", "merged", "manual_review", "restore"]
        ),
        side=st.sampled_from(["domiq_value", "resman_value"]),
    )
    def decide(self, pick: int, strategy: str, side: str) -> None:
        """A conflict is decided, or the value that lost in one brought back."""
        if strategy == "restore":
            found = [c for c in self.domiq.conflicts() if c["winner"]]
        else:
            found = laws.open_conflicts(self.domiq)
        if not found:
            return
        conflict = found[pick % len(found)]
        key = (conflict["conversation_id"], conflict["conflict_field"])
        if strategy == "restore":
            again = "restored" in (conflict["explanation"] or {})
            seen = self._is_seen(key, conflict["resman_value"], conflict["resolved_value"])
            result = self.domiq.restore(conflict)
        else:
            again = False
            seen = self._is_seen(key, conflict["resman_value"])
            value = conflict[side] if strategy == "merged" else None
            result = self.domiq.decide(conflict, strategy, value)
        if result and not again:
            self.decided.pop(key, None)
            if strategy != "manual_review" and seen:
                self.decided[key] = result["value"]

    def _is_seen(self, key: tuple[UUID, str], *values: Json | None) -> bool:
        """Whether ResMan still holds one of the values that the database has seen there."""
        for link in self.domiq.links():
            if link["conversation_id"] == key[0] and key[1] in GROUPS:
                lead = self.resman.leads[link["resman_lead_id"]]
                holds, *seen = (
                    self.domiq.group(link["rules"], key[1], one)
                    for one in (lead, *values)
                    if one
                )
                return holds in seen
        return False

    # those who are to be left alone

    @rule(conversation_id=conversations, how=st.sampled_from(LEAVINGS))
    def leave(self, conversation_id: UUID, how: str) -> None:
        """A person is suppressed, erased or deleted, or a suppression is lifted."""
        if conversation_id in self.gone:
            if how == "lifted" and self.gone[conversation_id].kind == "suppressed":
                self.domiq.lift(conversation_id)
                lifted = {conversation_id: self.gone.pop(conversation_id)}
                laws.stay_away(self.domiq, self.resman, lifted)
            return
        person = self.domiq.person(conversation_id)
        match how:
            case "suppressed":
                self.domiq.suppress(conversation_id)
            case "erased":
                if self.domiq.erase(conversation_id) is None:
                    return
            case "deleted":
                self.domiq.delete("conversation", conversation_id)
            case "deleted as a user":
                self.domiq.delete("user", person["id"])
            case _:
                return
        for flight in self.flights:
            if how == "deleted" and flight.item.conversation_id == conversation_id:
                flight.gone = True
        self._is_gone(conversation_id, how, person["email"])

    def _is_gone(self, conversation_id: UUID, kind: str, email: str) -> None:
        leads = laws.leads_of(self.resman, email)
        self.gone[conversation_id] = laws.Gone(
            kind,
            email,
            leads,
            sum(len(self.resman.saved[lead_id]) for lead_id in leads),
            self.domiq.people(email),
        )

    # the laws

    @invariant()
    def no_lead_is_made_twice(self) -> None:
        laws.one_lead_a_person(self.resman)

    def teardown(self) -> None:
        """Heal, settle, and look."""
        try:
            if self.typed or self.resman.leads:
                self._rest()
        finally:
            self.domiq.clock.set(timedelta(0))
            # what is left may not be claimed by the next example
            self.domiq.rows(
                "select lead_sync.pause_property(%s, 'over')", self.domiq.property_id
            )

    def _rest(self) -> None:
        domiq, resman = self.domiq, self.resman
        domiq.step_clock(timedelta(0), self.flights)
        while self.flights:
            self.land("one", len(self.flights) - 1)
        for _ in range(3):  # what both sides hold, then what conflicts led to
            domiq.pull()
            domiq.settle(resman)
        laws.one_lead_a_person(resman)
        laws.stay_away(domiq, resman, self.gone)
        links = laws.live_links(domiq, self.gone)
        laws.every_group_is_explained(domiq, resman, links)
        laws.nothing_typed_is_lost(domiq, resman, links, self.written)
        laws.all_is_told(domiq, resman, links)
        laws.decisions_hold(domiq, resman, links, self.decided)
        laws.second_cycle_writes_nothing(domiq, resman, links)
        laws.all_are_linked(domiq, resman, self.typed, self.gone)
        laws.stay_away(domiq, resman, self.gone)
