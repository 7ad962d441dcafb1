"""ResMan over the wire: the runner's adapter against the simulator, XML and all, no socket."""

import uuid
from collections.abc import Mapping
from typing import Any

from runner import resman, resman_http
from runner.envelope import Credentials
from runner.resman_http import NoAnswerError, Transport
from runner.simulator_accounts import Account, Property
from runner.simulator_answers import METHODS, Call
from runner.simulator_engine import DropError, Engine
from runner.simulator_faults import Fault
from runner.simulator_people import edit_lead
from runner.tests.convergence.world import Json, ResMan, Switches

CREDENTIALS = Credentials("partner", "not-a-real-key", "400")
FAULTS: dict[str, Json] = {
    "killed_after": {"fault": "timeout_after_commit"},
    "timeout_after": {"fault": "timeout_after_commit"},
    "timeout_before": {"fault": "timeout_before_commit"},
    "bad_gateway": {"fault": "bad_gateway"},
    "rate_limited": {"fault": "rate_limited", "retry_after": 1},
    "rejected": {"fault": "error", "message": "Transaction Source could not be found"},
    "unauthorized": {"fault": "error", "message": "Invalid credentials"},
    "malformed": {"fault": "not_xml"},
}
"""A fault of the runner's day as one of the simulator's."""


class _InProcess(Transport):
    """Carries a form to the simulator and its answer back."""

    def __init__(self, engine: Engine) -> None:
        super().__init__("lead-sync/test")
        self.engine = engine
        self.away = False

    def post(
        self, url: str, form: Mapping[str, str], accept: str, timeout_s: float
    ) -> resman_http.Answer:
        if self.away:
            raise NoAnswerError("connect", "cannot connect", sent=False)
        method = METHODS["/".join(url.split("/")[-2:]).lower()]
        fields = {name.lower(): value for name, value in form.items()}
        try:
            answer = self.engine.perform(Call(method, fields, "xml" in accept))
        except DropError:
            raise NoAnswerError("timeout", "no complete answer in time", sent=True) from None
        return resman_http.Answer(answer.status, answer.headers, answer.body)


class WireResMan(ResMan):
    """The same property behind the adapter. `simulator` are further switches of its."""

    def __init__(self, property_id: str, switches: Switches, simulator: Json) -> None:
        super().__init__(switches)
        normalise = ["phone"] if switches.reformats_phones else []
        if switches.comment_limit:
            normalise.append(f"comment:{switches.comment_limit}")
        self.engine = Engine(
            switches={
                "own_writes_in_feed": "yes" if switches.own_writes_in_feed else "no",
                "window_bounds": "inclusive" if switches.inclusive else "exclusive",
                "normalise": ",".join(normalise),
                "hold_s": 0,
                **simulator,
            }
        )
        place = Property(
            property_id,
            [
                {
                    "ID": str(uuid.uuid4()),
                    "Name": "Website",
                    "AvailableForOnlineMarketing": True,
                    "IsActive": True,
                }
            ],
            [{"ID": str(uuid.uuid4()), "Name": "Agent", "Email": "a@example.com"}],
        )
        reasons = [{"ID": str(uuid.uuid4()), "Name": "Gone"}]
        self.engine.store.add_account(
            Account("400", "partner", "not-a-real-key", reasons, {property_id.lower(): place})
        )
        self.engine.on_commit = self._committed
        self.property_id = property_id
        self.connection = {"resman_property_id": property_id, "timeout_s": 30}
        self.transport = _InProcess(self.engine)
        self.adapter = resman.ResMan("http://127.0.0.1:1")
        self.adapter._transport = self.transport
        self._request: Json = {}
        self._seen: tuple[int, dict[str, Json]] = (-1, {})

    def _committed(self, method: str, lead_id: str) -> None:
        del method
        self.saved[lead_id].append(self._request["lead"])

    @property
    def leads(self) -> dict[str, Json]:
        """All leads by id, as the adapter reads them."""
        store = self.engine.store
        if self._seen[0] != store.commits:
            found = {}
            for lead_id in store.leads:
                by = {"lead_id": lead_id}
                (found[lead_id],) = self.answer({"call": "search_leads", "by": by})["leads"]
            self._seen = (store.commits, found)
        return self._seen[1]

    def type_in(self, **fields: Any) -> str:
        return self._put(property_id=self.property_id, **fields)

    def edit(self, lead_id: str, **fields: Any) -> None:
        self._put(prospect_id=lead_id, **fields)

    def _put(self, **fields: Any) -> str:
        if "status" in fields:
            fields["type"] = fields.pop("status")
        return edit_lead(self.engine.store, fields)[0].prospect_id

    def call(self, request: Json, fault: str = "") -> Json | None:
        if fault == "killed_before":
            return None
        self.transport.away = fault == "unreachable"
        if fault in FAULTS:
            self.engine.faults.add(Fault.make({**FAULTS[fault], "hold_s": 0}))
        try:
            response = self.answer(request)
        finally:
            self.engine.faults.clear()
            self.transport.away = False
        return None if fault == "killed_after" else response

    def answer(self, request: Json) -> Json:
        self._request = request
        return self.adapter.call(request, self.connection, CREDENTIALS)
