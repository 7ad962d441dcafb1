"""The demo's two sides: for each property a company in DomIQ's, an account in ResMan's.

All of it is fixture data.
"""

import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import IO, Any
from uuid import UUID, uuid5

import psycopg

from runner import calls_service as service
from runner.envelope import Credentials, Keyring, generate_key
from runner.simulator import Simulator

_NAMESPACE = UUID("6d0c5b6e-9f0a-4a63-8a0e-3d2f0f6c1b55")
_STOP_S = 20.0
"""Longer than the grace time that the runner is given."""
_GRACE_S = 5


class DemoError(Exception):
    """The demo cannot go on; the text says why."""


@dataclass(frozen=True)
class Place:
    """One property, on both sides. The primary manager is the employee `manager_email`."""

    name: str
    company: str
    account_id: str
    manager: tuple[str, str]
    manager_email: str
    manager_phone: str
    time_zone: str
    default_source: str
    sources: tuple[str, ...]
    role: str
    typed_by_hand: set[str] = field(default_factory=set, compare=False)
    """E-mails of the leads that were in ResMan before DomIQ had them."""

    def id_of(self, thing: str) -> UUID:
        """The id of something of this property's, the same at every start."""
        return uuid5(_NAMESPACE, f"{self.name}/{thing}")

    @property
    def property_id(self) -> UUID:
        """The property's id in DomIQ."""
        return self.id_of("property")

    @property
    def resman_property_id(self) -> str:
        """The property's id in ResMan."""
        return str(self.id_of("ResMan"))


class Clock:
    """ResMan's clock. What is typed into it first is a day old: older than the first pull."""

    def __init__(self) -> None:
        self.behind = timedelta(days=1)

    def __call__(self) -> datetime:
        """The time in ResMan."""
        return datetime.now(UTC) - self.behind


def make_places() -> list[Place]:
    """Two properties that share nothing."""
    return [
        Place(
            name="Lakeside Lofts",
            company="Lakeside Living",
            account_id="510",
            manager=("Lena", "Lake"),
            manager_email="lena.lake@example.com",
            manager_phone="312-555-0190",
            time_zone="America/Chicago",
            default_source="Website",  # the only one for online marketing: needs no setting
            sources=("Website", "Apartments.com", "Referral"),
            role="app_property_manager",
        ),
        Place(
            name="Garden Court",
            company="Garden Homes",
            account_id="620",
            manager=("Gil", "Garden"),
            manager_email="gil.garden@example.org",
            manager_phone="503-555-0190",
            time_zone="America/Los_Angeles",
            default_source="Chat",
            sources=("Chat", "Walk-in", "Drive by"),
            role="app_admin",
        ),
    ]


def prepare_resman(simulator: Simulator, place: Place) -> None:
    """Give a property an account of its own, with its own sources, employees and keys."""
    simulator.add_account(
        account_id=place.account_id,
        integration_partner_id=f"partner-{place.account_id}",
        api_key=str(place.id_of("api key")),
        properties=[],
    )
    people = ((" ".join(place.manager), place.manager_email), ("Front Desk", ""))
    simulator.add_property(
        place.resman_property_id,
        account_id=place.account_id,
        sources=[
            {
                "ID": str(place.id_of(name)),
                "Name": name,
                "AvailableForOnlineMarketing": name == "Website",
                "IsActive": True,
            }
            for name in place.sources
        ],
        employees=[
            {"ID": str(place.id_of(name)), "Name": name, "Email": email, "SecurityGroup": ""}
            for name, email in people
        ],
    )


def prepare_domiq(connection: psycopg.Connection[Any], place: Place) -> None:
    """Give a property its company, primary manager and chatbot."""
    ids = {name: place.id_of(name) for name in ("company", "property", "manager", "chatbot")}
    values = {**ids, "name": place.name, "company_name": place.company, "role": place.role}
    values |= {"first": place.manager[0], "last": place.manager[1]}
    values |= {"email": place.manager_email, "phone": place.manager_phone}
    for statement in (
        "insert into public.company (id, name) values (%(company)s, %(company_name)s)",
        "insert into public.property (id, company_id, name, address, city, state, zip_code)"
        " values (%(property)s, %(company)s, %(name)s, '1 Example Street', 'Example', 'IL',"
        " '60601')",
        "insert into public.property_manager (id, company_id, first_name, last_name, email,"
        " phone) values (%(manager)s, %(company)s, %(first)s, %(last)s, %(email)s, %(phone)s)",
        "insert into public.property_manager_assignment (property_id, property_manager_id,"
        " is_primary, start_date) values (%(property)s, %(manager)s, true, current_date)",
        "insert into public.chatbot (id, property_id, name)"
        " values (%(chatbot)s, %(property)s, 'Chat')",
    ):
        connection.execute(statement, values)


def switch_on(
    connection: psycopg.Connection[Any], place: Place, simulator: Simulator, keys: str
) -> None:
    """Configure the integration as `leadsync integration add` does."""
    clear = Credentials(**simulator.credentials(place.resman_property_id))
    service.configure_integration(
        connection,
        place.property_id,
        resman_property_id=place.resman_property_id,
        api_credentials=Keyring.from_env(keys).seal(place.property_id, clear),
        sync_direction=None,
        sync_frequency=None,
        webhook_url=None,
    )
    settings: dict[str, object] = {
        "settle_time": 1,
        "timeout_s": 5,
        "pull_interval": 5,
        "time_zone": place.time_zone,
        "default_lost_reason": "No response",
    }
    if place.default_source == "Chat":
        settings["default_source"] = place.default_source
    for name, value in settings.items():
        service.set_property_setting(connection, place.property_id, name, value)


def make_keys() -> str:
    """A key ring for this run alone."""
    return generate_key("demo")


def environment_for(database_url: str) -> dict[str, str]:
    """The environment of a `python -m runner` of ours, with no setting but the database."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith("LEADSYNC_")}
    return environment | {
        "DATABASE_URL": database_url,
        "PYTHONPATH": str(Path(__file__).resolve().parent.parent),
        "PYTHONSAFEPATH": "1",  # a `runner` in the current directory is not ours
    }


@contextlib.contextmanager
def run_runner(
    database_url: str, resman_url: str, keys: str
) -> Iterator[tuple[subprocess.Popen[bytes], IO[bytes]]]:
    """Run `python -m runner run` as a process of its own; yields it and its log.

    It is stopped at the end of the block, and by the kernel, where setpriv can ask for that,
    when this process dies.
    """
    environment = environment_for(database_url) | {
        "RESMAN_BASE_URL": resman_url,
        "LEADSYNC_KEYS": keys,
        "LEADSYNC_GRACE": str(_GRACE_S),
    }
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            [*_tied(), sys.executable, "-m", "runner", "run"],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,  # Ctrl-C in the terminal is for us, who then stop it
        )
        try:
            yield process, log
        finally:
            process.terminate()
            try:
                process.wait(_STOP_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def _tied() -> list[str]:
    """A prefix for a command that is to end with us; empty where the system has none."""
    program = shutil.which("setpriv")
    if program is None:
        return []
    command = [program, "--pdeathsig", "TERM"]
    tried = subprocess.run([*command, "true"], check=False, capture_output=True)
    return command if tried.returncode == 0 else []


def log_tail(log: IO[bytes], lines: int = 15) -> str:
    """The end of the runner's log."""
    log.seek(0)
    return "\n".join(log.read().decode(errors="replace").splitlines()[-lines:])
