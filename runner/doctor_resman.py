"""Looks from here to ResMan: keys, credentials, whether it answers, and its clock."""

import time
from collections.abc import Iterator
from datetime import datetime
from email.utils import parsedate_to_datetime
from uuid import UUID

import psycopg

from runner import calls_service
from runner.caller import Caller, open_keyring
from runner.calls import Json
from runner.db import Connection
from runner.doctor_finding import FAILED, OK, WARNING, Finding
from runner.envelope import EnvelopeError, Keyring
from runner.resman import ResMan
from runner.resman_http import Answer
from runner.settings import Settings, SettingsError

SKEW_S = 30.0
"""Seconds that ResMan's clock may differ; its Date header tells whole seconds."""
_NOT_CALLED = ("paused", "disconnected")


def examine(
    connection: Connection, settings: Settings, offline: bool, all_properties: bool
) -> Iterator[Finding]:
    """Yield what is found about the properties' credentials, and about ResMan with them.

    Args:
        connection: of a role that may list integrations and read their connections.
        settings: with the keys and ResMan's URL.
        offline: make no call to ResMan.
        all_properties: call for paused and disconnected properties, too.
    """
    try:
        integrations = calls_service.list_integrations(connection)
        connections = {
            each["property_id"]: calls_service.get_connection(connection, each["property_id"])
            for each in integrations
        }
    except psycopg.errors.InsufficientPrivilege:
        yield _hidden(connection.info.user)
        return
    except psycopg.errors.UndefinedFunction:
        return  # that code is missing has been said
    if not integrations:
        yield Finding("credentials", OK, "no property has an integration yet")
        return
    keyring = None
    try:
        keyring = open_keyring(settings)
        resman = ResMan.from_environment(settings.resman_base_url)
    except (SettingsError, ValueError) as error:
        yield _unusable(settings, error, keyring)
        return
    openable = []
    for each in integrations:
        finding = check_credentials(keyring, each["property_id"], connections)
        if finding is None:
            openable.append(each)
        else:
            yield finding
    if len(openable) == len(integrations):
        yield Finding("credentials", OK, f"those of {len(openable)} properties can be opened")
    if offline:
        yield Finding("resman", OK, "not called: --offline")
        return
    yield from _call_all(
        Caller(resman, keyring),
        resman,
        [each for each in openable if all_properties or _is_called(each)],
        connections,
    )


def _is_called(integration: Json) -> bool:
    return bool(integration["sync_enabled"]) and integration["sync_status"] not in _NOT_CALLED


def _hidden(role: str) -> Finding:
    return Finding(
        "credentials",
        WARNING,
        f"role {role} may not read the properties' sealed credentials: neither they nor ResMan "
        "were looked at",
        f"grant lead_sync_service, lead_sync_runner to {role}; or run doctor as a superuser",
    )


def _unusable(settings: Settings, error: Exception, keyring: Keyring | None) -> Finding:
    if keyring is not None:
        return Finding(
            "configuration", FAILED, f"RESMAN_BASE_URL: {error}", "unset RESMAN_BASE_URL"
        )
    if not (settings.keys.strip() or settings.keys_file):
        return Finding(
            "credentials",
            WARNING,
            "no key is at hand: neither credentials nor ResMan were looked at",
            "run doctor where the runner runs, or with its LEADSYNC_KEYS_FILE",
        )
    return Finding(
        "configuration", FAILED, str(error), "make a good key with: leadsync credentials keygen"
    )


def check_credentials(
    keyring: Keyring, property_id: UUID, connections: dict[UUID, Json]
) -> Finding | None:
    """Open a property's credentials; nothing of them is shown."""
    try:
        keyring.open(property_id, connections[property_id].get("credentials"))
    except EnvelopeError as error:
        return Finding(
            "credentials",
            FAILED,
            f"property {property_id}: {error}",
            f"leadsync credentials set {property_id} --account-id N --partner-id P "
            "--api-key-file FILE",
        )
    return None


def _call_all(
    caller: Caller, resman: ResMan, called: list[Json], connections: dict[UUID, Json]
) -> Iterator[Finding]:
    """One call for each, of those that change nothing."""
    ahead: list[float] = []

    def observe(answer: Answer) -> None:
        shown = read_date(answer.headers.get("Date", ""))
        if shown is not None:
            ahead.append(shown.timestamp() - time.time())

    resman.observe(observe)
    failures = 0
    for each in called:
        response = caller({"call": "list_sources"}, connections[each["property_id"]])
        if response.get("outcome") != "ok":
            failures += 1
            yield _failed(each["property_id"], response)
    resman.close()
    if not failures:
        yield Finding("resman", OK, f"answers for {len(called)} properties")
    if ahead:
        yield check_date(min(ahead, key=abs))


def _failed(property_id: UUID, response: Json) -> Finding:
    refused = response.get("kind") in ("unauthorized", "rejected")
    return Finding(
        "resman",
        FAILED,
        f"property {property_id}: {response.get('kind')}: {response.get('message')} "
        f"(code {response.get('code')})",
        f"leadsync credentials set {property_id} --account-id N --partner-id P "
        "--api-key-file FILE"
        if refused
        else f"check RESMAN_BASE_URL, then: leadsync integration test {property_id}",
    )


def read_date(text: str) -> datetime | None:
    """The time of a Date header, which is GMT; None where there is none."""
    try:
        shown = parsedate_to_datetime(text)
    except ValueError:
        return None
    return shown if shown.tzinfo else None


def check_date(ahead: float) -> Finding:
    """Judge by how many seconds ResMan's clock is ahead of this machine's."""
    if abs(ahead) < SKEW_S:
        return Finding("clock", OK, "the clocks of ResMan and of this machine agree")
    return Finding(
        "clock",
        WARNING,
        f"ResMan's clock is {abs(ahead):.0f} s {'ahead of' if ahead > 0 else 'behind'} this "
        "machine's",
        "let this machine and the database follow the time: timedatectl set-ntp true; if they "
        "do, tell ResMan",
    )
