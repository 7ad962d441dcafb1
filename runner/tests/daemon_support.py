"""A property in DomIQ's stand-in that is kept in step with a simulated ResMan."""

import base64
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import psycopg
from psycopg.rows import dict_row

from runner import calls_service
from runner.caller import Caller
from runner.daemon import Runner
from runner.envelope import Credentials, Keyring
from runner.settings import Settings
from runner.simulator import DEFAULT_PROPERTIES, Simulator
from runner.tests.fetch_support import fetched
from runner.worker import Call

KEYS = "k1:" + base64.b64encode(bytes(32)).decode()
PATIENCE = 20.0
"""Seconds after which something that was to happen has failed to."""

Row = dict[str, Any]


def eventually(happened: Callable[[], object], what: str = "") -> None:
    """Wait until `happened` is true: for what commits in a database and tells nobody."""
    until = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < until, f"not in {PATIENCE} s: {what or happened}"
        time.sleep(0.02)


def settings_for(url: str, simulator: Simulator, **given: str) -> Settings:
    """Settings of a runner between a database and a simulator."""
    environ = {
        "DATABASE_URL": url,
        "RESMAN_BASE_URL": simulator.url,
        "LEADSYNC_KEYS": KEYS,
        "LEADSYNC_LEASE": "10",
        "LEADSYNC_GRACE": "10",
        "LEADSYNC_SLOTS": "4",
    }
    return Settings.load(environ, given)


class Office:
    """One property: DomIQ's side in a database, ResMan's in a simulator."""

    def __init__(
        self,
        url: str,
        simulator: Simulator,
        direction: str = "to_resman",
        resman_property_id: str = DEFAULT_PROPERTIES[0],
    ) -> None:
        self.url, self.simulator, self._direction = url, simulator, direction
        self.connection = psycopg.connect(url, autocommit=True, row_factory=dict_row)
        self.resman_property_id = resman_property_id
        self.property_id: UUID = self._insert(
            "property",
            name="Maple Court",
            address="1 Main St",
            city="Springfield",
            state="IL",
            zip_code="62701",
        )
        self.chatbot_id = self._insert("chatbot", name="Bot", property_id=self.property_id)
        self._configure()

    def close(self) -> None:
        self.connection.close()

    def reconnect(self) -> None:
        """After the server was restarted."""
        self.connection.close()
        self.connection = psycopg.connect(self.url, autocommit=True, row_factory=dict_row)

    def _insert(self, table: str, **values: object) -> UUID:
        columns = ", ".join(values)
        marks = ", ".join(["%s"] * len(values))
        row = self.connection.execute(
            f'insert into public."{table}" ({columns}) values ({marks}) returning id'.encode(),
            list(values.values()),
        ).fetchone()
        assert row is not None
        found: UUID = row["id"]
        return found

    def _configure(self) -> None:
        clear = self.simulator.credentials(self.resman_property_id)
        envelope = Keyring.from_env(KEYS).seal(self.property_id, Credentials(**clear))
        with psycopg.connect(self.url) as connection:
            calls_service.configure_integration(
                connection,
                self.property_id,
                resman_property_id=self.resman_property_id,
                api_credentials=envelope,
                sync_direction=self._direction,
                sync_frequency=None,
                webhook_url=None,
            )
            for name, value in {
                "default_source": "Website",
                "default_agent": "Leasing Agent",
                "settle_time": 0,
                # A drain queues pulls at its beginning alone, and waits for the next all the
                # same: for a whole patience, where one is due within it.
                "pull_interval": 86400,
            }.items():
                calls_service.set_property_setting(connection, self.property_id, name, value)

    # DomIQ's side

    def given_lead(self, number: int = 1, **values: object) -> UUID:
        """Insert a user and a conversation as DomIQ does; the conversation's id."""
        with self.connection.transaction():
            user_id = self._insert(
                "user",
                first_name=f"Ada{number}",
                last_name="Example",
                email=f"ada{number}@example.com",
                phone=f"+1217555{number:04}",
            )
            return self._insert(
                "conversation",
                chatbot_id=self.chatbot_id,
                user_id=user_id,
                status="new",
                **values,
            )

    def one(self, statement: str, *values: object) -> Row:
        row = self.connection.execute(statement.encode(), values).fetchone()
        assert row is not None
        return row

    def conversation(self, conversation_id: UUID) -> Row:
        return self.one("select * from public.conversation where id = %s", conversation_id)

    def items(self, **equals: object) -> list[Row]:
        rows = self.connection.execute("select * from public.lead_sync_queue order by seq")
        return [
            row for row in rows if all(row[name] == value for name, value in equals.items())
        ]

    def synced(self, conversation_id: UUID) -> bool:
        return bool(self.conversation(conversation_id)["resman_sync_status"] == "synced")

    # the runner

    def runner(self, call: Call | None = None, /, **given: str) -> Runner:
        settings = settings_for(self.url, self.simulator, **given)
        return Runner(settings, call or Caller.from_settings(settings))

    def drain(self, wait: float = 0.0, **given: str) -> None:
        assert self.runner(None, **given).run(wait)

    @contextmanager
    def running(self, call: Call | None = None, /, **given: str) -> Iterator[Runner]:
        """A runner in a thread, for the length of the block."""
        runner = self.runner(call, **given)
        failures: list[BaseException] = []

        def run() -> None:
            try:
                runner.run()
            except Exception as error:
                failures.append(error)

        thread = threading.Thread(target=run, daemon=True)
        thread.start()
        try:
            yield runner
        finally:
            runner.stop()
            thread.join(PATIENCE)
        assert not thread.is_alive()
        assert not failures

    @contextmanager
    def process(self, *options: str, **variables: str) -> Iterator[subprocess.Popen[str]]:
        """`leadsync run` as a process of its own; killed at the end if it still runs."""
        environ = {
            **{k: v for k, v in os.environ.items() if not k.startswith("LEADSYNC_")},
            "DATABASE_URL": self.url,
            "RESMAN_BASE_URL": self.simulator.url,
            "LEADSYNC_KEYS": KEYS,
            "LEADSYNC_LEASE": "10",
            **variables,
        }
        process = subprocess.Popen(
            [sys.executable, "-m", "runner", "run", *options],
            env=environ,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            yield process
        finally:
            process.kill()
            process.wait()
            if process.stderr is not None:
                process.stderr.close()


def rows(office: Office, statement: str, *values: object) -> list[Row]:
    """Run a statement on DomIQ's side and fetch what it returns."""
    return fetched(office.connection.execute(statement.encode(), values or None))


def setting(office: Office, name: str, value: object) -> None:
    """Set one setting of the property."""
    with psycopg.connect(office.url) as connection:
        calls_service.set_property_setting(connection, office.property_id, name, value)


def pull(office: Office) -> None:
    """Pull what was modified, and work until nothing is left."""
    office.one("select lead_sync.enqueue_pull(%s)", office.property_id)
    office.drain(wait=PATIENCE)
