"""The simulated ResMan as an object: start it, look into it, upset it."""

import threading
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from runner.simulator_clock import Clock
from runner.simulator_engine import Engine
from runner.simulator_faults import Fault
from runner.simulator_http import Server
from runner.simulator_office import act
from runner.simulator_people import edit_lead
from runner.simulator_setup import add_account, add_property, find_leads

DEFAULT_ACCOUNT_ID = "400"
DEFAULT_PARTNER_ID = "simulated-partner"
DEFAULT_API_KEY = "simulated-key"
DEFAULT_PROPERTIES = (
    "5e500000-0000-4000-8000-000000000001",
    "5e500000-0000-4000-8000-000000000002",
)


class Simulator(Engine):
    """A simulated ResMan in this process, serving from threads of its own.

    ``port`` 0 takes a free one. ``accounts`` maps an account id to ``integration_partner_id``,
    ``api_key`` and ``properties`` (ids); without it there is one account with two properties.
    ``state`` is a file that keeps leads and accounts over a restart. ``clock`` gives the
    time (aware) that leads are stamped with. ``allowed_hosts`` are names by which others
    than this machine may use page and controls. Switches are keywords; ValueError for an
    unknown one.
    """

    def __init__(
        self,
        host: str = "127.0.0.1",
        port: int = 0,
        *,
        accounts: Mapping[str, Mapping[str, Any]] | None = None,
        state: str | Path | None = None,
        clock: Clock | None = None,
        allowed_hosts: Iterable[str] = (),
        **switches: Any,
    ) -> None:
        super().__init__(Path(state) if state is not None else None, clock, switches)
        self.host = host
        self.port = port
        self._hosts = tuple(allowed_hosts)
        self._server: Server | None = None
        self._thread: threading.Thread | None = None
        if accounts is not None:
            for account_id, account in accounts.items():
                self.add_account(account_id, **account)
        elif not self.store.accounts:
            self.add_account(
                DEFAULT_ACCOUNT_ID, DEFAULT_PARTNER_ID, DEFAULT_API_KEY, DEFAULT_PROPERTIES
            )

    @property
    def url(self) -> str:
        """The base URL, once started."""
        name = f"[{self.host}]" if ":" in self.host else self.host
        return f"http://{name}:{self.port}"

    def start(self) -> Self:
        """Listen. After a stop(): on the same port. Raises OSError."""
        if self._server is None:
            self.closing = threading.Event()
            self.store.open()
            try:
                self._server = Server((self.host, self.port), self, self._hosts)
            except OSError:
                self.store.close()
                raise
            self.port = self._server.server_port
            self._thread = threading.Thread(
                target=self._server.serve_forever, args=(0.05,), name="simulator", daemon=True
            )
            self._thread.start()
        return self

    def stop(self) -> None:
        """Refuse connections and end those there are, held answers too. Leads stay."""
        server, self._server = self._server, None
        if server is None:
            return
        with self.store.changed:
            self.closing.set()
            self.store.changed.notify_all()
        server.shutdown()
        server.server_close()
        server.drop_connections()
        self.store.close()

    close = stop

    def __enter__(self) -> Self:
        """Start."""
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop."""
        self.stop()

    # --- accounts

    def add_account(
        self,
        account_id: str,
        integration_partner_id: str,
        api_key: str,
        properties: Iterable[str] = (),
    ) -> None:
        """Add an account, or give a known one new keys, and add properties to it."""
        add_account(self, account_id, integration_partner_id, api_key)
        for property_id in properties:
            if self.store.find_property(property_id) is None:
                self.add_property(property_id, account_id)

    def add_property(
        self,
        property_id: str,
        account_id: str = DEFAULT_ACCOUNT_ID,
        sources: list[dict[str, Any]] | None = None,
        employees: list[dict[str, Any]] | None = None,
    ) -> str:
        """Add a property; sources and employees as the look-ups show them. Returns its id."""
        return add_property(self, property_id, account_id, sources, employees).property_id

    def known_properties(self) -> list[str]:
        """Ids of all properties, account by account."""
        with self.store.lock:
            accounts = list(self.store.accounts.values())
            return [p.property_id for a in accounts for p in a.properties.values()]

    def credentials(self, property_id: str) -> dict[str, str]:
        """What a caller for this property must know. Raises KeyError."""
        found = self.store.find_property(property_id)
        if found is None:
            raise KeyError(property_id)
        return {
            "integration_partner_id": found[0].integration_partner_id,
            "api_key": found[0].api_key,
            "account_id": found[0].account_id,
        }

    def sources(self, property_id: str) -> list[dict[str, Any]]:
        """What GetProspectSources lists; the rows may be edited. Raises KeyError."""
        found = self.store.find_property(property_id)
        if found is None:
            raise KeyError(property_id)
        return found[1].sources

    def employees(self, property_id: str) -> list[dict[str, Any]]:
        """What GetEmployees lists; the rows may be edited. Raises KeyError."""
        found = self.store.find_property(property_id)
        if found is None:
            raise KeyError(property_id)
        return found[1].employees

    def lost_reasons(self, account_id: str = DEFAULT_ACCOUNT_ID) -> list[dict[str, Any]]:
        """What GetLostProspectReasons lists; the rows may be edited. Raises KeyError."""
        return self.store.accounts[account_id].lost_reasons

    # --- leads

    @property
    def commits(self) -> int:
        """How many changes there were, through the API and by hand."""
        return self.store.commits

    def leads(self, property_id: str | None = None, **equals: Any) -> list[dict[str, Any]]:
        """Flat leads, oldest first, whose fields equal ``equals``."""
        place = {"property_id": property_id} if property_id is not None else {}
        return find_leads(self, {**place, **equals})

    def lead(self, prospect_id: str) -> dict[str, Any]:
        """One flat lead. Raises KeyError."""
        with self.store.lock:
            return self.store.leads[prospect_id.lower()].as_dict()

    def add_lead(self, property_id: str, **fields: Any) -> dict[str, Any]:
        """Type a lead in by hand. Raises RefusedError."""
        return self._edit({**fields, "property_id": property_id})

    def edit_lead(self, prospect_id: str, **fields: Any) -> dict[str, Any]:
        """Edit a lead by hand. Raises RefusedError, or KeyError."""
        return self._edit({**fields, "prospect_id": prospect_id})

    def _edit(self, fields: dict[str, Any]) -> dict[str, Any]:
        with self.store.lock:
            shown = edit_lead(self.store, fields)[0].as_dict()
        self.store.save()
        return shown

    def act(self, acts: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Many acts of the leasing office, all or none. Raises RefusedError, or KeyError."""
        results = act(self.store, self.switch, acts)
        self.store.save()
        return results

    def remove_lead(self, prospect_id: str) -> None:
        """Take a lead away, as if it had never been. Raises KeyError."""
        self.store.remove(prospect_id.lower())
        self.store.save()

    # --- faults and switches

    def fault(self, name: str, method: str | None = None, **options: Any) -> None:
        """Queue a fault for the next ``count`` (1) calls of a method. Raises ValueError."""
        self.faults.add(Fault.make({"fault": name, "method": method, **options}))

    def clear_faults(self) -> None:
        """Drop all queued faults."""
        self.faults.clear()

    def set(self, **switches: Any) -> None:
        """Set switches. Raises ValueError, changing none."""
        self.set_switches(switches)

    def switches(self) -> dict[str, Any]:
        """All switches."""
        return self.switch.as_dict()

    def count(self, method: str | None = None, outcome: str | None = None) -> int:
        """How many calls of a method ended so."""
        rows = self.requests(method)
        return sum(1 for row in rows if outcome is None or row["outcome"] == outcome)
