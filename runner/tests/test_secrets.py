"""Where secrets must not be: arguments, logs, errors, Postgres' own views, log and tables."""

import base64
import re
import signal
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from runner.domiq import load_domiq
from runner.envelope import Credentials
from runner.migrate import migrate
from runner.postgres import LocalServer
from runner.simulator import DEFAULT_PROPERTIES, Simulator
from runner.tests.credential_support import (
    BOTH,
    NEW,
    command,
    envelopes,
    given_property,
    kids,
    locked,
    store,
    waiting,
)
from runner.tests.daemon_support import KEYS, PATIENCE, Office, eventually

PARTNER, API_KEY, NEXT_API_KEY = "partner-71c2", "api-key-5be0f3", "api-key-next-8d41"
SECRETS = (
    API_KEY,
    NEXT_API_KEY,
    *(each.partition(":")[2] for each in (KEYS, NEW)),
    *(base64.b64decode(each.partition(":")[2]).hex() for each in (KEYS, NEW)),
)
LOGS_EVERYTHING = {
    "log_statement": "all",
    "log_min_duration_statement": "0",
    "log_parameter_max_length": "-1",
    "log_parameter_max_length_on_error": "-1",
    "log_error_verbosity": "verbose",
}


def said(text: str) -> list[str]:
    """The secrets that a text holds."""
    return [secret for secret in SECRETS if secret in text]


@pytest.fixture(scope="module")
def talkative() -> Iterator[LocalServer]:
    """A server that logs every statement with all its parameters."""
    with LocalServer(settings=LOGS_EVERYTHING) as server:
        load_domiq(server.create_database("template_domiq"))
        migrate(server.url("template_domiq"))
        yield server


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    account = {
        "integration_partner_id": PARTNER,
        "api_key": API_KEY,
        "properties": DEFAULT_PROPERTIES,
    }
    with Simulator(accounts={"400": account}) as each:
        yield each


@pytest.fixture
def office(talkative: LocalServer, simulator: Simulator) -> Iterator[Office]:
    each = Office(talkative.create_database("domiq", "template_domiq"), simulator)
    yield each
    each.close()
    talkative.drop_database("domiq")


def commands(office: Office, key_file: Path) -> dict[str, tuple[list[str], str]]:
    """Commands that handle secrets, each with its standard input."""
    property_id = str(office.property_id)
    one = [property_id, "--account-id", "400", "--partner-id", PARTNER, "--api-key-file"]
    resman = ["--resman-property-id", office.resman_property_id]
    return {
        "add": (["integration", "add", *one, "-", *resman], API_KEY),
        "set": (["credentials", "set", *one, str(key_file)], ""),
        "set --partner": (
            ["credentials", "set", "--partner", PARTNER, "--api-key-file", "-"],
            NEXT_API_KEY,
        ),
        "rotate": (["credentials", "rotate"], ""),
    }


@pytest.mark.parametrize("name", ["add", "set", "set --partner", "rotate"])
def test_while_a_command_runs(
    talkative: LocalServer, office: Office, tmp_path: Path, name: str
) -> None:
    key_file = tmp_path / "key"
    key_file.write_text(NEXT_API_KEY)
    arguments, stdin = commands(office, key_file)[name]
    logged = len(talkative.log)
    before = envelopes(office)
    with (
        locked(office, office.property_id) as holder,
        command(office, *arguments, stdin=stdin, LEADSYNC_LOG_LEVEL="debug") as process,
    ):
        query = waiting(office)["query"]
        cmdline = Path(f"/proc/{process.pid}/cmdline").read_bytes().decode()
        assert arguments[-1] in cmdline.split("\0")
        holder.commit()
        stdout, stderr = process.communicate(timeout=PATIENCE)
        assert process.returncode == 0, stderr
    sealed = envelopes(office)[office.property_id]
    assert sealed != before[office.property_id]
    assert re.search(r"lead_sync\.(configure_integration|replace_credentials)\(\$1, ", query)
    new_log = talkative.log[logged:]
    assert sealed["ct"] in new_log  # the log does show parameters, and those are sealed
    for text in (cmdline, query, stdout, stderr, new_log):
        assert said(text) == []
    for text in (query, new_log):
        assert PARTNER not in text
        assert "select lead_sync" in text
    assert sealed["ct"] not in query


