"""Several properties with credentials of their own, and commands as real processes."""

import base64
import json
import os
import secrets
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import psycopg
from psycopg.rows import dict_row

from runner.envelope import Credentials, Keyring
from runner.tests.daemon_support import KEYS, Office, eventually
from runner.tests.test_cli import leadsync

NEW = "k2:" + base64.b64encode(b"\x02" * 32).decode()
BOTH = f"{NEW},{KEYS}"
Envelopes = dict[UUID, dict[str, Any]]


def envelopes(office: Office) -> Envelopes:
    """What the database holds, by property."""
    rows = office.connection.execute(
        "select property_id, api_credentials from public.resman_integration"
    )
    return {row["property_id"]: row["api_credentials"] for row in rows}


def kids(office: Office) -> list[str]:
    """The keys that envelopes are sealed with."""
    return sorted(envelope["kid"] for envelope in envelopes(office).values())


def configure(
    connection: psycopg.Connection[Any], property_id: UUID, envelope: dict[str, Any]
) -> None:
    """What `integration add` and `credentials set` do, in the transaction of a connection."""
    connection.execute(
        "select lead_sync.configure_integration(%s, %s, %s, null, null, null)",
        (property_id, str(property_id), json.dumps(envelope)),
    )


def given_property(office: Office, clear: Credentials, keys: str = KEYS) -> UUID:
    """A further property with an integration."""
    row = office.one(
        "insert into public.property (name, address, city, state, zip_code) "
        "values (%s, '2 Main St', 'Springfield', 'IL', '62701') returning id",
        f"Property {secrets.token_hex(4)}",
    )
    property_id: UUID = row["id"]
    configure(office.connection, property_id, Keyring.from_env(keys).seal(property_id, clear))
    return property_id


def store(office: Office, property_id: UUID, envelope: dict[str, Any]) -> None:
    """Put an envelope into the row, as an intruder with SQL would."""
    office.connection.execute(
        "update public.resman_integration set api_credentials = %s where property_id = %s",
        (json.dumps(envelope), property_id),
    )


def opened(office: Office, keys: str) -> dict[UUID, Credentials]:
    """What the envelopes hold; fails where one does not open."""
    ring = Keyring.from_env(keys)
    return {each: ring.open(each, envelope) for each, envelope in envelopes(office).items()}


def run_json(office: Office, *arguments: str, keys: str = BOTH, **more: Any) -> Any:
    """What a command prints as JSON, its exit code 0 unless told."""
    exit_code = more.pop("exit_code", 0)
    result = leadsync(*arguments, "--json", DATABASE_URL=office.url, LEADSYNC_KEYS=keys, **more)
    assert result.exit_code == exit_code, result.output
    return json.loads(result.stdout)


@contextmanager
def command(
    office: Office, *arguments: str, stdin: str = "", keys: str = BOTH, **variables: str
) -> Iterator[subprocess.Popen[str]]:
    """`leadsync …` as a process of its own; killed at the end if it still runs."""
    environ = {
        **{k: v for k, v in os.environ.items() if not k.startswith("LEADSYNC_")},
        "DATABASE_URL": office.url,
        "RESMAN_BASE_URL": office.simulator.url,
        "LEADSYNC_KEYS": keys,
        **variables,
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "runner", *arguments],
        env=environ,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None
    process.stdin.write(stdin)
    process.stdin.close()
    process.stdin = None  # communicate() need not close it again
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


@contextmanager
def locked(office: Office, property_id: UUID) -> Iterator[psycopg.Connection[Any]]:
    """A transaction that holds the row of an integration until the block commits or ends."""
    with psycopg.connect(office.url, row_factory=dict_row) as holder:
        holder.execute(
            "select from public.resman_integration where property_id = %s for update",
            (property_id,),
        )
        yield holder


def waiting(office: Office) -> dict[str, Any]:
    """The one statement that waits for a lock, as pg_stat_activity shows it."""
    found: list[dict[str, Any]] = []

    def look() -> bool:
        found[:] = office.connection.execute(
            "select pid, query from pg_stat_activity where datname = current_database() "
            "and wait_event_type = 'Lock'"
        ).fetchall()
        return bool(found)

    eventually(look, "a statement that waits for a lock")
    return found[0]