@pytest.mark.parametrize("form", ["text", "json"])
@pytest.mark.parametrize("level", ["debug", "info", "warning", "error"])
def test_a_runner_in_good_and_bad_times(
    talkative: LocalServer, office: Office, level: str, form: str
) -> None:
    logged = len(talkative.log)
    variables = {
        "LEADSYNC_LOG_LEVEL": level,
        "LEADSYNC_LOG_FORMAT": form,
        "LEADSYNC_KEYS": BOTH,
    }
    good = office.given_lead(1)
    with office.process(**variables) as process:
        eventually(lambda: office.synced(good))
        cmdline = Path(f"/proc/{process.pid}/cmdline").read_bytes().decode()
        office.simulator.add_account("400", PARTNER, "another-key")  # ResMan refuses ours
        office.given_lead(2)
        eventually(lambda: status(office) == "disconnected")
        reason_then = reason(office)
        other = given_property(office, Credentials(PARTNER, NEXT_API_KEY, "400"))
        store(office, office.property_id, envelopes(office)[other])
        office.one("select lead_sync.resume_property(%s)", office.property_id)
        office.connection.execute(
            "update public.lead_sync_queue set next_retry_at = clock_timestamp() "
            "where status = 'pending'"
        )
        eventually(lambda: "do not open" in reason(office))
        process.send_signal(signal.SIGTERM)
        _, stderr = process.communicate(timeout=PATIENCE)
        assert process.returncode == 0
    assert reason_then.startswith("ResMan refuses the credentials")
    assert (level in ("debug", "info")) == ("runner starts" in stderr)
    for text in (cmdline, stderr, talkative.log[logged:], contents(office)):
        assert said(text) == []
        assert PARTNER not in text


def test_errors_of_commands(office: Office, tmp_path: Path) -> None:
    key_file = tmp_path / "key"
    key_file.write_text(API_KEY)
    other = given_property(office, Credentials(PARTNER, API_KEY, "400"))
    store(office, office.property_id, envelopes(office)[other])
    refused = "do not open with key 'k1'"
    for arguments, stdin, expected in (
        (["credentials", "rotate"], "", refused),
        (["credentials", "set", "--partner", PARTNER, "--api-key-file", "-"], API_KEY, refused),
        (["integration", "test", str(office.property_id)], "", refused),
        (
            [
                *("credentials", "set", str(office.chatbot_id), "--account-id", "400"),
                *("--partner-id", PARTNER, "--api-key-file", str(key_file)),
            ],
            "",
            "no such property",
        ),
    ):
        with command(office, *arguments, stdin=stdin, LEADSYNC_LOG_LEVEL="debug") as process:
            stdout, stderr = process.communicate(timeout=PATIENCE)
            assert process.returncode != 0
        assert expected in stderr
        if expected == refused:
            assert f"property {office.property_id}: " in stderr
        assert said(stdout + stderr) == []
    assert kids(office) == ["k1", "k2"]


def status(office: Office) -> str:
    return str(integration(office)["sync_status"])


def reason(office: Office) -> str:
    return str(integration(office)["status_reason"])


def integration(office: Office) -> dict[str, object]:
    return office.one(
        "select sync_status, status_reason from public.resman_integration "
        "where property_id = %s",
        office.property_id,
    )


def contents(office: Office) -> str:
    """All that the database holds, as text."""
    texts: list[str] = []
    with psycopg.connect(office.url) as connection:
        tables = connection.execute(
            "select schemaname, tablename from pg_tables "
            "where schemaname in ('public', 'lead_sync_private')"
        ).fetchall()
        for table in tables:
            rows = connection.execute(
                sql.SQL("select t::text from {} t").format(sql.Identifier(*table))
            )
            texts += [row[0] for row in rows]
    assert any("ada1@example.com" in text for text in texts)
    return "\n".join(texts)
